// One point of one path: the frames of the call chain with their registers and stacks, the references and locks that are held, and the
// state's place in the tree of explored states. Containers are mutable and copied by slice. Their elements are immutable.
// @kernel bpf_verifier.h struct bpf_func_state, bpf_verifier_state, bpf_reference_state, bpf_jmp_history_entry
import { NOT_INIT_REG, type RegState } from "./reg.ts";
import { INVALID_SLOT, type StackSlot } from "./stack.ts";

export const MAX_CALL_FRAMES = 8;

export interface RetvalRange {
  readonly minval: number;
  readonly maxval: number;
}

export interface FuncState {
  /** R0 to R10. */
  regs: RegState[];
  /** stack[i] holds the bytes fp-8*(i+1) to fp-8*i-1. Its length * 8 is the kernel's allocated_stack. */
  stack: StackSlot[];
  /** Slot of the instruction that called this frame. -1 for the main function (BPF_MAIN_FUNC). */
  callsite: number;
  frameno: number;
  subprogno: number;
  asyncEntryCnt: number;
  callbackRetRange: RetvalRange;
  inCallbackFn: boolean;
  inAsyncCallbackFn: boolean;
  inExceptionCallbackFn: boolean;
  /** How often the callback in the frame above was simulated (bpf_loop and similar helpers). */
  callbackDepth: number;
}

export const BPF_MAIN_FUNC = -1;

export const REF_TYPE_PTR = 1 << 1;
export const REF_TYPE_LOCK = 1 << 3;
const REF_TYPE_RES_LOCK = 1 << 4;
const REF_TYPE_RES_LOCK_IRQ = 1 << 5;
export const REF_TYPE_LOCK_MASK = REF_TYPE_LOCK | REF_TYPE_RES_LOCK | REF_TYPE_RES_LOCK_IRQ;

export interface RefState {
  readonly type: number;
  readonly id: number;
  /** Slot of the instruction that acquired it, for the message about a leak. */
  readonly insnIdx: number;
  /** Locks: the object that contains the lock (a VerifierMap). */
  readonly ptr: object | null;
}

/** Flags of a history entry: the instruction accessed a stack slot through a register. @kernel bpf_verifier.h INSN_F_* */
export const INSN_F_FRAMENO_MASK = 0x7;
export const INSN_F_SPI_MASK = 0x3f;
export const INSN_F_SPI_SHIFT = 3;
export const INSN_F_STACK_ACCESS = 1 << 9;
export const INSN_F_DST_REG_STACK = 1 << 10;
export const INSN_F_SRC_REG_STACK = 1 << 11;
/** Flags of an instruction that accessed slot `spi` of frame `frameno`. @kernel insn_stack_access_flags */
export const stackAccessFlags = (frameno: number, spi: number): number =>
  INSN_F_STACK_ACCESS | (spi << INSN_F_SPI_SHIFT) | frameno;

/** A register or a stack slot of a frame that a jump refined together with others. */
export interface LinkedReg {
  readonly frameno: number;
  readonly isReg: boolean;
  /** Register number, or index of the stack slot (spi). */
  readonly at: number;
}

export interface HistoryEntry {
  readonly idx: number;
  readonly prevIdx: number;
  readonly flags: number;
  /** Up to six. null: the instruction is not a jump that linked registers. */
  readonly linked: readonly LinkedReg[] | null;
}

export interface VerifierState {
  frames: FuncState[];
  curframe: number;
  parent: VerifierState | null;
  /** Number of paths from here that are not yet explored to their end. */
  branches: number;
  insnIdx: number;
  firstInsnIdx: number;
  lastInsnIdx: number;
  dfsDepth: number;
  callbackUnrollDepth: number;
  mayGotoDepth: number;
  /** For a state that was pruned in a loop: the state that it was equal to. */
  equalState: VerifierState | null;
  history: HistoryEntry[];

  refs: RefState[];
  activeLocks: number;
  activePreemptLocks: number;
  activeRcuLock: boolean;
  activeIrqId: number;
  activeLockId: number;
  activeLockPtr: object | null;

  /** Only a mispredicted branch takes this path. */
  speculative: boolean;
  inSleepable: boolean;
  /** Registers and slots that are no longer read were already removed. */
  cleaned: boolean;
  /** The entry in which explore/prune.ts keeps this state. null: it is not kept. */
  entry: ExploredState | null;
}

/** A state that is kept and compared with later ones. @kernel struct bpf_verifier_state_list */
export interface ExploredState {
  readonly state: VerifierState;
  missCnt: number;
  hitCnt: number;
  inFreeList: boolean;
}

export function newFuncState(callsite: number, frameno: number, subprogno: number): FuncState {
  return {
    regs: new Array<RegState>(11).fill(NOT_INIT_REG),
    stack: [],
    callsite,
    frameno,
    subprogno,
    asyncEntryCnt: 0,
    callbackRetRange: { minval: 0, maxval: 0 },
    inCallbackFn: false,
    inAsyncCallbackFn: false,
    inExceptionCallbackFn: false,
    callbackDepth: 0,
  };
}

export function newVerifierState(): VerifierState {
  return {
    frames: [],
    curframe: 0,
    parent: null,
    branches: 1,
    insnIdx: 0,
    firstInsnIdx: 0,
    lastInsnIdx: -1,
    dfsDepth: 0,
    callbackUnrollDepth: 0,
    mayGotoDepth: 0,
    equalState: null,
    history: [],
    refs: [],
    activeLocks: 0,
    activePreemptLocks: 0,
    activeRcuLock: false,
    activeIrqId: 0,
    activeLockId: 0,
    activeLockPtr: null,
    speculative: false,
    inSleepable: false,
    cleaned: false,
    entry: null,
  };
}

function cloneFuncState(f: FuncState): FuncState {
  return {
    regs: f.regs.slice(),
    stack: f.stack.slice(),
    callsite: f.callsite,
    frameno: f.frameno,
    subprogno: f.subprogno,
    asyncEntryCnt: f.asyncEntryCnt,
    callbackRetRange: f.callbackRetRange,
    inCallbackFn: f.inCallbackFn,
    inAsyncCallbackFn: f.inAsyncCallbackFn,
    inExceptionCallbackFn: f.inExceptionCallbackFn,
    callbackDepth: f.callbackDepth,
  };
}

/**
 * A copy that can be changed without changing the original. Registers and slots are shared. It is written out field by field for the
 * same reason as in reg.ts.
 * @kernel verifier.c copy_verifier_state
 */
export function cloneVerifierState(s: VerifierState): VerifierState {
  const frames: FuncState[] = [];
  for (let i = 0; i <= s.curframe; i++) frames.push(cloneFuncState(s.frames[i]!));
  return {
    frames,
    curframe: s.curframe,
    parent: s.parent,
    branches: s.branches,
    insnIdx: s.insnIdx,
    firstInsnIdx: s.firstInsnIdx,
    lastInsnIdx: s.lastInsnIdx,
    dfsDepth: s.dfsDepth,
    callbackUnrollDepth: s.callbackUnrollDepth,
    mayGotoDepth: s.mayGotoDepth,
    equalState: s.equalState,
    history: s.history.slice(),
    refs: s.refs.slice(),
    activeLocks: s.activeLocks,
    activePreemptLocks: s.activePreemptLocks,
    activeRcuLock: s.activeRcuLock,
    activeIrqId: s.activeIrqId,
    activeLockId: s.activeLockId,
    activeLockPtr: s.activeLockPtr,
    speculative: s.speculative,
    inSleepable: s.inSleepable,
    cleaned: s.cleaned,
    entry: null,
  };
}

/** The slot at index spi. INVALID_SLOT if the frame has not grown that far. */
export const slotAt = (f: FuncState, spi: number): StackSlot => f.stack[spi] ?? INVALID_SLOT;

/**
 * Replaces each register and each spilled register of every frame by `change` of it. Slots without a spilled register are not changed.
 * @kernel verifier.c bpf_for_each_reg_in_vstate
 */
export function mapAllRegs(s: VerifierState, change: (reg: RegState, frame: FuncState) => RegState): void {
  for (let i = 0; i <= s.curframe; i++) {
    const f = s.frames[i]!;
    for (let r = 0; r < f.regs.length; r++) {
      const old = f.regs[r]!;
      const now = change(old, f);
      if (now !== old) f.regs[r] = now;
    }
    for (let spi = 0; spi < f.stack.length; spi++) {
      const slot = f.stack[spi]!;
      // Byte 7 (bits 23 to 21) is STACK_SPILL.
      if (slot.types >> 21 !== 1) continue;
      const now = change(slot.spilled, f);
      if (now !== slot.spilled) f.stack[spi] = { types: slot.types, spilled: now };
    }
  }
}
