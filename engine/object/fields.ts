// Fields of a map's value that only their own helpers may touch: locks, timers, kernel pointers. They are found by their types.
// @kernel btf.c btf_parse_fields, btf_find_struct_field, btf_find_datasec_var; syscall.c map_check_btf
import type { Btf } from "./btf/btf.ts";
import { variablesOf } from "./datasec.ts";
import type { Elf } from "./elf.ts";

/** Names of the structures that are such fields. */
const FIELD_STRUCTS = new Set(
  "bpf_spin_lock bpf_res_spin_lock bpf_timer bpf_wq bpf_task_work bpf_list_head bpf_list_node bpf_rb_root bpf_rb_node bpf_refcount".split(
    " ",
  ),
);
/** Type tag of a pointer → name of the field. */
const FIELD_OF_TAG: Readonly<Record<string, string>> = {
  kptr: "kptr",
  kptr_untrusted: "kptr_untrusted",
  percpu_kptr: "kptr_percpu",
  uptr: "kptr_user",
};
/** BTF_FIELDS_MAX: the kernel refuses a value with more fields. */
const MAX_FIELDS = 11;
const MAX_DEPTH = 16;

/** Map types whose values may have each field. If a map may not have it, libbpf creates the map without BTF. */
const TYPES_WITH_KPTRS =
  "array hash lru_hash percpu_array percpu_hash lru_percpu_hash sk_storage inode_storage task_storage cgrp_storage";
const TYPES_WITH_LOCKS = "array hash lru_hash cgroup_storage sk_storage inode_storage task_storage cgrp_storage";
const MAP_TYPES_OF_FIELD: Readonly<Record<string, string>> = {
  bpf_spin_lock: TYPES_WITH_LOCKS,
  bpf_res_spin_lock: TYPES_WITH_LOCKS,
  bpf_timer: "array hash lru_hash",
  bpf_wq: "array hash lru_hash",
  bpf_task_work: "array hash lru_hash",
  bpf_list_head: "array hash lru_hash",
  bpf_rb_root: "array hash lru_hash",
  bpf_refcount: TYPES_WITH_KPTRS,
};

/**
 * Name → offset in the value, as in MapDef.fields. A second field of the same kind gets `#2` after its name. Empty: there are none, too
 * many, or some that this kind of map may not have.
 */
export function specialFields(elf: Elf, btf: Btf, valueType: number, mapType: string): Record<string, number> {
  const found: Record<string, number> = {};
  if (valueType === 0) return {};
  let count = 0;
  const add = (name: string, offset: number): void => {
    if (++count > MAX_FIELDS) return;
    let key = name;
    for (let n = 2; Object.hasOwn(found, key); n++) key = `${name}#${n}`;
    found[key] = offset;
  };
  const visit = (type: number, offset: number, depth: number): void => {
    if (depth > MAX_DEPTH || count > MAX_FIELDS) return;
    const pointer = pointerField(btf, type);
    if (pointer !== undefined) {
      add(pointer, offset);
      return;
    }
    const id = btf.strip(type);
    const kind = btf.kind(id);
    if (kind === "array") {
      const { type: element, count: length } = btf.array(id);
      const size = btf.sizeOf(element) ?? 0;
      for (let i = 0; i < Math.min(length, MAX_FIELDS + 1); i++) {
        const before = count;
        visit(element, offset + i * size, depth + 1);
        if (count === before) return;
      }
      return;
    }
    if (kind !== "struct") return;
    if (FIELD_STRUCTS.has(btf.name(id))) add(btf.name(id), offset);
    else for (const member of btf.members(id)) visit(member.type, offset + member.bitOffset / 8, depth + 1);
  };
  if (btf.kind(valueType) === "datasec") {
    for (const variable of variablesOf(btf, valueType, elf)) {
      if (btf.kind(variable.type) === "var") visit(btf.type(variable.type), variable.offset, 0);
    }
  } else visit(valueType, 0, 0);
  if (count > MAX_FIELDS) return {};
  const allowed = Object.keys(found).every((key) => {
    const types = MAP_TYPES_OF_FIELD[key.split("#")[0]!] ?? TYPES_WITH_KPTRS;
    return types.split(" ").includes(mapType);
  });
  return allowed ? found : {};
}

function pointerField(btf: Btf, type: number): string | undefined {
  let id = type;
  for (let depth = 0; depth < MAX_DEPTH && ["typedef", "const", "volatile"].includes(btf.kind(id)); depth++)
    id = btf.type(id);
  if (btf.kind(id) !== "ptr") return undefined;
  const tag = btf.type(id);
  return btf.kind(tag) === "type_tag" ? FIELD_OF_TAG[btf.name(tag)] : undefined;
}
