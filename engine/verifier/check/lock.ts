// Spin locks and timers: fields of a map value that BTF describes and that only their helpers may use.
// @kernel verifier.c process_spin_lock, check_map_field_pointer, process_timer_func
import { refuse, verifierBug } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { isConstVal, type RegState } from "../state/reg.ts";
import { PTR_TO_MAP_VALUE } from "../state/regtype.ts";
import { REF_TYPE_LOCK } from "../state/state.ts";
import { acquireLock, findLock, lockTakenAt, releaseLock } from "./ref.ts";
import { curRegs } from "./regs.ts";

export function processSpinLock(env: Env, regno: number, isLock: boolean): number {
  const reg = curRegs(env)[regno]!;
  const state = env.curState;
  if (!isConstVal(reg)) {
    const text = `R${regno} doesn't have constant offset. bpf_spin_lock has to be at the constant offset\n`;
    return refuse(env, "lock-offset", { reg: regno }, text, EINVAL);
  }
  if (reg.type !== PTR_TO_MAP_VALUE) return notSimulated(env, "locks in allocated objects, which need BTF");
  const err = checkMapField(env, regno, reg, "lock");
  if (err) return err;
  const map = reg.map!;
  const args = { reg: regno, taken: lockTakenAt(state) };
  if (isLock) {
    if (state.activeLocks !== 0 && findLock(state, REF_TYPE_LOCK, 0, null))
      return refuse(env, "lock-second", args, "Locking two bpf_spin_locks are not allowed\n", EINVAL);
    acquireLock(env, env.insnIdx, REF_TYPE_LOCK, reg.id, map);
    return 0;
  }
  if (state.activeLocks === 0)
    return refuse(env, "unlock-without-lock", { reg: regno }, "bpf_spin_unlock without taking a lock\n", EINVAL);
  if (!findLock(state, REF_TYPE_LOCK, reg.id, map))
    return refuse(env, "unlock-other", args, "bpf_spin_unlock of different lock\n", EINVAL);
  if (reg.id !== state.activeLockId || map !== state.activeLockPtr)
    return refuse(env, "unlock-order", args, "bpf_spin_unlock cannot be out of order\n", EINVAL);
  if (releaseLock(state, REF_TYPE_LOCK, reg.id, map))
    return refuse(env, "unlock-other", args, "bpf_spin_unlock of different lock\n", EINVAL);
  return 0;
}

/** Stores the timer's map in `meta`, to be compared with the map argument. */
export function processTimer(env: Env, regno: number, meta: { map: VerifierMap | null; mapUid: number }): number {
  const reg = curRegs(env)[regno]!;
  const map = reg.map!;
  if (!isConstVal(reg)) {
    const text = `R${regno} doesn't have constant offset. bpf_timer has to be at the constant offset\n`;
    return refuse(env, "timer-offset", { reg: regno }, text, EINVAL);
  }
  const err = checkMapField(env, regno, reg, "timer");
  if (err) return err;
  if (meta.map !== null) return verifierBug(env, "Two map pointers in a timer helper");
  meta.mapUid = reg.mapUid;
  meta.map = map;
  return 0;
}

/** Checks that a pointer with a constant offset points to the field that its map's BTF describes. 0, or -errno. */
function checkMapField(env: Env, regno: number, reg: RegState, kind: "lock" | "timer"): number {
  const { name, fields } = reg.map!;
  const field = kind === "lock" ? "bpf_spin_lock" : "bpf_timer";
  const args = { reg: regno, map: name, what: field };
  if (Object.keys(fields).length === 0) {
    const text = `map '${name}' has to have BTF in order to use ${field}\n`;
    return refuse(env, "map-needs-btf", args, text, EINVAL);
  }
  const at = fields[field];
  if (at === undefined)
    return refuse(env, `${kind}-field-missing`, args, `map '${name}' has no valid ${field}\n`, EINVAL);
  const off = BigInt.asIntN(64, reg.val.varOff.value + BigInt(reg.off));
  if (BigInt(at) === off) return 0;
  const text = `off ${off} doesn't point to 'struct ${field}' that is at ${at}\n`;
  return refuse(env, `${kind}-field-offset`, { ...args, off: Number(off), at }, text, EINVAL);
}
