// The door of the assembler.
export { type Analysis, type AssembleOptions, analyse, assemble } from "./assemble.ts";
export * from "./assembly.ts";
export { fixTitle, type Language, sentence } from "./messages.ts";
