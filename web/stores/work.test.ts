// What was done in a lesson is there again when it is opened anew: after another lesson, and on another device. The engine runs in the
// same thread behind the worker's protocol; nothing can be stored but what the stores hold.
import { beforeEach, expect, test, vi } from "vitest";
import { connect, createSession, localWorker } from "../../engine/index.ts";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
vi.stubGlobal("navigator", { language: "en" });

const { startEngine } = await import("./engine.ts");
const kernel = await import("./kernel.ts");
const { useKernel } = kernel;
const { followVerdict } = await import("./machine.ts");
const { editInput, editSource, useProgram } = await import("./program.ts");
const { followProgram, freshCheck } = await import("./verdict.ts");
const { useGoals } = await import("./goals.ts");
const lesson = await import("./lesson.ts");
const { forgetProgress, progressFile, progressOf, readProgress, takeProgress } = await import("./progress.ts");
const { useJournal } = await import("./journal.ts");
const { LESSON_IDS, loadLesson, nameOf } = await import("../lessons/index.ts");
const { openState } = await import("../links/open.ts");

startEngine((told) =>
  connect({
    spawn: () => localWorker(createSession(), { copy: structuredClone, later: (call) => setTimeout(call, 0) }),
    ...told,
  }),
);
followProgram();
followVerdict();
await kernel.startKernel();
await kernel.loadPresets();

beforeEach(() => forgetProgress());

const open = (id: string): Promise<void> => lesson.openLesson(LESSON_IDS.indexOf(id) + 1);

/** Waits until the goals that are met are these. */
const met = (all: boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      const { views } = useGoals.getState();
      if (!views || views.every((view) => view.met) !== all) return;
      stop();
      resolve();
    };
    const stop = useGoals.subscribe(look);
    look();
  });

async function echo(text: string): Promise<void> {
  editInput(text);
  await kernel.write();
}

async function answersOfAWrite(): Promise<void> {
  await open("07-answers-of-a-write");
  await kernel.load();
  await kernel.attach();
  for (const text of ["abc", "4294967296", "4294967295"]) await echo(text);
  await kernel.read();
  await met(true);
}

test("after another lesson the calls are made again, and the goals are met", async () => {
  await answersOfAWrite();
  const { calls } = useJournal.getState();
  await open("08-bounds");
  await met(false);
  await open("07-answers-of-a-write");
  await met(true);
  expect(useJournal.getState().calls.map(({ text }) => text)).toEqual(calls.map(({ text }) => text));
  expect(useKernel.getState().output?.text).toBe("41\n");
  expect(useProgram.getState().input).toBe("4294967295");
});

test("on another device, with the file of one's progress, they are too; from the start means without them", async () => {
  await answersOfAWrite();
  const file = progressFile();
  await open("08-bounds");
  forgetProgress();
  await open("07-answers-of-a-write");
  await met(false);
  expect(useJournal.getState().acts).toEqual([]);
  await open("08-bounds");
  const read = readProgress(file);
  if (!read) throw new Error("no progress in the file");
  takeProgress(read);
  await open("07-answers-of-a-write");
  await met(true);
  await lesson.againFromTheStart();
  await met(false);
  expect(progressOf("07-answers-of-a-write").work).toBe("");
});

test("a program type of one's own, steps of the recipe and elements of maps are there again; a later edit stays", async () => {
  await open("22-own-type");
  await kernel.choosePreset("adder");
  const solution = await solutionOf("22-own-type");
  editSource(solution);
  await freshCheck();
  await kernel.load();
  await kernel.attach();
  await echo("6 7");
  await kernel.read();
  await met(true);
  editSource(`// mine\n${solution}`);
  await open("08-bounds");
  await met(false);
  await open("22-own-type");
  await met(true);
  expect(useKernel.getState()).toMatchObject({ preset: "adder", output: { text: "42\n" } });
  expect(useProgram.getState()).toMatchObject({ progType: "adder", source: `// mine\n${solution}` });
});

async function solutionOf(id: string): Promise<string> {
  const parsed = await loadLesson(LESSON_IDS.indexOf(id) + 1);
  return parsed?.ok ? (parsed.lesson.solution?.source ?? "") : "";
}

test("another's answer does not take the place of what the reader did", async () => {
  await answersOfAWrite();
  const { work } = progressOf("07-answers-of-a-write");
  const { source, progType, maps } = useProgram.getState();
  const name = nameOf("07-answers-of-a-write");
  const state = { source, progType, maps, input: "1", lesson: { name, acts: [{ do: "load" } as const] } };
  await openState(state);
  await met(false);
  expect(lesson.useLesson.getState().visiting).toBe(true);
  expect(progressOf("07-answers-of-a-write").work).toBe(work);
  await open("07-answers-of-a-write");
  await met(true);
});

test("what was kept and cannot be read is as if nothing was done", async () => {
  takeProgress(
    readProgress('{"oreore":"progress","lessons":{"07-answers-of-a-write":{"work":"{\\"source\\":7}"}}}') ?? {},
  );
  await open("07-answers-of-a-write");
  await met(false);
  expect(useJournal.getState().acts).toEqual([]);
});
