// The course: its parts, and the order of its lessons.
import type { Texts } from "../../engine/index.ts";

/** Numbers of the lessons that make up the talk, in order. Their scenes show its slides from the first to the last. */
export const TALK: readonly number[] = [1, 2, 3, 4, 5];

/** The parts of the course, each with the numbers of its lessons. */
export const COURSE: readonly { readonly title: Texts; readonly lessons: readonly number[] }[] = [
  { title: { en: "The talk", ja: "発表" }, lessons: TALK },
  { title: { en: "What it left out", ja: "発表が省いたこと" }, lessons: [6, 7, 20, 21, 22] },
  { title: { en: "The verifier", ja: "verifier" }, lessons: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 27, 19] },
  { title: { en: "Beyond", ja: "その先" }, lessons: [23, 28, 24, 25, 29, 30, 26] },
];

/** Numbers of all lessons, in the order of the course. */
export const ORDER: readonly number[] = COURSE.flatMap(({ lessons }) => lessons);

/** Place of a lesson in the course, from 1, as shown to readers. It is not the lesson's number, which names the file and never changes. */
export const placeOf = (number: number): number => ORDER.indexOf(number) + 1;

/** Number of the lesson before (`by` -1) or after (1) this one in the course. 0: there is none. */
export function besideInCourse(number: number, by: 1 | -1): number {
  return ORDER[ORDER.indexOf(number) + by] ?? 0;
}
