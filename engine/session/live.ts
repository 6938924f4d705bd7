// The use cases that need a machine: one kernel with one process, and the last runs. Mutable. Loaded when first asked for,
// so that the first verdict does not wait for it.
import { fromHex, latin1, toHex, utf8Encode, viewOf } from "../base/bytes.ts";
import { ERRNO, errnoName, errnoText } from "../facts/errno.ts";
import { MAP_TYPES } from "../facts/map-types.ts";
import { PROG_TYPES } from "../facts/prog-types.ts";
import type { ProgType } from "../facts/types.ts";
import { type Insn, insnHex } from "../isa/insn.ts";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps, unverified, withDescriptors } from "../kernel/loader.ts";
import { contextFrom, eventOf } from "../kernel/module.ts";
import type { MapObject, Prog } from "../kernel/objects.ts";
import { Process } from "../kernel/process.ts";
import { RELEASE, type Registry } from "../kernel/registry.ts";
import { straceLine } from "../kernel/strace.ts";
import { O_CREAT, O_TRUNC, O_WRONLY } from "../kernel/syscall.ts";
import { takesPacket } from "../kernel/test-run.ts";
import { BPF_LOG_STATS } from "../verifier/log/buffer.ts";
import {
  defaultEnv,
  type Env,
  type Event,
  enterEvent,
  type Machine,
  type Outcome,
  outOfMemory,
  PT_REGS,
  packetBytes,
  type Timeline,
} from "../vm/index.ts";
import { assembleInput, type Checked, type Clock, check, checkedView } from "./check.ts";
import { kernelView } from "./kernel-view.ts";
import { mapsAt, packetAt } from "./moment.ts";
import { RecordedRun } from "./run.ts";
import type {
  EnvironmentInput,
  MapAtView,
  MapWindow,
  OutputView,
  PacketAtView,
  RunView,
  Seek,
  StepView,
  TimelineChunk,
} from "./run-views.ts";
import { slotViews } from "./source-views.ts";
import type {
  CheckView,
  EventInput,
  HelloView,
  LoadOutcome,
  Outcome as OutcomeView,
  ProgramInput,
  ProgTypeView,
  ShellView,
  SlotView,
  SyscallView,
  SysfsOutcome,
} from "./views.ts";

/** Answers at once what the session's methods of the same names promise. */
export interface Live {
  hello(): HelloView;
  /** `brief`: its log is known to be too long, only the result is asked for. */
  load(program: ProgramInput, brief?: boolean): LoadOutcome;
  attach(fd?: number, attachType?: number): OutcomeView;
  detach(attachType?: number): OutcomeView;
  close(fd: number): OutcomeView;
  writeFile(path: string, data: string): SysfsOutcome;
  readFile(path: string): SysfsOutcome;
  testRun(fd: number, event: EventInput): OutcomeView & { readonly run: RunView | null };
  updateMap(fd: number, key: string, value: string, flags: number): OutcomeView;
  deleteMap(fd: number, key: string): OutcomeView;
  /** `run`: the shell, which has a room of its own. */
  shell(run: (process: Process) => { readonly output: string; readonly status: number }): ShellView;
  /** A look that changes nothing. */
  with<Result>(look: (process: Process) => Result): Result;
  /** A look at the record of a run; null: it is not kept. */
  recorded<Result>(run: number, look: (insns: readonly Insn[], timeline: Timeline) => Result): Result | null;
  slotsOf(run: number, prog: number): readonly SlotView[];
  /** The bytes of the instruction at a slot of the run's program (or one it went to by a tail call); "" where there is none. */
  insnHexAt(run: number, prog: number, slot: number): string;
  /** A kernel built otherwise has to be booted: descriptors and objects are gone. */
  boot(registry: Registry, seed: bigint): OutcomeView;
  /** A call that fails before it reaches the kernel. */
  refuse(errno: number): OutcomeView;
  runOnce(
    program: ProgramInput,
    event: EventInput,
    verified: boolean,
    known?: Checked,
  ): { readonly check: CheckView; readonly run: RunView | null };
  runsFrom(run: number): void;
  step(run: number, step: number): StepView | null;
  steps(run: number, from: number, count: number): StepView[];
  chunk(run: number, from: number, count: number): TimelineChunk | null;
  marks(run: number, buckets: number, breakpoints: readonly number[]): Uint8Array;
  seek(run: number, from: number, query: Seek): number | null;
  mapsAt(run: number, step: number, windows: readonly MapWindow[]): MapAtView[];
  packetAt(run: number, step: number): PacketAtView | null;
  outputs(run: number): readonly OutputView[];
  setEnvironment(environment: EnvironmentInput): void;
}

/** What a run left, kept for questions about its steps. */
interface Kept {
  readonly kernel: Kernel;
  readonly recorded: RecordedRun;
  /** That were there when it ran. */
  readonly maps: readonly MapObject[];
}

export interface LiveOptions {
  readonly now: Clock;
  /** Made for each verification: see VerifyOptions.progress. */
  readonly watch: () => (insnsProcessed: number) => boolean;
}

export function createLive({ now, watch }: LiveOptions, registry: Registry, seed: bigint): Live {
  /** Of the verification under way. */
  let watcher = watch();
  let lastRun = 0;
  let seq = 0;
  let lastProgFd = -1;
  /** The last run in the kernel, and the last that had a kernel of its own. */
  let kernelRun: Kept | undefined;
  let freeRun: Kept | undefined;
  /** What a call under way recorded. */
  let fired: RunView | null = null;
  let environment: Partial<Env> = { seed };
  const slotsOfProg = new WeakMap<Prog, readonly SlotView[]>();

  let kernel = newKernel(registry);
  let process = new Process(kernel);

  function newKernel({ definition, steps }: Registry): Kernel {
    const fresh: Kernel = new Kernel({
      definition,
      steps,
      env: environment,
      execute: (machine, prog) => record(fresh, machine, prog),
      watch: (insnsProcessed) => watcher(insnsProcessed),
    });
    return fresh;
  }

  /** Runs and records; the kernel gets the outcome, the session keeps the rest. */
  function record(on: Kernel, machine: Machine, prog: Prog): Outcome {
    const recorded = recordRun(on, machine, prog.insns, slotsOfProg.get(prog) ?? []);
    kernelRun = { kernel: on, recorded, maps: [...on.maps.values()] };
    return recorded.outcome;
  }

  function recordRun(on: Kernel, machine: Machine, insns: readonly Insn[], slots: readonly SlotView[]): RecordedRun {
    const start = now();
    const printed = on.memory.tracePipe().length;
    const recorded = new RecordedRun({ run: ++lastRun, insns, slots }, machine);
    const trace = on.memory.tracePipe().slice(printed);
    fired = recorded.view(Math.round(now() - start), trace, toHex(outputOf(machine)));
    return recorded;
  }

  /** Ready for questions about its steps. */
  function find(run: number): Kept | undefined {
    const found = [kernelRun, freeRun].find((kept) => kept?.recorded.source.run === run);
    found?.recorded.enter();
    return found;
  }

  /** A use case that changes the kernel: brings its memory to the present, does it, and tells all calls made. */
  function act(use: () => number): OutcomeView {
    kernelRun?.recorded.leave();
    fired = null;
    const result = use();
    const errno = result < 0 ? -result : 0;
    return {
      calls: takeCalls(),
      kernel: kernelView(kernel),
      ret: errno ? -1 : result,
      errno,
      errnoName: errno ? errnoName(errno) : "",
    };
  }

  const takeCalls = (): SyscallView[] =>
    process.takeCalls().map((call) => ({
      ...call,
      ...straceLine(call, kernel),
      seq: ++seq,
      errnoName: call.errno ? errnoName(call.errno) : "",
      errnoText: call.errno ? errnoText(call.errno) : "",
    }));

  function loadInto(
    on: Process,
    input: ProgramInput,
    brief: boolean,
  ): { readonly ret: number; readonly check: CheckView } {
    const assembled = assembleInput(on.kernel, input);
    const { program } = assembled;
    if (!assembled.assembly.ok)
      return { ret: -ERRNO.EINVAL, check: checkedView(assembled, undefined, ERRNO.EINVAL, 0) };
    const fds = createMaps(on, program.maps);
    if (typeof fds === "number") {
      const why = fds === -ERRNO.ENOMEM ? outOfMemory(program.maps, on.kernel.memory.cpus) : errnoText(fds);
      return { ret: fds, check: checkedView(assembled, undefined, -fds, 0, why) };
    }
    const start = now();
    const load = (logLevel: number) => {
      watcher = watch();
      return on.progLoad({
        progType: on.kernel.progTypeId(program.progType) ?? -1,
        insns: withDescriptors(program, fds),
        license: program.license,
        logLevel,
        progFlags: program.progFlags,
        progName: "",
        expectedAttachType: program.expectedAttachType,
        ...(program.funcInfo && { funcInfo: true }),
      });
    };
    // A log that does not fit is a refusal of its own: a loader asks again for the result only.
    const first = load(brief ? BPF_LOG_STATS : 2);
    const { ret, verdict } = first.ret === -ERRNO.ENOSPC ? load(BPF_LOG_STATS) : first;
    const prog = ret >= 0 ? on.kernel.fds.get(ret) : undefined;
    if (prog?.kind === "prog") slotsOfProg.set(prog, assembled.slots);
    return { ret, check: checkedView(assembled, verdict, -ret, now() - start) };
  }

  /** One write of a shell's builtin echo: opens, writes until all is taken or refused, closes. */
  function writeFile(path: string, data: string): SysfsOutcome {
    let terminal = "";
    const outcome = act(() => {
      const fd = process.open(path, O_WRONLY | O_CREAT | O_TRUNC);
      if (fd < 0) {
        terminal = `bash: ${path}: ${errnoText(fd)}\n`;
        return fd;
      }
      const bytes = utf8Encode(data);
      let taken = 0;
      let ret = 0;
      do {
        ret = process.write(fd, bytes.subarray(taken));
        if (ret > 0) taken += ret;
      } while (ret > 0 && taken < bytes.length);
      process.close(fd);
      if (ret < 0) terminal = `bash: echo: write error: ${errnoText(ret)}\n`;
      return ret < 0 ? ret : taken;
    });
    return { ...outcome, data: "", terminal, run: fired };
  }

  function readFile(path: string): SysfsOutcome {
    let data = "";
    let terminal = "";
    const outcome = act(() => {
      const fd = process.open(path, 0);
      if (fd < 0) {
        terminal = `cat: ${path}: ${errnoText(fd)}\n`;
        return fd;
      }
      for (;;) {
        const part = process.read(fd, READ_SIZE);
        if (typeof part === "number") {
          terminal = `cat: ${path}: ${errnoText(part)}\n`;
          process.close(fd);
          return part;
        }
        if (part.length === 0) break;
        data += latin1(part);
      }
      process.close(fd);
      terminal = data;
      return data.length;
    });
    return { ...outcome, data, terminal, run: null };
  }

  const api: Live = {
    hello: (): HelloView => ({
      release: RELEASE,
      progTypes: PROG_TYPES.map(progTypeView),
      mapTypes: MAP_TYPES.map(({ id, name, simulated }) => ({ id, name, simulated })),
      kernel: kernelView(kernel),
    }),

    load(input, brief = false) {
      let view: CheckView | undefined;
      const outcome = act(() => {
        const { ret, check } = loadInto(process, input, brief);
        if (ret >= 0) lastProgFd = ret;
        view = check;
        return ret;
      });
      return { ...outcome, check: view as CheckView };
    },
    attach: (fd = lastProgFd, attachType = kernel.definition.type.attach.id) =>
      act(() => process.progAttach({ attachBpfFd: fd, attachType })),
    detach: (attachType = kernel.definition.type.attach.id) => act(() => process.progDetach({ attachType })),
    close: (fd) =>
      act(() => {
        if (fd === lastProgFd) lastProgFd = -1;
        return process.close(fd);
      }),
    writeFile,
    readFile,
    testRun(fd, event) {
      const outcome = act(
        () => process.testRun(fd, { dataIn: event.kind === "packet" ? bytesOf(event.hex) : new Uint8Array() }).ret,
      );
      return { ...outcome, run: fired };
    },
    updateMap: (fd, key, value, flags) => act(() => process.mapUpdate(fd, bytesOf(key), bytesOf(value), flags)),
    deleteMap: (fd, key) => act(() => process.mapDelete(fd, bytesOf(key))),
    shell(run) {
      let output = "";
      const outcome = act(() => {
        const result = run(process);
        output = result.output;
        return result.status;
      });
      return { ...outcome, output, status: outcome.ret, run: fired };
    },
    with(look) {
      kernelRun?.recorded.leave();
      return look(process);
    },
    recorded(run, look) {
      const kept = find(run)?.recorded;
      return kept ? look(kept.source.insns, kept.timeline) : null;
    },
    slotsOf(run, id) {
      const kept = find(run);
      const prog = [...(kept?.kernel.progs.values() ?? [])].find(({ loaded }) => loaded.id === id);
      return prog ? (slotsOfProg.get(prog) ?? slotViews(prog.insns, () => null)) : [];
    },
    insnHexAt(run, id, slot) {
      const kept = find(run);
      const other = [...(kept?.kernel.progs.values() ?? [])].find(({ loaded }) => loaded.id === id);
      const insns = id === 0 ? kept?.recorded.source.insns : other?.insns;
      return (insns?.slice(slot, slot + 2) ?? []).map(insnHex).join("");
    },
    boot(nextRegistry, nextSeed) {
      registry = nextRegistry;
      environment = { ...environment, seed: nextSeed };
      kernelRun = undefined;
      lastProgFd = -1;
      kernel = newKernel(registry);
      process = new Process(kernel);
      return act(() => 0);
    },
    refuse: (errno) => act(() => -errno),

    runOnce(input, event, verified, known) {
      const own = new Kernel({ definition: registry.definition, steps: registry.steps, env: environment });
      const ownProcess = new Process(own);
      const { view, program, assembly } = known ?? check(own, input, -1, now, watch);
      fired = null;
      if (!assembly.ok || (verified && view.verdict !== "accept")) return { check: view, run: null };
      const type = own.progType(own.progTypeId(program.progType) ?? -1);
      const fds = createMaps(ownProcess, program.maps);
      const entry = type && eventFor(own, type, event);
      if (!entry || typeof fds === "number") return { check: view, run: null };
      const machine = unverified(ownProcess, program, fds);
      if (enterEvent(machine, entry) < 0) return { check: view, run: null };
      freeRun = {
        kernel: own,
        recorded: recordRun(own, machine, program.insns, view.slots),
        maps: [...own.maps.values()],
      };
      return { check: view, run: fired };
    },
    runsFrom: (run) => {
      lastRun = run - 1;
    },
    step: (run, step) => find(run)?.recorded.step(step) ?? null,
    steps: (run, from, count) => find(run)?.recorded.steps(from, count) ?? [],
    chunk: (run, from, count) => find(run)?.recorded.chunk(from, count) ?? null,
    marks: (run, buckets, breakpoints) => find(run)?.recorded.marks(buckets, breakpoints) ?? new Uint8Array(),
    seek: (run, from, query) => find(run)?.recorded.seek(from, query) ?? null,
    mapsAt(run, step, windows) {
      const kept = find(run);
      return kept ? mapsAt(kept.kernel, kept.maps, kept.recorded, step, windows) : [];
    },
    packetAt(run, step) {
      const kept = find(run);
      return kept ? packetAt(kept.recorded, step) : null;
    },
    outputs: (run) => find(run)?.recorded.outputs ?? [],
    setEnvironment(next) {
      environment = environmentOf(next);
      kernel.env = defaultEnv(environment);
    },
  };

  return api;
}

/** What is out of range is brought into it. */
const environmentOf = ({ seed, cpu, bootTime }: EnvironmentInput): Partial<Env> => ({
  seed: BigInt(Math.trunc(seed) >>> 0),
  cpu: Math.trunc(cpu) & 3,
  ...(bootTime !== undefined && bootTime >= 0 && { bootTime: BigInt(Math.trunc(bootTime)) }),
});

/** What cat asks for at a time. */
const READ_SIZE = 131072;

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, "")) ?? new Uint8Array();

/** What the run left of its input: the packet where there is one, else the context. */
function outputOf(machine: Machine): Uint8Array {
  const packet = packetBytes(machine.memory);
  if (packet.length > 0) return packet;
  const ctx = machine.regions().find(({ kind }) => kind === "ctx");
  return (ctx && machine.read(ctx.start, ctx.size)) ?? new Uint8Array();
}

/** What makes a program of this type run, from what the page gives; `undefined` where the two do not fit. */
export function eventFor({ definition }: Registry, type: ProgType, event: EventInput): Event | undefined {
  switch (event.kind) {
    case "sysfs": {
      const ctx = contextFrom(definition, utf8Encode(event.data));
      return typeof ctx === "number" || type.id !== definition.type.id ? undefined : eventOf(definition, ctx);
    }
    case "packet":
      return takesPacket(type) ? { kind: "packet", data: bytesOf(event.hex) } : undefined;
    case "ctx":
      return type.ctxStruct === "pt_regs" ? kprobeOf(bytesOf(event.hex)) : { kind: "ctx", bytes: bytesOf(event.hex) };
  }
}

/** Registers from the bytes of struct pt_regs; those not given are zero. */
function kprobeOf(given: Uint8Array): Event {
  const bytes = new Uint8Array(8 * PT_REGS.length);
  bytes.set(given.subarray(0, bytes.length));
  return {
    kind: "kprobe",
    regs: Object.fromEntries(PT_REGS.map((name, i) => [name, viewOf(bytes).getBigUint64(8 * i, true)])),
  };
}

const progTypeView = (type: ProgType): ProgTypeView => ({
  id: type.id,
  name: type.name,
  constant: `BPF_PROG_TYPE_${type.name.toUpperCase()}`,
  ctxStruct: type.ctxStruct,
  simulated: type.simulated,
  why: type.why ?? "",
  event: takesPacket(type) ? "packet" : type.name === "oreore" ? "sysfs" : type.simulated ? "ctx" : "none",
});
