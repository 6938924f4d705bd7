// A run that can be walked in both directions. Each step is logged in 13 bytes before it happens: where it is, what it
// will change, and the old value; what changes more than one value is in the journal of the buffer. Going forward
// again does the instruction again: a run depends on nothing but the buffer. Mutable.
//
//   step   u32 program << 20 | slot     u8 what changes (FX, or a register)     2 × s32 old value, or place in journal
//
// The log holds the last `maxSteps` steps; checkpoints of the buffer lead back to earlier ones.
// The work of searching the log is in queries.ts, that of describing a step in changes.ts.
import { FX, type LoadedProgram, regIndex } from "./decode.ts";
import { interpret } from "./interp.ts";
import { Journal } from "./journal.ts";
import { KERNEL_HI, SLOT_SHIFT, THREAD } from "./layout.ts";
import type { Machine, Outcome } from "./machine.ts";
import type { MemorySnapshot } from "./memory.ts";

const CHUNK_SHIFT = 16;
const CHUNK = 1 << CHUNK_SHIFT;
const SLOT_BITS = 20;
const SLOT_MASK = (1 << SLOT_BITS) - 1;

/** Bytes that all checkpoints together may take. */
const CHECKPOINT_BYTES = 12 << 20;

interface Chunk {
  readonly where: Uint32Array;
  readonly what: Uint8Array;
  readonly old: Int32Array;
}

interface Checkpoint {
  readonly step: number;
  readonly ip: number;
  readonly memory: MemorySnapshot;
}

const bytesOf = ({ memory: { bytes, shadow } }: Checkpoint): number => bytes.length + shadow.length;

/** What one step did, as far as the log knows: `reg` or a range of the buffer; journaled steps have neither. */
export interface Logged {
  readonly slot: number;
  readonly prog: number;
  readonly fx: number;
}

export interface TimelineOptions {
  /** Steps that can be gone back without running again. */
  readonly maxSteps?: number;
}

export class Timeline {
  readonly machine: Machine;
  readonly journal: Journal;
  readonly maxSteps: number;
  /** Steps before the state the machine shows now. */
  position = 0;
  /** Steps known: the furthest that was ever reached. */
  length = 0;
  /** Oldest step the log still holds. */
  first = 0;
  #end: Outcome | undefined;
  #chunks: Chunk[] = [];
  /** Number of the first chunk that is kept. */
  #firstChunk = 0;
  #checkpoints: Checkpoint[] = [];
  /** Least steps between checkpoints: grows as the run does. */
  #checkpointEvery: number;
  readonly #programs: LoadedProgram[] = [];
  /** From where the machine stands: an event was entered, nothing has run. */
  constructor(machine: Machine, options: TimelineOptions = {}) {
    this.machine = machine;
    this.maxSteps = Math.max(CHUNK, options.maxSteps ?? 1 << 20);
    this.#checkpointEvery = this.maxSteps;
    this.journal = new Journal(machine.memory.i32);
    this.#checkpoint();
    machine.memory.journal = this.journal;
  }

  /** Ends recording; the machine stays where it is. */
  close(): void {
    if (this.machine.memory.journal === this.journal) this.machine.memory.journal = undefined;
  }

  /** Bytes that the log, the journal and the checkpoints take. */
  get bytes(): number {
    const checkpoints = this.#checkpoints.reduce((sum, checkpoint) => sum + bytesOf(checkpoint), 0);
    return this.#chunks.length * CHUNK * 13 + this.journal.bytes + checkpoints;
  }

  /** How the run ends; undefined while its end was not reached. */
  get outcome(): Outcome | undefined {
    return this.#end;
  }

  get atEnd(): boolean {
    return this.#end !== undefined && this.position === this.length;
  }

  /** One instruction forward; false at the end. An instruction that faults is no step: the state before it stays. */
  step(): boolean {
    const { machine, journal } = this;
    if (machine.exited || machine.fault !== undefined) return false;
    const memory = machine.memory;
    const n = this.position;
    const index = n >>> CHUNK_SHIFT;
    const chunk = this.#chunks[index - this.#firstChunk] ?? this.#newChunk(index);
    const at = n & (CHUNK - 1);
    const { ip } = machine;
    const { code } = machine.program;
    const fx = code[ip + 6] as number;
    chunk.where[at] = (this.#programIndex() << SLOT_BITS) | (ip >>> SLOT_SHIFT);
    chunk.what[at] = fx;
    const top = journal.top;
    if (fx <= 10) {
      const reg = code[ip + 1] as number;
      chunk.old[2 * at] = memory.i32[reg] as number;
      chunk.old[2 * at + 1] = memory.i32[reg + 1] as number;
    } else if (fx === FX.store) {
      const store = this.#storePlace(ip);
      if (store > 0) {
        chunk.old[2 * at] = memory.view.getInt32(store, true);
        chunk.old[2 * at + 1] = memory.view.getInt32(store + 4, true);
      }
    } else chunk.old[2 * at] = top;
    if (interpret(machine, 1) === 0) {
      // The instruction faulted; what it did before it noticed is undone.
      journal.undoTo(top);
      machine.follow();
      this.length = this.position;
      this.#end = machine.outcome;
      return false;
    }
    machine.executed++;
    this.position = n + 1;
    if (this.position > this.length) {
      this.length = this.position;
      if (this.position - (this.#checkpoints.at(-1) as Checkpoint).step >= this.#checkpointEvery) this.#checkpoint();
    }
    if (machine.exited) this.#end = machine.outcome;
    if (this.#end?.kind === "fault" && this.position === this.length) machine.fault = this.#end.fault;
    return true;
  }

  /** One step back; false at the start. */
  back(): boolean {
    if (this.position === 0) return false;
    if (this.position === this.first) {
      this.seek(this.position - 1);
      return true;
    }
    const { machine } = this;
    const memory = machine.memory;
    const n = --this.position;
    const chunk = this.#chunks[(n >>> CHUNK_SHIFT) - this.#firstChunk] as Chunk;
    const at = n & (CHUNK - 1);
    const where = chunk.where[at] as number;
    const fx = chunk.what[at] as number;
    machine.ip = (where & SLOT_MASK) << SLOT_SHIFT;
    machine.exited = false;
    machine.fault = undefined;
    machine.executed--;
    if (fx <= 10) {
      const reg = regIndex(fx);
      memory.i32[reg] = chunk.old[2 * at] as number;
      memory.i32[reg + 1] = chunk.old[2 * at + 1] as number;
    } else if (fx === FX.journal) {
      this.journal.undoTo(chunk.old[2 * at] as number);
      machine.follow();
    } else if (fx === FX.store) {
      const store = this.#storePlace(machine.ip);
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

  /** Goes to a step, at most to the end of the run; how far it came. */
  seek(step: number): number {
    const target = Math.max(0, step);
    if (target < this.first) this.#restore(target);
    while (this.position > target && this.back());
    while (this.position < target && this.step());
    return this.position;
  }

  /** Runs on to the end, at most `budget` steps. `paused`: the budget is used up. */
  runToEnd(budget = Number.POSITIVE_INFINITY): Outcome {
    for (let left = budget; left > 0 && this.step(); left--);
    return this.#end !== undefined && this.atEnd ? this.#end : this.machine.outcome;
  }

  /** Where a step of the log stood; undefined outside of [first, length). */
  at(step: number): Logged | undefined {
    const chunk = this.#chunks[(step >>> CHUNK_SHIFT) - this.#firstChunk];
    if (step < this.first || step >= this.length || chunk === undefined) return undefined;
    const at = step & (CHUNK - 1);
    const where = chunk.where[at] as number;
    return {
      slot: where & SLOT_MASK,
      prog: (this.#programs[where >>> SLOT_BITS] as LoadedProgram).id,
      fx: chunk.what[at] as number,
    };
  }

  /** Slot index of a step, for lists that show many; -1 outside of the log. */
  slotAt(step: number): number {
    if (step === this.position) return this.machine.slot;
    return this.at(step)?.slot ?? -1;
  }

  /** Place in the journal before a journaled step. */
  journalPlace(step: number): number {
    const chunk = this.#chunks[(step >>> CHUNK_SHIFT) - this.#firstChunk] as Chunk;
    return chunk.old[2 * (step & (CHUNK - 1))] as number;
  }

  /** Offset a store at this slot writes to, from the registers as they are; 0 where that is no place in the buffer. */
  #storePlace(ip: number): number {
    const { memory, program } = this.machine;
    const dst = program.code[ip + 1] as number;
    const place = ((memory.i32[dst] as number) + (program.code[ip + 3] as number)) | 0;
    const inside = memory.i32[dst + 1] === KERNEL_HI && place >= THREAD && place + 8 <= memory.u8.length;
    return inside ? place : 0;
  }

  /** Buffer range that the store about to run, or just undone, writes; undefined where the slot is no store. */
  storeRange(): { at: number; size: number } | undefined {
    const { code } = this.machine.program;
    const { ip } = this.machine;
    if (code[ip + 6] !== FX.store) return undefined;
    return { at: this.#storePlace(ip), size: code[ip + 7] as number };
  }

  #programIndex(): number {
    const { program } = this.machine;
    if (this.#programs[0] === program) return 0;
    const known = this.#programs.indexOf(program);
    return known >= 0 ? known : this.#programs.push(program) - 1;
  }

  #newChunk(index: number): Chunk {
    const chunk = { where: new Uint32Array(CHUNK), what: new Uint8Array(CHUNK), old: new Int32Array(2 * CHUNK) };
    if (this.#chunks.length === 0) this.#firstChunk = index;
    this.#chunks[index - this.#firstChunk] = chunk;
    if (this.#chunks.length > Math.ceil(this.maxSteps / CHUNK)) {
      this.#chunks.shift();
      this.#firstChunk++;
      this.first = this.#firstChunk << CHUNK_SHIFT;
    }
    return chunk;
  }

  #checkpoint(): void {
    const { memory, ip } = this.machine;
    this.#checkpoints.push({ step: this.position, ip, memory: memory.snapshot() });
    const bytes = this.#checkpoints.reduce((sum, checkpoint) => sum + bytesOf(checkpoint), 0);
    if (bytes > CHECKPOINT_BYTES) {
      // Every other one goes; the first stays.
      this.#checkpoints = this.#checkpoints.filter((_, i) => i % 2 === 0);
      this.#checkpointEvery *= 2;
    }
  }

  /** To a step before the log: from the checkpoint before it, fast to where a new log has room for what follows. */
  #restore(target: number): void {
    const { machine, journal } = this;
    const { memory } = machine;
    const from = this.#checkpoints.findLast((checkpoint) => checkpoint.step <= target) as Checkpoint;
    memory.restore(from.memory);
    machine.ip = from.ip;
    machine.exited = false;
    machine.fault = undefined;
    machine.executed = from.step;
    machine.follow();
    this.#chunks = [];
    journal.top = 0;
    const fast = Math.max(0, target - (this.maxSteps >>> 1) - from.step) & ~(CHUNK - 1);
    memory.journal = undefined;
    if (fast > 0) machine.run(fast);
    memory.journal = journal;
    this.position = from.step + fast;
    this.first = this.position;
    while (this.position < target && this.step());
  }
}
