// What was done in a lesson is restored when it is opened again: after another lesson, and on another device. A list of lessons that is not
// on the site travels in a link.
import { beforeEach, expect, test, vi } from "vitest";
import { createSession } from "../../../engine/index.ts";
import { inThread } from "../engine-in-thread.ts";

/** What the stores need from a browser. Nothing can be stored, and the site has no other files. */
const address = { hash: "" };
const go = (_: null, __: string, to: string): void => {
  address.hash = to.replace(/^[^#]*/, "");
};
vi.stubGlobal("location", {
  search: "",
  pathname: "/",
  origin: "https://oreore.example",
  get hash() {
    return address.hash;
  },
});
vi.stubGlobal("history", { pushState: go, replaceState: go });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("document", { baseURI: "https://oreore.example/" });
vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));

const { startEngine } = await import("../engine.ts");
const kernel = await import("../kernel/kernel.ts");
const { useKernel } = kernel;
const { followVerdict } = await import("../run/machine.ts");
const { editInput, editSource, useProgram } = await import("../program/program.ts");
const { followProgram, freshCheck } = await import("../check/verdict.ts");
const { useGoals } = await import("./goals.ts");
const lesson = await import("./lesson.ts");
const { forgetProgress, progressFile, progressOf, readProgress, takeProgress } = await import("./progress.ts");
const { useJournal } = await import("../kernel/journal.ts");
const { LESSON_IDS, loadLesson, nameOf } = await import("../../lessons/index.ts");
const { openState } = await import("../../links/open.ts");
const { decodeLink, encodeLink } = await import("../../links/codec.ts");
const { stateOfPage } = await import("../../links/share.ts");
const { judgeAnswer } = await import("../../lessons/judging.ts");
const { parseLesson } = await import("../../lessons/parse.ts");

startEngine(inThread());
followProgram();
followVerdict();
await kernel.startKernel();
await kernel.loadPresets();

beforeEach(() => forgetProgress());

const open = (id: string): Promise<void> => lesson.openLesson(LESSON_IDS.indexOf(id) + 1);

/** Waits until all goals are met, or not all. */
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

test("after another lesson the calls are repeated, and the goals are met", async () => {
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

test("another device restores them from the progress file, and a start from the beginning leaves them out", async () => {
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
  await lesson.restartLesson();
  await met(false);
  expect(progressOf("07-answers-of-a-write").work).toBe("");
});

test("a reader's own program type, steps of the recipe and elements of maps are restored, and a later edit stays", async () => {
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

test("another reader's answer does not replace what the reader did", async () => {
  await answersOfAWrite();
  const { work } = progressOf("07-answers-of-a-write");
  const { source, progType, maps } = useProgram.getState();
  const name = nameOf("07-answers-of-a-write");
  const state = { source, progType, maps, input: "1", lesson: { name, acts: [{ do: "load" } as const] } };
  await openState(state);
  await met(false);
  expect(lesson.useLesson.getState().showsOthersAnswer).toBe(true);
  expect(progressOf("07-answers-of-a-write").work).toBe(work);
  await open("07-answers-of-a-write");
  await met(true);
});

test("kept work that cannot be read counts as none", async () => {
  takeProgress(
    readProgress('{"oreore":"progress","lessons":{"07-answers-of-a-write":{"work":"{\\"source\\":7}"}}}') ?? {},
  );
  await open("07-answers-of-a-write");
  await met(false);
  expect(useJournal.getState().acts).toEqual([]);
});

const OWN = (title: string, wanted: number): string => `---
title.en: ${title}
---

\`\`\`oreore-state
input: 3
---
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),
\`\`\`

\`\`\`goal
returns 3 -> ${wanted}
\`\`\`

# en

Return ${wanted}.
`;
const LIST = "---\ntitle.en: The first week\n---\n- week1/own.md\n- 7\n- other.md\n";
const FILES = [
  { name: "other.md", text: OWN("Another", 5) },
  { name: "list.md", text: LIST },
  { name: "own.md", text: OWN("Of my own", 4) },
];
const title = (): string => lesson.useLesson.getState().lesson?.texts.en?.title ?? "";
const next = async (by: 1 | -1 = 1): Promise<void> => void (await lesson.neighbour(by)?.());

/** Opens the address as a page does that starts with it. */
async function openAddress(hash: string): Promise<void> {
  const link = await decodeLink(hash);
  if (link.kind !== "state") throw new Error(link.kind);
  await openState(link.state);
}

test("a list and its files travel in a link: all its lessons open there, with next and back, and their drafts", async () => {
  expect(await lesson.openLessonFiles(FILES)).toBeNull();
  expect(title()).toBe("Of my own");
  const first = address.hash;
  await next();
  await next();
  expect(title()).toBe("Another");
  const third = address.hash;
  editSource("BPF_MOV64_IMM(BPF_REG_0, 5),\nBPF_EXIT_INSN(),\n");
  await met(true);
  expect(address.hash).toBe(third);
  const answer = await encodeLink(await stateOfPage(true));
  await open("08-bounds");
  // After a reload the written text is restored.
  await openAddress(third);
  expect(title()).toBe("Another");
  await met(true);
  await next(-1);
  expect(title()).toBe("What a write can answer");
  await next(-1);
  expect([title(), address.hash, lesson.neighbour(-1)]).toEqual(["Of my own", first, null]);
  // On another device an answer brings the list as well.
  await open("08-bounds");
  forgetProgress();
  await openAddress(answer);
  await met(true);
  expect([title(), lesson.useLesson.getState().list?.title.en]).toEqual(["Another", "The first week"]);
  expect(await judgeAnswer(answer, { ...judging(OWN("Another", 5), "other"), engine: createSession() })).toMatchObject({
    solved: true,
  });
  expect(await judgeAnswer(answer, { ...judging(OWN("Of my own", 4), "own"), engine: createSession() })).toMatchObject({
    another: true,
  });
});

const judging = (text: string, id: string) => {
  const parsed = parseLesson(id, text);
  if (!parsed.ok) throw new Error("a fault");
  return { lesson: parsed.lesson, name: "", language: "en" as const };
};

test("a list without one of its files, with a faulty one, or too large for a link gives a message and is not opened", async () => {
  await open("08-bounds");
  expect(await lesson.openLessonFiles(FILES.slice(0, 2))).toMatchObject({
    name: "list.md",
    faults: [{ line: 4, found: "week1/own.md", expected: { en: expect.stringContaining("together with the list") } }],
  });
  const broken = { name: "own.md", text: OWN("Of my own", 4).replace("returns", "return") };
  expect(await lesson.openLessonFiles([...FILES.slice(0, 2), broken])).toMatchObject({
    name: "own.md",
    faults: [{ line: 13 }],
  });
  // Noise cannot be compressed.
  let seed = 1;
  const noise = Array.from({ length: 150_000 }, () => {
    seed = (seed * 1103515245 + 12345) % 0x7fffffff;
    return String.fromCharCode(0x4e00 + (seed % 20_000));
  }).join("");
  const large = { name: "own.md", text: OWN(noise.slice(0, 100), 4) + noise };
  expect(await lesson.openLessonFiles([...FILES.slice(0, 2), large])).toMatchObject({
    name: "list.md",
    faults: [{ expected: { en: expect.stringMatching(/one of \d+ characters, and 150000 is the most/) } }],
  });
  expect(title()).toBe("Bounds: how far it may go");
});

test("a single lesson file gets a link as its address", async () => {
  await lesson.openLessonFiles([{ name: "mine.md", text: OWN("Of my own", 4) }]);
  const link = address.hash;
  editSource("BPF_MOV64_IMM(BPF_REG_0, 4),\nBPF_EXIT_INSN(),\n");
  await met(true);
  await open("08-bounds");
  expect(address.hash).toBe("#lesson/bounds");
  await openAddress(link);
  expect(title()).toBe("Of my own");
  await met(true);
});
