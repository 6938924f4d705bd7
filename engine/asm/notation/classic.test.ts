// Classic filters from tcpdump and bpf_asm, translated as the kernel does it, and compared with an interpreter of classic BPF.
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../base/bytes.ts";
import { judge } from "../../conformance/judge.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import { encodeInsns } from "../../isa/insn.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { unverifiedMachine } from "../../kernel/run.ts";
import type { Program } from "../../program/program.ts";
import { enterEvent, type Machine } from "../../vm/index.ts";
import { assemble } from "../assemble.ts";
import { translate } from "./classic.ts";
import { type ClassicInsn, readClassic } from "./classic-text.ts";
import { detect } from "./detect.ts";

/** Output of `tcpdump -ddd -y EN10MB ip and udp`: checks ethertype and protocol, and returns the whole packet or nothing. */
const DDD = "6\n40 0 0 12\n21 0 3 2048\n48 0 0 23\n21 0 1 17\n6 0 0 262144\n6 0 0 0\n";
const IP_UDP: readonly ClassicInsn[] = [
  { code: 40, jt: 0, jf: 0, k: 12 },
  { code: 21, jt: 0, jf: 3, k: 2048 },
  { code: 48, jt: 0, jf: 0, k: 23 },
  { code: 21, jt: 0, jf: 1, k: 17 },
  { code: 6, jt: 0, jf: 0, k: 262144 },
  { code: 6, jt: 0, jf: 0, k: 0 },
];

test.each([
  ["tcpdump -ddd", DDD],
  [
    "tcpdump -dd",
    IP_UDP.map(
      ({ code, jt, jf, k }) => `{ 0x${code.toString(16)}, ${jt}, ${jf}, 0x${k.toString(16).padStart(8, "0")} },`,
    ).join("\n"),
  ],
  [
    "a C array",
    `static struct sock_filter code[] = {\n${IP_UDP.map(({ code, jt, jf, k }) => `\t{ ${code}, ${jt}, ${jf}, ${k} },`).join("\n")}\n};`,
  ],
  ["bpf_asm", "6,40 0 0 12,21 0 3 2048,48 0 0 23,21 0 1 17,6 0 0 262144,6 0 0 0,"],
  [
    "tcpdump -d",
    "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 5\n(002) ldb      [23]\n(003) jeq      #0x11            jt 4\tjf 5\n(004) ret      #262144\n(005) ret      #0\n",
  ],
])("%s is read as classic BPF", (_, text) => {
  expect(readClassic(text)).toEqual(IP_UDP);
  expect(detect(text).kind).toBe("classic");
});

test("the translation is the kernel's, with its registers, reversed jumps and packet loads", () => {
  const { insns } = translate(IP_UDP) as NonNullable<ReturnType<typeof translate>>;
  expect(insns.map((insn, i) => formatInsn(insn, insns[i + 1], { helperName }))).toEqual([
    "(b4) w0 = 0",
    "(b4) w7 = 0",
    "(bf) r6 = r1",
    "(28) r0 = *(u16 *)skb[12]",
    "(55) if r0 != 0x800 goto pc+4",
    "(30) r0 = *(u8 *)skb[23]",
    "(55) if r0 != 0x11 goto pc+2",
    "(b4) w0 = 262144",
    "(95) exit",
    "(b4) w0 = 0",
    "(95) exit",
  ]);
  const pasted = detect(DDD);
  expect(toHex(encodeInsns(assemble(pasted.source as string).insns))).toBe(toHex(encodeInsns(insns)));
});

test.each([
  ["words of hex are no filter", "0x0000002a000000b7 0x0000000000000095"],
  ["a number that does not count the lines", "3\n40 0 0 12\n6 0 0 0\n"],
  ["a filter that does not return", "1\n40 0 0 12\n"],
  ["prose", "2 of 4 things 0 0 1 2"],
])("%s", (_, text) => {
  expect(readClassic(text)).toBeUndefined();
});

/** Interprets a filter as the manual page bpf(4) describes it. There is no RFC. */
function meaning(filter: readonly ClassicInsn[], packet: Uint8Array): number {
  let [a, x] = [0, 0];
  const m = new Uint32Array(16);
  const view = new DataView(packet.buffer);
  for (let pc = 0; ; ) {
    const { code, jt, jf, k } = filter[pc++] as ClassicInsn;
    const b = (code & 8) !== 0 ? x : k;
    const read = (at: number): number | undefined => {
      const size = { 0: 4, 8: 2, 16: 1 }[code & 0x18] as number;
      if (at + size > packet.length) return undefined;
      return size === 4 ? view.getUint32(at) : size === 2 ? view.getUint16(at) : view.getUint8(at);
    };
    switch (code & 7) {
      case 0: {
        const mode = code & 0xe0;
        const loaded =
          mode === 0 ? k : mode === 0x60 ? m[k] : mode === 0x80 ? packet.length : read(mode === 0x40 ? x + k : k);
        if (loaded === undefined) return 0;
        a = loaded >>> 0;
        break;
      }
      case 1: {
        const mode = code & 0xe0;
        const byte = mode === 0xa0 ? read(k) : 0;
        if (byte === undefined) return 0;
        x = (mode === 0 ? k : mode === 0x60 ? (m[k] as number) : mode === 0x80 ? packet.length : 4 * (byte & 15)) >>> 0;
        break;
      }
      case 2:
        m[k] = a;
        break;
      case 3:
        m[k] = x;
        break;
      case 4: {
        const op = code & 0xf0;
        if ((op === 0x30 || op === 0x90) && b === 0) return 0;
        const values: Record<number, () => number> = {
          0: () => a + b,
          16: () => a - b,
          32: () => Math.imul(a, b),
          48: () => Math.floor(a / b),
          64: () => a | b,
          80: () => a & b,
          96: () => a << (b & 31),
          112: () => a >>> (b & 31),
          128: () => -a,
          144: () => a % b,
          160: () => a ^ b,
        };
        a = (values[op] as () => number)() >>> 0;
        break;
      }
      case 5: {
        const op = code & 0xf0;
        if (op === 0) pc += k;
        else {
          const yes = op === 16 ? a === b : op === 32 ? a > b : op === 48 ? a >= b : (a & b) !== 0;
          pc += yes ? jt : jf;
        }
        break;
      }
      case 6:
        return (code & 0x10) !== 0 ? a : k >>> 0;
      default:
        if (code === 7) x = a;
        else a = x;
    }
  }
}

const socketFilter: Program = {
  insns: [],
  maps: [],
  mapRefs: new Map(),
  progType: "socket_filter",
  expectedAttachType: 0,
  progFlags: 0,
  license: "",
};

const u32 = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 0xffff_ffff }));
const small = fc.integer({ min: 0, max: 40 });
const simple: fc.Arbitrary<ClassicInsn> = fc.oneof(
  fc.record({
    code: fc.constantFrom(0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0xb1),
    jt: fc.constant(0),
    jf: fc.constant(0),
    k: small,
  }),
  fc.record({
    code: fc.constantFrom(0x00, 0x01, 0x80, 0x81, 0x07, 0x87),
    jt: fc.constant(0),
    jf: fc.constant(0),
    k: u32,
  }),
  fc.record({ code: fc.constantFrom(0x02, 0x03), jt: fc.constant(0), jf: fc.constant(0), k: fc.constant(2) }),
  fc.record({
    code: fc.constantFrom(
      0x04,
      0x0c,
      0x14,
      0x1c,
      0x24,
      0x2c,
      0x34,
      0x3c,
      0x44,
      0x4c,
      0x54,
      0x5c,
      0x84,
      0x94,
      0x9c,
      0xa4,
      0xac,
    ),
    jt: fc.constant(0),
    jf: fc.constant(0),
    k: u32.map((k) => k || 1),
  }),
  fc.record({
    code: fc.constantFrom(0x64, 0x74),
    jt: fc.constant(0),
    jf: fc.constant(0),
    k: fc.integer({ min: 0, max: 31 }),
  }),
  fc.record({
    code: fc.constantFrom(0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d),
    jt: fc.integer({ min: 0, max: 2 }),
    jf: fc.integer({ min: 0, max: 2 }),
    k: u32,
  }),
);
const filters = fc
  .array(simple, { minLength: 1, maxLength: 12 })
  .map((body): ClassicInsn[] => [
    { code: 0x02, jt: 0, jf: 0, k: 2 },
    ...body,
    { code: 0x16, jt: 0, jf: 0, k: 0 },
    { code: 0x06, jt: 0, jf: 0, k: 3 },
    { code: 0x16, jt: 0, jf: 0, k: 0 },
    { code: 0x16, jt: 0, jf: 0, k: 0 },
  ]);

test("a translated filter is accepted", () => {
  const program = { ...socketFilter, insns: translate(IP_UDP)?.insns ?? [] };
  expect(judge(program, { logLevel: 1 })).toMatchObject({ verdict: "accept" });
});

// The translated filter is not verified here: a classic filter may contain code that is never reached.
test("a translated filter returns what the filter means", () => {
  const kernel = new Kernel();
  fc.assert(
    fc.property(filters, fc.uint8Array({ minLength: 14, maxLength: 40 }), (filter, tail) => {
      // A frame with an unknown protocol. Socket filters see the bytes after the frame's header.
      const frame = new Uint8Array(14 + tail.length);
      frame.set([0x88, 0xb5], 12);
      frame.set(tail, 14);
      const { insns } = translate(filter) as NonNullable<ReturnType<typeof translate>>;
      const program = { ...socketFilter, insns };
      const machine = unverifiedMachine(kernel, program, []) as Machine;
      expect(enterEvent(machine, { kind: "packet", data: frame })).toBe(0);
      const outcome = machine.run(1000);
      expect(outcome.kind === "exit" ? Number(BigInt.asUintN(32, outcome.r0)) : outcome).toBe(
        meaning(filter, Uint8Array.from(tail)),
      );
      machine.program.close();
    }),
    { numRuns: 60 },
  );
});
