import { expect, test } from "vitest";
import { anyCallProgram } from "../conformance/random/any-call.ts";
import { callbackProgram } from "../conformance/random/callbacks.ts";
import { randomProgram } from "../conformance/random/generate.ts";
import { objectProgram } from "../conformance/random/objects.ts";
import { SEED } from "../conformance/seed.ts";
import type { Program } from "../program/program.ts";
import { REFUSALS, type Refusal } from "./refusals.ts";
import { verify } from "./verify.ts";

const FAMILIES: readonly ((seed: number) => Program)[] = [
  randomProgram,
  anyCallProgram,
  callbackProgram,
  objectProgram,
];
/** Programs of each family. */
const COUNT = 120;

/** The JavaScript type of each kind of argument in the table. */
const TYPES: Readonly<Record<string, string>> = {
  reg: "number",
  slot: "number",
  num: "number",
  wide: "bigint",
  text: "string",
};

const typesOf = ({ args }: Refusal) =>
  Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value]));
const wanted = ({ id }: Refusal) =>
  Object.fromEntries(Object.entries(REFUSALS[id]).map(([name, kind]) => [name, TYPES[kind as string]]));

test("every refusal has a name, is the same at every log level, and has the arguments of the table", () => {
  const seen = new Set<string>();
  for (const make of FAMILIES) {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const program = make(seed);
      const [silent, loud] = [verify(program, { logLevel: 0 }), verify(program, { logLevel: 2 })];
      const isRefused = silent.verdict === "reject" && silent.notSimulated === undefined;
      expect(silent.refusal !== undefined, `seed ${seed}`).toBe(isRefused);
      if (loud.errno === silent.errno) expect(loud.refusal).toEqual(silent.refusal);
      if (!silent.refusal) continue;
      for (let one: Refusal | null = silent.refusal; one !== null; one = one.innerRefusal) {
        seen.add(one.id);
        expect(typesOf(one), one.id).toEqual(wanted(one));
        expect(one.slot).toBeGreaterThanOrEqual(-1);
        expect(one.slot).toBeLessThan(program.insns.length);
      }
      // It can be sent to a Worker.
      expect(structuredClone(silent.refusal)).toEqual(silent.refusal);
    }
  }
  expect(seen.size).toBeGreaterThan(30);
});
