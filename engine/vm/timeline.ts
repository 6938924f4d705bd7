// A run that can be walked in both directions. Each step is logged in 13 bytes before it happens: its place, what it will change, and the
// old value. If a step changes more than one value, the old values are in the buffer's journal. Going forward again executes the
// instruction again, because a run depends only on the buffer. Mutable.
//
//   step   u32 program << 20 | slot     u8 effect (EFFECT, or a register)     2 × s32 old value, or place in journal
//
// The log holds the last `maxSteps` steps. Checkpoints of the buffer lead back to earlier ones. queries.ts searches the log; changes.ts
// describes a step.
import { EFFECT, type LoadedProgram, regIndex } from "./decode.ts";
import { interpret } from "./interp.ts";
import { Journal } from "./journal.ts";
import { KERNEL_HI, RUN_STATE, SLOT_SHIFT } from "./layout.ts";
import type { Machine, Outcome } from "./machine.ts";
import type { MemorySnapshot } from "./memory.ts";

const CHUNK_SHIFT = 16;
const CHUNK_STEPS = 1 << CHUNK_SHIFT;
const SLOT_BITS = 20;
const SLOT_MASK = (1 << SLOT_BITS) - 1;

/** When the checkpoints take more bytes than this, every second one is dropped. The first is always kept, however large. */
const CHECKPOINT_BYTES = 12 << 20;

interface Chunk {
  readonly where: Uint32Array;
  readonly effect: Uint8Array;
  readonly old: Int32Array;
}

interface Checkpoint {
  readonly step: number;
  readonly ip: number;
  readonly memory: MemorySnapshot;
}

const bytesOf = ({ memory: { bytes, shadow } }: Checkpoint): number => bytes.length + shadow.length;

/** What the log knows of one step. `effect`: what it changes (EFFECT, or a register number). */
interface LoggedStep {
  readonly slot: number;
  readonly prog: number;
  readonly effect: number;
}

export interface TimelineOptions {
  /** How many steps back are possible without running again. */
  readonly maxSteps?: number;
}

export class Timeline {
  readonly machine: Machine;
  readonly journal: Journal;
  readonly maxSteps: number;
  /** How many steps led to the current state. */
  position = 0;
  /** Number of known steps: the furthest position that was ever reached. */
  length = 0;
  /** The oldest step that the log still holds. */
  firstLogged = 0;
  #outcome: Outcome | undefined;
  #chunks: Chunk[] = [];
  /** Number of the first chunk that is kept. */
  #firstChunk = 0;
  #checkpoints: Checkpoint[] = [];
  /** Least number of steps between checkpoints. It grows with the run. */
  #checkpointEvery: number;
  readonly #programs: LoadedProgram[] = [];
  /** The timeline starts at the machine's current state: an event was entered and nothing has run. */
  constructor(machine: Machine, options: TimelineOptions = {}) {
    this.machine = machine;
    this.maxSteps = Math.max(CHUNK_STEPS, options.maxSteps ?? 1 << 20);
    this.#checkpointEvery = this.maxSteps;
    this.journal = new Journal(machine.memory.i32);
    this.#checkpoint();
    machine.memory.journal = this.journal;
  }

  /** Ends recording. The machine keeps its state. */
  close(): void {
    if (this.machine.memory.journal === this.journal) this.machine.memory.journal = undefined;
  }

  /** Size in bytes of the log, the journal and the checkpoints. */
  get bytes(): number {
    const checkpoints = this.#checkpoints.reduce((sum, checkpoint) => sum + bytesOf(checkpoint), 0);
    return this.#chunks.length * CHUNK_STEPS * 13 + this.journal.bytes + checkpoints;
  }

  /** How the run ends. undefined: its end has not been reached yet. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get atEnd(): boolean {
    return this.#outcome !== undefined && this.position === this.length;
  }

  /** One instruction forward. false: the run is at its end. An instruction that faults is not a step: the state before it stays. */
  step(): boolean {
    const { machine, journal } = this;
    if (machine.exited || machine.fault !== undefined) return false;
    const memory = machine.memory;
    const n = this.position;
    const index = n >>> CHUNK_SHIFT;
    const chunk = this.#chunks[index - this.#firstChunk] ?? this.#newChunk(index);
    const at = n & (CHUNK_STEPS - 1);
    const { ip } = machine;
    const { code } = machine.program;
    const effect = code[ip + 6] as number;
    chunk.where[at] = (this.#programIndex() << SLOT_BITS) | (ip >>> SLOT_SHIFT);
    chunk.effect[at] = effect;
    const top = journal.top;
    if (effect <= 10) {
      const reg = code[ip + 1] as number;
      chunk.old[2 * at] = memory.i32[reg] as number;
      chunk.old[2 * at + 1] = memory.i32[reg + 1] as number;
    } else if (effect === EFFECT.store) {
      const store = this.#storeOffset(ip);
      if (store > 0) {
        chunk.old[2 * at] = memory.view.getInt32(store, true);
        chunk.old[2 * at + 1] = memory.view.getInt32(store + 4, true);
      }
    } else chunk.old[2 * at] = top;
    if (interpret(machine, 1) === 0) {
      // The instruction faulted. Undo what it did before it noticed.
      journal.undoTo(top);
      machine.syncProgram();
      this.length = this.position;
      this.#outcome = machine.outcome;
      return false;
    }
    machine.executed++;
    this.position = n + 1;
    if (this.position > this.length) {
      this.length = this.position;
      if (this.position - (this.#checkpoints.at(-1) as Checkpoint).step >= this.#checkpointEvery) this.#checkpoint();
    }
    if (machine.exited) this.#outcome = machine.outcome;
    if (this.#outcome?.kind === "fault" && this.position === this.length) machine.fault = this.#outcome.fault;
    return true;
  }

  /** One step back. false: the run is at its start. */
  stepBack(): boolean {
    if (this.position === 0) return false;
    if (this.position === this.firstLogged) {
      this.seek(this.position - 1);
      return true;
    }
    const { machine } = this;
    const memory = machine.memory;
    const n = --this.position;
    const chunk = this.#chunks[(n >>> CHUNK_SHIFT) - this.#firstChunk] as Chunk;
    const at = n & (CHUNK_STEPS - 1);
    const where = chunk.where[at] as number;
    const effect = chunk.effect[at] as number;
    machine.ip = (where & SLOT_MASK) << SLOT_SHIFT;
    machine.exited = false;
    machine.fault = undefined;
    machine.executed--;
    if (effect <= 10) {
      const reg = regIndex(effect);
      memory.i32[reg] = chunk.old[2 * at] as number;
      memory.i32[reg + 1] = chunk.old[2 * at + 1] as number;
    } else if (effect === EFFECT.journal) {
      this.journal.undoTo(chunk.old[2 * at] as number);
      machine.syncProgram();
    } else if (effect === EFFECT.store) {
      const store = this.#storeOffset(machine.ip);
      const size = machine.program.code[machine.ip + 7] as number;
      const lo = chunk.old[2 * at] as number;
      if (size === 1) memory.view.setInt8(store, lo);
      else if (size === 2) memory.view.setInt16(store, lo, true);
      else {
        memory.view.setInt32(store, lo, true);
        if (size === 8) memory.view.setInt32(store + 4, chunk.old[2 * at + 1] as number, true);
      }
    }
    return true;
  }

  /** Goes to a step, at most to the end of the run. Returns the position it reached. */
  seek(step: number): number {
    const target = Math.max(0, step);
    if (target < this.firstLogged) this.#restore(target);
    while (this.position > target && this.stepBack());
    while (this.position < target && this.step());
    return this.position;
  }

  /** Runs to the end, at most `budget` steps. `paused`: the budget is used up. */
  runToEnd(budget = Number.POSITIVE_INFINITY): Outcome {
    for (let left = budget; left > 0 && this.step(); left--);
    return this.#outcome !== undefined && this.atEnd ? this.#outcome : this.machine.outcome;
  }

  /** The log entry of a step. undefined: outside [first, length). */
  at(step: number): LoggedStep | undefined {
    const chunk = this.#chunks[(step >>> CHUNK_SHIFT) - this.#firstChunk];
    if (step < this.firstLogged || step >= this.length || chunk === undefined) return undefined;
    const at = step & (CHUNK_STEPS - 1);
    const where = chunk.where[at] as number;
    return {
      slot: where & SLOT_MASK,
      prog: (this.#programs[where >>> SLOT_BITS] as LoadedProgram).id,
      effect: chunk.effect[at] as number,
    };
  }

  /** Slot of a step, for lists of many steps. -1: outside the log. */
  slotAt(step: number): number {
    if (step === this.position) return this.machine.slot;
    return this.at(step)?.slot ?? -1;
  }

  /** How long the journal was before a journaled step. */
  journalTopBefore(step: number): number {
    const chunk = this.#chunks[(step >>> CHUNK_SHIFT) - this.#firstChunk] as Chunk;
    return chunk.old[2 * (step & (CHUNK_STEPS - 1))] as number;
  }

  /** Offset that a store at this slot writes to, with the current registers. 0: outside the buffer. */
  #storeOffset(ip: number): number {
    const { memory, program } = this.machine;
    const dst = program.code[ip + 1] as number;
    const place = ((memory.i32[dst] as number) + (program.code[ip + 3] as number)) | 0;
    const inside = memory.i32[dst + 1] === KERNEL_HI && place >= RUN_STATE && place + 8 <= memory.u8.length;
    return inside ? place : 0;
  }

  /** The buffer range that is written by the store that is next, or was just undone. undefined: the slot is not a store. */
  storeRange(): { at: number; size: number } | undefined {
    const { code } = this.machine.program;
    const { ip } = this.machine;
    if (code[ip + 6] !== EFFECT.store) return undefined;
    return { at: this.#storeOffset(ip), size: code[ip + 7] as number };
  }

  #programIndex(): number {
    const { program } = this.machine;
    if (this.#programs[0] === program) return 0;
    const known = this.#programs.indexOf(program);
    return known >= 0 ? known : this.#programs.push(program) - 1;
  }

  #newChunk(index: number): Chunk {
    const chunk = {
      where: new Uint32Array(CHUNK_STEPS),
      effect: new Uint8Array(CHUNK_STEPS),
      old: new Int32Array(2 * CHUNK_STEPS),
    };
    if (this.#chunks.length === 0) this.#firstChunk = index;
    this.#chunks[index - this.#firstChunk] = chunk;
    if (this.#chunks.length > Math.ceil(this.maxSteps / CHUNK_STEPS)) {
      this.#chunks.shift();
      this.#firstChunk++;
      this.firstLogged = this.#firstChunk << CHUNK_SHIFT;
    }
    return chunk;
  }

  #checkpoint(): void {
    const { memory, ip } = this.machine;
    this.#checkpoints.push({ step: this.position, ip, memory: memory.snapshot() });
    const bytes = this.#checkpoints.reduce((sum, checkpoint) => sum + bytesOf(checkpoint), 0);
    if (bytes > CHECKPOINT_BYTES) {
      // Drop every second one. The first one stays.
      this.#checkpoints = this.#checkpoints.filter((_, i) => i % 2 === 0);
      this.#checkpointEvery *= 2;
    }
  }

  /** Goes to a step that the log no longer holds: from the last checkpoint before it, fast until the new log has room for the rest. */
  #restore(target: number): void {
    const { machine, journal } = this;
    const { memory } = machine;
    const from = this.#checkpoints.findLast((checkpoint) => checkpoint.step <= target) as Checkpoint;
    memory.restore(from.memory);
    machine.ip = from.ip;
    machine.exited = false;
    machine.fault = undefined;
    machine.executed = from.step;
    machine.syncProgram();
    this.#chunks = [];
    journal.top = 0;
    const fast = Math.max(0, target - (this.maxSteps >>> 1) - from.step) & ~(CHUNK_STEPS - 1);
    memory.journal = undefined;
    if (fast > 0) machine.run(fast);
    memory.journal = journal;
    this.position = from.step + fast;
    this.firstLogged = this.position;
    while (this.position < target && this.step());
  }
}
