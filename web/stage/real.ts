// A scene on the real Linux: its presses are repeated on a real machine, and the machine's answers replace the simulation's in
// the frames. The film does not wait for the machine: it shows the simulation's frames first.
import type { Remote, SyscallRecord } from "../../engine/index.ts";
import type { Act } from "../lessons/scene.ts";
import * as made from "../linux/calls.ts";
import type { Frame } from "./film.ts";
import { bpfCall, type Done, type TerminalLine } from "./world.ts";

/** Holds what `uname -r` prints. */
const RELEASE = "/proc/sys/kernel/osrelease";

/** Frames of the scenes that the real Linux has not answered yet, one list per scene. */
export function wantReal(frames: readonly Frame[]): readonly (readonly Frame[])[] {
  const scenes = new Map<number, Frame[]>();
  for (const frame of frames)
    if (frame.real && frame.real.state !== "answered")
      scenes.set(frame.sceneAt, [...(scenes.get(frame.sceneAt) ?? []), frame]);
  return [...scenes.values()];
}

/**
 * The frames of one scene with the answers of a real machine, which starts in its saved state. undefined: the machine does not
 * know the program type, or it was reset meanwhile. `engine` is the film's.
 */
export async function onReal(
  frames: readonly Frame[],
  machine: made.Caller,
  engine: Remote,
): Promise<readonly Frame[] | undefined> {
  const [first] = frames;
  if (!first) return [];
  const release = await made.cat(machine, RELEASE);
  if (!release || release.ret < 0) return undefined;
  const real = { state: "answered", release: new TextDecoder().decode(release.bytes).trim() } as const;
  let terminal: readonly TerminalLine[] = [];
  let fd = -1;
  let attachType = 0;
  let attached = false;
  let last: Done | null = null;
  const call = async (act: Act, { world }: Frame): Promise<made.Made | "none" | undefined> => {
    const { path } = world.kernel.own;
    switch (act.kind) {
      case "load": {
        const real = await engine.tools.realProgram(world.program);
        if (!real) return undefined;
        attachType = real.attachType;
        return made.load(machine, real);
      }
      case "attach":
        return made.attach(machine, fd, attachType);
      case "detach":
        return made.detach(machine, attachType);
      case "echo":
        return made.echo(machine, path, act.text);
      case "cat":
        return made.cat(machine, path);
      default:
        return "none";
    }
  };
  const shown: Frame[] = [];
  for (const frame of frames) {
    const { act, world, caption } = frame;
    const called = act ? await call(act, frame) : "none";
    if (!called) return undefined;
    if (act && called !== "none") {
      const done = await doneOf(act.kind as Done["call"], called, attached, engine);
      last = done;
      terminal = [...terminal, lineOf(act, done, world.kernel.own.path)];
      if (act.kind === "load" && called.ret >= 0) fd = called.ret;
      if (act.kind === "attach" && called.ret >= 0) attached = true;
      if (act.kind === "detach" && called.ret >= 0) attached = false;
    }
    shown.push({
      ...frame,
      real,
      world: { ...world, terminal, last, fd },
      caption: caption && { ...caption, done: called === "none" ? null : last },
    });
  }
  return shown;
}

/** One line of the terminal. There is no shell here, so a failure is shown as its errno, not in a shell's words. */
function lineOf(act: Act, { call, ret, errnoName, data }: Done, path: string): TerminalLine {
  const failed = ret < 0;
  if (act.kind === "echo") return { line: `echo ${act.text} > ${path}`, output: errnoName, failed };
  if (act.kind === "cat") return { line: `cat ${path}`, output: failed ? errnoName : data, failed };
  return { line: "", output: bpfCall(call, ret, errnoName), failed };
}

async function doneOf(call: Done["call"], { records, ret, bytes }: made.Made, attached: boolean, engine: Remote) {
  const calls = await engine.tools.callViews(records as SyscallRecord[], 1);
  const errnoName = calls.find(({ errno }) => errno !== 0)?.errnoName ?? "";
  const verified = ret >= 0 || calls.some(({ cause }) => cause?.check === "verifier");
  const data = call === "cat" ? new TextDecoder().decode(bytes) : "";
  return { call, calls, ret, errnoName, data, verified, attached, ran: null } satisfies Done;
}
