import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../base/bytes.ts";
import { HELPER_MAX_ID, helperName } from "../../facts/helpers.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import { decodeInsns } from "../../isa/insn.ts";
import { Jit, SharedMemory } from "../../jit/host.ts";
import { defaultEnv } from "../env.ts";
import { type BpfMap, createMap, enterEvent, loadProgram, Machine } from "../index.ts";
import { PKT_END, PKT_META } from "../layout.ts";
import { format } from "./format.ts";
import { simulatedHelpers, whyNotSimulated } from "./helpers.ts";
import { NOT_SIMULATED } from "./not-simulated.ts";

const RECORDING = new URL("../../conformance/recordings/helpers.jsonl", import.meta.url);

interface Recorded {
  id: number;
  prog_type: string;
  insns: string;
  data_in: string;
  text?: string;
  text_slots?: number[];
  map?: {
    type: string;
    key_size: number;
    value_size: number;
    max_entries: number;
    flags?: number;
    fields?: Record<string, number>;
    entries?: Record<string, string>;
  };
  map_slots?: number[];
  errno: number;
  retval: number;
  data_out?: string;
  map_out?: [key: string, value: string][];
}

const bytes = (hex: string) => fromHex(hex) as Uint8Array;
const memory = new SharedMemory();
const jit = new Jit(memory);

function makeMap({ entries, fields, ...row }: NonNullable<Recorded["map"]>): BpfMap {
  const sizes = { keySize: row.key_size, valueSize: row.value_size, maxEntries: row.max_entries };
  const def = { name: "m", type: row.type, ...sizes, flags: row.flags ?? 0, ...(fields && { fields }) };
  const map = createMap(memory, def) as BpfMap;
  for (const [key, value] of Object.entries(entries ?? {}))
    map.update(Uint8Array.of(Number(key), 0, 0, 0), bytes(value));
  return map;
}

/** The entries in the recorder's order: by ascending key, and queues in the order in which they are popped. */
function dump(map: BpfMap): [string, string][] {
  const rows = map.entries().map(({ key, values }): [string, string] => [toHex(key), toHex(values[0] as Uint8Array)]);
  return map.def.keySize === 0 ? rows : rows.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** BPF_PROG_TEST_RUN, as the recorder called it. */
function run(row: Recorded, engine: "interp" | "jit") {
  const text = row.text === undefined ? undefined : bytes(row.text);
  const def = { name: "text", type: "array", keySize: 4, valueSize: text?.length ?? 1, maxEntries: 1, flags: 1 << 7 };
  const map = text && (createMap(memory, def) as BpfMap);
  if (map && text) map.update(new Uint8Array(4), text);
  const own = row.map && makeMap(row.map);
  const maps = new Map((row.text_slots ?? []).map((slot) => [slot, map as BpfMap]));
  for (const slot of row.map_slots ?? []) maps.set(slot, own as BpfMap);
  const program = loadProgram(memory, { insns: decodeInsns(bytes(row.insns)), progType: row.prog_type, maps });
  const machine = new Machine({ memory, program, env: defaultEnv() });
  const errno = -enterEvent(machine, { kind: "packet", data: bytes(row.data_in) });
  const outcome = engine === "jit" && errno === 0 ? jit.run(machine, 10_000) : machine.run(10_000);
  const map_out = own && dump(own);
  program.close();
  map?.close();
  own?.close();
  const start = memory.r32(PKT_META);
  return {
    errno: errno + 0,
    retval:
      outcome.kind === "exit"
        ? Number(BigInt.asUintN(32, outcome.r0))
        : outcome.kind === "fault"
          ? outcome.fault.message
          : "",
    data_out: toHex(memory.copyOut(start, memory.r32(PKT_END) - start)),
    map_out,
  };
}

test("contexts, packet loads and helpers behave as on Linux 6.18", () => {
  const rows: Recorded[] = readFileSync(RECORDING, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.length).toBeGreaterThan(400);
  for (const row of rows) {
    const { errno, retval, data_out } = row;
    for (const engine of ["interp", "jit"] as const) {
      const got = run(row, engine);
      const what = `program ${row.id}, ${row.prog_type}, ${engine}`;
      expect(got.errno, what).toBe(errno);
      if (errno !== 0) continue;
      expect(got.retval, what).toBe(retval);
      if (data_out !== undefined) expect(got.data_out, what).toBe(data_out);
      if (row.map_out !== undefined) expect(got.map_out, what).toEqual(row.map_out);
    }
  }
});

test("no simulated helper is in the table of refused helpers", () => {
  const both = simulatedHelpers.map((id) => helperName(id) ?? "").filter((name) => Object.hasOwn(NOT_SIMULATED, name));
  expect(both).toEqual([]);
});

test("every helper of the kernel is simulated or refused with a sentence", () => {
  for (let id = 1; id < HELPER_MAX_ID; id++) {
    const refusal = whyNotSimulated(id);
    expect(refusal === undefined, `helper ${id}`).toBe(simulatedHelpers.includes(id));
    if (refusal !== undefined) expect(refusal).toMatch(/^bpf_\w+ is not simulated: it /);
  }
  expect(whyNotSimulated(9999)).toBe("helper #9999 does not exist");
});

test("at most 15 percent of the helpers of each common program type are refused", () => {
  for (const name of ["socket_filter", "sched_cls", "xdp", "kprobe", "tracepoint", "oreore"]) {
    const ids = progTypeByName(name)?.helperIds(0) ?? [];
    const missing = ids.filter((id) => !simulatedHelpers.includes(id));
    expect(missing.length / ids.length, `${name}: ${missing}`).toBeLessThanOrEqual(0.15);
  }
});

test("addresses and strings are printed from memory", () => {
  const program = loadProgram(memory, { insns: [], progType: "unspec" });
  const machine = new Machine({ memory, program, env: defaultEnv() });
  enterEvent(machine, { kind: "mem", bytes: Uint8Array.of(127, 0, 0, 1, 104, 105, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) });
  const at = machine.reg(1);
  expect(format(machine, "%pI4 %pi4|%s|", [at, at, at + 4n], 64)).toBe("127.0.0.1 127.000.000.001|hi|");
  expect(format(machine, "%pI6", [at], 64)).toBe("7f00:0001:6869:0000:0000:0000:0000:0000");
  expect(format(machine, "[%s]", [8n], 64)).toBe("[]");
  expect(format(machine, "%p", [at], 64)).toMatch(/^0{8}[0-9a-f]{8}$/);
  expect(format(machine, "%px", [0xffff_8881_0000_0010n], 64)).toBe("ffff888100000010");
});
