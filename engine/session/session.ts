// The use cases: what the page may ask, answered as plain data (views.ts). Checking is here; what needs a machine, and what
// few need, is loaded when first asked for. Mutable, lives in the worker; nothing here throws for what a reader typed.
import { ERRNO } from "../facts/errno.ts";
import { ctxStructOf, type KernelDefinition, OREORE } from "../kernel/definition.ts";
import { Registry, type Steps } from "../kernel/registry.ts";
import type { SessionApi } from "./api.ts";
import { visitNumbers, visitOfLine, visitView, visitViews } from "./beliefs.ts";
import { assembleInput, type Checked, type Clock, check, linesOf, withLog } from "./check.ts";
import type { EditorContext } from "./language.ts";
import type { Live } from "./live.ts";
import type { Outcome, ProgramInput } from "./views.ts";

export interface SessionOptions {
  /** Microseconds; a page passes `() => performance.now() * 1000`. */
  readonly now?: Clock;
  /** Told now and then how many instructions a verification under way has walked. */
  readonly onProgress?: (insnsProcessed: number) => void;
  /** Told at each check what the editor's services have to know of the kernel and of the program's type. */
  readonly onContext?: (context: EditorContext) => void;
  /** Microseconds after which a verification is stopped; a minute where it is not said. */
  readonly patience?: number;
}

const PATIENCE = 60_000_000;

export function createSession({
  now = () => Date.now() * 1000,
  onProgress,
  onContext,
  patience = PATIENCE,
}: SessionOptions = {}): SessionApi {
  const watch = (): ((insnsProcessed: number) => boolean) => {
    const start = now();
    return (insnsProcessed) => {
      onProgress?.(insnsProcessed);
      return now() - start > patience;
    };
  };
  let registry = new Registry();
  let seed = 1n;
  let checked: Checked | undefined;
  let checkedInput = "";
  let machine: Promise<Live> | undefined;

  const live = (): Promise<Live> =>
    (machine ??= import("./live.ts").then(({ createLive }) => createLive({ now, watch }, registry, seed)));
  const boot = async (next: Registry): Promise<Outcome> => {
    registry = next;
    checkedInput = "";
    return (await live()).boot(registry, seed);
  };

  /** The last check, where it is of this very program. */
  const known = (program: ProgramInput): Checked | undefined =>
    checkedInput === JSON.stringify(program) ? checked : undefined;
  /** The last check, where it is of this revision. */
  const of = (revision: number): Checked | undefined => (checked?.view.revision === revision ? checked : undefined);

  async function read(definition: unknown): Promise<KernelDefinition | undefined> {
    const found = (await import("../kernel/definition-input.ts")).readDefinition(definition);
    return found.ok ? found.definition : undefined;
  }

  return {
    check(input, revision) {
      const context = registry.progType(registry.progTypeId(input.progType) ?? -1)?.ctxStruct;
      onContext?.({ struct: ctxStructOf(registry.definition), ...(context && { context }) });
      checked = check(registry, input, revision, now, watch);
      checkedInput = JSON.stringify(input);
      return checked.view;
    },
    visits(revision, slot, limit) {
      const asked = of(revision);
      return asked?.verdict?.trace ? visitViews(asked.verdict.trace, slot, limit, asked.lineAt) : [];
    },
    visitNumbers(revision, slot) {
      const trace = of(revision)?.verdict?.trace;
      return trace ? visitNumbers(trace, slot) : new Int32Array();
    },
    visitAt(revision, visit) {
      const asked = of(revision);
      return asked?.verdict?.trace ? visitView(asked.verdict.trace, visit, asked.lineAt) : null;
    },
    visitOfLine(revision, slot, line) {
      const asked = of(revision);
      return asked?.verdict?.trace ? visitOfLine(asked.verdict.trace, slot, line, asked.lineAt) : -1;
    },
    logLines(revision, from, count) {
      const log = of(revision)?.log;
      return log ? linesOf(log, from, Math.min(count, 2000)) : { lines: [], slots: new Int32Array() };
    },
    searchLog: (revision, query) => of(revision)?.log.search(query) ?? new Int32Array(),
    logSections: (revision) => of(revision)?.log.sections() ?? new Int32Array(),
    logText: (revision) => of(revision)?.log.text ?? "",
    writeLog(revision) {
      const brief = of(revision);
      if (!brief) return null;
      checked = withLog(registry, brief, now, onProgress ?? (() => {}));
      return checked.view;
    },
    async explain(revision) {
      const asked = checked;
      if (asked?.view.revision !== revision || asked.view.verdict !== "reject") return null;
      const { explain } = await import("../verifier/explain/explain.ts");
      return explain(asked.view.message, asked.verdict?.trace, asked.program.insns) ?? null;
    },

    async flow(revision, metrics) {
      const { flowView } = await import("./flow-views.ts");
      const asked = of(revision);
      if (!asked?.assembly.ok || asked.view.slots.length === 0) return null;
      return flowView(asked.program.insns, asked.view.slots, revision, metrics);
    },
    async walked(revision, visit) {
      const { trafficOfTrace } = await import("./flow-views.ts");
      const asked = of(revision);
      return asked?.verdict?.trace ? trafficOfTrace(asked.program.insns, asked.verdict.trace, visit) : null;
    },
    ran: async (run) => (await live()).recorded(run, (await import("./flow-views.ts")).trafficOfRun),
    async roundsWalked(revision, loop, limit) {
      const { roundsOfTrace } = await import("./flow-views.ts");
      const asked = of(revision);
      return asked?.verdict?.trace ? roundsOfTrace(asked.program.insns, asked.verdict.trace, loop, limit) : null;
    },
    async roundsRun(run, loop, limit) {
      const { roundsOfRun } = await import("./flow-views.ts");
      return (await live()).recorded(run, (insns, timeline) => roundsOfRun(insns, timeline, loop, limit));
    },

    hello: async () => (await live()).hello(),
    load: async (program) => (await live()).load(program, known(program)?.view.logBrief ?? false),
    attach: async (fd, attachType) => (await live()).attach(fd, attachType),
    detach: async (attachType) => (await live()).detach(attachType),
    close: async (fd) => (await live()).close(fd),
    writeFile: async (path, data) => (await live()).writeFile(path, data),
    readFile: async (path) => (await live()).readFile(path),
    testRun: async (fd, event) => (await live()).testRun(fd, event),
    packets: async () => (await import("./packets.ts")).PACKETS,
    readCapture: async (file) => (await import("./captures.ts")).readCapture(file),
    readDump: async (text) => (await import("./hex-dump.ts")).readDump(text),
    dissect: async (hex) => (await import("./packet-fields.ts")).dissectHex(hex),
    eventFormats: async (progType) => (await import("./event-formats.ts")).eventFormats(progType),
    updateMap: async (fd, key, value, flags) => (await live()).updateMap(fd, key, value, flags),
    deleteMap: async (fd, key) => (await live()).deleteMap(fd, key),
    async shell(line) {
      const { runShell } = await import("../kernel/shell.ts");
      return (await live()).shell((process) => runShell(process, line));
    },

    async paste(text) {
      const { detect, PASTE_NAMES } = await import("../asm/notation/detect.ts");
      const { kind, source, faults } = detect(text);
      return { kind, name: PASTE_NAMES[kind], source: source ?? null, faults: faults.map(({ text }) => text) };
    },
    async render(input, notation) {
      const { OUTPUTS } = await import("../asm/notation/output.ts");
      const { assembly } = assembleInput(registry, input);
      if (!assembly.ok || !Object.hasOwn(OUTPUTS, notation)) return null;
      return OUTPUTS[notation as keyof typeof OUTPUTS](assembly.insns);
    },
    notations: async () => Object.keys((await import("../asm/notation/output.ts")).OUTPUTS),
    async takeHome(input) {
      const { takeHome } = await import("../takehome/take-home.ts");
      const { assembly, program } = assembleInput(registry, input);
      if (!assembly.ok) return null;
      const files = takeHome(program, registry.definition);
      return files.map(({ path, text, executable }) => ({ path, text, executable: executable ?? false }));
    },
    async kernelCode(input, typed) {
      const { kernelCode } = await import("./kernel-code.ts");
      const other = typed && (await read(typed));
      if (typed && !other) return null;
      const { assembly, program } = assembleInput(registry, input);
      return kernelCode(other ?? registry.definition, assembly.ok ? program : undefined);
    },
    async context(progType, typed) {
      const { contextView } = await import("./context-view.ts");
      const other = typed && (await read(typed));
      if (typed && !other) return null;
      const of = other ? new Registry(other) : registry;
      const type = of.progType(of.progTypeId(other?.type.name ?? progType) ?? -1);
      return type ? contextView(type, type.id === of.definition.type.id ? of.definition : undefined) : null;
    },

    async completeShell(line) {
      const { completions } = await import("../kernel/shell.ts");
      return (await live()).with((process) => completions(process, line));
    },

    patchKernel(step, applied) {
      const steps = registry.steps.map((on, i) => (i === step - 1 ? applied : on)) as unknown as Steps;
      return boot(new Registry(registry.definition, steps));
    },
    presets: async () => (await import("../kernel/presets.ts")).PRESETS,
    async checkDefinition(input) {
      const found = (await import("../kernel/definition-input.ts")).readDefinition(input);
      return found.ok ? [] : found.faults;
    },
    async define(input) {
      if (input === null) return boot(new Registry(OREORE, registry.steps));
      const definition = await read(input);
      return definition ? boot(new Registry(definition, registry.steps)) : (await live()).refuse(ERRNO.EINVAL);
    },
    setEnvironment: async (environment) => (await live()).setEnvironment(environment),
    async restart(newSeed) {
      seed = BigInt.asUintN(64, BigInt(Math.trunc(newSeed) || 0));
      return (await boot(registry)).kernel;
    },

    runOnce: async (program, event, verified) => (await live()).runOnce(program, event, verified, known(program)),
    speed: async (program, event, runs) =>
      (await import("./speed.ts")).speed(registry, program, event, Math.min(Math.max(1, runs), 1_000_000), now),
    runsFrom: async (run) => (await live()).runsFrom(run),
    step: async (run, step) => (await live()).step(run, step),
    steps: async (run, from, count) => (await live()).steps(run, from, count),
    chunk: async (run, from, count) => (await live()).chunk(run, from, count),
    marks: async (run, buckets, breakpoints = []) => (await live()).marks(run, buckets, breakpoints),
    seek: async (run, from, query) => (await live()).seek(run, from, query),
    async say(run, step) {
      const machine = await live();
      const { coming, sentence } = await import("./sentence.ts");
      const after = machine.step(run, step);
      if (!after || after.step !== step) return null;
      if (step === 0) return coming(machine.insnHexAt(run, after.prog, after.slot), after.slot);
      const before = machine.step(run, step - 1);
      return before && sentence(machine.insnHexAt(run, before.prog, before.slot), before, after);
    },
    slotsOf: async (run, prog) => (await live()).slotsOf(run, prog),
    async checkCondition(text) {
      const condition = (await import("./condition.ts")).parseCondition(text);
      return typeof condition === "string" ? condition : "";
    },
    async judge(program, goals, reader) {
      const [{ judge }, { kernel }] = await Promise.all([import("./goals.ts"), live().then((one) => one.hello())]);
      return judge({ registry, now, watch, kernel }, program, goals, reader);
    },
    mapsAt: async (run, step, windows = []) => (await live()).mapsAt(run, step, windows),
    packetAt: async (run, step) => (await live()).packetAt(run, step),
    outputs: async (run) => (await live()).outputs(run),
  };
}
