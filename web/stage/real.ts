// A scene on the real Linux: its presses are repeated on a real machine, and the machine's answers replace the simulation's in
// the frames. The film does not wait for the machine: it shows the simulation's frames first.
import type { Remote, SyscallRecord } from "../../engine/index.ts";
import type { Act } from "../lessons/scene.ts";
import * as realCalls from "../linux/calls.ts";
import type { Frame } from "./film.ts";
import { bpfCall, type CallResult, type TerminalLine } from "./world.ts";

/** Holds what `uname -r` prints. */
const RELEASE_FILE = "/proc/sys/kernel/osrelease";

/** Frames of the scenes that the real Linux has not answered yet, one list per scene. */
export function unansweredScenes(frames: readonly Frame[]): readonly (readonly Frame[])[] {
  const scenes = new Map<number, Frame[]>();
  for (const frame of frames)
    if (frame.real && frame.real.state !== "answered")
      scenes.set(frame.sceneIndex, [...(scenes.get(frame.sceneIndex) ?? []), frame]);
  return [...scenes.values()];
}

/**
 * The frames of one scene with the answers of a real machine, which starts in its saved state. undefined: the machine does not
 * know the program type, or it was reset meanwhile. `engine` is the film's.
 */
export async function withRealAnswers(
  frames: readonly Frame[],
  machine: realCalls.RealCallTarget,
  engine: Remote,
): Promise<readonly Frame[] | undefined> {
  const [first] = frames;
  if (!first) return [];
  const release = await realCalls.cat(machine, RELEASE_FILE);
  if (!release || release.ret < 0) return undefined;
  const real = { state: "answered", release: new TextDecoder().decode(release.bytes).trim() } as const;
  let terminal: readonly TerminalLine[] = [];
  let fd = -1;
  let attachType = 0;
  let attached = false;
  let lastResult: CallResult | null = null;
  const call = async (act: Act, { world }: Frame): Promise<realCalls.RealCallResult | "none" | undefined> => {
    const { path } = world.kernel.own;
    switch (act.kind) {
      case "load": {
        const real = await engine.tools.realProgram(world.program);
        if (!real) return undefined;
        attachType = real.attachType;
        return realCalls.load(machine, real);
      }
      case "attach":
        return realCalls.attach(machine, fd, attachType);
      case "detach":
        return realCalls.detach(machine, attachType);
      case "echo":
        return realCalls.echo(machine, path, act.text);
      case "cat":
        return realCalls.cat(machine, path);
      default:
        return "none";
    }
  };
  const realFrames: Frame[] = [];
  for (const frame of frames) {
    const { act, world, caption } = frame;
    const callResult = act ? await call(act, frame) : "none";
    if (!callResult) return undefined;
    if (act && callResult !== "none") {
      lastResult = await resultOf(act.kind as CallResult["kind"], callResult, attached, engine);
      terminal = [...terminal, lineOf(act, lastResult, world.kernel.own.path)];
      if (act.kind === "load" && callResult.ret >= 0) fd = callResult.ret;
      if (act.kind === "attach" && callResult.ret >= 0) attached = true;
      if (act.kind === "detach" && callResult.ret >= 0) attached = false;
    }
    realFrames.push({
      ...frame,
      real,
      world: { ...world, terminal, lastResult, fd },
      caption: caption && { ...caption, result: callResult === "none" ? null : lastResult },
    });
  }
  return realFrames;
}

/** One line of the terminal. There is no shell here, so a failure is shown as its errno, not in a shell's words. */
function lineOf(act: Act, { kind, ret, errnoName, data }: CallResult, path: string): TerminalLine {
  const failed = ret < 0;
  if (act.kind === "echo") return { line: `echo ${act.text} > ${path}`, output: errnoName, failed };
  if (act.kind === "cat") return { line: `cat ${path}`, output: failed ? errnoName : data, failed };
  return { line: "", output: bpfCall(kind, ret, errnoName), failed };
}

async function resultOf(
  kind: CallResult["kind"],
  { records, ret, bytes }: realCalls.RealCallResult,
  attached: boolean,
  engine: Remote,
) {
  const calls = await engine.tools.callViews(records as SyscallRecord[], 1);
  const errnoName = calls.find(({ errno }) => errno !== 0)?.errnoName ?? "";
  const verified = ret >= 0 || calls.some(({ cause }) => cause?.check === "verifier");
  const data = kind === "cat" ? new TextDecoder().decode(bytes) : "";
  return { kind, calls, ret, errnoName, data, verified, attached, ran: null } satisfies CallResult;
}
