// What the page is told and what it may ask: plain data that crosses a Worker boundary, and the list of use cases.
// No engine type leaks through here; 64-bit values are 16 hex digits, bytes are hex text, numbers are exact.

import type { DefinitionFault, DefinitionInput } from "../kernel/definition-input.ts";
import type { Preset } from "../kernel/presets.ts";

export type { DefinitionFault, DefinitionInput, Preset };

/** 64 bits as 16 lower-case hex digits. */
export type Hex64 = string;

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
}

/** What makes a program run. `ctx`: raw bytes of the context; `packet`: for socket filter, tc and XDP. */
export type EventInput =
  | { readonly kind: "sysfs"; readonly path: string; readonly data: string }
  | { readonly kind: "packet"; readonly hex: string }
  | { readonly kind: "ctx"; readonly hex: string };

// ------------------------------------------------------------------------------------- source, bytes, verdict

/** `[start, end)` in UTF-16 units; lines and columns from 1, as Monaco counts. */
export interface SpanView {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

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

/** One instruction; a 64-bit load takes two slots and is one SlotView (16 bytes of hex). */
export interface SlotView {
  readonly slot: number;
  readonly slots: 1 | 2;
  /** 16 or 32 hex digits. */
  readonly hex: string;
  /** As the verifier's log writes it: `r0 = *(u32 *)(r1 +0)`. */
  readonly text: string;
  readonly span: SpanView | null;
}

/** Half-open answer to "may it run": `error` where the source does not assemble (or we have a bug: see `message`). */
export type VerdictName = "accept" | "reject" | "error";

/** Answer to `check`; everything that follows a keystroke. */
export interface CheckView {
  /** As given to `check`; answers about an older text can be told apart. */
  readonly revision: number;
  readonly diagnostics: readonly DiagnosticView[];
  readonly slots: readonly SlotView[];
  /** The maps the program will get: those of the settings and those the source declares. */
  readonly maps: readonly MapInput[];
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
  /** Kernel text, lines ended by \n; of more than 4 MiB the middle is left out, and one line says so. */
  readonly log: string;
  /** How many lines were left out. */
  readonly logCut: number;
  /** One entry a line of `log` (split at \n): the slot it is about, or -1. */
  readonly logSlots: Int32Array;
  readonly insnsProcessed: number;
  /** Microseconds inside the verifier. */
  readonly us: number;
}

/** What the verifier believed of one register or stack slot. */
export interface BeliefView {
  /** The log's text: `scalar(smin=0,…)`, `fp-8`, `ctx()`. */
  readonly text: string;
  /** For scalars (and variable offsets): decimal, and the tnum as hex. */
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
  /** Line of the log this visit wrote, -1 where none. */
  readonly logLine: number;
  /** The visit before on this path; -1: the program starts here, or that visit was not kept. */
  readonly prev: number;
  /** Why the path went no further. `by`: the visit of the same slot that had been found safe for this state, or -1. */
  readonly end:
    | null
    | { readonly kind: "exit" }
    | { readonly kind: "pruned"; readonly by: number }
    | { readonly kind: "refused" };
}

/** Why a program was refused, in both languages; the kernel's words stand in CheckView.message. */
export interface ExplanationView {
  /** Kebab-case name of the rule that was broken. */
  readonly id: string;
  readonly en: WordingView;
  readonly ja: WordingView;
  /** The register that broke it, -1 where it was none. */
  readonly reg: number;
  /** What was believed of it at the refused instruction; null where nothing was. */
  readonly before: BeliefView | null;
  /** Slots on the failing path that made its value, the latest first. */
  readonly origin: readonly number[];
}

export interface WordingView {
  /** What the rule asks for. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}

// --------------------------------------------------------------------------------------------- simulated kernel

/** One system call, as strace prints it. */
export interface SyscallView {
  /** Counts from 1 since the kernel was started. */
  readonly seq: number;
  /** `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_OREORE, insn_cnt=3, …}, 144) = 3` */
  readonly text: string;
  readonly name: string;
  readonly ret: number;
  /** Positive, 0 where it succeeded. */
  readonly errno: number;
  readonly errnoName: string;
  readonly errnoText: string;
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

/** The kernel after a call. */
export interface KernelView {
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

// ------------------------------------------------------------------------------------------------ runs, time travel

export type RunEnd =
  | { readonly kind: "exit"; readonly r0: Hex64 /** Low 32 bits. */; readonly retval: number }
  | { readonly kind: "fault"; readonly slot: number; readonly message: string; readonly fault: string }
  /** The step budget was used up; what was recorded can be walked. */
  | { readonly kind: "budget"; readonly slot: number; readonly steps: number };

/** A recorded run. Steps 0 … length: at step 0 nothing has run, at step `length` the program has ended. */
export interface RunView {
  /** Name of the run in later questions. The session keeps the last run of the kernel and the last of `runOnce`. */
  readonly run: number;
  /** Instructions executed. */
  readonly length: number;
  readonly end: RunEnd;
  /** The program that ran: not the editor's, once that was edited. Compare `insns` with the check's slots. */
  readonly insns: string;
  readonly slots: readonly SlotView[];
  /** Lines the run wrote to trace_pipe. */
  readonly trace: readonly string[];
  /** Packet or context after the run, hex; "" where there is none to see. */
  readonly out: string;
  /** Microseconds it took to run and record. */
  readonly us: number;
}

/** What happens in a step, as bits: marks of the timeline. */
export const MARK = { branch: 1, call: 2, load: 4, store: 8, helper: 16, fault: 32, exit: 64 } as const;

/** Many steps at once, for a slider: no stacks and memory. All arrays can be transferred. */
export interface TimelineChunk {
  readonly run: number;
  readonly from: number;
  readonly count: number;
  /** Slot about to run at each step; -1 after the end. */
  readonly slots: Int32Array;
  /** count × 11. */
  readonly regs: BigUint64Array;
  /** Bit n: Rn has another value than one step before. */
  readonly changed: Uint16Array;
  /** Call depth, 0 … 7. */
  readonly frames: Uint8Array;
  /** MARK bits of the instruction about to run. */
  readonly marks: Uint8Array;
}

/** A line of the stack pane: 8 bytes. */
export interface StackRowView {
  readonly frame: number;
  /** -8, -16, … */
  readonly off: number;
  readonly address: Hex64;
  /** 16 hex digits in memory order (lowest address first). */
  readonly bytes: string;
  /** The same 8 bytes as a little-endian number. */
  readonly value: Hex64;
  /** Bit i: byte i (from the lowest address) was written since the frame was entered. */
  readonly used: number;
  /** Bit i: byte i was written by the last instruction. */
  readonly changed: number;
}

export interface MemoryChangeView {
  /** `ctx`, `stack`, `packet`, or the name of a map. */
  readonly region: string;
  readonly address: Hex64;
  /** Offset from the start of the region; negative from the frame pointer on the stack. */
  readonly off: number;
  readonly old: string;
  readonly new: string;
}

export interface MapEventView {
  readonly map: string;
  /** `update`, `delete`, `push`, `pop`, … */
  readonly op: string;
  readonly key: string;
  readonly old: string;
  readonly new: string;
}

export interface FrameView {
  readonly depth: number;
  /** Slot after the call in the caller; -1 for the outermost. */
  readonly returnSlot: number;
  /** R10 of the frame. */
  readonly top: Hex64;
}

/** One moment: registers before the instruction at `slot` runs, and what the instruction before did. */
export interface StepView {
  readonly run: number;
  readonly step: number;
  /** About to run; -1 after the end. After a fault or a used up budget: the slot it stopped at. */
  readonly slot: number;
  /** Executed to get here; -1 at step 0. */
  readonly lastSlot: number;
  readonly regs: readonly Hex64[];
  /** Values one step before, for those that changed. */
  readonly changed: readonly { readonly reg: number; readonly old: Hex64; readonly new: Hex64 }[];
  /** Bit n: the last instruction wrote Rn, even if to the same value. */
  readonly written: number;
  /** Bit n: the instruction about to run reads Rn / will write Rn. */
  readonly reads: number;
  readonly writes: number;
  readonly frames: readonly FrameView[];
  readonly stack: readonly StackRowView[];
  readonly memory: readonly MemoryChangeView[];
  /** What the step just done did to maps, what it printed, and which helper it called with what. */
  readonly maps: readonly MapEventView[];
  readonly trace: readonly string[];
  readonly call: { readonly name: string; readonly args: readonly Hex64[]; readonly ret: Hex64 } | null;
  /** The instruction about to run, as the log writes it; "" after the end. */
  readonly text: string;
  /** 0: the run's own program; else the number of one that a tail call went to. Slots are that program's. */
  readonly prog: number;
  /** One sentence of the step just done, English: `R0: 0x0 → 0xa`; "" at step 0. */
  readonly caption: string;
}

/** Where to go from a step. `write`: back to the last change of a register, a stack row or a byte in memory. */
export type Seek =
  | { readonly to: "next-visit" | "previous-visit"; readonly slot: number }
  | { readonly to: "last-write"; readonly reg: number }
  | { readonly to: "last-write"; readonly address: Hex64; readonly size: number }
  /** On (or back) until one of these holds after a step, else to the end (or start) of the run. */
  | { readonly to: "stop"; readonly back?: boolean; readonly stops: readonly StopInput[] };

export type StopInput =
  /** `when`: `r0 == 5 && r1 s< 0`; see checkCondition. */
  | { readonly kind: "breakpoint"; readonly slot: number; readonly when?: string }
  | { readonly kind: "cursor"; readonly slot: number }
  /** A register or some bytes were changed. */
  | { readonly kind: "watch"; readonly reg: number }
  | { readonly kind: "watch"; readonly address: Hex64; readonly size: number }
  /** Not deeper in calls than where it started (step over), or less deep (step out). */
  | { readonly kind: "over" }
  | { readonly kind: "out" };

/** Many runs of one engine. */
export interface LapsView {
  readonly runs: number;
  /** Instructions done in all runs. */
  readonly insns: number;
  /** Nanoseconds of one run, entering the event included, on average. */
  readonly ns: number;
  /** The same for each of up to a hundred equal parts of the runs, in order. */
  readonly samples: Float64Array;
  /** Milliseconds to compile; 0 for the interpreter. */
  readonly compileMs: number;
  readonly r0: Hex64;
}

export interface RaceView {
  readonly interp: LapsView;
  readonly jit: LapsView;
  /** The WebAssembly made of the program, as text. */
  readonly wasm: string;
}

// ----------------------------------------------------------------------------------------------------- catalogue

export interface ExampleView {
  /** `plus42`: `#example/plus42` */
  readonly name: string;
  readonly title: Texts;
  /** Why it is worth opening, one sentence. */
  readonly about: Texts;
  readonly program: ProgramInput;
  /** Text to write to the attach point's file, or another event. */
  readonly input: string;
  readonly expect: "accept" | "reject";
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
}

export interface MapTypeView {
  readonly id: number;
  readonly name: string;
  readonly simulated: boolean;
}

/** What a pasted text was taken for. */
export interface PasteView {
  readonly kind: string;
  readonly name: Texts;
  /** The same as macros; null for macros, which stay as they are, and where nothing could be read. */
  readonly source: string | null;
  /** The pieces that could not be read, as they stand in the text. */
  readonly faults: readonly string[];
}

export interface TakeHomeFileView {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

export interface HelloView {
  readonly release: string;
  readonly progTypes: readonly ProgTypeView[];
  readonly mapTypes: readonly MapTypeView[];
  readonly kernel: KernelView;
}

// ----------------------------------------------------------------------------------------------------- use cases

/** Everything the page can ask. Implemented in the worker (session.ts); the page holds a `Remote<SessionApi>`. */
export interface SessionApi {
  hello(): Promise<HelloView>;

  /** Assemble and verify; changes nothing but which check later questions are about. */
  check(program: ProgramInput, revision: number): CheckView;
  /** What the verifier believed at a slot of the last check, at most `limit` visits. [] for an older revision. */
  visits(revision: number, slot: number, limit: number): VisitView[];
  /** null: accepted, an older revision, or words that no rule knows. */
  explain(revision: number): Promise<ExplanationView | null>;

  /** Creates the maps and loads the program: bpf(BPF_MAP_CREATE) …, bpf(BPF_PROG_LOAD). */
  load(program: ProgramInput): Promise<LoadOutcome>;
  /** bpf(BPF_PROG_ATTACH) of the program behind `fd`; left out: of the last one loaded (bad fd -1 if there is none). */
  attach(fd?: number, attachType?: number): Promise<Outcome>;
  detach(attachType?: number): Promise<Outcome>;
  close(fd: number): Promise<Outcome>;
  /** `echo -n data > path`; a shell's plain `echo 10` writes "10\n". */
  writeFile(path: string, data: string): Promise<SysfsOutcome>;
  /** `cat path` */
  readFile(path: string): Promise<SysfsOutcome>;
  /** BPF_PROG_TEST_RUN of a loaded program, or of an event that is not a file's. */
  testRun(fd: number, event: EventInput): Promise<Outcome & { readonly run: RunView | null }>;
  /** Map elements by file descriptor; key and value as hex. */
  updateMap(fd: number, key: string, value: string, flags: number): Promise<Outcome>;
  deleteMap(fd: number, key: string): Promise<Outcome>;
  /** One line for the shell. */
  shell(line: string): Promise<ShellView>;
  /** What may stand in the place of the last word of a line: whole words. */
  completeShell(line: string): Promise<readonly string[]>;
  /** What a text in another notation is, and the same as macros: hex, dumps of bpftool and objdump, assembly, … */
  paste(text: string): Promise<PasteView>;
  /** The program in another notation; names as `notations` gives them. null: it does not assemble, or there is no such. */
  render(program: ProgramInput, notation: string): Promise<string | null>;
  notations(): Promise<readonly string[]>;
  /** The folder to take home for the current definition; null where the program does not assemble. */
  takeHome(program: ProgramInput): Promise<readonly TakeHomeFileView[] | null>;

  /** Applies or takes back step 1 … 4 of the recipe. */
  patchKernel(step: 1 | 2 | 3 | 4, applied: boolean): Promise<Outcome>;
  /** Program types to start one's own from; the first is the deck's. */
  presets(): Promise<readonly Preset[]>;
  /** What is wrong with a definition, each fault at its field; [] where nothing is. */
  checkDefinition(definition: unknown): Promise<readonly DefinitionFault[]>;
  /** The program type that OREORE's place is given to; null: the deck's. Starts the kernel anew; a faulty one is EINVAL. */
  define(definition: DefinitionInput | null): Promise<Outcome>;
  /** A fresh kernel and process. The seed drives random numbers, time and addresses: same seed, same runs. */
  restart(seed: number): Promise<KernelView>;

  /** Runs without load and attach, to step through; `verified: false` skips the verifier, so that faults can be seen. */
  runOnce(
    program: ProgramInput,
    event: EventInput,
    verified: boolean,
  ): Promise<{ readonly check: CheckView; readonly run: RunView | null }>;
  /** null: no such run any more. */
  step(run: number, step: number): Promise<StepView | null>;
  /** Whole views of several steps, at most 2048, so that stepping a short run needs no further question. */
  steps(run: number, from: number, count: number): Promise<StepView[]>;
  /** At most 8192 steps. */
  chunk(run: number, from: number, count: number): Promise<TimelineChunk | null>;
  /** MARK bits of the whole run in `buckets` equal parts. */
  marks(run: number, buckets: number): Promise<Uint8Array>;
  seek(run: number, from: number, query: Seek): Promise<number | null>;
  /** The same program and event many times in both engines; a sentence where it cannot be. Takes up to three seconds. */
  race(program: ProgramInput, event: EventInput, times: number): Promise<RaceView | string>;
  /** Instructions of a program that a tail call went to: StepView.prog. */
  slotsOf(run: number, prog: number): Promise<readonly SlotView[]>;
  /** What is wrong with the text of a condition, English; "" where nothing is. */
  checkCondition(text: string): Promise<string>;
  /** Contents of the run's maps as they are at that step. */
  mapsAt(run: number, step: number): Promise<MapView[]>;
}

/** The same, from the other side of a Worker. */
export type Remote<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};
