// The parts of the extended kernel, and which of them the last call went through. Data and rules without React.
import { type KernelView, O_WRONLY, type SyscallView } from "../../../engine/index.ts";

export const PARTS = ["user", "syscall", "verifier", "program", "attach", "sysfs", "module"] as const;
export type Part = (typeof PARTS)[number];
export type What = "load" | "attach" | "detach" | "test" | "write" | "read" | "other";

export interface CallPath {
  readonly what: What;
  /** In the order of the call. */
  readonly parts: readonly Part[];
  /** The last part refused the call with this errno. "": the call succeeded. */
  readonly errnoName: string;
  /** The result, if the call succeeded. */
  readonly ret: number;
}

export interface Situation {
  /** Which of the four steps are applied. */
  readonly steps: readonly [boolean, boolean, boolean, boolean];
  /** The files of the module. */
  readonly files: readonly string[];
}

const WAYS: Readonly<Record<What, readonly Part[]>> = {
  load: ["user", "syscall", "verifier", "program"],
  attach: ["user", "syscall", "attach"],
  detach: ["user", "syscall", "attach"],
  test: ["user", "syscall", "program"],
  write: ["user", "sysfs", "module", "attach", "program"],
  read: ["user", "sysfs", "module"],
  other: ["user", "syscall"],
};

const WHAT: Readonly<Partial<Record<SyscallView["call"], What>>> = {
  "prog-load": "load",
  "prog-attach": "attach",
  "prog-detach": "detach",
  "prog-test-run": "test",
};

/** Takes the calls of one act, in order. undefined: none of them is shown on the map. */
export function callPathOf(calls: readonly SyscallView[], situation: Situation): CallPath | undefined {
  const told = calls.filter(({ call }) => call !== "close");
  // A failed call matters most. Otherwise the last one that did something: cat's second read only finds the end.
  const call = told.find(({ errno }) => errno !== 0) ?? told.findLast(({ call, ret }) => call !== "read" || ret > 0);
  if (!call) return undefined;
  const what = "path" in call ? whatOfFile(call, situation) : (WHAT[call.call] ?? "other");
  if (!what) return undefined;
  const way = WAYS[what];
  if (call.errno === 0) return { what, parts: way, errnoName: "", ret: call.ret };
  const stop = STOPS[what](call);
  return { what, parts: way.slice(0, way.indexOf(stop) + 1), errnoName: call.errnoName, ret: call.ret };
}

/** The map shows only the module's files. If the module is missing, its file is shown although it does not exist. */
function whatOfFile(call: SyscallView & { readonly path: string }, { files }: Situation): What | undefined {
  if (!files.includes(call.path)) return undefined;
  return call.call === "write" || (call.call === "openat" && call.flags & O_WRONLY) ? "write" : "read";
}

/** Which part refused a failed call. */
const STOPS: Readonly<Record<What, (call: SyscallView) => Part>> = {
  load: ({ cause }) => (cause?.check === "verifier" ? "verifier" : "syscall"),
  attach: () => "syscall",
  detach: () => "syscall",
  test: () => "syscall",
  write: ({ call, cause }) => (call === "openat" ? "sysfs" : cause?.check === "nothing-attached" ? "attach" : "module"),
  read: () => "sysfs",
  other: () => "syscall",
};

/** The step of the recipe that makes a part. User space is always there. */
export const STEP_OF: Readonly<Partial<Record<Part, 1 | 2 | 3>>> = {
  verifier: 1,
  program: 1,
  attach: 2,
  sysfs: 3,
  module: 3,
};

/** The type of the program that was loaded last. If none is loaded, the kernel's own. */
export const shownType = ({ own, progs }: Pick<KernelView, "own" | "progs">): string =>
  progs.at(-1)?.progType ?? own.name;

/** The step that a part waits for. 0: it is there. Types of every kernel are verified and run without a step. */
export function missingStep(part: Part, kernel: Pick<KernelView, "own" | "progs" | "steps">): number {
  const step = STEP_OF[part];
  if (step === undefined || kernel.steps[step - 1]) return 0;
  return step === 1 && shownType(kernel) !== kernel.own.name ? 0 : step;
}
