// Listings of a real object (the head of fixtures/count.bpf.c says how they were made): one program with the functions that it calls.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judge } from "../../conformance/judge.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import { assemble } from "../assemble.ts";
import { programOf } from "../assembly.ts";
import { detect } from "./detect.ts";

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");

/** The program as assembled macros, and its lines in the kernel's notation. */
function taken(text: string) {
  const pasted = detect(text);
  const assembly = assemble(pasted.source as string);
  const { insns } = assembly;
  return { pasted, assembly, lines: insns.map((insn, i) => formatInsn(insn, insns[i + 1], { helperName })) };
}

test("llvm-objdump -dr: relocations name the maps, and the called function follows the program", () => {
  const { pasted, assembly, lines } = taken(fixture("count.objdump"));
  expect(pasted).toMatchObject({ kind: "objdump", faults: [] });
  expect(pasted.source).toContain("// The text holds other programs too: other.");
  expect(assembly.maps.map(({ name }) => name)).toEqual(["hits", "step"]);
  expect(lines.filter((line) => /call/.test(line))).toEqual(["(85) call bpf_map_lookup_elem#1", "(85) call pc+2"]);
  expect([...assembly.mapRefs.values()]).toEqual([0, 1]);
  // A variable is read through its address, so its map is loaded with BPF_PSEUDO_MAP_VALUE.
  expect(pasted.source).toContain("BPF_LD_MAP_VALUE(BPF_REG_2, step, 0)");
});

test("clang -S: directives, data and debugging sections are skipped, and the instructions are the same", () => {
  const compiled = taken(fixture("count.s"));
  expect(compiled.pasted.faults).toEqual([]);
  expect(compiled.pasted.source).toContain("// The text holds other programs too: other.");
  const masked = (lines: readonly string[]) =>
    lines.map((line) => line.replace(/^\(18\) (r\d+) = .*/, "(18) $1 = map"));
  expect(masked(compiled.lines)).toEqual(masked(taken(fixture("count.objdump")).lines));
});

test("the verifier accepts the program once the map is declared", () => {
  const { pasted } = taken(fixture("count.objdump"));
  const source = (pasted.source as string).replace(
    "hits array key=4 value=8 entries=1",
    "hits hash key=4 value=8 entries=16",
  );
  const program = programOf(assemble(source), { progType: "xdp", expectedAttachType: 0, progFlags: 0, license: "GPL" });
  expect(judge(program, { logLevel: 1 })).toMatchObject({ verdict: "accept" });
});

test("each section counts from 0, and a call by section and place finds its function", () => {
  const text = `
Disassembly of section .text:

0000000000000000 <first>:
       0:\tb7 00 00 00 01 00 00 00\tr0 = 0x1
       1:\t95 00 00 00 00 00 00 00\texit

0000000000000010 <second>:
       2:\tb7 00 00 00 02 00 00 00\tr0 = 0x2
       3:\t95 00 00 00 00 00 00 00\texit

Disassembly of section socket:

0000000000000000 <main>:
       0:\t85 10 00 00 01 00 00 00\tcall 0x1
\t\t0000000000000000:  R_BPF_64_32\t.text
       1:\t95 00 00 00 00 00 00 00\texit
`;
  expect(taken(text).lines).toEqual(["(85) call pc+1", "(95) exit", "(b7) r0 = 2", "(95) exit"]);
});

test.each([
  ["Go, a slice", "prog := []byte{0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0}"],
  ["Go, an array", "var raw = [16]uint8{183, 0, 0, 0, 7, 0, 0, 0, 149, 0, 0, 0, 0, 0, 0, 0}"],
  ["Go, words", "[]uint64{0x7000000b7, 0x95}"],
  ["Go, as it prints a slice", "[183 0 0 0 7 0 0 0 149 0 0 0 0 0 0 0]"],
  ["Rust, a slice", "let prog: &[u8] = &[0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];"],
  ["Rust, an array", "const PROG: [u8; 16] = [183, 0, 0, 0, 7, 0, 0, 0, 149, 0, 0, 0, 0, 0, 0, 0];"],
  ["Rust, with suffixes", "let p = [0xb7_u8, 0, 0, 0, 7u8, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];"],
  ["Rust, a vector", "let prog = vec![0xb7u8, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0];"],
  ["Rust, words", "let prog: Vec<u64> = vec![0x0000_0007_0000_00b7, 0x95];"],
  ["Rust, a byte string", 'pub static PROG: &[u8] = b"\\xb7\\0\\0\\0\\x07\\0\\0\\0\\x95\\0\\0\\0\\0\\0\\0\\0";'],
])("bytes of %s", (_, text) => {
  expect(taken(text).lines).toEqual(["(b7) r0 = 7", "(95) exit"]);
});
