// A list of lessons as a file: a head with titles, then only entries, one per line, such as `- 3`, `- bounds` or `- week1/own.md`.
import type { Texts } from "../../engine/index.ts";
import { isEntry, MOST_ENTRIES } from "./entry.ts";
import { lessonHead } from "./parse.ts";

export interface Playlist {
  readonly title: Partial<Texts>;
  /** Each is a built-in lesson's number or name, or a path to a lesson's file, relative to the list. */
  readonly entries: readonly string[];
}

/** undefined: the file is no list. */
export function readPlaylist(file: string): Playlist | undefined {
  const text = file.replace(/\r\n?/g, "\n").replace(/^\uFEFF/, "");
  const head = /^---\n[\s\S]*?\n---[ \t]*\n/.exec(text);
  if (!head) return undefined;
  const lines = text
    .slice(head[0].length)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const entries = lines.map((line) => /^- +(\S+)$/.exec(line)?.[1] ?? "");
  if (entries.length === 0 || entries.length > MOST_ENTRIES || !entries.every(isEntry)) return undefined;
  return { title: lessonHead(text).titles, entries };
}
