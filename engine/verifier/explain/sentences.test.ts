// Every refusal is explained in whole sentences in both languages, and every place they name exists in the program.
import { expect, test } from "vitest";
import { anyCallProgram } from "../../conformance/random/any-call.ts";
import { callbackProgram } from "../../conformance/random/callbacks.ts";
import { randomProgram } from "../../conformance/random/generate.ts";
import { objectProgram } from "../../conformance/random/objects.ts";
import { SEED } from "../../conformance/seed.ts";
import type { Program } from "../../program/program.ts";
import { verify } from "../verify.ts";
import { explain } from "./explain.ts";

const FAMILIES: readonly ((seed: number) => Program)[] = [
  randomProgram,
  anyCallProgram,
  callbackProgram,
  objectProgram,
];
const PROGRAMS = 30;

test("sentences are whole in both languages, and every place exists in the program", () => {
  const seen = new Set<string>();
  for (const make of FAMILIES) {
    for (let i = 0; i < PROGRAMS; i++) {
      const seed = SEED + i;
      const program = make(seed);
      const { refusal, trace } = verify(program, { logLevel: 0, trace: { maxVisits: 2000 } });
      if (!refusal) continue;
      const found = explain(refusal, trace, program.insns);
      seen.add(found.id);
      for (const { en, ja } of [found.reason, ...found.steps, ...found.missed]) {
        expect(en, `${found.id}, seed ${seed}`).not.toMatch(/undefined|NaN|\{|\$|\s\s|\.\.$|R-1/);
        expect(en).toMatch(/[.…]$/);
        expect(ja, `${found.id}, seed ${seed}`).toMatch(/[ぁ-んァ-ヶ一-龠]/);
        expect(ja).not.toMatch(/undefined|NaN|\{/);
      }
      const slots = [
        found.at,
        found.root,
        ...found.steps.map(({ slot }) => slot),
        ...found.missed.map(({ slot }) => slot),
      ];
      for (const slot of slots) {
        expect(slot).toBeGreaterThanOrEqual(-1);
        expect(slot).toBeLessThan(program.insns.length);
      }
      expect(structuredClone(found)).toEqual(found);
    }
  }
  expect(seen.size).toBeGreaterThan(15);
});
