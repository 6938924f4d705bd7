// The language services: plain functions that take an analysis and a place and return plain data, in English and Japanese together.
// Nothing here depends on an editor.
export { withAttach } from "./attach.ts";
export { type Completions, complete, type Item } from "./completion.ts";
export { type Fold, folds } from "./folding.ts";
export { format } from "./format.ts";
export { type HintKind, type InlayHint, inlayHints } from "./hints.ts";
export { type Hover, hoverAt } from "./hover.ts";
export { type Signature, signatureAt } from "./signature.ts";
export { type Rename, renameAt, type SymbolPlaces, symbolAt } from "./symbols.ts";
export { explain, explainSlots, type SlotWords } from "./words.ts";
