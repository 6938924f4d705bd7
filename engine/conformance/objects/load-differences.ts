// Compares a load that libbpf made with our load of the same program. Each difference is a sentence.
import { fromHex, toHex } from "../../base/bytes.ts";
import { mapTypeById } from "../../facts/map-types.ts";
import { uapiConstant, uapiConstantNames } from "../../facts/uapi.ts";
import { decodeInsns, encodeInsns } from "../../isa/insn.ts";
import type { Load } from "../../object/load.ts";
import { keyBytes } from "../../program/map-contents.ts";
import type { MapDef } from "../../program/program.ts";

/** Field names are those of union bpf_attr. */
export interface CapturedMap {
  readonly name: string;
  readonly type: number;
  readonly key_size: number;
  readonly value_size: number;
  readonly max_entries: number;
  readonly flags: number;
  readonly inner?: CapturedMap | undefined;
  /** Key → value, in hex. */
  readonly values: Readonly<Record<string, string>>;
  readonly frozen: boolean;
}

export interface CapturedLoad {
  readonly type: number;
  readonly attach_type: number;
  readonly flags: number;
  readonly attach_btf_id: number;
  readonly kern_version: number;
  readonly name: string;
  readonly license: string;
  readonly insns: string;
  readonly func_info?: string;
  readonly line_info?: string;
  /** Descriptor in the instructions → map. */
  readonly maps: Readonly<Record<string, CapturedMap>>;
  readonly errno: number;
  readonly log: string;
}

const PREFIX = "BPF_PROG_TYPE_";
const PROG_TYPES = new Map(
  uapiConstantNames()
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => [Number(uapiConstant(name)), name.slice(PREFIX.length).toLowerCase()]),
);

export const progTypeName = (id: number): string => PROG_TYPES.get(id) ?? `type ${id}`;

export function* loadDifferences(theirs: CapturedLoad, ours: Load): Generator<string> {
  const { program } = ours;
  const fields: [string, unknown, unknown][] = [
    ["type", progTypeName(theirs.type), program.progType],
    ["attach type", theirs.attach_type, program.expectedAttachType],
    ["flags", theirs.flags, program.progFlags],
    ["attach_btf_id", theirs.attach_btf_id, ours.attachBtfId],
    ["name", theirs.name, ours.name],
    ["license", theirs.license, program.license],
    ["functions", infoOf(theirs.func_info, 8, [0, 4]), ours.funcs.map(({ slot, type }) => `${slot}:${type}`).join(" ")],
    [
      "lines",
      infoOf(theirs.line_info, 16, [0, 12]),
      (ours.program.lines ?? []).map((l) => `${l.slot}:${((l.line << 10) | l.column) >>> 0}`).join(" "),
    ],
  ];
  for (const [what, kernel, here] of fields) if (kernel !== here) yield `${what}: ${short(kernel)} here ${short(here)}`;
  const insns = decodeInsns(fromHex(theirs.insns) as Uint8Array);
  const mine = program.insns.slice();
  for (const [slot, index] of program.mapRefs) {
    const fd = insns[slot]?.imm ?? -1;
    const map = theirs.maps[fd];
    if (map === undefined) yield `slot ${slot}: no map there, here ${program.maps[index]!.name}`;
    else yield* mapDifferences(map, program.maps[index]!);
    mine[slot] = { ...mine[slot]!, imm: fd };
  }
  const there = toHex(encodeInsns(insns));
  const here = toHex(encodeInsns(mine));
  if (there === here) return;
  for (let slot = 0; slot < Math.max(insns.length, mine.length); slot++) {
    const a = there.slice(16 * slot, 16 * slot + 16);
    const b = here.slice(16 * slot, 16 * slot + 16);
    if (a !== b) {
      yield `insn ${slot} of ${insns.length}: ${a} here ${b} of ${mine.length}`;
      return;
    }
  }
}

function* mapDifferences(theirs: CapturedMap, ours: MapDef): Generator<string> {
  const fields: [string, unknown, unknown][] = [
    ["name", theirs.name, ours.name],
    ["type", mapTypeById(theirs.type)?.name, ours.type],
    ["key", theirs.key_size, ours.keySize],
    ["value", theirs.value_size, ours.valueSize],
    ["entries", theirs.max_entries, ours.maxEntries],
    ["flags", theirs.flags, ours.flags],
    ["frozen", theirs.frozen, ours.frozen ?? false],
    ["inner", theirs.inner !== undefined, ours.inner !== undefined],
  ];
  for (const [what, kernel, here] of fields)
    if (kernel !== here) yield `map ${ours.name} ${what}: ${short(kernel)} here ${short(here)}`;
  if (theirs.inner && ours.inner) yield* mapDifferences(theirs.inner, ours.inner);
  const init = Object.fromEntries(
    Object.entries(ours.init ?? {}).map(([key, value]) => [toHex(keyBytes(key, ours.keySize)), value]),
  );
  for (const [key, value] of Object.entries(theirs.values)) {
    const mine = init[key];
    // A missing value means zeros.
    if (mine !== undefined ? mine !== value : /[1-9a-f]/.test(value) && ours.type === "array")
      yield `map ${ours.name} bytes: ${short(value)} here ${short(mine)}`;
  }
}

function infoOf(hex: string | undefined, size: number, words: readonly number[]): string {
  const bytes = fromHex(hex ?? "") as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: string[] = [];
  for (let at = 0; at + size <= bytes.length; at += size)
    found.push(words.map((word) => view.getUint32(at + word, true)).join(":"));
  return found.join(" ");
}

function short(value: unknown): string {
  const text = String(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
