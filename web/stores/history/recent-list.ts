// The list of the last programs as a value: newest first, one entry per piece of work, limited in number and size.
import type { Draft } from "../program/draft.ts";

export interface KeptProgram {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The same for all versions of one piece of work. The newest version replaces the others. */
  readonly work: string;
  readonly draft: Draft;
}

export const MOST_PROGRAMS = 50;
/** The most characters of all sources together. */
const MOST_CHARACTERS = 4_000_000;

export function withProgram(list: readonly KeptProgram[], one: KeptProgram): readonly KeptProgram[] {
  const others = list.filter(({ work, draft }) => work !== one.work && !isSame(draft, one.draft));
  const kept: KeptProgram[] = [];
  let characters = 0;
  for (const entry of [one, ...others].slice(0, MOST_PROGRAMS)) {
    characters += entry.draft.source.length;
    if (kept.length > 0 && characters > MOST_CHARACTERS) break;
    kept.push(entry);
  }
  return kept;
}

const isSame = (a: Draft, b: Draft): boolean => a.source === b.source && a.progType === b.progType;

/** The program's name in the list: the first words of its first comment, else its first line. */
export function nameOf(source: string): string {
  const lines = source.split("\n").map((line) => line.trim());
  const comment = lines.find((line) => /^(?:\/\/|\/\*)\s*\S/.test(line));
  const line =
    comment?.replace(/^(?:\/\/|\/\*)\s*/, "").replace(/\s*\*\/$/, "") ?? lines.find((one) => one !== "") ?? "";
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
