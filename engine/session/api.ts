// Everything the page can ask, in a few groups. The modules of groups/ implement it and session.ts puts them together. The caller holds a
// `Remote`: the same whether the session runs in the caller's thread or in a worker.

import type { Texts } from "../base/language.ts";
import type { DefinitionInput } from "../kernel/definition-input.ts";
import type { Preset } from "../kernel/presets.ts";
import type { SyscallRecord } from "../kernel/syscall.ts";
import type { LayerView } from "../packets/headers.ts";
import type { PacketView } from "../packets/packets.ts";
import type { LanguageApi } from "./groups/language.ts";
import type { ContextView } from "./kernel/context-sides.ts";
import type { ObjectAnswer, ObjectLoadView, ObjectView } from "./object/object-views.ts";
import type { FlowLoopView, FlowMetrics, FlowView, RoundsView, TrafficView } from "./run/flow.ts";
import type { CheckView, ExplanationView, FixView, VisitView, WitnessView } from "./views/check.ts";
import type { CompareView } from "./views/compare.ts";
import type { Goal, GoalView, ReaderRecord } from "./views/goal.ts";
import type {
  CallOutcome,
  DefineOutcome,
  DefinitionView,
  HelloView,
  KernelCodeView,
  KernelView,
  LoadOutcome,
  RealProgramView,
  ShellView,
  SyscallView,
  SysfsOutcome,
  TakeHomeFileView,
} from "./views/kernel.ts";
import type { CodePictureView, EventInput, InputView, PasteView, ProgramInput, SlotView } from "./views/program.ts";
import type {
  EnvironmentInput,
  EventFormatView,
  MapAtView,
  MapWindow,
  OutputView,
  PacketAtView,
  RunView,
  Seek,
  SpeedView,
  StepView,
  StopInput,
  TimelineChunk,
  WayEndView,
} from "./views/run.ts";

export type { ContextFieldView, ContextView, MemberView, RewriteView } from "./kernel/context-sides.ts";

/** The source text in the editor, assembled and verified. All questions but `check` are about the last check, named by its revision. */
export interface CheckApi {
  /** Assembles and verifies. Changes nothing but which check later questions are about. */
  check(program: ProgramInput, revision: number): CheckView | Promise<CheckView>;
  /** What the verifier believed at a slot of the last check, at most `limit` visits. [] for an older revision. */
  visits(revision: number, slot: number, limit: number): Promise<VisitView[]>;
  /** Numbers of all visits of a slot that were kept, in the verifier's order. Empty for an older revision. */
  visitNumbers(revision: number, slot: number): Promise<Int32Array>;
  /** One visit by its number. */
  visitAt(revision: number, visit: number): Promise<VisitView | null>;
  /**
   * The verifier's visit that matches a step of a run: what it believed holds for every register. null: no visit matches, or the run is of
   * another program.
   */
  visitOfStep(revision: number, run: number, step: number): Promise<VisitView | null>;
  /**
   * The step of a run that matches a visit: the first at `from` or later, else the last before it. -1: no step of the run matches what the
   * visit believed, or the run is of another program.
   */
  stepOfVisit(revision: number, run: number, visit: number, from: number): Promise<number>;
  /** The visit of a slot that wrote a line of the shown log, or the last visit before that line. -1: none. */
  visitOfLine(revision: number, slot: number, line: number): Promise<number>;
  /** Lines of the whole log, at most 2000, each with the slot it is about and the column at which a state begins (0: none). */
  logLines(
    revision: number,
    from: number,
    count: number,
  ): { readonly lines: readonly string[]; readonly slots: Int32Array; readonly states: Uint16Array };
  /** Numbers of the lines that contain the query. */
  searchLog(revision: number, query: string): Int32Array;
  /** Numbers of the lines that begin a path. */
  logSections(revision: number): Int32Array;
  /** The whole log, for copying. */
  logText(revision: number): string;
  /** Verifies again and keeps the log, its last 16 MiB. null: an older revision. */
  writeLog(revision: number): CheckView | null;
  /** Why the program was refused. null: it was accepted, or an older revision. */
  explain(revision: number): Promise<ExplanationView | null>;
  /** Changes that were made to the refused program and verified, best first. []: no change helped, or an older revision. */
  fixes(revision: number): Promise<readonly FixView[]>;
  /**
   * Runs the refused program without the verifier and looks for an input with which it does harm. `budget`: milliseconds, at most 5000.
   * null: accepted, refused before the verifier saw it, or an older revision.
   */
  witness(revision: number, budget: number): Promise<WitnessView | null>;
  /** The control flow of the last check, laid out. null: an older revision, nothing to draw, or too much to draw. */
  flow(revision: number, metrics: FlowMetrics): Promise<FlowView | null>;
  /** How often the verifier passed each block and edge, with the path to a visit. `visit` -1: the path to the refusal. */
  traffic(revision: number, visit: number): Promise<TrafficView | null>;
  /** The verifier's arrivals at a loop's head, at most `limit`. */
  rounds(revision: number, loop: FlowLoopView, limit: number): Promise<RoundsView | null>;
}

/** The simulated kernel, its only process, its program type and the steps of the recipe. */
export interface KernelApi {
  hello(): HelloView;
  /** Creates the maps and loads the program: bpf(BPF_MAP_CREATE) …, bpf(BPF_PROG_LOAD). */
  load(program: ProgramInput): LoadOutcome;
  /** bpf(BPF_PROG_ATTACH) of the program behind `fd`. Without `fd`: the program loaded last, or the bad descriptor -1 if there is none. */
  attach(fd?: number, attachType?: number): CallOutcome;
  detach(attachType?: number): CallOutcome;
  close(fd: number): CallOutcome;
  /** `echo -n data > path`. A shell's plain `echo 10` writes "10\n". */
  writeFile(path: string, data: string): SysfsOutcome;
  /** `cat path` */
  readFile(path: string): SysfsOutcome;
  /** BPF_PROG_TEST_RUN of a loaded program, or a run by an event that no file triggers. */
  testRun(fd: number, event: EventInput): CallOutcome & { readonly run: RunView | null };
  /** Map elements by file descriptor. Key and value are hex. */
  updateMap(fd: number, key: string, value: string, flags: number): CallOutcome;
  deleteMap(fd: number, key: string): CallOutcome;
  /** Runs one line in the shell. */
  shell(line: string): Promise<ShellView>;
  /** Whole words that may replace the last word of a line. */
  completeShell(line: string): Promise<readonly string[]>;
  /** Applies or undoes step 1 … 4 of the recipe. */
  patch(step: 1 | 2 | 3 | 4, applied: boolean): CallOutcome;
  /** Sets the program type that takes OREORE's place. null: the talk's type. Starts the kernel anew. A faulty definition is EINVAL. */
  define(definition: DefinitionInput | null): DefineOutcome;
  /** Starts a fresh kernel and process. The seed sets random numbers, time and addresses: the same seed gives the same runs. */
  restart(seed: number): KernelView;
  /** Sets time, random numbers and CPU of all later runs. The kernel and what is loaded stay as they are. */
  setEnvironment(environment: EnvironmentInput): void;
}

/** Recorded runs: the last one of the kernel and the last one of `runOnce`. */
export interface RunsApi {
  /**
   * Reads the text that is the input of a program of this type: what runs the program, or why the text is faulty. The empty text stands for
   * bytes of zero.
   */
  readInput(progType: string, text: string): InputView;
  /**
   * Runs without load and attach, for stepping. `verified: false` skips the verifier, so that faults can be seen. `why`: why the event did
   * not run the program.
   */
  runOnce(
    program: ProgramInput,
    event: EventInput,
    verified: boolean,
  ): { readonly check: CheckView; readonly run: RunView | null; readonly why: Texts | null };
  /** Sets the number of the next run. A worker that repeats the calls of another worker needs it. */
  runsFrom(run: number): void;
  /** null: the run is no longer kept, or has no such step. */
  step(run: number, step: number): StepView | null;
  /** Whole views of several steps, at most 2048, so that stepping a short run needs no further question. */
  steps(run: number, from: number, count: number): StepView[];
  /** One sentence about what led to a step, with its values: `R0 = 10 + 42 = 52`. At step 0: what comes first. null: no such step. */
  say(run: number, step: number): Promise<Texts | null>;
  /** At most 8192 steps. */
  chunk(run: number, from: number, count: number): TimelineChunk | null;
  /** MARK bits of the whole run in `buckets` equal parts. `breakpoints`: slots whose steps get the mark of a breakpoint. */
  marks(run: number, buckets: number, breakpoints?: readonly number[]): Uint8Array;
  seek(run: number, from: number, query: Seek): number | null;
  /**
   * Goes on (or back) until one of the stops holds after a step, else to the end (or start) of the run. `from` -1: from before the start,
   * so that a breakpoint on the first instruction counts. null: the run is no longer kept.
   */
  goOn(run: number, from: number, stops: readonly StopInput[], back?: boolean): WayEndView | null;
  /** The nearest step at which a slot is about to run: at `from` or later, else the last before it. -1: the run never reached the slot. */
  stepAt(run: number, slot: number, from: number): Promise<number>;
  /** Instructions of a program that a tail call entered. `prog`: as in StepView.prog. */
  slotsOf(run: number, prog: number): readonly SlotView[];
  /** What is wrong with the text of a condition, in English. "": nothing. */
  checkCondition(text: string): string;
  /** The run's maps as they are at that step: the first 64 elements of each map, or the window asked for. */
  mapsAt(run: number, step: number, windows?: readonly MapWindow[]): MapAtView[];
  /** null: the run has no packet. */
  packetAt(run: number, step: number): PacketAtView | null;
  /** Lines and records that the run printed or sent, at most 10000. */
  outputs(run: number): readonly OutputView[];
  /** How often a run passed each block and edge. null: the run is no longer kept. */
  traffic(run: number): Promise<TrafficView | null>;
  /** The run's arrivals at a loop's head, at most `limit`. null: the run is no longer kept. */
  rounds(run: number, loop: FlowLoopView, limit: number): Promise<RoundsView | null>;
}

/** Tools that are asked now and then. They change nothing. */
export interface ToolsApi {
  /** Well-formed packets of several protocols. */
  packets(): readonly PacketView[];
  /** The frames of a pcap or pcapng file, or a sentence that says why the file cannot be read. */
  readCapture(file: Uint8Array): readonly PacketView[] | string;
  /** The bytes of a pasted dump (xxd, hexdump -C, tcpdump -x, Wireshark, a C array, plain hex) as hex. `fault`: why it cannot be read. */
  readDump(text: string): { readonly hex: string; readonly fault: string };
  /** The headers of a frame, beginning with its link header. */
  dissect(hex: string): readonly LayerView[];
  /** Formats that fill a context of this type field by field: a struct, or the records of some tracepoints. */
  eventFormats(progType: string): readonly EventFormatView[];
  /**
   * What notation a text is in, and its program as macros. Notations: hex, dumps of bpftool and objdump, assembly, logs of the verifier, …
   */
  paste(text: string, progType?: string): PasteView | Promise<PasteView>;
  /** The program in another notation, named as in `notations`. null: it does not assemble, or there is no such notation. */
  render(program: ProgramInput, notation: string): string | null;
  notations(): readonly string[];
  /** The take-home folder of the current definition. null: the program does not assemble. */
  takeHome(program: ProgramInput): Promise<readonly TakeHomeFileView[] | null>;
  /**
   * The code of the recipe's four steps for the current definition, or for the one given. Step 4 loads the program. null: the definition is
   * faulty.
   */
  kernelCode(program: ProgramInput, definition?: DefinitionInput): Promise<KernelCodeView | null>;
  /**
   * A context as the program and as the kernel see it: of a program type by its name, or of a definition that is being typed. null: faulty.
   */
  context(progType: string, definition?: DefinitionInput): ContextView | null;
  /** Program types from which a reader's own can start. The first is the talk's. */
  presets(): readonly Preset[];
  /** Checks a definition from any source. */
  readDefinition(definition: unknown): DefinitionView;
  /** Runs a program over and over, `ms` milliseconds (at most 1000) in each of the three ways. null: the event does not run it. */
  speed(program: ProgramInput, event: EventInput, ms: number): Promise<SpeedView | null>;
  /** Two versions of a program side by side: texts, verdicts and logs. */
  compare(before: ProgramInput, now: ProgramInput): Promise<CompareView>;
  /** The program as a real kernel takes it. null: it does not assemble, or needs a type that has no number. */
  realProgram(program: ProgramInput): Promise<RealProgramView | null>;
  /** One small picture of each program. */
  pictures(programs: readonly ProgramInput[]): Promise<readonly CodePictureView[]>;
  /** Calls that a real kernel answered, as the page lists calls. The first gets the number `seq`. */
  callViews(records: readonly SyscallRecord[], seq: number): readonly SyscallView[];
  /** Whether each goal of a lesson is met, one answer per goal, judged by the program and by what the reader has done. */
  judge(program: ProgramInput, goals: readonly Goal[], reader: ReaderRecord): Promise<readonly GoalView[]>;
}

/** BPF objects that a reader brings. One is open at a time. */
export interface ObjectsApi {
  /** Reads a file (ELF, little-endian BPF). `program` is about this file from now on. */
  open(file: Uint8Array, fileName: string): ObjectAnswer<ObjectView>;
  /** Takes the unpacked types and configuration of the recorded Linux 6.18. ObjectView.needsKernel says when they are needed. */
  takeKernel(file: Uint8Array): void;
  /**
   * Uses the types of another kernel (/sys/kernel/btf/vmlinux) instead of the recorded ones and returns how many there are. null: uses the
   * recorded ones again.
   */
  takeTypes(file: Uint8Array | null, name: string): ObjectAnswer<number>;
  /** The program of that number as libbpf would load it, and the verdict of Linux 6.18. */
  program(index: number): ObjectAnswer<ObjectLoadView>;
}

/** Each group is a module of its own in groups/. It is loaded when it is first asked for. */
export interface SessionApi {
  readonly check: CheckApi;
  readonly kernel: KernelApi;
  readonly runs: RunsApi;
  readonly tools: ToolsApi;
  readonly objects: ObjectsApi;
  readonly language: LanguageApi;
}

export type Group = keyof SessionApi;
/** `check.visits`, `kernel.load`, … */
export type Method = { [Of in Group]: `${Of}.${keyof SessionApi[Of] & string}` }[Group];

/** The groups with every answer as a promise: for callers outside of the worker, and while a group's module is not loaded yet. */
export type Remote = {
  readonly [Of in Group]: {
    readonly [Name in keyof SessionApi[Of]]: SessionApi[Of][Name] extends (...args: infer Args) => infer Result
      ? (...args: Args) => Promise<Awaited<Result>>
      : never;
  };
};

/** The names of all groups. A missing group does not compile. */
const GROUPS: Readonly<Record<Group, true>> = {
  check: true,
  kernel: true,
  runs: true,
  tools: true,
  objects: true,
  language: true,
};

/** Groups whose methods are passed to `call`. */
export function remote(call: (method: Method, args: readonly unknown[]) => Promise<unknown>): Remote {
  const group = (of: string) =>
    new Proxy(
      {},
      {
        // A promise can resolve to a group only if the group has no `then` of its own.
        get: (_, name) =>
          name === "then" ? undefined : (...args: readonly unknown[]) => call(`${of}.${String(name)}` as Method, args),
      },
    );
  return Object.fromEntries(Object.keys(GROUPS).map((of) => [of, group(of)])) as unknown as Remote;
}
