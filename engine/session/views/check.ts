// What the page gives and is told of programs, verdicts and the kernel: plain data that crosses a Worker boundary.
// No engine type leaks through here; 64-bit values are 16 hex digits, bytes are hex text, numbers are exact.

import type { Cause } from "../../kernel/cause.ts";
import type { DefinitionFault, DefinitionInput } from "../../kernel/definition-input.ts";
import type { Preset } from "../../kernel/presets.ts";
import type { Syscall, SyscallRecord } from "../../kernel/syscall.ts";
import type { RealProgram } from "../../linux/program.ts";
import type { Refusal } from "../../verifier/refusals.ts";
import type { RunView } from "./run.ts";
import type { Hex64, JumpView, SlotView, SpanView } from "./program.ts";

export type { Cause, DefinitionFault, DefinitionInput, Preset, RealProgram, SyscallRecord };

// ---------------------------------------------------------------------------------------------- what goes in

/** A map as the page edits it; see BPF_MAP_CREATE. */
export interface MapInput {
  readonly name: string;
  /** `array`, `hash`, `percpu_array`, … */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** First contents: hex of the key → hex of the value. */
  readonly init?: Readonly<Record<string, string>>;
  /** Offsets in the value that BTF would announce: `bpf_spin_lock`, `bpf_timer`. */
  readonly fields?: Readonly<Record<string, number>>;
  readonly inner?: MapInput;
}

/** What stands in the editor and around it. */
export interface ProgramInput {
  readonly source: string;
  /** `oreore`, `socket_filter`, `xdp`, … */
  readonly progType: string;
  readonly maps: readonly MapInput[];
  /** Number in enum bpf_attach_type; left out: what the type asks for, else 0. */
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly license?: string;
  /** The functions come with BTF, as compilers write it; programs with callbacks need it. */
  readonly funcInfo?: boolean;
  /** What maps hold before the program runs, by the map's name and beyond what `init` says: hex of key → hex of value. */
  readonly contents?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The log of a verifier that the source was rebuilt from: it is shown in place of our verifier's answer. */
  readonly pasted?: string;
}

/**
 * What makes a program run. `sysfs`: a write of `data` to a file, with the newline that echo adds; `packet`: a frame, for
 * socket filter, tc and XDP; `ctx`: raw bytes of the context.
 */
export type EventInput =
  | { readonly kind: "sysfs"; readonly path: string; readonly data: string }
  | { readonly kind: "packet"; readonly hex: string }
  | { readonly kind: "ctx"; readonly hex: string };

/** The text beside a program as it was read: what runs the program, and the text that is read as the same; or why not. */
export type InputView =
  | { readonly ok: true; readonly event: EventInput; readonly text: string }
  | { readonly ok: false; readonly why: Texts };

// ------------------------------------------------------------------------------------- source, bytes, verdict

export interface Texts {
  readonly en: string;
  readonly ja: string;
}

export interface DiagnosticView {
  readonly span: SpanView;
  readonly severity: "error" | "warning" | "hint";
  /** Kebab-case rule name; the key for a translated sentence with `args` filled in. */
  readonly code: string;
  /** English. */
  readonly message: string;
  readonly messages: Texts;
  readonly args: Readonly<Record<string, string | number>>;
  readonly fixes: readonly {
    readonly title: Texts;
    readonly edits: readonly { readonly span: SpanView; readonly text: string }[];
  }[];
}

/** Half-open answer to "may it run": `error` where the source does not assemble (or we have a bug: see `message`). */
export type VerdictName = "accept" | "reject" | "error";

/** Answer to `check`; everything that follows a keystroke. */
export interface CheckView {
  /** As given to `check`; answers about an older text can be told apart. */
  readonly revision: number;
  readonly diagnostics: readonly DiagnosticView[];
  readonly slots: readonly SlotView[];
  /** The program type that the source itself names (`@prog`, a record's `.prog_type`); "" where it names none. */
  readonly saidType: string;
  /** What it is loaded for, and what of the source says so: the directive, a record's field; "": nothing does. */
  readonly attach: {
    /** enum bpf_attach_type; 0 may mean that none is asked for. */
    readonly id: number;
    readonly name: string;
    readonly saidBy: "directive" | "record" | "";
  };
  /** The maps the program will get: those of the settings and those the source declares. */
  readonly maps: readonly MapInput[];
  /** One for each of them: where it comes from, and where the program speaks of it. */
  readonly mapPlaces: readonly MapPlaceView[];
  readonly verdict: VerdictName;
  /** What of the kernel the program needs that is not simulated (verdict `error`): `kernel functions`; "" otherwise. */
  readonly unsupported: string;
  /** Positive; 0 when accepted. */
  readonly errno: number;
  /** `EACCES`, "" when 0. */
  readonly errnoName: string;
  /** The line of the log that says why; the first diagnostic when verdict is `error`; "" when accepted. */
  readonly message: string;
  /** Index of that line in the log, -1 where the log has none. */
  readonly messageLine: number;
  /** The slot it is about, -1 where it is about none. */
  readonly messageSlot: number;
  /** Why the program was refused, as a value; null where it was not, or it is not known. */
  readonly refusal: Refusal | null;
  /** What refused the load before the verifier saw the program; null where it did. */
  readonly refused: RefusedView | null;
  /** Kernel text, lines ended by \n; of more than 256 KiB the middle is left out, and one line says so. */
  readonly log: string;
  /** How many lines were left out: `logLines` has them. */
  readonly logCut: number;
  /** Lines before those. */
  readonly logHead: number;
  /** The log would be so long that only the result was written down; `writeLog` writes it. */
  readonly logBrief: boolean;
  /** One entry a line of `log` (split at \n): what the line is, an index into LINE_KINDS. */
  readonly logKinds: Uint8Array;
  /** Likewise: the slot it is about, or -1. */
  readonly logSlots: Int32Array;
  /** Likewise: the column at which a state begins behind what the line says first; 0: none does. */
  readonly logStates: Uint16Array;
  readonly insnsProcessed: number;
  /** Microseconds inside the verifier. */
  readonly us: number;
  /** Verdict, log and states are those of a log that was pasted, not our verifier's; null: they are ours. */
  readonly pasted: PastedView | null;
}

export interface MapPlaceView {
  /** Its declaration in the source; null: it came with the program, by a link or an object. */
  readonly declared: SpanView | null;
  /** Slots of the instructions that load it, in order. */
  readonly uses: readonly number[];
}

/** How far a pasted log tells of its program. */
export interface PastedView {
  /** Our verifier refuses the rebuilt program in the same words. */
  readonly isOurs: boolean;
  /** Instructions that the log does not show, both ends included; others stand in their place. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** The log begins, or ends, in the middle. */
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}

/** A call of a load that was refused before the verifier saw the program, and which check of the kernel refused it. */
export interface RefusedView {
  readonly call: "map-create" | "map-update" | "prog-load";
  /** Name of the map that was to be made or filled, and the key; "" where it was none. */
  readonly map: string;
  readonly key: string;
  readonly cause: Cause;
}

/** What the verifier believed of one register or stack slot. */
export interface BeliefView {
  /** The log's text: `scalar(smin=0,…)`, `fp-8`, `ctx()`. */
  readonly text: string;
  /** A number, not a pointer: `bounds` are its own. */
  readonly isNumber: boolean;
  /** Of a number, and of a pointer's variable offset: decimal, and the tnum as hex. */
  readonly bounds?: {
    readonly umin: string;
    readonly umax: string;
    readonly smin: string;
    readonly smax: string;
    readonly value: Hex64;
    readonly mask: Hex64;
  };
}

export interface BeliefsView {
  /** R0 … R10; null: not initialised. */
  readonly regs: readonly (BeliefView | null)[];
  readonly stack: readonly { readonly frame: number; readonly off: number; readonly belief: BeliefView }[];
}

/** One time the verifier walked over an instruction. */
export interface VisitView {
  /** Counts all instructions processed, from 0, in the verifier's order. */
  readonly visit: number;
  readonly slot: number;
  readonly before: BeliefsView;
  /** null where the walk ended there. */
  readonly after: BeliefsView | null;
  /** Line of the whole log at which this visit began to write, -1 where none. */
  readonly logLine: number;
  /** The visit before on this path; -1: the program starts here, or that visit was not kept. */
  readonly prev: number;
  /** Its slot; -1 where there is none. */
  readonly prevSlot: number;
  /** The visits that came next from here: two where both ways of a branch were walked. */
  readonly next: readonly { readonly visit: number; readonly slot: number }[];
  /** Why the path went no further. `by`: the visit of the same slot that had been found safe for this state, or -1. */
  readonly end:
    | null
    | { readonly kind: "exit" }
    | { readonly kind: "pruned"; readonly by: number }
    | { readonly kind: "refused" };
}

/** Why a program was refused, in both languages; the kernel's words stand in CheckView.message. */
export interface ExplanationView {
  /** Kebab-case name of what was refused. */
  readonly id: string;
  readonly en: WordingView;
  readonly ja: WordingView;
  /** Slot of the refused instruction, -1: the program as a whole. */
  readonly at: number;
  /** Slot to change, -1 where there is none. */
  readonly root: number;
  /** What is wrong, with the values. */
  readonly reason: Texts;
  /** The register that broke it, -1 where it was none. */
  readonly reg: number;
  /** How the value that broke it came to be what it is: in the order in which it happened, the refused instruction last. */
  readonly steps: readonly ExplanationStepView[];
  /** Comparisons on the path that were meant to protect it, each with why it gave nothing. */
  readonly missed: readonly ExplanationStepView[];
}

/** A change that was made and verified. */
export interface FixView extends Texts {
  /** The verifier accepts the program then, or refuses it later, at another place. */
  readonly outcome: "accepted" | "further";
  /** The editor's text with it; null where it cannot be written into that (a map of the page's settings). */
  readonly source: string | null;
  /** The lines that change, with those around them. */
  readonly diff: readonly DiffLineView[];
}

export interface DiffLineView {
  readonly kind: "same" | "out" | "in" | "gap";
  readonly text: string;
}

/** One instruction's part in it, as a sentence in both languages. */
export interface ExplanationStepView extends Texts {
  readonly slot: number;
  /** Number of the verifier's visit; -1: the program's start. */
  readonly visit: number;
}

/** What a search for an input that breaks a refused program came to. To find none proves nothing. */
export interface WitnessView {
  /** Inputs that were tried; 0: nothing runs this program here. */
  readonly tried: number;
  readonly found: WitnessFoundView | null;
}

/** An input, and what the program does with it when no verifier stands in its way. */
export interface WitnessFoundView {
  /** `fault`, `leak`, `endless`, … */
  readonly kind: string;
  /** What happens. */
  readonly words: Texts;
  /** The instruction that does it, and how many ran before. */
  readonly slot: number;
  readonly step: number;
  /** The text of the program's input, what maps hold, what else a program sees of the world. */
  readonly input: string;
  readonly contents: NonNullable<ProgramInput["contents"]>;
  readonly seed: number;
  readonly sockets: boolean;
}

export interface WordingView {
  /** What the rule asks for. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}

/** Runs of a program in one way. */
export interface EngineSpeedView {
  readonly runs: number;
  /** Instructions of one run. */
  readonly insns: number;
  /** Nanoseconds, entry and exit included. */
  readonly nsPerRun: number;
  /** R0 of the last run; "" where it did not exit. */
  readonly result: Hex64 | "";
  /** Sentence of a fault, `budget` where a run was too long; "". */
  readonly fault: string;
}

/** The same program in the interpreter and compiled to WebAssembly. */
export interface SpeedView {
  readonly interp: EngineSpeedView;
  /** Repeated inside the compiled code; null where the program's end needs the machine each time. */
  readonly inside: EngineSpeedView | null;
  /** Compiled too, but entered from JavaScript for each run, as one write to the hook's file does. */
  readonly entered: EngineSpeedView;
  /** What one entry costs by itself, measured with a program that does nothing. */
  readonly crossingNs: number;
  /** Milliseconds, our compiler and the browser's together. */
  readonly compileMs: number;
  readonly wasmBytes: number;
  /** WebAssembly text, with the slots as comments. */
  readonly wasmText: string;
  readonly layouts: readonly { readonly name: string; readonly layout: "structured" | "dispatch" }[];
}

// --------------------------------------------------------------------------------------------- simulated kernel

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
export interface Outcome {
  readonly calls: readonly SyscallView[];
  readonly kernel: KernelView;
  /** Return value of the call the button stands for: a file descriptor, a count, 0, or -1. */
  readonly ret: number;
  readonly errno: number;
  readonly errnoName: string;
}

export interface DefineOutcome extends Outcome {
  /** What the kernel knows from now on. */
  readonly hello: HelloView;
}

export interface LoadOutcome extends Outcome {
  /** What the verifier said, as `check` gives it. */
  readonly check: CheckView;
}

export interface SysfsOutcome extends Outcome {
  /** `cat`: what was read ("" for a write). */
  readonly data: string;
  /** What a shell prints: "", the text of `cat`, or `bash: echo: write error: Invalid argument`. */
  readonly terminal: string;
  /** The run a write caused. */
  readonly run: RunView | null;
}

export interface ShellView extends Outcome {
  readonly output: string;
  /** Exit status, 0 … 255. */
  readonly status: number;
  readonly run: RunView | null;
}

// ----------------------------------------------------------------------------------------------------- catalogue

/** What a built-in program is about, from the first things on. */
export const TOPICS = ["numbers", "flow", "memory", "maps", "helpers", "packets"] as const;
export type Topic = (typeof TOPICS)[number];

export interface ExampleView {
  /** `plus42`: `#example/plus42` */
  readonly name: string;
  readonly topic: Topic;
  readonly title: Texts;
  /** Why it is worth opening, one sentence. */
  readonly about: Texts;
  readonly program: ProgramInput;
  /** Text to write to the attach point's file, or another event. */
  readonly input: string;
  readonly expect: "accept" | "reject";
}

export type CodeRowKind = "load" | "store" | "compute" | "jump" | "call" | "exit";

/** A program as a small picture. */
export interface CodePictureView {
  /** An instruction each: what kind of work it is, and the lengths of the kernel's words for it. */
  readonly rows: readonly { readonly kind: CodeRowKind; readonly words: readonly number[] }[];
  /** From row to row; those that leave the program are left out. */
  readonly jumps: readonly { readonly from: number; readonly to: number; readonly kind: JumpView["kind"] }[];
  /** The row that the verifier refused; -1: none. */
  readonly refused: number;
  /** What its instructions do and call, in the kernel's words and in plain ones: to look for. */
  readonly words: Texts;
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

/** A frame to run a program on, from its Ethernet header on. */
export interface PacketView {
  readonly name: string;
  readonly title: Texts;
  readonly hex: string;
  readonly length: number;
}

/** Bytes of a context by fields: `pt_regs`, or a tracepoint's record as its format file tells it. */
export interface EventFormatView {
  /** `pt_regs`, `sched:sched_switch` */
  readonly name: string;
  readonly size: number;
  readonly fields: readonly {
    readonly name: string;
    readonly off: number;
    readonly size: number;
    /** Characters, not a number. */
    readonly text: boolean;
  }[];
}

/** What a pasted text was taken for. */
export interface PasteView {
  readonly kind: string;
  readonly name: Texts;
  /** The same as macros; null for macros, which stay as they are, and where nothing could be read. */
  readonly source: string | null;
  /** It is a verifier's log: ProgramInput.pasted. */
  readonly isLog: boolean;
  /** The pieces that could not be read, as they stand in the text. */
  readonly faults: readonly string[];
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
