// struct_ops: a structure of the kernel whose functions are programs. The relocations of the structure's section say which member a
// program is.
// @kernel libbpf.c bpf_object__collect_st_ops_relos, init_struct_ops_maps
import { type Btf, essentialName } from "./btf/btf.ts";
import { variablesOf } from "./datasec.ts";
import { type Elf, readRelocations, SHT_PROGBITS, SHT_REL } from "./elf.ts";
import type { ObjectFunction } from "./programs.ts";
import { refuse } from "./refusal.ts";
import type { Target } from "./target.ts";

/** The program is member `member` of structure `type`. */
export interface StructOpsMember {
  readonly type: string;
  readonly member: string;
}

const SECTIONS = new Set([".struct_ops", ".struct_ops.link", "?.struct_ops", "?.struct_ops.link"]);

/** Program name → its member. If it is in several places, the first one is used. */
export function structOpsMembers(elf: Elf, btf: Btf | undefined): ReadonlyMap<string, StructOpsMember> {
  const found = new Map<string, StructOpsMember>();
  if (btf === undefined) return found;
  for (const section of elf.sections) {
    const datasec =
      SECTIONS.has(section.name) && section.type === SHT_PROGBITS ? btf.find(section.name, "datasec") : undefined;
    if (datasec === undefined) continue;
    const variables = variablesOf(btf, datasec, elf);
    for (const rel of elf.sections.filter(({ type, info }) => type === SHT_REL && info === section.index)) {
      for (const { offset, symbol } of readRelocations(rel)) {
        const variable = variables.findLast((one) => one.offset <= offset);
        const name = elf.symbols[symbol]?.name;
        if (variable === undefined || name === undefined || btf.kind(variable.type) !== "var") continue;
        const type = btf.strip(btf.type(variable.type));
        if (btf.kind(type) !== "struct") continue;
        const member = btf.members(type).find(({ bitOffset }) => bitOffset === 8 * (offset - variable.offset));
        if (member !== undefined && !found.has(name)) found.set(name, { type: btf.name(type), member: member.name });
      }
    }
  }
  return found;
}

/** Kernel structures that the object fills in, without those that are made only if asked for (`?`). */
export function structOpsStructs(elf: Elf, btf: Btf | undefined): string[] {
  if (btf === undefined) return [];
  return elf.sections.flatMap(({ name, type }) => {
    const wanted = SECTIONS.has(name) && !name.startsWith("?") && type === SHT_PROGBITS;
    const datasec = wanted ? btf.find(name, "datasec") : undefined;
    if (datasec === undefined) return [];
    return variablesOf(btf, datasec, elf)
      .filter((one) => btf.kind(one.type) === "var")
      .map((one) => btf.name(btf.strip(btf.type(one.type))));
  });
}

/** Checks that the kernel has each of them. @kernel libbpf.c find_struct_ops_kern_types */
export function checkStructOps(structs: readonly string[], { btf }: Target): void {
  for (const name of structs) {
    const essential = essentialName(name);
    const there =
      btf?.find(essential, "struct") !== undefined && btf.find(`bpf_struct_ops_${essential}`, "struct") !== undefined;
    if (!there) refuse("attach-missing", { name: "of struct_ops", what: `struct ${essential}` });
  }
}

/** attach_btf_id: the structure in the kernel's BTF. expected_attach_type: the number of the member in it. */
export function structOpsTarget(
  program: ObjectFunction,
  members: ReadonlyMap<string, StructOpsMember>,
  kernel: Btf,
): { readonly attachBtfId: number; readonly attachType: number } | undefined {
  const own = members.get(program.name);
  const type = own && kernel.find(essentialName(own.type), "struct");
  const attachType = type && kernel.members(type).findIndex(({ name }) => name === own.member);
  return attachType === undefined || attachType < 0 ? undefined : { attachBtfId: type!, attachType };
}
