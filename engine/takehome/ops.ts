// Step 1 of the recipe in C for Linux 6.1, generated from the definition: what a program of the type may read, write and call.
// Also the functions of step 2 that keep the attached program.

import { memberOf } from "../facts/convert.ts";
import { HELPER_PROTOS } from "../facts/helpers.ts";
import type { CtxField } from "../facts/types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";
import type { Piece } from "./diff.ts";
import { type Names, namesOf } from "./names.ts";

/** The `case` of is_valid_access() for one field of the context. */
function accessCase(names: Names, field: CtxField): string[] {
  const range = `bpf_ctx_range(${names.ctx}, ${field.name})`;
  const exact = `offsetof(${names.ctx}, ${field.name})`;
  const member = `sizeof_field(${names.ctx}, ${field.name})`;
  const write = field.writable ? [] : ["\t\tif (type != BPF_READ)", "\t\t\treturn false;"];
  if (!field.narrow) return [`\tcase ${exact}:`, ...write, `\t\treturn size == ${member};`];
  return [
    `\tcase ${range}:`,
    ...write,
    ...(field.writable ? ["\t\tif (type == BPF_WRITE)", `\t\t\treturn off == ${exact} && size == ${member};`] : []),
    `\t\tbpf_ctx_record_field_size(info, ${member});`,
    `\t\treturn off % size == 0 && bpf_ctx_narrow_access_ok(off, size, ${member});`,
  ];
}

function isValidAccess(definition: KernelDefinition): string {
  const names = namesOf(definition);
  return [
    `static bool ${names.lower}_is_valid_access(int off, int size,`,
    "\t\t\t\t\tenum bpf_access_type type,",
    "\t\t\t\t\tconst struct bpf_prog *prog,",
    "\t\t\t\t\tstruct bpf_insn_access_aux *info)",
    "{",
    `\tif (off < 0 || off + size > sizeof(${names.ctx}))`,
    "\t\treturn false;",
    "\tswitch (off) {",
    ...definition.type.ctx.fields.flatMap((field) => accessCase(names, field)),
    "\tdefault:",
    "\t\treturn false;",
    "\t}",
    "}",
  ].join("\n");
}

/**
 * The `case` of convert_ctx_access() for one field. It accesses the member in the member's size. If the member is wider than the
 * field, a load is cut to the field's size.
 */
function convertCase(names: Names, field: CtxField): string[] {
  const member = memberOf(field);
  const access = (store: boolean) => [
    `${store ? "BPF_STX_MEM" : "BPF_LDX_MEM"}(BPF_FIELD_SIZEOF(${names.kern}, ${member.name}),`,
    "\t\t\t\t\t      si->dst_reg, si->src_reg,",
    `\t\t\t\t\t      offsetof(${names.kern}, ${member.name}));`,
  ];
  const emit = (indent: string, [first, ...rest]: string[]) => [`${indent}*insn++ = ${first}`, ...rest];
  const load = emit(field.writable ? "\t\t\t" : "\t\t", access(false));
  const cut =
    field.size === 4
      ? "BPF_MOV32_REG(si->dst_reg, si->dst_reg);"
      : `BPF_ALU32_IMM(BPF_AND, si->dst_reg, ${field.size === 1 ? "0xff" : "0xffff"});`;
  return [
    `\tcase offsetof(${names.ctx}, ${field.name}):`,
    // The size of the field, not of the member. Then the verifier always masks a load of a part of the field.
    `\t\t*target_size = sizeof_field(${names.ctx}, ${field.name});`,
    ...(field.writable ? ["\t\tif (type == BPF_WRITE)", ...emit("\t\t\t", access(true)), "\t\telse"] : []),
    ...load,
    ...(member.size > field.size ? [`\t\t*insn++ = ${cut}`] : []),
    "\t\tbreak;",
  ];
}

function convertCtxAccess(definition: KernelDefinition): string {
  const names = namesOf(definition);
  return [
    "/* si->off is where a field begins. The verifier adds the shift and mask for a load of a part of it. */",
    `static u32 ${names.lower}_convert_ctx_access(enum bpf_access_type type,`,
    "\t\t\t\t\t   const struct bpf_insn *si,",
    "\t\t\t\t\t   struct bpf_insn *insn_buf,",
    "\t\t\t\t\t   struct bpf_prog *prog, u32 *target_size)",
    "{",
    "\tstruct bpf_insn *insn = insn_buf;",
    "",
    "\tswitch (si->off) {",
    ...definition.type.ctx.fields.flatMap((field) => convertCase(names, field)),
    "\t}",
    "\treturn insn - insn_buf;",
    "}",
  ].join("\n");
}

/** Helper number → `BPF_FUNC_trace_printk`. */
const funcName = (id: number): string => {
  const proto = HELPER_PROTOS.find((known) => known.id === id);
  return proto === undefined ? String(id) : `BPF_FUNC_${proto.name}`;
};

function getFuncProto(definition: KernelDefinition): string {
  const { lower } = namesOf(definition);
  const { plus = [], minus = [] } = definition.type.helpers;
  const cases = [
    ...minus.map((id) => `\tcase ${funcName(id)}:`),
    ...(minus.length > 0 ? ["\t\treturn NULL;"] : []),
    ...plus.flatMap((id) => [
      `\tcase ${funcName(id)}:`,
      `\t\treturn &${funcName(id).replace("BPF_FUNC_", "bpf_")}_proto;`,
    ]),
  ];
  const body =
    cases.length === 0
      ? ["\treturn bpf_base_func_proto(func_id);"]
      : ["\tswitch (func_id) {", ...cases, "\tdefault:", "\t\treturn bpf_base_func_proto(func_id);", "\t}"];
  return [
    "static const struct bpf_func_proto *",
    `${lower}_func_proto(enum bpf_func_id func_id, const struct bpf_prog *prog)`,
    "{",
    ...body,
    "}",
  ].join("\n");
}

/** The pieces of kernel/bpf/NAME.c: the two structs that BPF_PROG_TYPE() refers to, and their functions. */
export function opsPieces(definition: KernelDefinition): Piece[] {
  const names = namesOf(definition);
  const converts = names.kernHeader !== undefined;
  return [
    {
      name: "",
      text: `// SPDX-License-Identifier: GPL-2.0-only
/* ${names.progType}: what its programs may do, and the program that is attached. */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>${converts ? `\n#include <${names.kernHeader}>` : ""}`,
    },
    { name: `${names.lower}_is_valid_access()`, text: isValidAccess(definition) },
    { name: `${names.lower}_func_proto()`, text: getFuncProto(definition) },
    ...(converts ? [{ name: `${names.lower}_convert_ctx_access()`, text: convertCtxAccess(definition) }] : []),
    {
      name: `${names.ops}_verifier_ops`,
      text: `const struct bpf_verifier_ops ${names.ops}_verifier_ops = {
	.get_func_proto		= ${names.lower}_func_proto,
	.is_valid_access	= ${names.lower}_is_valid_access,
${converts ? `\t.convert_ctx_access\t= ${names.lower}_convert_ctx_access,\n` : ""}};`,
    },
    { name: `${names.ops}_prog_ops`, text: `const struct bpf_prog_ops ${names.ops}_prog_ops = {\n};` },
  ];
}

/** The pieces that step 2 adds to kernel/bpf/NAME.c. */
export function attachPieces(definition: KernelDefinition): Piece[] {
  const names = namesOf(definition);
  return [
    { name: names.attached, text: `struct bpf_prog __rcu *${names.attached};\nEXPORT_SYMBOL_GPL(${names.attached});` },
    { name: `${names.lower}_mutex`, text: `static DEFINE_MUTEX(${names.lower}_mutex);` },
    {
      name: `${names.lower}_replace()`,
      text: `/* Readers are in RCU sections, and bpf_prog_put() frees after a grace period. */
static void ${names.lower}_replace(struct bpf_prog *prog)
{
	struct bpf_prog *old;

	mutex_lock(&${names.lower}_mutex);
	old = rcu_replace_pointer(${names.attached}, prog,
				  lockdep_is_held(&${names.lower}_mutex));
	mutex_unlock(&${names.lower}_mutex);
	if (old)
		bpf_prog_put(old);
}`,
    },
    {
      name: `${names.attach}()`,
      text: `/* Takes over the caller's reference to prog. */
int ${names.attach}(struct bpf_prog *prog)
{
	${names.lower}_replace(prog);
	return 0;
}`,
    },
    {
      name: `${names.detach}()`,
      text: `int ${names.detach}(void)
{
	${names.lower}_replace(NULL);
	return 0;
}`,
    },
  ];
}
