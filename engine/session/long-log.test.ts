import fc from "fast-check";
import { expect, test } from "vitest";
import { LogText } from "./long-log.ts";

const logs = fc
  .array(
    fc.string({ maxLength: 8 }).map((s) => s.replaceAll("\n", "")),
    { maxLength: 40 },
  )
  .map((lines) => lines.map((line, i) => `${i} ${line}`));

test("a log that fits stays as it is", () => {
  const log = new LogText("a\nb\nc\n");
  expect(log.shown(10, 10)).toEqual({ text: "a\nb\nc\n", cut: 0, head: 3 });
  expect([log.lineAt(0), log.lineAt(2), log.lineAt(3), log.lineAt(99)]).toEqual([0, 1, 2, -1]);
});

test("the middle of a long one is left out by whole lines", () => {
  const { text, cut, head } = new LogText("aa\nbb\ncc\ndd\nee\nff\n").shown(4, 4);
  expect([text, cut, head]).toEqual(["aa\nbb\n… 3 lines left out …\nff\n", 3, 2]);
});

test("every line is found from its place, in whatever is shown and in what is asked for", () => {
  fc.assert(
    fc.property(logs, fc.nat(60), fc.nat(60), (lines, first, last) => {
      const log = new LogText(lines.map((line) => `${line}\n`).join(""));
      expect(log.count).toBe(lines.length);
      expect(log.lines(0, 1000)).toEqual(lines);
      const { text, cut, head } = log.shown(first, last);
      const shown = text.split("\n");
      let position = 0;
      lines.forEach((line, i) => {
        expect(log.lineAt(position)).toBe(i);
        if (i < head) expect(shown[i]).toBe(line);
        else if (i >= head + cut) expect(shown[i - cut + 1]).toBe(line);
        position += line.length + 1;
      });
    }),
  );
});

test("a search finds the lines that hold the text, in either case", () => {
  fc.assert(
    fc.property(logs, fc.string({ minLength: 1, maxLength: 2 }), (lines, query) => {
      fc.pre(!query.includes("\n"));
      const wanted = lines.flatMap((line, i) => (line.toLowerCase().includes(query.toLowerCase()) ? [i] : []));
      expect([...new LogText(lines.map((line) => `${line}\n`).join("")).search(query)]).toEqual(wanted);
    }),
  );
});

test("a path begins where the log says from where it comes", () => {
  const log = new LogText("0: R1=ctx()\n0: (95) exit\n\nfrom 1 to 5: R0=1\n5: (95) exit\n\nfrom 2 to 7: safe\n");
  expect([...log.sections()]).toEqual([3, 6]);
});
