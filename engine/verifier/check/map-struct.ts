// Loads through a map pointer itself: the kernel's own structure of the map.
import { findsNumber, mapStructOf } from "../../facts/map-structs.ts";
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EACCES } from "../state/errors.ts";
import { type RegState, UNKNOWN_REG } from "../state/reg.ts";
import type { Access } from "./mem.ts";
import { curRegs } from "./regs.ts";

/**
 * Numbers in the structure may be loaded; pointers in it lead to other structures, of which nothing is known here.
 * @kernel verifier.c check_ptr_to_map_access
 */
export function checkMapStruct(env: Env, reg: RegState, off: number, access: Access): number {
  const { regno, size, write, valueRegno } = access;
  const struct = mapStructOf(reg.map!.def.type);
  if (off < 0) {
    verbose(env, `R${regno} is ${struct} invalid negative access: off=${off}\n`);
    return EACCES;
  }
  if (write) {
    verbose(env, `only read from ${struct} is supported\n`);
    return EACCES;
  }
  if (!findsNumber(struct, off, size)) return notSimulated(env, "access to kernel structures through BTF");
  if (valueRegno >= 0) curRegs(env)[valueRegno] = UNKNOWN_REG;
  return 0;
}
