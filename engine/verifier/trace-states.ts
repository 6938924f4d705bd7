// The states of a trace, by number. A state is kept as its differences from the one recorded before it, in typed arrays that grow. From
// time to time a state is kept whole. A register or spill that is only a small number is written as that number. Others are immutable
// objects, which are shared with the walk. Mutable.
import { constS32 } from "./domain/scalar.ts";
import { NOT_INIT_REG, type RegState, scalarReg } from "./state/reg.ts";
import { SCALAR_VALUE } from "./state/regtype.ts";
import { allBytes, INVALID_SLOT, STACK_SPILL, type StackSlot } from "./state/stack.ts";
import type { FuncState, VerifierState } from "./state/state.ts";

/** What was believed at one point of a path. */
export type StateView = Pick<VerifierState, "frames" | "curframe" | "refs">;

/** After this many states that are kept as differences, one is kept whole. */
const MOST_STEPS = 63;

/**
 * One difference: its place, and the new value.
 *
 *   bit   15       14 … 8   7       6 … 0
 *         number   frame    slot    register number, or index of the slot
 *
 * If `number` is set, the other word is that number, s32. Otherwise it is an index into #objects.
 */
const NUMBER = 1 << 15;
const FRAME_SHIFT = 8;
const SLOT = 1 << 7;

const REGS = 11;
const SPILL = allBytes(STACK_SPILL);
const S32 = 0x8000_0000n;

/** The number in a register, if it has nothing besides and fits in 32 bits. undefined: the register must be kept as an object. */
function numberIn(reg: RegState): number | undefined {
  if (reg.type !== SCALAR_VALUE || reg.id !== 0 || reg.off !== 0 || reg.precise) return undefined;
  // A pointer that is now known to be null may still have its map, reference or type name.
  if (reg.map !== null || reg.refObjId !== 0 || reg.btfName !== null) return undefined;
  const { smin, smax, umin, umax, u32min, u32max, s32min, s32max, varOff } = reg.val;
  if (varOff.mask !== 0n || smin !== smax || umin !== umax || u32min !== u32max || s32min !== s32max) return undefined;
  return smin >= -S32 && smin < S32 ? Number(smin) : undefined;
}

/** A copy of a typed array with twice the length. */
function grown<T extends Int32Array | Uint16Array | Uint8Array>(old: T): T {
  const array = new (old.constructor as new (length: number) => T)(old.length * 2);
  array.set(old);
  return array;
}

export class TraceStates {
  #length = 0;
  /** By state: index of its first difference. There is one more entry than there are states. */
  #starts = new Int32Array(64);
  /** By state: how many states back the last whole one is. */
  #statesSinceWhole = new Uint8Array(64);
  /** By state: index into #shells. */
  #shell = new Int32Array(64);
  #where = new Uint16Array(256);
  #what = new Int32Array(256);
  #used = 0;
  readonly #objects: (RegState | StackSlot)[] = [];
  /** A state without its registers and slots. If one of these parts changes, a whole state follows. */
  readonly #shells: StateView[] = [];
  /** The last recorded registers and slots, by frame. */
  readonly #regs: (RegState | undefined)[][] = [];
  readonly #stacks: StackSlot[][] = [];
  /** Slots with a number, by the number, made when they are first asked for. */
  readonly #spills = new Map<number, StackSlot>();

  /** Returns the number of the state. */
  record(state: VerifierState): number {
    const number = this.#length++;
    if (number + 1 >= this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#statesSinceWhole = grown(this.#statesSinceWhole);
      this.#shell = grown(this.#shell);
    }
    const since = number === 0 ? MOST_STEPS : this.#statesSinceWhole[number - 1]!;
    if (since === MOST_STEPS || !this.#fitsAsDifference(state)) this.#beginWhole(state);
    else this.#statesSinceWhole[number] = since + 1;
    this.#shell[number] = this.#shells.length - 1;
    for (let f = 0; f <= state.curframe; f++) this.#differences(state.frames[f]!, f);
    this.#starts[number + 1] = this.#used;
    return number;
  }

  /** The state with that number, made anew. */
  at(number: number): StateView {
    const { frames: shells, curframe, refs } = this.#shells[this.#shell[number]!]!;
    const frames = shells.map(
      (frame): FuncState => ({ ...frame, regs: new Array(REGS).fill(NOT_INIT_REG), stack: [] }),
    );
    const end = this.#starts[number + 1]!;
    for (let i = this.#starts[number - this.#statesSinceWhole[number]!]!; i < end; i++) {
      const where = this.#where[i]!;
      const what = this.#what[i]!;
      const frame = frames[(where & ~NUMBER) >> FRAME_SHIFT]!;
      const at = where & (SLOT - 1);
      if (where & SLOT) frame.stack[at] = where & NUMBER ? this.#spilled(what) : (this.#objects[what] as StackSlot);
      else frame.regs[at] = where & NUMBER ? scalarReg(constS32(what)) : (this.#objects[what] as RegState);
    }
    return { frames, curframe, refs };
  }

  /** A slot that has not changed is the same object in all states. */
  #spilled(n: number): StackSlot {
    const known = this.#spills.get(n);
    if (known) return known;
    const slot: StackSlot = { types: SPILL, spilled: scalarReg(constS32(n)) };
    this.#spills.set(n, slot);
    return slot;
  }

  /** Whether the state can be kept as its differences from the last one. */
  #fitsAsDifference({ frames, curframe, refs }: VerifierState): boolean {
    const last = this.#shells.at(-1)!;
    if (last.curframe !== curframe || last.refs.length !== refs.length) return false;
    for (let i = 0; i < refs.length; i++) if (last.refs[i] !== refs[i]) return false;
    for (let f = 0; f <= curframe; f++) {
      const { callsite, subprogno } = last.frames[f]!;
      if (callsite !== frames[f]!.callsite || subprogno !== frames[f]!.subprogno) return false;
      if (frames[f]!.stack.length < this.#stacks[f]!.length) return false;
    }
    return true;
  }

  #beginWhole({ frames, curframe, refs }: VerifierState): void {
    const shells = frames.slice(0, curframe + 1).map((frame) => ({ ...frame, regs: [], stack: [] }));
    this.#shells.push({ frames: shells, curframe, refs: refs.slice() });
    for (let f = 0; f <= curframe; f++) {
      this.#regs[f] = new Array(REGS).fill(undefined);
      this.#stacks[f] = [];
    }
  }

  #differences({ regs, stack }: FuncState, f: number): void {
    const [lastRegs, lastStack] = [this.#regs[f]!, this.#stacks[f]!];
    for (let r = 0; r < REGS; r++) {
      const reg = regs[r]!;
      if (reg === lastRegs[r]) continue;
      lastRegs[r] = reg;
      const n = numberIn(reg);
      if (n === undefined) this.#put((f << FRAME_SHIFT) | r, this.#objects.push(reg) - 1);
      else this.#put(NUMBER | (f << FRAME_SHIFT) | r, n);
    }
    for (let spi = 0; spi < stack.length; spi++) {
      const slot = stack[spi] ?? INVALID_SLOT;
      if (slot === lastStack[spi]) continue;
      lastStack[spi] = slot;
      const n = slot.types === SPILL ? numberIn(slot.spilled) : undefined;
      if (n === undefined) this.#put((f << FRAME_SHIFT) | SLOT | spi, this.#objects.push(slot) - 1);
      else this.#put(NUMBER | (f << FRAME_SHIFT) | SLOT | spi, n);
    }
  }

  #put(where: number, what: number): void {
    if (this.#used === this.#where.length) {
      this.#where = grown(this.#where);
      this.#what = grown(this.#what);
    }
    this.#where[this.#used] = where;
    this.#what[this.#used++] = what;
  }
}
