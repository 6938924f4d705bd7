// Maps of an object: those declared with SEC(".maps"), whose attributes are in BTF types (`__uint(max_entries, 16)` is a pointer to an
// array of 16), and those that hold its variables: .data, .rodata, .bss.
// @kernel libbpf.c parse_btf_map_def, bpf_object__init_internal_map, bpf_object__create_map

import { MAP_FLAGS } from "../facts/flags.ts";
import { mapTypeById } from "../facts/map-types.ts";
import type { Btf } from "./btf/btf.ts";
import { variablesOf } from "./datasec.ts";
import type { Elf, Section } from "./elf.ts";
import { SHF_EXECINSTR, SHT_NOBITS, SHT_PROGBITS } from "./elf.ts";
import { hex, refuse } from "./refusal.ts";

export type MapOrigin = "declared" | "data" | "rodata" | "bss" | "kconfig";

export interface MapSpec {
  /** libbpf's name for it: the variable, or the start of the object's name and the section. */
  readonly name: string;
  readonly origin: MapOrigin;
  /** Section of the map and offset in it. Relocations refer to these. */
  readonly section: number;
  readonly offset: number;
  /** enum bpf_map_type */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly extra: bigint;
  /** Types of key and value in the object's BTF. 0: not given. */
  readonly keyType: number;
  readonly valueType: number;
  /** Whether the source asks for LIBBPF_PIN_BY_NAME. */
  readonly pinned: boolean;
  readonly inner: MapSpec | undefined;
  /** Initial bytes of a map of variables. undefined: zeros. */
  readonly data: Uint8Array | undefined;
  /** Whether nobody may write it after it is filled. */
  readonly frozen: boolean;
  /** Where the definition's `values` start, in bytes from `offset`. */
  readonly valuesAt: number | undefined;
}

const BPF_MAP_TYPE_ARRAY = 2;
const PROG_ARRAY = 3;
const PERF_EVENT_ARRAY = 4;
const ARRAY_OF_MAPS = 12;
const HASH_OF_MAPS = 13;
const RINGBUF = 27;
const USER_RINGBUF = 31;
/** sk, inode, task and cgroup storage. They have no max_entries. */
const STORAGE_TYPES: ReadonlySet<number> = new Set([24, 28, 29, 19]);
const PAGE = 4096;
/** Size of a map of variables, in bytes: the highest that is read. */
const MAX_VARIABLES = 64 << 20;

export const isMapOfMaps = (type: number): boolean => type === ARRAY_OF_MAPS || type === HASH_OF_MAPS;

export interface MapOptions {
  /** Number of possible CPUs of the kernel. A perf event array has an entry for each. */
  readonly cpus: number;
  /** max_entries for a map whose source leaves it at 0, because the program that loads the object sets it. 0: leave it at 0. */
  readonly entriesIfZero: number;
}

/** All maps in libbpf's order. `objectName`: used for the names of maps of variables. */
export function readMaps(elf: Elf, btf: Btf | undefined, objectName: string, options: MapOptions): MapSpec[] {
  if (elf.sections.some(({ name }) => name === "maps")) refuse("legacy-maps");
  const section = elf.sections.find(({ name }) => name === ".maps");
  const declared = section === undefined ? [] : declaredMaps(elf, section, btf, options);
  return [...declared, ...elf.sections.flatMap((one) => sectionMap(elf, one, btf, objectName))];
}

function declaredMaps(elf: Elf, section: Section, btf: Btf | undefined, options: MapOptions): MapSpec[] {
  if (btf === undefined) return refuse("no-btf", { what: ".maps" });
  const datasec = btf.find(".maps", "datasec");
  if (datasec === undefined) return refuse("maps-datasec");
  return variablesOf(btf, datasec, elf).map((variable, i) => {
    const name = btf.name(variable.type);
    const expect = (what: string, good: boolean, found: string | number, expected: string): void => {
      if (!good) refuse("map-def", { name: name || `#${i}`, what, found, expected });
    };
    expect("declaration", btf.kind(variable.type) === "var", btf.kind(variable.type), "a variable");
    expect("name", name !== "", "nothing", "a name");
    expect(
      "place",
      variable.offset + variable.size <= section.size,
      hex(variable.offset),
      `${variable.size} bytes within the ${section.size} of .maps`,
    );
    expect("linkage", btf.word(variable.type) === 1, btf.word(variable.type), "1 (global)");
    const definition = btf.strip(btf.type(variable.type));
    expect("definition", btf.kind(definition) === "struct", btf.kind(definition), "a struct");
    expect("size", btf.size(definition) <= variable.size, btf.size(definition), `at most ${variable.size}`);
    return parseDefinition(btf, name, definition, { section: section.index, offset: variable.offset }, options);
  });
}

interface MapPlace {
  readonly section: number;
  readonly offset: number;
}

function parseDefinition(
  btf: Btf,
  name: string,
  definition: number,
  place: MapPlace,
  options: MapOptions,
  isInner = false,
): MapSpec {
  const numbers: Record<string, number> = {};
  let extra = 0n;
  let keyType = 0;
  let valueType = 0;
  let inner: MapSpec | undefined;
  let valuesAt: number | undefined;
  const set = (what: string, value: number): void => {
    const before = numbers[what];
    if (before !== undefined && before !== 0 && before !== value && /_size$/.test(what))
      refuse("map-conflict", { name, what, first: before, second: value });
    numbers[what] = value;
  };
  const members = btf.members(definition);
  for (const [i, member] of members.entries()) {
    switch (member.name) {
      case "type":
      case "max_entries":
      case "map_flags":
      case "numa_node":
      case "key_size":
      case "value_size":
      case "pinning":
        set(member.name, uintOf(btf, name, member.name, member.type));
        break;
      case "map_extra":
        extra = ulongOf(btf, name, member.type);
        break;
      case "key":
      case "value": {
        if (btf.kind(member.type) !== "ptr")
          refuse("map-def", { name, what: member.name, found: btf.kind(member.type), expected: "a pointer" });
        const type = btf.type(member.type);
        const size = btf.sizeOf(type);
        if (size === undefined)
          return refuse("map-def", { name, what: member.name, found: btf.kind(type), expected: "a type with a size" });
        set(`${member.name}_size`, size);
        if (member.name === "key") keyType = type;
        else valueType = type;
        break;
      }
      case "values": {
        const type = numbers.type ?? 0;
        if (isInner || i !== members.length - 1 || !(isMapOfMaps(type) || type === PROG_ARRAY))
          refuse("map-def", {
            name,
            what: "values",
            found: isInner ? "in an inner map" : i !== members.length - 1 ? "not last" : `in a map of type ${type}`,
            expected: "the last member of a map of maps, or of a prog array",
          });
        set("value_size", 4);
        valuesAt = member.bitOffset / 8;
        inner = innerMapOf(btf, name, member.type, place, options, type === PROG_ARRAY);
        break;
      }
      default:
        refuse("map-field", { name, field: member.name || "(anonymous)" });
    }
  }
  const type = numbers.type ?? 0;
  if (mapTypeById(type) === undefined) refuse("map-type", { name, type });
  if ((numbers.pinning ?? 0) > 1)
    refuse("map-def", { name, what: "pinning", found: numbers.pinning ?? 0, expected: "0 or 1" });
  return {
    name,
    origin: "declared",
    ...place,
    type,
    keySize: numbers.key_size ?? 0,
    valueSize: numbers.value_size ?? 0,
    maxEntries: adaptedMaxEntries(type, numbers.max_entries ?? 0, options),
    flags: numbers.map_flags ?? 0,
    extra,
    keyType,
    valueType,
    pinned: numbers.pinning === 1,
    inner,
    data: undefined,
    frozen: false,
    valuesAt,
  };
}

function innerMapOf(
  btf: Btf,
  name: string,
  values: number,
  place: MapPlace,
  options: MapOptions,
  holdsPrograms: boolean,
): MapSpec | undefined {
  const wrong = (found: string, expected: string): never =>
    refuse("map-def", { name, what: "values", found, expected });
  if (btf.kind(values) !== "array") return wrong(btf.kind(values), "an array of size 0");
  const array = btf.array(values);
  if (array.count !== 0) return wrong(`an array of size ${array.count}`, "an array of size 0");
  const pointer = btf.strip(array.type);
  if (btf.kind(pointer) !== "ptr") return wrong(btf.kind(pointer), "an array of pointers");
  const target = btf.strip(btf.type(pointer));
  if (holdsPrograms)
    return btf.kind(target) === "func_proto" ? undefined : wrong(btf.kind(target), "pointers to functions");
  if (btf.kind(target) !== "struct") return wrong(btf.kind(target), "pointers to map definitions");
  return parseDefinition(btf, `${name}.inner`, target, place, options, true);
}

/** `int (*name)[NUMBER]` */
function uintOf(btf: Btf, name: string, what: string, type: number): number {
  const pointer = btf.strip(type);
  const array = btf.kind(pointer) === "ptr" ? btf.type(pointer) : 0;
  if (btf.kind(array) !== "array")
    refuse("map-def", { name, what, found: btf.kind(pointer), expected: "a pointer to an array (__uint)" });
  return btf.array(array).count;
}

/** `enum { … = NUMBER } name`, or the form of numberOf. */
function ulongOf(btf: Btf, name: string, type: number): bigint {
  const id = btf.strip(type);
  if (!btf.isEnum(id) || btf.vlen(id) !== 1) return BigInt(uintOf(btf, name, "map_extra", type));
  const { value } = btf.enumerator(id, 0);
  return btf.kind(id) === "enum" ? BigInt.asUintN(32, value) : value;
}

/** max_entries as libbpf adapts it to the kernel: for a ring buffer a power of two of pages, for perf events one for each CPU. */
function adaptedMaxEntries(type: number, maxEntries: number, { cpus, entriesIfZero }: MapOptions): number {
  if (maxEntries === 0 && entriesIfZero > 0 && !STORAGE_TYPES.has(type)) return entriesIfZero;
  if (type === PERF_EVENT_ARRAY && maxEntries === 0) return cpus;
  if ((type !== RINGBUF && type !== USER_RINGBUF) || maxEntries === 0) return maxEntries;
  const pages = maxEntries / PAGE;
  if (Number.isInteger(pages) && (pages & (pages - 1)) === 0) return maxEntries;
  for (let size = PAGE; size <= 0xffff_ffff; size *= 2) if (size > maxEntries) return size;
  return maxEntries;
}

const ORIGINS: readonly (readonly [prefix: string, origin: MapOrigin, sectionType: number])[] = [
  [".data", "data", SHT_PROGBITS],
  [".rodata", "rodata", SHT_PROGBITS],
  [".bss", "bss", SHT_NOBITS],
];

/** The map of a section of variables. Empty: the section is of another kind, or has no bytes. */
function sectionMap(elf: Elf, section: Section, btf: Btf | undefined, objectName: string): MapSpec[] {
  const { name, type, flags, size, index } = section;
  const row = ORIGINS.find(
    ([prefix, , sectionType]) => sectionType === type && (name === prefix || name.startsWith(`${prefix}.`)),
  );
  if (row === undefined || size === 0 || flags & SHF_EXECINSTR) return [];
  const [, origin] = row;
  if (size > MAX_VARIABLES) refuse("too-many", { what: `bytes of ${name}`, count: size, limit: MAX_VARIABLES });
  return [
    variableMap(elf, btf, objectName, {
      name,
      origin,
      index,
      size,
      data: type === SHT_NOBITS ? undefined : section.data,
    }),
  ];
}

export function variableMap(
  elf: Elf,
  btf: Btf | undefined,
  objectName: string,
  section: { name: string; origin: MapOrigin; index: number; size: number; data: Uint8Array | undefined },
): MapSpec {
  const frozen = section.origin === "rodata" || section.origin === "kconfig";
  const valueType = btf?.named(section.name)[0] ?? 0;
  return {
    name: internalName(objectName, section.name),
    origin: section.origin,
    section: section.index,
    offset: 0,
    type: BPF_MAP_TYPE_ARRAY,
    keySize: 4,
    valueSize: section.size,
    maxEntries: 1,
    flags: (frozen ? MAP_FLAGS.RDONLY_PROG : 0) | (btf && isExposed(elf, btf, valueType) ? MAP_FLAGS.MMAPABLE : 0),
    extra: 0n,
    keyType: 0,
    valueType,
    pinned: false,
    inner: undefined,
    data: section.data,
    frozen,
    valuesAt: undefined,
  };
}

/** Whether a program outside can see one of the variables. */
const isExposed = (elf: Elf, btf: Btf, datasec: number): boolean =>
  datasec !== 0 &&
  btf.kind(datasec) === "datasec" &&
  variablesOf(btf, datasec, elf).some(({ type, exposed }) => btf.kind(type) === "var" && exposed);

/** Length of a kernel object's name without the final zero. */
const NAME_LETTERS = 15;

/** @kernel libbpf.c internal_map_name */
function internalName(object: string, section: string): string {
  const suffix = Math.min(NAME_LETTERS, Math.max(7, section.length));
  const prefix = section.indexOf(".", 1) >= 0 ? 0 : NAME_LETTERS - suffix;
  return (object.slice(0, prefix) + section.slice(0, suffix)).slice(0, NAME_LETTERS).replace(/[^A-Za-z0-9_.]/g, "_");
}
