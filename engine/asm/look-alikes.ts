// Characters that keyboards, chats and word processors write in place of those of C: full-width letters and brackets, typographic
// quotes and dashes. Each is read as the character that it looks like, so that its line is assembled, and it is reported.

import { lex } from "./lex.ts";
import { fixOf, type Reporter, replaceFix } from "./messages.ts";
import type { KnownLine } from "./token.ts";

/** Each is one UTF-16 unit, as is its replacement, so offsets stay the same. */
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
/** Distance from an ASCII character to its full-width form. */
const FULL_WIDTH = 0xfee0;
const FIRST = 0xff01;
const LAST = 0xff5e;

const LOOK_ALIKE = /[\uff01-\uff5e“”„‟″‘’‚‛′–—−‐‑、×÷]/;

function plainOf(char: string): string | undefined {
  const code = char.charCodeAt(0);
  return code >= FIRST && code <= LAST ? String.fromCharCode(code - FULL_WIDTH) : PLAIN[char];
}

/**
 * The text with look-alikes replaced outside comments and strings. Each run of look-alikes is reported, with a fix.
 * `knownLine`: see lex.ts. A known line can have look-alikes only in its comment.
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
  // What follows a full-width `//` is a comment, so nothing in it is reported. Known lines are not used here, as they hide comments.
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

/** Joins neighbouring places to ranges, without their end. */
function runs(places: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const at of places) {
    const last = found.at(-1);
    if (last && last[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  }
  return found;
}
