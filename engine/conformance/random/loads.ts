// Random loads as records: short programs and some longer ones from the other generators, any type, attach type and flags, valid and
// invalid maps. Most loads are refused, for many different reasons.
import { toHex } from "../../base/bytes.ts";
import { MAP_TYPES } from "../../facts/map-types.ts";
import { PROG_TYPES } from "../../facts/prog-types.ts";
import * as c from "../../isa/codes.ts";
import { FORMS } from "../../isa/forms.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";
import type { RecordedLoad } from "../page-input.ts";
import { anyTypeProgram } from "./generate.ts";
import { programRecord } from "./kernel.ts";
import { mutated } from "./mutate.ts";
import { Rng } from "./rng.ts";

type RecordedMap = RecordedLoad["maps"][number];

/** Percentage of loads that are programs of the other generators, which take longer. */
const LONGER = 2;

export function randomLoad(seed: number): RecordedLoad {
  const rng = new Rng(seed);
  if (rng.chance(LONGER)) return longerLoad(rng, seed);
  const maps = Array.from({ length: rng.pick([0, 0, 1, 1, 2]) }, (_, i) => randomMap(rng, `m${i}`));
  const { insns, mapRefs } = shortProgram(rng, maps);
  return { ...randomAttr(rng), insns: toHex(encodeInsns(insns)), maps, map_refs: mapRefs };
}

/** A program of another generator, sometimes changed a little. Its maps get names, and sometimes one gets other sizes. */
function longerLoad(rng: Rng, seed: number): RecordedLoad {
  const program = anyTypeProgram(seed);
  const record = programRecord(rng.chance(50) ? mutated(program, seed) : program, 2) as unknown as RecordedLoad;
  const odd = rng.chance(20) ? rng.below(Math.max(1, record.maps.length)) : -1;
  return {
    ...record,
    maps: record.maps.map((map, i) => ({ ...map, ...(i === odd && randomSizes(rng)), named: true })),
  };
}

const TYPE_NAMES = PROG_TYPES.map(({ name }) => name);

function randomAttr(rng: Rng) {
  return {
    prog_type: rng.weighted({ known: 97, other: 3 }) === "known" ? rng.pick(TYPE_NAMES) : "no_such_type",
    expected_attach_type: rng.chance(50) ? 0 : rng.pick([rng.below(60), 44, rng.bits() >>> 0]),
    prog_flags: rng.chance(80) ? 0 : rng.pick([1, 2, 3, 8, 16, 32, 128, 0x100, 0x10000, rng.bits() >>> 0]),
    license: rng.chance(90) ? "GPL" : rng.pick(["", "Proprietary", "Dual MIT/GPL"]),
    func_info: rng.chance(10),
  };
}

const NAMES = ["bad name", "a-b", "sixteen_letters_", "a_map_with_a_name_that_is_too_long", ".data", "x", "ü"];

const randomSizes = (rng: Rng) => ({
  key_size: rng.pick([0, 1, 4, 4, 4, 8, 8, 16, 513, 4 << 20]),
  value_size: rng.pick([0, 1, 4, 4, 8, 8, 8, 16, 40, 2 ** 31]),
  max_entries: rng.pick([0, 1, 1, 1, 2, 3, 1000, 4096, 2 ** 25, 2 ** 31, 2 ** 32 - 1]),
  flags: rng.chance(70) ? 0 : rng.pick([1, 2, 4, 8, 16, 24, 64, 128, 256, 1 << 10, 1 << 12, 1 << 16, rng.bits() >>> 0]),
});

/** Half of the maps have sizes that fit their type. */
function randomMap(rng: Rng, name: string, depth = 0): RecordedMap {
  const type = rng.chance(2) ? "no_such_type" : rng.pick(MAP_TYPES).name;
  const plain = /array|map$/.test(type) ? { key_size: 4, value_size: 4 } : { key_size: 8, value_size: 8 };
  const sizes = rng.chance(60)
    ? { ...plain, max_entries: rng.between(1, 4), flags: type === "lpm_trie" ? 1 : 0 }
    : randomSizes(rng);
  const size = Math.min(sizes.value_size, 64);
  const init = rng.chance(30)
    ? Object.fromEntries(
        Array.from({ length: rng.between(1, 3) }, () => [
          rng.pick([0, 1, 2, 9]),
          toHex(Uint8Array.from({ length: size }, () => rng.pick([0, 1, 255]))),
        ]),
      )
    : undefined;
  const wantsInner = type.endsWith("_of_maps") ? 80 : 3;
  return {
    name: rng.chance(90) ? name : rng.pick(NAMES),
    type,
    ...sizes,
    named: true,
    ...(init && { init }),
    ...(rng.chance(5) && size >= 8 && { fields: { bpf_spin_lock: 0 } }),
    ...(depth === 0 && rng.chance(wantsInner) && { inner: randomMap(rng, "inner", 1) }),
  } as RecordedMap;
}

/** Loads of the maps, one to six instructions that need not make sense, and an exit. */
function shortProgram(rng: Rng, maps: readonly RecordedMap[]) {
  const insns: Insn[] = [];
  const mapRefs: Record<number, string> = {};
  for (const [i, { name }] of maps.entries()) {
    if (rng.chance(30)) continue;
    mapRefs[insns.length] = name;
    insns.push({ code: c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst: i + 1, src: c.BPF_PSEUDO_MAP_FD, off: 0, imm: 0 });
    insns.push({ code: 0, dst: 0, src: 0, off: 0, imm: 0 });
  }
  insns.push({ code: c.BPF_ALU64 | c.BPF_MOV, dst: 0, src: 0, off: 0, imm: rng.below(3) });
  for (let n = rng.below(5); n > 0; n--) insns.push(randomInsn(rng));
  insns.push({ code: c.BPF_JMP | c.BPF_EXIT, dst: 0, src: 0, off: 0, imm: 0 });
  return { insns, mapRefs };
}

function randomInsn(rng: Rng): Insn {
  const form = rng.pick(FORMS);
  const field = {
    dst: rng.below(11),
    src: rng.below(11),
    off: rng.pick([0, 1, -8, 4]),
    imm: rng.pick([0, 1, -1, 8, 64]),
  };
  const of = (name: keyof typeof field) => form.when[name as "src"] ?? (form.uses.includes(name) ? field[name] : 0);
  return rng.chance(3)
    ? { code: rng.below(256), ...field }
    : { code: form.code, dst: of("dst"), src: of("src"), off: of("off"), imm: of("imm") };
}
