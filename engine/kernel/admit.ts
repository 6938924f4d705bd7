// What BPF_PROG_LOAD looks at before the instructions, in its order.  @kernel kernel/bpf/syscall.c bpf_prog_load
import { ERRNO } from "../facts/errno.ts";
import type { ProgType } from "../facts/types.ts";
import type { Registry } from "./registry.ts";

export interface AdmitAttr {
  /** enum bpf_prog_type */
  readonly progType: number;
  readonly insnCnt: number;
  readonly progFlags: number;
  readonly progName: string;
  readonly expectedAttachType: number;
}

/** BPF_F_STRICT_ALIGNMENT … BPF_F_TEST_REG_INVARIANTS; not BPF_F_TOKEN_FD: there are no tokens here. */
const PROG_FLAGS = 0xff;
const BPF_COMPLEXITY_LIMIT_INSNS = 1_000_000;

/** Types for which an expected_attach_type of 0 stands for another. @kernel bpf_prog_load_fixup_attach_type */
const ATTACH_TYPE_OF_ZERO: Readonly<Record<string, number>> = { cgroup_sock: 2, sk_reuseport: 39 };

/** The type to verify as, or a negative errno. */
export function admit(
  registry: Registry,
  attr: AdmitAttr,
): { readonly type: ProgType; readonly expectedAttachType: number } | number {
  const { definition, steps } = registry;
  // The definition's case in bpf_prog_load_check_attach is there once step 2 is applied.
  const anyAttachType = attr.progType === definition.type.id && !steps[1];
  return admitAs(registry.progType(attr.progType), attr, anyAttachType);
}

/** The same for a type that was found already; `undefined`: there is none. */
export function admitAs(
  type: ProgType | undefined,
  attr: Omit<AdmitAttr, "progType">,
  anyAttachType = false,
): { readonly type: ProgType; readonly expectedAttachType: number } | number {
  if (attr.progFlags & ~PROG_FLAGS) return -ERRNO.EINVAL;
  if (attr.insnCnt === 0 || attr.insnCnt > BPF_COMPLEXITY_LIMIT_INSNS) return -ERRNO.E2BIG;
  // The attach type is looked at before the type is known to exist; both fail alike.
  if (!type) return -ERRNO.EINVAL;
  const unseen = type.refusedUnseen(attr.expectedAttachType);
  if (unseen !== 0) return -unseen;
  const expectedAttachType = attr.expectedAttachType || (ATTACH_TYPE_OF_ZERO[type.name] ?? 0);
  if (!anyAttachType && type.simulated && type.attachTypes && !type.attachTypes.includes(expectedAttachType))
    return -ERRNO.EINVAL;
  return isValidName(attr.progName) ? { type, expectedAttachType } : -ERRNO.EINVAL;
}

/** `prog_name` and `map_name`: letters, digits, `_` and `.`, at most 15. @kernel bpf_obj_name_cpy */
export const isValidName = (name: string): boolean => /^[A-Za-z0-9_.]{0,15}$/.test(name);
