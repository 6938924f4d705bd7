// A recorded run: the views of its steps. Holds the machine, which is at one step at a time. A question moves it.
import { toHex } from "../../base/bytes.ts";
import { hex64, lowU32 } from "../../base/u64.ts";
import { insnWords } from "../../disasm/kernel.ts";
import { actionName } from "../../facts/actions.ts";
import { helperArgCount, helperName } from "../../facts/helpers.ts";
import { MAX_BPF_STACK } from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import { type Insn, insnHex } from "../../isa/insn.ts";
import { registerUse } from "../../isa/registers.ts";
import { EFFECT, regIndex } from "../../vm/decode.ts";
import {
  BpfMap,
  type Breakpoint,
  type Fault,
  type LoadedProgram,
  lastChanges,
  lastWriteOfMemory,
  lastWriteOfReg,
  type Machine,
  type MapOperation,
  type MemorySnapshot,
  nextStepAtSlot,
  type Outcome,
  previousStepAtSlot,
  runBackUntil,
  runUntil,
  type StepChanges,
  type StopConditions,
  Timeline,
} from "../../vm/index.ts";
import { STACK, STACK_END, TRACE_COUNT } from "../../vm/layout.ts";
import type { SlotView } from "../views/program.ts";
import {
  type AccessView,
  type FrameView,
  MARK,
  type MemoryChangeView,
  type OutputView,
  type RunEnd,
  type RunView,
  type Seek,
  type StackRowView,
  type StepView,
  type StopInput,
  type TimelineChunk,
  type WayEndView,
} from "../views/run.ts";
import { accessOf } from "./access.ts";
import { type Condition, parseCondition } from "./condition.ts";

/** The most steps recorded of a run. A longer run is stopped there. */
const MAX_STEPS = 1_000_000;
const MAX_CHUNK = 8192;
/** The most lines and records kept of a run. */
const MAX_OUTPUTS = 10_000;
const REGS = 11;
const NEVER = 0x7fff_ffff;
const ROW_BYTES = 8;
const ROWS = MAX_BPF_STACK / ROW_BYTES;

interface RunSource {
  /** The run's number in later questions. */
  readonly run: number;
  readonly insns: readonly Insn[];
  readonly slots: readonly SlotView[];
}

export class RecordedRun {
  readonly source: RunSource;
  readonly machine: Machine;
  readonly timeline: Timeline;
  readonly outcome: Outcome;
  readonly #main: LoadedProgram;
  /** For each byte of the stacks, the first step that wrote it. */
  readonly #firstWrite = new Int32Array(STACK_END - STACK).fill(NEVER);
  /** The first step at which each register is set. R1 and R10 are set when the program is entered. */
  readonly #firstSet = Int32Array.from({ length: REGS }, (_, n) => (n === 1 || n === 10 ? 0 : NEVER));
  /** Whether the memory holds the kernel's present instead of the run. Then: the memory at the end of the run, and the present memory. */
  #isPresent = false;
  #finished: MemorySnapshot | undefined;
  #present: MemorySnapshot | undefined;
  /** In the order of steps, at most MAX_OUTPUTS. */
  readonly outputs: readonly OutputView[];

  /** Takes a machine that an event has entered, and runs it to its end. */
  constructor(source: RunSource, machine: Machine) {
    this.source = source;
    this.machine = machine;
    this.#main = machine.program;
    this.timeline = new Timeline(machine, { maxSteps: MAX_STEPS });
    const outputs: OutputView[] = [];
    this.outputs = outputs;
    this.outcome = this.#runToEnd(outputs);
  }

  get length(): number {
    return this.timeline.length;
  }

  /** Sets the memory to the kernel's present: what the run left, and what was done since. */
  restorePresent(): void {
    if (this.#isPresent) return;
    const { timeline, machine } = this;
    timeline.seek(this.length);
    if (this.#present) machine.memory.restore(this.#present);
    else this.#finished = machine.memory.snapshot();
    this.#present = undefined;
    machine.memory.journal = undefined;
    this.#isPresent = true;
  }

  /** Sets the memory back to the end of the run. restorePresent() undoes this. */
  restoreRun(): void {
    if (!this.#isPresent || !this.#finished) return;
    const { timeline, machine } = this;
    this.#present = machine.memory.snapshot();
    machine.memory.restore(this.#finished);
    machine.memory.journal = timeline.journal;
    this.#isPresent = false;
  }

  view(us: number, trace: readonly string[], out: string): RunView {
    const { run, insns, slots } = this.source;
    return { run, length: this.length, end: this.#runEnd(), insns: insns.map(insnHex).join(""), slots, trace, out, us };
  }

  /** The registers that the step's instruction writes. For another program only the changed registers are known. */
  #writesOf({ slot, prog, regs }: StepChanges): number {
    const insn = prog === this.#main.id ? this.#main.insns[slot] : undefined;
    return insn ? registerUse(insn, helperArgCount).writes : regs.reduce((mask, { reg }) => mask | (1 << reg), 0);
  }

  #runToEnd(outputs: OutputView[]): Outcome {
    const { timeline, machine } = this;
    const { journal } = timeline;
    const { memory } = machine;
    let lines = memory.tracePipe().length;
    const send = (output: Omit<OutputView, "step">): void => {
      if (outputs.length < MAX_OUTPUTS) outputs.push({ step: timeline.position + 1, ...output });
    };
    const maps = [...memory.owners].filter((owner): owner is BpfMap => owner instanceof BpfMap);
    for (const map of maps) {
      map.observer = ({ op, value }) => {
        const kind = OUTPUT_KINDS[op];
        if (kind && value) send({ kind, map: map.name, text: "", textStart: 0, hex: toHex(value) });
      };
    }
    let unset = this.#firstSet.filter((first) => first === NEVER).length;
    for (let step = 0; step < MAX_STEPS; step++) {
      const isJournaled = machine.program.code[machine.ip + 6] === EFFECT.journal;
      const { top } = journal;
      const store = timeline.storeRange();
      const insn = unset > 0 ? machine.program.insns[machine.slot] : undefined;
      if (!timeline.step()) break;
      if (insn) unset -= this.#noteRegsSet(registerUse(insn, helperArgCount).writes, step + 1);
      if (isJournaled && memory.r32(TRACE_COUNT) > lines) {
        for (const text of memory.tracePipe().slice(lines)) {
          const said = memory.traceTextStart(lines++);
          if (outputs.length < MAX_OUTPUTS)
            outputs.push({ step: timeline.position, kind: "trace", map: "", text, textStart: said, hex: "" });
        }
      }
      if (store) this.#noteStackWrite(store.at, store.size, step);
      if (isJournaled)
        for (const { at, old } of journal.entries(top, journal.top)) this.#noteStackWrite(at, old.length * 4, step);
    }
    for (const map of maps) map.observer = undefined;
    return machine.outcome;
  }

  /** How many of these registers were not set before. */
  #noteRegsSet(writes: number, step: number): number {
    let count = 0;
    for (let n = 0; n < REGS; n++) {
      if (((writes >> n) & 1) === 0 || this.#firstSet[n] !== NEVER) continue;
      this.#firstSet[n] = step;
      count++;
    }
    return count;
  }

  /** Bit n: Rn has been set by this step. */
  #regsSetAt = (step: number): number =>
    this.#firstSet.reduce((mask, first, n) => (first <= step ? mask | (1 << n) : mask), 0);

  #noteStackWrite(at: number, size: number, step: number): void {
    for (let i = Math.max(0, at - STACK); i < at + size - STACK && i < this.#firstWrite.length; i++) {
      if (this.#firstWrite[i] === NEVER) this.#firstWrite[i] = step;
    }
  }

  #runEnd(): RunEnd {
    const { outcome } = this;
    switch (outcome.kind) {
      case "exit": {
        const retval = lowU32(outcome.r0);
        return { kind: "exit", r0: hex64(outcome.r0), retval, action: actionName(this.#main.progType, retval) };
      }
      case "fault":
        return faultEnd(outcome.fault);
      case "paused":
        return { kind: "budget", slot: this.machine.slot, steps: this.length };
    }
  }

  /** A `step` out of range becomes 0 or length. */
  step(step: number): StepView {
    const { timeline, machine, source } = this;
    const stored = this.#storedBy(clamp(step, 0, this.length) - 1);
    timeline.seek(clamp(step, 0, this.length));
    const at = timeline.position;
    const ended = at === this.length;
    const slot = ended && this.outcome.kind === "exit" ? -1 : machine.slot;
    const last = lastChanges(timeline);
    const insn = slot < 0 ? undefined : machine.program.insns[slot];
    const next = insn && registerUse(insn, helperArgCount);
    const regs = Array.from({ length: REGS }, (_, n) => hex64(machine.reg(n)));
    const changed = (last?.regs ?? []).map(({ reg, old, new: value }) => ({ reg, old: hex64(old), new: hex64(value) }));
    const memory: MemoryChangeView[] = (last?.memory ?? []).map((change) => ({
      region: change.region.name,
      address: hex64(change.address),
      off: Number(change.address - change.region.start) - (change.region.kind === "stack" ? change.region.size : 0),
      old: toHex(change.old),
      new: toHex(change.new),
    }));
    return {
      run: source.run,
      step: at,
      slot,
      lastSlot: last?.slot ?? -1,
      regs,
      changed,
      written: last ? this.#writesOf(last) : 0,
      regsSet: this.#regsSetAt(at),
      reads: next?.reads ?? 0,
      writes: next?.writes ?? 0,
      frames: this.#frames(),
      stack: this.#stack([
        ...(last?.memory ?? []).map(({ address, new: bytes }) => ({ address, size: bytes.length })),
        ...(stored ? [{ address: BigInt(`0x${stored.address}`), size: stored.size }] : []),
      ]),
      memory,
      maps: (last?.maps ?? []).map(({ map, op, key, old, value }) => ({
        map,
        op,
        key: key ? toHex(key) : "",
        old: old ? toHex(old) : "",
        new: value ? toHex(value) : "",
      })),
      trace: last?.trace ?? [],
      access: insn ? accessOf(machine, insn) : null,
      stored,
      call: last?.call ? { name: last.call.name, args: last.call.args.map(hex64), ret: hex64(last.call.ret) } : null,
      text: insn ? insnWords(insn, machine.program.insns[slot + 1], { helperName }) : "",
      prog: machine.program === this.#main ? 0 : machine.program.id,
      caption: caption(changed, this.#regsSetAt(at - 1), memory, last?.call),
    };
  }

  /** What the instruction at a step stores to, before it runs. */
  #storedBy(step: number): AccessView | null {
    if (step < 0) return null;
    const { timeline, machine } = this;
    timeline.seek(step);
    const insn = machine.program.insns[machine.slot];
    const access = insn ? accessOf(machine, insn) : null;
    return access?.write ? access : null;
  }

  steps(from: number, count: number): StepView[] {
    const first = clamp(from, 0, this.length);
    return Array.from({ length: Math.min(count, 2048, this.length + 1 - first) }, (_, i) => this.step(first + i));
  }

  chunk(from: number, count: number): TimelineChunk {
    const { timeline, machine } = this;
    const first = clamp(from, 0, this.length);
    const size = clamp(count, 0, Math.min(MAX_CHUNK, this.length + 1 - first));
    const chunk: TimelineChunk = {
      run: this.source.run,
      from: first,
      count: size,
      slots: new Int32Array(size),
      regs: new BigUint64Array(size * REGS),
      changed: new Uint16Array(size),
      frames: new Uint8Array(size),
      marks: new Uint8Array(size),
    };
    for (let i = 0; i < size; i++) {
      timeline.seek(first + i);
      const ended = first + i === this.length;
      chunk.slots[i] = ended && this.outcome.kind === "exit" ? -1 : machine.slot;
      for (let n = 0; n < REGS; n++) {
        const value = machine.reg(n);
        chunk.regs[i * REGS + n] = value;
        if (i > 0 && chunk.regs[(i - 1) * REGS + n] !== value)
          chunk.changed[i] = (chunk.changed[i] as number) | (1 << n);
      }
      chunk.frames[i] = machine.depth;
      chunk.marks[i] = this.#markAt(first + i);
    }
    if (size > 0 && first > 0) {
      timeline.seek(first);
      for (const { reg } of lastChanges(timeline)?.regs ?? [])
        chunk.changed[0] = (chunk.changed[0] as number) | (1 << reg);
    }
    return chunk;
  }

  /** `breakpoints`: slots whose steps get the mark of a breakpoint. */
  marks(buckets: number, breakpoints: readonly number[]): Uint8Array {
    const stops = new Set(breakpoints);
    const marks = new Uint8Array(clamp(buckets, 1, 65536));
    const steps = this.length + 1;
    for (let step = 0; step < steps; step++) {
      const bucket = Math.floor((step * marks.length) / steps);
      marks[bucket] = (marks[bucket] as number) | this.#markAt(step);
      if (stops.has(this.timeline.slotAt(step)) && !this.#hasEnded(step))
        marks[bucket] = (marks[bucket] as number) | MARK.breakpoint;
    }
    return marks;
  }

  seek(from: number, query: Seek): number | null {
    const { timeline } = this;
    timeline.seek(clamp(from, 0, this.length));
    switch (query.to) {
      case "next-visit":
        return nextStepAtSlot(timeline, query.slot) ?? null;
      case "previous-visit":
        return previousStepAtSlot(timeline, query.slot) ?? null;
      case "last-write":
        if ("reg" in query) return lastWriteOfReg(timeline, query.reg) ?? null;
        return lastWriteOfMemory(timeline, BigInt(`0x${query.address}`), query.size) ?? null;
    }
  }

  /** Goes on or back to the nearest step at which one of the stops holds. With `from` -1, the first step counts too. */
  goOn(from: number, stops: readonly StopInput[], back: boolean): WayEndView {
    const { timeline, machine } = this;
    const start = clamp(from, 0, this.length);
    timeline.seek(start);
    const { depth } = machine;
    const heldStop = (kinds: readonly StopInput["kind"][]): number =>
      stops.findIndex((stop) => kinds.includes(stop.kind) && this.#holds(stop, depth));
    if (from < 0) {
      const by = heldStop(["breakpoint", "cursor"]);
      if (by >= 0) return { step: start, stopIndex: by };
    }
    // A register stop also holds where the register is first set, even to the zero that it held.
    const isAhead = (step: number): boolean => step > 0 && step <= this.length && (back ? step < start : step > start);
    const setSteps = stops
      .flatMap((stop) => ("reg" in stop ? [this.#firstSet[stop.reg] ?? NEVER] : []))
      .filter(isAhead);
    const conditions = stopConditions(stops, depth, this.#main.id);
    const stopReason = back
      ? runBackUntil(timeline, conditions, start - Math.max(0, ...setSteps))
      : runUntil(timeline, conditions, Math.min(this.length, ...setSteps) - start);
    const step = timeline.position;
    return {
      step,
      stopIndex:
        stopReason === "end" || (stopReason === "budget" && !setSteps.includes(step)) ? -1 : heldStop(ALL_STOPS),
    };
  }

  /** The program has ended at this step. The machine is still at the exit, but nothing is about to run. */
  #hasEnded(step: number): boolean {
    return step === this.length && this.outcome.kind === "exit";
  }

  /** Whether the stop holds at the machine's current step. `depth`: call depth at the start of the way. */
  #holds(stop: StopInput, depth: number): boolean {
    const { timeline, machine } = this;
    switch (stop.kind) {
      case "breakpoint":
        return (
          machine.slot === stop.slot &&
          machine.program === this.#main &&
          !this.#hasEnded(timeline.position) &&
          (conditionOf(stop.when)?.(machine) ?? true)
        );
      case "cursor":
        return machine.slot === stop.slot && !this.#hasEnded(timeline.position);
      case "over":
        return machine.depth <= depth;
      case "out":
        return machine.depth < depth;
      case "watch": {
        if ("reg" in stop && this.#firstSet[stop.reg] === timeline.position) return true;
        const at = "reg" in stop ? regIndex(stop.reg) * 4 : machine.memory.offsetOf(BigInt(`0x${stop.address}`));
        if (at < 0) return false;
        const size = "reg" in stop ? ROW_BYTES : stop.size;
        const now = machine.memory.copyOut(at, size);
        if (!timeline.stepBack()) return false;
        const before = machine.memory.copyOut(at, size);
        timeline.step();
        return now.some((byte, i) => byte !== before[i]);
      }
    }
  }

  /** MARK bits of the instruction about to run at a step. */
  #markAt(step: number): number {
    if (step === this.length)
      return this.outcome.kind === "fault" ? MARK.fault : this.outcome.kind === "exit" ? MARK.exit : 0;
    const insn = this.source.insns[this.timeline.slotAt(step)];
    const kind = insn && formOf(insn)?.kind;
    return kind === undefined ? 0 : (MARKS[kind] ?? 0);
  }

  #frames(): FrameView[] {
    const frames = this.machine.frames();
    return frames.map((frame, depth) => ({
      depth,
      returnSlot: depth === 0 ? -1 : (frames[depth - 1]?.slot ?? -1) + 1,
      slot: frame.slot,
      saved: frame.saved.map(hex64),
      callback: frame.callback,
      top: hex64(frame.top),
    }));
  }

  #stack(changes: readonly ByteRange[]): StackRowView[] {
    const { machine, timeline } = this;
    return machine.frames().flatMap(({ top }, frame) => {
      const end = machine.memory.offsetOf(top) - STACK;
      return Array.from({ length: ROWS }, (_, row) => row).flatMap((row): StackRowView[] => {
        const start = end - ROW_BYTES * (row + 1);
        let mask = 0;
        for (let i = 0; i < ROW_BYTES; i++)
          if ((this.#firstWrite[start + i] as number) < timeline.position) mask |= 1 << i;
        if (mask === 0) return [];
        const address = top - BigInt(ROW_BYTES * (row + 1));
        const bytes = machine.read(address, ROW_BYTES) ?? new Uint8Array(ROW_BYTES);
        return [
          {
            frame,
            off: -ROW_BYTES * (row + 1),
            address: hex64(address),
            bytes: toHex(bytes),
            value: toHex(bytes.slice().reverse()),
            used: mask,
            changed: overlap(address, changes),
          },
        ];
      });
    });
  }
}

/** What a map does with a record, and what a reader at the other end sees. */
const OUTPUT_KINDS: Readonly<Partial<Record<MapOperation["op"], OutputView["kind"]>>> = {
  submit: "ringbuf",
  output: "perf",
};

function faultEnd({ slot, message, kind, address, size, write, nearest }: Fault): RunEnd {
  const access =
    address === undefined
      ? null
      : {
          address: hex64(address),
          size: size ?? 0,
          write: write ?? false,
          nearest: nearest ? { name: nearest.name, start: hex64(nearest.start), end: hex64(nearest.end) } : null,
        };
  return { kind: "fault", slot, message, fault: kind, access };
}

const ALL_STOPS: readonly StopInput["kind"][] = ["breakpoint", "cursor", "watch", "over", "out"];

/** undefined: always holds, because there is no condition or it is faulty. */
function conditionOf(text = ""): Condition | undefined {
  const when = text.trim() === "" ? undefined : parseCondition(text);
  return typeof when === "function" ? when : undefined;
}

/** `prog`: the program that the breakpoints belong to. */
function stopConditions(stops: readonly StopInput[], depth: number, prog: number): StopConditions {
  const breakpoints: Breakpoint[] = [];
  const watch: { address: bigint; size: number }[] = [];
  const watchRegs: number[] = [];
  let cursor: number | undefined;
  let deepest: number | undefined;
  for (const stop of stops) {
    switch (stop.kind) {
      case "breakpoint": {
        const when = conditionOf(stop.when);
        breakpoints.push({ slot: stop.slot, prog, ...(when && { when }) });
        break;
      }
      case "cursor":
        cursor = stop.slot;
        break;
      case "watch":
        if ("reg" in stop) watchRegs.push(stop.reg);
        else watch.push({ address: BigInt(`0x${stop.address}`), size: stop.size });
        break;
      case "over":
        deepest = depth;
        break;
      case "out":
        deepest = depth - 1;
        break;
    }
  }
  return {
    breakpoints,
    watch,
    watchRegs,
    ...(cursor !== undefined && { cursor }),
    ...(deepest !== undefined && { maxDepth: deepest }),
  };
}

const clamp = (n: number, low: number, high: number): number => Math.max(low, Math.min(high, Math.trunc(n) || 0));

const MARKS: Readonly<Record<string, number>> = {
  jmp: MARK.branch,
  may_goto: MARK.branch,
  call: MARK.call,
  ldx: MARK.load,
  ld_abs: MARK.load,
  ld_ind: MARK.load,
  load_acq: MARK.load,
  st: MARK.store,
  stx: MARK.store,
  store_rel: MARK.store,
  atomic: MARK.store,
  exit: MARK.exit,
};

interface ByteRange {
  readonly address: bigint;
  readonly size: number;
}

/** Bits of the row's bytes that lie in one of the ranges. */
function overlap(row: bigint, ranges: readonly ByteRange[]): number {
  let mask = 0;
  for (const { address, size } of ranges) {
    for (let i = 0; i < size; i++) {
      const at = Number(address + BigInt(i) - row);
      if (at >= 0 && at < ROW_BYTES) mask |= 1 << at;
    }
  }
  return mask;
}

const shortHex = (hex: string): string => `0x${BigInt(`0x${hex}`).toString(16)}`;

/** `set`: bit n: Rn had a value before. */
function caption(
  changed: StepView["changed"],
  set: number,
  memory: readonly MemoryChangeView[],
  call: StepChanges["call"],
): string {
  const parts = changed.map(({ reg, old, new: value }) =>
    (set >> reg) & 1 ? `R${reg}: ${shortHex(old)} → ${shortHex(value)}` : `R${reg} = ${shortHex(value)}`,
  );
  for (const { region, off, old, new: value } of memory)
    parts.push(`${region}${off < 0 ? off : `+${off}`}: ${old} → ${value}`);
  if (call) parts.unshift(`bpf_${call.name}()`);
  return parts.join("; ");
}
