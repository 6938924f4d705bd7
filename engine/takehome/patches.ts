// Steps 1 and 2 of the recipe as patches against Linux 6.1 (Debian's linux-source-6.1).
import type { ReturnRange } from "../facts/types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";
import { type Change, type Insertion, joined, type NewFile, patch } from "./diff.ts";
import { ctxMembers, kernMembers, namesOf } from "./names.ts";
import { attachPieces, opsPieces } from "./ops.ts";

const UAPI = "include/uapi/linux/bpf.h";
const SYSCALL = "kernel/bpf/syscall.c";

/** Step 1, the program type: its number, its operations, and the macro that connects them. */
export const progTypePatch = (definition: KernelDefinition): string => patch(progTypeChange(definition));

export function progTypeChange(definition: KernelDefinition): Change {
  const names = namesOf(definition);
  const { returnRange } = definition.type;
  const insertions: Insertion[] = [
    {
      path: UAPI,
      line: 995,
      enclosing: "enum bpf_prog_type",
      before: [
        "\tBPF_PROG_TYPE_LSM,",
        "\tBPF_PROG_TYPE_SK_LOOKUP,",
        "\tBPF_PROG_TYPE_SYSCALL, /* a program that can execute syscalls */",
      ],
      added: [`\t${names.progType},`],
      after: ["};", "", "enum bpf_attach_type {"],
    },
    {
      path: UAPI,
      line: 7037,
      enclosing: names.ctx,
      before: ["\tenum bpf_core_relo_kind kind;", "};", ""],
      added: [
        `/* What a program of type ${names.progType} gets in R1. */`,
        `${names.ctx} {`,
        ...ctxMembers(definition).map((member) => `\t${member}`),
        "};",
        "",
      ],
      after: ["#endif /* _UAPI__LINUX_BPF_H__ */"],
    },
    {
      path: "include/linux/bpf_types.h",
      line: 80,
      enclosing: "bpf_types.h",
      before: ["BPF_PROG_TYPE(BPF_PROG_TYPE_SYSCALL, bpf_syscall,", "\t      void *, void *)"],
      added: [`BPF_PROG_TYPE(${names.progType}, ${names.ops},`, `\t      ${names.ctx}, ${names.kern})`],
      after: ["", "BPF_MAP_TYPE(BPF_MAP_TYPE_ARRAY, array_map_ops)"],
    },
    {
      path: "kernel/bpf/Makefile",
      line: 10,
      enclosing: "Makefile",
      before: ["obj-$(CONFIG_BPF_SYSCALL) += bpf_iter.o map_iter.o task_iter.o prog_iter.o link_iter.o"],
      added: [`obj-$(CONFIG_BPF_SYSCALL) += ${names.lower}.o`],
      after: [
        "obj-$(CONFIG_BPF_SYSCALL) += hashtab.o arraymap.o percpu_freelist.o bpf_lru_list.o lpm_trie.o map_in_map.o bloom_filter.o",
      ],
    },
  ];
  if (returnRange !== undefined) {
    insertions.push({
      path: "kernel/bpf/verifier.c",
      line: 10911,
      enclosing: "check_return_code()",
      before: ["\tcase BPF_PROG_TYPE_SK_LOOKUP:", "\t\trange = tnum_range(SK_DROP, SK_PASS);", "\t\tbreak;"],
      added: [`\tcase ${names.progType}:`, ...rangeLines(returnRange), "\t\tbreak;"],
      after: ["", "\tcase BPF_PROG_TYPE_LSM:", "\t\tif (env->prog->expected_attach_type != BPF_LSM_CGROUP) {"],
    });
  }
  const files: NewFile[] = [{ path: names.source, pieces: opsPieces(definition) }];
  if (names.kernHeader) {
    insertions.push({
      path: "kernel/bpf/btf.c",
      line: 21,
      enclosing: "btf.c",
      before: ["#include <linux/btf_ids.h>", "#include <linux/skmsg.h>", "#include <linux/perf_event.h>"],
      added: [`#include <${names.kernHeader}>`],
      after: ["#include <linux/bsearch.h>", "#include <linux/kobject.h>", "#include <linux/sysfs.h>"],
    });
    files.unshift({
      path: `include/${names.kernHeader}`,
      pieces: [{ name: names.kern, text: kernHeaderSource(definition).trimEnd() }],
    });
  }
  return { insertions, files };
}

/** C lines that check the return value. Linux 6.1 keeps the range as a tnum. A range that no tnum can express is checked by its bounds. */
function rangeLines({ min, max }: ReturnRange): string[] {
  const values = max - min + 1;
  if (min >= 0 && (values & (values - 1)) === 0 && min % values === 0)
    return [`\t\trange = tnum_range(${min}, ${max});`];
  return [
    `\t\tif (reg->type == SCALAR_VALUE && (reg->smin_value < ${min} || reg->smax_value > ${max})) {`,
    `\t\t\tverbose(env, "At program exit the register R0 should have been in [${min}, ${max}]\\n");`,
    "\t\t\treturn -EINVAL;",
    "\t\t}",
    "\t\trange = tnum_unknown;",
  ];
}

/** The header with the kernel's own struct, if programs see another one. */
function kernHeaderSource(definition: KernelDefinition): string {
  const { kern, ctx, lower } = namesOf(definition);
  const guard = `_LINUX_${lower.toUpperCase()}_KERN_H`;
  return `/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ${guard}
#define ${guard}

#include <linux/types.h>

/* What the kernel keeps; programs see it as ${ctx}. */
${kern} {
${kernMembers(definition)
  .map((member) => `\t${member}`)
  .join("\n")}
};

#endif
`;
}

/** Step 2, the attach type: its number, and the cases in those functions of bpf(2) that must know it. */
export const attachTypePatch = (definition: KernelDefinition): string => patch(attachTypeChange(definition));

export function attachTypeChange(definition: KernelDefinition): Change {
  const names = namesOf(definition);
  const ops = joined(opsPieces(definition)).trimEnd().split("\n");
  const pieces = attachPieces(definition);
  const expected = definition.type.attach.requiredAtLoad
    ? [
        `\tcase ${names.progType}:`,
        `\t\tif (expected_attach_type == ${names.attachType})`,
        "\t\t\treturn 0;",
        "\t\treturn -EINVAL;",
      ]
    : [];
  const insertions: Insertion[] = [
    {
      path: UAPI,
      line: 1043,
      enclosing: "enum bpf_attach_type",
      before: ["\tBPF_PERF_EVENT,", "\tBPF_TRACE_KPROBE_MULTI,", "\tBPF_LSM_CGROUP,"],
      added: [`\t${names.attachType},`],
      after: ["\t__MAX_BPF_ATTACH_TYPE", "};", ""],
    },
    {
      path: "include/linux/bpf.h",
      line: 2622,
      enclosing: "bpf.h",
      before: ["/* verifier prototypes for helper functions called from eBPF programs */"],
      added: [`int ${names.attach}(struct bpf_prog *prog);`, `int ${names.detach}(void);`, ""],
      after: ["extern const struct bpf_func_proto bpf_map_lookup_elem_proto;"],
    },
    ...(expected.length === 0
      ? []
      : [
          {
            path: SYSCALL,
            line: 2446,
            enclosing: "bpf_prog_load_check_attach()",
            before: ["\t\tdefault:", "\t\t\treturn -EINVAL;", "\t\t}"],
            added: expected,
            after: ["\tcase BPF_PROG_TYPE_SYSCALL:", "\tcase BPF_PROG_TYPE_EXT:", "\t\tif (expected_attach_type)"],
          },
        ]),
    {
      path: SYSCALL,
      line: 3566,
      enclosing: "attach_type_to_prog_type()",
      before: ["\t\treturn BPF_PROG_TYPE_XDP;", "\tcase BPF_LSM_CGROUP:", "\t\treturn BPF_PROG_TYPE_LSM;"],
      added: [`\tcase ${names.attachType}:`, `\t\treturn ${names.progType};`],
      after: ["\tdefault:", "\t\treturn BPF_PROG_TYPE_UNSPEC;", "\t}"],
    },
    {
      path: SYSCALL,
      line: 3626,
      enclosing: "bpf_prog_attach()",
      before: ["\t\telse", "\t\t\tret = cgroup_bpf_prog_attach(attr, ptype, prog);", "\t\tbreak;"],
      added: [`\tcase ${names.progType}:`, `\t\tret = ${names.attach}(prog);`, "\t\tbreak;"],
      after: ["\tdefault:", "\t\tret = -EINVAL;", "\t}"],
    },
    {
      path: SYSCALL,
      line: 3663,
      enclosing: "bpf_prog_detach()",
      before: [
        "\tcase BPF_PROG_TYPE_SOCK_OPS:",
        "\tcase BPF_PROG_TYPE_LSM:",
        "\t\treturn cgroup_bpf_prog_detach(attr, ptype);",
      ],
      added: [`\tcase ${names.progType}:`, `\t\treturn ${names.detach}();`],
      after: ["\tdefault:", "\t\treturn -EINVAL;", "\t}"],
    },
    {
      path: names.source,
      line: ops.length - 2,
      enclosing: names.source,
      before: ops.slice(-3),
      added: ["", ...joined(pieces).trimEnd().split("\n")],
      pieces,
      after: [],
    },
  ];
  return { insertions, files: [] };
}
