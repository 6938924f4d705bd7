// BTF.ext: which function starts at an instruction, which source line it was compiled from, and which of its numbers depend on the
// kernel's types (CO-RE). Records are grouped by section of the object. Offsets are bytes in that section.
//
//   header: magic u16, version u8, flags u8, hdr_len u32, then offset and length u32 of func_info, line_info, core_relo
//   each part: record size u32, then { section name u32, records u32, records } …
// Source: Documentation/bpf/btf.rst, llvm_reloc.rst
import { viewOf } from "../../base/bytes.ts";
import { hex, refuse } from "../refusal.ts";
import { type Btf, MAGIC } from "./btf.ts";

export interface FuncRecord {
  readonly offset: number;
  readonly type: number;
}

export interface LineRecord {
  readonly offset: number;
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface CoreRecord {
  readonly offset: number;
  readonly type: number;
  /** Path to the field, for example `0:1:2`. */
  readonly access: string;
  /** enum bpf_core_relo_kind */
  readonly kind: number;
}

/** Section name → its records, in order. */
type BySection<Item> = ReadonlyMap<string, readonly Item[]>;

export interface BtfExt {
  readonly funcs: BySection<FuncRecord>;
  readonly lines: BySection<LineRecord>;
  readonly relocations: BySection<CoreRecord>;
}

const SECTION = ".BTF.ext";

/** Refuses bytes that are not BTF.ext. */
export function readBtfExt(bytes: Uint8Array, btf: Btf): BtfExt {
  const view = viewOf(bytes);
  requireBytes(bytes, 0, "header", 24);
  const magic = view.getUint16(0, true);
  if (magic !== MAGIC)
    refuse("btf-field", { section: SECTION, at: "0x0", what: "magic", found: hex(magic), expected: hex(MAGIC) });
  const header = view.getUint32(4, true);
  const part = <Item>(at: number, least: number, read: (view: DataView, at: number) => Item): BySection<Item> =>
    at + 8 > header
      ? new Map()
      : readPart(bytes, btf, header + view.getUint32(at, true), view.getUint32(at + 4, true), least, read);
  if (header > bytes.length) requireBytes(bytes, 0, "header", header);
  return {
    funcs: part(8, 8, (v, at) => ({ offset: v.getUint32(at, true), type: v.getUint32(at + 4, true) })),
    lines: part(16, 16, (v, at) => ({
      offset: v.getUint32(at, true),
      file: btf.text(v.getUint32(at + 4, true)),
      text: btf.text(v.getUint32(at + 8, true)),
      line: v.getUint32(at + 12, true) >>> 10,
      column: v.getUint32(at + 12, true) & 0x3ff,
    })),
    relocations: part(24, 16, (v, at) => ({
      offset: v.getUint32(at, true),
      type: v.getUint32(at + 4, true),
      access: btf.text(v.getUint32(at + 8, true)),
      kind: v.getUint32(at + 12, true),
    })),
  };
}

function readPart<Item>(
  bytes: Uint8Array,
  btf: Btf,
  from: number,
  length: number,
  minSize: number,
  read: (view: DataView, at: number) => Item,
): BySection<Item> {
  const found = new Map<string, Item[]>();
  if (length === 0) return found;
  requireBytes(bytes, from, "records", length);
  const view = viewOf(bytes);
  const end = from + length;
  const size = length < 4 ? 0 : view.getUint32(from, true);
  if (size < minSize || size % 4 !== 0)
    refuse("btf-field", {
      section: SECTION,
      at: hex(from),
      what: "record size",
      found: size,
      expected: `${minSize} or more, a multiple of 4`,
    });
  for (let at = from + 4; at < end; ) {
    if (at + 8 > end) requireBytes(bytes.subarray(0, end), at, "section", 8);
    const name = btf.text(view.getUint32(at, true));
    const count = view.getUint32(at + 4, true);
    at += 8;
    if (count * size > end - at) requireBytes(bytes.subarray(0, end), at, `${count} records`, count * size);
    const records = found.get(name) ?? [];
    for (let i = 0; i < count; i++, at += size) records.push(read(view, at));
    found.set(name, records);
  }
  return found;
}

function requireBytes(bytes: Uint8Array, at: number, what: string, size: number): void {
  if (at + size > bytes.length)
    refuse("btf-truncated", { section: SECTION, at: hex(at), what, size, left: Math.max(0, bytes.length - at) });
}
