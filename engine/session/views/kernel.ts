// What the page is told about the simulated kernel: system calls, objects, files, its types, its code. Plain data that crosses a Worker
// boundary.

import type { Cause } from "../../kernel/cause.ts";
import type { DefinitionFault, DefinitionInput } from "../../kernel/definition-input.ts";
import type { Syscall } from "../../kernel/syscall.ts";
import type { RealProgram } from "../../linux/program.ts";
import type { NotSimulated } from "../../program/not-simulated.ts";
import type { MapAttr } from "../../program/program.ts";
import type { CheckView } from "./check.ts";
import type { RunView } from "./run.ts";

/** One system call: its arguments and result as values, and the line that strace prints for it. */
export type SyscallView = Syscall & {
  /** Counts from 1 since the kernel started. */
  readonly seq: number;
  /** What the C library returns. -1: the call failed. */
  readonly ret: number;
  /** Positive. 0: the call succeeded. */
  readonly errno: number;
  readonly errnoName: string;
  readonly errnoText: string;
  /** Which check of the kernel refused the call, if known. */
  readonly cause?: Cause;
  /** `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_OREORE, insn_cnt=3, …}, 144) = 3` */
  readonly text: string;
  /** Position in `text` where the result begins: ` = 3`. */
  readonly resultAt: number;
};

/** A program as a real kernel takes it, and the calls that load it. */
export interface RealProgramView {
  readonly program: RealProgram;
  /** BPF_MAP_CREATE of each map, then BPF_PROG_LOAD, still without results. */
  readonly calls: readonly Syscall[];
  /** The attach type for BPF_PROG_ATTACH. */
  readonly attachType: number;
  /** The program has BTF (func_info), which is left out because the agent sends none. */
  readonly leavesBtf: boolean;
}

export interface FdView {
  readonly fd: number;
  readonly kind: "prog" | "map" | "file";
  /** Object id as bpftool shows it. 0: a file. */
  readonly id: number;
  /** `oreore prog, 3 insns` */
  readonly text: string;
}

export interface ProgView {
  readonly id: number;
  readonly progType: string;
  readonly insnCnt: number;
}

export interface MapView extends MapAttr {
  readonly id: number;
  readonly fd: number;
  /** At most 256 entries. `more`: how many are left out. One value per CPU for per-CPU types. */
  readonly entries: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly more: number;
}

export interface AttachmentView {
  readonly attachType: number;
  /** `BPF_OREORE_ATTACH` */
  readonly attachName: string;
  /** 0: nothing is attached. */
  readonly progId: number;
}

/** The program type that steps 1 to 3 of the recipe add, and its module. */
export interface OwnTypeView {
  /** Lower case: `oreore`. */
  readonly name: string;
  /** Name of the kernel module: `oreore_module`. */
  readonly module: string;
  /** The file whose writes run the program: `/sys/oreore/bpf`. Given even if the module that makes it is not loaded. */
  readonly path: string;
  /** `path`, then the module's other files. */
  readonly paths: readonly string[];
}

/** The kernel after a call. */
export interface KernelView {
  readonly own: OwnTypeView;
  readonly fds: readonly FdView[];
  readonly progs: readonly ProgView[];
  readonly maps: readonly MapView[];
  readonly attachments: readonly AttachmentView[];
  /** Which of the four steps are applied. */
  readonly steps: readonly [boolean, boolean, boolean, boolean];
  /** The last lines of /sys/kernel/tracing/trace_pipe, at most 1000. */
  readonly tracePipe: readonly string[];
}

/** Answer to a request that changes the kernel: the calls made for it, in order, and the kernel after them. */
export interface CallOutcome {
  readonly calls: readonly SyscallView[];
  readonly kernel: KernelView;
  /** Result of the call that the button stands for: a file descriptor, a count, 0, or -1. */
  readonly ret: number;
  readonly errno: number;
  readonly errnoName: string;
}

export interface DefineOutcome extends CallOutcome {
  /** What the kernel knows after the change. */
  readonly hello: HelloView;
}

export interface LoadOutcome extends CallOutcome {
  /** The verifier's result, as `check` gives it. */
  readonly check: CheckView;
}

export interface SysfsOutcome extends CallOutcome {
  /** What `cat` read. "": a write. */
  readonly data: string;
  /** What a shell prints: "", the text of `cat`, or `bash: echo: write error: Invalid argument`. */
  readonly terminal: string;
  /** The run that a write caused. */
  readonly run: RunView | null;
}

export interface ShellView extends CallOutcome {
  readonly output: string;
  /** Exit status, 0 … 255. */
  readonly status: number;
  readonly run: RunView | null;
}

export interface ProgTypeView {
  readonly id: number;
  readonly name: string;
  /** `BPF_PROG_TYPE_OREORE` */
  readonly constant: string;
  readonly ctxStruct: string;
  /** What its programs need that is not simulated. null: they are simulated. */
  readonly notSimulated: NotSimulated | null;
  /** What runs its programs here. */
  readonly event: "sysfs" | "packet" | "ctx" | "none";
  /** The first input of its programs. */
  readonly firstInput: string;
  /** Attach types that its programs may be loaded for. []: the type has no choice of them. */
  readonly attachTypes: readonly { readonly id: number; readonly name: string }[];
  /** The attach type of a program that names none: one of them, or 0. */
  readonly attachUnsaid: number;
  /** A program that names none is refused. */
  readonly attachNeeded: boolean;
}

/** One file of the code that a step of the recipe adds. */
export interface CodeFileView {
  /** Path in the kernel's tree. For steps 3 and 4: in the take-home's folder. */
  readonly path: string;
  readonly text: string;
  /** The text is hunks of a unified diff. Otherwise it is the whole file. */
  readonly diff: boolean;
  /** The text in parts, in order. */
  readonly pieces: readonly CodePieceView[];
}

/** One hunk, or one item of a new file: a function, a variable, a struct. */
export interface CodePieceView {
  /** The item's name, or where the hunk lies: `enum bpf_prog_type`, `bpf_prog_attach()`. "": the lines at the top of a file. */
  readonly name: string;
  /** Number of its first line in the file, from 1. */
  readonly line: number;
  /** Lines that the file already has, and the new lines between them. */
  readonly before: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}

/** The files of steps 1 … 4. Step 4 has none if the program does not assemble. */
export type KernelCodeView = readonly (readonly CodeFileView[])[];

export interface TakeHomeFileView {
  /** Path below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** A definition from a form, a link or a file, without unknown parts. Otherwise its faults, each with its field. */
export type DefinitionView =
  | { readonly ok: true; readonly definition: DefinitionInput }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

export interface HelloView {
  /** `6.18.44` */
  readonly release: string;
  /** Includes the reader's own type. */
  readonly progTypes: readonly ProgTypeView[];
  readonly kernel: KernelView;
}
