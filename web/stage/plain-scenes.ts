// Makes scenes for a lesson whose file has none, and for a program without a lesson. So whatever can be opened can be presented.
import type { Texts } from "../../engine/index.ts";
import type { Lesson, Point } from "../lessons/lesson.ts";
import type { Act, Picture, Press, Scene } from "../lessons/scene.ts";

const plainScenesOf = new WeakMap<Lesson, readonly Scene[]>();

/** The lesson's own scenes, or plain ones if it has none. */
export function scenesOf(lesson: Lesson): readonly Scene[] {
  if (lesson.scenes.length > 0) return lesson.scenes;
  const known = plainScenesOf.get(lesson);
  if (known) return known;
  const made = plainScenes(lesson);
  plainScenesOf.set(lesson, made);
  return made;
}

const scene = (says: Texts, point: number, fill: Picture["kind"], presses: readonly Press[]): Scene => ({
  fill: [{ kind: fill } as Picture],
  point,
  slides: [],
  minutes: 0,
  kernel: null,
  real: false,
  says,
  presses,
});
const press = (act: Act, says: Texts | null = null): Press => ({ act, says });

function plainScenes(lesson: Lesson): readonly Scene[] {
  const { ja, en } = lesson.texts;
  const title: Texts = { ja: (ja ?? en)?.title ?? "", en: (en ?? ja)?.title ?? "" };
  const points = (ja ?? en)?.points ?? [];
  const pointTexts = (i: number): Texts => ({
    ja: wordsOf((ja ?? en)?.points[i]),
    en: wordsOf((en ?? ja)?.points[i]),
  });
  const sceneWithVerdict = (point: number, presses: readonly Press[]): Scene => ({
    ...scene(title, point, "program", presses),
    fill: [{ kind: "program" }, { kind: "log" }],
  });
  const made: Scene[] = [scene(title, 1, "title", []), scene(title, 1, "program", []), sceneWithVerdict(1, [])];
  points.forEach((point, i) => {
    if (point.kind === "predict") made.push(scene(pointTexts(i), i + 1, "question", [press({ kind: "answer" })]));
    else {
      made.push(scene(title, i + 1, "words", [press({ kind: "item" }, pointTexts(i))]));
      if (point.tokens.some(({ type }) => type === "code")) made.push(scene(title, i + 1, "listing", []));
      if (point.step > 0) made.push(scene(title, i + 1, "machine", stepPresses(point.step)));
    }
  });
  if (lesson.solution?.source) made.push(sceneWithVerdict(points.length, [press({ kind: "solution" })]));
  return made;
}

const stepPresses = (steps: number): Press[] =>
  Array.from({ length: Math.min(steps, 200) }, () => press({ kind: "step", by: 1 }));

/** A point's text with the stage's marks for code, strong words and blanks. It is made from the tokens of the library `marked`. */
function wordsOf(point: Point | undefined): string {
  const tokens = point?.kind === "predict" ? point.question : (point?.tokens ?? []);
  const text = (list: readonly unknown[]): string =>
    list
      .map((token) => {
        const { type, raw = "", text: own, tokens: inner } = token as Record<string, unknown>;
        if (type === "codespan" || type === "strong" || type === "blank") return String(raw);
        if (type === "goto" || type === "code") return "";
        if (Array.isArray(inner)) return text(inner);
        return String(own ?? raw);
      })
      .join("");
  return text(tokens)
    .replace(/\s*\n\s*/g, " ")
    .trim();
}

/** A lesson for the program in the editor: the program, then the refusal or the demo, and each step of its run. */
export function programLesson(
  state: Lesson["state"],
  title: Texts,
  steps: number,
  refusal: string,
  hasFile: boolean,
): Lesson {
  const calls: Press[] = [
    press({ kind: "load", answer: "ok" }),
    press({ kind: "attach", answer: "ok" }),
    press({ kind: "echo", text: state.input, answer: "ok" }),
    press({ kind: "cat", answer: "ok" }),
  ];
  const demo: Scene = { ...scene(title, 1, "terminal", calls), fill: [{ kind: "terminal" }, { kind: "parts" }] };
  const scenes: Scene[] = [scene(title, 1, "program", [])];
  if (refusal !== "") scenes.push(scene(title, 1, "log", [press({ kind: "at", text: refusal })]));
  else if (hasFile) scenes.push(demo);
  if (refusal === "") scenes.push(scene(title, 1, "machine", stepPresses(steps)));
  return { id: "", slides: [], state, goals: [], scenes, solution: null, texts: {} };
}
