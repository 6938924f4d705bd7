// Searches for an input with which a refused program does the harm that its refusal prevents. The program runs unverified and is
// watched, on many contexts, packets, map contents and results of helpers. The search is guided by the comparisons of earlier runs
// and by chance, and has a budget. If it finds nothing, that proves nothing. The same program and options give the same answer,
// unless the time runs out.
import { fromHex, toHex, viewOf } from "../../base/bytes.ts";
import type { Texts } from "../../base/language.ts";
import { asU64, lowS32 } from "../../base/u64.ts";
import { SOCKET_LOOKUPS } from "../../facts/helpers.ts";
import { ETH_HLEN } from "../../facts/net.ts";
import type { ProgType } from "../../facts/types.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import { formOf } from "../../isa/forms.ts";
import { Bpf } from "../../kernel/bpf.ts";
import { type KernelDefinition, memberNamed } from "../../kernel/definition.ts";
import { PARSES } from "../../kernel/formats.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { createMaps } from "../../kernel/loader.ts";
import { Registry } from "../../kernel/registry.ts";
import { unverifiedMachine } from "../../kernel/run.ts";
import { PACKETS } from "../../packets/packets.ts";
import type { Program } from "../../program/program.ts";
import { helperSet } from "../../verifier/check/helper-names.ts";
import type { Refusal } from "../../verifier/refusals.ts";
import { BPF_COMPLEXITY_LIMIT_INSNS } from "../../verifier/state/env.ts";
import { defaultEnv, enterEvent, type Harm, Machine, Memory, runWatched, type WatchedRun } from "../../vm/index.ts";
import { KERNEL_HI } from "../../vm/layout.ts";
import { loadLittleEndian } from "../../vm/little-endian.ts";
import type { WatchOptions } from "../../vm/watch.ts";
import { eventFor, eventKind, printInput } from "../run/input.ts";
import type { EventInput } from "../views/program.ts";
import {
  firstTrials,
  type MapValues,
  nextTrials,
  Random,
  randomlyChanged,
  type SearchSpace,
  type Trial,
  writableMaps,
} from "./trials.ts";
import { harmWords } from "./words.ts";

export interface WitnessOptions {
  /** Why the program was refused. This decides what else is harm besides faults, and where it is looked for. */
  readonly refusal?: Refusal;
  /** Milliseconds after which the search stops. Left out: 400. */
  readonly budget?: number;
  /** A clock in milliseconds that may start anywhere. Left out: Date.now. */
  readonly now?: () => number;
  /** The kernel's program types. Left out: OREORE with all steps of the recipe. */
  readonly registry?: Registry;
}

/** An input and the harm that it does. Bytes are hex, in memory order. */
export interface Witness {
  /** The bytes that R1 points to. Absent if the input is a packet. */
  readonly ctx?: string;
  /** The packet, from its Ethernet header on. Absent if the input is a context. */
  readonly data_in?: string;
  /** Map → hex of the key → hex of the value. Absent if no contents are needed. */
  readonly maps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seed of bpf_get_prandom_u32. */
  readonly seed: number;
  /** Whether look-ups for a socket find one. */
  readonly sockets?: boolean;
  /** A sentence in English that says what happens. */
  readonly fault: string;
  /** The same sentence in each language. */
  readonly words: Texts;
  readonly kind: Harm["kind"];
  /** Slot of the instruction that does the harm. */
  readonly slot: number;
  /** How many instructions run before it. */
  readonly step: number;
  /** The input as text for the page's input field. */
  readonly input: string;
  readonly event: EventInput;
  /** How many trials were run. */
  readonly tried: number;
}

export type WitnessAnswer = Witness | { readonly tried: number };

export const isWitness = (answer: WitnessAnswer): answer is Witness => "fault" in answer;

const BUDGET_MS = 400;
const MAX_TRIALS = 20_000;
/** Most trials that are kept for later changes by chance. A trial is kept if its run took a branch that no run took before. */
const MAX_KEPT = 200;
const MAX_WAITING = 4000;
/** Most instructions of one run. No path of an accepted program is longer. */
const LONGEST_RUN = BPF_COMPLEXITY_LIMIT_INSNS;
/** An input is only made simpler if its harm comes within this many instructions, because each try is another run. */
const SHORT_RUN = 5000;
/** Most runs of nearly `LONGEST_RUN` in one search. Each takes as long as a thousand others. */
const MAX_LONG_RUNS = 3;

/** Searches for a witness. Does not throw, whatever the program is. If the program cannot run here, `tried` is 0. */
export function findWitness(program: Program, options: WitnessOptions = {}): WitnessAnswer {
  const registry = options.registry ?? new Registry();
  const type = registry.progType(registry.progTypeId(program.progType) ?? -1);
  const inputShape = type && inputShapeOf(registry, type, program);
  const trialKernel = inputShape && trialKernelOf(registry, program);
  if (!type || !inputShape || !trialKernel) return { tried: 0 };
  const now = options.now ?? Date.now;
  const until = now() + (options.budget ?? BUDGET_MS);
  const rules = rulesOf(program, options.refusal);
  const search = new Search(trialKernel, inputShape, rules, searchSpaceOf(program, inputShape), () => now() < until);
  return search.run(options.refusal);
}

/** Where the search starts for a program type, and how the bytes of a trial become an event. */
interface InputShape {
  readonly type: ProgType;
  readonly starts: readonly Uint8Array[];
  readonly least: number;
  readonly most: number;
  event(bytes: Uint8Array): EventInput;
}

const MAX_PACKET = 1514;

function inputShapeOf(registry: Registry, type: ProgType, program: Program): InputShape | undefined {
  const kind = eventKind(registry, type);
  switch (kind) {
    case "none":
      return undefined;
    case "packet": {
      const zeros = [64, ETH_HLEN, ETH_HLEN + 1, 256].map((length) => new Uint8Array(length));
      const packets = PACKETS.map(({ hex }) => fromHex(hex) as Uint8Array);
      return { type, starts: [...zeros, ...packets], least: ETH_HLEN, most: MAX_PACKET, event: eventOf(kind) };
    }
    case "ctx": {
      const size = Math.max(uapiStruct(type.ctxStruct)?.size ?? 0, contextSize(program));
      // A context with pointers of the kernel cannot be made up.
      if (holdsPointers(type, program, size)) return undefined;
      const starts = [new Uint8Array(size), new Uint8Array(size).fill(0xff)];
      return { type, starts, least: size, most: size, event: eventOf(kind) };
    }
    case "sysfs":
      return { type, ...writeInputShape(registry.definition) };
  }
}

const eventOf =
  (kind: "packet" | "ctx") =>
  (bytes: Uint8Array): EventInput => ({ kind, hex: toHex(bytes) });

function holdsPointers(type: ProgType, { expectedAttachType }: Program, size: number): boolean {
  for (let off = 0; off < size; off += 4)
    for (const width of [4, 8]) {
      const access = type.ctxAccess(off, width, false, expectedAttachType);
      if (access && access.regType !== "SCALAR_VALUE") return true;
    }
  return false;
}

/** Size in bytes of a context without a struct: as far as the program's loads reach, at least 64 and at most 4096. */
function contextSize({ insns }: Program): number {
  const ends = insns.flatMap((insn) => {
    const form = formOf(insn);
    return form?.kind === "ldx" ? [insn.off + form.size] : [];
  });
  return (Math.min(4096, Math.max(64, ...ends)) + 7) & ~7;
}

function writeInputShape(definition: KernelDefinition): Omit<InputShape, "type"> {
  const { parse, store, path } = definition.attribute;
  const write = (data: string): EventInput => ({ kind: "sysfs", path, data: `${data}\n` });
  if (parse === "bytes") {
    const text = (bytes: Uint8Array) => String.fromCharCode(...bytes.map((byte) => 0x21 + (byte % 0x5e)));
    return { starts: [new Uint8Array(1), new Uint8Array(8)], least: 0, most: 8, event: (bytes) => write(text(bytes)) };
  }
  const { signed, base } = PARSES[parse];
  const sizes = store.map((field) => memberNamed(definition, field).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    starts: [new Uint8Array(total)],
    least: total,
    most: total,
    event(bytes) {
      const view = viewOf(bytes);
      let off = 0;
      const words = sizes.map((size) => {
        const value = loadLittleEndian(view, off, size);
        off += size;
        const number = signed ? BigInt.asIntN(8 * size, value) : value;
        return number.toString(base === 16 ? 16 : 10);
      });
      return write(words.join(" "));
    },
  };
}

/** A kernel with the unverified program and its maps. Each trial starts from the same state. */
interface TrialKernel {
  readonly registry: Registry;
  readonly seen: Uint8Array;
  run(trial: Trial, event: EventInput, type: ProgType, rules: TrialRules): WatchedRun | undefined;
}

function trialKernelOf({ definition, steps }: Registry, program: Program): TrialKernel | undefined {
  const memory = new Memory({ largestMap: 1 << 22 });
  const kernel = new Kernel({ definition, steps, memory });
  const bpf = new Bpf(kernel);
  const fds = createMaps(bpf, program.maps);
  if (!Array.isArray(fds)) return undefined;
  const first = unverifiedMachine(kernel, program, fds);
  if (typeof first === "number") return undefined;
  const loaded = first.program;
  const start = memory.snapshot();
  const fdOf = new Map(program.maps.map(({ name }, i) => [name, fds[i] as number]));
  return {
    registry: kernel,
    seen: new Uint8Array(2 * program.insns.length + 2),
    run(trial, event, type, rules) {
      memory.restore(start);
      for (const [name, elements] of Object.entries(trial.mapValues))
        for (const [key, value] of Object.entries(elements))
          bpf.mapUpdate(fdOf.get(name) as number, fromHex(key) as Uint8Array, value);
      bpf.takeCalls();
      const env = defaultEnv({ seed: BigInt(trial.seed), sockets: trial.sockets });
      const machine = new Machine({ memory, program: loaded, env });
      const entered = eventFor(kernel, type, event);
      if ("en" in entered || enterEvent(machine, entered) < 0) return undefined;
      return runWatched(machine, this.seen, rules);
    },
  };
}

interface TrialRules extends WatchOptions {
  maxInsns: number | undefined;
}

const MAY_RUN_LONG = helperSet("loop for_each_map_elem timer_start tail_call");

function rulesOf({ insns }: Program, refusal: Refusal | undefined): TrialRules {
  const mayGoOn = insns.some((insn) => {
    const form = formOf(insn);
    return (
      form?.kind === "may_goto" ||
      (form?.kind === "call" && (form.target === "kfunc" || (form.target === "helper" && MAY_RUN_LONG.has(insn.imm))))
    );
  });
  return {
    checkStackReads: refusal?.id === "stack-unwritten" || refusal?.id === "stack-unwritten-variable",
    maxInsns: mayGoOn ? undefined : LONGEST_RUN,
    ...(refusal && returnRule(refusal)),
  };
}

/** The results that are harm, if the refusal is about the result. */
function returnRule(refusal: Refusal): Pick<WatchOptions, "checkResult"> {
  if (refusal.id === "program-return-range") {
    const { min, max } = refusal.args;
    return {
      checkResult(r0) {
        const value = lowS32(r0);
        return value < min || value > max ? { kind: "result", value, min, max } : undefined;
      },
    };
  }
  if (refusal.id !== "program-return-type") return {};
  const isAddress = (r0: bigint): boolean => Number(asU64(r0) >> 32n) === KERNEL_HI >>> 0;
  return { checkResult: (r0) => (isAddress(r0) ? { kind: "pointer-result" } : undefined) };
}

function searchSpaceOf(program: Program, { least, most }: InputShape): SearchSpace {
  const constants = new Set<bigint>();
  const offsets = new Set<number>();
  let looksForSockets = false;
  for (const insn of program.insns) {
    const form = formOf(insn);
    if (!form) continue;
    if ((form.kind === "jmp" || form.kind === "alu") && form.source === "imm")
      for (const by of [0, 1, -1]) constants.add(asU64(BigInt(insn.imm + by)));
    if (form.kind === "ldx" && insn.off >= 0) offsets.add(insn.off);
    if (form.kind === "ld_abs") offsets.add(Math.max(0, insn.imm));
    looksForSockets ||= form.kind === "call" && form.target === "helper" && SOCKET_LOOKUPS.has(insn.imm);
  }
  for (const { valueSize, maxEntries } of program.maps)
    for (const size of [valueSize, maxEntries])
      for (const by of [0, 1, -1]) constants.add(BigInt(Math.max(0, size + by)));
  return {
    least,
    most,
    maps: writableMaps(program),
    constants: [...constants],
    offsets: [...offsets],
    looksForSockets,
  };
}

class Search {
  readonly #trialKernel: TrialKernel;
  readonly #inputShape: InputShape;
  readonly #rules: TrialRules;
  readonly #space: SearchSpace;
  readonly #hasTime: () => boolean;
  #tried = 0;
  #longRuns = 0;

  constructor(
    trialKernel: TrialKernel,
    inputShape: InputShape,
    rules: TrialRules,
    space: SearchSpace,
    hasTime: () => boolean,
  ) {
    this.#trialKernel = trialKernel;
    this.#inputShape = inputShape;
    this.#rules = rules;
    this.#space = space;
    this.#hasTime = hasTime;
  }

  run(refusal: Refusal | undefined): WitnessAnswer {
    const random = new Random(1);
    const kept: Trial[] = [];
    let waiting: Trial[] = [];
    const first = firstTrials(this.#space, this.#inputShape.starts);
    let elsewhere: { readonly trial: Trial; readonly harm: Harm; readonly at: number } | undefined;
    while (this.#tried < MAX_TRIALS && this.#hasTime()) {
      const trial = waiting.pop() ?? first.next().value ?? randomlyChanged(this.#space, random.of(kept), random);
      if (!trial) break;
      const watched = this.#try(trial);
      if (!watched) {
        if (kept.length === 0) kept.push(trial);
        continue;
      }
      const { harm } = watched;
      if (harm) {
        if (isWhatWasRefused(harm, refusal)) return this.#answer(trial, harm);
        elsewhere ??= { trial, harm, at: this.#tried };
      }
      // Harm at another place is an answer too. But the search goes on for a while, for harm at the refused place.
      if (elsewhere && this.#tried > 2 * elsewhere.at + 500) break;
      if (watched.tookNewJump || kept.length === 0) {
        if (kept.length < MAX_KEPT) kept.push(trial);
        waiting.push(...[...nextTrials(this.#space, trial, watched)].reverse());
        if (waiting.length > MAX_WAITING) waiting = waiting.slice(-MAX_WAITING);
      }
    }
    return elsewhere ? this.#answer(elsewhere.trial, elsewhere.harm) : { tried: this.#tried };
  }

  #try(trial: Trial): WatchedRun | undefined {
    const maxInsns = this.#longRuns < MAX_LONG_RUNS ? this.#rules.maxInsns : undefined;
    const event = this.#inputShape.event(trial.bytes);
    const watched = this.#trialKernel.run(trial, event, this.#inputShape.type, { ...this.#rules, maxInsns });
    if (!watched) return undefined;
    this.#tried++;
    if (watched.steps > LONGEST_RUN / 10) this.#longRuns++;
    return watched;
  }

  /** The witness, with the simplest input that does the same harm. */
  #answer(found: Trial, harm: Harm): Witness {
    const [trial, same] = this.#simplified(found, harm);
    const event = this.#inputShape.event(trial.bytes);
    const hex = toHex(trial.bytes);
    const bytes = event.kind === "packet" ? { data_in: hex } : { ctx: event.kind === "ctx" ? hex : this.#ctxOf(event) };
    const words = harmWords(same);
    return {
      ...bytes,
      ...(Object.keys(trial.mapValues).length > 0 && { maps: hexOf(trial.mapValues) }),
      seed: trial.seed,
      ...(trial.sockets && { sockets: true }),
      fault: words.en,
      words,
      kind: same.kind,
      slot: same.slot,
      step: same.step,
      input: printInput(event),
      event,
      tried: this.#tried,
    };
  }

  /** Hex of the context that the file makes from a write. */
  #ctxOf(event: EventInput): string {
    const entered = eventFor(this.#trialKernel.registry, this.#inputShape.type, event);
    return "kind" in entered && entered.kind === "ctx" ? toHex(entered.bytes) : "";
  }

  #simplified(found: Trial, harm: Harm): [Trial, Harm] {
    let best = found;
    let bestHarm = harm;
    let left = harm.step > SHORT_RUN ? 0 : 200;
    const take = (trial: Trial): void => {
      if (left-- <= 0 || !this.#hasTime()) return;
      const again = this.#try(trial)?.harm;
      if (again?.kind !== harm.kind || again.slot !== harm.slot) return;
      best = trial;
      bestHarm = again;
    };
    if (best.sockets) take({ ...best, sockets: false });
    if (best.seed !== 1) take({ ...best, seed: 1 });
    for (const name of Object.keys(best.mapValues)) {
      const { [name]: _, ...values } = best.mapValues;
      take({ ...best, mapValues: values });
    }
    for (const [off, end] of stretchesOf(best.bytes)) take({ ...best, bytes: best.bytes.slice().fill(0, off, end) });
    for (let off = 0; off < Math.min(best.bytes.length, 128); off++)
      if (best.bytes[off] !== 0) take({ ...best, bytes: best.bytes.slice().fill(0, off, off + 1) });
    return [best, bestHarm];
  }
}

/** Parts of the bytes as [start, end): all of them, then halves, quarters, eighths and sixteenths. */
function* stretchesOf({ length }: Uint8Array): Generator<readonly [number, number]> {
  for (const parts of [1, 2, 4, 8, 16]) {
    const size = Math.ceil(length / parts);
    if (size < 2) return;
    for (let off = 0; off < length; off += size) yield [off, Math.min(length, off + size)];
  }
}

const hexOf = (values: MapValues): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  Object.fromEntries(
    Object.entries(values).map(([map, elements]) => [
      map,
      Object.fromEntries(Object.entries(elements).map(([key, value]) => [key, toHex(value)])),
    ]),
  );

/**
 * Whether the harm is the one that the refusal prevents: it is at the refused instruction, or of a kind that can show at another
 * one. Any harm counts if there is no refusal, or if it names no instruction.
 */
function isWhatWasRefused(harm: Harm, refusal: Refusal | undefined): boolean {
  if (!refusal || refusal.slot < 0 || harm.slot === refusal.slot) return true;
  return harm.kind === "leak" || harm.kind === "endless" || harm.kind === "too-long" || harm.kind === "result";
}
