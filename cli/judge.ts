// The `judge` command. It reads links to answers of a lesson from standard input, one per line, and prints one JSON line for each.
// @example npm run --silent judge -- 5 < links.txt
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerLines, logToErrors } from "../engine/conformance/answer-lines.ts";
import { createSession } from "../engine/index.ts";
import { idOfFile, isFile } from "../web/lessons/entry.ts";
import { type Judged, type Judging, judgeAnswer } from "../web/lessons/judging.ts";
import type { Lesson } from "../web/lessons/lesson.ts";
import { parseLesson } from "../web/lessons/parse.ts";
import { readPlaylist } from "../web/lessons/playlist.ts";

/** Where the built-in lessons are: in the source tree, or in the package beside this file. */
const PLACES = ["../web/lessons/built-in", "./lessons"];
/** Most time for one verification, in microseconds. */
const PATIENCE = 10_000_000;

export async function judgeCommand([wanted = "", ...more]: readonly string[]): Promise<number> {
  const judge = wanted === "" || more.length > 0 ? USAGE : judgeOf(wanted);
  if (typeof judge === "string") {
    process.stderr.write(`judge: ${judge}\n`);
    return 2;
  }
  logToErrors();
  await answerLines(async (line) => JSON.stringify(await judge(line)));
  return 0;
}

/** Judges one line for a lesson or a list of lessons. A sentence if a lesson does not exist or has a fault. */
export function judgeOf(wanted: string): ((line: string) => Promise<object>) | string {
  const found = lessonsOf(wanted);
  return typeof found === "string" ? found : (line) => answer(line, found);
}

const USAGE =
  "usage: judge LESSON < LINKS; LESSON is a lesson's number or name, a lesson's file, or the file of a list of lessons; a link stands on each line";

/** The output for one line. Each answer gets a session of its own, so that none affects the next. */
async function answer(line: string, lessons: readonly Found[]): Promise<object> {
  try {
    let judged: Judged | undefined;
    let lesson: number | string = "";
    for (const { shown, ...judging } of lessons) {
      const engine = createSession({ now: () => performance.now() * 1000, verifyLimitUs: PATIENCE });
      judged = await judgeAnswer(line, { ...judging, engine });
      lesson = shown;
      // For a list of lessons, each link names the lesson it answers.
      if (judged.ok || !judged.another) break;
    }
    if (!judged) throw new Error("there is no lesson to judge by");
    const { who, link } = judged;
    const head = { link, ...(who !== "" && { who }) };
    if (!judged.ok) return { ...head, error: judged.error.en };
    const goals = judged.goals.map(({ text, met, now }) => ({ text, met, ...(now !== "" && { now }) }));
    return { ...head, lesson, solved: judged.solved, goals };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return { link: line.trim(), error: "this answer could not be judged: the fault is the judge's, not the link's" };
  }
}

type Found = Omit<Judging, "engine"> & {
  /** The lesson's number or name in the output. */ readonly shown: number | string;
};

/** The lesson, or all lessons of a list. A sentence if one of them does not exist or has a fault. */
function lessonsOf(wanted: string): readonly Found[] | string {
  const text = textOf(wanted);
  const list = typeof text === "string" ? readPlaylist(text) : undefined;
  const found: Found[] = [];
  for (const entry of list?.entries ?? [wanted]) {
    const one = lessonOf(list && isFile(entry) ? join(dirname(wanted), entry) : entry);
    if (typeof one === "string") return one;
    found.push(one);
  }
  return found;
}

/** A built-in lesson by its number or name, or the lesson of a file. A sentence if it does not exist or has a fault. */
function lessonOf(wanted: string): Found | string {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const folder = places.find((place) => existsSync(place)) ?? (places[0] as string);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .sort();
  const builtIn = files.find((file, i) => String(i + 1) === wanted || nameOf(file) === wanted);
  const path = builtIn === undefined ? wanted : join(folder, builtIn);
  const lesson = read(path, builtIn === undefined ? wanted : "");
  if (typeof lesson === "string") return lesson;
  const shown = builtIn === undefined ? lesson.id : /^\d+$/.test(wanted) ? Number(wanted) : wanted;
  return { lesson, name: builtIn === undefined ? "" : nameOf(builtIn), language: "en", shown };
}

const nameOf = (file: string): string => file.replace(/^\d+-|\.md$/g, "");

/** Reads a lesson's file. `given`: what the user asked for, named in the sentence if there is no such file. */
function read(path: string, given: string): Lesson | string {
  const text = textOf(path);
  if (typeof text !== "string") {
    if (text.code === "ENOENT") return `there is no lesson "${given}", and no such file`;
    if (text.code === "EISDIR") return `"${path}" is a folder, and the file of a lesson or of a list was expected`;
    return `"${path}" cannot be read: ${text.message}`;
  }
  const parsed = parseLesson(idOfFile(path), text);
  if (parsed.ok) return parsed.lesson;
  const [first] = parsed.faults;
  return `${path}, line ${first?.line}: found "${first?.found}", expected ${first?.expected.en}`;
}

/** The file's text, or why it cannot be read. */
function textOf(path: string): string | NodeJS.ErrnoException {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
