// A fix in the form in which `conform explain` answers it: the whole program with its maps.
import { toHex } from "../base/bytes.ts";
import { encodeInsns } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import type { Fix } from "../remedy/remedy.ts";
import { mapRecordOf, mapRefsOf, type ProgramRecord } from "./records.ts";

export function fixRecord(record: ProgramRecord, { en, ja, outcome, program }: Fix): object {
  return {
    en,
    ja,
    insns: toHex(encodeInsns(program.insns)),
    ...(program.maps.length > 0 && {
      maps: program.maps.map((map) => mapRecord(map, record)),
      map_refs: mapRefsOf(program),
    }),
    outcome,
  };
}

/** Fields of the map's record that are not part of its definition are kept. */
const mapRecord = (map: MapDef, { maps }: ProgramRecord): object => ({
  ...maps.find(({ name }) => name === map.name),
  ...mapRecordOf(map),
});
