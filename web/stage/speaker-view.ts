// What the speaker's window shows about the stage: notes, the next press in words, the solution, the plan.
import type { Token } from "marked";
import { textOf } from "../lessons/index.ts";
import type { Lesson, NumberedLesson } from "../lessons/lesson.ts";
import type { Language } from "../stores/page/settings.ts";
import { captionOf, nextPressText } from "./caption.ts";
import { type Frame, minutesOf } from "./film.ts";

/** A film and the press that is shown. */
export interface Presentation {
  readonly lessons: readonly NumberedLesson[];
  /** The frames that are ready. More may follow. */
  readonly frames: readonly Frame[];
  /** The press that is to be shown: 0 … presses. Its frame may not be ready yet. */
  readonly press: number;
  readonly presses: number;
  /** The stage is black, so that everyone looks at the speaker. */
  readonly black: boolean;
  /** When presenting began, in milliseconds since 1970. */
  readonly beganAt: number;
}

/** The frame of the press, or the last frame that is ready before it. undefined: none is ready yet. */
export const frameAt = ({ frames, press }: Pick<Presentation, "frames" | "press">): Frame | undefined =>
  frames[Math.min(press, frames.length - 1)];

/** Title of a lesson on the stage, or of a program without a lesson. */
const titleOf = (lesson: Lesson, language: Language): string =>
  textOf(lesson, language)?.title ?? lesson.scenes[0]?.says[language] ?? "";

export interface SpeakerView {
  readonly kind: "view";
  readonly language: "en" | "ja";
  readonly title: string;
  /** The press that is shown, and the number of presses in the film. */
  readonly press: number;
  readonly presses: number;
  /** Slides of the talk that the scene shows, in order. */
  readonly slides: readonly number[];
  /** The point of the lesson's text that the scene belongs to. []: there is none. */
  readonly point: readonly Token[];
  readonly notes: string;
  /** What the stage shows: the sentence at the top, and below the picture what the press did. */
  readonly heading: string;
  readonly call: string;
  readonly words: string;
  /** The next press, in words. */
  readonly next: string;
  /** The program that solves the lesson. "": none. */
  readonly solution: string;
  /** Minutes that the plan gives to the scenes before this one, and to the whole film. 0: there is no plan. */
  readonly minutesBefore: number;
  readonly minutes: number;
  readonly black: boolean;
  readonly beganAt: number;
}
export function speakerView(presentation: Presentation, language: Language): SpeakerView {
  const { frames, press, presses, lessons, black, beganAt } = presentation;
  const frame = frameAt(presentation);
  const lesson = frame?.lesson;
  const point = frame && lesson && textOf(lesson, language)?.points[frame.scene.point - 1];
  const caption = frame && captionOf(frame, language);
  return {
    kind: "view",
    language,
    title: frame ? titleOf(frame.lesson, language) : "",
    press,
    presses,
    slides: frame?.scene.slides ?? [],
    point: (point?.kind === "predict" ? point.question : point?.tokens) ?? [],
    notes: point?.notes ?? "",
    heading: frame?.scene.says[language] ?? "",
    call: caption?.call ?? "",
    words: caption?.words ?? "",
    next: nextPressText(frames, press, language),
    solution: lesson?.solution?.source ?? "",
    minutesBefore: frame?.minutesBefore ?? 0,
    minutes: minutesOf(lessons),
    black,
    beganAt,
  };
}
