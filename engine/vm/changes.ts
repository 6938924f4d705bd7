// What one step did, for people: registers, bytes, map operations, trace lines. It is found by undoing the step and doing it again with
// observers. So recording costs nothing.
import { helperName } from "../facts/helpers.ts";
import { addressOf, STACK } from "./layout.ts";
import { BpfMap, type MapOperation } from "./maps/map.ts";
import type { Region } from "./memory.ts";
import type { Timeline } from "./timeline.ts";

export interface RegChange {
  readonly reg: number;
  readonly old: bigint;
  readonly new: bigint;
}

export interface MemoryChange {
  readonly address: bigint;
  /** The region that the bytes lie in. For a map value it names the map and the key. */
  readonly region: Region;
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

export interface StepChanges {
  /** The step described leads from the state at `step` to the state at `step + 1`. */
  readonly step: number;
  readonly slot: number;
  readonly prog: number;
  readonly regs: readonly RegChange[];
  readonly memory: readonly MemoryChange[];
  readonly maps: readonly MapOperation[];
  /** Lines that the step added to the trace pipe. */
  readonly trace: readonly string[];
  /** The helper that was called, its arguments R1 … R5 and what it returned. */
  readonly call?: {
    readonly id: number;
    readonly name: string;
    readonly args: readonly bigint[];
    readonly ret: bigint;
  };
}

const NOTHING: StepChanges = { step: -1, slot: -1, prog: 0, regs: [], memory: [], maps: [], trace: [] };

/** What the step before the current position did. At the start: nothing, with step and slot -1. The position does not change. */
export function lastChanges(timeline: Timeline): StepChanges {
  const { machine, journal } = timeline;
  const { memory } = machine;
  if (!timeline.stepBack()) return NOTHING;
  const step = timeline.position;
  const { slot } = machine;
  const prog = machine.program.id;
  const insn = machine.program.insns[slot];
  const form = machine.program.forms[slot];
  const before = Array.from({ length: 11 }, (_, reg) => machine.reg(reg));
  const lines = memory.tracePipe().length;
  const store = timeline.storeRange();
  const stored = store && memory.copyOut(store.at, store.size);
  const top = journal.top;
  // Only calls and exits change what may be touched. Listing all regions is slow if maps are full.
  const moves = form?.kind === "call" || form?.kind === "exit";
  const regionsBefore = moves ? machine.regions() : [];

  const maps: MapOperation[] = [];
  const watched = [...memory.owners].filter((owner): owner is BpfMap => owner instanceof BpfMap);
  for (const map of watched) map.observer = (event) => maps.push(event);
  timeline.step();
  for (const map of watched) map.observer = undefined;

  const regs = before.flatMap((old, reg) => (machine.reg(reg) === old ? [] : [{ reg, old, new: machine.reg(reg) }]));
  let regions: Region[] | undefined;
  const changes: MemoryChange[] = [];
  const note = (at: number, old: Uint8Array) => {
    const now = memory.copyOut(at, old.length);
    if (at < STACK || old.every((byte, i) => byte === now[i])) return;
    regions ??= [...machine.regions(), ...regionsBefore];
    changes.push(...inRegions(regions, at, old, now));
  };
  if (store !== undefined && stored !== undefined && store.at > 0) note(store.at, stored);
  for (const { at, old } of [...journal.entries(top, journal.top)].reverse()) {
    note(at, new Uint8Array(old.slice().buffer));
  }
  return {
    step,
    slot,
    prog,
    regs,
    memory: changes,
    maps,
    trace: memory.tracePipe().slice(lines),
    ...(form?.kind === "call" &&
      form.target === "helper" &&
      insn && {
        call: {
          id: insn.imm,
          name: helperName(insn.imm) ?? `helper#${insn.imm}`,
          args: before.slice(1, 6),
          ret: machine.reg(0),
        },
      }),
  };
}

/** Only those parts of the changed bytes that programs can see. Each is cut to the bytes that differ. */
function inRegions(regions: readonly Region[], at: number, old: Uint8Array, now: Uint8Array): MemoryChange[] {
  const start = addressOf(at);
  const found: MemoryChange[] = [];
  const seen = new Set<bigint>();
  for (const region of regions) {
    if (seen.has(region.start)) continue;
    const from = region.start > start ? Number(region.start - start) : 0;
    const end = region.start + BigInt(region.size);
    const to = end < start + BigInt(old.length) ? Number(end - start) : old.length;
    let first = from;
    let last = to;
    while (first < last && old[first] === now[first]) first++;
    while (last > first && old[last - 1] === now[last - 1]) last--;
    if (first >= last) continue;
    seen.add(region.start);
    found.push({ address: start + BigInt(first), region, old: old.slice(first, last), new: now.slice(first, last) });
  }
  return found;
}
