// Files that are not valid objects. Each is refused with a sentence that says where the fault is and what was expected. None may throw,
// hang or take long.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { viewOf } from "../../base/bytes.ts";
import { readObject } from "../../object/object.ts";
import { refusalText } from "../../object/refusal.ts";
import { SEED } from "../seed.ts";
import { fuzz } from "./mutate.ts";
import { targetKernel } from "./recorded-kernel.ts";

const FIXTURES = new URL("../../object/fixtures/", import.meta.url);
const files = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".o"))
  .map((name) => readFileSync(new URL(name, FIXTURES)));
const good = new Uint8Array(readFileSync(new URL("counter.bpf.o", FIXTURES)));

function check(bytes: Uint8Array, sentence: string | RegExp): void {
  const read = readObject(bytes, "x.o");
  const said = read.ok ? "it was read" : refusalText(read.refusal, "en");
  if (typeof sentence === "string") expect(said).toBe(sentence);
  else expect(said).toMatch(sentence);
  if (!read.ok) expect(refusalText(read.refusal, "ja")).toMatch(/[ぁ-ん]/);
}
const changed = (change: (view: DataView, bytes: Uint8Array) => void): Uint8Array => {
  const bytes = good.slice();
  change(viewOf(bytes), bytes);
  return bytes;
};

test("an empty file", () => check(new Uint8Array(), "ELF header at offset 0x0 takes 64 bytes, but there are only 0"));
test("a text file", () =>
  check(
    new Uint8Array(100).fill(0x61),
    "offset 0x0: expected the four bytes 7f 45 4c 46 of an ELF file, found 61 61 61 61",
  ));
test("a big-endian object", () =>
  check(
    changed((_, bytes) => (bytes[5] = 2)),
    /^offset 0x5: the object is big-endian/,
  ));
test("an object of 32 bits", () =>
  check(
    changed((_, bytes) => (bytes[4] = 1)),
    "offset 0x4: EI_CLASS is 1, expected 2 (64 bits)",
  ));
test.each([
  [62, "x86-64 (e_machine 62)"],
  [183, "AArch64 (e_machine 183)"],
  [999, "e_machine 999"],
])("an object for machine %i", (machine, name) =>
  check(
    changed((view) => view.setUint16(0x12, machine, true)),
    `offset 0x12: the object is compiled for ${name}, not for BPF; compile with clang -target bpf`,
  ),
);
test("a program of another machine, with 32 bits and the other byte order", () =>
  check(
    changed((view, bytes) => {
      bytes[4] = 1;
      bytes[5] = 2;
      view.setUint16(0x10, 2, false);
      view.setUint16(0x12, 8, false);
    }),
    /^offset 0x12: the object is compiled for MIPS /,
  ));
test("an object cut in half", () =>
  check(good.slice(0, good.length / 2), /^offset 0x28: e_shoff is 0x\w+, expected at most 0x\w+$/));
test("an object truncated to any of many lengths", () => {
  for (let size = 0; size < good.length; size += 97) {
    const read = readObject(good.slice(0, size), "x.o");
    expect(read.ok).toBe(false);
  }
});
test("a section header with a size larger than the file", () => {
  const bytes = changed((view) => view.setBigUint64(Number(view.getBigUint64(0x28, true)) + 64 + 32, 1n << 40n, true));
  check(bytes, /sh_size is 0x10000000000, expected at most 0x/);
});

test("thousands of symbols that name one long string", () => {
  const strings = 100_000;
  const symbols = 4000;
  // The file again, with a longer table of symbols and of strings behind it.
  const bytes = new Uint8Array(good.length + strings + 24 * symbols);
  bytes.set(good);
  bytes.fill(0x61, good.length, good.length + strings - 1);
  const view = viewOf(bytes);
  const sections = Number(view.getBigUint64(0x28, true));
  const isSymbols = (at: number): boolean => view.getUint32(at + 4, true) === 2;
  let at = sections;
  while (!isSymbols(at)) at += 64;
  const stringsAt = sections + 64 * view.getUint32(at + 40, true);
  const move = (section: number, to: number, size: number): void => {
    view.setBigUint64(section + 24, BigInt(to), true);
    view.setBigUint64(section + 32, BigInt(size), true);
  };
  move(at, good.length + strings, 24 * symbols);
  move(stringsAt, good.length, strings);
  check(bytes, /^offset 0x\w+: (sh_name|st_name) is 0x\w+, expected a name of at most 4096 bytes$/);
});

test("two thousand mutated objects throw nothing and do not take long", () => {
  const target = targetKernel(undefined);
  if (!target.ok) throw new Error("the recorded kernel cannot be read");
  target.value.btf?.named("task_struct");
  const seen = fuzz(files, target.value, SEED, 2_000);
  expect(seen.refused).toBeGreaterThan(200);
  expect(seen.read).toBeGreaterThan(200);
});
