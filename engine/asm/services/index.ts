// The language services: plain functions over an analysis and a place, plain data out. English and Japanese come
// together; nothing here knows an editor.
export { withAttach } from "./attach.ts";
export { type Completions, complete, type Item } from "./completion.ts";
export { type Fold, folds } from "./folding.ts";
export { format } from "./format.ts";
export { type HintKind, type InlayHint, inlayHints } from "./hints.ts";
export { type Hover, hoverAt } from "./hover.ts";
export { type Signature, signatureAt } from "./signature.ts";
export { type Rename, renameAt, type SymbolPlaces, symbolAt } from "./symbols.ts";
export { explain, explainSlots, type SlotWords } from "./words.ts";
