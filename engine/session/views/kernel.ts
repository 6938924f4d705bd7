// What the page is told of the simulated kernel: system calls, objects, files, what it knows, its code. Plain data that crosses a
// Worker boundary.
import type { Cause } from "../../kernel/cause.ts";
import type { DefinitionFault, DefinitionInput } from "../../kernel/definition-input.ts";
import type { Syscall } from "../../kernel/syscall.ts";
import type { RealProgram } from "../../linux/program.ts";
import type { CheckView } from "./check.ts";
import type { RunView } from "./run.ts";

/** One system call: what was asked and what came back as values, and the line that strace prints of it. */
export type SyscallView = Syscall & {
  /** Counts from 1 since the kernel was started. */
  readonly seq: number;
  /** What the C library returns: -1 where the call failed. */
  readonly ret: number;
  /** Positive, 0 where it succeeded. */
  readonly errno: number;
  readonly errnoName: string;
  readonly errnoText: string;
  /** Which check of the kernel refused it, where that is known. */
  readonly cause?: Cause;
  /** `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_OREORE, insn_cnt=3, …}, 144) = 3` */
  readonly text: string;
  /** Where in `text` the result begins: ` = 3`. */
  readonly resultAt: number;
};

/** A program as a real kernel takes it, and what the calls that load it say of themselves. */
export interface RealProgramView {
  readonly program: RealProgram;
  /** BPF_MAP_CREATE of each map, then BPF_PROG_LOAD: results are still to come. */
  readonly calls: readonly Syscall[];
  /** What BPF_PROG_ATTACH is asked for. */
  readonly attachType: number;
  /** It comes with BTF (func_info), which is left out: the agent sends none. */
  readonly leavesBtf: boolean;
}

export interface FdView {
  readonly fd: number;
  readonly kind: "prog" | "map" | "file";
  /** Object id as bpftool shows it; 0 for files. */
  readonly id: number;
  /** `oreore prog, 3 insns` */
  readonly text: string;
}

export interface ProgView {
  readonly id: number;
  readonly progType: string;
  readonly name: string;
  /** 16 hex digits, as bpftool shows. */
  readonly tag: string;
  readonly insnCnt: number;
  readonly runCnt: number;
  readonly attached: boolean;
  readonly mapIds: readonly number[];
}

export interface MapView {
  readonly id: number;
  readonly fd: number;
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Up to 256 entries; `more` tells how many there are beyond. One value per CPU for per-CPU types. */
  readonly entries: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly more: number;
}

export interface AttachmentView {
  readonly attachType: number;
  /** `BPF_OREORE_ATTACH` */
  readonly attachName: string;
  /** 0: nothing attached. */
  readonly progId: number;
}

export interface SysfsFileView {
  /** `/sys/oreore/bpf` */
  readonly path: string;
  /** `-rw-r--r--` */
  readonly mode: string;
}

/** The program type that steps 1 to 3 of the recipe add, and its module. */
export interface OwnTypeView {
  /** Lower case: `oreore`. */
  readonly name: string;
  /** Of the kernel module: `oreore_module`. */
  readonly module: string;
  /** The file whose writes run the program: `/sys/oreore/bpf`, whether the module that makes it is there or not. */
  readonly path: string;
  /** That one, then the module's other files. */
  readonly paths: readonly string[];
}

/** The kernel after a call. */
export interface KernelView {
  readonly own: OwnTypeView;
  /** `6.18.44` or what facts say. */
  readonly release: string;
  readonly fds: readonly FdView[];
  readonly progs: readonly ProgView[];
  readonly maps: readonly MapView[];
  readonly attachments: readonly AttachmentView[];
  readonly files: readonly SysfsFileView[];
  /** Which of the four steps are applied. */
  readonly steps: readonly [boolean, boolean, boolean, boolean];
  /** Last lines of /sys/kernel/tracing/trace_pipe and of dmesg, at most 1000 each. */
  readonly tracePipe: readonly string[];
  readonly dmesg: readonly string[];
}

/** Answer to what changes the kernel: the calls made for it, in order, and the kernel after them. */
export interface CallOutcome {
  readonly calls: readonly SyscallView[];
  readonly kernel: KernelView;
  /** Return value of the call the button stands for: a file descriptor, a count, 0, or -1. */
  readonly ret: number;
  readonly errno: number;
  readonly errnoName: string;
}

export interface DefineOutcome extends CallOutcome {
  /** What the kernel knows from now on. */
  readonly hello: HelloView;
}

export interface LoadOutcome extends CallOutcome {
  /** What the verifier said, as `check` gives it. */
  readonly check: CheckView;
}

export interface SysfsOutcome extends CallOutcome {
  /** `cat`: what was read ("" for a write). */
  readonly data: string;
  /** What a shell prints: "", the text of `cat`, or `bash: echo: write error: Invalid argument`. */
  readonly terminal: string;
  /** The run a write caused. */
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
  readonly simulated: boolean;
  /** Why not, where it is not. */
  readonly why: string;
  /** What makes it run here. */
  readonly event: "sysfs" | "packet" | "ctx" | "none";
  /** The input that its programs start with. */
  readonly firstInput: string;
  /** Those that its programs may be loaded for; [] where that says nothing. */
  readonly attachTypes: readonly { readonly id: number; readonly name: string }[];
  /** Of a program that says none: one of them, or 0. */
  readonly attachUnsaid: number;
  /** Such a program is refused: one of them has to be said. */
  readonly attachNeeded: boolean;
}

export interface MapTypeView {
  readonly id: number;
  readonly name: string;
  readonly simulated: boolean;
}

/** One file of the code that a step of the recipe adds. */
export interface CodeFileView {
  /** In the kernel's tree; of steps 3 and 4 in the take-home's folder. */
  readonly path: string;
  readonly text: string;
  /** Hunks of a unified diff; else the whole file. */
  readonly diff: boolean;
  /** The same in its parts, in order. */
  readonly pieces: readonly CodePieceView[];
}

/** One hunk, or one thing of a new file: a function, a variable, a struct. */
export interface CodePieceView {
  /** What it is, or what the hunk stands in: `enum bpf_prog_type`, `bpf_prog_attach()`; "" for the lines on top of a file. */
  readonly name: string;
  /** Of its first line in the file, from 1. */
  readonly line: number;
  /** Lines of the file that stand there already, and the new ones between them. */
  readonly before: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}

/** Files of step 1 … 4; of step 4 none where the program does not assemble. */
export type KernelCodeView = readonly (readonly CodeFileView[])[];

export interface TakeHomeFileView {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** A definition from a form, a link or a file, freed of all that is no part of one; or what is wrong, each fault at its field. */
export type DefinitionView =
  | { readonly ok: true; readonly definition: DefinitionInput }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

export interface HelloView {
  readonly release: string;
  /** The reader's own among them. */
  readonly progTypes: readonly ProgTypeView[];
  readonly mapTypes: readonly MapTypeView[];
  readonly kernel: KernelView;
}
