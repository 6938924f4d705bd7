// One token of C. It may also stand for a whole instruction that is in the cache of known-lines.ts.
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";

export type TokenKind = "name" | "number" | "char" | "string" | "punct" | "other";

/** A class, so that the many tokens of a large source share one hidden class of the JavaScript engine. Only `noExpand` is changed. */
export class Token implements Span {
  readonly kind: TokenKind;
  readonly text: string;
  /** Place of the token. For a token from a `#define`: the place where the macro was used. */
  readonly start: number;
  readonly end: number;
  /** Whether the token is the first on its line. Lines joined by a backslash count as one. */
  readonly lineStart: boolean;
  /** Whether white space or a comment stood before the token. */
  readonly spaced: boolean;
  /** The use in the source of the outermost `#define` that the token came from. */
  readonly site: Site | undefined;
  /** The name of a macro, found while that macro was being replaced. It is never replaced later (C17 6.10.3.4). */
  noExpand = false;
  /** The whole instruction that the token, a macro's name, stands for: see known-lines.ts. */
  readonly known: KnownLine | undefined;

  constructor(
    kind: TokenKind,
    text: string,
    start: number,
    end: number,
    lineStart: boolean,
    spaced: boolean,
    site?: Site,
    known?: KnownLine,
  ) {
    this.kind = kind;
    this.text = text;
    this.start = start;
    this.end = end;
    this.lineStart = lineStart;
    this.spaced = spaced;
    this.site = site;
    this.known = known;
  }
}

/** One use of a macro in the source. Two uses are compared by identity. */
export interface Site extends Span {
  readonly name: string;
}

/** An instruction in the cache of known-lines.ts. */
export interface KnownLine {
  readonly macro: string;
  readonly insns: readonly Insn[];
  /** Length of the instruction's text, without the comma. */
  readonly length: number;
  /** Offset of the comma after it, from the start of the instruction, as are all offsets here. -1: there is none. */
  readonly comma: number;
  readonly args: readonly Span[];
  /** Names of the macro and of the constants in its arguments. */
  readonly names: readonly string[];
}

/** End of the text that the token stands for. */
export const endOf = (token: Token): number => (token.known ? token.start + token.known.length : token.end);
