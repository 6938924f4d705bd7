// A path to a field, an enumerator or a type: as the compiler wrote it (`0:1:2` from the start of the type), and the same path in the
// kernel's types, found by names.
// @kernel libbpf relo_core.c bpf_core_parse_spec, bpf_core_spec_match
import { type Btf, essentialName } from "../btf/btf.ts";
import type { CoreRecord } from "../btf/ext.ts";
import { fieldsAreCompatible, typesAreCompatible, typesMatch } from "./compatible.ts";

/** enum bpf_core_relo_kind */
export const CORE_KINDS = [
  "byte_off",
  "byte_sz",
  "field_exists",
  "signed",
  "lshift_u64",
  "rshift_u64",
  "local_type_id",
  "target_type_id",
  "type_exists",
  "type_size",
  "enumval_exists",
  "enumval_value",
  "type_matches",
] as const;
export type CoreKind = (typeof CORE_KINDS)[number];

export const isFieldKind = (kind: CoreKind): boolean =>
  ["byte_off", "byte_sz", "field_exists", "signed", "lshift_u64", "rshift_u64"].includes(kind);
export const isTypeKind = (kind: CoreKind): boolean =>
  ["local_type_id", "target_type_id", "type_exists", "type_size", "type_matches"].includes(kind);

/** One step of the path: a named member of a structure, or an element of an array (without a name). @kernel bpf_core_accessor */
export interface Accessor {
  /** The structure, the element's type, or the enum of an enumerator. */
  readonly type: number;
  readonly index: number;
  readonly name: string | undefined;
}

export interface Spec {
  readonly btf: Btf;
  readonly root: number;
  readonly kind: CoreKind;
  readonly accessors: readonly Accessor[];
  /** Offset of the field in bits, from the start of the root. */
  readonly bitOffset: number;
}

const MAX_ACCESSORS = 64;

/** undefined: the path does not fit the type. */
export function parseSpec(btf: Btf, record: CoreRecord, kind: CoreKind): Spec | undefined {
  const base = { btf, root: record.type, kind };
  if (isTypeKind(kind)) return record.access === "0" ? { ...base, accessors: [], bitOffset: 0 } : undefined;
  if (!/^\d+(?::\d+)*$/.test(record.access)) return undefined;
  const numbers = record.access.split(":").map(Number);
  if (numbers.length > MAX_ACCESSORS) return undefined;
  let id = btf.strip(record.type);
  const first = numbers[0]!;
  if (!isFieldKind(kind)) {
    if (!btf.isEnum(id) || numbers.length > 1 || first >= btf.vlen(id)) return undefined;
    return { ...base, accessors: [{ type: id, index: first, name: btf.enumerator(id, first).name }], bitOffset: 0 };
  }
  const size = btf.sizeOf(id);
  if (size === undefined) return undefined;
  const accessors: Accessor[] = [{ type: id, index: first, name: undefined }];
  let bitOffset = first * size * 8;
  for (const index of numbers.slice(1)) {
    id = btf.strip(id);
    if (btf.isComposite(id)) {
      if (index >= btf.vlen(id)) return undefined;
      const member = btf.member(id, index);
      bitOffset += member.bitOffset;
      if (member.name !== "") accessors.push({ type: id, index, name: member.name });
      id = member.type;
    } else if (btf.kind(id) === "array") {
      const array = btf.array(id);
      if (!isFlexible(btf, accessors.at(-1)!, array.count) && index >= array.count) return undefined;
      id = btf.strip(array.type);
      const element = btf.sizeOf(id);
      if (element === undefined) return undefined;
      accessors.push({ type: id, index, name: undefined });
      bitOffset += index * element * 8;
    } else return undefined;
  }
  return { ...base, accessors, bitOffset };
}

/** Whether the array has no size and is the last member of a structure. */
const isFlexible = (btf: Btf, accessor: Accessor, count: number): boolean =>
  count === 0 && accessor.name !== undefined && accessor.index === btf.vlen(accessor.type) - 1;

/** The same path from the kernel's type `root`. undefined: there is none. */
export function matchSpec(local: Spec, btf: Btf, root: number): Spec | undefined {
  const base = { btf, root, kind: local.kind };
  if (isTypeKind(local.kind)) {
    const compare = local.kind === "type_matches" ? typesMatch : typesAreCompatible;
    return compare(local.btf, local.root, btf, root) ? { ...base, accessors: [], bitOffset: 0 } : undefined;
  }
  if (!isFieldKind(local.kind)) return matchEnumerator(local, btf, root);
  const accessors: Accessor[] = [];
  let bitOffset = 0;
  let id = root;
  for (const [i, accessor] of local.accessors.entries()) {
    id = btf.strip(id);
    if (accessor.name !== undefined) {
      const found = matchMember(local.btf, accessor, btf, id, 0);
      if (found === undefined) return undefined;
      accessors.push(found.accessor);
      bitOffset += found.bitOffset;
      id = found.type;
      continue;
    }
    // The first accessor counts elements of the root itself.
    if (i > 0) {
      if (btf.kind(id) !== "array") return undefined;
      const array = btf.array(id);
      if (!isFlexible(btf, accessors.at(-1)!, array.count) && accessor.index >= array.count) return undefined;
      id = btf.strip(array.type);
    }
    const size = btf.sizeOf(id);
    if (size === undefined) return undefined;
    accessors.push({ type: id, index: accessor.index, name: undefined });
    bitOffset += accessor.index * size * 8;
  }
  return { ...base, accessors, bitOffset };
}

function matchEnumerator(local: Spec, btf: Btf, root: number): Spec | undefined {
  const id = btf.strip(root);
  if (!btf.isEnum(id)) return undefined;
  const wanted = essentialName(local.accessors[0]!.name ?? "");
  for (let index = 0; index < btf.vlen(id); index++) {
    const { name } = btf.enumerator(id, index);
    if (essentialName(name) === wanted)
      return { btf, root, kind: local.kind, accessors: [{ type: id, index, name }], bitOffset: 0 };
  }
  return undefined;
}

/** The member with this name. Members without a name are searched too. */
function matchMember(
  local: Btf,
  accessor: Accessor,
  btf: Btf,
  composite: number,
  depth: number,
): { accessor: Accessor; bitOffset: number; type: number } | undefined {
  const id = btf.strip(composite);
  if (!btf.isComposite(id) || depth > MAX_ACCESSORS) return undefined;
  const wanted = local.member(accessor.type, accessor.index);
  for (let index = 0; index < btf.vlen(id); index++) {
    const member = btf.member(id, index);
    if (member.name === "") {
      const inside = matchMember(local, accessor, btf, member.type, depth + 1);
      if (inside !== undefined) return { ...inside, bitOffset: inside.bitOffset + member.bitOffset };
    } else if (member.name === wanted.name) {
      if (!fieldsAreCompatible(local, wanted.type, btf, member.type)) return undefined;
      return { accessor: { type: id, index, name: member.name }, bitOffset: member.bitOffset, type: member.type };
    }
  }
  return undefined;
}

/** `struct task_struct.mm.pgd`, `enum x::A`: the path as a reader would write it. */
export function specText({ btf, root, kind, accessors }: Spec): string {
  const rootKind = btf.kind(root);
  const name = `${["struct", "union", "enum"].includes(rootKind) ? `${rootKind} ` : ""}${btf.name(root) || "(anonymous)"}`;
  if (isTypeKind(kind)) return name;
  if (!isFieldKind(kind)) return `${name}::${accessors[0]?.name ?? "?"}`;
  const path = accessors.map((accessor, i) =>
    accessor.name !== undefined ? `.${accessor.name}` : i === 0 && accessor.index === 0 ? "" : `[${accessor.index}]`,
  );
  return name + path.join("");
}
