// Characters that a keyboard, a chat or a word processor puts where C has another one: full-width letters and brackets,
// typographic quotes and dashes. Each is taken as what it looks like, so that its line has its bytes, and named.

import { lex } from "./lex.ts";
import { fixOf, type Reporter, replaceFix } from "./messages.ts";
import type { KnownLine } from "./token.ts";

/** One unit of UTF-16 each, so that places stay what they are. */
const PLAIN: Readonly<Record<string, string>> = {
  "“": '"',
  "”": '"',
  "„": '"',
  "‟": '"',
  "″": '"',
  "‘": "'",
  "’": "'",
  "‚": "'",
  "‛": "'",
  "′": "'",
  "–": "-",
  "—": "-",
  "−": "-",
  "‐": "-",
  "‑": "-",
  "、": ",",
  "×": "*",
  "÷": "/",
};
/** Full-width forms of ASCII stand this far behind it. */
const FULL_WIDTH = 0xfee0;
const FIRST = 0xff01;
const LAST = 0xff5e;

const LOOK_ALIKE = /[\uff01-\uff5e“”„‟″‘’‚‛′–—−‐‑、×÷]/;

function plainOf(char: string): string | undefined {
  const code = char.charCodeAt(0);
  return code >= FIRST && code <= LAST ? String.fromCharCode(code - FULL_WIDTH) : PLAIN[char];
}

/**
 * The text with plain characters outside of comments and strings; each run of others is reported, with a fix.
 * `knownLine`: see lex.ts; such a line has look-alikes in its comment at most.
 */
export function withoutLookAlikes(
  source: string,
  reporter: Reporter,
  knownLine?: (line: string) => KnownLine | undefined,
): string {
  if (!LOOK_ALIKE.test(source)) return source;
  const units = lex(source, knownLine).tokens.filter(({ kind }) => kind === "other");
  const places: number[] = [];
  const chars = source.split("");
  for (const { start, end } of units)
    for (let at = start; at < end; at++) {
      const plain = plainOf(chars[at] as string);
      if (plain === undefined) continue;
      chars[at] = plain;
      places.push(at);
    }
  if (places.length === 0) return source;
  const text = chars.join("");
  // A full-width `//` makes a comment of what follows: nothing in there is amiss. Read without known lines, which drop theirs.
  const { comments } = lex(text);
  const inComment = (at: number) => comments.some(({ textStart, end }) => at >= textStart && at < end);
  const amiss = places.filter((at) => !inComment(at));
  const all = runs(amiss).map(([start, end]) => ({ span: { start, end }, text: text.slice(start, end) }));
  for (const { span, text: plain } of all) {
    const fixes = [replaceFix(span, plain)];
    if (all.length > 1) fixes.push(fixOf("replace-look-alikes", { count: all.length }, all));
    reporter.report("look-alike", span, { found: source.slice(span.start, span.end), plain }, fixes);
  }
  return text;
}

/** Neighbours as ranges, the end excluded. */
function runs(places: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const at of places) {
    const last = found.at(-1);
    if (last && last[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  }
  return found;
}
