// A fix as `conform explain` answers it: the whole program, and its maps where those are others than the record's.
import { toHex } from "../base/bytes.ts";
import { encodeInsns } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import type { Fix } from "../remedy/remedy.ts";
import type { ProgramRecord } from "./records.ts";

export function fixRecord(record: ProgramRecord, { en, ja, outcome, program }: Fix): object {
  const refs: Record<string, string> = {};
  for (const [slot, map] of program.mapRefs) {
    const name = program.maps[map]?.name;
    if (name !== undefined) refs[slot] = name;
  }
  return {
    en,
    ja,
    insns: toHex(encodeInsns(program.insns)),
    ...(program.maps.length > 0 && { maps: program.maps.map((map) => mapRecord(map, record)), map_refs: refs }),
    outcome,
  };
}

/** The record's own map where nothing of it was changed. */
function mapRecord(map: MapDef, { maps }: ProgramRecord): object {
  const given = maps.find(({ name }) => name === map.name);
  return {
    ...given,
    name: map.name,
    type: map.type,
    key_size: map.keySize,
    value_size: map.valueSize,
    max_entries: map.maxEntries,
    flags: map.flags,
    ...(map.frozen !== undefined && { frozen: map.frozen }),
  };
}
