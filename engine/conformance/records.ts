// The recordings' program records, as values of the engine. Field names are those of the recordings.
import * as v from "valibot";
import { assemble } from "../asm/assemble.ts";
import { fromHex } from "../base/bytes.ts";
import { decodeInsns, INSN_BYTES } from "../isa/insn.ts";
import { Registry } from "../kernel/registry.ts";
import { DEFAULT_LICENSE, type FuncInfo, type FuncParam, type MapDef, type Program } from "../program/program.ts";
import { InvalidRecord } from "./answer.ts";

/** Bytes, written as hex digits. */
export const Hex = v.pipe(
  v.string(),
  v.check((text) => fromHex(text) !== undefined, "an even number of hex digits was expected"),
  v.transform((text) => fromHex(text) as Uint8Array),
);
export const InsnsHex = v.pipe(
  Hex,
  v.check((bytes) => bytes.length % INSN_BYTES === 0, "the length of instructions is a multiple of 8 bytes"),
);
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));

const MapShape = {
  type: v.string(),
  key_size: u32,
  value_size: u32,
  max_entries: u32,
  flags: v.nullish(u32, 0),
  init: v.nullish(v.record(v.string(), v.string())),
  fields: v.nullish(v.record(v.string(), u32)),
  frozen: v.nullish(v.boolean(), false),
  named: v.nullish(v.boolean(), false),
  typed: v.nullish(v.boolean(), false),
  map_extra: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  /** The programs of a prog array, described in words: see prog-array.ts. */
  progs: v.nullish(v.record(v.string(), v.string())),
};
const MapRecord = v.object({
  ...MapShape,
  name: v.string(),
  inner: v.nullish(v.object({ ...MapShape, name: v.nullish(v.string(), "inner") })),
});
type MapRecord = v.InferOutput<typeof MapRecord>;

/** A function according to the record's BTF, see FuncInfo in program/program.ts. */
const FuncRecord = v.object({
  name: v.string(),
  global: v.nullish(v.boolean(), false),
  params: v.array(
    v.union([
      v.literal("int"),
      v.literal("ctx"),
      v.object({ mem: u32, nonnull: v.nullish(v.boolean(), false) }),
      v.object({ unsized: v.string() }),
      v.object({ unsupported: v.string() }),
    ]),
  ),
  returns: v.picklist(["int", "void"]),
});

const LineRecord = v.object({ slot: u32, file: v.string(), line: u32, column: v.nullish(u32, 0), text: v.string() });

export const ProgramRecord = v.object({
  insns: v.nullish(InsnsHex),
  source: v.nullish(v.string()),
  prog_type: v.nullish(v.string(), "socket_filter"),
  /** Default: the attach type that a loader uses for the program type. */
  expected_attach_type: v.nullish(u32),
  prog_flags: v.nullish(u32, 0),
  license: v.nullish(v.string(), DEFAULT_LICENSE),
  func_info: v.nullish(v.boolean(), false),
  functions: v.nullish(v.array(FuncRecord)),
  lines: v.nullish(v.array(LineRecord)),
  needs: v.nullish(v.array(v.string()), []),
  maps: v.nullish(v.array(MapRecord), []),
  map_refs: v.nullish(v.record(v.string(), v.string()), {}),
});
export type ProgramRecord = v.InferOutput<typeof ProgramRecord>;

function mapDefOf(record: MapRecord | NonNullable<MapRecord["inner"]>): MapDef {
  const inner = "inner" in record ? record.inner : undefined;
  return {
    name: record.name,
    type: record.type,
    keySize: record.key_size,
    valueSize: record.value_size,
    maxEntries: record.max_entries,
    flags: record.flags,
    ...(record.init && { init: record.init }),
    ...(record.fields && { fields: record.fields }),
    ...(record.frozen && { frozen: true }),
    ...(record.named && { named: true }),
    ...(record.typed && { typed: true }),
    ...(record.map_extra && { extra: record.map_extra }),
    ...(inner && { inner: mapDefOf(inner) }),
  };
}

/** The reverse: a map in the form of a record. */
export const mapRecordOf = (map: MapDef): object => ({
  name: map.name,
  type: map.type,
  key_size: map.keySize,
  value_size: map.valueSize,
  max_entries: map.maxEntries,
  flags: map.flags,
  ...(map.init && { init: map.init }),
  ...(map.fields && { fields: map.fields }),
  ...(map.frozen && { frozen: true }),
  ...(map.named && { named: true }),
  ...(map.typed && { typed: true }),
  ...(map.extra && { map_extra: map.extra }),
  ...(map.inner && { inner: mapRecordOf(map.inner) }),
});

/** Slots that load a map → the map's name. */
export const mapRefsOf = ({ maps, mapRefs }: Program): Record<string, string> =>
  Object.fromEntries(
    [...mapRefs].flatMap(([slot, index]) => (maps[index] === undefined ? [] : [[slot, maps[index].name]])),
  );

/** Memory of size 0 stands for a structure that is declared but not defined. */
const UNKNOWN_SIZE: FuncParam = { unsized: "FWD unknown" };

function funcInfoOf(record: v.InferOutput<typeof FuncRecord>): FuncInfo {
  return {
    name: record.name,
    global: record.global,
    params: record.params.map((param) =>
      typeof param === "object" && "mem" in param && param.mem === 0 ? UNKNOWN_SIZE : param,
    ),
    returns: record.returns,
  };
}

/**
 * The record lacks what it `needs`. Without the BTF of its value type a map with special fields is not created, and the program then
 * has the descriptor -1 for it.
 */
const lacksBtf = (record: ProgramRecord, map: MapDef): boolean =>
  record.needs.includes("map_btf") && map.fields !== undefined;

/** The program of a record: its `insns`, or its assembled `source`. Throws InvalidRecord. */
export function programOfRecord(record: ProgramRecord): Program {
  const given = record.maps.map(mapDefOf);
  const settings = {
    progType: record.prog_type,
    expectedAttachType: record.expected_attach_type ?? new Registry().defaultAttachType(record.prog_type),
    progFlags: record.prog_flags,
    license: record.license,
    ...((record.func_info || record.needs.includes("func_info")) && { funcInfo: true }),
    ...(record.functions && { functions: record.functions.map(funcInfoOf) }),
    ...(record.lines && { lines: record.lines }),
  };
  if (record.insns) {
    const insns = decodeInsns(record.insns);
    const mapRefs = new Map<number, number>();
    const maps = given.filter((map) => !lacksBtf(record, map));
    for (const [slot, name] of Object.entries(record.map_refs)) {
      if (!given.some((map) => map.name === name))
        throw new InvalidRecord(`map_refs: slot ${slot} speaks of map "${name}", which is not in maps`);
      const index = maps.findIndex((map) => map.name === name);
      const at = Number(slot);
      if (index >= 0) mapRefs.set(at, index);
      else if (insns[at]) insns[at] = { ...insns[at], imm: -1 };
    }
    return { ...settings, insns, maps, mapRefs };
  }
  if (record.source == null) throw new InvalidRecord("insns or source is needed");
  const assembly = assemble(record.source, { maps: given });
  const fault = assembly.diagnostics.find(({ severity }) => severity === "error");
  if (fault) throw new InvalidRecord(`source: ${fault.message}`);
  const mapRefs = new Map(assembly.mapRefs);
  // A record may say which slot loads which map if its source does not (BPF_LD_MAP_FD(BPF_REG_1, 0)).
  for (const [slot, name] of Object.entries(record.map_refs)) {
    const index = assembly.maps.findIndex((map) => map.name === name);
    if (index < 0) throw new InvalidRecord(`map_refs: slot ${slot} speaks of map "${name}", which is not in maps`);
    mapRefs.set(Number(slot), index);
  }
  return { ...settings, insns: assembly.insns, maps: assembly.maps, mapRefs };
}
