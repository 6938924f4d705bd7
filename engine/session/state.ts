// The state of a session: one value that its groups share and change. It lives as long as the session. Nothing else is kept.

import type { Kernel } from "../kernel/kernel.ts";
import type { MapObject, Prog } from "../kernel/objects.ts";
import type { Process } from "../kernel/process.ts";
import type { Registry } from "../kernel/registry.ts";
import type { Env } from "../vm/index.ts";
import type { Checked, Clock } from "./check/check.ts";
import type { EditorContext } from "./groups/language.ts";
import type { RecordedRun } from "./run/recorded-run.ts";
import type { ProgramInput, SlotView } from "./views/program.ts";
import type { RunView } from "./views/run.ts";

export interface SessionOptions {
  /** A clock in microseconds. A page passes `() => performance.now() * 1000`. */
  readonly now?: Clock;
  /** Called now and then during a verification, with the number of instructions processed so far. */
  readonly onProgress?: (insnsProcessed: number) => void;
  /** Microseconds after which a verification is stopped. Absent: one minute. */
  readonly verifyLimitUs?: number;
}

export interface SessionState extends Required<SessionOptions> {
  /** The definition and the steps with which the current kernel was built. */
  registry: Registry;
  /** Seed of the kernel's random numbers, time and addresses. */
  seed: bigint;
  /** The last check, its program, and what an editor must know for it. */
  checked: Checked | undefined;
  checkedProgram: string;
  editor: EditorContext;
  /** Made when it is first needed: see runningKernel(). */
  runningKernel: RunningKernel | undefined;
}

/** The current kernel with its only process, and the runs that can be asked about. */
export interface RunningKernel {
  kernel: Kernel;
  process: Process;
  /** The descriptor of the program loaded last. -1: none. */
  lastProgFd: number;
  /** Number of calls made so far. */
  callCount: number;
  /** Number of the last run. */
  lastRun: number;
  /** The last run in the kernel, and the last run with a kernel of its own. */
  kernelRun: KeptRun | undefined;
  standaloneRun: KeptRun | undefined;
  /** The run that the current request recorded. */
  requestRun: RunView | null;
  environment: Partial<Env>;
  readonly slotsOfProg: WeakMap<Prog, readonly SlotView[]>;
}

/** What is kept of a run, for questions about its steps. */
export interface KeptRun {
  readonly kernel: Kernel;
  readonly recorded: RecordedRun;
  /** The maps that existed when it ran. */
  readonly maps: readonly MapObject[];
}

const VERIFY_LIMIT_US = 60_000_000;

export const newState = (registry: Registry, options: SessionOptions = {}): SessionState => ({
  now: options.now ?? (() => Date.now() * 1000),
  onProgress: options.onProgress ?? (() => {}),
  verifyLimitUs: options.verifyLimitUs ?? VERIFY_LIMIT_US,
  registry,
  seed: 1n,
  checked: undefined,
  checkedProgram: "",
  editor: {},
  runningKernel: undefined,
});

/** Called once per verification: see VerifyOptions.progress. */
export function progressWatcher({
  now,
  onProgress,
  verifyLimitUs,
}: Required<SessionOptions>): (insnsProcessed: number) => boolean {
  const start = now();
  return (insnsProcessed) => {
    onProgress(insnsProcessed);
    return now() - start > verifyLimitUs;
  };
}

/** The last check, if it was of exactly this program. */
export const lastCheckOf = (state: SessionState, program: ProgramInput): Checked | undefined =>
  state.checkedProgram === JSON.stringify(program) ? state.checked : undefined;
