// Presenting: the film of what is open, the frame on the stage, and what the speaker's window is told. Loaded when a reader presents.
import { create } from "zustand";
import { DEFAULT_PRESET } from "../../../engine/index.ts";
import { besideInCourse, TALK } from "../../lessons/course.ts";
import { loadLesson } from "../../lessons/index.ts";
import type { NumberedLesson } from "../../lessons/lesson.ts";
import { addressOpened } from "../../links/open.ts";
import { type Frame, film, pressesOf } from "../../stage/film.ts";
import { programLesson } from "../../stage/plain-scenes.ts";
import { unansweredScenes, withRealAnswers } from "../../stage/real.ts";
import { frameAt, type Presentation, speakerView } from "../../stage/speaker-view.ts";
import { stageEngine } from "../../stage/stage-engine.ts";
import { freshCheck } from "../check/verdict.ts";
import { useSettings } from "../page/settings.ts";
import { useProgram } from "../program/program.ts";
import { ensureRun } from "../run/machine.ts";
import { openLesson, useLesson } from "./lesson.ts";
import { tellSpeaker } from "./speaker.ts";

const EMPTY = { lessons: [], frames: [], press: 0, presses: 0, black: false } as const;
export const usePresent = create<Presentation>()(() => ({ ...EMPTY, beganAt: Date.now() }));
const { getState: get, setState: set } = usePresent;

const restartClock = (): void => set({ beganAt: Date.now() });
export const toggleBlack = (): void => set((s) => ({ black: !s.black }));

// ------------------------------------------------------------------------------------------------------ the film

let filmCount = 0;
let shownKey = "";

/** Makes the film and shows a frame as soon as it is made. */
async function show(lessons: readonly NumberedLesson[], from: "start" | "end"): Promise<void> {
  const mine = ++filmCount;
  const presses = pressesOf(lessons);
  set({ ...EMPTY, lessons, presses, press: from === "start" ? 0 : presses });
  const frames: Frame[] = [];
  for await (const frame of film(lessons, stageEngine())) {
    if (mine !== filmCount) return;
    frames.push(frame);
    // A frame that is waited for is shown at once. The others are made in the background.
    if (frames.length - 1 <= get().press + 1 || frames.length > presses) set({ frames: [...frames] });
  }
  set({ frames });
  await askReal(mine, frames);
}

/** Scenes on the real Linux: it is started for them, and ended after. Until it has answered, the simulation's frames are shown. */
async function askReal(mine: number, film: readonly Frame[]): Promise<void> {
  const scenes = unansweredScenes(film);
  if (scenes.length === 0) return;
  const put = (scene: readonly Frame[], made: readonly Frame[]): void => {
    if (mine !== filmCount) return;
    set((s) => ({ frames: s.frames.map((frame) => made[scene.indexOf(frame)] ?? frame) }));
  };
  const answerAll = async (): Promise<"answered" | "missing"> => {
    const linux = await import("../../linux/store.ts").catch(() => null);
    const answered = await linux?.withOwnMachine("oreore-6.1", async (machine) => {
      for (const scene of scenes) {
        await machine.reset();
        put(scene, (await withRealAnswers(scene, machine, stageEngine())) ?? inState(scene, "failed"));
      }
      return true;
    });
    return answered ? "answered" : "missing";
  };
  const state = await answerAll().catch((error: unknown) => {
    console.error(error);
    return "failed" as const;
  });
  // A scene that was answered before the failure keeps its answers.
  if (state !== "answered") for (const scene of scenes) put(scene, inState(scene, state));
}

const inState = (scene: readonly Frame[], state: "missing" | "failed"): readonly Frame[] =>
  scene.map((frame) => ({ ...frame, real: { state, release: "" } }));

/** What is open on the page, as lessons. If `key` changes, the film must be made anew. */
async function openedLessons(): Promise<{ readonly key: string; readonly lessons: readonly NumberedLesson[] }> {
  const { lesson, number, talk } = useLesson.getState();
  if (talk) {
    const all = await Promise.all(TALK.map(async (one) => ({ number: one, parsed: await loadLesson(one) })));
    const lessons = all.flatMap(({ number: one, parsed }) =>
      parsed?.ok ? [{ lesson: parsed.lesson, number: one }] : [],
    );
    return { key: "talk", lessons };
  }
  if (lesson && useProgram.getState().lesson !== 0)
    return { key: `lesson ${lesson.id}`, lessons: [{ lesson, number }] };
  const check = await freshCheck();
  const run = check?.verdict === "accept" ? await ensureRun() : null;
  const { source, progType, maps, input, title, revision } = useProgram.getState();
  const made = programLesson(
    {
      source,
      progType,
      maps,
      input,
      preset: DEFAULT_PRESET,
      recipe: [true, true, true, true],
      step: 0,
      view: "editor",
      print: [],
    },
    title ?? { en: "Oreore", ja: "Oreore" },
    run?.length ?? 0,
    check?.verdict === "accept" ? "" : (check?.message ?? ""),
    progType === DEFAULT_PRESET,
  );
  return { key: `program ${revision}`, lessons: [{ lesson: made, number: 0 }] };
}

/** Where the film of the next opened lesson begins. */
let nextFrom: "start" | "end" = "start";

let followed = 0;

async function followOpened(): Promise<void> {
  const mine = ++followed;
  await addressOpened();
  const { key, lessons } = await openedLessons();
  if (mine !== followed) return;
  if (key === shownKey && get().frames.length > 0) return askReal(filmCount, get().frames);
  shownKey = key;
  const from = nextFrom;
  nextFrom = "start";
  await show(lessons, from);
}

/** Follows what is open, and tells the speaker's window. The returned function stops it. */
export function startPresenting(): () => void {
  if (get().frames.length === 0) set({ beganAt: Date.now() });
  const clicker = { advance: (by: 1 | -1) => void advance(by), home, end, toggleBlack, restartClock };
  const speaker = tellSpeaker(clicker, () => speakerView(get(), useSettings.getState().language));
  const stops = [
    useLesson.subscribe((now, before) => {
      if (now.lesson !== before.lesson || now.talk !== before.talk) void followOpened();
    }),
    usePresent.subscribe(speaker.tell),
    useSettings.subscribe(speaker.tell),
  ];
  void followOpened();
  return () => {
    for (const stop of stops) stop();
    speaker.close();
  };
}

// ---------------------------------------------------------------------------------------------------- the clicker

/** One press on or back. At the end of a lesson it goes to the lesson beside it. */
export async function advance(by: 1 | -1): Promise<void> {
  const { press, presses, black, lessons } = get();
  if (black) return set({ black: false });
  const next = press + by;
  if (next >= 0 && next <= presses) return set({ press: next });
  const [first, ...others] = lessons;
  if (!first || first.number <= 0 || others.length > 0) return;
  nextFrom = by > 0 ? "start" : "end";
  const other = besideInCourse(first.number, by);
  if (other > 0) await openLesson(other);
}

export const home = (): void => set({ press: 0, black: false });
export const end = (): void => set((s) => ({ press: s.presses, black: false }));

/** Goes back to the page and opens there the lesson that was on stage. */
export async function leaveStage(): Promise<void> {
  const frame = frameAt(get());
  useSettings.setState({ present: false });
  const { talk, number } = useLesson.getState();
  if (talk && frame && frame.lessonNumber !== number) await openLesson(frame.lessonNumber, true);
}
