// Which programs the list of the last programs keeps, and in which order.
import { expect, test } from "vitest";
import { type KeptProgram, MOST_PROGRAMS, nameOf, withProgram } from "./recent-list.ts";

const program = (n: number, source = `// program ${n}`): KeptProgram => ({
  id: String(n),
  at: n,
  work: `w${n}`,
  draft: { source, progType: "oreore", input: "10" },
});

test("the newest is first, and there are fifty at most", () => {
  let list: readonly KeptProgram[] = [];
  for (let n = 0; n < 60; n++) list = withProgram(list, program(n));
  expect(list).toHaveLength(MOST_PROGRAMS);
  expect(list.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, i) => 59 - i));
});

test("a later version of the same work replaces the earlier ones", () => {
  const later = { ...program(1, "// changed"), at: 9 };
  expect(withProgram([program(2), program(1)], later)).toEqual([later, program(2)]);
});

test("the same program moves to the front and is listed once", () => {
  const again = { ...program(1), id: "9", work: "other", at: 9 };
  expect(withProgram([program(2), program(1)], again)).toEqual([again, program(2)]);
});

test("large programs push out the oldest, but the newest is always kept", () => {
  const large = "x".repeat(3_000_000);
  const list = withProgram([program(1, large)], program(2, `${large}y`));
  expect(list.map(({ id }) => id)).toEqual(["2"]);
});

test.each([
  ["// R0 = 42\nBPF_EXIT_INSN(),", "R0 = 42"],
  ["BPF_EXIT_INSN(),\n/* done */", "done"],
  ["\n\nBPF_EXIT_INSN(),", "BPF_EXIT_INSN(),"],
  ["", ""],
])("%j is called %j", (source, name) => {
  expect(nameOf(source)).toBe(name);
});
