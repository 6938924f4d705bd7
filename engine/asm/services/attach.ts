// Writes, changes or removes the directive for the attach type in a text.
import type { Analysis } from "../assemble.ts";

/** The text with `@attach name`. null: without the directive. The rest of the text is unchanged. */
export function withAttach({ directives }: Analysis, source: string, name: string | null): string {
  const { attach, progEnd } = directives;
  if (attach) return name === null ? without(source, attach) : replaced(source, attach, `@attach ${name}`);
  if (name === null) return source;
  const line = `// @attach ${name}\n`;
  if (progEnd === undefined) return line + source;
  const end = source.indexOf("\n", progEnd);
  return end < 0 ? `${source}\n${line}` : `${source.slice(0, end + 1)}${line}${source.slice(end + 1)}`;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

const replaced = (source: string, { start, end }: Place, text: string): string =>
  source.slice(0, start) + text + source.slice(end);

/** Removes the directive, and its line if nothing else is on it. */
function without(source: string, place: Place): string {
  const start = source.lastIndexOf("\n", place.start - 1) + 1;
  const next = source.indexOf("\n", place.end);
  const end = next < 0 ? source.length : next + 1;
  const before = source.slice(start, place.start).trim();
  const after = source.slice(place.end, end).trim();
  const isAlone = after === "" ? /^(?:\/\/|\*?)$/.test(before) : /^\/\*+$/.test(before) && after === "*/";
  return replaced(source, isAlone ? { start, end } : place, "");
}
