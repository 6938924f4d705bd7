// Type on the stage: never smaller than the least size, never wider than the area, and no line is hidden without saying so.
import fc from "fast-check";
import { expect, test } from "vitest";
import { CODE_SIZE, columns, fitLines, LINE_HEIGHT, withoutTabs } from "./fit.ts";

const STAGES = [
  [1024, 768],
  [1280, 720],
  [1920, 1080],
  [3840, 2160],
] as const;

test("a short text is large, a long one has the least size", () => {
  const area = { width: 1180, height: 480 };
  expect(fitLines(["exit"], area, 720).size).toBeCloseTo(720 * CODE_SIZE.most);
  expect(fitLines(["x".repeat(400)], area, 720).size).toBeCloseTo(720 * CODE_SIZE.least);
});

test("a text without room is shown as a window around the marked line, with the number of hidden lines", () => {
  const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
  const { rows, above, below } = fitLines(lines, { width: 1180, height: 480 }, 720, 30);
  expect(rows.some(({ line }) => line === 30)).toBe(true);
  expect(above + below + new Set(rows.map(({ line }) => line)).size).toBe(60);
});

test("a low window shows more lines instead of larger ones", () => {
  const lines = Array.from({ length: 12 }, (_, i) => `BPF_MOV64_IMM(BPF_REG_${i}, 0),`);
  const { rows, size } = fitLines(lines, { width: 1100, height: 170 }, 720, 6);
  expect(size).toBeCloseTo(720 * CODE_SIZE.least);
  expect(rows.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
});

test("tabs stop at every fourth column", () => {
  expect(withoutTabs("\ta\tb")).toBe("    a   b");
});

test("rows are never wider or higher than the area, and no letter is lost or added", () => {
  const line = fc.string({ unit: fc.constantFrom("a", " ", "\t", "語", "(", "_"), maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 80 }),
      fc.constantFrom(...STAGES),
      (lines, [width, height]) => {
        const area = { width: width * 0.9, height: height * 0.6 };
        const { size, rows, above, below } = fitLines(lines, area, height, 0);
        expect(size).toBeGreaterThanOrEqual(height * CODE_SIZE.least);
        for (const { text } of rows) expect(columns(text) * size * 0.6).toBeLessThanOrEqual(area.width);
        expect((rows.length + (above + below > 0 ? 1 : 0)) * size * LINE_HEIGHT).toBeLessThanOrEqual(area.height);
        if (above + below === 0)
          expect(rows.map(({ text }) => text.replaceAll(" ", "")).join("")).toBe(
            lines.map((one) => one.replaceAll(/[ \t]/g, "")).join(""),
          );
      },
    ),
  );
});
