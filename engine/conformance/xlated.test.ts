// Rewritten programs against those that a running Linux 6.18 made of them: instruction for instruction, with helpers' kernel functions
// by name. Recorded by record/record_xlated.py from the accepted programs of verifier.jsonl.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { formatInsn } from "../disasm/kernel.ts";
import { addresses } from "../facts/recorded/rewrites.ts";
import { decodeInsns, type Insn, isLdImm64 } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import { rewrite } from "../verifier/rewrite/rewrite.ts";
import { judge } from "./judge.ts";
import { ProgramRecord, programOfRecord } from "./records.ts";

interface Row {
  readonly id: string;
  readonly xlated: string;
  readonly calls: Readonly<Record<string, string>>;
}

const ROWS = readFileSync(resolve(import.meta.dirname, "recordings/xlated.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

/** A readable text for comparison. Addresses of the boot are not compared. */
function listing(insns: readonly Insn[], calleeAt: (slot: number) => string | undefined): string[] {
  return insns.flatMap((insn, slot) => {
    const before = insns[slot - 1];
    if (before && isLdImm64(before)) return [];
    const callee = calleeAt(slot);
    if (callee !== undefined) return [`call ${callee}`];
    if (isLdImm64(insn) && insn.src === 0 && (insns[slot + 1]?.imm ?? 0) >>> 16 === 0xffff)
      return [`r${insn.dst} = an address`];
    const text = formatInsn(insn, insns[slot + 1]);
    return [isLdImm64(insn) || insn.src === 1 ? `${text} src ${insn.src} off ${insn.off}` : text];
  });
}

test("there are recordings of programs that were changed", () => {
  expect(ROWS.length).toBeGreaterThan(200);
  expect(addresses.cpuNumber).toBeLessThan(0);
});

test.each(ROWS.map((row) => [row.id, row] as const))("%s", (_, row) => {
  const program = programOfRecord(v.parse(ProgramRecord, row));
  const { verdict, seen } = judge(program, { logLevel: 0 });
  expect(verdict).toBe("accept");
  if (!seen?.rewriteInput) throw new Error("an accepted program without facts");
  const ours = rewrite(seen.rewriteInput);
  // The recording numbers the maps in the order of the record, the kernel in the order in which the program uses them.
  const { maps } = seen.rewriteInput.program;
  const numbered = ours.insns.map((insn) =>
    isLdImm64(insn) && insn.src !== 0 ? { ...insn, imm: program.maps.indexOf(maps[insn.imm] as MapDef) } : insn,
  );
  const kernel = decodeInsns(fromHex(row.xlated) as Uint8Array);
  // In a dump a tail call keeps its old number, which is not a function.
  const real = (slot: number) => (row.calls[slot] === "?" ? undefined : row.calls[slot]);
  expect(listing(numbered, (slot) => ours.callees.get(slot))).toEqual(
    listing(
      kernel.map((insn, slot) => (row.calls[slot] === "?" ? { ...insn, imm: 12 } : insn)),
      real,
    ),
  );
});
