// A cache of assembled instructions by the text of their line. A line is kept if it has one instruction alone, without diagnostics, and
// its words mean the same in every program. After a keystroke all lines but one are found here, and are not split into tokens, parsed
// or evaluated again. If the source gives a word of a line another meaning, the line is read as if it were not in the cache.
// Mutable: there is one cache for all texts, because the result depends on the line's text alone.
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";
import { baseConstant, basePredefined } from "./names.ts";
import type { KnownLine } from "./token.ts";

const known = new Map<string, KnownLine>();
const MOST = 50_000;

/** The instruction of a line, given as its text without leading white space. undefined: it is not in the cache. */
export const knownLine = (line: string): KnownLine | undefined => known.get(line);

/** Instructions that may be kept: only numbers, constants and operators, so no string, comment or backslash. */
const PLAIN = /^\w+\([\w \t,|+\-~()<>*&^%!?:=]*\)$/;
/** What may follow on the line: a comma, and a comment. keepLine checks that the comment has no directive and no arrow. */
const REST = /^[ \t]*(,?)[ \t]*(?:\/\/[^\\]*|\/\*[^*]*\*\/)?[ \t\r]*$/;

/**
 * Keeps an instruction that was assembled without diagnostics, if its line may be kept.
 * `redefined`: whether the source gives a name its own meaning.
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
