// What the speaker's window is told of the stage: notes, the next press in words, the solution, the plan.
import type { Token } from "marked";
import { textOf } from "../lessons/index.ts";
import type { Language } from "../stores/page/settings.ts";
import { captionOf, nextOf } from "./caption.ts";
import { type Frame, minutesOf, type Reel } from "./film.ts";

/** A film and where it stands. */
export interface Showing {
  readonly reels: readonly Reel[];
  /** Those that are there; more may be under way. */
  readonly frames: readonly Frame[];
  /** The press that is shown: 0 … presses. It waits for its frame. */
  readonly press: number;
  readonly presses: number;
  /** Nothing is shown: everyone looks at the speaker. */
  readonly black: boolean;
  /** Milliseconds since 1970, when presenting began. */
  readonly since: number;
}

/** The frame that the press stands for, or the last one before it that is there; undefined before the first is. */
export const frameAt = ({ frames, press }: Pick<Showing, "frames" | "press">): Frame | undefined =>
  frames[Math.min(press, frames.length - 1)];

/** What the stage calls a lesson, or a program without one. */
export const titleOf = ({ lesson }: Reel, language: Language): string =>
  textOf(lesson, language)?.title ?? lesson.scenes[0]?.says[language] ?? "";

export interface SpeakerView {
  readonly kind: "view";
  readonly language: "en" | "ja";
  readonly title: string;
  /** Of the film, and how many there are. */
  readonly press: number;
  readonly presses: number;
  /** Of the deck, as they are shown. */
  readonly slides: readonly number[];
  /** Of the lesson's text, that the scene belongs to; [] where there is none. */
  readonly point: readonly Token[];
  readonly notes: string;
  /** What stands on the stage: the sentence above, and what the press did. */
  readonly heading: string;
  readonly call: string;
  readonly said: string;
  /** The next press, in words. */
  readonly next: string;
  /** The program that solves the lesson; "": none. */
  readonly solution: string;
  /** Minutes that the plan gives to what comes before, and to all; 0: there is no plan. */
  readonly planned: number;
  readonly minutes: number;
  readonly black: boolean;
  readonly since: number;
}
export function speakerView(showing: Showing, language: Language): SpeakerView {
  const { frames, press, presses, reels, black, since } = showing;
  const frame = frameAt(showing);
  const lesson = frame?.reel.lesson;
  const point = frame && lesson && textOf(lesson, language)?.points[frame.scene.point - 1];
  const caption = frame && captionOf(frame, language);
  return {
    kind: "view",
    language,
    title: frame ? titleOf(frame.reel, language) : "",
    press,
    presses,
    slides: frame?.scene.slides ?? [],
    point: (point?.kind === "predict" ? point.question : point?.tokens) ?? [],
    notes: point?.notes ?? "",
    heading: frame?.scene.says[language] ?? "",
    call: caption?.call ?? "",
    said: caption?.words ?? "",
    next: nextOf(frames, press, language),
    solution: lesson?.solution?.source ?? "",
    planned: frame?.planned ?? 0,
    minutes: minutesOf(reels),
    black,
    since,
  };
}
