import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "../../verifier/log/kinds.ts";
import { LogText } from "./log-text.ts";

const logs = fc
  .array(
    fc.string({ maxLength: 8 }).map((s) => s.replaceAll("\n", "")),
    { maxLength: 40 },
  )
  .map((lines) => lines.map((line, i) => `${i} ${line}`));

/** A log of instructions. The number at the start of a line is the slot that the line is about. */
function logOf(text: string): LogText {
  const count = text.split("\n").length;
  const kinds = new Uint8Array(count).fill(codeOf.insn);
  return new LogText(text, { kinds, slots: Int32Array.from(kinds.keys()), stateColumns: new Uint16Array(count) });
}

test("a log that fits stays as it is", () => {
  const log = logOf("a\nb\nc\n");
  expect(log.shown(10, 10)).toMatchObject({ text: "a\nb\nc\n", cut: 0, head: 3 });
  expect([log.lineAt(0), log.lineAt(2), log.lineAt(3), log.lineAt(99)]).toEqual([0, 1, 2, -1]);
});

test("a path begins at its own line, not at the empty one before it", () => {
  const log = logOf("7: (95) exit\n\nfrom 3 to 7: safe\n");
  expect([log.lineAt(13), log.line(log.lineAt(13))]).toEqual([2, "from 3 to 7: safe"]);
});

test("a long log loses whole lines in its middle", () => {
  const { text, cut, head } = logOf("aa\nbb\ncc\ndd\nee\nff\n").shown(4, 4);
  expect([text, cut, head]).toEqual(["aa\nbb\n… 3 lines left out …\nff\n", 3, 2]);
});

test("every line is found from its position, in the shown part and in what is asked for", () => {
  fc.assert(
    fc.property(logs, fc.nat(60), fc.nat(60), (lines, first, last) => {
      const log = logOf(lines.map((line) => `${line}\n`).join(""));
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

test("a search finds the lines that contain the text, in upper or lower case", () => {
  fc.assert(
    fc.property(logs, fc.string({ minLength: 1, maxLength: 2 }), (lines, query) => {
      fc.pre(!query.includes("\n"));
      const wanted = lines.flatMap((line, i) => (line.toLowerCase().includes(query.toLowerCase()) ? [i] : []));
      expect([...logOf(lines.map((line) => `${line}\n`).join("")).search(query)]).toEqual(wanted);
    }),
  );
});

test("each line keeps its kind on both sides of the gap", () => {
  fc.assert(
    fc.property(logs, fc.nat(60), fc.nat(60), (lines, first, last) => {
      const kinds = Uint8Array.from([...lines.map(() => codeOf.insn), codeOf.blank]);
      const slots = Int32Array.from([...lines.keys(), -1]);
      const stateColumns = Uint16Array.from(slots, (slot) => slot + 1);
      const log = new LogText(lines.map((line) => `${line}\n`).join(""), { kinds, slots, stateColumns });
      const shown = log.shown(first, last);
      const about = shown.text.split("\n").map((line) => (/^\d/.test(line) ? Number.parseInt(line, 10) : -1));
      expect([...shown.lines.slots]).toEqual(about);
      expect([...shown.lines.stateColumns]).toEqual(about.map((slot) => slot + 1));
      if (shown.cut > 0) expect(shown.lines.kinds[shown.head]).toBe(codeOf.gap);
      expect([...log.lineFacts(first, last).slots]).toEqual([...lines.keys()].slice(first, first + last));
    }),
  );
});

test("a path begins at the lines that say where it comes from", () => {
  const kinds = Uint8Array.of(codeOf.state, codeOf.blank, codeOf.branch, codeOf.insn, codeOf["branch-safe"]);
  const log = new LogText("a\n\nb\nc\nd", { kinds, slots: new Int32Array(5), stateColumns: new Uint16Array(5) });
  expect([...log.sections()]).toEqual([2, 4]);
});
