// Every built-in lesson is read without a fault, is not solved when it opens, and is solved by its solution.
import { expect, test } from "vitest";
import { SOLUTIONS } from "../../e2e/solutions.ts";
import { type Act, createSession, performActs } from "../../engine/index.ts";
import { ORDER } from "./course.ts";
import { addressOf, LESSON_IDS, lessonList, loadLesson, numberOf } from "./index.ts";
import type { Lesson } from "./lesson.ts";
import { actText, readAct } from "./parse-act.ts";

async function lessonOf(id: string): Promise<Lesson> {
  const parsed = await loadLesson(LESSON_IDS.indexOf(id) + 1);
  if (!parsed) throw new Error(`no lesson ${id}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 1));
  return parsed.lesson;
}

/** Which goals are met when a student does these acts from the lesson's start. */
async function metBy({ state, goals }: Lesson, acts: readonly Act[]): Promise<readonly boolean[]> {
  const session = createSession();
  const { source, progType, maps, input, recipe, preset } = state;
  const reader = await performActs(session, { program: { source, progType, maps }, input, recipe, preset }, acts);
  const views = await session.tools.judge(reader.program, goals, reader);
  return views.map(({ met }) => met);
}

test.each(LESSON_IDS)("%s is read without a fault, in both languages, and has a prediction and a hint", async (id) => {
  const { texts, goals } = await lessonOf(id);
  expect(goals).not.toEqual([]);
  for (const text of [texts.ja, texts.en]) {
    expect(text?.title).toMatch(/\S/);
    expect(text?.points.some(({ kind }) => kind === "predict")).toBe(true);
    expect(text?.points.some(({ notes }) => notes !== "")).toBe(true);
    expect(text?.hints.length).toBeGreaterThan(0);
  }
});

test.each(LESSON_IDS)("%s is not solved when it opens, and its solution solves it", async (id) => {
  const lesson = await lessonOf(id);
  expect(await metBy(lesson, [])).toContain(false);
  const met = await metBy(lesson, SOLUTIONS[id] ?? []);
  expect(lesson.goals.filter((_, i) => !met[i])).toEqual([]);
});

test.each(LESSON_IDS)("the program of %s assembles", async (id) => {
  const { state } = await lessonOf(id);
  const { source, progType, maps, input, recipe, preset } = state;
  const session = createSession();
  await performActs(session, { program: { source, progType, maps }, input, recipe, preset }, []);
  const check = await session.check.check({ source, progType, maps }, 1);
  expect(check.verdict).not.toBe("error");
});

test.each([2, 3, 4, 5, 6])(
  "the lesson after lesson %i begins with the steps of the recipe that were applied",
  async (n) => {
    const { state, solution } = await lessonOf(LESSON_IDS[n - 1] ?? "");
    const { source, progType, maps, input, recipe, preset } = state;
    const session = createSession();
    const start = { program: { source, progType, maps }, input, recipe, preset };
    await performActs(session, start, solution?.acts ?? []);
    const next = await lessonOf(LESSON_IDS[n] ?? "");
    expect((await session.kernel.hello()).kernel.steps).toEqual(next.state.recipe);
  },
);

/** Names in the order of the lessons' numbers. Addresses and links rely on both, so they must not change. */
const NAMES =
  `machine program-type attach module instructions first-question answers-of-a-write bounds null stack loops spills
  branches precision pruning packets helper-arguments references your-own func-proto context-conversion own-type functions
  tail-calls maps-from-user-space all-of-it missed-check loop-helper ping networks`.split(/\s+/);

test("a lesson's number and name never change", () => {
  expect(NAMES.map(numberOf)).toEqual(NAMES.map((_, i) => i + 1));
  expect(NAMES.map((_, i) => numberOf(String(i + 1)))).toEqual(NAMES.map((_, i) => i + 1));
});

test("a lesson's address has its number only if that equals its place in the course", () => {
  expect([1, 7, 8, 20].map(addressOf)).toEqual(["#lesson/1", "#lesson/7", "#lesson/bounds", "#lesson/func-proto"]);
});

test("each lesson is in exactly one part of the course", () => {
  expect([...ORDER].sort((a, b) => a - b)).toEqual(LESSON_IDS.map((_, i) => i + 1));
});

test("acts are written as in a lesson's file, and read back as the same acts", async () => {
  const { solution, state } = await lessonOf("25-maps-from-user-space");
  const shown = solution?.acts.map(actText) ?? [];
  expect(shown).toEqual(["write", "load", "attach", "update config 0 = 100", "echo 10", "cat"]);
  expect(shown.map((line) => readAct(line, solution?.source ?? "", state.maps))).toEqual(solution?.acts);
  expect(actText({ do: "delete", map: "names", key: "00112233445566778899" })).toBe(
    "delete names 0x00112233445566778899",
  );
});

test("every lesson has a solution, and there are no others", async () => {
  expect(Object.keys(SOLUTIONS)).toEqual(LESSON_IDS);
});

test("the list of lessons has the order of the course and its places", async () => {
  const list = await lessonList();
  expect(list.map(({ number }) => number)).toEqual(ORDER);
  expect(list.map(({ place }) => place)).toEqual(LESSON_IDS.map((_, i) => i + 1));
  expect(list.find(({ id }) => id === "26-all-of-it")?.place).toBe(LESSON_IDS.length);
  expect(list.every(({ title }) => /^[A-Z]/.test(title.en) && /[^\x20-\x7e]/.test(title.ja))).toBe(true);
});
