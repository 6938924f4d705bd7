// What the engine knows about a source text at a place, for an editor: asm's language services behind the worker's door.
// Plain data in and out; offsets are UTF-16 code units. The services are loaded when first asked for.
import type { Analysis, AssembleOptions } from "../../asm/assemble.ts";
import type {
  Completions,
  Fold,
  HintKind,
  Hover,
  InlayHint,
  Item,
  Rename,
  Signature,
  SlotWords,
  SymbolPlaces,
} from "../../asm/services/index.ts";

export type { Completions, Fold, HintKind, Hover, InlayHint, Item, Rename, Signature, SlotWords, SymbolPlaces };

export interface LanguageApi {
  complete(source: string, offset: number): Promise<Completions>;
  signature(source: string, offset: number): Promise<Signature | null>;
  hover(source: string, offset: number): Promise<Hover | null>;
  hints(source: string, kinds: readonly HintKind[]): Promise<readonly InlayHint[]>;
  folds(source: string): Promise<readonly Fold[]>;
  /** Each instruction in plain words. */
  words(source: string): Promise<readonly SlotWords[]>;
  /** The source's own name at a place: labels, `#define`s, maps, types. */
  symbol(source: string, offset: number): Promise<SymbolPlaces | null>;
  rename(source: string, offset: number, name: string): Promise<Rename>;
  /** The text with its columns aligned; never other bytes. */
  format(source: string): Promise<string>;
  /** The text with the directive `@attach` for an attach type by its name; null: without it. */
  attach(source: string, name: string | null): Promise<string>;
}

/** What of the kernel and of the program's type the services have to know: see AssembleOptions. */
export type EditorContext = Pick<AssembleOptions, "struct" | "context">;

/** `contextNow`: asked at each question. */
export function createLanguage(contextNow: () => EditorContext = () => ({})): LanguageApi {
  let last: { readonly source: string; readonly known: string; readonly analysis: Analysis } | undefined;

  /** The services, and the analysis of a text: several questions about one text come in a row. */
  async function over(source: string) {
    const [services, { analyse }] = await Promise.all([
      import("../../asm/services/index.ts"),
      import("../../asm/assemble.ts"),
    ]);
    const context = contextNow();
    const known = JSON.stringify(context);
    if (last?.source !== source || last.known !== known)
      last = { source, known, analysis: analyse(source, { incremental: true, ...context }) };
    return { ...services, analysis: last.analysis };
  }

  return {
    async complete(source, offset) {
      const { complete, analysis } = await over(source);
      return complete(analysis, source, offset);
    },
    async signature(source, offset) {
      const { signatureAt, analysis } = await over(source);
      return signatureAt(analysis, source, offset) ?? null;
    },
    async hover(source, offset) {
      const { hoverAt, analysis } = await over(source);
      return hoverAt(analysis, source, offset) ?? null;
    },
    async hints(source, kinds) {
      const { inlayHints, analysis } = await over(source);
      return inlayHints(analysis, source, new Set(kinds));
    },
    async folds(source) {
      const { folds, analysis } = await over(source);
      return folds(analysis, source);
    },
    async words(source) {
      const { explainSlots, analysis } = await over(source);
      return explainSlots(analysis.assembly.insns);
    },
    async symbol(source, offset) {
      const { symbolAt, analysis } = await over(source);
      return symbolAt(analysis, source, offset) ?? null;
    },
    async rename(source, offset, name) {
      const { renameAt, analysis } = await over(source);
      return renameAt(analysis, source, offset, name);
    },
    async attach(source, name) {
      const { withAttach, analysis } = await over(source);
      return withAttach(analysis, source, name);
    },
    format: async (source) => (await over(source)).format(source),
  };
}
