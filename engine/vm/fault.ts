// What stops a program: something that a verifier would not have let through, or a part of the kernel that is not simulated. A fault is a
// value and is never thrown.
import type { Memory } from "./memory.ts";

export type FaultKind =
  /** A load or store outside everything the program may touch. */
  | "access"
  /** A bit pattern that is no instruction, or a jump out of the program. */
  | "insn"
  /** More frames than the kernel allows, or a jump to a program that does not exist. */
  | "frames"
  /** A helper or kfunc that is not simulated. */
  | "unsupported"
  /** A helper got an argument that it cannot take. The verifier would have refused it. */
  | "argument"
  /** The program was stopped because it waits for itself. */
  | "deadlock"
  /** The limit of instructions that the caller gave is reached. */
  | "budget";

export interface Fault {
  readonly kind: FaultKind;
  /** id of the program, and the slot of the instruction in it. */
  readonly prog: number;
  readonly slot: number;
  /** A whole English sentence that starts with the place. */
  readonly message: string;
  /** The same sentence without the place. */
  readonly reason: string;
  readonly address?: bigint;
  /** Bytes. */
  readonly size?: number;
  readonly write?: boolean;
  /** The region closest to the address, in guest addresses. `end` is excluded. */
  readonly nearest?: { readonly name: string; readonly start: bigint; readonly end: bigint };
}

/** A fault's sentence, with and without its place. */
export const faultTexts = (slot: number, reason: string): Pick<Fault, "message" | "reason"> => ({
  message: `insn ${slot}: ${reason}`,
  reason,
});

/** The fault of an access. It names the region that the program probably meant. */
export function accessFault(
  memory: Memory,
  at: { prog: number; slot: number },
  address: bigint,
  size: number,
  write: boolean,
  what = "",
): Fault {
  const region = memory.nearestRegion(address);
  const verb = write ? "write of" : "read of";
  const place = region === undefined ? "there is no memory at all" : whereIs(region, address, size, write);
  return {
    kind: "access",
    ...at,
    address,
    size,
    write,
    ...(region && {
      nearest: { name: region.name, start: region.start, end: region.start + BigInt(region.size) },
    }),
    ...faultTexts(
      at.slot,
      `${verb} ${size} byte${size === 1 ? "" : "s"} at ${hex(address)}${what && ` (${what})`}: ${place}`,
    ),
  };
}

function whereIs(
  region: { name: string; start: bigint; size: number; writable: boolean },
  address: bigint,
  size: number,
  write: boolean,
): string {
  const end = region.start + BigInt(region.size);
  const span = `${region.name} [${hex(region.start)}, ${hex(end)})`;
  if (address >= region.start && address + BigInt(size) <= end && write && !region.writable) {
    return `${span} is read-only`;
  }
  if (address < 4096n) return `a NULL pointer; the nearest memory is ${span}`;
  if (address >= end) return `${address - end} bytes beyond the end of ${span}`;
  if (address < region.start) return `${region.start - address} bytes before ${span}`;
  return `offset ${address - region.start} does not fit in ${span}`;
}

const hex = (x: bigint) => `0x${x.toString(16)}`;
