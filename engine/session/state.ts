// What a session knows: one value that its groups share and change. Lives where the session lives; nothing else is kept.

import type { Kernel } from "../kernel/kernel.ts";
import type { MapObject, Prog } from "../kernel/objects.ts";
import type { Process } from "../kernel/process.ts";
import type { Registry } from "../kernel/registry.ts";
import type { Env } from "../vm/index.ts";
import type { Checked, Clock } from "./check/check.ts";
import type { EditorContext } from "./check/language.ts";
import type { RecordedRun } from "./run/run.ts";
import type { ProgramInput, SlotView } from "./views/program.ts";
import type { RunView } from "./views/run.ts";

export interface SessionOptions {
  /** Microseconds; a page passes `() => performance.now() * 1000`. */
  readonly now?: Clock;
  /** Told now and then how many instructions a verification under way has walked. */
  readonly onProgress?: (insnsProcessed: number) => void;
  /** Microseconds after which a verification is stopped; a minute where it is not said. */
  readonly patience?: number;
}

export interface SessionState extends Required<SessionOptions> {
  /** What the current kernel is built of. */
  registry: Registry;
  /** Of its random numbers, time and addresses. */
  seed: bigint;
  /** The last check, the program it was of, and what an editor has to know for it. */
  checked: Checked | undefined;
  checkedProgram: string;
  editor: EditorContext;
  /** Made when it is first needed: see booted(). */
  booted: Booted | undefined;
}

/** The current kernel with its one process, and the runs that can be asked about. */
export interface Booted {
  kernel: Kernel;
  process: Process;
  /** The last program loaded; -1: none. */
  lastProgFd: number;
  /** Calls made so far. */
  seq: number;
  /** Number of the last run. */
  lastRun: number;
  /** The last run in the kernel, and the last that had a kernel of its own. */
  kernelRun: Kept | undefined;
  freeRun: Kept | undefined;
  /** What the use case under way recorded. */
  fired: RunView | null;
  environment: Partial<Env>;
  readonly slotsOfProg: WeakMap<Prog, readonly SlotView[]>;
}

/** What a run left, kept for questions about its steps. */
export interface Kept {
  readonly kernel: Kernel;
  readonly recorded: RecordedRun;
  /** That were there when it ran. */
  readonly maps: readonly MapObject[];
}

const PATIENCE = 60_000_000;

export const newState = (registry: Registry, options: SessionOptions = {}): SessionState => ({
  now: options.now ?? (() => Date.now() * 1000),
  onProgress: options.onProgress ?? (() => {}),
  patience: options.patience ?? PATIENCE,
  registry,
  seed: 1n,
  checked: undefined,
  checkedProgram: "",
  editor: {},
  booted: undefined,
});

/** Made for each verification: see VerifyOptions.progress. */
export function watch({ now, onProgress, patience }: Required<SessionOptions>): (insnsProcessed: number) => boolean {
  const start = now();
  return (insnsProcessed) => {
    onProgress(insnsProcessed);
    return now() - start > patience;
  };
}

/** The last check, where it is of this very program. */
export const checkOf = (state: SessionState, program: ProgramInput): Checked | undefined =>
  state.checkedProgram === JSON.stringify(program) ? state.checked : undefined;
