// The inputs of the search for a witness, and how one trial leads to others: by the constants in the program, by the comparisons of
// a run, by the keys that a run looked up, and by chance from a seed.
import { toHex, viewOf } from "../../base/bytes.ts";
import { MAP_FLAGS } from "../../facts/flags.ts";
import type { MapDef, Program } from "../../program/program.ts";
import type { WatchedRun } from "../../vm/watch.ts";

export interface Trial {
  /** The packet, or the context, or for a write to a file its numbers one after the other, little-endian. */
  readonly bytes: Uint8Array;
  /** Map → hex of the key → value. */
  readonly mapValues: MapValues;
  /** Seed of bpf_get_prandom_u32, a u32. */
  readonly seed: number;
  /** Whether look-ups for a socket find one. */
  readonly sockets: boolean;
}
export type MapValues = Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;

/** What can differ between the trials of a program. */
export interface SearchSpace {
  /** Fewest bytes of a trial. */
  readonly least: number;
  /** Most bytes of a trial. */
  readonly most: number;
  /** Maps whose contents user space writes. */
  readonly maps: readonly MapDef[];
  /** Numbers in the program and sizes of its maps; each also plus 1 and minus 1. */
  readonly constants: readonly bigint[];
  /** Offsets from which the program loads, in the program's order. */
  readonly offsets: readonly number[];
  readonly looksForSockets: boolean;
}

/** Map types whose values user space writes by key, one value for each key. */
const WRITABLE = new Set(["array", "hash", "lru_hash"]);
const READ_ONLY = MAP_FLAGS.RDONLY | MAP_FLAGS.RDONLY_PROG;

export const writableMaps = (program: Program): MapDef[] =>
  program.maps.filter(
    ({ type, frozen, flags, valueSize }) =>
      WRITABLE.has(type) && !frozen && (flags & READ_ONLY) === 0 && valueSize <= 4096,
  );

const EDGES = [
  0n,
  1n,
  0xffff_ffff_ffff_ffffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0xffn,
  0x80n,
];
const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];

/** Random numbers by xorshift32, from a seed. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  below(n: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % n;
  }
  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }
}

/** The first trials, before any run: the starts, then each number at each offset that the program loads from. */
export function* firstTrials(space: SearchSpace, starts: readonly Uint8Array[]): Generator<Trial> {
  const plain: Trial = { bytes: starts[0] ?? new Uint8Array(), mapValues: {}, seed: 1, sockets: false };
  for (const bytes of starts) yield { ...plain, bytes };
  if (space.looksForSockets) for (const bytes of starts.slice(0, 4)) yield { ...plain, bytes, sockets: true };
  for (let seed = 2; seed < 6; seed++) yield { ...plain, seed };
  for (const map of space.maps) {
    for (const fill of [0xff, 0x7f, 1]) {
      const value = new Uint8Array(map.valueSize).fill(fill);
      yield { ...plain, mapValues: { [map.name]: { [toHex(new Uint8Array(map.keySize))]: value } } };
    }
  }
  const offsets = [...new Set([...space.offsets, 0])].filter((off) => off < plain.bytes.length).slice(0, 24);
  for (const value of [...EDGES, ...space.constants].slice(0, 96))
    for (const off of offsets) for (const size of [4, 8] as const) yield withNumberAt(plain, off, size, value, false);
}

/**
 * Trials that the run of a trial suggests: values with which a comparison has the other result, a packet of the length that was
 * compared with, and elements for keys that were looked up.
 */
export function* nextTrials(space: SearchSpace, trial: Trial, { compared, lookedUp }: WatchedRun): Generator<Trial> {
  for (const { map, key } of lookedUp) {
    const def = space.maps.find(({ name }) => name === map);
    const hex = toHex(key);
    if (!def || trial.mapValues[map]?.[hex]) continue;
    for (const fill of [0, 0xff, 1]) yield withValue(trial, map, hex, new Uint8Array(def.valueSize).fill(fill));
  }
  for (const { left, right, behind } of compared) {
    if (behind !== undefined) {
      for (const more of [behind, behind - 1, behind + 1]) yield* resized(space, trial, trial.bytes.length + more);
      continue;
    }
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const)
      for (const by of [0n, 1n, -1n]) yield* withValueReplaced(trial, from, to + by);
  }
}

/** The trial with one to four random changes and a new seed. */
export function randomlyChanged(space: SearchSpace, trial: Trial, random: Random): Trial {
  let next: Trial = { ...trial, seed: 1 + random.below(1 << 16) };
  for (let times = 1 + random.below(4); times > 0; times--) next = changedOnce(space, next, random);
  return next;
}

function changedOnce(space: SearchSpace, trial: Trial, random: Random): Trial {
  const kind = random.below(space.maps.length > 0 ? 8 : 6);
  const value = random.of(random.below(2) === 0 ? EDGES : space.constants.length > 0 ? space.constants : EDGES);
  const size = random.of(SIZES);
  const isBig = random.below(3) === 0;
  if (kind === 0 && space.least < space.most) {
    const [resizedTrial] = resized(
      space,
      trial,
      random.below(2) === 0 ? random.below(space.most + 1) : random.below(80),
    );
    return resizedTrial ?? trial;
  }
  if (kind === 1 && space.looksForSockets) return { ...trial, sockets: !trial.sockets };
  if (kind >= 6) {
    const map = random.of(space.maps);
    const known = Object.keys(trial.mapValues[map.name] ?? {});
    const key = known.length > 0 ? random.of(known) : toHex(new Uint8Array(map.keySize));
    const old = trial.mapValues[map.name]?.[key] ?? new Uint8Array(map.valueSize);
    const off = random.below(Math.max(1, old.length - size + 1));
    return withValue(trial, map.name, key, bytesWithNumberAt(old, off, size, value, isBig));
  }
  const { length } = trial.bytes;
  const off =
    kind < 4 && space.offsets.length > 0 ? random.of(space.offsets) : random.below(Math.max(1, length - size + 1));
  return withNumberAt(trial, Math.min(off, Math.max(0, length - 1)), size, value, isBig);
}

const withValue = (trial: Trial, map: string, key: string, value: Uint8Array): Trial => ({
  ...trial,
  mapValues: { ...trial.mapValues, [map]: { ...trial.mapValues[map], [key]: value } },
});

function* resized({ least, most }: SearchSpace, trial: Trial, length: number): Generator<Trial> {
  if (length < least || length > most || length === trial.bytes.length) return;
  const bytes = new Uint8Array(length);
  bytes.set(trial.bytes.subarray(0, length));
  yield { ...trial, bytes };
}

const withNumberAt = (trial: Trial, off: number, size: Size, value: bigint, isBig: boolean): Trial => ({
  ...trial,
  bytes: bytesWithNumberAt(trial.bytes, off, size, value, isBig),
});

/** A copy of `old` with the value at `off`. Bytes that do not fit at the end are left out. */
function bytesWithNumberAt(old: Uint8Array, off: number, size: Size, value: bigint, isBig: boolean): Uint8Array {
  const bytes = old.slice();
  for (let i = 0; i < size && off + i < bytes.length; i++) {
    bytes[off + i] = Number((value >> BigInt(8 * (isBig ? size - 1 - i : i))) & 0xffn);
  }
  return bytes;
}

const MAX_PLACES = 6;

/** Trials in which one occurrence of the value `from`, in any size and byte order, is replaced by `to`. */
function* withValueReplaced(trial: Trial, from: bigint, to: bigint): Generator<Trial> {
  for (const [off, size, isBig] of placesOf(trial.bytes, from)) yield withNumberAt(trial, off, size, to, isBig);
  for (const [map, elements] of Object.entries(trial.mapValues))
    for (const [key, value] of Object.entries(elements))
      for (const [off, size, isBig] of placesOf(value, from))
        yield withValue(trial, map, key, bytesWithNumberAt(value, off, size, to, isBig));
}

function* placesOf(bytes: Uint8Array, value: bigint): Generator<readonly [off: number, size: Size, isBig: boolean]> {
  const view = viewOf(bytes);
  for (const size of [8, 4, 2, 1] as const) {
    if (size < 8 && value >> BigInt(8 * size) !== 0n) continue;
    let left = MAX_PLACES;
    for (let off = 0; off + size <= bytes.length && left > 0; off += size === 1 ? 1 : 2) {
      for (const isBig of size === 1 ? [false] : [false, true]) {
        if (read(view, off, size, isBig) !== value) continue;
        left--;
        yield [off, size, isBig];
      }
    }
  }
}

function read(view: DataView, off: number, size: Size, isBig: boolean): bigint {
  if (size === 8) return view.getBigUint64(off, !isBig);
  return BigInt(
    size === 4 ? view.getUint32(off, !isBig) : size === 2 ? view.getUint16(off, !isBig) : view.getUint8(off),
  );
}
