// Instructions known by heart: one that fills its line, whose words mean the same in every program, and of which nothing had
// to be said. When its line comes again, as all but one do after a keystroke, it is neither split into tokens nor parsed nor
// evaluated; where the source gives one of its words another meaning it is split into tokens again, and read as if it had never been known.
// Mutable: one memory for all texts, since what is kept depends on the line's text alone.
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";
import { baseConstant, basePredefined } from "./names.ts";
import type { KnownLine } from "./token.ts";

const known = new Map<string, KnownLine>();
const MOST = 50_000;

/** By the text of a line, from its first character that is no white space. */
export const knownLine = (line: string): KnownLine | undefined => known.get(line);

/** What may be kept: no string, comment or backslash inside, numbers, constants and operators only. */
const PLAIN = /^\w+\([\w \t,|+\-~()<>*&^%!?:=]*\)$/;
/** Behind it a comma and a comment that says nothing to us. */
const REST = /^[ \t]*(,?)[ \t]*(?:\/\/[^\\]*|\/\*[^*]*\*\/)?[ \t\r]*$/;

/**
 * Keeps an instruction that was assembled without a word to say; nothing happens where it may not be kept.
 * `redefined`: whether the source gives a name a meaning of its own.
 */
export function keepLine(
  source: string,
  span: Span,
  args: readonly Span[],
  insns: readonly Insn[],
  redefined: (name: string) => boolean,
): void {
  let end = source.indexOf("\n", span.end);
  if (end < 0) end = source.length;
  const line = source.slice(span.start, end);
  if (line.length > 300 || known.has(line)) return;
  const text = line.slice(0, span.end - span.start);
  const behind = line.slice(text.length);
  const rest = REST.exec(behind);
  if (!rest || !PLAIN.test(text) || behind.includes("@") || behind.includes("->")) return;
  const [macro = "", ...constants] = text.match(/\b[A-Za-z_]\w*/g) ?? [];
  const plain = constants.every((name) => baseConstant(name) && !basePredefined(name) && !redefined(name));
  if (!plain || redefined(macro)) return;
  if (known.size >= MOST) known.clear();
  known.set(line, {
    macro,
    insns,
    length: text.length,
    comma: rest[1] === "" ? -1 : line.indexOf(",", text.length),
    args: args.map((arg) => ({ start: arg.start - span.start, end: arg.end - span.start })),
    names: [macro, ...new Set(constants)],
  });
}
