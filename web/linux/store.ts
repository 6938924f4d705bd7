// Asks a real Linux what the page's verifier was asked: which kernel, how far its start is, and its last answer beside ours.
// Only one machine runs at a time, because it takes as much memory as the rest of the page.
import { create } from "zustand";
import {
  type CheckView,
  type CutOff,
  isCutOff,
  type KernelName,
  RequestTooLarge,
  thrownText,
} from "../../engine/index.ts";
import { freshCheck, useVerdict } from "../stores/check/verdict.ts";
import { answered, engine } from "../stores/engine.ts";
import { programInput, useProgram } from "../stores/program/program.ts";
import { MachineEnded, MachineThread, type RealMachine } from "./client.ts";
import { bytesToFetch } from "./files.ts";
import type { ComparedAnswer } from "./messages.ts";

export type Phase = "off" | "consent" | "fetching" | "starting" | "ready" | "failed";

/** Why the program cannot be given to the real kernel. */
export type CannotAskReason = "assembly" | "type" | "not simulated" | "own type" | "too large";

export interface RealState {
  readonly kernel: KernelName;
  readonly phase: Phase;
  /** Bytes that would be fetched. -1: not known yet. */
  readonly bytesToFetch: number;
  readonly fetched: number;
  readonly total: number;
  /** Why the machine did not start. "": it did, or it was not asked to. */
  readonly failure: string;
  /** Why the last question was not answered. "": it was. */
  readonly askFailure: string;
  /** Why the last act on the machine itself was not done: load, echo, a key on the console. null: it was. */
  readonly actFailure: { readonly tooLarge: boolean; readonly text: string } | null;
  readonly asking: boolean;
  /** The last answer, with the revision of the program it is about. */
  readonly result: {
    readonly revision: number;
    readonly kernel: KernelName;
    readonly asked: ComparedAnswer | CutOff;
    readonly leavesBtf: boolean;
  } | null;
  /** Why the program with this revision could not be asked about. null: the last question was asked. */
  readonly refused: { readonly revision: number; readonly reason: CannotAskReason } | null;
  /** Ask again after each edit. */
  readonly auto: boolean;
}

export const useReal = create<RealState>()(() => ({
  kernel: "oreore-6.1",
  phase: "off",
  bytesToFetch: -1,
  fetched: 0,
  total: 0,
  failure: "",
  askFailure: "",
  actFailure: null,
  asking: false,
  result: null,
  refused: null,
  auto: false,
}));

const { getState: get, setState: set } = useReal;

/** The page's machine, and that of withOwnMachine. At most one of them runs. */
let thread: MachineThread | undefined;
let ownThread: MachineThread | undefined;
const consoleListeners = new Set<(bytes: Uint8Array) => void>();
const lostListeners = new Set<() => void>();

/** Calls the listener with all that the console prints from now on. Returns a function that ends this. */
export function onConsole(listener: (bytes: Uint8Array) => void): () => void {
  consoleListeners.add(listener);
  if (thread) thread.hasConsole = true;
  return () => {
    consoleListeners.delete(listener);
    if (thread) thread.hasConsole = consoleListeners.size > 0;
  };
}

/** Calls the listener when the machine was ended or reset. Descriptors from before are no longer valid. */
export function onMachineLost(listener: () => void): void {
  lostListeners.add(listener);
}
export const tellMachineLost = (): void => {
  for (const listener of lostListeners) listener();
};

export async function chooseKernel(kernel: KernelName): Promise<void> {
  if (get().kernel === kernel) return;
  endMachine();
  set({
    kernel,
    result: null,
    refused: null,
    failure: "",
    askFailure: "",
    actFailure: null,
    phase: "off",
    bytesToFetch: -1,
  });
  await learnBytesToFetch();
}

/** Whether the reader must agree before anything is fetched: on a phone, or with the browser set to save data. */
const needsConsent = (): boolean =>
  matchMedia("(max-width: 700px), (pointer: coarse)").matches ||
  (navigator as { connection?: { readonly saveData?: boolean } }).connection?.saveData === true;

/** How often the machine was ended. A start that was asked for before the last ending is given up. */
let endings = 0;
interface Starting {
  readonly endings: number;
  readonly done: Promise<MachineThread | undefined>;
}
let starting: Starting | undefined;

/**
 * The running machine of the chosen kernel. It is started if there is none. undefined: the reader must agree first, or the start
 * failed (see phase), or was given up. `consented`: the reader agreed to fetch the files.
 */
export function runningMachine(consented = false): Promise<MachineThread | undefined> {
  if (starting?.endings !== endings) {
    const done = start(consented).finally(() => {
      if (starting === mine) starting = undefined;
    });
    const mine: Starting = { endings, done };
    starting = mine;
  }
  return starting.done;
}

async function start(consented: boolean): Promise<MachineThread | undefined> {
  const { kernel } = get();
  if (thread) return thread;
  const asked = endings;
  const bytes = await bytesToFetch(kernel);
  if (asked !== endings) return undefined;
  set({ bytesToFetch: bytes });
  if (bytes > 0 && !consented && needsConsent()) {
    set({ phase: "consent" });
    return undefined;
  }
  set({ phase: "fetching", fetched: 0, total: 0, failure: "" });
  ownThread?.end();
  const mine = new MachineThread(kernel, {
    onProgress: (fetched, total) => set({ fetched, total, phase: fetched < total ? "fetching" : "starting" }),
    onConsole: (text) => {
      for (const listener of consoleListeners) listener(text);
    },
    onEnd: () => {
      if (thread !== mine) return;
      thread = undefined;
      if (get().phase !== "failed") set({ phase: "off" });
      tellMachineLost();
    },
  });
  thread = mine;
  mine.hasConsole = consoleListeners.size > 0;
  try {
    await mine.started;
    set({ phase: "ready", bytesToFetch: 0 });
    return mine;
  } catch (error) {
    if (!(error instanceof MachineEnded)) set({ phase: "failed", failure: thrownText(error) });
    return undefined;
  }
}

/** Does something on the machine. undefined: there is none, it was ended meanwhile, or the act failed. */
export async function withMachine<T>(act: (machine: RealMachine) => Promise<T>): Promise<T | undefined> {
  const here = await runningMachine();
  if (!here) return undefined;
  set({ actFailure: null });
  try {
    return await act(here.machine);
  } catch (error) {
    if (!(error instanceof MachineEnded))
      set({ actFailure: { tooLarge: error instanceof RequestTooLarge, text: thrownText(error) } });
    return undefined;
  }
}

/**
 * Starts a machine for this action alone, does the action and ends the machine. Another machine is ended before. Throws MachineEnded
 * if another is started meanwhile. undefined: the machine's files cannot be fetched, or only if the reader agrees, or it does not start.
 */
export async function withOwnMachine<T>(
  kernel: KernelName,
  act: (machine: RealMachine) => Promise<T>,
): Promise<T | undefined> {
  if ((await bytesToFetch(kernel)) > 0 && needsConsent()) return undefined;
  endMachine();
  const nothing = (): void => {};
  ownThread?.end();
  const mine = new MachineThread(kernel, { onProgress: nothing, onConsole: nothing, onEnd: nothing });
  ownThread = mine;
  try {
    const runs = await mine.started.then(
      () => true,
      () => false,
    );
    return runs ? await act(mine.machine) : undefined;
  } finally {
    mine.end();
  }
}

/** Ends the machine, or stops fetching it. */
export function endMachine(): void {
  endings++;
  thread?.end();
  set({ phase: "off" });
}

export async function learnBytesToFetch(): Promise<void> {
  const { kernel } = get();
  const bytes = await bytesToFetch(kernel);
  if (get().kernel === kernel) set({ bytesToFetch: bytes });
}

/** Asks the chosen kernel about the current program. `consented`: the reader agreed to fetch the files. */
export async function ask(consented = false): Promise<void> {
  if (get().asking) return;
  set({ asking: true, refused: null, askFailure: "" });
  const { kernel } = get();
  const before = useProgram.getState().revision;
  try {
    await askOnce(consented);
  } catch (error) {
    if (error instanceof RequestTooLarge) set({ refused: { revision: before, reason: "too large" }, result: null });
    else if (!(error instanceof MachineEnded)) set({ askFailure: thrownText(error) });
  } finally {
    set({ asking: false });
  }
  const { result, auto, phase } = get();
  const { revision } = useProgram.getState();
  const edited = auto && phase === "ready" && revision !== before && revision !== result?.revision;
  // If the program changed or another kernel was chosen meanwhile, ask again.
  if (edited || get().kernel !== kernel) void ask(consented);
}

async function askOnce(consented: boolean): Promise<void> {
  const check = await freshCheck();
  const program = useProgram.getState();
  if (!check || check.revision !== program.revision) return;
  const reason = await reasonAgainst(check);
  const real = reason ? null : await answered(engine().api.tools.realProgram(programInput(program)));
  if (reason || !real) return set({ refused: { revision: program.revision, reason: reason ?? "type" }, result: null });
  const here = await runningMachine(consented);
  if (!here) return;
  const log = (await answered(engine().api.check.logText(check.revision))) ?? check.log;
  const asked = await here.machine.ask(real.program, {
    verdict: check.verdict === "accept" ? "accept" : "reject",
    errno: check.errno,
    log,
    progType: program.progType,
  });
  if (isCutOff(asked)) tellMachineLost();
  if (get().kernel !== here.kernel) return;
  set({ result: { revision: check.revision, kernel: here.kernel, asked, leavesBtf: real.leavesBtf } });
}

async function reasonAgainst({ verdict, notSimulated }: CheckView): Promise<CannotAskReason | null> {
  const { useKernel } = await import("../stores/kernel/kernel.ts");
  const { definition } = useKernel.getState();
  const { progType } = useProgram.getState();
  if (verdict === "error") return notSimulated ? "not simulated" : "assembly";
  if (definition && definition.name === progType) return "own type";
  if (progType === "oreore" && get().kernel !== "oreore-6.1") return "type";
  return null;
}

export function setAuto(auto: boolean): void {
  set({ auto });
  if (auto) void ask();
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Milliseconds to wait after an edit. */
const PAUSE_MS = 250;
useVerdict.subscribe(({ check, checking }) => {
  if (!get().auto || checking || !check || get().phase !== "ready") return;
  if (get().result?.revision === check.revision) return;
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), PAUSE_MS);
});
