// What is offered was verified. Each fix of random refused programs is loaded once more, and still has the instruction that was
// refused.
import { expect, test } from "vitest";
import { judge } from "../conformance/judge.ts";
import { randomProgram } from "../conformance/random/generate.ts";
import { objectProgram } from "../conformance/random/objects.ts";
import { SEED } from "../conformance/seed.ts";
import { BPF_ALU64, BPF_MOV } from "../isa/codes.ts";
import { formOf } from "../isa/forms.ts";
import type { Program } from "../program/program.ts";
import { diagnose } from "../verifier/explain/explain.ts";
import { type Fix, remedies } from "./remedy.ts";

const PROGRAMS = 12;

interface Fixed {
  readonly program: Program;
  readonly fixes: readonly Fix[];
  readonly at: number;
  readonly walked: boolean;
}

function* refused(): Generator<Fixed> {
  for (const make of [randomProgram, objectProgram])
    for (let i = 0; i < PROGRAMS; i++) {
      const program = make(SEED + i);
      const { refusal, seen } = judge(program, { logLevel: 0, watched: { trace: { maxVisits: 2000 } } });
      if (!refusal) continue;
      const diagnosis = diagnose(refusal, seen?.trace, program.insns);
      const fixes = remedies(program, diagnosis);
      yield { program, fixes, at: diagnosis.explanation.at, walked: diagnosis.path.length > 0 };
    }
}

test("an accepted fix is accepted when it is loaded again, and keeps the refused access or call", () => {
  let accepted = 0;
  for (const { program, fixes, at, walked } of refused()) {
    expect(fixes.length).toBeLessThanOrEqual(3);
    for (const { outcome, program: fixed, origins, en } of fixes) {
      expect(origins.length, en).toBe(fixed.insns.length);
      for (const [slot] of fixed.mapRefs) expect(formOf(fixed.insns[slot]!)?.kind).toBe("ld_imm64");
      const verdict = judge(fixed, { logLevel: 0 });
      expect(verdict.verdict, en).toBe(outcome === "accepted" ? "accept" : "reject");
      if (outcome !== "accepted") continue;
      accepted++;
      const kind = formOf(program.insns[at]!)?.kind;
      if (walked && kind !== "alu" && kind !== "end" && kind !== undefined) expect(origins, en).toContain(at);
    }
  }
  expect(accepted).toBeGreaterThan(5);
});

test("the same program gets the same fixes", () => {
  const texts = (): string[] => {
    const found: string[] = [];
    for (const { fixes } of refused()) {
      found.push(...fixes.map(({ en }) => en));
      if (found.length > 3) break;
    }
    return found;
  };
  expect(texts()).toEqual(texts());
});

test("a program without an end gets an exit alone if R0 is set, else R0 = 0 and an exit", () => {
  const fixed = (register: number): readonly string[] => {
    const insns = [{ code: BPF_ALU64 | BPF_MOV, dst: register, src: 0, off: 0, imm: 1 }];
    const program: Program = { ...randomProgram(1), insns, mapRefs: new Map(), maps: [] };
    const { refusal, seen } = judge(program, { logLevel: 0, watched: { trace: { maxVisits: 2000 } } });
    if (!refusal) throw new Error("it was accepted");
    return remedies(program, diagnose(refusal, seen?.trace, program.insns)).map(({ en }) => en);
  };
  expect(fixed(0)).toEqual([expect.stringMatching(/^End the \w+ with an exit\.$/)]);
  expect(fixed(6)[0]).toMatch(/^End the \w+ with R0 = 0 and an exit\.$/);
});
