// Step 4 of the recipe: a C program for user space that loads a BPF program and attaches it. One version uses bpf(2) alone, the
// other libbpf.
import { formatInsn } from "../disasm/kernel.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import { attachTypeName, progTypeByName } from "../facts/prog-types.ts";
import { type Insn, isLdImm64 } from "../isa/insn.ts";
import { isCgroupProgType } from "../kernel/attach-types.ts";
import type { KernelDefinition } from "../kernel/definition.ts";
import { attachTypesOf } from "../object/sections.ts";
import type { MapDef, Program } from "../program/program.ts";
import { joined, type Piece } from "./diff.ts";
import { namesOf } from "./names.ts";

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;

/** One element of the C array: the fields of the slot, and the instruction as a comment. */
function insnLine(insns: readonly Insn[], slot: number): string {
  const { code, dst, src, off, imm } = insns[slot] as Insn;
  const second = slot > 0 && isLdImm64(insns[slot - 1] as Insn);
  const text = second ? "upper half" : formatInsn(insns[slot] as Insn, insns[slot + 1]);
  return `\t{ ${hex(code, 2)}, ${dst}, ${src}, ${off}, ${imm === -2147483648 ? "INT_MIN" : imm} },\t/* ${slot}: ${text.replaceAll("*/", "* /")} */`;
}

const insnArray = (insns: readonly Insn[]): string =>
  ["static struct bpf_insn insns[] = {", ...insns.map((_, slot) => insnLine(insns, slot)), "};"].join("\n");

/** #defines for the numbers of the new program and attach type. Debian's headers do not have them. */
const constants = (definition: KernelDefinition): string => {
  const names = namesOf(definition);
  const { id, attach } = definition.type;
  return `/* The same numbers as in the patches. */
#define ${names.progType} ${id}
#define ${names.attachType} ${attach.id}`;
};

/**
 * How the program is loaded, and to what it is attached. Types other than the definition's are numbers, because old headers may
 * not have their names.
 */
interface LoaderPlan {
  readonly typeName: string;
  /** C expression for prog_type of BPF_PROG_LOAD. */
  readonly progType: string;
  /** C expression for expected_attach_type of BPF_PROG_LOAD. */
  readonly loadedFor: string;
  /** C expression for attach_type of BPF_PROG_ATTACH. */
  readonly attachType: string;
  /** What it is attached to. `own`: the module's file. `cgroup`: a directory. `none`: nothing, BPF_PROG_ATTACH is not enough. */
  readonly target: "own" | "cgroup" | "none";
}

function loaderPlanOf(definition: KernelDefinition, { progType, expectedAttachType: attach }: Program): LoaderPlan {
  const names = namesOf(definition);
  const { type } = definition;
  const isOwn = progType === type.name;
  const known = isOwn ? [] : attachTypesOf(progType);
  const loadedFor =
    isOwn && attach === type.attach.id
      ? names.attachType
      : known.includes(attach)
        ? `${attach} /* ${attachTypeName(attach)} */`
        : String(attach);
  if (isOwn) {
    const { progType, attachType } = names;
    return { typeName: progType, progType, loadedFor, attachType, target: "own" };
  }
  const typeName = `BPF_PROG_TYPE_${progType.toUpperCase()}`;
  return {
    typeName,
    progType: `${progTypeByName(progType)?.id ?? 0} /* ${typeName} */`,
    loadedFor,
    attachType: loadedFor,
    target: isCgroupProgType(progType) ? "cgroup" : "none",
  };
}

const headerComment = ({ typeName, target }: LoaderPlan, by: string): string =>
  `Loads the program below as ${typeName}${target === "none" ? "" : " and attaches it"}, with ${by}.`;
const mainOf = ({ target }: LoaderPlan): string =>
  target === "cgroup" ? "int main(int argc, char **argv)" : "int main(void)";
const CGROUP = `	const char *cgroup = argc > 1 ? argv[1] : "/sys/fs/cgroup";
	int target = open(cgroup, O_RDONLY | O_DIRECTORY);

	if (target < 0)
		err(1, "%s", cgroup);
`;
const lastMessage = ({ target }: LoaderPlan, { attribute }: KernelDefinition): string =>
  ({
    own: `	printf("attached; try: echo 10 > ${attribute.path}; cat ${attribute.path}\\n");`,
    cgroup: `	printf("attached to %s\\n", cgroup);`,
    none: `	puts("loaded; what it is attached to takes more than this loader does");`,
  })[target];

const cString = (text: string): string => JSON.stringify(text).slice(1, -1);
const bytesOf = (text: string): string => (text.match(/../g) ?? []).map((byte) => `0x${byte}`).join(", ");

/** C code that creates the maps, fills them, and writes their descriptors into the instructions. */
function mapSetup(program: Program, create: (map: MapDef) => string, update: string): string {
  if (program.maps.length === 0) return "";
  const lines = program.maps.flatMap((map, i) => [
    `\tmaps[${i}] = ${create(map)};`,
    `\tif (maps[${i}] < 0)`,
    `\t\terr(1, "map ${cString(map.name)}");`,
    ...Object.entries(map.init ?? {}).flatMap(([key, value]) => [
      "\t{",
      `\t\tunsigned int key = ${Number(key)};`,
      `\t\tunsigned char value[] = { ${bytesOf(value)} };`,
      "",
      `\t\tif (${update.replace("MAP", `maps[${i}]`)})`,
      `\t\t\terr(1, "map ${cString(map.name)}, key %u", key);`,
      "\t}",
    ]),
  ]);
  const refs = [...program.mapRefs].map(([slot, map]) => `\tinsns[${slot}].imm = maps[${map}];`);
  return `\tint maps[${program.maps.length}];\n\n${[...lines, ...refs].join("\n")}\n`;
}

const mapType = (map: MapDef): number => mapTypeByName(map.type)?.id ?? 0;

/** The loader with bpf(2) alone. It needs no library and builds with `cc -static`. */
export const rawLoader = (definition: KernelDefinition, program: Program): string =>
  joined(rawLoaderPieces(definition, program));

export function rawLoaderPieces(definition: KernelDefinition, program: Program): Piece[] {
  const how = loaderPlanOf(definition, program);
  const maps: Piece[] = [
    {
      name: "create_map()",
      text: `static int create_map(unsigned int type, unsigned int key, unsigned int value, unsigned int entries,
		      unsigned int flags)
{
	union bpf_attr attr = { .map_type = type, .key_size = key, .value_size = value,
				.max_entries = entries, .map_flags = flags };

	return bpf(BPF_MAP_CREATE, &attr);
}`,
    },
    {
      name: "update_map()",
      text: `static int update_map(int fd, const void *key, const void *value)
{
	union bpf_attr attr = { .map_fd = fd, .key = (uintptr_t)key, .value = (uintptr_t)value };

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}`,
    },
  ];
  return [
    {
      name: "",
      text: `// SPDX-License-Identifier: GPL-2.0-only
/* ${headerComment(how, "bpf(2) alone")} */
#include <err.h>
${how.target === "cgroup" ? "#include <fcntl.h>\n" : ""}#include <limits.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>`,
    },
    { name: "constants", text: constants(definition) },
    { name: "insns", text: insnArray(program.insns) },
    { name: "log_text", text: "static char log_text[1 << 20];" },
    {
      name: "bpf()",
      text: `static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}`,
    },
    ...(program.maps.length === 0 ? [] : maps),
    {
      name: "main()",
      text: `${mainOf(how)}
{
${how.target === "cgroup" ? CGROUP : ""}	union bpf_attr attr;
	int prog;
${mapSetup(
  program,
  (map) => `create_map(${mapType(map)}, ${map.keySize}, ${map.valueSize}, ${map.maxEntries}, ${map.flags})`,
  "update_map(MAP, &key, value)",
)}
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = ${how.progType};
	attr.expected_attach_type = ${how.loadedFor};
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = sizeof(insns) / sizeof(insns[0]);
	attr.license = (uintptr_t)"${cString(program.license)}";
	attr.prog_flags = ${program.progFlags};
	attr.log_level = 2;
	attr.log_buf = (uintptr_t)log_text;
	attr.log_size = sizeof(log_text);
	prog = bpf(BPF_PROG_LOAD, &attr);
	fputs(log_text, stderr);
	if (prog < 0)
		err(1, "BPF_PROG_LOAD");
${
  how.target === "none"
    ? ""
    : `
	memset(&attr, 0, sizeof(attr));
${how.target === "cgroup" ? "\tattr.target_fd = target;\n" : ""}	attr.attach_bpf_fd = prog;
	attr.attach_type = ${how.attachType};
	if (bpf(BPF_PROG_ATTACH, &attr))
		err(1, "BPF_PROG_ATTACH");
`
}${lastMessage(how, definition)}
	return 0;
}`,
    },
  ];
}

/** The loader with libbpf 1.x. It uses the two calls of the talk. */
export const libbpfLoader = (definition: KernelDefinition, program: Program): string =>
  joined(libbpfLoaderPieces(definition, program));

export function libbpfLoaderPieces(definition: KernelDefinition, program: Program): Piece[] {
  const names = namesOf(definition);
  const how = loaderPlanOf(definition, program);
  const create = (map: MapDef) =>
    `bpf_map_create(${mapType(map)}, "${cString(map.name.slice(0, 15))}", ${map.keySize}, ${map.valueSize}, ${map.maxEntries}, ${
      map.flags === 0
        ? "NULL"
        : `&(struct bpf_map_create_opts){ .sz = sizeof(struct bpf_map_create_opts), .map_flags = ${map.flags} }`
    })`;
  return [
    {
      name: "",
      text: `// SPDX-License-Identifier: GPL-2.0-only
/* ${headerComment(how, "libbpf 1.x")} */
#include <bpf/bpf.h>
#include <err.h>
${how.target === "cgroup" ? "#include <fcntl.h>\n" : ""}#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>`,
    },
    { name: "constants", text: constants(definition) },
    { name: "insns", text: insnArray(program.insns) },
    { name: "log_text", text: "static char log_text[1 << 20];" },
    {
      name: "main()",
      text: `${mainOf(how)}
{
${how.target === "cgroup" ? CGROUP : ""}	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		.expected_attach_type = ${how.loadedFor},
		.prog_flags = ${program.progFlags},
		.log_level = 2,
		.log_buf = log_text,
		.log_size = sizeof(log_text));
	int prog;
${mapSetup(program, create, "bpf_map_update_elem(MAP, &key, value, BPF_ANY)")}
	prog = bpf_prog_load(${how.progType}, "${names.lower}", "${cString(program.license)}", insns,
			     sizeof(insns) / sizeof(insns[0]), &opts);
	fputs(log_text, stderr);
	if (prog < 0)
		err(1, "bpf_prog_load");
${
  how.target === "none"
    ? ""
    : `${how.target === "own" ? "\t/* The target descriptor has no meaning for this type: there is one place to attach to. */\n" : ""}	if (bpf_prog_attach(prog, ${how.target === "own" ? "0" : "target"}, ${how.attachType}, 0))
		err(1, "bpf_prog_attach");
`
}${lastMessage(how, definition)}
	return 0;
}`,
    },
  ];
}
