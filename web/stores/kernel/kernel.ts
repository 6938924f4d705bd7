// The simulated kernel as the page sees it: load, attach, echo, cat, and the list of system calls they made.
import { create } from "zustand";
import {
  type Act,
  type CallOutcome,
  type Cause,
  type ContextView,
  DEFAULT_PRESET,
  type DefinitionInput,
  freshStart,
  type HelloView,
  type KernelView,
  OREORE_FILE,
  type Preset,
  type ProgramInput,
  type ProgTypeView,
  type RecipeStep,
  type RunView,
  type ShellView,
  type SyscallView,
  type SysfsOutcome,
} from "../../../engine/index.ts";
import { saveFile } from "../../ui/save.ts";
import { freshCheck, useVerdict } from "../check/verdict.ts";
import { answered, engine, onEngineBusy } from "../engine.ts";
import {
  chooseProgType,
  editInput,
  isSameProgram,
  programInput,
  recheck,
  setAskedDefinition,
  showNotice,
  useProgram,
} from "../program/program.ts";
import { showRun } from "../run/machine.ts";
import { beginAct, noteCalls, noteRun } from "../run/result.ts";
import { recordAct } from "./journal.ts";
import { whichKernel } from "./which-kernel.ts";

/** The actions of the real kernel, loaded when it is chosen. */
const real = () => import("../../linux/real-kernel.ts");

/** The file whose writes run the program. Given even if the module that makes it is not loaded. */
export const hookPath = ({ kernel }: Pick<KernelState, "kernel">): string => kernel?.own.path ?? OREORE_FILE;

export interface FileOutput {
  /** What cat printed, or the errno's name. */
  readonly text: string;
  readonly failed: boolean;
  readonly from: "read" | "write";
  /** What a shell prints when the call fails: `bash: echo: write error: Invalid argument`. "": not known. */
  readonly shellMessage: string;
  /** Which check refused the call, if known. */
  readonly cause?: Cause;
}

/** Stands for a definition of the reader's own, where a preset's name is expected. */
export const OWN_DEFINITION = "own";

export interface KernelState {
  readonly hello: HelloView | null;
  readonly kernel: KernelView | null;
  readonly calls: readonly SyscallView[];
  /** Calls of the last act. */
  readonly lastCalls: readonly SyscallView[];
  /** Descriptor of the program loaded last. -1: none. */
  readonly fd: number;
  /** The program behind `fd` as it was loaded. null: there is none, or it was not that of the page. */
  readonly loaded: ProgramInput | null;
  /** Result of the last echo or cat. */
  readonly output: FileOutput | null;
  /** Lines typed into the shell and their output, oldest first. */
  readonly terminal: readonly {
    readonly id: number;
    readonly line: string;
    readonly output: string;
    readonly failed: boolean;
  }[];
  /** Program types that can take OREORE's place, and the current one: a preset's name, or OWN_DEFINITION. */
  readonly presets: readonly Preset[];
  readonly preset: string;
  /** The definition of the current type. null: the talk's. */
  readonly definition: DefinitionInput | null;
  /** An answer has been awaited for longer than a moment. */
  readonly busy: boolean;
}

/** The state of programs and calls in a fresh kernel. */
export const NOTHING_LOADED = { fd: -1, loaded: null, calls: [], lastCalls: [], output: null } as const;

export const useKernel = create<KernelState>()(() => ({
  ...NOTHING_LOADED,
  hello: null,
  kernel: null,
  terminal: [],
  presets: [],
  preset: DEFAULT_PRESET,
  definition: null,
  busy: false,
}));

const { getState: get, setState: set } = useKernel;
/** The most system calls kept in the list. */
const KEPT_CALLS = 1000;
const KEPT_LINES = 50;

export async function startKernel(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  onEngineBusy((busy) => {
    clearTimeout(timer);
    if (busy) timer = setTimeout(() => set({ busy: true }), 400);
    else set({ busy: false });
  });
  // Asks again if the answer was lost because the reader ended a first check.
  if (!(await fetchHello())) await fetchHello();
  // A link names the reader's own program type that it was made for.
  let opened = 0;
  const follow = async (): Promise<void> => {
    const program = useProgram.getState();
    if (program.openCount === opened) return;
    opened = program.openCount;
    const { askedDefinition } = program;
    if (askedDefinition) {
      if (!sameDefinition(askedDefinition, get().definition)) await define(askedDefinition, OWN_DEFINITION, true);
      return;
    }
    if (program.askedPreset === get().preset) return;
    if (get().presets.length === 0) await loadPresets();
    await choosePreset(program.askedPreset, true);
  };
  useProgram.subscribe((now, before) => {
    // The result of an act belongs to the program before the edit.
    if (now.revision !== before.revision) beginAct();
    void follow();
  });
  useVerdict.subscribe(takeTypeInSource);
  takeTypeInSource();
  await follow();
}

/** Waits until a condition on the kernel holds. */
export const waitForKernel = (holds: (kernel: KernelState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (holds(get())) return resolve();
    const stop = useKernel.subscribe((now) => {
      if (!holds(now)) return;
      stop();
      resolve();
    });
  });

/** Asks what the kernel knows. false: the question was cancelled. */
async function fetchHello(): Promise<boolean> {
  const hello = await answered(engine().api.kernel.hello());
  if (hello) set({ hello, kernel: hello.kernel });
  return hello !== undefined;
}

/** If the source names its program type, the whole page uses that type. */
function takeTypeInSource(): void {
  const { check } = useVerdict.getState();
  const { progType, revision } = useProgram.getState();
  if (!check || check.revision !== revision || check.typeInSource === "" || check.typeInSource === progType) return;
  const after = progTypeView(check.typeInSource);
  if (!after) return;
  const sameEvent = progTypeView(progType)?.event === after.event;
  useProgram.setState({ progType: after.name, ...(!sameEvent && { input: after.firstInput }) });
}

export const progTypeView = (name: string): ProgTypeView | undefined =>
  get().hello?.progTypes.find((type) => type.name === name);

export function noteOutcome(outcome: CallOutcome, act?: Act): void {
  if (act) recordAct(act, outcome);
  set((s) => ({
    kernel: outcome.kernel,
    calls: [...s.calls, ...outcome.calls].slice(-KEPT_CALLS),
    ...(outcome.calls.length > 0 && { lastCalls: outcome.calls }),
  }));
  noteCalls(outcome.calls);
}

/** Chooses another program type. If another kind of event runs it, the input becomes that type's first one. */
export function chooseType(name: string): void {
  const before = progTypeView(useProgram.getState().progType)?.event;
  const after = progTypeView(name);
  chooseProgType(name);
  if (after && after.event !== before) editInput(after.firstInput);
}

let queueEnd: Promise<unknown> = Promise.resolve();

/**
 * Does the kernel's requests in the order of asking, each after the one before. `make` must not call queued() itself: it would wait for
 * itself.
 */
export function queued<Result>(make: () => Promise<Result>): Promise<Result> {
  const mine = queueEnd.then(make);
  queueEnd = mine.catch(() => {});
  return mine;
}

/** Makes an act of the reader from a function. (Run is one act of several calls.) */
const asAct =
  <Args extends readonly unknown[], Result>(make: (...args: Args) => Promise<Result>) =>
  (...args: Args): Promise<Result> =>
    queued(() => {
      beginAct();
      return make(...args);
    });

export const load = asAct(loadProgram);
export const attach = asAct(attachProgram);
export const detach = asAct(detachProgram);
/** Writes the input as it is when this is called. */
export const write = (): Promise<void> => writeText(useProgram.getState().input);
const writeText = asAct(writeInput);
export const read = asAct(readAnswer);
export const runLine = asAct(runShell);
export const testRun = asAct(testRunProgram);

async function loadProgram(): Promise<boolean> {
  if (whichKernel() === "real") return (await real()).load();
  const program = programInput(useProgram.getState());
  const outcome = await answered(engine().api.kernel.load(program));
  if (!outcome) return false;
  noteOutcome(outcome, { do: "load" });
  if (outcome.ret < 0) return false;
  set({ fd: outcome.ret, loaded: program });
  return true;
}

async function attachProgram(): Promise<boolean> {
  if (whichKernel() === "real") return (await real()).attach();
  const outcome = await answered(engine().api.kernel.attach());
  if (outcome) noteOutcome(outcome, { do: "attach" });
  return outcome !== undefined && outcome.ret >= 0;
}

async function detachProgram(): Promise<void> {
  if (whichKernel() === "real") return (await real()).detach();
  const outcome = await answered(engine().api.kernel.detach());
  if (outcome) noteOutcome(outcome, { do: "detach" });
}

/** `echo input > /sys/oreore/bpf` */
async function writeInput(input: string): Promise<void> {
  if (whichKernel() === "real") return (await real()).write(input);
  const { api } = engine();
  if (!get().kernel) await fetchHello();
  const read = await answered(api.runs.readInput(get().kernel?.own.name ?? "", input));
  if (!read?.ok || read.event.kind !== "sysfs") return;
  const outcome = await answered(api.kernel.writeFile(read.event.path, read.event.data));
  if (!outcome) return;
  showFileOutcome(outcome, "write", { do: "echo", text: input });
  if (outcome.run) await showKernelRun(outcome.run, "event", `echo ${input}`);
}

/** `cat /sys/oreore/bpf` */
async function readAnswer(): Promise<void> {
  if (whichKernel() === "real") return (await real()).read();
  const outcome = await answered(engine().api.kernel.readFile(hookPath(get())));
  if (outcome) showFileOutcome(outcome, "read", { do: "cat" });
}

export function showFileOutcome(outcome: SysfsOutcome, from: "read" | "write", act?: Act): void {
  noteOutcome(outcome, act);
  const failed = outcome.ret < 0;
  const cause = outcome.calls.find(({ errno }) => errno !== 0)?.cause;
  const text = failed ? outcome.errnoName : outcome.data;
  set({
    output: { text, failed, from, shellMessage: failed ? outcome.terminal.trimEnd() : "", ...(cause && { cause }) },
  });
}

const CLEAR = "\x1b[2J";

/** Runs one line in the shell: cat, echo, bpftool, ls … */
async function runShell(line: string): Promise<void> {
  const outcome = await answered(engine().api.kernel.shell(line));
  if (!outcome) return;
  noteOutcome(outcome, { do: "shell", line });
  addTerminalLine(line, outcome);
  if (outcome.run) await showKernelRun(outcome.run, "event", line);
}

/** Adds a line and its output to the terminal. */
export function addTerminalLine(line: string, outcome: Pick<ShellView, "output" | "status">): void {
  const { status } = outcome;
  // `clear` prints the control sequence that empties a terminal.
  const [, output = outcome.output] = outcome.output.split(CLEAR);
  if (outcome.output.includes(CLEAR)) set({ terminal: [] });
  set((s) => ({
    terminal: [...s.terminal, { id: (s.terminal.at(-1)?.id ?? 0) + 1, line, output, failed: status !== 0 }].slice(
      -KEPT_LINES,
    ),
  }));
}

/** What the last word of a line can be completed to. */
export const completeLine = async (line: string): Promise<readonly string[]> =>
  (await answered(engine().api.kernel.completeShell(line))) ?? [];

/** BPF_PROG_TEST_RUN, for types that no sysfs file runs. */
async function testRunProgram(): Promise<void> {
  const program = useProgram.getState();
  const { api } = engine();
  const input = await answered(api.runs.readInput(program.progType, program.input));
  if (!input) return;
  if (!input.ok) return showNotice({ kind: "said", words: input.why, bad: true });
  const outcome = await answered(api.kernel.testRun(get().fd, input.event));
  if (!outcome) return;
  noteOutcome(outcome, { do: "test", text: program.input });
  if (outcome.run) await showKernelRun(outcome.run, "test", "");
}

/** Shows a run that the kernel made, ready for stepping, and makes it the result of the act. */
function showKernelRun(run: RunView, origin: "event" | "test", by: string): Promise<void> {
  noteRun(run);
  return showRun(run, origin, by, 0);
}

/**
 * The whole demo with one key: load, attach, echo, cat. Ends at the end of the run, or at the first stop before it. A program that is
 * already loaded and attached stays, with the contents of its maps. false: a step was refused.
 */
export const runAll = (): Promise<boolean> => queued(runDemo);

async function runDemo(): Promise<boolean> {
  await freshCheck();
  beginAct();
  if (!isLoaded() && !(await loadProgram())) return false;
  const { progType } = useProgram.getState();
  if (!get().hello) await fetchHello();
  if (progTypeView(progType)?.event === "sysfs") {
    if (!isAttached() && !(await attachProgram())) return false;
    await writeInput(useProgram.getState().input);
    if (get().output?.failed) return false;
    await readAnswer();
  } else {
    await testRunProgram();
  }
  await (await import("../run/travel.ts")).goOnFromStart();
  return true;
}

/** Whether the current program is the one behind `fd`. */
export function isLoaded(): boolean {
  const { fd, loaded } = get();
  return fd >= 0 && loaded !== null && isSameProgram(loaded, programInput(useProgram.getState()));
}

/** Whether a write to the hook's file runs that program. */
function isAttached(): boolean {
  const { kernel, fd } = get();
  const id = kernel?.fds.find((one) => one.fd === fd)?.id;
  return kernel?.attachments.some(({ progId }) => progId !== 0 && progId === id) ?? false;
}

export async function loadPresets(): Promise<void> {
  const presets = await answered(engine().api.tools.presets());
  if (presets) set({ presets });
}

/** Chooses another program type from the presets. The kernel starts anew with it. */
export async function choosePreset(name: string, keepProgram = false): Promise<void> {
  const preset = get().presets.find((p) => p.name === name);
  if (preset) await define(preset.definition, name, keepProgram);
}

/** The same with a definition from the form. false: the kernel refused it. */
export const defineOwn = (definition: DefinitionInput): Promise<boolean> => define(definition, OWN_DEFINITION, false);

export const sameDefinition = (a: DefinitionInput | null, b: DefinitionInput | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const define = (definition: DefinitionInput, name: string, keepProgram: boolean): Promise<boolean> =>
  queued(() => defineType(definition, name, keepProgram));

async function defineType(definition: DefinitionInput, name: string, keepProgram: boolean): Promise<boolean> {
  const outcome = await answered(engine().api.kernel.define(name === DEFAULT_PRESET ? null : definition));
  if (!outcome || outcome.ret < 0) return false;
  const { hello, kernel } = outcome;
  // A link already names the type that it was made for.
  if (!keepProgram) recordAct({ do: "define", preset: name }, outcome);
  set({ ...NOTHING_LOADED, preset: name, definition, kernel, hello });
  setAskedDefinition(name === DEFAULT_PRESET ? null : definition);
  if (keepProgram) {
    recheck();
    return true;
  }
  chooseProgType(kernel.own.name);
  editInput(progTypeView(kernel.own.name)?.firstInput ?? "");
  return true;
}

/** Applies a step of the recipe or undoes it. Step 4 is a running program: it loads the editor's program and attaches it. */
export const switchStep = (step: RecipeStep, applied: boolean): Promise<void> =>
  queued(() => switchStepNow(step, applied));

async function switchStepNow(step: RecipeStep, applied: boolean): Promise<void> {
  const outcome = await answered(engine().api.kernel.patch(step, applied));
  if (!outcome) return;
  recordAct({ do: applied ? "apply" : "revert", step }, outcome);
  kernelBooted(outcome.kernel);
  if (step !== 4 || !applied) return;
  beginAct();
  if (!(await loadProgram())) return;
  beginAct();
  await attachProgram();
}

/** The kernel was booted, so loaded programs are gone. */
export function kernelBooted(kernel: KernelView): void {
  set({ ...NOTHING_LOADED, kernel });
  recheck();
}

/** Applies the steps again that the kernel lacks, in their order. */
export const applySteps = (steps: readonly RecipeStep[]): Promise<void> =>
  queued(async () => {
    for (const step of steps) await switchStepNow(step, true);
  });

/** Starts a fresh kernel with these steps of the recipe. */
export const bootFreshKernel = (recipe: readonly boolean[]): Promise<void> =>
  queued(async () => {
    const kernel = await answered(freshStart(engine().api, recipe));
    if (!kernel) return;
    set({ terminal: [] });
    kernelBooted(kernel);
  });

/** A program type's context as the program and as the kernel see it, by the type's name. */
export const askContext = (progType: string): Promise<ContextView | null | undefined> =>
  answered(engine().api.tools.context(progType));

/** Gives the take-home folder to the reader as a file. */
export async function takeHome(): Promise<void> {
  const files = await answered(engine().api.tools.takeHome(programInput(useProgram.getState())));
  if (!files) return;
  const { zip } = await import("../../ui/zip.ts");
  const name = get().kernel?.own.name ?? DEFAULT_PRESET;
  saveFile(`${name}-take-home.zip`, zip(files.map((file) => ({ ...file, path: `${name}/${file.path}` }))));
}
