// Every built-in lesson is read without a fault, is not solved as it opens, and is solved by what a student does.
import { expect, test } from "vitest";
import { SOLUTIONS } from "../../e2e/solutions.ts";
import { createSession, type Goal, type Reader, type Remote, type SyscallView } from "../../engine/index.ts";
import { LESSON_IDS, lessonList, loadLesson } from "./index.ts";
import type { Lesson } from "./lesson.ts";

const HOOK = "/sys/oreore/bpf";

async function lessonOf(id: string): Promise<Lesson> {
  const parsed = await loadLesson(LESSON_IDS.indexOf(id) + 1);
  if (!parsed) throw new Error(`no lesson ${id}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 1));
  return parsed.lesson;
}

/** What a student sees as met: where the run stands counts from the moment it stood there. */
class Student {
  readonly session: Remote = createSession();
  readonly lesson: Lesson;
  source: string;
  calls: SyscallView[] = [];
  stood = new Set<Goal>();

  constructor(lesson: Lesson) {
    this.lesson = lesson;
    this.source = lesson.state.source;
  }

  get program() {
    const { progType, maps } = this.lesson.state;
    return { source: this.source, progType, maps };
  }

  async do(action: (typeof SOLUTIONS)[string][number]): Promise<void> {
    const { session } = this;
    const note = ({ calls }: { readonly calls: readonly SyscallView[] }): void => void this.calls.push(...calls);
    if (action.do === "write") this.source = action.source;
    else if (action.do === "load") note(await session.kernel.load(this.program));
    else if (action.do === "attach") note(await session.kernel.attach());
    else if (action.do === "echo") note(await session.kernel.writeFile(HOOK, `${action.text}\n`));
    else if (action.do === "cat") note(await session.kernel.readFile(HOOK));
    else if (action.do === "detach") note(await session.kernel.detach());
    else {
      const event = { kind: "sysfs" as const, path: HOOK, data: this.lesson.state.input };
      const { run } = await session.runs.runOnce(this.program, event, true);
      const step = run && (await session.runs.step(run.run, action.to));
      await this.met({ calls: [], regs: step?.regs ?? [] });
    }
  }

  async met(reader: Reader = { calls: this.calls, regs: [] }): Promise<readonly boolean[]> {
    const { goals } = this.lesson;
    const views = await this.session.tools.judge(this.program, goals, reader);
    return goals.map((goal, i) => {
      if (goal.kind === "stands" && views[i]?.met) this.stood.add(goal);
      return this.stood.has(goal) || (views[i]?.met ?? false);
    });
  }
}

test.each(LESSON_IDS)(
  "%s is read without a fault, in both languages, with something to predict and a hint",
  async (id) => {
    const { texts, goals } = await lessonOf(id);
    expect(goals).not.toEqual([]);
    for (const text of [texts.ja, texts.en]) {
      expect(text?.title).toMatch(/\S/);
      expect(text?.points.some(({ kind }) => kind === "predict")).toBe(true);
      expect(text?.points.some(({ notes }) => notes !== "")).toBe(true);
      expect(text?.hints.length).toBeGreaterThan(0);
    }
  },
);

test.each(LESSON_IDS)("%s is not solved as it opens, and is by its solution", async (id) => {
  const student = new Student(await lessonOf(id));
  expect(await student.met()).toContain(false);
  for (const action of SOLUTIONS[id] ?? []) await student.do(action);
  const met = await student.met();
  expect(student.lesson.goals.filter((_, i) => !met[i])).toEqual([]);
});

test.each(LESSON_IDS)("the program of %s assembles", async (id) => {
  const { state } = await lessonOf(id);
  const check = await createSession().check.check(
    { source: state.source, progType: state.progType, maps: state.maps },
    1,
  );
  expect(check.verdict).not.toBe("error");
});

test("a solution stands for each lesson, and for nothing else", async () => {
  expect(Object.keys(SOLUTIONS)).toEqual(LESSON_IDS);
  expect((await lessonList()).map(({ number }) => number)).toEqual(LESSON_IDS.map((_, i) => i + 1));
  expect((await lessonList()).every(({ title }) => /^[A-Z]/.test(title.en) && /[^\x20-\x7e]/.test(title.ja))).toBe(
    true,
  );
});
