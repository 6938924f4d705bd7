// A program record in the form that the page takes: a source, maps and settings.
import { fromHex } from "../base/bytes.ts";
import { BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import type { MapInput, ProgramInput } from "../session/views/program.ts";

interface RecordedMap {
  readonly name: string;
  readonly type: string;
  readonly key_size: number;
  readonly value_size: number;
  readonly max_entries: number;
  readonly flags?: number;
  readonly init?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, number>>;
  readonly inner?: RecordedMap;
}

export interface RecordedLoad {
  readonly insns: string;
  readonly prog_type: string;
  readonly expected_attach_type: number;
  readonly prog_flags?: number;
  readonly license?: string;
  readonly func_info?: boolean;
  readonly maps: readonly RecordedMap[];
  readonly map_refs: Readonly<Record<string, string>>;
}

const mapInput = ({ key_size, value_size, max_entries, flags = 0, inner, ...map }: RecordedMap): MapInput => ({
  name: map.name,
  type: map.type,
  keySize: key_size,
  valueSize: value_size,
  maxEntries: max_entries,
  flags,
  ...(map.init && { init: map.init }),
  ...(map.fields && { fields: map.fields }),
  ...(inner && { inner: mapInput(inner) }),
});

export const pageInput = (load: RecordedLoad): ProgramInput => ({
  source: sourceOf(decodeInsns(fromHex(load.insns) as Uint8Array), load.map_refs),
  progType: load.prog_type,
  expectedAttachType: load.expected_attach_type,
  progFlags: load.prog_flags ?? 0,
  maps: load.maps.map(mapInput),
  ...(load.license !== undefined && { license: load.license }),
  ...(load.func_info && { funcInfo: true }),
});

/** Whether a source can name a map with this name. */
export const isIdentifier = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** A load of a map that a source cannot name becomes two moves. */
function sourceOf(insns: readonly Insn[], mapRefs: RecordedLoad["map_refs"]): string {
  const lines: string[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const { code, dst, src, off, imm } = insns[slot] as Insn;
    const map = mapRefs[slot];
    if (map === undefined) lines.push(`BPF_RAW_INSN(${code}, ${dst}, ${src}, ${off}, ${imm}),`);
    else {
      const move = `BPF_MOV64_IMM(${dst}, 0),`;
      lines.push(
        ...(isIdentifier(map)
          ? [
              src === BPF_PSEUDO_MAP_VALUE
                ? `BPF_LD_MAP_VALUE(${dst}, ${map}, ${insns[slot + 1]?.imm}),`
                : `BPF_LD_MAP_FD(${dst}, ${map}),`,
            ]
          : [move, move]),
      );
      slot++;
    }
  }
  return lines.join("\n");
}
