import fc from "fast-check";
import { expect, test } from "vitest";
import { createSession } from "../../../engine/index.ts";
import { columnsOf } from "./columns.ts";
import { type Moment, marksOf, notesOf, place, problemsOf, rowsOf } from "./notes.ts";

const session = createSession();
const check = async (source: string) => session.check.check({ source, progType: "socket_filter", maps: [] }, 1);
const STILL: Moment = { run: null, view: null };

/** The moment after `step` steps of a run without the verifier. */
async function moment(source: string, step: number): Promise<Moment> {
  const program = { source, progType: "socket_filter", maps: [] };
  const { run } = await session.runs.runOnce(program, { kind: "packet", hex: "00".repeat(64) }, false);
  if (!run) throw new Error("no run");
  const [view] = await session.runs.steps(run.run, step, 1);
  return { run, view: view ?? null };
}

const REFUSED = "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_MOV64_REG(BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),\n";
const FINE = "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_MOV64_IMM(BPF_REG_3, 1),\nBPF_EXIT_INSN(),\n";

test("the refused line is marked and says why", async () => {
  const view = await check(REFUSED);
  expect(marksOf(view, STILL)).toEqual([{ line: 2, endLine: 2, kind: "refused", signed: true }]);
  expect(notesOf(view, STILL, "hex")).toEqual([{ line: 2, kind: "message", text: "R2 !read_ok" }]);
});
test("a refused line that is about to run has one sign, not two", async () => {
  const marks = marksOf(await check(REFUSED), await moment(REFUSED, 1));
  expect(marks.map(({ line, kind, signed }) => [line, kind, signed])).toEqual([
    [2, "refused", true],
    [2, "current", false],
  ]);
});
test("what a step wrote is shown at its line, while the next one is about to run", async () => {
  const [view, now] = [await check(FINE), await moment(FINE, 2)];
  expect(marksOf(view, now).map(({ line, kind }) => [line, kind])).toEqual([[3, "current"]]);
  expect(notesOf(view, now, "hex")).toEqual([{ line: 2, kind: "values", text: "R3 = 0x1" }]);
  expect(notesOf(view, now, "binary")[0]?.text).toBe("R3 = 0b1");
});
test("a line shows the first problem that it has, in the reader's language", async () => {
  const view = await check("BPF_MOV64_IM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n");
  const said = { en: problemsOf(view, "en"), ja: problemsOf(view, "ja") };
  expect(said.en.map(({ line }) => line)).toEqual([1]);
  expect(said.en[0]?.text).toMatch(/BPF_MOV64_IM/);
  expect(said.ja[0]?.text).not.toBe(said.en[0]?.text);
});
test("a note is behind its line if it is fully visible there, else below it", () => {
  const note = { line: 1, kind: "message", text: "R2 !read_ok" } as const;
  const rows = (columns: number) => place([note], () => 20, columns)[0]?.rows;
  expect(rows(20 + 3 + 11)).toEqual([]);
  expect(rows(20 + 3 + 10)).toEqual(["R2 !read_ok"]);
});
test("below a line a note is complete: no row is wider than the visible part, no character is lost", () => {
  const word = fc.string({ unit: fc.constantFrom(..."abc012+-検証器は"), minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 12, max: 60 }), (words, columns) => {
      const text = words.join(" ");
      const rows = rowsOf(text, columns);
      for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      expect(rows.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});
