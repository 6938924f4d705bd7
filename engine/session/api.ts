// Everything the page can ask, in a few groups. Implemented by the modules of groups/, put together by session.ts; who asks
// holds a `Remote`, whether the session is in its own thread or behind a worker.

import type { Texts } from "../base/language.ts";
import type { DefinitionInput } from "../kernel/definition-input.ts";
import type { Preset } from "../kernel/presets.ts";
import type { SyscallRecord } from "../kernel/syscall.ts";
import type { LayerView } from "../packets/headers.ts";
import type { PacketView } from "../packets/packets.ts";
import type { LanguageApi } from "./check/language.ts";
import type { ContextView } from "./kernel/context-sides.ts";
import type { ObjectAnswer, ObjectLoadView, ObjectView } from "./object/object-views.ts";
import type { FlowLoopView, FlowMetrics, FlowView, RoundsView, TrafficView } from "./run/flow.ts";
import type { CheckView, ExplanationView, FixView, VisitView, WitnessView } from "./views/check.ts";
import type { CompareView } from "./views/compare.ts";
import type { Goal, GoalView, Reader } from "./views/goal.ts";
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
  WayView,
} from "./views/run.ts";

export type { ContextFieldView, ContextView, MemberView, RewriteView } from "./kernel/context-sides.ts";

/** What stands in the editor: assembled and verified. Later questions are about the last check, by its revision. */
export interface CheckApi {
  /** Assemble and verify; changes nothing but which check later questions are about. */
  check(program: ProgramInput, revision: number): CheckView | Promise<CheckView>;
  /** What the verifier believed at a slot of the last check, at most `limit` visits. [] for an older revision. */
  visits(revision: number, slot: number, limit: number): VisitView[];
  /** Numbers of all visits of a slot that were kept, in the verifier's order; none for an older revision. */
  visitNumbers(revision: number, slot: number): Int32Array;
  /** One visit by its number. */
  visitAt(revision: number, visit: number): VisitView | null;
  /** The visit that a step of a run belongs to: its belief holds for every register. null: there is none, or another program's run. */
  visitOfStep(revision: number, run: number, step: number): Promise<VisitView | null>;
  /**
   * The step of a run that belongs to a visit: the first at `from` or later, else the last before it. -1: the run did not come
   * by with this belief, or it is another program's.
   */
  stepOfVisit(revision: number, run: number, visit: number, from: number): Promise<number>;
  /** The visit of a slot that wrote a line of the log shown, or the last one before it; -1: none. */
  visitOfLine(revision: number, slot: number, line: number): number;
  /** Lines of the whole log, at most 2000, each with the slot it is about and the column at which a state begins (0: none). */
  logLines(
    revision: number,
    from: number,
    count: number,
  ): { readonly lines: readonly string[]; readonly slots: Int32Array; readonly states: Uint16Array };
  /** Numbers of the lines that hold a text. */
  searchLog(revision: number, query: string): Int32Array;
  /** Numbers of the lines at which a path begins. */
  logSections(revision: number): Int32Array;
  /** All of it, for copying. */
  logText(revision: number): string;
  /** Verifies again and writes the log down, its last 16 MiB; null: an older revision. */
  writeLog(revision: number): CheckView | null;
  /** null: accepted, or an older revision. */
  explain(revision: number): Promise<ExplanationView | null>;
  /** Changes that were made to the refused program and verified, best first; [] where none helped, or for an older revision. */
  fixes(revision: number): Promise<readonly FixView[]>;
  /**
   * Looks for an input with which the refused program does harm, run without the verifier: `budget` milliseconds, at most
   * 5000. null: accepted, refused before the verifier saw it, or an older revision.
   */
  witness(revision: number, budget: number): Promise<WitnessView | null>;
  /** The control flow of the last check, laid out; null: an older revision, nothing to draw, or too much of it. */
  flow(revision: number, metrics: FlowMetrics): Promise<FlowView | null>;
  /** How often the verifier walked each block and edge, with the path to a visit (-1: to the refused one). */
  traffic(revision: number, visit: number): Promise<TrafficView | null>;
  /** Each of the verifier's arrivals at a loop's head, at most `limit`. */
  rounds(revision: number, loop: FlowLoopView, limit: number): Promise<RoundsView | null>;
}

/** The simulated kernel, its one process, and how it is built. */
export interface KernelApi {
  hello(): HelloView;
  /** Creates the maps and loads the program: bpf(BPF_MAP_CREATE) …, bpf(BPF_PROG_LOAD). */
  load(program: ProgramInput): LoadOutcome;
  /** bpf(BPF_PROG_ATTACH) of the program behind `fd`; left out: of the last one loaded (bad fd -1 if there is none). */
  attach(fd?: number, attachType?: number): CallOutcome;
  detach(attachType?: number): CallOutcome;
  close(fd: number): CallOutcome;
  /** `echo -n data > path`; a shell's plain `echo 10` writes "10\n". */
  writeFile(path: string, data: string): SysfsOutcome;
  /** `cat path` */
  readFile(path: string): SysfsOutcome;
  /** BPF_PROG_TEST_RUN of a loaded program, or of an event that is not a file's. */
  testRun(fd: number, event: EventInput): CallOutcome & { readonly run: RunView | null };
  /** Map elements by file descriptor; key and value as hex. */
  updateMap(fd: number, key: string, value: string, flags: number): CallOutcome;
  deleteMap(fd: number, key: string): CallOutcome;
  /** One line for the shell. */
  shell(line: string): Promise<ShellView>;
  /** What may stand in the place of the last word of a line: whole words. */
  completeShell(line: string): Promise<readonly string[]>;
  /** Applies or takes back step 1 … 4 of the recipe. */
  patch(step: 1 | 2 | 3 | 4, applied: boolean): CallOutcome;
  /** The program type that OREORE's place is given to; null: the deck's. Starts the kernel anew; a faulty one is EINVAL. */
  define(definition: DefinitionInput | null): DefineOutcome;
  /** A fresh kernel and process. The seed drives random numbers, time and addresses: same seed, same runs. */
  restart(seed: number): KernelView;
  /** Time, chance and CPU of all runs from now on; the kernel and what is loaded stay as they are. */
  setEnvironment(environment: EnvironmentInput): void;
}

/** Runs that were recorded: the last of the kernel and the last of `runOnce`. */
export interface RunsApi {
  /** The text that stands beside a program of this type: what runs the program, or why it is none. Empty: bytes of zero. */
  readInput(progType: string, text: string): InputView;
  /**
   * Runs without load and attach, to step through; `verified: false` skips the verifier, so that faults can be seen. `why`:
   * why the event did not make a program run that could have.
   */
  runOnce(
    program: ProgramInput,
    event: EventInput,
    verified: boolean,
  ): { readonly check: CheckView; readonly run: RunView | null; readonly why: Texts | null };
  /** The next run gets this number: for a worker that repeats what another one did. */
  runsFrom(run: number): void;
  /** null: no such run any more. */
  step(run: number, step: number): StepView | null;
  /** Whole views of several steps, at most 2048, so that stepping a short run needs no further question. */
  steps(run: number, from: number, count: number): StepView[];
  /** One sentence of what led to a step, with its values: `R0 = 10 + 42 = 52`; at step 0, what comes. null: no such step. */
  say(run: number, step: number): Promise<Texts | null>;
  /** At most 8192 steps. */
  chunk(run: number, from: number, count: number): TimelineChunk | null;
  /** MARK bits of the whole run in `buckets` equal parts; `breakpoints`: slots whose visits are marked as such. */
  marks(run: number, buckets: number, breakpoints?: readonly number[]): Uint8Array;
  seek(run: number, from: number, query: Seek): number | null;
  /**
   * On (or back) until one of the stops holds after a step, else to the end (or start) of the run. `from` -1: from before the
   * start, where a breakpoint on the first instruction counts. null: no such run any more.
   */
  goOn(run: number, from: number, stops: readonly StopInput[], back?: boolean): WayView | null;
  /** The nearest step at which a slot is about to run: at `from` or later, else the last before it; -1: the run did not come there. */
  stepAt(run: number, slot: number, from: number): Promise<number>;
  /** Instructions of a program that a tail call went to: StepView.prog. */
  slotsOf(run: number, prog: number): readonly SlotView[];
  /** What is wrong with the text of a condition, English; "" where nothing is. */
  checkCondition(text: string): string;
  /** The run's maps as they are at that step; of each the first 64 elements, or the window asked for. */
  mapsAt(run: number, step: number, windows?: readonly MapWindow[]): MapAtView[];
  /** null: the run has no packet. */
  packetAt(run: number, step: number): PacketAtView | null;
  /** Lines and records that the run sent out, at most 10000. */
  outputs(run: number): readonly OutputView[];
  /** How often a run walked each block and edge. null: no such run any more. */
  traffic(run: number): Promise<TrafficView | null>;
  /** Each of its arrivals at a loop's head, at most `limit`. */
  rounds(run: number, loop: FlowLoopView, limit: number): Promise<RoundsView | null>;
}

/** What is asked for now and then, beside the program and the kernel; changes nothing. */
export interface ToolsApi {
  /** Well-formed packets of several protocols. */
  packets(): readonly PacketView[];
  /** The frames of a pcap or pcapng file, or a sentence that says why it cannot be read. */
  readCapture(file: Uint8Array): readonly PacketView[] | string;
  /** The bytes of a pasted dump (xxd, hexdump -C, tcpdump -x, Wireshark, a C array, plain hex) as hex; `fault`: why not. */
  readDump(text: string): { readonly hex: string; readonly fault: string };
  /** The headers of a frame, from its link header on. */
  dissect(hex: string): readonly LayerView[];
  /** What a context of this type can be filled with by fields: a struct, or the records of some tracepoints. */
  eventFormats(progType: string): readonly EventFormatView[];
  /** What a text in another notation is, and the same as macros: hex, dumps of bpftool and objdump, assembly, logs of the verifier, … */
  paste(text: string, progType?: string): PasteView | Promise<PasteView>;
  /** The program in another notation; names as `notations` gives them. null: it does not assemble, or there is no such. */
  render(program: ProgramInput, notation: string): string | null;
  notations(): readonly string[];
  /** The folder to take home for the current definition; null where the program does not assemble. */
  takeHome(program: ProgramInput): Promise<readonly TakeHomeFileView[] | null>;
  /** The code of the four steps for the current definition, or for another; step 4 loads the program. null: faulty. */
  kernelCode(program: ProgramInput, definition?: DefinitionInput): Promise<KernelCodeView | null>;
  /** A context from both sides: of a program type by its name, or of a definition that is being typed. null: faulty. */
  context(progType: string, definition?: DefinitionInput): ContextView | null;
  /** Program types to start one's own from; the first is the deck's. */
  presets(): readonly Preset[];
  /** A definition, wherever it comes from. */
  readDefinition(definition: unknown): DefinitionView;
  /** Runs a program over and over, `ms` milliseconds (at most 1000) in each of the three ways. null: nothing makes it run. */
  speed(program: ProgramInput, event: EventInput, ms: number): Promise<SpeedView | null>;
  /** Two versions of a program side by side: texts, verdicts and logs. */
  compare(before: ProgramInput, now: ProgramInput): Promise<CompareView>;
  /** The program as a real kernel takes it; null: it does not assemble, or needs a type that has no number. */
  realProgram(program: ProgramInput): Promise<RealProgramView | null>;
  /** Programs as small pictures, one each. */
  pictures(programs: readonly ProgramInput[]): Promise<readonly CodePictureView[]>;
  /** Calls that a real kernel answered, as the list of calls shows them; the first gets the number `seq`. */
  callViews(records: readonly SyscallRecord[], seq: number): readonly SyscallView[];
  /** Which goals of a lesson are met, one answer a goal: by the program, and by what the reader has done. */
  judge(program: ProgramInput, goals: readonly Goal[], reader: Reader): Promise<readonly GoalView[]>;
}

/** BPF objects that a reader brings. One is open at a time. */
export interface ObjectsApi {
  /** Reads a file (ELF, little-endian BPF); what `program` speaks of from now on. */
  open(file: Uint8Array, fileName: string): ObjectAnswer<ObjectView>;
  /** The recorded Linux 6.18, unpacked: ObjectView.needsKernel says that it is needed. */
  takeKernel(file: Uint8Array): void;
  /** Types of another kernel (/sys/kernel/btf/vmlinux) in place of the recorded ones; how many there are. Null: the recorded ones again. */
  takeTypes(file: Uint8Array | null, name: string): ObjectAnswer<number>;
  /** The program of that number as libbpf would load it, and what Linux 6.18 says. */
  program(index: number): ObjectAnswer<ObjectLoadView>;
}

/** Each group is a module of its own (groups/) that is loaded when it is first asked for. */
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

/** The groups, from where each answer is awaited: outside of the worker, or of the modules that are not loaded yet. */
export type Remote = {
  readonly [Of in Group]: {
    readonly [Name in keyof SessionApi[Of]]: SessionApi[Of][Name] extends (...args: infer Args) => infer Result
      ? (...args: Args) => Promise<Awaited<Result>>
      : never;
  };
};

/** All of them; a group that is missing here does not compile. */
const GROUPS: Readonly<Record<Group, true>> = {
  check: true,
  kernel: true,
  runs: true,
  tools: true,
  objects: true,
  language: true,
};

/** Groups whose methods are given to `call`. */
export function remote(call: (method: Method, args: readonly unknown[]) => Promise<unknown>): Remote {
  const group = (of: string) =>
    new Proxy(
      {},
      {
        // A group that is handed through a promise is no promise itself.
        get: (_, name) =>
          name === "then" ? undefined : (...args: readonly unknown[]) => call(`${of}.${String(name)}` as Method, args),
      },
    );
  return Object.fromEntries(Object.keys(GROUPS).map((of) => [of, group(of)])) as unknown as Remote;
}
