// Values that the source gives to maps of maps and prog arrays (`.values = { [0] = &inner }`). They are relocations of the section .maps.
// @kernel libbpf.c bpf_object__collect_map_relos
import { type Elf, readRelocations, SHT_REL, STT_FUNC } from "./elf.ts";
import { isMapOfMaps, type MapSpec } from "./maps.ts";
import type { ObjectFunction } from "./programs.ts";
import { hex, refuse } from "./refusal.ts";

/** Map `map` holds another map, or a program, under key `key`. Numbers are indices in the object's lists. */
export interface InitSlot {
  readonly map: number;
  readonly key: number;
  readonly value: { readonly map: number } | { readonly program: number };
}

const POINTER_BYTES = 8;

export function readInitSlots(elf: Elf, maps: readonly MapSpec[], programs: readonly ObjectFunction[]): InitSlot[] {
  const section = elf.sections.find(({ name }) => name === ".maps");
  const relocations = elf.sections.filter(
    ({ type, info }) => type === SHT_REL && section !== undefined && info === section.index,
  );
  return relocations.flatMap((one) =>
    readRelocations(one).map(({ offset, symbol: index }, n): InitSlot => {
      const symbol = elf.symbols[index];
      if (symbol === undefined) return refuse("reloc-symbol", { section: one.name, n, symbol: index });
      const map = maps.findLastIndex((spec) => spec.origin === "declared" && spec.offset <= offset);
      const spec = maps[map];
      const first = spec?.valuesAt === undefined ? undefined : spec.offset + spec.valuesAt;
      if (spec === undefined || first === undefined || offset < first || (offset - first) % POINTER_BYTES !== 0)
        return refuse("reloc-offset", { section: one.name, n, at: hex(offset) });
      const key = (offset - first) / POINTER_BYTES;
      const wrong = (expected: string): never =>
        refuse("map-slot", { name: spec.name, at: hex(offset), found: symbol.name || "no name", expected });
      if (isMapOfMaps(spec.type)) {
        const inner = maps.findIndex((other) => other.origin === "declared" && other.name === symbol.name);
        return inner < 0 || symbol.section !== section?.index
          ? wrong("a map of .maps")
          : { map, key, value: { map: inner } };
      }
      const program = programs.findIndex((other) => other.name === symbol.name);
      return program < 0 || symbol.type !== STT_FUNC ? wrong("a program") : { map, key, value: { program } };
    }),
  );
}
