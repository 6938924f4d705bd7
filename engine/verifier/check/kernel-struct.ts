// Loads and stores through a pointer to a kernel structure, as far as they can be refused without its BTF.
// @kernel verifier.c check_ptr_to_btf_access
import { isGplCompatible } from "../../facts/license.ts";
import { tnumText } from "../print/number.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, type RegState } from "../state/reg.ts";
import type { Access } from "./access.ts";

/** Program types that may write to some structures. @kernel ->btf_struct_access */
const MAY_WRITE = new Set(["sched_cls", "sched_act", "xdp"]);

/** `off` includes reg.off. */
export function checkKernelStruct(env: Env, reg: RegState, off: number, { regno, write }: Access): number {
  const name = reg.btfName ?? "";
  const args = { reg: regno, struct: `ptr_${name}`, off };
  if (!isGplCompatible(env.program.license)) {
    const text = `Cannot access kernel 'struct ${name}' from non-GPL compatible program\n`;
    return refuse(env, "kernel-struct-license", { reg: regno, struct: name }, text, EINVAL);
  }
  if (off < 0) {
    const text = `R${regno} is ptr_${name} invalid negative access: off=${off}\n`;
    return refuse(env, "kernel-struct-negative", args, text, EACCES);
  }
  if (!isConstVal(reg) || reg.val.varOff.value !== 0n) {
    const variable = tnumText(reg.val.varOff);
    const text = `R${regno} is ptr_${name} invalid variable offset: off=${off}, var_off=${variable}\n`;
    return refuse(env, "kernel-struct-variable", { ...args, variable }, text, EACCES);
  }
  if (write && !MAY_WRITE.has(env.progType.name))
    return refuse(env, "kernel-struct-write", { reg: regno, struct: name }, "only read is supported\n", EACCES);
  return notSimulated(env, "access to kernel structures through BTF");
}
