// The bytes that an instruction is about to load or store, computed from the registers, for pictures of memory. Does not tell what a helper
// will touch. Does not judge: a wrong address is reported as it is.
import { asU64, hex64 } from "../../base/u64.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Machine } from "../../vm/index.ts";
import { addressOf, CTX, CTX_BYTES, PACKET, PACKET_END, STACK, STACK_END } from "../../vm/layout.ts";
import { packetOffset } from "../../vm/packet.ts";
import type { AccessView } from "../views/run.ts";

export function accessOf(machine: Machine, insn: Insn): AccessView | null {
  const form = formOf(insn);
  if (!form) return null;
  const at = (base: number): bigint => asU64(machine.reg(base) + BigInt(insn.off));
  const view = (address: bigint, size: number, read: boolean, write: boolean): AccessView => ({
    read,
    write,
    address: hex64(address),
    size,
    region: regionAt(machine, address),
  });
  switch (form.kind) {
    case "ldx":
    case "load_acq":
      return view(at(insn.src), form.size, true, false);
    case "st":
    case "stx":
    case "store_rel":
      return view(at(insn.dst), form.size, false, true);
    case "atomic":
      return view(at(insn.dst), form.size, true, true);
    case "ld_abs":
    case "ld_ind": {
      const index = form.kind === "ld_ind" ? Number(BigInt.asIntN(32, machine.reg(insn.src))) : 0;
      const place = packetOffset(machine.memory, insn.imm + index, form.size);
      return place < 0 ? null : view(addressOf(place), form.size, true, false);
    }
    default:
      return null;
  }
}

const FIXED_AREAS: readonly (readonly [from: number, to: number, name: string])[] = [
  [STACK, STACK_END, "stack"],
  [CTX, CTX + CTX_BYTES, "ctx"],
  [PACKET, PACKET_END, "packet"],
];

/** Most areas are known by their address. Maps may have many elements, so they are asked only about addresses outside of those areas. */
function regionAt({ memory }: Machine, address: bigint): string {
  const at = memory.offsetOf(address);
  if (at < 0) return "";
  const area = FIXED_AREAS.find(([from, to]) => at >= from && at < to);
  if (area) return area[2];
  for (const owner of memory.owners)
    for (const { start, size, map } of owner.bufferRegions())
      if (map !== undefined && at >= start && at < start + size) return map;
  return "";
}
