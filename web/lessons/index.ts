// The built-in lessons: one file each, loaded when it is opened. A lesson's number (`#lesson/3`) is that of its file and never
// changes. Its place in the course is in course.ts.
import type { Texts } from "../../engine/index.ts";
import type { Language } from "../stores/page/settings.ts";
import { ORDER, placeOf } from "./course.ts";
import type { Lesson } from "./lesson.ts";
import { lessonHead, type Parsed, parseLesson } from "./parse.ts";

const FILES = import.meta.glob<string>("./built-in/*.md", { query: "?raw", import: "default" });
const idOf = (path: string): string => path.replace(/^.*\/|\.md$/g, "");
const PATHS = Object.keys(FILES).sort();

export const LESSON_IDS: readonly string[] = PATHS.map(idOf);

/** Name of a lesson in an address: `bounds` for `08-bounds`. */
export const nameOf = (id: string): string => id.replace(/^\d+-/, "");

/** Address of a lesson: with its number if that equals its place in the course, else with its name. So no reader sees two numbers. */
export const addressOf = (number: number): string =>
  `#lesson/${placeOf(number) === number ? number : nameOf(LESSON_IDS[number - 1] ?? "")}`;

/** The number of the lesson with this number or name. 0: there is none. */
export function numberOf(name: string): number {
  if (/^\d+$/.test(name)) return LESSON_IDS[Number(name) - 1] === undefined ? 0 : Number(name);
  return LESSON_IDS.findIndex((id) => nameOf(id) === name) + 1;
}

const read = async (index: number): Promise<string | undefined> => FILES[PATHS[index] ?? ""]?.();

/** The lesson with this number, from 1. undefined: there is none. */
export async function loadLesson(number: number): Promise<Parsed | undefined> {
  const text = await read(number - 1);
  return text === undefined ? undefined : parseLesson(LESSON_IDS[number - 1] as string, text);
}

export interface LessonEntry {
  readonly id: string;
  readonly number: number;
  /** Place in the course, from 1. */
  readonly place: number;
  readonly title: Texts;
  readonly slides: readonly number[];
}

/** Titles of all lessons, in the order of the course. */
export const lessonList = (): Promise<readonly LessonEntry[]> =>
  Promise.all(
    ORDER.map(async (number) => {
      const id = LESSON_IDS[number - 1] ?? "";
      const { titles, slides } = lessonHead((await read(number - 1)) ?? "");
      const title = { en: titles.en ?? id, ja: titles.ja ?? id };
      return { id, number, place: placeOf(number), title, slides };
    }),
  );

/** The text in the reader's language, or in the other one if the lesson has only that. */
export const textOf = ({ texts }: Lesson, language: Language) => texts[language] ?? texts.ja ?? texts.en;
