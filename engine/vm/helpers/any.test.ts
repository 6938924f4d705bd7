// Any helper with any arguments: it does something that can be undone, or it is a fault. It never ends the engine.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "../../base/bytes.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { PACKETS } from "../../session/packets.ts";
import {
  type BpfMap,
  createMap,
  defaultEnv,
  type Event,
  enterEvent,
  loadProgram,
  Machine,
  Memory,
  simulatedHelpers,
  Timeline,
} from "../index.ts";
import { HEAP, OBJECTS, PACKET, PACKET_END, THREAD } from "../layout.ts";

const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };

const memory = new Memory();
const MAPS = (
  [
    ["array", 4, 8, 4, 0],
    ["hash", 4, 8, 4, 0],
    ["percpu_array", 4, 8, 4, 0],
    ["lru_hash", 4, 16, 3, 0],
    ["percpu_hash", 8, 8, 4, 0],
    ["queue", 0, 8, 3, 0],
    ["stack", 0, 8, 3, 0],
    ["bloom_filter", 0, 8, 8, 0],
    ["ringbuf", 0, 0, 4096, 0],
    ["lpm_trie", 8, 8, 8, 1],
    ["perf_event_array", 4, 4, 4, 0],
    ["stack_trace", 4, 64, 8, 0],
    ["prog_array", 4, 4, 4, 0],
    ["devmap", 4, 4, 4, 0],
    ["devmap_hash", 4, 8, 4, 0],
    ["user_ringbuf", 0, 0, 4096, 0],
  ] as const
).map(
  ([type, keySize, valueSize, maxEntries, flags]) =>
    createMap(memory, { name: type, type, keySize, valueSize, maxEntries, flags }) as BpfMap,
);

/** Registers, contexts, packets, maps, and what may be touched below the heap. */
function state(): number {
  let sum = 0;
  const add = (from: number, to: number) => {
    for (let word = from >>> 2; word < to >>> 2; word++) sum = (Math.imul(sum, 31) + memory.i32[word]!) | 0;
  };
  add(THREAD, OBJECTS + 0x100);
  add(PACKET, PACKET + 0x100);
  add(PACKET + 0x3f00, PACKET + 0x4200);
  add(HEAP, HEAP + 0x8000);
  add(THREAD >>> 3, PACKET_END >>> 3);
  return sum;
}

type Argument = (reg: number) => { insns: Insn[]; map?: BpfMap };
const argument: fc.Arbitrary<Argument> = fc.oneof(
  fc.integer({ min: 1, max: 16 }).map(
    (slot): Argument =>
      (dst) => ({
        insns: [insn("mov64_reg", { dst, src: 10 }), insn("add64_imm", { dst, imm: -8 * slot })],
      }),
  ),
  fc.constantFrom(...MAPS).map(
    (map): Argument =>
      (dst) => ({ insns: [insn("ld_imm64_map_fd", { dst }), HALF], map }),
  ),
  fc.constantFrom(6, 7).map(
    (src): Argument =>
      (dst) => ({ insns: [insn("mov64_reg", { dst, src })] }),
  ),
  fc.constantFrom(0, 1, 2, 4, 8, 16, 64, -1, 100, 4096, 65535, 0x7fffffff, -0x80000000).map(
    (imm): Argument =>
      (dst) => ({ insns: [insn("mov64_imm", { dst, imm })] }),
  ),
);
const fill = fc
  .tuple(fc.integer({ min: 1, max: 16 }), fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer()))
  .map(([slot, imm]) => insn("st8", { dst: 10, off: -8 * slot, imm }));
const oneCall = fc.record({
  id: fc.constantFrom(...simulatedHelpers),
  stack: fc.array(fill, { maxLength: 3 }),
  args: fc.tuple(argument, argument, argument, argument, argument),
});

const ARRIVALS = PACKETS.map(({ hex }): Event => ({ kind: "packet", data: fromHex(hex) as Uint8Array }));
const EVENTS: Readonly<Record<string, readonly Event[]>> = {
  xdp: ARRIVALS,
  sched_cls: ARRIVALS,
  kprobe: [{ kind: "kprobe", regs: {} }],
};
const hook = fc.constantFrom(
  ...Object.entries(EVENTS).flatMap(([type, events]) => events.map((event) => ({ type, event }))),
);

test("any helper with any arguments ends as a value or a fault, and can be undone", () => {
  fc.assert(
    fc.property(fc.array(oneCall, { minLength: 1, maxLength: 4 }), hook, (calls, { type, event }) => {
      const insns = [insn("mov64_reg", { dst: 6, src: 1 })];
      const maps = new Map<number, BpfMap>();
      for (const { id, stack, args } of calls) {
        insns.push(...stack);
        for (const [i, make] of args.entries()) {
          const made = make(i + 1);
          if (made.map) maps.set(insns.length, made.map);
          insns.push(...made.insns);
        }
        insns.push(insn("call_helper", { imm: id }), insn("mov64_reg", { dst: 7, src: 0 }));
      }
      const program = loadProgram(memory, { insns: [...insns, insn("exit")], progType: type, maps });
      const machine = new Machine({ memory, program, env: defaultEnv() });
      enterEvent(machine, event);
      const timeline = new Timeline(machine);
      const before = state();
      const outcome = timeline.runToEnd(3000);
      const after = state();
      timeline.seek(0);
      expect(state()).toBe(before);
      timeline.seek(timeline.length);
      expect(state()).toBe(after);
      timeline.lastChanges();
      expect(outcome.kind).not.toBe("paused");
      timeline.close();
      program.close();
    }),
    { numRuns: 400 },
  );
}, 60_000);
