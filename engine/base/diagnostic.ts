// What is wrong with a source text, as data. `message` is the sentence in English, made where the fault was found.
// For other languages the sentence is made from `code` and `args`.
import type { Span } from "./span.ts";

export type Severity = "error" | "warning" | "hint";

/** A replacement that the author certainly meant. `title` says in English what it does. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

export interface Diagnostic {
  readonly span: Span;
  readonly severity: Severity;
  /** Stable kebab-case name of the rule: `imm-range`, `unknown-macro`. */
  readonly code: string;
  /** In English. It names the thing, the value and what was expected: `off 40000 does not fit in s16 [-32768, 32767]`. */
  readonly message: string;
  /** The values in the message, for other languages. */
  readonly args?: Readonly<Record<string, string | number>>;
  readonly fixes?: readonly QuickFix[];
}
