// The course: which lessons make its parts, and in which order one follows the other.
import type { Texts } from "../../engine/index.ts";

/** The lessons that are the talk, in its order: their scenes, one after the other, are the deck from its first slide to its last. */
export const TALK: readonly number[] = [1, 2, 3, 4, 5];

/** The course in parts, each with the numbers of its lessons. */
export const COURSE: readonly { readonly title: Texts; readonly lessons: readonly number[] }[] = [
  { title: { en: "The talk", ja: "発表" }, lessons: TALK },
  { title: { en: "What it left out", ja: "発表が省いたこと" }, lessons: [6, 7, 20, 21, 22] },
  { title: { en: "The verifier", ja: "verifier" }, lessons: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 27, 19] },
  { title: { en: "Beyond", ja: "その先" }, lessons: [23, 28, 24, 25, 29, 30, 26] },
];

/** All its lessons, as one follows the other. */
export const ORDER: readonly number[] = COURSE.flatMap(({ lessons }) => lessons);

/** Its place in the course, from 1: what a reader is told. A lesson's number is another: it is part of its name, and never changes. */
export const placeOf = (number: number): number => ORDER.indexOf(number) + 1;

/** The lesson before (-1) or after (1) in the course; 0: there is none. */
export function besideInCourse(number: number, by: 1 | -1): number {
  return ORDER[ORDER.indexOf(number) + by] ?? 0;
}
