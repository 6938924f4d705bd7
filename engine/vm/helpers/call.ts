// What a helper sees of its caller: five arguments, memory they point to, and R0. Every pointer is checked, because a
// program may run here that no verifier saw.
import { helperName } from "../../facts/helpers.ts";
import { KERNEL_HI, REGS } from "../layout.ts";
import type { Machine } from "../machine.ts";
import type { BpfMap } from "../maps/map.ts";

/** Does what the helper does; false after a fault. `ip` is that of the call. */
export type Helper = (machine: Machine, ip: number) => boolean;

const LO = REGS >>> 2;

/** Argument n (1 … 5) as u32, s32, u64. */
export const u32Arg = (m: Machine, n: number): number => (m.memory.i32[LO + 2 * n] as number) >>> 0;
export const s32Arg = (m: Machine, n: number): number => m.memory.i32[LO + 2 * n] as number;
export const u64Arg = (m: Machine, n: number): bigint => m.reg(n);

/** Buffer offset of a pointer argument, unchecked; 0 for NULL, -1 for what is no address of the machine's. */
export function pointerArg(m: Machine, n: number): number {
  const lo = m.memory.i32[LO + 2 * n] as number;
  const hi = m.memory.i32[LO + 2 * n + 1] as number;
  if (hi === KERNEL_HI) return lo >>> 0;
  return lo === 0 && hi === 0 ? 0 : -1;
}

/** Buffer offset of `size` bytes that argument n points to; -1 after a fault. NULL is allowed for no bytes at all. */
export function memArg(m: Machine, ip: number, n: number, size: number, write: boolean): number {
  const at = pointerArg(m, n);
  if (size === 0 && at >= 0) return at === 0 ? REGS : at;
  if (at > 0 && m.memory.allows(at, size, write)) return at;
  m.raiseAccess(ip, m.reg(n), size, write, `argument ${n} of ${nameOf(m, ip)}`);
  return -1;
}

/** The map that argument n points to; undefined after a fault. */
export function mapArg(m: Machine, ip: number, n = 1): BpfMap | undefined {
  const map = m.memory.mapAt(pointerArg(m, n));
  if (map === undefined) m.raise("argument", ip, `argument ${n} of ${nameOf(m, ip)} is no map`);
  return map;
}

/** A C string at a place, without its NUL; undefined where it does not end within `limit` readable bytes. */
export function cString(m: Machine, at: number, limit: number): string | undefined {
  let text = "";
  for (let i = 0; i < limit && m.memory.allows(at + i, 1, false); i++) {
    const byte = m.memory.u8[at + i] as number;
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
  return undefined;
}

/** R0 = an integer, sign-extended to 64 bits. */
export function ret(m: Machine, value: number): true {
  m.memory.wNumber(REGS, value);
  return true;
}
export function ret64(m: Machine, value: bigint): true {
  m.memory.w64(REGS, value);
  return true;
}
/** R0 = a pointer; 0 is NULL. */
export function retPointer(m: Machine, off: number): true {
  m.memory.wPointer(REGS, off);
  return true;
}

export function nameOf(m: Machine, ip: number): string {
  const id = m.program.code[ip + 4] as number;
  return `bpf_${helperName(id) ?? `helper #${id}`}`;
}
