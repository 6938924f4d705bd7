// BTF that the kernel refuses. libbpf then loads the object without it: programs have no functions and lines, and maps have no types.
// @kernel btf.c btf_func_check; libbpf.c bpf_object__sanitize_and_load_btf
import type { Btf } from "./btf.ts";

const EXTERN = 2;

/**
 * Whether there is a function whose parameters have types but no names, as a bare declaration has. Externs do not count: libbpf gives
 * their parameters names.
 */
export function isRefusedByKernel(btf: Btf): boolean {
  for (let id = 1; id < btf.count; id++) {
    if (btf.kind(id) !== "func" || btf.vlen(id) === EXTERN) continue;
    const proto = btf.type(id);
    if (btf.kind(proto) !== "func_proto") return true;
    for (let i = 0; i < btf.vlen(proto); i++) {
      const { name, type } = btf.param(proto, i);
      if (name === "" && type !== 0) return true;
    }
  }
  return false;
}
