// A lesson on stage as a film: each press of the clicker gives one frame, which holds all that its picture needs. The machine plays
// the scenes once, from the lesson's start. Going back shows an earlier frame, so nothing has to be undone.
import type { KernelCodeView, Remote, Texts } from "../../engine/index.ts";
import type { Lesson } from "../lessons/lesson.ts";
import { type Act, blanksIn, type PartName, type PieceName, type Scene } from "../lessons/scene.ts";
import { scenesOf } from "./plain-scenes.ts";
import { type Done, Machine, type Props, pieceOf, type World } from "./world.ts";

export interface Reel {
  readonly lesson: Lesson;
  /** The lesson's number, from 1. OWN_LESSON or 0 if it has none. */
  readonly number: number;
}

export interface Frame {
  readonly reel: Reel;
  readonly scene: Scene;
  /** Number of the scene in the film, from 0. All frames of a scene have the same number. */
  readonly sceneAt: number;
  readonly world: World;
  readonly props: Props;
  readonly shown: Shown;
  readonly caption: Caption | null;
  /** What the press did that led to this frame. null: the press opened the scene. */
  readonly act: Act | null;
  /** Whether a scene on the real Linux already shows the real answer. null: the scene is on the simulation. */
  readonly real: RealState | null;
  /** Minutes that the plan gives to all scenes before this one. */
  readonly planned: number;
}

export interface RealState {
  readonly state: "wanted" | "answered" | "missing";
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
  readonly fresh: readonly string[];
  readonly piece: PieceName | null;
  /** A field of the context. "": none. */
  readonly field: string;
  readonly rewritten: boolean;
  readonly answered: boolean;
  /** Number of blanks that are open in the last sentence with blanks. In earlier sentences all are open. */
  readonly open: number;
}

export interface Caption {
  /** The lesson's own sentence. null: the sentence is made from the values. */
  readonly says: Texts | null;
  /** The system calls that the press made. null: it made none. */
  readonly done: Done | null;
  /** What the step of the run did. null: the press was no step. */
  readonly said: Texts | null;
}

/** Presses from the first frame to the last. */
export const pressesOf = (reels: readonly Reel[]): number =>
  reels.flatMap(({ lesson }) => scenesOf(lesson)).reduce((sum, { presses }) => sum + presses.length + 1, -1);

export const minutesOf = (reels: readonly Reel[]): number =>
  reels.flatMap(({ lesson }) => scenesOf(lesson)).reduce((sum, { minutes }) => sum + minutes, 0);

/** Yields the frames in order. */
export async function* film(reels: readonly Reel[], engine: Remote): AsyncGenerator<Frame> {
  let sceneAt = 0;
  let planned = 0;
  for (const reel of reels) {
    const { lesson } = reel;
    const scenes = scenesOf(lesson);
    const machine = new Machine(engine);
    const { source, progType, maps } = lesson.state;
    const presets = scenes.flatMap(({ fill }) => fill.flatMap((one) => (one.kind === "context" ? [one.preset] : [])));
    const props = await machine.props({ source, progType, maps }, presets);
    await machine.start(lesson.state);
    for (const scene of scenes) {
      if (scene.kernel) await machine.boot(scene.kernel);
      let shown = openingOf(scene);
      const frame = (caption: Caption | null, act: Act | null): Frame => {
        const real: RealState | null = scene.real ? { state: "wanted", release: "" } : null;
        return { reel, scene, sceneAt, world: machine.world, props, shown, caption, act, real, planned };
      };
      let caption: Caption | null = null;
      yield frame(null, null);
      for (const { act, says } of scene.presses) {
        const before = machine.world;
        const now = await perform(act, machine, lesson);
        shown = after(shown, act, says, freshLines(before.program.source, now.program.source));
        const done = now.last === before.last ? null : now.last;
        if (act.kind !== "blank")
          caption = {
            says: act.kind === "item" ? null : says,
            done,
            said: act.kind === "step" ? now.said : null,
          };
        yield frame(caption, act);
      }
      sceneAt++;
      planned += scene.minutes;
    }
  }
}

function openingOf(scene: Scene): Shown {
  const has = (kind: Act["kind"]): boolean => scene.presses.some(({ act }) => act.kind === kind);
  return {
    items: [],
    parts: has("part") ? [] : null,
    types: [],
    mark: "",
    fresh: [],
    piece: null,
    field: "",
    rewritten: false,
    answered: false,
    open: 0,
  };
}

/** Whether the line begins as a comment. */
export const isComment = (line: string): boolean => /^\s*\/[/*]/.test(line);

/** Lines of the program that were not in it before, without comments. Empty if more than half are new, as none would stand out. */
function freshLines(before: string, now: string): readonly string[] {
  const known = new Set(before.split("\n"));
  const lines = now.split("\n").filter((line) => line.trim() !== "" && !isComment(line));
  const fresh = lines.filter((line) => !known.has(line));
  return fresh.length > Math.max(1, lines.length / 2) ? [] : fresh;
}

/** `fresh`: lines that the press added to the program. */
function after(shown: Shown, act: Act, says: Texts | null, fresh: readonly string[]): Shown {
  const open = act.kind === "blank" ? shown.open + 1 : says && blanksIn(says.ja) > 0 ? 0 : Number.MAX_SAFE_INTEGER;
  const next = { ...shown, open };
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
      return { ...next, mark: "", fresh };
    default:
      return next;
  }
}

function perform(act: Act, machine: Machine, { solution }: Lesson): Promise<World> {
  switch (act.kind) {
    case "load":
      return machine.load();
    case "attach":
      return machine.attach();
    case "detach":
      return machine.detach();
    case "echo":
      return machine.echo(act.text);
    case "cat":
      return machine.cat();
    case "test":
      return machine.test(act.text);
    case "update":
      return machine.update(act.map, act.key, act.value);
    case "shell":
      return machine.shell(act.line);
    case "define":
      return machine.define(act.preset);
    case "step":
      return machine.step(act.by);
    case "apply":
      return machine.apply(act.step);
    case "edit":
      return machine.write(machine.world.program.source.replace(act.from, act.to));
    case "solution":
      return machine.write(solution?.source ?? machine.world.program.source);
    default:
      return Promise.resolve(machine.world);
  }
}

/** What the scene names but its lesson or kernel does not have, as sentences for the author. [] if nothing is missing. */
export function missing(frame: Frame): readonly string[] {
  const { scene, props, world, act, caption } = frame;
  const said: string[] = [];
  const named = (piece: PieceName, code: KernelCodeView): void => {
    if (!pieceOf(code, piece.step, piece.name)) said.push(`step ${piece.step} has no piece ${piece.name}`);
  };
  for (const one of scene.fill) if (one.kind === "code") named(one.piece, props.code);
  if (act?.kind === "code") named(act.piece, props.code);
  if (act && "answer" in act && caption?.done) {
    const answer = caption.done.errnoName || (act.kind === "cat" ? caption.done.data.trim() : "ok");
    const wanted = act.kind === "cat" && act.answer === "ok" ? answer : act.answer;
    if (answer !== wanted) said.push(`${act.kind} gave ${answer}, not ${wanted}`);
  }
  if (act?.kind === "define" && world.kernel.own.name !== act.preset) said.push(`there is no type ${act.preset}`);
  if (act?.kind === "shell" && world.terminal.at(-1)?.failed) said.push(world.terminal.at(-1)?.output ?? "");
  if (act?.kind === "at" && !markable(frame).some((text) => text.includes(act.text)))
    said.push(`nothing on the stage has ${act.text}`);
  if (act?.kind === "edit" && !world.program.source.includes(act.to)) said.push(`the program has no ${act.from}`);
  return said;
}

/** What can be marked in the picture of the machine. */
const REGISTERS: readonly string[] = Array.from({ length: 11 }, (_, n) => `R${n}`);

/** Texts on the stage whose lines can be marked. */
function markable({ scene, reel, props, world, shown }: Frame): readonly string[] {
  return scene.fill.flatMap((one): readonly string[] => {
    if (one.kind === "program") return [world.program.source];
    if (one.kind === "machine") return REGISTERS;
    if (one.kind === "log") return [world.check.log || world.check.message];
    if (one.kind === "files") return props.files.map(({ path }) => path);
    if (one.kind === "code") {
      const { step, name } = shown.piece ?? one.piece;
      const piece = pieceOf(props.code, step, name)?.piece;
      return piece ? [...piece.before, ...piece.added, ...piece.after] : [];
    }
    if (one.kind !== "listing") return [];
    return Object.values(reel.lesson.texts).flatMap(({ points }) => {
      const point = points[scene.point - 1];
      return point?.kind === "text" ? point.tokens.map(({ raw }) => raw) : [];
    });
  });
}
