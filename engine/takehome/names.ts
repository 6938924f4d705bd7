// The C names that a definition gives to its parts. One place, so that patch, module, loader and page agree.

import { memberOf } from "../facts/convert.ts";
import type { KernelMember } from "../facts/types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";

export interface Names {
  /** `oreore`: prefix of functions, name of files. */
  readonly lower: string;
  /** `BPF_PROG_TYPE_OREORE` */
  readonly progType: string;
  /** `BPF_OREORE_ATTACH` */
  readonly attachType: string;
  /** `struct oreore_ctx`: what programs see. */
  readonly ctx: string;
  /** What the kernel hands over: the same, or `struct oreore_kern`. */
  readonly kern: string;
  /** Header of the kernel's tree with that struct, where it is another: `linux/oreore_kern.h`. */
  readonly kernHeader: string | undefined;
  /** First argument of BPF_PROG_TYPE() to which the kernel appends `_prog_ops` and `_verifier_ops`. */
  readonly ops: string;
  /** File in the kernel tree with the operations: `kernel/bpf/oreore.c`. */
  readonly source: string;
  /** The attached program: `oreore_prog`. */
  readonly attached: string;
  readonly attach: string;
  readonly detach: string;
}

export function namesOf({ type }: KernelDefinition): Names {
  const lower = type.name;
  return {
    lower,
    progType: `BPF_PROG_TYPE_${lower.toUpperCase()}`,
    attachType: type.attach.name,
    ctx: `struct ${type.ctx.struct}`,
    kern: `struct ${type.ctx.kern?.struct ?? type.ctx.struct}`,
    kernHeader: type.ctx.kern && `linux/${type.ctx.kern.struct}.h`,
    ops: `bpf_${lower}`,
    source: `kernel/bpf/${lower}.c`,
    attached: `${lower}_prog`,
    attach: `${lower}_bpf_prog_attach`,
    detach: `${lower}_bpf_prog_detach`,
  };
}

/** Members of the struct that programs see, for the UAPI header. */
export const ctxMembers = ({ type }: KernelDefinition): string[] => membersOf(type.ctx.fields, type.ctx.size, "__u");

/** Members of the struct that the kernel keeps. */
export const kernMembers = ({ type }: KernelDefinition): string[] =>
  membersOf(type.ctx.fields.map(memberOf), type.ctx.kern?.size ?? type.ctx.size, "u");

/** With explicit padding, so that the layout is the same on every machine. `prefix`: of the types, `__u` for `__u32`. */
function membersOf(members: readonly KernelMember[], size: number, prefix: string): string[] {
  const lines: string[] = [];
  let at = 0;
  let holes = 0;
  const pad = (to: number) => {
    if (to > at) lines.push(`${prefix}8 reserved${holes++}[${to - at}];`);
    at = to;
  };
  for (const member of [...members].sort((a, b) => a.off - b.off)) {
    pad(member.off);
    lines.push(`${prefix}${member.size * 8} ${member.name};`);
    at = member.off + member.size;
  }
  pad(size);
  return lines;
}
