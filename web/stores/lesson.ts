// The lesson that is open: opens it with the page as it asks, follows what the reader does, and knows which goals are met.
// Loaded with the first lesson.
import { create } from "zustand";
import type { Goal, GoalView } from "../../engine/index.ts";
import { LESSON_IDS, loadLesson, TALK, textOf } from "../lessons/index.ts";
import type { Lesson, LessonFault } from "../lessons/lesson.ts";
import { parseLesson } from "../lessons/parse.ts";
import { answered, engine } from "./engine.ts";
import { showLesson, showTab } from "./focus.ts";
import { freshKernel, useKernel } from "./kernel.ts";
import { useMachine } from "./machine.ts";
import { noteWhat, OWN_LESSON, openProgram, programInput, showAddress, useProgram } from "./program.ts";
import { note, progressOf } from "./progress.ts";
import { useVerdict } from "./verdict.ts";

export interface LessonState {
  readonly lesson: Lesson | null;
  /** From 1; OWN_LESSON: from a file. */
  readonly number: number;
  /** One a goal; null before the first answer. */
  readonly goals: readonly GoalView[] | null;
  /** Blanks that were uncovered, by the point and the place in it. */
  readonly uncovered: ReadonlySet<string>;
  /** The whole talk is given, not this lesson alone. */
  readonly talk: boolean;
}

const EMPTY: LessonState = { lesson: null, number: 0, goals: null, uncovered: new Set(), talk: false };
export const useLesson = create<LessonState>()(() => EMPTY);
const { getState: get, setState: set } = useLesson;

/** A built-in lesson, from 1. `talk`: as one part of the whole talk. */
export async function openLesson(number: number, talk = false): Promise<void> {
  const parsed = await loadLesson(number);
  if (!parsed?.ok) {
    noteWhat({ kind: "no-lesson", number });
    return;
  }
  await show(parsed.lesson, number, talk);
}

/** The talk from its first lesson on. */
export const openTalk = (): Promise<void> => openLesson(TALK[0] ?? 1, true);

/** The first that is not solved yet. */
export async function resumeLessons(): Promise<void> {
  const first = LESSON_IDS.findIndex((id) => !progressOf(id).solved);
  await openLesson(Math.max(first, 0) + 1);
}

/** A teacher's file: opened where it has no fault; else what is wrong with it. */
export async function openLessonFile(name: string, text: string): Promise<readonly LessonFault[]> {
  const parsed = parseLesson(name.replace(/\.(?:md|markdown|txt)$/i, ""), text);
  if (!parsed.ok) return parsed.faults;
  await show(parsed.lesson, OWN_LESSON);
  return [];
}

/** As it was when it was opened. */
export async function againFromTheStart(): Promise<void> {
  const { lesson, number, talk } = get();
  if (!lesson) return;
  note(lesson.id, { draft: "" });
  await show(lesson, number, talk);
}

async function show(lesson: Lesson, number: number, talk = false): Promise<void> {
  const { source, progType, maps, input, step, view, recipe } = lesson.state;
  const title = (language: "en" | "ja"): string => textOf(lesson, language)?.title ?? "";
  const { kernel } = useKernel.getState();
  if (kernel) await freshKernel(recipe);
  stood.clear();
  set({ ...EMPTY, lesson, number, talk });
  const { draft } = progressOf(lesson.id);
  openProgram(
    { source: draft || source, progType, maps, input },
    { lesson: number, title: { en: title("en"), ja: title("ja") }, askedStep: step, edited: draft !== "" },
  );
  if (number > 0) showAddress(talk ? "#talk" : `#lesson/${number}`);
  showTab(view);
  showLesson();
  follow();
  // At the start of the page the kernel comes after the first verdict, and has seen nothing; only the recipe may differ.
  if (!kernel && recipe.includes(false))
    void kernelReady().then(() => (get().lesson === lesson ? freshKernel(recipe) : undefined));
}

const kernelReady = (): Promise<void> =>
  new Promise((resolve) => {
    if (useKernel.getState().kernel) return resolve();
    const stop = useKernel.subscribe(({ kernel }) => {
      if (!kernel) return;
      stop();
      resolve();
    });
  });

// ---------------------------------------------------------------------------------------------------------- goals

/** Goals about where the run stands count from the moment it stood there. */
const stood = new Set<Goal>();
let following = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

function follow(): void {
  if (!following) {
    following = true;
    useVerdict.subscribe((now, before) => now.check !== before.check && soon());
    useKernel.subscribe((now, before) => (now.calls !== before.calls || now.kernel !== before.kernel) && soon());
    useMachine.subscribe((now, before) => now.view !== before.view && soon());
    useProgram.subscribe((now, before) => {
      if (now.lesson !== before.lesson && now.lesson !== get().number) set(EMPTY);
      else if (now.source !== before.source && now.edited) keepDraft(now.source);
    });
  }
  soon();
}

/** Each lesson keeps what was written in it, across other lessons and visits. */
function keepDraft(source: string): void {
  const { lesson, number } = get();
  if (!lesson || useProgram.getState().lesson !== number) return;
  note(lesson.id, { draft: source === lesson.state.source ? "" : source });
}

function soon(): void {
  clearTimeout(timer);
  if (get().lesson) timer = setTimeout(() => void judge(), 120);
}

async function judge(): Promise<void> {
  const { lesson } = get();
  const program = useProgram.getState();
  if (!lesson || program.revision !== useVerdict.getState().check?.revision) return;
  const mine = ++asked;
  const reader = { calls: useKernel.getState().calls, regs: useMachine.getState().view?.regs ?? [] };
  const views = await answered(engine().api.tools.judge(programInput(program), lesson.goals, reader));
  if (!views || mine !== asked || get().lesson !== lesson) return;
  const goals = lesson.goals.map((goal, i): GoalView => {
    const view = views[i] as GoalView;
    if (goal.kind === "stands" && view.met) stood.add(goal);
    return stood.has(goal) ? { ...view, met: true } : view;
  });
  set({ goals });
  if (goals.length > 0 && goals.every(({ met }) => met)) note(lesson.id, { solved: true });
}

// --------------------------------------------------------------------------------------------------- guesses, blanks

export const guess = (place: number, value: number | string): void => {
  const { lesson } = get();
  if (lesson) note(lesson.id, { guesses: { ...progressOf(lesson.id).guesses, [place]: value } });
};

export const guessAgain = (place: number): void => {
  const { lesson } = get();
  if (!lesson) return;
  const { [place]: _, ...guesses } = progressOf(lesson.id).guesses;
  note(lesson.id, { guesses });
};

export const moreHints = (): void => {
  const { lesson } = get();
  if (lesson) note(lesson.id, { hints: progressOf(lesson.id).hints + 1 });
};

export const uncover = (blank: string): void => set((s) => ({ uncovered: new Set([...s.uncovered, blank]) }));
