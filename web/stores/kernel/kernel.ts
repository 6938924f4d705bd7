// The simulated kernel as the page sees it: load, attach, echo, cat, and the list of system calls they made.
import { create } from "zustand";
import {
  type Act,
  type CallOutcome,
  type Cause,
  type ContextView,
  type DefinitionInput,
  freshStart,
  type HelloView,
  type KernelView,
  OREORE_FILE,
  type Preset,
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
  noteWhat,
  programInput,
  recheck,
  useProgram,
  writtenFor,
} from "../program/program.ts";
import { adopt } from "../run/machine.ts";
import { beginAct, noteCalls, noteRun } from "../run/result.ts";
import { didAct } from "./journal.ts";
import { whichKernel } from "./which-kernel.ts";

/** The real kernel's side, loaded when it is chosen. */
const real = () => import("../../linux/real-kernel.ts");

/** The file whose writes run the program, whether the module that makes it is there or not. */
export const hookPath = ({ kernel }: Pick<KernelState, "kernel">): string => kernel?.own.path ?? OREORE_FILE;

export interface FileOutput {
  /** What cat printed, or the errno's name. */
  readonly text: string;
  readonly failed: boolean;
  readonly from: "read" | "write";
  /** What a shell says to a refusal: `bash: echo: write error: Invalid argument`; "" where that is not known. */
  readonly said: string;
  /** Which check refused, where that is known. */
  readonly cause?: Cause;
}

/** In place of a preset's name: a definition of the reader's own. */
export const OWN = "own";

export interface KernelState {
  readonly hello: HelloView | null;
  readonly kernel: KernelView | null;
  readonly calls: readonly SyscallView[];
  /** Those of the last act. */
  readonly lastCalls: readonly SyscallView[];
  /** File descriptor of the last program loaded, -1: none. */
  readonly fd: number;
  /** Revision of the program behind `fd`. */
  readonly loadedRevision: number;
  /** The last load made maps anew where a program had been loaded before: what its maps held is gone. */
  readonly mapsAreNew: boolean;
  /** What the last echo or cat gave. */
  readonly output: FileOutput | null;
  /** What was typed into the shell and what it printed, oldest first. */
  readonly session: readonly {
    readonly id: number;
    readonly line: string;
    readonly output: string;
    readonly failed: boolean;
  }[];
  /** Program types to put in OREORE's place, and the one that is there: a preset's name, or OWN. */
  readonly presets: readonly Preset[];
  readonly preset: string;
  /** The same as it was defined; null: the deck's. */
  readonly definition: DefinitionInput | null;
  /** An answer is awaited for longer than a moment. */
  readonly busy: boolean;
}

export const useKernel = create<KernelState>()(() => ({
  hello: null,
  kernel: null,
  calls: [],
  lastCalls: [],
  fd: -1,
  loadedRevision: -1,
  mapsAreNew: false,
  output: null,
  session: [],
  presets: [],
  preset: "oreore",
  definition: null,
  busy: false,
}));

const { getState: get, setState: set } = useKernel;
/** What a fresh kernel knows of programs and calls. */
const STARTED = { fd: -1, loadedRevision: -1, mapsAreNew: false, calls: [], lastCalls: [], output: null } as const;
/** Longest list of system calls that is kept. */
const KEPT_CALLS = 1000;
const KEPT_LINES = 50;

export async function startKernel(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  onEngineBusy((busy) => {
    clearTimeout(timer);
    if (busy) timer = setTimeout(() => set({ busy: true }), 400);
    else set({ busy: false });
  });
  // Once more, where it was lost with a first check that the reader ended.
  if (!(await greet())) await greet();
  // A link says for which program type of one's own it was made.
  let opened = 0;
  const follow = async (): Promise<void> => {
    const program = useProgram.getState();
    if (program.opened === opened) return;
    opened = program.opened;
    const { askedDefinition } = program;
    if (askedDefinition) {
      if (!same(askedDefinition, get().definition)) await put(askedDefinition, OWN, true);
      return;
    }
    if (program.askedPreset === get().preset) return;
    if (get().presets.length === 0) await loadPresets();
    await choosePreset(program.askedPreset, true);
  };
  useProgram.subscribe((now, before) => {
    // What came of an act was the program's before the edit.
    if (now.revision !== before.revision) beginAct();
    void follow();
  });
  useVerdict.subscribe(takeSaidType);
  takeSaidType();
  await follow();
}

/** Waits until something holds of the kernel, where it does not yet. */
export const kernelWhere = (holds: (kernel: KernelState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (holds(get())) return resolve();
    const stop = useKernel.subscribe((now) => {
      if (!holds(now)) return;
      stop();
      resolve();
    });
  });

/** What the kernel knows; false where the question was ended. */
async function greet(): Promise<boolean> {
  const hello = await answered(engine().api.kernel.hello());
  if (hello) set({ hello, kernel: hello.kernel });
  return hello !== undefined;
}

/** A source that names its program type is taken for that, everywhere on the page. */
function takeSaidType(): void {
  const { check } = useVerdict.getState();
  const { progType, revision } = useProgram.getState();
  if (!check || check.revision !== revision || check.saidType === "" || check.saidType === progType) return;
  const after = progTypeView(check.saidType);
  if (!after) return;
  const sameEvent = progTypeView(progType)?.event === after.event;
  useProgram.setState({ progType: after.name, ...(!sameEvent && { input: after.firstInput }) });
}

export const progTypeView = (name: string): ProgTypeView | undefined =>
  get().hello?.progTypes.find((type) => type.name === name);

export function note(outcome: CallOutcome, act?: Act): void {
  if (act) didAct(act, outcome);
  set((s) => ({
    kernel: outcome.kernel,
    calls: [...s.calls, ...outcome.calls].slice(-KEPT_CALLS),
    ...(outcome.calls.length > 0 && { lastCalls: outcome.calls }),
  }));
  noteCalls(outcome.calls);
}

/** Another program type; where something else makes it run, the input is that type's first one. */
export function chooseType(name: string): void {
  const before = progTypeView(useProgram.getState().progType)?.event;
  const after = progTypeView(name);
  chooseProgType(name);
  if (after && after.event !== before) editInput(after.firstInput);
}

let before: Promise<unknown> = Promise.resolve();

/**
 * What is asked of the kernel is done in the order of asking, each with what the one before left. `make` asks for nothing in turn
 * itself: it would wait for itself.
 */
export function inTurn<Result>(make: () => Promise<Result>): Promise<Result> {
  const mine = before.then(make);
  before = mine.catch(() => {});
  return mine;
}

/** Each of these is one act of the reader's; Run is one act of several calls. */
const act =
  <Args extends readonly unknown[], Result>(make: (...args: Args) => Promise<Result>) =>
  (...args: Args): Promise<Result> =>
    inTurn(() => {
      beginAct();
      return make(...args);
    });

export const load = act(loadProgram);
export const attach = act(attachProgram);
export const detach = act(detachProgram);
/** Writes what stands in the input when it is asked for. */
export const write = (): Promise<void> => writeText(useProgram.getState().input);
const writeText = act(writeInput);
export const read = act(readAnswer);
export const runLine = act(runShell);
export const testRun = act(testRunProgram);

async function loadProgram(): Promise<boolean> {
  if (whichKernel() === "real") return (await real()).load();
  const program = useProgram.getState();
  const outcome = await answered(engine().api.kernel.load(programInput(program)));
  if (!outcome) return false;
  note(outcome, { do: "load" });
  if (outcome.ret < 0) return false;
  set((s) => ({
    fd: outcome.ret,
    loadedRevision: program.revision,
    mapsAreNew: s.fd >= 0 && outcome.calls.some(({ call }) => call === "map-create"),
  }));
  return true;
}

async function attachProgram(): Promise<boolean> {
  if (whichKernel() === "real") return (await real()).attach();
  const outcome = await answered(engine().api.kernel.attach());
  if (outcome) note(outcome, { do: "attach" });
  return outcome !== undefined && outcome.ret >= 0;
}

async function detachProgram(): Promise<void> {
  if (whichKernel() === "real") return (await real()).detach();
  const outcome = await answered(engine().api.kernel.detach());
  if (outcome) note(outcome, { do: "detach" });
}

/** `echo input > /sys/oreore/bpf` */
async function writeInput(input: string): Promise<void> {
  if (whichKernel() === "real") return (await real()).write(input);
  const { api } = engine();
  if (!get().kernel) await greet();
  const read = await answered(api.runs.readInput(get().kernel?.own.name ?? "", input));
  if (!read?.ok || read.event.kind !== "sysfs") return;
  const outcome = await answered(api.kernel.writeFile(read.event.path, read.event.data));
  if (!outcome) return;
  print(outcome, "write", { do: "echo", text: input });
  if (outcome.run) await show(outcome.run, "event", `echo ${input}`);
}

/** `cat /sys/oreore/bpf` */
async function readAnswer(): Promise<void> {
  if (whichKernel() === "real") return (await real()).read();
  const outcome = await answered(engine().api.kernel.readFile(hookPath(get())));
  if (outcome) print(outcome, "read", { do: "cat" });
}

export function print(outcome: SysfsOutcome, from: "read" | "write", act?: Act): void {
  note(outcome, act);
  const failed = outcome.ret < 0;
  const cause = outcome.calls.find(({ errno }) => errno !== 0)?.cause;
  const text = failed ? outcome.errnoName : outcome.data;
  set({ output: { text, failed, from, said: failed ? outcome.terminal.trimEnd() : "", ...(cause && { cause }) } });
}

const CLEAR = "\x1b[2J";

/** One line of the shell: cat, echo, bpftool, ls … */
async function runShell(line: string): Promise<void> {
  const outcome = await answered(engine().api.kernel.shell(line));
  if (!outcome) return;
  note(outcome, { do: "shell", line });
  typed(line, outcome);
  if (outcome.run) await show(outcome.run, "event", line);
}

/** A line and its answer, on the terminal. */
export function typed(line: string, outcome: Pick<ShellView, "output" | "status">): void {
  const { status } = outcome;
  // `clear` prints what a terminal takes for an empty screen.
  const [, output = outcome.output] = outcome.output.split(CLEAR);
  if (outcome.output.includes(CLEAR)) set({ session: [] });
  set((s) => ({
    session: [...s.session, { id: (s.session.at(-1)?.id ?? 0) + 1, line, output, failed: status !== 0 }].slice(
      -KEPT_LINES,
    ),
  }));
}

/** What the last word of a line may become. */
export const complete = async (line: string): Promise<readonly string[]> =>
  (await answered(engine().api.kernel.completeShell(line))) ?? [];

/** BPF_PROG_TEST_RUN, for types that no file of sysfs triggers. */
async function testRunProgram(): Promise<void> {
  const program = useProgram.getState();
  const { api } = engine();
  const input = await answered(api.runs.readInput(program.progType, program.input));
  if (!input) return;
  if (!input.ok) return noteWhat({ kind: "said", words: input.why, bad: true });
  const outcome = await answered(api.kernel.testRun(get().fd, input.event));
  if (!outcome) return;
  note(outcome, { do: "test", text: program.input });
  if (outcome.run) await show(outcome.run, "test", "");
}

/** A run that the kernel made: it is there to step through, and the result of the act. */
function show(run: RunView, origin: "event" | "test", by: string): Promise<void> {
  noteRun(run);
  return adopt(run, origin, by, 0);
}

/**
 * The whole demo at one key: load, attach, echo, cat; stands at the end of the run, or at the first stop on the way there.
 * What is loaded and attached already stays, with what its maps hold. False where a step was refused.
 */
export const runAll = (): Promise<boolean> => inTurn(runDemo);

async function runDemo(): Promise<boolean> {
  await freshCheck();
  beginAct();
  if (!isLoaded() && !(await loadProgram())) return false;
  const { progType } = useProgram.getState();
  if (!get().hello) await greet();
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

/** The program as it stands is the one behind `fd`. */
const isLoaded = (): boolean => get().fd >= 0 && get().loadedRevision === useProgram.getState().revision;

/** That program is what a write to the hook's file runs. */
function isAttached(): boolean {
  const { kernel, fd } = get();
  const id = kernel?.fds.find((one) => one.fd === fd)?.id;
  return kernel?.attachments.some(({ progId }) => progId !== 0 && progId === id) ?? false;
}

export async function loadPresets(): Promise<void> {
  const presets = await answered(engine().api.tools.presets());
  if (presets) set({ presets });
}

/** Another program type of the reader's own: the kernel starts anew and knows that one. */
export async function choosePreset(name: string, keepProgram = false): Promise<void> {
  const preset = get().presets.find((p) => p.name === name);
  if (preset) await put(preset.definition, name, keepProgram);
}

/** The same with a definition from the form; false where the kernel refused it. */
export const defineOwn = (definition: DefinitionInput): Promise<boolean> => put(definition, OWN, false);

export const same = (a: DefinitionInput | null, b: DefinitionInput | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const put = (definition: DefinitionInput, name: string, keepProgram: boolean): Promise<boolean> =>
  inTurn(() => putType(definition, name, keepProgram));

async function putType(definition: DefinitionInput, name: string, keepProgram: boolean): Promise<boolean> {
  const outcome = await answered(engine().api.kernel.define(name === "oreore" ? null : definition));
  if (!outcome || outcome.ret < 0) return false;
  const { hello, kernel } = outcome;
  // A link says by itself for which type it was made.
  if (!keepProgram) didAct({ do: "define", preset: name }, outcome);
  set({ ...STARTED, preset: name, definition, kernel, hello });
  writtenFor(name === "oreore" ? null : definition);
  if (keepProgram) {
    recheck();
    return true;
  }
  chooseProgType(kernel.own.name);
  editInput(progTypeView(kernel.own.name)?.firstInput ?? "");
  return true;
}

/** Applies a step of the recipe or takes it back. Step 4 is a program that runs: it loads what stands in the editor, and attaches it. */
export const patch = (step: RecipeStep, applied: boolean): Promise<void> => inTurn(() => patchStep(step, applied));

async function patchStep(step: RecipeStep, applied: boolean): Promise<void> {
  const outcome = await answered(engine().api.kernel.patch(step, applied));
  if (!outcome) return;
  didAct({ do: applied ? "apply" : "revert", step }, outcome);
  startedAnew(outcome.kernel);
  if (step !== 4 || !applied) return;
  beginAct();
  if (!(await loadProgram())) return;
  beginAct();
  await attachProgram();
}

/** The kernel was booted: what was loaded is gone. */
export function startedAnew(kernel: KernelView): void {
  set({ ...STARTED, kernel });
  recheck();
}

/** Puts steps back that the kernel lacks, in their order. */
export const applySteps = (steps: readonly RecipeStep[]): Promise<void> =>
  inTurn(async () => {
    for (const step of steps) await patchStep(step, true);
  });

/** A kernel that has seen nothing yet, with these steps of the recipe. */
export const freshKernel = (recipe: readonly boolean[]): Promise<void> =>
  inTurn(async () => {
    const kernel = await answered(freshStart(engine().api, recipe));
    if (!kernel) return;
    set({ session: [] });
    startedAnew(kernel);
  });

/** A context from both sides, of a program type by its name. */
export const context = (progType: string): Promise<ContextView | null | undefined> =>
  answered(engine().api.tools.context(progType));

/** The take-home folder as a file for the reader. */
export async function takeHome(): Promise<void> {
  const files = await answered(engine().api.tools.takeHome(programInput(useProgram.getState())));
  if (!files) return;
  const { zip } = await import("../../ui/zip.ts");
  const name = get().kernel?.own.name ?? "oreore";
  saveFile(`${name}-take-home.zip`, zip(files.map((file) => ({ ...file, path: `${name}/${file.path}` }))));
}

/** Ends what the engine is doing; what was answered before holds. */
export const cancel = (): void => engine().cancel();
