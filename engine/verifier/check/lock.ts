// Spin locks and timers: fields of a map value that BTF announces and only their helpers touch.
// @kernel verifier.c process_spin_lock, check_map_field_pointer, process_timer_func
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { isConstVal, type RegState } from "../state/reg.ts";
import { PTR_TO_MAP_VALUE } from "../state/regtype.ts";
import { REF_TYPE_LOCK } from "../state/state.ts";
import { verifierBug } from "./helper-types.ts";
import { acquireLock, findLock, releaseLock } from "./ref.ts";
import { curRegs } from "./regs.ts";

export function processSpinLock(env: Env, regno: number, isLock: boolean): number {
  const reg = curRegs(env)[regno]!;
  const state = env.curState;
  if (!isConstVal(reg)) {
    verbose(env, `R${regno} doesn't have constant offset. bpf_spin_lock has to be at the constant offset\n`);
    return EINVAL;
  }
  if (reg.type !== PTR_TO_MAP_VALUE) return notSimulated(env, "locks in allocated objects, which need BTF");
  const err = checkMapField(env, reg, "bpf_spin_lock");
  if (err) return err;
  const map = reg.map!;
  if (isLock) {
    if (state.activeLocks !== 0 && findLock(state, REF_TYPE_LOCK, 0, null)) {
      verbose(env, "Locking two bpf_spin_locks are not allowed\n");
      return EINVAL;
    }
    acquireLock(env, env.insnIdx, REF_TYPE_LOCK, reg.id, map);
    return 0;
  }
  if (state.activeLocks === 0) {
    verbose(env, "bpf_spin_unlock without taking a lock\n");
    return EINVAL;
  }
  if (!findLock(state, REF_TYPE_LOCK, reg.id, map)) {
    verbose(env, "bpf_spin_unlock of different lock\n");
    return EINVAL;
  }
  if (reg.id !== state.activeLockId || map !== state.activeLockPtr) {
    verbose(env, "bpf_spin_unlock cannot be out of order\n");
    return EINVAL;
  }
  if (releaseLock(state, REF_TYPE_LOCK, reg.id, map)) {
    verbose(env, "bpf_spin_unlock of different lock\n");
    return EINVAL;
  }
  return 0;
}

/** Remembers the timer's map in `meta`, to be compared with the map argument. */
export function processTimer(env: Env, regno: number, meta: { map: VerifierMap | null; mapUid: number }): number {
  const reg = curRegs(env)[regno]!;
  const map = reg.map!;
  if (!isConstVal(reg)) {
    verbose(env, `R${regno} doesn't have constant offset. bpf_timer has to be at the constant offset\n`);
    return EINVAL;
  }
  const err = checkMapField(env, reg, "bpf_timer");
  if (err) return err;
  if (meta.map !== null) return verifierBug(env, "Two map pointers in a timer helper");
  meta.mapUid = reg.mapUid;
  meta.map = map;
  return 0;
}

/** Does a pointer with a constant offset lead to the field of this name that its map's BTF announces? */
function checkMapField(env: Env, reg: RegState, field: string): number {
  const { name, fields } = reg.map!;
  const no = (message: string): number => {
    verbose(env, `${message}\n`);
    return EINVAL;
  };
  if (Object.keys(fields).length === 0) return no(`map '${name}' has to have BTF in order to use ${field}`);
  const at = fields[field];
  if (at === undefined) return no(`map '${name}' has no valid ${field}`);
  const off = BigInt.asIntN(64, reg.val.varOff.value + BigInt(reg.off));
  return BigInt(at) === off ? 0 : no(`off ${off} doesn't point to 'struct ${field}' that is at ${at}`);
}
