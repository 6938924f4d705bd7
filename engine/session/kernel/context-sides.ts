// A context from both sides: what programs see (prog_ctx_type), what the kernel holds (kern_ctx_type), and the instructions that replace an
// access to each field. Loaded when first asked for.

import { insnWords } from "../../disasm/kernel.ts";
import { memberOf } from "../../facts/convert.ts";
import type { ProgType } from "../../facts/types.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import { insnNamed } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import { accessBecomes } from "../../verifier/rewrite/ctx.ts";

/** One member of a struct. */
export interface MemberView {
  readonly name: string;
  readonly off: number;
  readonly size: number;
}

export interface RewriteView {
  /** The access as the program has it: `r0 = *(u32 *)(r1 +0)`. */
  readonly from: string;
  /** What runs instead. The same line: nothing is rewritten. */
  readonly to: readonly string[];
}

export interface ContextFieldView extends MemberView {
  /** null: the field lies in one of the kernel's own structs, which is not defined here. */
  readonly kernel: MemberView | null;
  /** A load of the field, then a load of its second byte and a store if they are allowed. */
  readonly accesses: readonly RewriteView[];
}

export interface ContextView {
  /** `struct __sk_buff` */
  readonly prog: string;
  /** `struct sk_buff`. "": not known. */
  readonly kern: string;
  readonly fields: readonly ContextFieldView[];
}

/** The kernel's own structs, as BPF_PROG_TYPE() names them. @kernel include/linux/bpf_types.h */
const KERN_TYPES: Readonly<Record<string, string>> = {
  __sk_buff: "struct sk_buff",
  xdp_md: "struct xdp_buff",
  bpf_sock: "struct sock",
  bpf_sock_addr: "struct bpf_sock_addr_kern",
  bpf_sock_ops: "struct bpf_sock_ops_kern",
  sk_msg_md: "struct sk_msg",
  bpf_sysctl: "struct bpf_sysctl_kern",
  bpf_sockopt: "struct bpf_sockopt_kern",
  bpf_sk_lookup: "struct bpf_sk_lookup_kern",
  sk_reuseport_md: "struct sk_reuseport_kern",
  bpf_perf_event_data: "struct bpf_perf_event_data_kern",
};

const SIZES = [1, 2, 4, 8];

/** A type that is defined on the page is read from its definition, one of the kernel's own from the recordings. */
export function contextView(type: ProgType, definition: KernelDefinition | undefined): ContextView {
  const { ctx } = definition?.type ?? {};
  const prog = `struct ${type.ctxStruct}`;
  const members: readonly MemberView[] = ctx?.fields ?? uapiStruct(type.ctxStruct)?.fields ?? [];
  return {
    prog,
    kern: ctx ? `struct ${ctx.kern?.struct ?? ctx.struct}` : (KERN_TYPES[type.ctxStruct] ?? prog),
    fields: members
      .filter(({ size }) => SIZES.includes(size))
      .map(({ name, off, size }): ContextFieldView => {
        const own = ctx?.fields.find((field) => field.name === name);
        const member = own && memberOf(own);
        return {
          name,
          off,
          size,
          kernel: member ? { name: member.name, off: member.off, size: member.size } : null,
          accesses: [
            rewriteView(type, insnNamed(`ldx${size}`, { dst: 0, src: 1, off })),
            ...(size > 1 ? [rewriteView(type, insnNamed("ldx1", { dst: 0, src: 1, off: off + 1 }))] : []),
            rewriteView(type, insnNamed(`stx${size}`, { dst: 1, src: 2, off })),
          ].filter((one) => one !== undefined),
        };
      })
      .filter(({ accesses }) => accesses.length > 0),
  };
}

const BYTES_OF_SIZE: Readonly<Record<number, number>> = { 16: 1, 8: 2, 0: 4, 24: 8 };

function rewriteView(type: ProgType, insn: Insn): RewriteView | undefined {
  const write = (insn.code & 0x07) === 0x03;
  const attach = (type.attachTypes ?? [0]).find((one) =>
    type.ctxAccess(insn.off, BYTES_OF_SIZE[insn.code & 0x18] as number, write, one),
  );
  if (attach === undefined) return undefined;
  const allowed = type.ctxAccess(insn.off, BYTES_OF_SIZE[insn.code & 0x18] as number, write, attach);
  const made = accessBecomes(type, insn, allowed?.fieldSize ?? 0) ?? [insn];
  const text = (one: Insn) => insnWords(one);
  return { from: text(insn), to: made.map(text) };
}
