// Everything one run of the verifier shares: the program, what the kernel knows, the log, what earlier passes found out,
// and the states seen so far. Mutable; one per verify().  @kernel bpf_verifier.h struct bpf_verifier_env
import type { ProgType } from "../../facts/types.ts";
import type { Insn } from "../../isa/insn.ts";
import type { LineInfo, Program } from "../../program/program.ts";
import type { VerifierLog } from "../log/buffer.ts";
import type { LineKind } from "../log/kinds.ts";
import type { Refusal } from "../refusals.ts";
import type { Tracer } from "../trace.ts";
import type { VerifierMap } from "./map.ts";
import type { ExploredState, HistoryEntry, VerifierState } from "./state.ts";

export const BPF_COMPLEXITY_LIMIT_INSNS = 1_000_000;
export const BPF_COMPLEXITY_LIMIT_JMP_SEQ = 8192;

/** What the passes know of one instruction slot. @kernel struct bpf_insn_aux_data */
export interface InsnAux {
  /** LD_IMM64 of a map: which. */
  map: VerifierMap | null;
  /** LD_IMM64 BPF_PSEUDO_MAP_VALUE: the offset in the value. */
  mapOff: number;
  /** Type of the pointer that the last visited path loaded or stored through; 0: not visited. */
  ptrType: number;
  /** Frame-relative marks of the CFG and liveness passes. */
  prunePoint: boolean;
  forceCheckpoint: boolean;
  jmpPoint: boolean;
  callsCallback: boolean;
  /** Strongly connected component; 0: in no loop. */
  scc: number;
  /** Registers live before the instruction, bit n = Rn. */
  liveRegsBefore: number;
  /** Passes of the main walk that came by. */
  seen: number;
  /** Helper calls: the map all visits agreed on, or poison. */
  callMap: VerifierMap | null;
  callMapPoison: boolean;
  /** bpf_loop: may be inlined, and the callback that was seen first; -1: not visited. */
  loopInline: boolean;
  loopSubprogno: number;
  /** Spill or fill of a fast-call pattern; on the call itself: how many pairs. @kernel bpf_fastcall */
  fastcallPattern: boolean;
  fastcallSpillsNum: number;
  /** Field bytes of a narrow context load. */
  ctxFieldSize: number;
  /** The last entry of a state's history that was of this slot, and linked nothing. */
  history: HistoryEntry | null;
}

/** @kernel struct bpf_subprog_info */
export interface SubprogInfo {
  /** First slot; the slot after its last one is the next subprog's start. */
  start: number;
  /** Bytes of stack used, a multiple of 8 so far as the walk has seen. */
  stackDepth: number;
  /** What the log calls it; empty without BTF. */
  name: string;
  isGlobal: boolean;
  /** Global: called somewhere; found safe for whatever it may be called with. */
  called: boolean;
  verified: boolean;
  /** Its BTF does not say how it is called. @kernel struct bpf_func_info_aux */
  unreliable: boolean;
  /** No path reaches it: the kernel takes it out of an accepted program. */
  removed?: boolean;
  hasTailCall: boolean;
  tailCallReachable: boolean;
  hasLdAbs: boolean;
  isCb: boolean;
  isAsyncCb: boolean;
  isExceptionCb: boolean;
  mightSleep: boolean;
  changesPktData: boolean;
  /** Stack slots the fast-call convention keeps, and whether it still holds. @kernel bpf_fastcall */
  fastcallStackOff: number;
  keepFastcallStack: boolean;
  /** Where the slots of this subprogram begin in Env.postorder. */
  postorderStart: number;
}

/** A branch that waits to be walked. @kernel struct bpf_verifier_stack_elem */
export interface PendingBranch {
  readonly state: VerifierState;
  readonly insnIdx: number;
  readonly prevInsnIdx: number;
  /** Where the log stood when it was put aside. */
  readonly logPos: number;
}

export interface Env {
  readonly program: Program;
  /** Slots; what the prepass resolved (map addresses in ld_imm64) stands in here. */
  insns: readonly Insn[];
  readonly progType: ProgType;
  maps: readonly VerifierMap[];
  readonly log: VerifierLog;
  /** VerifyOptions.slotNumber: each slot that is written down goes through it. */
  readonly slotNumber: (slot: number) => number;
  /** BPF_F_STRICT_ALIGNMENT, or the architecture asks for it. */
  strictAlignment: boolean;
  /** TraceOptions.everyPath: no path ends because an explored state covers it. */
  readonly everyPath: boolean;
  /** BPF_F_TEST_STATE_FREQ: keep a state at each chance. */
  testStateFreq: boolean;
  testRegInvariants: boolean;
  aux: InsnAux[];
  /** In order of `start`. Where one ends: subprogEnd. */
  subprogs: SubprogInfo[];
  /** Slots of each subprogram in postorder of its control flow, one subprogram after another. */
  postorder: Int32Array;
  /** Which slots may follow each. Owned by the prepass: prepass/successors.ts. */
  successors: Int32Array;
  /** What the program needs that is not simulated here (kfuncs, kernel BTF …): set with the error NOT_SIMULATED. */
  unsupported: string | null;
  /** What was refused last: refuse.ts. */
  refusal: Refusal | null;

  curState: VerifierState;
  insnIdx: number;
  prevInsnIdx: number;
  pending: PendingBranch[];
  idGen: number;

  /** explored[i]: states kept for the hash bucket i. Owned by explore/prune. */
  explored: ExploredState[][];
  /** State of explore/prune for each strongly connected component; owned by it. */
  sccVisits: unknown;
  /** Static stack liveness; owned by prepass/liveness. */
  liveness: unknown;
  /** The history entry of the instruction being walked, once there is one. @kernel env->cur_hist_ent */
  curHistEntry: HistoryEntry | null;

  /** Statistics of the last line of the log. */
  insnProcessed: number;
  prevInsnProcessed: number;
  jmpsProcessed: number;
  prevJmpsProcessed: number;
  maxStatesPerInsn: number;
  totalStates: number;
  peakStates: number;
  longestMarkReadWalk: number;

  exploredSize: number;
  freeListSize: number;
  numBackedges: number;

  /** Bit n: Rn is printed with the next state. */
  scratchedRegs: number;
  /** Same for slots 0 … 31 and 32 … 63. */
  scratchedSlotsLo: number;
  scratchedSlotsHi: number;
  prevLogPos: number;
  prevInsnPrintPos: number;
  /** The source line that was printed last. */
  prevLine: LineInfo | null;

  /** Told now and then how far the walk is; true: it is to stop, as by a signal. */
  readonly progress: ((insnsProcessed: number, logChars: number) => boolean) | null;
  /** The state that the path pruned last was found to be covered by. */
  prunedBy: VerifierState | null;
  /** Where one is asked for. */
  trace: Tracer | null;
}

/** Added to the errnos of the kernel: this program cannot be judged here, Env.unsupported says why. */
export const NOT_SIMULATED = -100_000;

/** Gives up on a program that needs what is not simulated. Use as `return notSimulated(env, "kernel functions")`. */
export function notSimulated(env: Env, what: string): number {
  env.unsupported = what;
  return NOT_SIMULATED;
}

const BPF_F_SLEEPABLE = 1 << 4;

/** May what runs now wait for something? @kernel verifier.c in_sleepable */
export const isSleepable = (env: Env): boolean =>
  (env.program.progFlags & BPF_F_SLEEPABLE) !== 0 || env.curState.inSleepable;

/**
 * Appends to the log, at any level but 0. Lines that begin in `text` are of this kind and about `slot` (-1: none). What
 * refuses the program is said by refuse.ts. Wrap in `if (env.log.level)` where building the text costs.
 * @kernel verifier.c verbose
 */
export function verbose(env: Env, kind: LineKind, text: string, slot: number = env.insnIdx): void {
  if (env.log.level !== 0) env.log.append(text, kind, slot);
}

/** First slot after subprog n. */
export const subprogEnd = (env: Env, n: number): number => env.subprogs[n + 1]?.start ?? env.insns.length;

/** Index of the subprog that starts at slot `off`, or -1. @kernel verifier.c find_subprog */
export function findSubprog(env: Env, off: number): number {
  for (let i = 0; i < env.subprogs.length; i++) if (env.subprogs[i]!.start === off) return i;
  return -1;
}

/** Index of the subprog that holds slot `off`. @kernel verifier.c bpf_find_containing_subprog */
export function containingSubprog(env: Env, off: number): number {
  let n = env.subprogs.length - 1;
  while (n > 0 && env.subprogs[n]!.start > off) n--;
  return n;
}

/** @kernel bpf_verifier.h mark_reg_scratched */
export const scratchReg = (env: Env, regno: number): void => {
  env.scratchedRegs |= 1 << regno;
};

/** @kernel bpf_verifier.h mark_stack_slot_scratched */
export const scratchSlot = (env: Env, spi: number): void => {
  if (spi < 32) env.scratchedSlotsLo |= 1 << spi;
  else env.scratchedSlotsHi |= 1 << (spi - 32);
};

export const isRegScratched = (env: Env, regno: number): boolean => ((env.scratchedRegs >> regno) & 1) !== 0;

export const isSlotScratched = (env: Env, spi: number): boolean =>
  (((spi < 32 ? env.scratchedSlotsLo : env.scratchedSlotsHi) >> (spi & 31)) & 1) !== 0;

/** @kernel bpf_verifier.h mark_verifier_state_scratched */
export function scratchAll(env: Env): void {
  env.scratchedRegs = -1;
  env.scratchedSlotsLo = -1;
  env.scratchedSlotsHi = -1;
}

/** @kernel bpf_verifier.h mark_verifier_state_clean */
export function scratchNone(env: Env): void {
  env.scratchedRegs = 0;
  env.scratchedSlotsLo = 0;
  env.scratchedSlotsHi = 0;
}
