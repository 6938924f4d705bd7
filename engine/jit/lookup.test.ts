// A look-up in compiled code must find what the map itself finds, and fault in the same cases.
import fc from "fast-check";
import { expect, test } from "vitest";
import { insnNamed as insn } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { type BpfMap, createMap, defaultEnv, enterEvent, loadProgram, Machine, type Outcome } from "../vm/index.ts";
import { Jit, SharedMemory } from "./host.ts";

const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const FRAME = 512;

/** Looks up the bytes at R10 + off and adds 1 to the first byte of the value, if there is one. R6: the value's address. */
const lookup = (off: number): Insn[] => [
  insn("ld_imm64_map_fd", { dst: 1 }),
  HALF,
  insn("mov64_reg", { dst: 2, src: 10 }),
  insn("add64_imm", { dst: 2, imm: off }),
  insn("call_helper", { imm: 1 }),
  insn("jeq64_imm", { dst: 0, off: 4 }),
  insn("ldx1", { dst: 3, src: 0 }),
  insn("add64_imm", { dst: 3, imm: 1 }),
  insn("stx1", { dst: 0, src: 3 }),
  insn("mov64_reg", { dst: 6, src: 0 }),
];

interface Case {
  readonly type: string;
  readonly keySize: number;
  readonly maxEntries: number;
  readonly present: readonly Uint8Array[];
  readonly sought: readonly { readonly key: Uint8Array; readonly off: number }[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    type: fc.constantFrom("hash", "hash", "hash", "array", "lru_hash", "percpu_array", "lpm_trie"),
    size: fc.oneof(fc.constantFrom(4, 8, 12, 13, 16, 24, 64, 65), fc.integer({ min: 1, max: 80 })),
    maxEntries: fc.integer({ min: 1, max: 40 }),
  })
  .chain(({ type, size, maxEntries }) => {
    const keySize = type.endsWith("array") ? 4 : type === "lpm_trie" ? 4 + (size % 16) + 1 : size;
    // Few different byte values, so that keys repeat or differ in one place.
    const key = fc
      .array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: keySize, maxLength: keySize })
      .map((bytes) => Uint8Array.from(bytes, (byte, i) => (keySize === 4 && i > 0 ? 0 : byte)));
    return fc.record({
      type: fc.constant(type),
      keySize: fc.constant(keySize),
      maxEntries: fc.constant(maxEntries),
      present: fc.array(key, { maxLength: 30 }),
      sought: fc.array(
        fc.record({
          key,
          // Up to the frame's end. A key must not be read beyond it.
          off: fc.oneof(
            { weight: 9, arbitrary: fc.integer({ min: -100, max: -keySize }) },
            {
              weight: 1,
              arbitrary: fc.integer({ min: -FRAME - 8, max: 0 }),
            },
          ),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    });
  });

/** A buffer that compiled code can use is expensive to make. All runs use this one and free what they took. */
const memory = new SharedMemory();

function run({ type, keySize, maxEntries, present, sought }: Case, engine: "interp" | "jit") {
  const flags = type === "lpm_trie" ? 1 : 0;
  const map = createMap(memory, { name: "map", type, keySize, valueSize: 8, maxEntries, flags }) as BpfMap;
  for (const key of present) map.update(key, new Uint8Array(map.userValueSize).fill(7));
  const insns: Insn[] = [];
  const maps = new Map<number, BpfMap>();
  for (const { key, off } of sought) {
    key.forEach((byte, i) => {
      if (off + i >= -FRAME && off + i < 0) insns.push(insn("st1", { dst: 10, off: off + i, imm: byte }));
    });
    maps.set(insns.length, map);
    insns.push(...lookup(off));
  }
  const program = loadProgram(memory, {
    insns: [...insns, insn("mov64_reg", { src: 6 }), insn("exit")],
    progType: "unspec",
    maps,
  });
  const machine = new Machine({ memory, program, env: defaultEnv() });
  enterEvent(machine, { kind: "mem", bytes: new Uint8Array(8) });
  const outcome = engine === "jit" ? new Jit(memory).run(machine, 1e6) : machine.run(1e6);
  const entries = map.entries();
  program.close();
  map.close();
  return { outcome: shown(outcome), executed: machine.executed, entries };
}

/** Program ids differ between runs, so they are set to 0. */
const shown = (outcome: Outcome) => (outcome.kind === "fault" ? { ...outcome.fault, prog: 0 } : outcome);

test("compiled code finds in a map what the machine finds", () => {
  fc.assert(
    fc.property(cases, (one) => {
      expect(run(one, "jit")).toEqual(run(one, "interp"));
    }),
    { numRuns: 150 },
  );
});

test("a look-up works through a copy of the map's address, and faults if the copy was changed", () => {
  const body = (change: readonly Insn[]) => [
    insn("ld_imm64_map_fd", { dst: 6 }),
    HALF,
    insn("mov64_reg", { dst: 1, src: 6 }),
    ...change,
    insn("st4", { dst: 10, off: -4, imm: 1 }),
    insn("mov64_reg", { dst: 2, src: 10 }),
    insn("add64_imm", { dst: 2, imm: -4 }),
    insn("call_helper", { imm: 1 }),
    insn("exit"),
  ];
  for (const [change, kind] of [
    [[], "exit"],
    [[insn("add64_imm", { dst: 1, imm: 8 })], "fault"],
    [[insn("mov64_imm", { dst: 1 })], "fault"],
  ] as const) {
    for (const engine of ["interp", "jit"] as const) {
      const map = createMap(memory, { name: "map", type: "array", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
      const program = loadProgram(memory, {
        insns: body(change),
        progType: "unspec",
        maps: new Map([[0, map as BpfMap]]),
      });
      const machine = new Machine({ memory, program, env: defaultEnv() });
      enterEvent(machine, { kind: "mem", bytes: new Uint8Array(8) });
      const outcome = engine === "jit" ? new Jit(memory).run(machine, 1000) : machine.run(1000);
      expect(outcome.kind, engine).toBe(kind);
    }
  }
});
