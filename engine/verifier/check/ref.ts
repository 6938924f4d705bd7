// References and locks that a path holds: how they are taken and released, and what must not be held at the path's end.
// @kernel verifier.c acquire_reference, release_reference, acquire_lock_state, release_lock_state, check_resource_leak
import { refuse } from "../refuse.ts";
import { type Env, verbose } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import { UNKNOWN_REG } from "../state/reg.ts";
import { mapAllRegs, REF_TYPE_LOCK_MASK, REF_TYPE_PTR, type RefState, type VerifierState } from "../state/state.ts";

/** Adds a reference, with the instruction that takes it. Returns its id. @kernel verifier.c acquire_reference */
export function acquireReference(env: Env, insnIdx: number): number {
  const id = ++env.idGen;
  env.curState.refs.push({ type: REF_TYPE_PTR, id, insnIdx, ptr: null });
  return id;
}

/** Releases a reference. Registers do not change. 0, or EINVAL. @kernel verifier.c release_reference_nomark */
export function releaseReferenceNomark(state: VerifierState, id: number): number {
  const at = state.refs.findIndex((ref) => ref.type === REF_TYPE_PTR && ref.id === id);
  if (at < 0) return EINVAL;
  state.refs.splice(at, 1);
  return 0;
}

/** Releases a reference: every copy of the pointer becomes an unknown number. 0, or EINVAL. @kernel verifier.c release_reference */
export function releaseReference(env: Env, id: number): number {
  const err = releaseReferenceNomark(env.curState, id);
  if (err) return err;
  mapAllRegs(env.curState, (reg) => (reg.refObjId === id ? UNKNOWN_REG : reg));
  return 0;
}

/** Slot of the instruction that took a reference. -1: it is not held. */
export const takenAt = (state: VerifierState, id: number): number =>
  state.refs.find((ref) => ref.type === REF_TYPE_PTR && ref.id === id)?.insnIdx ?? -1;

/** Slot of the instruction that took the last lock that is held. -1: none is held. */
export const lockTakenAt = (state: VerifierState): number =>
  state.refs.findLast((ref) => (ref.type & REF_TYPE_LOCK_MASK) !== 0)?.insnIdx ?? -1;

/** @kernel verifier.c acquire_lock_state */
export function acquireLock(env: Env, insnIdx: number, type: number, id: number, ptr: object): void {
  const state = env.curState;
  state.refs.push({ type, id, insnIdx, ptr });
  state.activeLocks++;
  state.activeLockId = id;
  state.activeLockPtr = ptr;
}

/** @kernel verifier.c find_lock_state */
export const findLock = (state: VerifierState, types: number, id: number, ptr: object | null): RefState | undefined =>
  state.refs.find((ref) => (ref.type & types) !== 0 && ref.id === id && ref.ptr === ptr);

/** After a release, the lock that was taken before it is the next one to release. 0, or EINVAL. @kernel verifier.c release_lock_state */
export function releaseLock(state: VerifierState, type: number, id: number, ptr: object | null): number {
  let before: RefState | undefined;
  for (let i = 0; i < state.refs.length; i++) {
    const ref = state.refs[i]!;
    if (ref.type === type && ref.id === id && ref.ptr === ptr) {
      state.refs.splice(i, 1);
      state.activeLocks--;
      state.activeLockId = before?.id ?? 0;
      state.activeLockPtr = before?.ptr ?? null;
      return 0;
    }
    if (ref.type & REF_TYPE_LOCK_MASK) before = ref;
  }
  return EINVAL;
}

/** Refuses if a reference is still held, and names all of them. @kernel verifier.c check_reference_leak */
function checkReferenceLeak(env: Env, exceptionExit: boolean, what: string): number {
  const { curState } = env;
  if (!exceptionExit && curState.curframe !== 0) return 0;
  const leaks = curState.refs.filter(({ type }) => type === REF_TYPE_PTR);
  if (leaks.length === 0) return 0;
  for (const { id, insnIdx } of leaks)
    verbose(env, "refusal", `Unreleased reference id=${id} alloc_insn=${env.slotNumber(insnIdx)}\n`, insnIdx);
  const { id, insnIdx } = leaks[0]!;
  const args = { ref: id, taken: insnIdx, what, count: leaks.length };
  return refuse(env, "reference-leak", args, `${what} would lead to reference leak\n`, EINVAL);
}

const insideRegion = (prefix: string, region: string): string =>
  `${prefix} cannot be used inside ${region}-ed region\n`;

const regionHeld = (env: Env, prefix: string, region: string): number =>
  refuse(env, "region-held", { what: prefix, region }, insideRegion(prefix, region), EINVAL);

/** `prefix` names the instruction that would leave something held: `tail_call`. @kernel verifier.c check_resource_leak */
export function checkResourceLeak(env: Env, exceptionExit: boolean, checkLock: boolean, prefix: string): number {
  const state = env.curState;
  if (checkLock && state.activeLocks !== 0) {
    const args = { what: prefix, region: "bpf_spin_lock", taken: lockTakenAt(state) };
    return refuse(env, "lock-held", args, insideRegion(prefix, args.region), EINVAL);
  }
  const err = checkReferenceLeak(env, exceptionExit, prefix);
  if (err || !checkLock) return err;
  if (state.activeIrqId !== 0) return regionHeld(env, prefix, "bpf_local_irq_save");
  if (state.activeRcuLock) return regionHeld(env, prefix, "bpf_rcu_read_lock");
  if (state.activePreemptLocks !== 0) return regionHeld(env, prefix, "bpf_preempt_disable");
  return 0;
}
