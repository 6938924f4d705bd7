// Loads and stores through a pointer to a structure of the kernel, as far as they are refused without a look at its BTF.
// @kernel verifier.c check_ptr_to_btf_access
import { isGplCompatible } from "../../facts/license.ts";
import { tnumText } from "../log/number.ts";
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, type RegState } from "../state/reg.ts";
import type { Access } from "./mem.ts";

/** Types that may write to some structures. @kernel ->btf_struct_access */
const MAY_WRITE = new Set(["sched_cls", "sched_act", "xdp"]);

/** `off` includes reg.off. */
export function checkKernelStruct(env: Env, reg: RegState, off: number, { regno, write }: Access): number {
  const name = reg.btfName ?? "";
  if (!isGplCompatible(env.program.license)) {
    verbose(env, `Cannot access kernel 'struct ${name}' from non-GPL compatible program\n`);
    return EINVAL;
  }
  if (off < 0) {
    verbose(env, `R${regno} is ptr_${name} invalid negative access: off=${off}\n`);
    return EACCES;
  }
  if (!isConstVal(reg) || reg.val.varOff.value !== 0n) {
    verbose(env, `R${regno} is ptr_${name} invalid variable offset: off=${off}, var_off=${tnumText(reg.val.varOff)}\n`);
    return EACCES;
  }
  if (write && !MAY_WRITE.has(env.progType.name)) {
    verbose(env, "only read is supported\n");
    return EACCES;
  }
  return notSimulated(env, "access to kernel structures through BTF");
}
