// What a helper sees of its caller: five arguments, memory they point to, and R0. Every pointer is checked, because a
// program may run here that no verifier saw.
import { helperName } from "../../facts/helpers.ts";
import type { LoadedProgram } from "../decode.ts";
import type { Env } from "../env.ts";
import type { FaultKind } from "../fault.ts";
import { KERNEL_HI, REGS } from "../layout.ts";
import { type BpfMap, mapAt } from "../maps/map.ts";
import type { Memory } from "../memory.ts";

/** The machine that calls, as far as helpers see it. */
export interface Caller {
  readonly memory: Memory;
  readonly env: Env;
  readonly program: LoadedProgram;
  /** Where the program goes on after the call, times SLOT_WORDS. */
  ip: number;
  readonly funcIp: bigint;
  readonly isXdp: boolean;
  readonly isPacketProgram: boolean;
  reg(n: number): bigint;
  setReg(n: number, value: bigint): void;
  /** Register n becomes a guest pointer; 0 is NULL. */
  setPointer(n: number, off: number): void;
  /** A u32 key where helpers can point at it. */
  stageKey(index: number): number;
  /** Bytes at a guest address, where all of them may be read. */
  read(address: bigint, size: number): Uint8Array | undefined;
  /** Lets a packet grow up to `end`, where the packet area has the room. */
  growTailroom(end: number): boolean;
  /** Stops with a fault at the instruction; false, for callers that answer "did it happen". */
  raise(kind: FaultKind, ip: number, message: string): false;
  raiseAccess(ip: number, address: bigint, size: number, write: boolean, what?: string): false;
  /** Saves the caller; the offset of the saved frame, or 0 after a fault. R1 … R5 stay as they are. */
  pushFrame(ip: number, returnIp: number, kind: number): number;
  popFrame(frame: number): void;
  /** The functions that are being run, outermost first. */
  frames(): readonly { readonly prog: number; readonly slot: number }[];
  /** Goes on in another program; false where there is none of this id. */
  switchTo(id: number): boolean;
}

/** Does what the helper does; false after a fault. `ip` is that of the call. */
export type Helper = (caller: Caller, ip: number) => boolean;

const LO = REGS >>> 2;

/** Argument n (1 … 5) as u32, s32, u64. */
export const u32Arg = (m: Caller, n: number): number => (m.memory.i32[LO + 2 * n] as number) >>> 0;
export const s32Arg = (m: Caller, n: number): number => m.memory.i32[LO + 2 * n] as number;
export const u64Arg = (m: Caller, n: number): bigint => m.reg(n);

/** Buffer offset of a pointer argument, unchecked; 0 for NULL, -1 for what is no address of the machine's. */
export function pointerArg(m: Caller, n: number): number {
  const lo = m.memory.i32[LO + 2 * n] as number;
  const hi = m.memory.i32[LO + 2 * n + 1] as number;
  if (hi === KERNEL_HI) return lo >>> 0;
  return lo === 0 && hi === 0 ? 0 : -1;
}

/** Buffer offset of `size` bytes that argument n points to; -1 after a fault. NULL is allowed for no bytes at all. */
export function memArg(m: Caller, ip: number, n: number, size: number, write: boolean): number {
  const at = pointerArg(m, n);
  if (size === 0 && at >= 0) return at === 0 ? REGS : at;
  if (at > 0 && m.memory.allows(at, size, write)) return at;
  m.raiseAccess(ip, m.reg(n), size, write, `argument ${n} of ${nameOf(m, ip)}`);
  return -1;
}

/** The map that argument n points to; undefined after a fault. */
export function mapArg(m: Caller, ip: number, n = 1): BpfMap | undefined {
  const map = mapAt(m.memory, pointerArg(m, n));
  if (map === undefined) m.raise("argument", ip, `argument ${n} of ${nameOf(m, ip)} is no map`);
  return map;
}

/** A C string at a place, without its NUL; undefined where it does not end within `limit` readable bytes. */
export function cString(m: Caller, at: number, limit: number): string | undefined {
  let text = "";
  for (let i = 0; i < limit && m.memory.allows(at + i, 1, false); i++) {
    const byte = m.memory.u8[at + i] as number;
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
  return undefined;
}

/** R0 = an integer, sign-extended to 64 bits. */
export function ret(m: Caller, value: number): true {
  m.memory.wNumber(REGS, value);
  return true;
}
export function ret64(m: Caller, value: bigint): true {
  m.memory.w64(REGS, value);
  return true;
}
/** R0 = a pointer; 0 is NULL. */
export function retPointer(m: Caller, off: number): true {
  m.memory.wPointer(REGS, off);
  return true;
}

export function nameOf(m: Caller, ip: number): string {
  const id = m.program.code[ip + 4] as number;
  return `bpf_${helperName(id) ?? `helper #${id}`}`;
}
