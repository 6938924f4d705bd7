import fc from "fast-check";
import { expect, test } from "vitest";
import { VerifierLog } from "./buffer.ts";
import { codeOf, LINE_KINDS, type LineKind } from "./kinds.ts";

/** What is done to a log: a text is appended, or characters are cut off at its end. */
type Step = { readonly text: string; readonly kind: LineKind; readonly slot: number } | { readonly cut: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ text: texts(), kind: fc.constantFrom(...LINE_KINDS), slot: fc.nat(99) }) },
    { weight: 1, arbitrary: fc.record({ cut: fc.nat(30) }) },
  ),
  { maxLength: 400, size: "max" },
);

function texts(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom("a", "bc", "\n", "\n\n"), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(""));
}

/**
 * Expected lines. Each character of the model knows the kind, slot and step that it was appended with; a line has those of its first
 * character.
 */
function told(log: VerifierLog, steps: readonly Step[]) {
  let model: { char: string; kind: LineKind; slot: number; step: number }[] = [];
  for (const [number, step] of steps.entries()) {
    if ("cut" in step) {
      model = model.slice(0, Math.max(0, model.length - step.cut));
      log.reset(model.length);
    } else {
      log.append(step.text, step.kind, step.slot);
      for (const char of step.text) model.push({ char, kind: step.kind, slot: step.slot, step: number });
    }
  }
  const lines: { kind: number; slot: number; joint: number }[] = [];
  const starts = [0, ...model.flatMap(({ char }, i) => (char === "\n" ? [i + 1] : []))];
  for (const at of starts) {
    const first = model[at];
    const isBlank = first === undefined || first.char === "\n";
    if (isBlank) {
      lines.push({ kind: codeOf.blank, slot: -1, joint: 0 });
      continue;
    }
    // A state begins where a later step continued the line.
    let end = at;
    while (model[end] !== undefined && model[end]?.char !== "\n" && model[end]?.step === first.step) end++;
    const goesOn = model[end] !== undefined && model[end]?.char !== "\n";
    const joint = goesOn && (first.kind === "insn" || first.kind === "branch") ? end - at : 0;
    lines.push({ kind: codeOf[first.kind], slot: first.slot, joint });
  }
  return lines;
}

const linesOf = (log: VerifierLog) => {
  const { kinds, slots, stateColumns } = log.lines();
  return [...kinds].map((kind, i) => ({ kind, slot: slots[i] as number, joint: stateColumns[i] as number }));
};

test("each line keeps the kind that it was appended with, also after cuts", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const log = new VerifierLog(2);
      expect(told(log, steps)).toEqual(linesOf(log));
      expect(log.text().split("\n")).toHaveLength(log.lines().kinds.length);
    }),
  );
});

test("a full buffer knows the lines that it still holds", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 80 }), fc.constantFrom(2, 2 | 8), (steps, size, level) => {
      const log = new VerifierLog(level, size);
      const whole = told(log, steps);
      const held = linesOf(log);
      const shown = log.text().split("\n");
      expect(held).toHaveLength(shown.length);
      // A buffer that keeps the beginning may end inside a state, or before the state begins.
      const known = shown.map((text, i) => {
        const line = whole[i] as (typeof whole)[number];
        return line.joint < text.length ? line : { ...line, joint: 0 };
      });
      if (level & 8) expect(held).toEqual(known);
      else expect(held).toEqual(whole.slice(whole.length - held.length));
    }),
  );
});

test("refusals after a position that do not count become notes", () => {
  const log = new VerifierLog(1);
  log.append("a\n", "refusal", 1);
  const { endPos } = log;
  log.append("b\nc\n", "refusal", 2);
  log.recast(endPos, "note");
  expect(linesOf(log).map(({ kind }) => LINE_KINDS[kind])).toEqual(["refusal", "note", "note", "blank"]);
});

test("level 0 holds one empty line", () => {
  const log = new VerifierLog(0);
  log.append("a\n", "insn", 1);
  expect(linesOf(log)).toEqual([{ kind: codeOf.blank, slot: -1, joint: 0 }]);
});
