// The `judge` command: links to answers of a lesson on standard input, one a line; one JSON line each on standard output.
// @example npm run --silent judge -- 5 < links.txt
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerLines, logToErrors } from "../engine/conformance/answer-lines.ts";
import { createSession } from "../engine/index.ts";
import { type Judging, judgeAnswer } from "../web/lessons/judging.ts";
import type { Lesson } from "../web/lessons/lesson.ts";
import { parseLesson } from "../web/lessons/parse.ts";

/** The built-in lessons: in the sources, and beside the package's own file. */
const PLACES = ["../web/lessons/built-in", "./lessons"];
/** Microseconds for one verification. */
const PATIENCE = 10_000_000;

export async function judgeCommand([wanted = "", ...more]: readonly string[]): Promise<number> {
  const found = wanted === "" || more.length > 0 ? USAGE : lessonOf(wanted);
  if (typeof found === "string") {
    process.stderr.write(`judge: ${found}\n`);
    return 2;
  }
  logToErrors();
  const { shown, ...judging } = found;
  await answerLines(async (line) => JSON.stringify(await answer(line, shown, judging)));
  return 0;
}

const USAGE =
  "usage: judge LESSON < LINKS; LESSON is a lesson's number or name, or a lesson's file; a link stands on each line";

/** Each answer has a session of its own: nothing of one is left for the next. */
async function answer(line: string, lesson: number | string, judging: Omit<Judging, "engine">): Promise<object> {
  try {
    const engine = createSession({ now: () => performance.now() * 1000, patience: PATIENCE });
    const judged = await judgeAnswer(line, { ...judging, engine });
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

type Found = Omit<Judging, "engine"> & { /** As answers call it. */ readonly shown: number | string };

/** A built-in lesson by number or name, or a file; a sentence where there is none. */
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

/** `given`: what was asked for, to be named in a sentence. */
function read(path: string, given: string): Lesson | string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return `there is no lesson "${given}", and no such file`;
  }
  const parsed = parseLesson(basename(path).replace(/\.(?:md|markdown|txt)$/i, ""), text);
  if (parsed.ok) return parsed.lesson;
  const [first] = parsed.faults;
  return `${path}, line ${first?.line}: found "${first?.found}", expected ${first?.expected.en}`;
}
