// A program as numbers and bytes, ready for the real bpf(2). The names that the simulation uses are looked up here, so the
// thread of the real machine needs none of the recorded facts.
import { fromHex, viewOf } from "../base/bytes.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import { encodeInsns, INSN_BYTES } from "../isa/insn.ts";
import { keyBytes } from "../program/map-contents.ts";
import type { MapDef, Program } from "../program/program.ts";

export interface RealMap {
  /** enum bpf_map_type. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** At most 15 bytes. Empty: the map has no name. */
  readonly name: string;
  readonly entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
  /** User space can no longer write to the map, so the verifier treats its contents as constants. */
  readonly frozen: boolean;
  readonly inner?: RealMap;
  /** Programs in a prog array. They have the type of the program that uses the array. `refs`: slots that load the array itself. */
  readonly programs?: readonly {
    readonly index: number;
    readonly insns: Uint8Array;
    readonly refs: readonly number[];
  }[];
}

export interface RealProgram {
  /** enum bpf_prog_type. */
  readonly type: number;
  readonly expectedAttachType: number;
  readonly flags: number;
  readonly license: string;
  /** The instructions as an array of struct bpf_insn. */
  readonly insns: Uint8Array;
  readonly maps: readonly RealMap[];
  /** Slot → index into `maps`. */
  readonly mapRefs: readonly (readonly [slot: number, map: number])[];
}

/**
 * Converts a program. Sizes and contents are not checked here: the kernel does that. `undefined`: a program or map type has no number.
 * `typeId`: number of a program type, also of one made on the page. `programs`: the programs in a prog array.
 */
export function realProgram(
  program: Program,
  typeId: (name: string) => number | undefined = (name) => progTypeByName(name)?.id,
  programs: (map: MapDef) => RealMap["programs"] = () => undefined,
): RealProgram | undefined {
  const type = typeId(program.progType);
  const maps = program.maps.map((map) => realMap(map, programs(map)));
  if (type === undefined || maps.some((map) => map === undefined)) return undefined;
  const insns = encodeInsns(program.insns);
  const mapRefs: (readonly [number, number])[] = [];
  for (const [slot, map] of program.mapRefs) {
    if (map >= 0) mapRefs.push([slot, map]);
    else viewOf(insns).setInt32(slot * INSN_BYTES + 4, map, true);
  }
  return {
    type,
    expectedAttachType: program.expectedAttachType,
    flags: program.progFlags,
    license: program.license,
    insns,
    maps: maps as RealMap[],
    mapRefs,
  };
}

function realMap(def: MapDef, programs?: RealMap["programs"]): RealMap | undefined {
  const type = mapTypeByName(def.type);
  const inner = def.inner && realMap(def.inner);
  if (!type || (def.inner && !inner)) return undefined;
  return {
    type: type.id,
    keySize: def.keySize,
    valueSize: def.valueSize,
    maxEntries: def.maxEntries,
    flags: def.flags,
    name: def.named ? def.name : "",
    entries: Object.entries(def.init ?? {}).map(([key, value]) => ({
      key: keyBytes(key, def.keySize),
      value: fromHex(value) ?? new Uint8Array(),
    })),
    frozen: def.frozen ?? false,
    ...(inner && { inner }),
    ...(programs && { programs }),
  };
}
