// A lesson on stage as a film: each press of the clicker gives one frame, which holds all that its picture needs. A kernel plays
// the scenes once, from the lesson's start. Going back shows an earlier frame, so nothing has to be undone.
import type { KernelCodeView, Remote, Texts } from "../../engine/index.ts";
import type { Lesson, NumberedLesson } from "../lessons/lesson.ts";
import { type Act, blanksIn, type PartName, type PieceName, type Scene } from "../lessons/scene.ts";
import { scenesOf } from "./plain-scenes.ts";
import { type CallResult, type LessonMaterial, pieceOf, StageKernel, type World } from "./world.ts";

export interface Frame {
  readonly lesson: Lesson;
  /** See NumberedLesson. */
  readonly lessonNumber: number;
  readonly scene: Scene;
  /** Number of the scene in the film, from 0. All frames of a scene have the same number. */
  readonly sceneIndex: number;
  readonly world: World;
  readonly material: LessonMaterial;
  readonly shown: Shown;
  readonly caption: Caption | null;
  /** What the press did that led to this frame. null: the press opened the scene. */
  readonly act: Act | null;
  /** Whether a scene on the real Linux already shows the real answer. null: the scene is on the simulation. */
  readonly real: RealAnswerState | null;
  /** Minutes that the plan gives to all scenes before this one. */
  readonly minutesBefore: number;
}

export interface RealAnswerState {
  /** `missing`: its files cannot be fetched, or it did not start. `failed`: it gave no answer. */
  readonly state: "wanted" | "answered" | "missing" | "failed";
  /** The release as that kernel states it, such as `6.1.192`. "": it has not answered. */
  readonly release: string;
}

/** Which parts of a picture are uncovered, and where the audience should look. */
export interface Shown {
  readonly items: readonly Texts[];
  /** Parts that are shown. null: all of them. */
  readonly parts: readonly PartName[] | null;
  readonly types: readonly string[];
  /** The line that contains this text is marked. "": none. */
  readonly mark: string;
  /** Lines that a press added to the program. They are marked until another line of the program is. */
  readonly addedLines: readonly string[];
  readonly piece: PieceName | null;
  /** A field of the context. "": none. */
  readonly field: string;
  readonly rewritten: boolean;
  readonly answered: boolean;
  /** Number of blanks that are open in the last sentence with blanks. In earlier sentences all are open. */
  readonly openBlanks: number;
}

export interface Caption {
  /** The lesson's own sentence. null: the sentence is made from the values. */
  readonly says: Texts | null;
  /** The system calls that the press made. null: it made none. */
  readonly result: CallResult | null;
  /** What the step of the run did. null: the press was no step. */
  readonly stepSentence: Texts | null;
}

/** Presses from the first frame to the last. */
export const pressesOf = (lessons: readonly NumberedLesson[]): number =>
  lessons.flatMap(({ lesson }) => scenesOf(lesson)).reduce((sum, { presses }) => sum + presses.length + 1, -1);

export const minutesOf = (lessons: readonly NumberedLesson[]): number =>
  lessons.flatMap(({ lesson }) => scenesOf(lesson)).reduce((sum, { minutes }) => sum + minutes, 0);

/** Yields the frames in order. */
export async function* film(lessons: readonly NumberedLesson[], engine: Remote): AsyncGenerator<Frame> {
  let sceneIndex = 0;
  let minutesBefore = 0;
  for (const { lesson, number: lessonNumber } of lessons) {
    const scenes = scenesOf(lesson);
    const kernel = new StageKernel(engine);
    const { source, progType, maps } = lesson.state;
    const presets = scenes.flatMap(({ fill }) => fill.flatMap((one) => (one.kind === "context" ? [one.preset] : [])));
    const material = await kernel.loadMaterial({ source, progType, maps }, presets);
    await kernel.start(lesson.state);
    for (const scene of scenes) {
      if (scene.kernel) await kernel.boot(scene.kernel);
      let shown = shownAtFirst(scene);
      const frame = (caption: Caption | null, act: Act | null): Frame => {
        const real: RealAnswerState | null = scene.real ? { state: "wanted", release: "" } : null;
        const { world } = kernel;
        return { lesson, lessonNumber, scene, sceneIndex, world, material, shown, caption, act, real, minutesBefore };
      };
      let caption: Caption | null = null;
      yield frame(null, null);
      for (const { act, says } of scene.presses) {
        const before = kernel.world;
        const now = await perform(act, kernel, lesson);
        shown = shownAfter(shown, act, says, linesAdded(before.program.source, now.program.source));
        const result = now.lastResult === before.lastResult ? null : now.lastResult;
        if (act.kind !== "blank")
          caption = {
            says: act.kind === "item" ? null : says,
            result,
            stepSentence: act.kind === "step" ? now.stepSentence : null,
          };
        yield frame(caption, act);
      }
      sceneIndex++;
      minutesBefore += scene.minutes;
    }
  }
}

function shownAtFirst(scene: Scene): Shown {
  const has = (kind: Act["kind"]): boolean => scene.presses.some(({ act }) => act.kind === kind);
  return {
    items: [],
    parts: has("part") ? [] : null,
    types: [],
    mark: "",
    addedLines: [],
    piece: null,
    field: "",
    rewritten: false,
    answered: false,
    openBlanks: 0,
  };
}

/** Whether the line begins as a comment. */
export const isComment = (line: string): boolean => /^\s*\/[/*]/.test(line);

/** Lines of the program that were not in it before, without comments. Empty if more than half are new, as none would stand out. */
function linesAdded(before: string, now: string): readonly string[] {
  const known = new Set(before.split("\n"));
  const lines = now.split("\n").filter((line) => line.trim() !== "" && !isComment(line));
  const fresh = lines.filter((line) => !known.has(line));
  return fresh.length > Math.max(1, lines.length / 2) ? [] : fresh;
}

/** `addedLines`: lines that the press added to the program. */
function shownAfter(shown: Shown, act: Act, says: Texts | null, addedLines: readonly string[]): Shown {
  const openBlanks =
    act.kind === "blank" ? shown.openBlanks + 1 : says && blanksIn(says.ja) > 0 ? 0 : Number.MAX_SAFE_INTEGER;
  const next = { ...shown, openBlanks };
  switch (act.kind) {
    case "item":
      return { ...next, items: says ? [...shown.items, says] : shown.items };
    case "part":
      return { ...next, parts: [...(shown.parts ?? []), ...act.parts] };
    case "type":
      return { ...next, types: [...shown.types, act.name] };
    case "at":
      return { ...next, mark: act.text };
    case "code":
      return { ...next, piece: act.piece, mark: "" };
    case "field":
      return { ...next, field: act.name, rewritten: false };
    case "rewrite":
      return { ...next, rewritten: true };
    case "answer":
      return { ...next, answered: true };
    case "edit":
    case "solution":
      return { ...next, mark: "", addedLines };
    default:
      return next;
  }
}

function perform(act: Act, kernel: StageKernel, { solution }: Lesson): Promise<World> {
  switch (act.kind) {
    case "load":
      return kernel.load();
    case "attach":
      return kernel.attach();
    case "detach":
      return kernel.detach();
    case "echo":
      return kernel.echo(act.text);
    case "cat":
      return kernel.cat();
    case "test":
      return kernel.test(act.text);
    case "update":
      return kernel.update(act.map, act.key, act.value);
    case "shell":
      return kernel.shell(act.line);
    case "define":
      return kernel.define(act.preset);
    case "step":
      return kernel.step(act.by);
    case "apply":
      return kernel.apply(act.step);
    case "edit":
      return kernel.write(kernel.world.program.source.replace(act.from, act.to));
    case "solution":
      return kernel.write(solution?.source ?? kernel.world.program.source);
    default:
      return Promise.resolve(kernel.world);
  }
}

/** What the scene names but its lesson or kernel does not have, as sentences for the author. [] if nothing is missing. */
export function authorFaults(frame: Frame): readonly string[] {
  const { scene, material, world, act, caption } = frame;
  const faults: string[] = [];
  const checkPiece = (piece: PieceName, code: KernelCodeView): void => {
    if (!pieceOf(code, piece.step, piece.name)) faults.push(`step ${piece.step} has no piece ${piece.name}`);
  };
  for (const one of scene.fill) if (one.kind === "code") checkPiece(one.piece, material.code);
  if (act?.kind === "code") checkPiece(act.piece, material.code);
  if (act && "answer" in act && caption?.result) {
    const answer = caption.result.errnoName || (act.kind === "cat" ? caption.result.data.trim() : "ok");
    const wanted = act.kind === "cat" && act.answer === "ok" ? answer : act.answer;
    if (answer !== wanted) faults.push(`${act.kind} gave ${answer}, not ${wanted}`);
  }
  if (act?.kind === "define" && world.kernel.own.name !== act.preset) faults.push(`there is no type ${act.preset}`);
  if (act?.kind === "shell" && world.terminal.at(-1)?.failed) faults.push(world.terminal.at(-1)?.output ?? "");
  if (act?.kind === "at" && !markableTexts(frame).some((text) => text.includes(act.text)))
    faults.push(`nothing on the stage has ${act.text}`);
  if (act?.kind === "edit" && !world.program.source.includes(act.to)) faults.push(`the program has no ${act.from}`);
  return faults;
}

/** What can be marked in the picture of the machine. */
const REGISTERS: readonly string[] = Array.from({ length: 11 }, (_, n) => `R${n}`);

/** Texts on the stage whose lines can be marked. */
function markableTexts({ scene, lesson, material, world, shown }: Frame): readonly string[] {
  return scene.fill.flatMap((one): readonly string[] => {
    if (one.kind === "program") return [world.program.source];
    if (one.kind === "machine") return REGISTERS;
    if (one.kind === "log") return [world.check.log || world.check.message];
    if (one.kind === "files") return material.files.map(({ path }) => path);
    if (one.kind === "code") {
      const { step, name } = shown.piece ?? one.piece;
      const piece = pieceOf(material.code, step, name)?.piece;
      return piece ? [...piece.before, ...piece.added, ...piece.after] : [];
    }
    if (one.kind !== "listing") return [];
    return Object.values(lesson.texts).flatMap(({ points }) => {
      const point = points[scene.point - 1];
      return point?.kind === "text" ? point.tokens.map(({ raw }) => raw) : [];
    });
  });
}
