// How well a few typed letters name something: all of them occur in their order; a run of letters and the start of a
// word count more than letters here and there, and a short name more than a long one.

const WORD_START = 6;
const RUN = 4;
const ANY = 1;

/** Higher is better; 0: it does not match. An empty query matches everything alike. */
export function score(query: string, text: string): number {
  const wanted = fold(query).replace(/\s+/g, "");
  if (wanted === "") return 1;
  const name = fold(text);
  const whole = name.indexOf(fold(query).trim());
  if (whole >= 0) return wanted.length * (WORD_START + (startsWord(name, whole) ? RUN : 0)) - name.length / 1000;
  let sum = 0;
  let last = -2;
  for (const letter of wanted) {
    const next = name.indexOf(letter, last + 1);
    if (next < 0) return 0;
    // A later place that starts a word is the better reading of the same letter.
    const start = firstStart(name, letter, last + 1);
    const at = next === last + 1 || start < 0 ? next : start;
    sum += at === last + 1 ? RUN : startsWord(name, at) ? WORD_START : ANY;
    last = at;
  }
  return Math.max(sum - name.length / 1000, Number.EPSILON);
}

/** Half-width and full-width, capitals and small letters are the same. */
const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

const startsWord = (text: string, at: number): boolean => at === 0 || /[\s\-_/:(.]/.test(text[at - 1] as string);

function firstStart(text: string, letter: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1))
    if (startsWord(text, at)) return at;
  return -1;
}
