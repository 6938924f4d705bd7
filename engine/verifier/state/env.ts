// Everything that one run of the verifier shares: the program, what the kernel knows, the log, the results of earlier passes, and the
// states seen so far. Mutable; one for each verify(). @kernel bpf_verifier.h struct bpf_verifier_env

import { PROG_FLAGS } from "../../facts/flags.ts";
import type { ProgType } from "../../facts/types.ts";
import type { Insn } from "../../isa/insn.ts";
import type { NotSimulated } from "../../program/not-simulated.ts";
import type { LineInfo, Program } from "../../program/program.ts";
import type { VerifierLog } from "../log/buffer.ts";
import type { LineKind } from "../log/kinds.ts";
import type { Refusal } from "../refusals.ts";
import type { VerifierMap } from "./map.ts";
import type { ExploredState, HistoryEntry, VerifierState } from "./state.ts";

export const BPF_COMPLEXITY_LIMIT_INSNS = 1_000_000;
export const BPF_COMPLEXITY_LIMIT_JMP_SEQ = 8192;

/** What the passes know about one instruction slot. @kernel struct bpf_insn_aux_data */
export interface InsnAux {
  /** LD_IMM64 of a map: the map. */
  map: VerifierMap | null;
  /** LD_IMM64 BPF_PSEUDO_MAP_VALUE: the offset in the map value. */
  mapOff: number;
  /** Type of the pointer through which the last visiting path loaded or stored. 0: not visited. */
  ptrType: number;
  /** Marks of the control-flow pass, see prepass/cfg.ts. */
  prunePoint: boolean;
  forceCheckpoint: boolean;
  jmpPoint: boolean;
  callsCallback: boolean;
  /** Number of the strongly connected component. 0: in no loop. */
  scc: number;
  /** Registers that are live before the instruction. Bit n is Rn. */
  liveRegsBefore: number;
  /** 1 if the main walk came to the slot, else 0. */
  seen: number;
  /** Helper calls: the map that all visits had in common. `callMapPoison`: they had different maps. */
  callMap: VerifierMap | null;
  callMapPoison: boolean;
  /** bpf_loop: whether it may be inlined, and the callback of the first visit (-1: not visited). */
  loopInline: boolean;
  loopSubprogno: number;
  /** A spill or fill of a fast-call pattern. For the call itself: the number of pairs. @kernel bpf_fastcall */
  fastcallPattern: boolean;
  fastcallSpillsNum: number;
  /** Bytes of the field, for a load of a part of a context field. 0: other accesses. */
  ctxFieldSize: number;
  /** The last history entry made for this slot without linked registers. */
  history: HistoryEntry | null;
}

/** @kernel struct bpf_subprog_info */
export interface SubprogInfo {
  /** First slot. The subprogram ends before the start of the next one. */
  start: number;
  /** Bytes of stack that the walk has seen in use so far. A multiple of 8. */
  stackDepth: number;
  /** The name in the log. Empty without BTF. */
  name: string;
  isGlobal: boolean;
  /** Global functions. called: somewhere. verified: found safe for all arguments that are allowed. */
  called: boolean;
  verified: boolean;
  /** Its BTF does not tell its parameters. @kernel struct bpf_func_info_aux */
  unreliable: boolean;
  /** No path reaches it: the kernel removes it from an accepted program. */
  removed?: boolean;
  hasTailCall: boolean;
  tailCallReachable: boolean;
  hasLdAbs: boolean;
  isCb: boolean;
  isAsyncCb: boolean;
  isExceptionCb: boolean;
  mightSleep: boolean;
  changesPktData: boolean;
  /** Stack below this offset is used by fast-call spills and fills only. keepFastcallStack: they have to stay. @kernel bpf_fastcall */
  fastcallStackOff: number;
  keepFastcallStack: boolean;
  /** Index in Env.postorder where the slots of this subprogram begin. */
  postorderStart: number;
}

/** A branch that is still to be walked. @kernel struct bpf_verifier_stack_elem */
export interface PendingBranch {
  readonly state: VerifierState;
  readonly insnIdx: number;
  readonly prevInsnIdx: number;
  /** The end of the log when the branch was put aside. */
  readonly logPos: number;
}

/** Is told what the walk does. The tracer in trace.ts is one. */
export interface Onlooker {
  /** Further visits are only counted, not kept. */
  readonly full: boolean;
  arrive(env: Env, insnIdx: number): void;
  leave(env: Env, ends: boolean): void;
  pruned(env: Env): void;
  refused(env: Env, err: number): void;
  /** The current state was compared with the states kept at this instruction, and perhaps kept itself. */
  kept(env: Env): void;
  putAside(branch: VerifierState): void;
  /** The walk continues with a branch that was put aside. */
  resume(env: Env): void;
}

export interface Env {
  readonly program: Program;
  /** The program's slots, with what the prepass resolved (map addresses in ld_imm64). */
  insns: readonly Insn[];
  readonly progType: ProgType;
  maps: readonly VerifierMap[];
  readonly log: VerifierLog;
  /** VerifyOptions.slotNumber: every slot number in the log goes through it. */
  readonly slotNumber: (slot: number) => number;
  /** BPF_F_STRICT_ALIGNMENT is set, or the architecture needs it. */
  strictAlignment: boolean;
  /** TraceOptions.everyPath: no path ends early because an explored state covers it. */
  readonly everyPath: boolean;
  /** BPF_F_TEST_STATE_FREQ: keeps a state at every opportunity. */
  testStateFreq: boolean;
  testRegInvariants: boolean;
  aux: InsnAux[];
  /** In the order of `start`. For the end of one see subprogEnd. */
  subprogs: SubprogInfo[];
  /** The slots of each subprogram in postorder of its control flow, one subprogram after another. */
  postorder: Int32Array;
  /** The slots that may follow each slot. Owned by the prepass: prepass/successors.ts. */
  successors: Int32Array;
  /** What the program needs that is not simulated here (kfuncs, kernel BTF …). Set together with the error NOT_SIMULATED. */
  notSimulated: NotSimulated | null;
  /** The last refusal: refuse.ts. */
  refusal: Refusal | null;

  curState: VerifierState;
  insnIdx: number;
  prevInsnIdx: number;
  pending: PendingBranch[];
  idGen: number;

  /** explored[i]: the states kept for hash bucket i. Owned by explore/prune.ts. */
  explored: ExploredState[][];
  /** The visits of each strongly connected component. Owned by explore/scc.ts. */
  sccVisits: unknown;
  /** Static stack liveness. Owned by explore/stack-liveness.ts. */
  liveness: unknown;
  /** The history entry of the instruction that is being walked, once there is one. @kernel env->cur_hist_ent */
  curHistEntry: HistoryEntry | null;

  /** Statistics for the last line of the log. */
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
  /** The same for the stack slots 0 to 31 and 32 to 63. */
  scratchedSlotsLo: number;
  scratchedSlotsHi: number;
  prevLogPos: number;
  prevInsnPrintPos: number;
  /** The last source line that was printed. */
  prevLine: LineInfo | null;

  /** Called now and then with the progress of the walk. true: the walk must stop, as by a signal. */
  readonly progress: ((insnsProcessed: number, logChars: number) => boolean) | null;
  /** The state that covered the path that was pruned last. */
  prunedBy: VerifierState | null;
  /** null: no trace is wanted. */
  readonly onlooker: Onlooker | null;
}

/** Not an errno of the kernel: this program cannot be judged here. Env.notSimulated says why. */
export const NOT_SIMULATED = -100_000;

/** Gives up on a program that needs something that is not simulated. Use: `return notSimulated(env, "kernel functions")`. */
export function notSimulated(env: Env, what: NotSimulated): number {
  env.notSimulated = what;
  return NOT_SIMULATED;
}

/** Whether the code at this point may sleep. @kernel verifier.c in_sleepable */
export const isSleepable = (env: Env): boolean =>
  (env.program.progFlags & PROG_FLAGS.SLEEPABLE) !== 0 || env.curState.inSleepable;

/**
 * Appends to the log, at any level except 0. Lines that begin in `text` are of this kind and about `slot` (-1: none). For refusals use
 * refuse.ts. If the text is expensive to build, call this inside `if (env.log.level)`.
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

/** Index of the subprog that contains slot `off`. @kernel verifier.c bpf_find_containing_subprog */
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
