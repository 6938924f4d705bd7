import { expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { decodeInsns } from "../isa/insn.ts";
import { formatInsn } from "./kernel.ts";
// Texts that Linux 6.18 printed, recorded by record/insn-text.py.
import recorded from "./recordings/insn-text.json" with { type: "json" };

const HELPERS: Record<number, string> = {
  0: "unspec",
  12: "tail_call",
  16: "get_cgroup_classid",
  40: "perf_event_read_value",
};
const format = (hex: string, names = {}) => {
  const [insn, next] = decodeInsns(fromHex(hex)!);
  return formatInsn(insn!, next, names);
};

test("every opcode is printed as the kernel prints it", () => {
  const helperName = (id: number) => HELPERS[id];
  const texts = Object.entries(recorded).filter(([, text]) => !text.includes(" call bpf_"));
  expect(texts.length).toBeGreaterThan(250);
  expect(Object.fromEntries(texts.map(([hex]) => [hex, format(hex, { helperName })]))).toEqual(
    Object.fromEntries(texts),
  );
});

test("a call of any helper is printed with its name and number", () => {
  const calls = Object.entries(recorded).filter(([, text]) => text.includes(" call bpf_"));
  expect(calls.length).toBeGreaterThan(0);
  for (const [hex, text] of calls) {
    const [, name, number] = /call bpf_(\w+)#(\d+)/.exec(text)!;
    expect(format(hex, { helperName: (id: number) => (id === Number(number) ? name : undefined) })).toBe(text);
  }
});

test.each([
  ["8500000064000000", "(85) call unknown#100"],
  ["8520000005000000", "(85) call kernel-function#5"],
  ["85100000ffffffff", "(85) call pc-1"],
  ["c30a000041000000", "(c3) r0 = atomic_fetch_or((u32 *)(r10 +0), r0)"],
  ["bf21010001000100", "(bf) r1 = addr_space_cast(r2, 1, 1)"],
  ["bf21ffff00000000", "(bf) r1 = &(void __percpu *)(r2)"],
])("%s without names is %s", (hex, text) => {
  expect(format(hex)).toBe(text);
});

test("the upper half of a two-slot load is read from the second slot", () => {
  expect(format("1801000078563412000000009abcdef0")).toBe("(18) r1 = 0xf0debc9a12345678");
  expect(format("1801000078563412")).toBe("(18) r1 = 0x12345678");
});
