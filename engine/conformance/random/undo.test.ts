// Random programs that the verifier accepts, with callbacks, timers, locks, tail calls, dynptrs and maps in maps. Each run is walked
// forward and back, and every moment is again the same.
import { expect, test } from "vitest";
import type { Program } from "../../program/program.ts";
import { type BpfMap, createMap, defaultEnv, enterEvent, loadProgram, Machine, Memory } from "../../vm/index.ts";
import { UserRingbufMap } from "../../vm/maps/user-ringbuf.ts";
import { walkBothWays } from "../../vm/walk-both-ways.ts";
import { judge } from "../judge.ts";
import { SEED } from "../seed.ts";
import { callbackProgram } from "./callbacks.ts";
import { listing } from "./difference.ts";
import { randomEvent } from "./event.ts";
import { randomProgram } from "./generate.ts";
import { globalProgram } from "./globals.ts";
import { objectProgram } from "./objects.ts";
import { Rng } from "./rng.ts";

/** Number of accepted programs in each family. */
const COUNT = 25;

const FAMILIES: readonly (readonly [name: string, make: (seed: number) => Program])[] = [
  ["loops, packets and helpers", randomProgram],
  ["callbacks, timers, locks and tail calls", callbackProgram],
  ["global functions", globalProgram],
  ["dynptrs, ring buffer records and maps in maps", objectProgram],
];

const u32 = (value: number) => Uint8Array.of(value, 0, 0, 0);

/** A machine at the start of an event, with its maps filled as far as possible. undefined: a map is not simulated. */
function started(program: Program, rng: Rng): Machine | undefined {
  const memory = new Memory({ cpus: 2 });
  const made = program.maps.map((def) => createMap(memory, def));
  if (made.some((map) => typeof map === "number")) return undefined;
  const maps = made as BpfMap[];
  const refs = new Map([...program.mapRefs].map(([slot, index]) => [slot, maps[index] as BpfMap]));
  const loaded = loadProgram(memory, { insns: program.insns, progType: program.progType, maps: refs });
  for (const map of maps) fill(map, loaded.id, rng);
  const machine = new Machine({
    memory,
    program: loaded,
    env: defaultEnv({ seed: BigInt(rng.below(1000)) }),
    findProgram: (id) => (id === loaded.id ? loaded : undefined),
  });
  return enterEvent(machine, randomEvent(program, rng)) === 0 ? machine : undefined;
}

function fill(map: BpfMap, program: number, rng: Rng): void {
  const { type, keySize, inner, maxEntries } = map.def;
  for (let n = 0; n < Math.min(3, maxEntries); n++) {
    if (map instanceof UserRingbufMap) map.produce(new Uint8Array(8 * (n + 1)));
    else if (type === "prog_array") map.update(u32(n), u32(program));
    else if (type !== "ringbuf") {
      const key = new Uint8Array(keySize).fill(rng.below(maxEntries), 0, 1);
      const value = inner ? u32((createMap(map.memory, inner) as BpfMap).id) : new Uint8Array(map.userValueSize);
      map.update(key, value);
    }
  }
}

test.each(FAMILIES)("everything that an accepted program does can be undone: %s", (_, make) => {
  let walked = 0;
  for (let seed = SEED; walked < COUNT; seed++) {
    const program = make(seed);
    if (judge(program, { logLevel: 0 }).verdict !== "accept") continue;
    const machine = started(program, new Rng(seed));
    if (machine === undefined) continue;
    const { differences, length } = walkBothWays(machine, { maxSteps: 1000, compare: "calls" });
    expect(differences, `seed ${seed}, ${length} steps\n${listing(program)}`).toEqual([]);
    walked++;
  }
});
