// Which commands, examples and lessons match a few typed letters, best first.
import fuzzysort from "fuzzysort";
import type { Texts } from "../../engine/index.ts";

/** Half-width and full-width forms of a letter are the same. */
const fold = (text: string): string => text.normalize("NFKC");

/**
 * Entries whose words match in either language. Recently used ones (`recent`: their ids, newest first) come before equally good ones. An
 * empty query matches all.
 */
export function search<T extends { readonly id: string; readonly words: Texts }>(
  entries: readonly T[],
  query: string,
  recent: readonly string[],
): readonly T[] {
  const bonus = (id: string): number => {
    const at = recent.indexOf(id);
    return at < 0 ? 0 : (recent.length - at) / (recent.length * 10);
  };
  const wanted = fold(query.trim());
  if (wanted === "") return entries.toSorted((a, b) => bonus(b.id) - bonus(a.id));
  return fuzzysort
    .go(wanted, entries, {
      keys: [({ words }: T) => fold(words.en), ({ words }: T) => fold(words.ja)],
      threshold: 0,
      limit: 0,
      scoreFn: ({ score, obj }) => score + bonus(obj.id),
    })
    .map(({ obj }) => obj);
}
