// A random event for a random program: the content of its context or packet.
import type { Program } from "../../program/program.ts";
import type { Event } from "../../vm/index.ts";
import type { Rng } from "./rng.ts";

export function randomEvent(program: Program, rng: Rng): Event {
  const bytes = (n: number) => Uint8Array.from({ length: n }, () => (rng.chance(30) ? 0 : rng.below(256)));
  if (program.progType === "tracepoint") return { kind: "record", bytes: bytes(64) };
  if (program.progType === "kprobe") {
    const reg = () => (BigInt(rng.bits() >>> 0) << 32n) | BigInt(rng.bits() >>> 0);
    return { kind: "kprobe", regs: { di: reg(), r15: reg(), ax: reg(), bp: reg() } };
  }
  const data = bytes(rng.pick([14, 20, 60, 64, 100]));
  // An EtherType that needs no header after it.
  data.set([0x88, 0xb5], 12);
  return { kind: "packet", data };
}
