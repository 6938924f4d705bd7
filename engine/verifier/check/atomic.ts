// BPF_STX: stores of registers, and the atomic operations, which read and write the same place.
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import * as T from "../state/regtype.ts";
import { checkLoad, checkMemAccess, checkStoreReg } from "./mem.ts";
import { checkRegArg, curRegs, DST_OP, SRC_OP } from "./regs.ts";

/** BPF_STX: the store of a register, or an atomic operation. */
export function checkStx(env: Env, insn: Insn): number {
  if ((insn.code & 0xe0) === I.BPF_ATOMIC) return checkAtomic(env, insn);
  if ((insn.code & 0xe0) !== I.BPF_MEM || insn.imm !== 0)
    return refuse(env, "reserved-fields", { insn: "BPF_STX" }, "BPF_STX uses reserved fields\n", EINVAL);
  return checkStoreReg(env, insn, false);
}

/** Operations that read, modify and write. */
const RMW = new Set<number>([
  I.BPF_ADD,
  I.BPF_ADD | I.BPF_FETCH,
  I.BPF_AND,
  I.BPF_AND | I.BPF_FETCH,
  I.BPF_OR,
  I.BPF_OR | I.BPF_FETCH,
  I.BPF_XOR,
  I.BPF_XOR | I.BPF_FETCH,
  I.BPF_XCHG,
  I.BPF_CMPXCHG,
]);

/** @kernel verifier.c check_atomic */
function checkAtomic(env: Env, insn: Insn): number {
  if (RMW.has(insn.imm)) return checkAtomicRmw(env, insn);
  if (insn.imm === I.BPF_LOAD_ACQ) {
    const err = checkLoad(env, insn, true, false, "atomic_load");
    return err || checkAtomicPointer(env, insn.src, "loads from");
  }
  if (insn.imm === I.BPF_STORE_REL) {
    const err = checkStoreReg(env, insn, true);
    return err || checkAtomicPointer(env, insn.dst, "stores into");
  }
  const op = insn.imm >>> 0;
  const text = `BPF_ATOMIC uses invalid atomic opcode ${op.toString(16).padStart(2, "0")}\n`;
  return refuse(env, "unknown-atomic-op", { op }, text, EINVAL);
}

/** @kernel verifier.c atomic_ptr_type_ok */
function checkAtomicPointer(env: Env, regno: number, what: string): number {
  const { type } = curRegs(env)[regno]!;
  if (type !== T.PTR_TO_CTX && !T.isPktPointer(type) && type !== T.PTR_TO_FLOW_KEYS && !T.isSkPointer(type)) return 0;
  const args = { reg: regno, type: regTypeStr(type), what };
  return refuse(env, "atomic-target", args, `BPF_ATOMIC ${what} R${regno} ${args.type} is not allowed\n`, EACCES);
}

/** @kernel verifier.c check_atomic_rmw */
function checkAtomicRmw(env: Env, insn: Insn): number {
  const size = I.sizeOf(insn.code);
  if (size < 4) return refuse(env, "atomic-size", { size }, "invalid atomic operand size\n", EINVAL);
  let err = checkRegArg(env, insn.src, SRC_OP) || checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  if (insn.imm === I.BPF_CMPXCHG) {
    err = checkRegArg(env, 0, SRC_OP);
    if (err) return err;
  }
  err = checkAtomicPointer(env, insn.dst, "stores into");
  if (err) return err;
  let loadReg = -1;
  if (insn.imm & I.BPF_FETCH) {
    loadReg = insn.imm === I.BPF_CMPXCHG ? 0 : insn.src;
    err = checkRegArg(env, loadReg, DST_OP);
    if (err) return err;
  }
  const access = { regno: insn.dst, off: insn.off, size, write: false, valueRegno: -1, strict: true };
  err = checkMemAccess(env, access);
  if (!err && loadReg >= 0) err = checkMemAccess(env, { ...access, valueRegno: loadReg });
  return err || checkMemAccess(env, { ...access, write: true });
}
