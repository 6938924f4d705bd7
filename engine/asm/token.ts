// One token of C, and what it may stand for: an instruction known by heart (known-lines.ts).
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";

export type TokenKind = "name" | "number" | "char" | "string" | "punct" | "other";

/** A class, so that the hundred thousand tokens of a large source share one hidden shape. `noExpand` alone is ever changed. */
export class Token implements Span {
  readonly kind: TokenKind;
  readonly text: string;
  /** Where it stands; for a token out of a `#define`, where the macro was used. */
  readonly start: number;
  readonly end: number;
  /** First on its line, a line continued by a backslash counting as one. */
  readonly lineStart: boolean;
  /** White space or a comment stood before it. */
  readonly spaced: boolean;
  /** The outermost `#define` it came through, as the use of it in the source. */
  readonly site: Site | undefined;
  /** Named a macro that was being replaced: never replaced again (C17 6.10.3.4). */
  noExpand = false;
  /** It is the macro's name and stands for the whole instruction: see known-lines.ts. */
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

/** One use of a macro in the source. Compared by identity. */
export interface Site extends Span {
  readonly name: string;
}

/** An instruction known by heart: see known-lines.ts. */
export interface KnownLine {
  readonly macro: string;
  readonly insns: readonly Insn[];
  /** Of the instruction's text, without the comma. */
  readonly length: number;
  /** Offset of the comma behind it, -1 where there is none. Offsets count from the start of the instruction. */
  readonly comma: number;
  readonly args: readonly Span[];
  /** The macro, and the constants that its arguments name. */
  readonly names: readonly string[];
}

/** Where that ends which a token stands for. */
export const endOf = (token: Token): number => (token.known ? token.start + token.known.length : token.end);
