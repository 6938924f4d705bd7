// Which goals of the open lesson are met. Judged anew after each verdict, call and step.
import { create } from "zustand";
import type { GoalView } from "../../../engine/index.ts";
import { judgedProgram, type Lesson } from "../../lessons/lesson.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { recordStep, useJournal } from "../kernel/journal.ts";
import { useKernel } from "../kernel/kernel.ts";
import { useProgram } from "../program/program.ts";
import { useMachine } from "../run/machine.ts";
import { noteProgress } from "./progress.ts";

/** One per goal, in order. null: no answer yet. */
export const useGoals = create<{ readonly views: readonly GoalView[] | null }>()(() => ({ views: null }));
const { setState: set } = useGoals;

let timer: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

/** The lesson that is open. */
type OpenLesson = () => { readonly lesson: Lesson | null; readonly showsOthersAnswer: boolean };
let openLesson: OpenLesson = () => ({ lesson: null, showsOthersAnswer: false });

/** Called once, with the first lesson. */
export function followGoals(lesson: OpenLesson): void {
  openLesson = lesson;
  useVerdict.subscribe((now, before) => now.check !== before.check && judgeSoon());
  useJournal.subscribe(judgeSoon);
  useKernel.subscribe((now, before) => now.kernel !== before.kernel && judgeSoon());
  useMachine.subscribe((now, before) => now.view !== before.view && judgeSoon());
}

/** Called when another lesson was opened. */
export function judgeAnew(): void {
  set({ views: null });
  judgeSoon();
}

function judgeSoon(): void {
  clearTimeout(timer);
  if (openLesson().lesson) timer = setTimeout(() => void judge(), 120);
}

async function judge(): Promise<void> {
  const { lesson, showsOthersAnswer } = openLesson();
  const program = useProgram.getState();
  if (!lesson || program.revision !== useVerdict.getState().check?.revision) return;
  const mine = ++asked;
  const { calls, stepRegisters } = useJournal.getState();
  const { view, position } = useMachine.getState();
  const regs = view?.regs ?? [];
  const reader = { calls, stepRegisters: regs.length > 0 ? [...stepRegisters, regs] : stepRegisters };
  const { tools } = engine().api;
  const judged = judgedProgram(lesson, program);
  const isLate = (): boolean => mine !== asked || openLesson().lesson !== lesson;
  const views = await answered(tools.judge(judged, lesson.goals, reader));
  if (!views || isLate()) return;
  // The journal needs this step if it meets a goal that no earlier step met.
  const stood = lesson.goals.filter(({ kind }, i) => kind === "stands" && views[i]?.met);
  const before = stood.length > 0 ? await answered(tools.judge(judged, stood, { calls: [], stepRegisters })) : [];
  if (!before || isLate()) return;
  if (before.some(({ met }) => !met)) recordStep(position, regs);
  set({ views });
  if (!showsOthersAnswer && views.length > 0 && views.every(({ met }) => met))
    noteProgress(lesson.id, { solved: true });
}
