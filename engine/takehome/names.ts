// The C names for the parts of a definition. They are in one place, so that patch, module, loader and page agree.

import { memberOf } from "../facts/convert.ts";
import type { KernelMember } from "../facts/types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";

export interface Names {
  /** `oreore`: prefix of functions and name of files. */
  readonly lower: string;
  /** `BPF_PROG_TYPE_OREORE` */
  readonly progType: string;
  /** `BPF_OREORE_ATTACH` */
  readonly attachType: string;
  /** `struct oreore_ctx`: the context that programs see. */
  readonly ctx: string;
  /** The struct that the kernel passes to bpf_prog_run(): the same, or `struct oreore_kern`. */
  readonly kern: string;
  /** If `kern` is another struct: its header in the kernel's tree, `linux/oreore_kern.h`. */
  readonly kernHeader: string | undefined;
  /** Second argument of BPF_PROG_TYPE(). The kernel appends `_prog_ops` and `_verifier_ops` to it. */
  readonly ops: string;
  /** The file in the kernel's tree that has the operations: `kernel/bpf/oreore.c`. */
  readonly source: string;
  /** The variable that holds the attached program: `oreore_prog`. */
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

/** C members of the struct that programs see, for the UAPI header. */
export const ctxMembers = ({ type }: KernelDefinition): string[] => membersOf(type.ctx.fields, type.ctx.size, "__u");

/** C members of the kernel's own struct. */
export const kernMembers = ({ type }: KernelDefinition): string[] =>
  membersOf(type.ctx.fields.map(memberOf), type.ctx.kern?.size ?? type.ctx.size, "u");

/** Members with explicit padding, so that the layout is the same on every machine. `prefix` of the C types: `__u` for `__u32`. */
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
