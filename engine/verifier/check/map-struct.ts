// Loads through the map pointer itself: from the kernel's own structure of the map.
import { findsNumber, mapStructOf } from "../../facts/map-structs.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES } from "../state/errors.ts";
import { type RegState, UNKNOWN_REG } from "../state/reg.ts";
import type { Access } from "./access.ts";
import { curRegs } from "./regs.ts";

/**
 * Numbers in the structure may be loaded. Pointers in it lead to other structures, which are not known here.
 * @kernel verifier.c check_ptr_to_map_access
 */
export function checkMapStruct(env: Env, reg: RegState, off: number, access: Access): number {
  const { regno, size, write, valueRegno } = access;
  const struct = mapStructOf(reg.map!.def.type);
  if (off < 0) {
    const text = `R${regno} is ${struct} invalid negative access: off=${off}\n`;
    return refuse(env, "map-struct-negative", { reg: regno, struct, off }, text, EACCES);
  }
  if (write)
    return refuse(env, "map-struct-write", { reg: regno, struct }, `only read from ${struct} is supported\n`, EACCES);
  if (!findsNumber(struct, off, size)) return notSimulated(env, "access to kernel structures through BTF");
  if (valueRegno >= 0) curRegs(env)[valueRegno] = UNKNOWN_REG;
  return 0;
}
