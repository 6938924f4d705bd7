// What the engine knows about a place in a source text, for an editor: the language services of asm, called through the worker. Plain data
// in and out. Offsets are UTF-16 code units. The services are loaded when first asked for.
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
  /** The name at a place that the source itself defines: a label, a `#define`, a map, a type. */
  symbol(source: string, offset: number): Promise<SymbolPlaces | null>;
  rename(source: string, offset: number, name: string): Promise<Rename>;
  /** The text with its columns aligned. The bytes of the program stay the same. */
  format(source: string): Promise<string>;
  /** The text with the directive `@attach` for the attach type of that name. null: without the directive. */
  attach(source: string, name: string | null): Promise<string>;
}

/** What the services must know about the kernel and the program's type: see AssembleOptions. */
export type EditorContext = Pick<AssembleOptions, "struct" | "context">;

/** `contextNow` is called at each question. */
export function createLanguage(contextNow: () => EditorContext = () => ({})): LanguageApi {
  let last: { readonly source: string; readonly known: string; readonly analysis: Analysis } | undefined;

  /** The services and the analysis of a text. The analysis is kept, because several questions about one text follow each other. */
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
