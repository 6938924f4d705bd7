// The C names that a definition gives to its parts. One place, so that patch, module, loader and page agree.

import type { CtxField } from "../facts/types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";

export interface Names {
  /** `oreore`: prefix of functions, name of files. */
  readonly lower: string;
  /** `BPF_PROG_TYPE_OREORE` */
  readonly progType: string;
  /** `BPF_OREORE_ATTACH` */
  readonly attachType: string;
  /** `struct oreore_ctx` */
  readonly ctx: string;
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
    ops: `bpf_${lower}`,
    source: `kernel/bpf/${lower}.c`,
    attached: `${lower}_prog`,
    attach: `${lower}_bpf_prog_attach`,
    detach: `${lower}_bpf_prog_detach`,
  };
}

/** The UAPI type of a context field: `__u32`. */
const fieldType = ({ size }: CtxField): string => `__u${size * 8}`;

/** Members of the context struct with explicit padding, so that the layout is the same on every machine. */
export function ctxMembers({ type }: KernelDefinition): string[] {
  const lines: string[] = [];
  let at = 0;
  let holes = 0;
  const pad = (to: number) => {
    if (to > at) lines.push(`__u8 reserved${holes++}[${to - at}];`);
    at = to;
  };
  for (const field of [...type.ctx.fields].sort((a, b) => a.off - b.off)) {
    pad(field.off);
    lines.push(`${fieldType(field)} ${field.name};`);
    at = field.off + field.size;
  }
  pad(type.ctx.size);
  return lines;
}
