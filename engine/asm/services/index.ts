// The language services: plain functions over an analysis and a place, plain data out. English and Japanese come
// together; nothing here knows an editor.
export { type Completions, complete, type Item, type ItemKind } from "./completion.ts";
export { format } from "./format.ts";
export { type HintKind, type InlayHint, inlayHints } from "./hints.ts";
export { type Hover, hoverAt, type SlotHover, slotHover } from "./hover.ts";
export { type HelperMeaning, helperMeaning, prototypeText } from "./meanings.ts";
export { type Signature, signatureAt } from "./signature.ts";
export { foldingRanges, type Rename, renameAt, renameable, type SymbolPlaces, symbolAt, symbols } from "./symbols.ts";
export { explain, REGISTER_ROLES, rfcOf, type Words } from "./words.ts";
