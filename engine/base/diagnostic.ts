// What is wrong with a source text, as data. Sentences are made from `code` and `args` in the reader's
// language; `message` is the English one, made where the fault was found.
import type { Span } from "./span.ts";

export type Severity = "error" | "warning" | "hint";

/** A replacement that is certain to be meant. `title` says what it does, in English; `code` names it for translation. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

export interface Diagnostic {
  readonly span: Span;
  readonly severity: Severity;
  /** Stable kebab-case name of the rule: `imm-range`, `unknown-macro`. */
  readonly code: string;
  /** Names the thing, the value and what was expected: `off 40000 does not fit in s16 [-32768, 32767]`. */
  readonly message: string;
  /** The values in the message, for other languages. */
  readonly args?: Readonly<Record<string, string | number>>;
  readonly fixes?: readonly QuickFix[];
}
