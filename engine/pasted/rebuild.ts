// Rebuilds the program of a pasted log, as far as the log tells: its instructions, maps of the sizes that states name, and source
// lines as comments. Missing instructions are replaced by others, and a comment says so.
import { mapDirective } from "../asm/directives.ts";
import { parseStatement } from "../asm/statement.ts";
import { INDENT, macroLines } from "../disasm/macro.ts";
import { helperName } from "../facts/helpers.ts";
import * as c from "../isa/codes.ts";
import { formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { calleeOf, jumpTarget } from "../program/flow.ts";
import type { MapDef } from "../program/program.ts";
import type { PastedLog, StateWords } from "./log.ts";

/** A run of slots that the log does not show, both ends included. */
export interface Missing {
  readonly from: number;
  readonly to: number;
}

export interface Rebuilt {
  readonly insns: readonly Insn[];
  readonly maps: readonly MapDef[];
  /** First slot of a load of a map → index into `maps`. */
  readonly mapRefs: ReadonlyMap<number, number>;
  readonly missing: readonly Missing[];
}

const LD_IMM64 = c.BPF_LD | c.BPF_IMM | c.BPF_DW;
const MOST_SLOTS = 100_000;

export function rebuild(log: PastedLog): Rebuilt {
  const slots: (Insn | undefined)[] = [];
  const loads: MapLoad[] = [];
  for (const [slot, { text, opcode }] of log.insns) {
    if (slot >= MOST_SLOTS) continue;
    const statement = parseStatement(text, opcode);
    const load = opcode === LD_IMM64 ? mapLoad(slot, text, log) : undefined;
    if (load) loads.push(load);
    const insns = load ? load.insns : statement?.insns;
    insns?.forEach((insn, i) => {
      slots[slot + i] = insn;
    });
  }
  const { maps, mapRefs } = mapsOf(loads, slots, log);
  const { insns, missing } = fillGaps(slots);
  return { insns, maps, mapRefs, missing };
}

interface MapLoad {
  readonly slot: number;
  readonly insns: readonly Insn[];
  /** Equal for two loads of the same map: the map's name, else its address, else its sizes. */
  readonly identity: string;
  readonly words: string;
  readonly isValue: boolean;
}

const IS_MAP = /^(?:const_struct_)?map_ptr\b|^map_value\b/;
/** An address in the kernel's half of the address space, with 64 or 32 bits. */
const ADDRESS = /^(0xffff[0-9a-f]{12}|0x[c-f][0-9a-f]{7})$/;

/** The load of a map or of a map's value. undefined: it loads a number. */
function mapLoad(slot: number, text: string, log: PastedLog): MapLoad | undefined {
  const match = /^r(\d+) = (0x[0-9a-f]+|\d+|map\[.*\].*)$/.exec(text);
  if (!match) return undefined;
  const [reg, value] = [Number(match[1]), match[2] as string];
  const words = log.results.get(slot)?.get(`R${reg}`) ?? beliefBehind(log, slot).get(`R${reg}`);
  const isMap = words === undefined ? ADDRESS.test(value) : IS_MAP.test(words);
  if (!isMap) return undefined;
  const isValue = words?.startsWith("map_value") ?? false;
  const off = isValue ? Number(/\b(?:off|imm)=(-?\d+)/.exec(words ?? "")?.[1] ?? 0) : 0;
  const named = /\bmap=([^,)]+)/.exec(words ?? "")?.[1];
  // For a load of a value the log prints the address of the byte, so its offset is subtracted.
  const identity =
    named ?? (value === "0x0" ? sizesOf(words ?? "").join() : String(BigInt(addressOf(value)) - BigInt(off)));
  const src = isValue ? c.BPF_PSEUDO_MAP_VALUE : c.BPF_PSEUDO_MAP_FD;
  const insns = [
    { code: LD_IMM64, dst: reg, src, off: 0, imm: 0 },
    { code: 0, dst: 0, src: 0, off: 0, imm: off },
  ];
  return { slot, insns, identity, words: words ?? "", isValue };
}

const addressOf = (value: string): string => (/^(?:0x[0-9a-f]+|\d+)$/.test(value) ? value : "0");

/** The beliefs after the first visit of a slot. Older logs print what a load gave before the next instruction. */
const beliefBehind = (log: PastedLog, slot: number): StateWords =>
  log.visits.find((visit) => visit.slot === slot)?.after ?? new Map();

/** Sizes of key and value in bytes. -1: the words do not tell. */
const sizesOf = (words: string): readonly [number, number] => [
  Number(/\bks=(\d+)/.exec(words)?.[1] ?? -1),
  Number(/\bvs=(\d+)/.exec(words)?.[1] ?? -1),
];

/** Helper → the map type that its first or second argument must have. */
const KIND_OF_HELPER: Readonly<Record<string, string>> = {
  tail_call: "prog_array",
  perf_event_output: "perf_event_array",
  perf_event_read: "perf_event_array",
  perf_event_read_value: "perf_event_array",
  ringbuf_reserve: "ringbuf",
  ringbuf_output: "ringbuf",
  ringbuf_query: "ringbuf",
  ringbuf_reserve_dynptr: "ringbuf",
  user_ringbuf_drain: "user_ringbuf",
  get_stackid: "stack_trace",
  map_push_elem: "queue",
  map_pop_elem: "queue",
  map_peek_elem: "queue",
  redirect_map: "devmap",
  get_local_storage: "cgroup_storage",
  current_task_under_cgroup: "cgroup_array",
  skb_under_cgroup: "cgroup_array",
};

function mapsOf(loads: readonly MapLoad[], slots: readonly (Insn | undefined)[], log: PastedLog) {
  const maps: MapDef[] = [];
  const mapRefs = new Map<number, number>();
  const byIdentity = new Map<string, number>();
  for (const load of loads.toSorted((a, b) => a.slot - b.slot)) {
    const known = byIdentity.get(load.identity);
    const [keySize, valueSize] = sizesOf(load.words);
    const index = known ?? maps.length;
    mapRefs.set(load.slot, index);
    if (known !== undefined) {
      const map = maps[known] as MapDef;
      if (map.keySize < 0 && keySize >= 0) maps[known] = { ...map, keySize, valueSize };
      continue;
    }
    byIdentity.set(load.identity, index);
    const name = /^[A-Za-z_][\w.]*$/.test(load.identity) ? load.identity.replace(/\W/g, "_") : `map_${index + 1}`;
    const type = load.isValue
      ? "array"
      : (kindBehind(load, slots, log) ?? (keySize === 4 || keySize < 0 ? "array" : "hash"));
    maps.push({ name, type, keySize, valueSize, maxEntries: load.isValue ? 1 : 16, flags: 0 });
  }
  return { maps: maps.map(withValidSizes), mapRefs };
}

/** The map type that the next helper call needs, searched in the 22 slots after the load. undefined: not known. */
function kindBehind(
  { slot, insns }: MapLoad,
  slots: readonly (Insn | undefined)[],
  log: PastedLog,
): string | undefined {
  const reg = insns[0]?.dst;
  for (let at = slot + 2; at < Math.min(slots.length, slot + 24); at++) {
    const insn = slots[at];
    const form = insn && formOf(insn);
    if (!insn || !form || form.kind === "exit") return undefined;
    if (form.kind !== "call" || form.target !== "helper") continue;
    if (reg === undefined || reg < 1 || reg > 2) return undefined;
    const name = helperName(insn.imm) ?? "";
    return name === "map_lookup_elem" ? kindOfResult(log.results.get(at)?.get("R0")) : KIND_OF_HELPER[name];
  }
  return undefined;
}

/** The map type, by the result of a look-up. The result may be NULL: a hash. It cannot be NULL: an array. */
function kindOfResult(words: string | undefined): string | undefined {
  if (words === undefined || !words.startsWith("map_value")) return undefined;
  return words.startsWith("map_value_or_null") ? "hash" : "array";
}

const RING_BYTES = 4096;
const isRing = (type: string): boolean => /ringbuf/.test(type);
/** The map with a ring's sizes: no keys, no values, one page. */
const ringOf = (map: MapDef): MapDef => ({ ...map, keySize: 0, valueSize: 0, maxEntries: RING_BYTES });

const WORD = 4;

/** The map changed to another type, with sizes that this type accepts. */
export function ofType(map: MapDef, type: string): MapDef {
  if (isRing(type)) return { ...ringOf(map), type };
  if (/^(?:prog_array|perf_event_array|cgroup_array|array_of_maps)$/.test(type))
    return { ...map, type, keySize: WORD, valueSize: WORD };
  if (type === "stack_trace") return { ...map, type, keySize: WORD, valueSize: 8 };
  return { ...map, type };
}

/** The map with sizes that BPF_MAP_CREATE accepts. Sizes that the log does not tell are chosen. */
function withValidSizes(unsized: MapDef): MapDef {
  if (isRing(unsized.type)) return ringOf(unsized);
  const { keySize, valueSize, ...map } = unsized;
  const isKeyless = keySize === 0 && map.type === "hash";
  // An array has keys of 4 bytes, so a map with other keys is a hash.
  if (map.type === "array" && keySize > 0 && keySize !== 4) return { ...map, type: "hash", keySize, valueSize };
  if (map.type === "cgroup_storage") return { ...map, keySize: keySize < 0 ? 16 : keySize, valueSize, maxEntries: 0 };
  const key = keySize < 0 ? (map.type === "queue" ? 0 : 4) : keySize;
  return { ...map, type: isKeyless ? "queue" : map.type, keySize: key, valueSize: valueSize < 0 ? 8 : valueSize };
}

/** Puts `r0 = 0` or `exit` into each slot that is not known, so that every slot has an instruction. */
function fillGaps(known: readonly (Insn | undefined)[]): { insns: Insn[]; missing: Missing[] } {
  const insns = known.slice() as (Insn | undefined)[];
  const missing: Missing[] = [];
  const allOf = (targetOf: (insn: Insn, slot: number) => number | undefined): number[] =>
    known.flatMap((insn, slot) => {
      const target = insn && targetOf(insn, slot);
      return target !== undefined && target < MOST_SLOTS ? [target] : [];
    });
  const functions = new Set(allOf(calledBy));
  const targets = [...allOf(jumpTarget), ...functions];
  const last = insns.at(-1);
  // The program also has the slots that are jumped to, and one more if the last known instruction runs on.
  const end = Math.max(
    insns.length,
    ...targets.map((target) => target + 1),
    last && endsHere(last) ? 0 : insns.length + 1,
  );
  for (let slot = 0; slot < end; slot++) {
    if (insns[slot]) continue;
    let to = slot;
    while (to + 1 < end && !insns[to + 1]) to++;
    const isStart = slot === 0;
    if (to === end - 1 && to === slot) to++;
    // `exit` goes to the end of a gap, and before the start of the next function.
    const ends = (at: number): boolean => (at === to && !isStart) || functions.has(at + 1);
    for (let at = slot; at <= to; at++) insns[at] = ends(at) ? EXIT : ZERO;
    missing.push({ from: slot, to });
    slot = to;
  }
  return { insns: insns as Insn[], missing };
}

const ZERO: Insn = { code: c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst: 0, src: 0, off: 0, imm: 0 };
const EXIT: Insn = { code: c.BPF_JMP | c.BPF_EXIT, dst: 0, src: 0, off: 0, imm: 0 };

/** First slot of the function that a local call calls. */
const calledBy = (insn: Insn, slot: number): number | undefined =>
  formOf(insn)?.kind === "call" ? calleeOf(insn, slot) : undefined;

const endsHere = (insn: Insn): boolean => {
  const kind = formOf(insn)?.kind;
  return kind === "exit" || kind === "ja" || (kind === undefined && insn.code === 0);
};

/** The source for the editor: directives (program type, license, maps), then macros. */
export function sourceOf(
  log: PastedLog,
  { insns, maps, mapRefs, missing }: Rebuilt,
  said: { readonly progType: string; readonly license: string },
): string {
  const names = { helperName, mapName: (slot: number) => maps[mapRefs.get(slot) ?? -1]?.name };
  if (log.insns.size === 0) return "// The log shows no instruction.\n";
  const license = said.license === "GPL" ? "" : `// @license ${said.license}\n`;
  let text = `// @prog ${said.progType}\n${license}${maps.map((map) => `// ${mapDirective(map)}\n`).join("")}`;
  let slot = 0;
  for (const { text: macro, slots } of macroLines(insns, names)) {
    const gap = missing.find(({ from }) => from === slot);
    if (gap) text += `// ${gapWords(gap)}\n`;
    const source = log.sources.get(slot);
    if (source !== undefined && source !== "") text += `// ${source.replace(/\s+/g, " ")}\n`;
    text += `${INDENT}${macro},\n`;
    slot += slots;
    if (missing.some(({ to }) => to === slot - 1) && slot < insns.length) text += "// as the log has it\n";
  }
  return text;
}

const gapWords = ({ from, to }: Missing): string =>
  from === to
    ? `instruction ${from} is not in the log: this one stands in its place`
    : `instructions ${from} to ${to} are not in the log: these stand in their place`;
