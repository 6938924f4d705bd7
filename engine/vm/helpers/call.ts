// What a helper sees of its caller: five arguments, the memory they point to, and R0. Every pointer is checked, because programs that no
// verifier saw may run here. Everywhere in this folder `m` is the calling machine and `ip` the position of the call.
import { helperName } from "../../facts/helpers.ts";
import type { LoadedProgram } from "../decode.ts";
import type { Env } from "../env.ts";
import type { FaultKind } from "../fault.ts";
import { KERNEL_HI, REGS } from "../layout.ts";
import { type BpfMap, mapAt } from "../maps/map.ts";
import type { Memory } from "../memory.ts";

/** The calling machine, as far as helpers see it. */
export interface Caller {
  readonly memory: Memory;
  readonly env: Env;
  readonly program: LoadedProgram;
  /** Where the program continues after the call: slot times SLOT_WORDS. */
  ip: number;
  readonly funcIp: bigint;
  readonly isXdp: boolean;
  readonly isPacketProgram: boolean;
  reg(n: number): bigint;
  setReg(n: number, value: bigint): void;
  /** Sets register n to a guest pointer. `off` 0 is NULL. */
  setPointer(n: number, off: number): void;
  /** Writes a u32 key where map code can read it, and returns its offset. */
  stageKey(index: number): number;
  /** The bytes at a guest address. undefined: not all of them may be read. */
  read(address: bigint, size: number): Uint8Array | undefined;
  /** Allows a packet to grow up to `end`. false: the packet area has no room. */
  growTailroom(end: number): boolean;
  /** Stops with a fault at the instruction. Returns false, for callers whose result says whether the call succeeded. */
  raise(kind: FaultKind, ip: number, message: string): false;
  raiseAccess(ip: number, address: bigint, size: number, write: boolean, what?: string): false;
  /** Saves the caller's frame. Returns the offset of the saved frame, or 0 after a fault. R1 … R5 do not change. */
  pushFrame(ip: number, returnIp: number, kind: number): number;
  popFrame(frame: number): void;
  /** The functions that are running, outermost first. */
  frames(): readonly { readonly prog: number; readonly slot: number }[];
  /** Continues in another program. false: there is no program with this id. */
  switchProgram(id: number): boolean;
}

/** Does what the helper does. false: a fault happened. `ip`: the position of the call. */
export type Helper = (caller: Caller, ip: number) => boolean;

const R0_INDEX = REGS >>> 2;

/** Argument n (1 … 5) as u32, s32, u64. */
export const u32Arg = (m: Caller, n: number): number => (m.memory.i32[R0_INDEX + 2 * n] as number) >>> 0;
export const s32Arg = (m: Caller, n: number): number => m.memory.i32[R0_INDEX + 2 * n] as number;
export const u64Arg = (m: Caller, n: number): bigint => m.reg(n);
/** Argument n of type u64 as a number. A value that does not fit in u32 becomes the largest one, which no map takes for flags or size. */
export const u64AsU32Arg = (m: Caller, n: number): number =>
  m.memory.i32[R0_INDEX + 2 * n + 1] === 0 ? u32Arg(m, n) : 0xffff_ffff;

/** Buffer offset that a pointer argument refers to, unchecked. 0: NULL. -1: not an address of the machine. */
export function pointerArg(m: Caller, n: number): number {
  const lo = m.memory.i32[R0_INDEX + 2 * n] as number;
  const hi = m.memory.i32[R0_INDEX + 2 * n + 1] as number;
  if (hi === KERNEL_HI) return lo >>> 0;
  return lo === 0 && hi === 0 ? 0 : -1;
}

/** Buffer offset of `size` bytes that argument n points to. -1: a fault happened. NULL is allowed if size is 0. */
export function memArg(m: Caller, ip: number, n: number, size: number, write: boolean): number {
  const at = pointerArg(m, n);
  if (size === 0 && at >= 0) return at === 0 ? REGS : at;
  if (at > 0 && m.memory.allows(at, size, write)) return at;
  m.raiseAccess(ip, m.reg(n), size, write, `argument ${n} of ${calledHelperName(m, ip)}`);
  return -1;
}

/** The map that argument n points to. undefined: a fault happened. */
export function mapArg(m: Caller, ip: number, n = 1): BpfMap | undefined {
  const map = mapAt(m.memory, pointerArg(m, n));
  if (map === undefined) m.raise("argument", ip, `argument ${n} of ${calledHelperName(m, ip)} is no map`);
  return map;
}

/** The C string at an offset, without its NUL. undefined: no NUL within `limit` readable bytes. */
export function cString(m: Caller, at: number, limit: number): string | undefined {
  let text = "";
  for (let i = 0; i < limit && m.memory.allows(at + i, 1, false); i++) {
    const byte = m.memory.u8[at + i] as number;
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
  return undefined;
}

/** Sets R0 to an integer, sign-extended to 64 bits. */
export function ret(m: Caller, value: number): true {
  m.memory.wNumber(REGS, value);
  return true;
}
export function ret64(m: Caller, value: bigint): true {
  m.memory.w64(REGS, value);
  return true;
}
/** Sets R0 to a pointer. 0 is NULL. */
export function retPointer(m: Caller, off: number): true {
  m.memory.wPointer(REGS, off);
  return true;
}

export function calledHelperName(m: Caller, ip: number): string {
  const id = m.program.code[ip + 4] as number;
  return `bpf_${helperName(id) ?? `helper #${id}`}`;
}
