// What maps and the packet held at a step of a run, and what the last step changed in them. Moves the run's timeline.

import { toHex } from "../../base/bytes.ts";
import { hex64 } from "../../base/u64.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { MapObject } from "../../kernel/objects.ts";
import { dissect } from "../../packets/headers.ts";
import { mapAttr } from "../../program/program.ts";
import { lastChanges, type Machine, type MapEntry, type StepChanges } from "../../vm/index.ts";
import { addressOf, PKT_DATA, PKT_END, PKT_HARD_END, PKT_HARD_START, PKT_MAC, PKT_META } from "../../vm/layout.ts";
import type { MapAtView, MapEntryView, MapWindow, PacketAtView } from "../views/run.ts";
import type { RecordedRun } from "./recorded-run.ts";

/** Elements shown if no window is asked for, and the most elements of a window. */
const WINDOW = 64;
const MAX_WINDOW = 512;
/** Elements compared with the step before. Elements beyond are shown without marks. */
const MAX_COMPARED = 16_384;

/** The maps that existed when the run was made, as they were at `step`. */
export function mapsAt(
  kernel: Kernel,
  objects: readonly MapObject[],
  { timeline, machine }: RecordedRun,
  step: number,
  windows: readonly MapWindow[],
): MapAtView[] {
  timeline.seek(step);
  const touched = touchedMaps(lastChanges(timeline));
  const before = new Map<MapObject, readonly MapEntry[]>();
  if (timeline.position > 0 && touched.size > 0) {
    timeline.seek(timeline.position - 1);
    for (const object of objects)
      if (touched.has(object.def.name)) before.set(object, object.map.entries(MAX_COMPARED));
    timeline.seek(step);
  }
  return objects.map((object) => {
    const window = windows.find(({ map }) => map === object.id);
    return mapAt(kernel, machine, object, before.get(object), window);
  });
}

/** Names of the maps that a step wrote to, through a helper or through a pointer to a value. */
const touchedMaps = ({ maps, memory }: StepChanges): ReadonlySet<string> =>
  new Set([...maps.map(({ map }) => map), ...memory.flatMap(({ region }) => region.map ?? [])]);

function mapAt(
  kernel: Kernel,
  machine: Machine,
  object: MapObject,
  before: readonly MapEntry[] | undefined,
  window: MapWindow | undefined,
): MapAtView {
  const { id, def, map } = object;
  const count = map.count;
  const from = Math.max(0, Math.min(window?.from ?? 0, count - 1));
  const size = Math.min(Math.max(1, window?.count ?? WINDOW), MAX_WINDOW);
  const entries = map.entries(before ? Math.max(MAX_COMPARED, from + size) : from + size);
  const keyed = def.keySize > 0;
  const nameOf = (key: Uint8Array, place: number): string => (keyed ? toHex(key) : String(place));
  const old = before && new Map(before.map(({ key, values }, i) => [nameOf(key, i), values.map(toHex)]));
  const isSame = (a: readonly string[], b: readonly string[]): boolean => a.every((one, i) => one === b[i]);
  const wasOf = ({ key, values }: MapEntry, place: number): readonly string[] | null => {
    if (!old || place >= MAX_COMPARED) return null;
    const was = old.get(nameOf(key, place));
    return was === undefined ? [] : isSame(was, values.map(toHex)) ? null : was;
  };
  const now = new Set(entries.map(({ key }, i) => nameOf(key, i)));
  const shown = entries.slice(from, from + size);
  const addresses = addressesOf(machine, object, shown);
  return {
    id,
    fd: kernel.fds.fdOf(object),
    ...mapAttr(def),
    count,
    from,
    entries: shown.map((entry, i): MapEntryView => {
      const key = toHex(entry.key);
      return {
        key,
        values: entry.values.map(toHex),
        addresses: addresses.get(key) ?? [],
        label: labelOf(kernel, def.type, entry),
        was: wasOf(entry, from + i),
      };
    }),
    removed: [...(old ?? [])].flatMap(([key, values]) => (now.has(key) ? [] : [{ key: keyed ? key : "", values }])),
    changedAt: old ? entries.findIndex((entry, i) => wasOf(entry, i) !== null) : -1,
  };
}

/** Guest addresses of the values of some elements, by key: one address, or one per CPU. */
function addressesOf({ memory }: Machine, { def, map }: MapObject, shown: readonly MapEntry[]): Map<string, string[]> {
  const wanted = new Set(shown.map(({ key }) => toHex(key)));
  const found = new Map<string, string[]>();
  for (const { start, key, map: name } of map.bufferRegions()) {
    if (name !== def.name) continue;
    if (key !== undefined && wanted.has(key)) found.set(key, [...(found.get(key) ?? []), hex64(addressOf(start))]);
    // The memory describes a large array as one area.
    if (key === undefined && !map.perCpu)
      for (const { key: one } of shown) {
        const index = new DataView(one.buffer, one.byteOffset).getUint32(0, true);
        found.set(toHex(one), [hex64(addressOf(start + index * map.stride))]);
      }
    if (found.size === wanted.size && memory.cpus === (found.get([...wanted].at(-1) ?? "")?.length ?? 0)) break;
  }
  return found;
}

/** The name of the map or program whose number is the value. */
function labelOf(kernel: Kernel, type: string, { values }: MapEntry): string {
  const value = values[0];
  if (!/_of_maps$|^prog_array$/.test(type) || value?.length !== 4) return "";
  const number = new DataView(value.buffer, value.byteOffset).getUint32(0, true);
  if (type === "prog_array") {
    const prog = [...kernel.progs.values()].find(({ loadedId }) => loadedId === number);
    return prog ? `prog ${prog.id}${prog.name && ` ${prog.name}`}` : "";
  }
  return [...kernel.maps.values()].find(({ map }) => map.id === number)?.def.name ?? "";
}

/** null: the run has no packet. */
export function packetAt({ timeline, machine }: RecordedRun, step: number): PacketAtView | null {
  timeline.seek(step);
  const { memory } = machine;
  const end = memory.r32(PKT_END);
  if (end === 0) return null;
  const data = memory.r32(PKT_DATA);
  const meta = memory.r32(PKT_META);
  const mac = memory.r32(PKT_MAC);
  const hasMeta = meta !== 0 && meta < data;
  // A socket filter sees the bytes after the link header. The picture still begins with that header.
  const link = machine.packetKind === "skb" && mac > 0 && mac < data ? mac : data;
  const start = Math.min(hasMeta ? meta : data, link);
  const bytes = memory.copyOut(start, end - start);
  const changes = lastChanges(timeline).memory.filter(({ region }) => region.kind === "packet");
  const address = addressOf(start);
  return {
    bytes: toHex(bytes),
    address: hex64(address),
    dataMeta: (hasMeta ? meta : data) - start,
    data: data - start,
    link: link - start,
    headroom: Math.max(0, start - memory.r32(PKT_HARD_START)),
    tailroom: Math.max(0, memory.r32(PKT_HARD_END) - end),
    changed: changes.map((change) => ({
      at: Number(change.address - address),
      old: toHex(change.old),
      new: toHex(change.new),
    })),
    layers: dissect(bytes, link - start),
  };
}
