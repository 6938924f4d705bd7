// What the engine knows about the text, as Monaco's providers: completion, hover, signature help, hints, definition, references, rename,
// formatting and quick fixes. Words come in both languages. The current one is shown.
import type { Hover, Item, SymbolPlaces } from "../../engine/index.ts";
import { editorTexts } from "../i18n/editor.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { answered, engine } from "../stores/engine.ts";
import { showMap } from "../stores/kernel/shown-map.ts";
import { useEditorView } from "../stores/page/editor-view.ts";
import { useSettings } from "../stores/page/settings.ts";
import { useMachine } from "../stores/run/machine.ts";
import { monaco } from "./core.ts";
import { hoverMarkdown, type RegisterNow } from "./hover.ts";
import { LANGUAGE } from "./language.ts";

type Model = monaco.editor.ITextModel;
interface Words {
  readonly en: string;
  readonly ja: string;
}

const inForce = (words: Words): string => words[useSettings.getState().language];
const { api } = engine();

const KIND: Readonly<Record<Item["kind"], monaco.languages.CompletionItemKind>> = {
  macro: monaco.languages.CompletionItemKind.Function,
  register: monaco.languages.CompletionItemKind.Variable,
  constant: monaco.languages.CompletionItemKind.Constant,
  helper: monaco.languages.CompletionItemKind.Method,
  field: monaco.languages.CompletionItemKind.Field,
  struct: monaco.languages.CompletionItemKind.Struct,
  label: monaco.languages.CompletionItemKind.Reference,
  map: monaco.languages.CompletionItemKind.Module,
  function: monaco.languages.CompletionItemKind.Function,
  directive: monaco.languages.CompletionItemKind.Keyword,
  value: monaco.languages.CompletionItemKind.Value,
};

/** Text and offsets as the engine counts them: lines end in one \n, as in the store. */
const textOf = (model: Model): string => model.getValue(monaco.editor.EndOfLinePreference.LF);
const offsetOf = (model: Model, position: monaco.IPosition): number =>
  model.getOffsetAt(position) - (model.getEOL() === "\n" ? 0 : position.lineNumber - 1);

function rangeOf(model: Model, span: { readonly start: number; readonly end: number }): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(span.start), model.getPositionAt(span.end));
}

const completion: monaco.languages.CompletionItemProvider = {
  // Not the comma: after the last comma of a line, Enter must begin a new line and not take a suggestion.
  triggerCharacters: ["(", ".", "_"],
  async provideCompletionItems(model, position) {
    const found = await answered(api.language.complete(textOf(model), offsetOf(model, position)));
    if (!found) return { suggestions: [] };
    const range = rangeOf(model, found.span);
    return {
      suggestions: found.items.map((item) => ({
        label: { label: item.label, description: inForce(item) },
        kind: KIND[item.kind],
        insertText: item.insert,
        ...(item.snippet ? { insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
        documentation: inForce(item),
        sortText: String(item.order).padStart(6, "0"),
        range,
      })),
    };
  },
};

/** What a register holds at the current step, and what the verifier knew about it before the instruction at an offset. */
async function registerNow(register: number, offset: number): Promise<RegisterNow> {
  const value = useMachine.getState().view?.regs[register];
  const { check } = useVerdict.getState();
  const here = check?.slots.find(({ span }) => span && span.start <= offset && offset < span.end);
  const visits = check && here ? await answered(api.check.visits(check.revision, here.slot, VISITS)) : undefined;
  const beliefs = new Set((visits ?? []).map(({ before }) => before.regs[register]?.text ?? ""));
  return { value, slot: here?.slot ?? -1, beliefs: [...beliefs] };
}
const VISITS = 16;

const SHOW_MAP = "oreore.showMap";
monaco.editor.registerCommand(SHOW_MAP, (_, name: string) => showMap(name));

/** `name` is a C identifier, so nothing in it is markup. */
function showMapLink(name: string): string {
  const words = inForce({ en: "Show what it holds", ja: "内容を見る" });
  return `[${words}](command:${SHOW_MAP}?${encodeURIComponent(JSON.stringify([name]))})`;
}

const hover: monaco.languages.HoverProvider = {
  async provideHover(model, position) {
    const found: Hover | null | undefined = await answered(
      api.language.hover(textOf(model), offsetOf(model, position)),
    );
    if (!found) return null;
    const { language } = useSettings.getState();
    const live = found.kind === "register" ? await registerNow(found.register, found.span.start) : undefined;
    return {
      range: rangeOf(model, found.span),
      contents: [
        ...hoverMarkdown(found, language, live).map((value) => ({ value })),
        ...(found.kind === "map"
          ? [{ value: showMapLink(found.name), isTrusted: { enabledCommands: [SHOW_MAP] } }]
          : []),
      ],
    };
  },
};

const signature: monaco.languages.SignatureHelpProvider = {
  signatureHelpTriggerCharacters: ["(", ","],
  async provideSignatureHelp(model, position) {
    const found = await answered(api.language.signature(textOf(model), offsetOf(model, position)));
    if (!found) return null;
    const parameters = found.params.map((param) => ({ label: param.name, documentation: inForce(param) }));
    const label = `${found.name}(${found.params.map((param) => param.name).join(", ")})`;
    return {
      value: {
        signatures: [{ label, documentation: inForce(found), parameters }],
        activeSignature: 0,
        activeParameter: Math.min(found.active, Math.max(0, found.params.length - 1)),
      },
      dispose: () => {},
    };
  },
};

const NO_BREAK_SPACE = "\u00a0";
const hintsChanged = new monaco.Emitter<void>();
useEditorView.subscribe((now, before) => now.hints !== before.hints && hintsChanged.fire());
useSettings.subscribe((now, before) => now.language !== before.language && hintsChanged.fire());

const hints: monaco.languages.InlayHintsProvider = {
  onDidChangeInlayHints: hintsChanged.event,
  async provideInlayHints(model) {
    const wanted = useEditorView.getState().hints;
    const kinds = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((kind) => wanted[kind]);
    const found = kinds.length === 0 ? [] : ((await answered(api.language.hints(textOf(model), kinds))) ?? []);
    const words = editorTexts(useSettings.getState().language);
    return {
      hints: found.map((hint) => {
        const label = hint.slot === undefined ? hint.text : words.leads(hint.line ?? 0, hint.slot, hint.text);
        const position = model.getPositionAt(hint.offset);
        // Monaco's own padding is too narrow to be seen behind a comment.
        return hint.before ? { label, position, paddingRight: true } : { label: `${NO_BREAK_SPACE}${label}`, position };
      }),
      dispose: () => {},
    };
  },
};

const folding: monaco.languages.FoldingRangeProvider = {
  async provideFoldingRanges(model) {
    const found = (await answered(api.language.folds(textOf(model)))) ?? [];
    return found.map(({ start, end, kind }) => ({
      start,
      end,
      ...(kind === "comment" ? { kind: monaco.languages.FoldingRangeKind.Comment } : {}),
    }));
  },
};

const symbolAt = async (model: Model, position: monaco.IPosition): Promise<SymbolPlaces | null> =>
  (await answered(api.language.symbol(textOf(model), offsetOf(model, position)))) ?? null;

const definition: monaco.languages.DefinitionProvider = {
  async provideDefinition(model, position) {
    const found = await symbolAt(model, position);
    return found && { uri: model.uri, range: rangeOf(model, found.definition) };
  },
};

const references: monaco.languages.DocumentHighlightProvider = {
  async provideDocumentHighlights(model, position) {
    const found = await symbolAt(model, position);
    return found?.all.map((span) => ({ range: rangeOf(model, span) }));
  },
};

const PROBLEM: Readonly<Record<"not-a-symbol" | "not-a-name" | "taken", Words>> = {
  "not-a-symbol": { en: "Nothing here can be renamed.", ja: "ここには名前を変えられるものがありません。" },
  "not-a-name": { en: "This is not a C identifier.", ja: "C の識別子として使えません。" },
  taken: { en: "This name is taken.", ja: "この名前はすでに使われています。" },
};

const rename: monaco.languages.RenameProvider = {
  async provideRenameEdits(model, position, newName) {
    const found = await answered(api.language.rename(textOf(model), offsetOf(model, position), newName));
    if (!found) return { edits: [] };
    if ("problem" in found) return { edits: [], rejectReason: inForce(PROBLEM[found.problem]) };
    return {
      edits: found.edits.map(({ span, text }) => ({
        resource: model.uri,
        versionId: model.getVersionId(),
        textEdit: { range: rangeOf(model, span), text },
      })),
    };
  },
};

const formatting: monaco.languages.DocumentFormattingEditProvider = {
  async provideDocumentFormattingEdits(model) {
    const text = await answered(api.language.format(textOf(model)));
    return text === undefined ? [] : [{ range: model.getFullModelRange(), text }];
  },
};

const CONVERT_ALL = (n: number): Words => ({
  en: `Write all ${n} lines in the kernel's notation as macros`,
  ja: `カーネルの表記の ${n} 行をすべてマクロにする`,
});

const quickFixes: monaco.languages.CodeActionProvider = {
  provideCodeActions(model, range) {
    const actions: monaco.languages.CodeAction[] = [];
    for (const { span, fixes } of useVerdict.getState().check?.diagnostics ?? []) {
      if (!range.intersectRanges(rangeOf(model, span)) && !rangeOf(model, span).containsRange(range)) continue;
      for (const fix of fixes)
        actions.push({
          title: inForce(fix.title),
          kind: "quickfix",
          isPreferred: fixes.length === 1,
          edit: {
            edits: fix.edits.map(({ span: at, text }) => ({
              resource: model.uri,
              versionId: model.getVersionId(),
              textEdit: { range: rangeOf(model, at), text },
            })),
          },
        });
    }
    const all = (useVerdict.getState().check?.diagnostics ?? []).filter(({ code }) => code === "kernel-notation");
    if (all.length > 1 && actions.length > 0)
      actions.push({
        title: inForce(CONVERT_ALL(all.length)),
        kind: "quickfix",
        edit: {
          edits: all.flatMap(({ fixes }) =>
            (fixes[0]?.edits ?? []).map(({ span: at, text }) => ({
              resource: model.uri,
              versionId: model.getVersionId(),
              textEdit: { range: rangeOf(model, at), text },
            })),
          ),
        },
      });
    return { actions, dispose: () => {} };
  },
};

export function registerServices(): void {
  monaco.languages.registerCompletionItemProvider(LANGUAGE, completion);
  monaco.languages.registerHoverProvider(LANGUAGE, hover);
  monaco.languages.registerSignatureHelpProvider(LANGUAGE, signature);
  monaco.languages.registerInlayHintsProvider(LANGUAGE, hints);
  monaco.languages.registerFoldingRangeProvider(LANGUAGE, folding);
  monaco.languages.registerDefinitionProvider(LANGUAGE, definition);
  monaco.languages.registerDocumentHighlightProvider(LANGUAGE, references);
  monaco.languages.registerRenameProvider(LANGUAGE, rename);
  monaco.languages.registerDocumentFormattingEditProvider(LANGUAGE, formatting);
  monaco.languages.registerCodeActionProvider(LANGUAGE, quickFixes);
}
