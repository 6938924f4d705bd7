// What a reader does on the page, as data. A lesson's solution and a link hold a list of acts. Repeated in a fresh session, the acts make
// the same system calls.
import { DEFAULT_PRESET } from "../../kernel/formats.ts";
import type { Remote } from "../api.ts";
import type { ReaderRecord } from "../views/goal.ts";
import type { CallOutcome, KernelView } from "../views/kernel.ts";
import type { ProgramInput } from "../views/program.ts";
import type { RunView } from "../views/run.ts";

export type RecipeStep = 1 | 2 | 3 | 4;

export type Act =
  /** Replaces the program in the editor. */
  | { readonly do: "write"; readonly source: string }
  | { readonly do: "load" | "attach" | "detach" | "cat" }
  /** Writes `text` and a newline to the hook's file. */
  | { readonly do: "echo"; readonly text: string }
  /** BPF_PROG_TEST_RUN of the program loaded last, on a packet given by name or hex. */
  | { readonly do: "test"; readonly text: string }
  /** Runs the program in the editor and looks at the run after `to` instructions. `text`: the input; absent: the input given last. */
  | { readonly do: "step"; readonly to: number; readonly text?: string }
  /** Applies a step of the recipe to the kernel, or undoes it. The kernel starts anew. */
  | { readonly do: "apply" | "revert"; readonly step: RecipeStep }
  /** Puts a preset program type in OREORE's place. The kernel starts anew, and the program gets that type. */
  | { readonly do: "define"; readonly preset: string }
  /** Runs a line in the shell. */
  | { readonly do: "shell"; readonly line: string }
  /** Changes an element of a map of the running kernel. Key and value are hex. */
  | { readonly do: "update"; readonly map: string; readonly key: string; readonly value: string }
  | { readonly do: "delete"; readonly map: string; readonly key: string };

/** The state before the first act. */
export interface ActsStart {
  readonly program: ProgramInput;
  /** The text of the program's input: see readInput(). */
  readonly input: string;
  readonly recipe: readonly boolean[];
  /** The preset in OREORE's place. Absent: the definition that the session has. */
  readonly preset?: string;
  /** Seed of random numbers, time and addresses. */
  readonly seed?: number;
}

/** What an act led to: calls and kernel. `run`: the run that it caused. */
export interface ActDone extends CallOutcome {
  readonly run?: RunView | null;
  /** What cat printed. */
  readonly data?: string;
  /** What the shell printed. */
  readonly output?: string;
  readonly status?: number;
}

/** What goals ask about after the acts, and the program as the acts left it. */
export type Performed = ReaderRecord & { readonly program: ProgramInput };

const SEED = 1;

/** Starts a fresh kernel with these steps of the recipe. */
export async function freshStart(api: Remote, recipe: readonly boolean[], seed = SEED): Promise<KernelView> {
  let kernel = await api.kernel.restart(seed);
  for (const step of [1, 2, 3, 4] as const) {
    const wanted = recipe[step - 1] ?? true;
    if (kernel.steps[step - 1] !== wanted) ({ kernel } = await api.kernel.patch(step, wanted));
  }
  return kernel;
}

/**
 * Does the acts in order, from a fresh kernel. `onAct` gets each act with what it led to (null: the act made no call). Returns what goals
 * ask about. The session's kernel stays as the acts left it.
 */
export async function performActs(
  api: Remote,
  start: ActsStart,
  acts: readonly Act[],
  onAct: (act: Act, done: ActDone | null) => void | Promise<void> = () => {},
): Promise<Performed> {
  if (start.preset !== undefined) await definePreset(api, start.preset);
  await freshStart(api, start.recipe, start.seed);
  const state: ActsState = { api, program: start.program, input: start.input, fd: -1, stepRegisters: [] };
  const calls: CallOutcome["calls"][number][] = [];
  for (const act of acts) {
    const done = await (PERFORM[act.do] as Performer<Act["do"]>)(state, act as never);
    if (done) calls.push(...done.calls);
    await onAct(act, done);
  }
  return { calls, stepRegisters: state.stepRegisters, program: state.program };
}

/** State that the acts share. */
interface ActsState {
  readonly api: Remote;
  program: ProgramInput;
  input: string;
  /** The descriptor of the program loaded last. */
  fd: number;
  readonly stepRegisters: (readonly string[])[];
}

type Performer<Do extends Act["do"]> = (
  state: ActsState,
  act: Extract<Act, { readonly do: Do }> & { readonly do: Do },
) => Promise<ActDone | null>;

const PERFORM: { readonly [Do in Act["do"]]: Performer<Do> } = {
  async write(state, { source }) {
    state.program = { ...state.program, source };
    return null;
  },
  async load(state) {
    const outcome = await state.api.kernel.load(state.program);
    if (outcome.ret >= 0) state.fd = outcome.ret;
    return outcome;
  },
  attach: ({ api }) => api.kernel.attach(),
  detach: ({ api }) => api.kernel.detach(),
  async cat({ api }) {
    return api.kernel.readFile((await api.kernel.hello()).kernel.own.path);
  },
  async echo(state, { text }) {
    state.input = text;
    const { own } = (await state.api.kernel.hello()).kernel;
    return state.api.kernel.writeFile(own.path, `${text}\n`);
  },
  async test(state, { text }) {
    state.input = text;
    const input = await state.api.runs.readInput(state.program.progType, text);
    return input.ok ? state.api.kernel.testRun(state.fd, input.event) : null;
  },
  async step({ api, program, input, stepRegisters }, { to, text = input }) {
    const read = await api.runs.readInput(program.progType, text);
    const run = read.ok ? (await api.runs.runOnce(program, read.event, true)).run : null;
    const view = run && (await api.runs.step(run.run, to));
    if (view) stepRegisters.push(view.regs);
    return null;
  },
  apply: ({ api }, { step }) => api.kernel.patch(step, true),
  revert: ({ api }, { step }) => api.kernel.patch(step, false),
  async define(state, { preset }) {
    const outcome = await definePreset(state.api, preset);
    if (outcome) state.program = { ...state.program, progType: outcome.kernel.own.name };
    state.fd = -1;
    return outcome;
  },
  shell: ({ api }, { line }) => api.kernel.shell(line),
  update: (state, { map, key, value }) => onMap(state, map, (fd) => state.api.kernel.updateMap(fd, key, value, 0)),
  delete: (state, { map, key }) => onMap(state, map, (fd) => state.api.kernel.deleteMap(fd, key)),
};

/** Puts a preset program type in OREORE's place. null: there is no such preset. */
export async function definePreset(api: Remote, preset: string): Promise<CallOutcome | null> {
  const found = (await api.tools.presets()).find(({ name }) => name === preset);
  return found ? api.kernel.define(preset === DEFAULT_PRESET ? null : found.definition) : null;
}

/** Acts on the newest map of that name. */
async function onMap(
  { api }: ActsState,
  name: string,
  act: (fd: number) => Promise<CallOutcome>,
): Promise<ActDone | null> {
  const found = (await api.kernel.hello()).kernel.maps.findLast((map) => map.name === name && map.fd >= 0);
  return found ? act(found.fd) : null;
}
