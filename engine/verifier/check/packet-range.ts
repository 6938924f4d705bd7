// Comparing a packet pointer with the packet's end (or a metadata pointer with the packet's start) proves how many bytes are there,
// until the packet changes. @kernel verifier.c find_good_pkt_pointers, try_match_pkt_pointers, is_pkt_ptr_branch_taken
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { flipOpcode } from "../domain/cond.ts";
import type { Env } from "../state/env.ts";
import { AT_PKT_END, BEYOND_PKT_END, isPacketReg, type RegState, UNKNOWN_REG, withReg } from "../state/reg.ts";
import { PTR_TO_PACKET, PTR_TO_PACKET_END, PTR_TO_PACKET_META } from "../state/regtype.ts";
import { mapAllRegs, type VerifierState } from "../state/state.ts";
import { MAX_PACKET_OFF } from "./region.ts";

/** Whether the pointer is the packet's start, as loaded from the context. */
const isInitial = (reg: RegState, type: number): boolean =>
  reg.type === type && reg.id === 0 && reg.off === 0 && reg.val.varOff.mask === 0n && reg.val.varOff.value === 0n;

/** In this state `ptr` is not above the end (`open`: it is below the end). So all pointers of its group have at least this range. */
function learnRange(state: VerifierState, ptr: RegState, open: boolean): void {
  if (ptr.off < 0 || (ptr.off === 0 && open)) return;
  const limit = BigInt(MAX_PACKET_OFF);
  if (ptr.val.umax > limit || ptr.val.umax + BigInt(ptr.off) > limit) return;
  const range = ptr.off + (open ? 1 : 0);
  const { type, id } = ptr;
  mapAllRegs(state, (reg) => (reg.type === type && reg.id === id && reg.range < range ? withReg(reg, { range }) : reg));
}

/** In this state R`regno` is at or above the end; `beyond`: above it. @kernel verifier.c mark_pkt_end */
function markEnd(state: VerifierState, regno: number, beyond: boolean): void {
  const { regs } = state.frames[state.curframe]!;
  const reg = regs[regno]!;
  // For packet data only: the kernel does not mark metadata pointers.
  if (reg.type !== PTR_TO_PACKET) return;
  regs[regno] = withReg(reg, { range: beyond ? BEYOND_PKT_END : AT_PKT_END });
}

/**
 * What the outcomes of `pkt op end` tell, with the packet pointer on the left. `insideTaken`: whether pkt is not above the end if the
 * jump is taken, or if it is not. `open`: on that side pkt is even below the end.
 */
const OUTCOME: Readonly<Record<number, { insideTaken: boolean; open: boolean }>> = {
  [I.BPF_JGT]: { insideTaken: false, open: false },
  [I.BPF_JLT]: { insideTaken: true, open: true },
  [I.BPF_JGE]: { insideTaken: false, open: true },
  [I.BPF_JLE]: { insideTaken: true, open: false },
};

/** Learns from a 64-bit comparison of two registers. `dst` and `src` are as before the comparison. false: they are not such a pair. */
export function matchPktPointers(
  insn: Insn,
  dst: RegState,
  src: RegState,
  fallthrough: VerifierState,
  taken: VerifierState,
): boolean {
  if ((insn.code & I.BPF_X) === 0 || I.classOf(insn.code) === I.BPF_JMP32) return false;
  const left = isPair(dst, src);
  if (!left && !isPair(src, dst)) return false;
  const op = insn.code & 0xf0;
  const outcome = OUTCOME[left ? op : flipOpcode(op)];
  if (outcome === undefined) return false;
  const [inside, outside] = outcome.insideTaken ? [taken, fallthrough] : [fallthrough, taken];
  learnRange(inside, left ? dst : src, outcome.open);
  // The opposite of "below the end" is "at or beyond it". The opposite of "at or below it" is "beyond it".
  markEnd(outside, left ? insn.dst : insn.src, !outcome.open);
  return true;
}

const isPair = (ptr: RegState, end: RegState): boolean =>
  (ptr.type === PTR_TO_PACKET && end.type === PTR_TO_PACKET_END) ||
  (ptr.type === PTR_TO_PACKET_META && isInitial(end, PTR_TO_PACKET));

/** 1: jumps. 0: does not jump. -1: not known. Decided by the marks of an earlier comparison. */
export function pktBranchTaken(dst: RegState, src: RegState, op: number): 0 | 1 | -1 {
  let pkt: RegState;
  let code = op;
  if (src.type === PTR_TO_PACKET_END) pkt = dst;
  else if (dst.type === PTR_TO_PACKET_END) {
    pkt = src;
    code = flipOpcode(op);
  } else return -1;
  if (pkt.range >= 0) return -1;
  if (code === I.BPF_JLE || code === I.BPF_JGT) {
    if (pkt.range === BEYOND_PKT_END) return code === I.BPF_JGT ? 1 : 0;
  } else if (code === I.BPF_JLT || code === I.BPF_JGE) {
    return code === I.BPF_JGE ? 1 : 0;
  }
  return -1;
}

/** Packet data may have moved: all pointers to it become invalid. @kernel verifier.c clear_all_pkt_pointers */
export const forgetPacket = (env: Env): void =>
  mapAllRegs(env.curState, (reg) => (isPacketReg(reg) ? UNKNOWN_REG : reg));
