// Atomics on aligned words, computed in pairs of s32 so that counters need no bigint. semantics.ts defines what they mean on whole
// values; the tests compare the two.
import { BPF_ADD, BPF_AND, BPF_CMPXCHG, BPF_FETCH, BPF_OR, BPF_XCHG, BPF_XOR } from "../isa/codes.ts";
import { REGS } from "./layout.ts";
import type { Memory } from "./memory.ts";

/**
 * Does the operation of `imm` on the word at int index `at` and the register at int index `src`. Always returns true: the access was
 * checked before.
 */
export function atomicOnPairs(memory: Memory, imm: number, at: number, src: number, wide: boolean): true {
  const m = memory.i32;
  const { journal } = memory;
  const oldLo = m[at] as number;
  const oldHi = wide ? (m[at + 1] as number) : 0;
  const lo = m[src] as number;
  const hi = m[src + 1] as number;
  let newLo = lo;
  let newHi = hi;
  let fetchInto = -1;
  switch (imm & ~BPF_FETCH) {
    case BPF_ADD:
      newLo = (oldLo + lo) | 0;
      newHi = (oldHi + hi + (newLo >>> 0 < lo >>> 0 ? 1 : 0)) | 0;
      break;
    case BPF_OR:
      newLo = oldLo | lo;
      newHi = oldHi | hi;
      break;
    case BPF_AND:
      newLo = oldLo & lo;
      newHi = oldHi & hi;
      break;
    case BPF_XOR:
      newLo = oldLo ^ lo;
      newHi = oldHi ^ hi;
      break;
    case BPF_XCHG & ~BPF_FETCH:
      break;
    case BPF_CMPXCHG & ~BPF_FETCH: {
      fetchInto = REGS >>> 2;
      const equal = m[fetchInto] === oldLo && (!wide || m[fetchInto + 1] === oldHi);
      if (!equal) {
        newLo = oldLo;
        newHi = oldHi;
      }
      break;
    }
  }
  if (fetchInto < 0 && imm & BPF_FETCH) fetchInto = src;
  journal?.save(at << 2, wide ? 8 : 4);
  m[at] = newLo;
  if (wide) m[at + 1] = newHi;
  if (fetchInto >= 0) {
    journal?.save(fetchInto << 2, 8);
    m[fetchInto] = oldLo;
    m[fetchInto + 1] = oldHi;
  }
  return true;
}
