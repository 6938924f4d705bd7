// The kernel behind the stage, in a worker of its own, so that a talk does not change the reader's workbench.
// Each press gives a new World. Older ones never change, so going back means showing an older one.
import type {
  CallOutcome,
  CheckView,
  CodeFileView,
  ContextView,
  KernelCodeView,
  KernelView,
  MapInput,
  ProgramInput,
  ProgTypeView,
  Remote,
  RunView,
  StepView,
  SyscallView,
  TakeHomeFileView,
  Texts,
} from "../../engine/index.ts";
import { DEFAULT_PRESET, definePreset, elementBytes, freshStart } from "../../engine/index.ts";
import type { Recipe } from "../lessons/scene.ts";

/** Everything that a frame may show of program, kernel and run. */
export interface World {
  readonly program: ProgramInput;
  readonly input: string;
  /** The packet of the last test, in hex. "": none was given. */
  readonly packet: string;
  readonly check: CheckView;
  readonly kernel: KernelView;
  readonly recipe: Recipe;
  /** File descriptor of the program loaded last. -1: none. */
  readonly fd: number;
  /** The last act that made system calls, with its result. null: none was made. */
  readonly lastResult: CallResult | null;
  readonly terminal: readonly TerminalLine[];
  readonly run: RunView | null;
  readonly step: StepView | null;
  /** What the step did. At step 0: what the next instruction will do. */
  readonly stepSentence: Texts | null;
  /** Bit n is set if Rn holds a value at this step. */
  readonly regsSet: number;
  /** R1 at the start of the run, in hex: the context's address. */
  readonly ctxAddress: string;
}

export type CallKind = "load" | "attach" | "detach" | "echo" | "cat" | "test" | "update" | "shell";

export interface CallResult {
  readonly kind: CallKind;
  readonly calls: readonly SyscallView[];
  readonly ret: number;
  /** Name of the errno. "": the call succeeded. */
  readonly errnoName: string;
  /** What cat printed. */
  readonly data: string;
  /** The load reached the verifier. */
  readonly verified: boolean;
  /** A program was attached when the call was made. */
  readonly attached: boolean;
  /** The run that the call caused: instructions executed, what the last write to R0 did, the value returned. null: no run. */
  readonly ran: { readonly insns: number; readonly said: Texts; readonly returned: string } | null;
}

export interface TerminalLine {
  /** What was typed after the prompt. "": a loader made a system call, and `output` is that call. */
  readonly line: string;
  readonly output: string;
  readonly failed: boolean;
  /** `output` is what a program answered to a call that no shell made. */
  readonly answer?: boolean;
}

/** What stays the same while a lesson is on stage. */
export interface LessonMaterial {
  readonly code: KernelCodeView;
  readonly contexts: Readonly<Record<string, ContextView>>;
  readonly types: readonly ProgTypeView[];
  readonly files: readonly TakeHomeFileView[];
}

interface LessonStart {
  /** The preset of program types that takes OREORE's place. */
  readonly preset: string;
  readonly source: string;
  readonly progType: string;
  readonly maps: readonly MapInput[];
  readonly input: string;
  readonly recipe: Recipe;
}

export class StageKernel {
  readonly #engine: Remote;
  #world: World | undefined;
  #revision = 0;

  constructor(engine: Remote) {
    this.#engine = engine;
  }

  get world(): World {
    if (!this.#world) throw new Error("the kernel of the stage was not started");
    return this.#world;
  }

  /** The file whose writes run the program. */
  get #hook(): string {
    return this.world.kernel.own.path;
  }

  async #change(change: Partial<World>): Promise<World> {
    this.#world = { ...this.world, ...change };
    return this.#world;
  }

  /** Starts a fresh kernel with the lesson's program. */
  async start(start: LessonStart): Promise<World> {
    const { source, progType, maps, input, recipe, preset } = start;
    await definePreset(this.#engine, preset);
    const program: ProgramInput = { source, progType, maps };
    const kernel = await this.#boot(recipe);
    this.#world = {
      program,
      input,
      check: await this.#engine.check.check(program, ++this.#revision),
      kernel,
      recipe,
      ...NO_ACTS,
      terminal: [],
    };
    return this.#world;
  }

  #boot(recipe: Recipe): Promise<KernelView> {
    return freshStart(this.#engine, recipe);
  }

  /** Builds and boots the kernel with these steps of the recipe. What was loaded is gone. */
  async boot(recipe: Recipe): Promise<World> {
    const kernel = await this.#boot(recipe);
    const check = await this.#engine.check.check(this.world.program, ++this.#revision);
    return this.#change({ kernel, recipe, check, ...NO_ACTS, terminal: [] });
  }

  apply(step: 1 | 2 | 3 | 4): Promise<World> {
    return this.boot(this.world.recipe.map((on, i) => on || i === step - 1) as unknown as Recipe);
  }

  async write(source: string): Promise<World> {
    const program = { ...this.world.program, source };
    const check = await this.#engine.check.check(program, ++this.#revision);
    return this.#change({ program, check, ...NO_RUN });
  }

  async load(): Promise<World> {
    const outcome = await this.#engine.kernel.load(this.world.program);
    const verified = outcome.check.log !== "";
    return this.#recordCall("load", outcome, { verified, ...(outcome.ret >= 0 && { fd: outcome.ret }) });
  }

  attach = async (): Promise<World> => this.#recordCall("attach", await this.#engine.kernel.attach());
  detach = async (): Promise<World> => this.#recordCall("detach", await this.#engine.kernel.detach());

  async echo(text: string): Promise<World> {
    const outcome = await this.#engine.kernel.writeFile(this.#hook, `${text}\n`);
    const line = { line: `echo ${text} > ${this.#hook}`, output: outcome.terminal, failed: outcome.ret < 0 };
    const ran = outcome.run && (await this.#describeRun(outcome.run));
    await this.#recordCall("echo", outcome, { line, ran });
    if (!outcome.run) return this.world;
    return this.#change({ input: text, run: outcome.run, ...(await this.#atStep(outcome.run, 0)) });
  }

  async cat(): Promise<World> {
    const outcome = await this.#engine.kernel.readFile(this.#hook);
    const line = { line: `cat ${this.#hook}`, output: outcome.terminal, failed: outcome.ret < 0 };
    return this.#recordCall("cat", outcome, { line, data: outcome.data });
  }

  /** BPF_PROG_TEST_RUN of the program loaded last, on a packet. */
  async test(text: string): Promise<World> {
    const { program, fd } = this.world;
    const read = await this.#engine.runs.readInput(program.progType, text);
    if (!read.ok || read.event.kind !== "packet") throw new Error(`${text} is no packet`);
    const outcome = await this.#engine.kernel.testRun(fd, read.event);
    const ran = outcome.run && (await this.#describeRun(outcome.run));
    const answer = ran && { line: "", output: `${text} → ${ran.returned}`, failed: false, answer: true };
    await this.#recordCall("test", outcome, { ran, ...(answer && { answer }) });
    if (!outcome.run) return this.world;
    const { run } = outcome;
    return this.#change({ input: text, packet: read.event.hex, run, ...(await this.#atStep(run, 0)) });
  }

  /** Changes an element from user space. Of several maps with this name it takes the newest. */
  async update(name: string, key: string, value: string): Promise<World> {
    const map = this.world.kernel.maps.findLast((one) => one.name === name && one.fd >= 0);
    const [k, v] = map ? [elementBytes(key, map.keySize), elementBytes(value, map.valueSize)] : [];
    if (!map || k === undefined || v === undefined) throw new Error(`there is no element ${name} ${key} = ${value}`);
    return this.#recordCall("update", await this.#engine.kernel.updateMap(map.fd, k, v, 0));
  }

  async shell(line: string): Promise<World> {
    const outcome = await this.#engine.kernel.shell(line);
    const { output, status } = outcome;
    return this.#recordCall("shell", outcome, { line: { line, output, failed: status !== 0 }, data: output });
  }

  /** Puts another program type in OREORE's place and makes the program one of that type. */
  async define(preset: string): Promise<World> {
    const outcome = await definePreset(this.#engine, preset);
    if (!outcome) return this.world;
    const program = { ...this.world.program, progType: outcome.kernel.own.name };
    this.#world = { ...this.world, program };
    return this.boot(this.world.recipe);
  }

  /** Moves the current run by so many steps. It makes a run if there is none. */
  async step(by: number): Promise<World> {
    const { program, input } = this.world;
    let { run, step } = this.world;
    if (!run) {
      const read = await this.#engine.runs.readInput(program.progType, input);
      if (!read.ok) return this.world;
      run = (await this.#engine.runs.runOnce(program, read.event, false)).run;
      step = null;
    }
    if (!run) return this.world;
    const to = Math.max(0, Math.min(run.length, (step?.step ?? 0) + by));
    return this.#change({ run, ...(await this.#atStep(run, to)) });
  }

  async #atStep(
    { run }: RunView,
    step: number,
  ): Promise<Pick<World, "step" | "stepSentence" | "regsSet" | "ctxAddress">> {
    const views = await this.#engine.runs.steps(run, 0, step + 1);
    const regsSet = views.reduce((bits, { written }) => bits | written, SET_AT_ENTRY);
    return {
      step: views.at(-1) ?? null,
      stepSentence: await this.#engine.runs.say(run, step),
      regsSet,
      ctxAddress: views[0]?.regs[1] ?? "",
    };
  }

  /** What the run computed: the last step that wrote R0 tells it. Only the last 64 steps are searched. */
  async #describeRun(run: RunView): Promise<CallResult["ran"]> {
    const views = await this.#engine.runs.steps(run.run, Math.max(0, run.length - 64), 65);
    const wrote = views.findLast(({ written }) => (written & 1) === 1);
    const said = wrote && (await this.#engine.runs.say(run.run, wrote.step));
    const { end } = run;
    const returned = end.kind === "exit" ? end.action || String(end.retval) : "";
    return said ? { insns: run.length, said, returned } : null;
  }

  #recordCall(
    kind: CallKind,
    { calls, ret, errnoName, kernel }: CallOutcome,
    more: Partial<Pick<CallResult, "data" | "verified" | "ran">> & {
      readonly line?: TerminalLine;
      /** The line below the call. */
      readonly answer?: TerminalLine;
      readonly fd?: number;
    } = {},
  ): Promise<World> {
    const { terminal } = this.world;
    const { line, answer, fd, data = "", verified = false, ran = null } = more;
    const called = line ?? { line: "", output: bpfCall(kind, ret, errnoName), failed: ret < 0 };
    const attached = this.world.kernel.attachments.some(({ progId }) => progId !== 0);
    return this.#change({
      kernel,
      lastResult: { kind, calls, ret, errnoName: ret < 0 ? errnoName : "", data, verified, attached, ran },
      terminal: [...terminal, called, ...(answer ? [answer] : [])],
      ...(fd !== undefined && { fd }),
    });
  }

  /** Code, contexts and files of this kernel. Asked for once per lesson. */
  async loadMaterial(program: ProgramInput, presets: readonly string[]): Promise<LessonMaterial> {
    const engine = this.#engine;
    const [hello, code, files, all] = await Promise.all([
      engine.kernel.hello(),
      engine.tools.kernelCode(program),
      engine.tools.takeHome(program),
      presets.length > 0 ? engine.tools.presets() : [],
    ]);
    const contexts: Record<string, ContextView> = {};
    for (const name of presets) {
      const definition = all.find((preset) => preset.name === (name || DEFAULT_PRESET))?.definition;
      const view = definition && (await engine.tools.context(definition.name, definition));
      if (view) contexts[name] = view;
    }
    return { code: code ?? [], contexts, types: hello.progTypes, files: files ?? [] };
  }
}

/** R1 and R10 hold a value when a program begins. */
const SET_AT_ENTRY = (1 << 1) | (1 << 10);
const NO_RUN = { run: null, step: null, stepSentence: null, regsSet: SET_AT_ENTRY, ctxAddress: "" } as const;
const BPF_COMMANDS: Readonly<Record<CallKind, string>> = {
  load: "BPF_PROG_LOAD",
  attach: "BPF_PROG_ATTACH",
  detach: "BPF_PROG_DETACH",
  test: "BPF_PROG_TEST_RUN",
  update: "BPF_MAP_UPDATE_ELEM",
  echo: "",
  cat: "",
  shell: "",
};

/** A bpf(2) call as text, short enough for the stage. */
export const bpfCall = (kind: CallKind, ret: number, errnoName: string): string =>
  `bpf(${BPF_COMMANDS[kind]}, …) = ${ret < 0 ? `-1 ${errnoName}` : ret}`;

/** Nothing was done yet in a fresh kernel. */
const NO_ACTS = { fd: -1, lastResult: null, packet: "", ...NO_RUN } as const;

/** Finds the piece of a step's code by its name, alone or after its file's name, and the file that holds it. */
export function pieceOf(code: KernelCodeView, step: number, name: string) {
  for (const file of code[step - 1] ?? ([] as readonly CodeFileView[])) {
    const base = file.path.replace(/^.*\//, "");
    const piece = file.pieces.find((one) => one.name === name || `${base} ${one.name}` === name);
    if (piece) return { file, piece };
  }
  return undefined;
}
