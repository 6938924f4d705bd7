import fc from "fast-check";
import { expect, test } from "vitest";
import { showLog } from "./long-log.ts";

test("a log that fits stays as it is", () => {
  const { text, cut, lineAt } = showLog("a\nb\nc\n", 10, 10);
  expect([text, cut, lineAt(0), lineAt(2), lineAt(3), lineAt(99)]).toEqual(["a\nb\nc\n", 0, 0, 1, 2, -1]);
});

test("the middle of a long one is left out by whole lines", () => {
  const { text, cut } = showLog("aa\nbb\ncc\ndd\nee\nff\n", 4, 4);
  expect([text, cut]).toEqual(["aa\nbb\n… 3 lines left out …\nff\n", 3]);
});

test("every line that is shown is found from its place in the whole log", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ maxLength: 8 }).map((s) => s.replaceAll("\n", "")),
        { maxLength: 40 },
      ),
      fc.nat(60),
      fc.nat(60),
      (lines, head, tail) => {
        const log = lines.map((line, i) => `${i} ${line}\n`).join("");
        const { text, lineAt } = showLog(log, head, tail);
        const shown = text.split("\n");
        let position = 0;
        for (const [i, line] of lines.entries()) {
          const at = lineAt(position);
          if (at >= 0) expect(shown[at]).toBe(`${i} ${line}`);
          else expect(shown).not.toContain(`${i} ${line}`);
          position += `${i} ${line}\n`.length;
        }
      },
    ),
  );
});
