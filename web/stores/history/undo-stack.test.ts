// Undo and redo over texts: undo takes back changes in the same pieces in which they were made.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Past, record, redo, startPast, undo } from "./undo-stack.ts";

/** Letters typed one after the other, `gap` ms apart. */
const typed = (past: Past<string>, text: string, from: number, gap: number): Past<string> =>
  [...text].reduce((sum, letter, i) => record(sum, sum.now + letter, "text", from + i * gap), past);

test("letters typed without a pause are undone together", () => {
  const past = typed(startPast(""), "exit", 1000, 100);
  expect(undo(past)?.now).toBe("");
  expect(redo(undo(past) as Past<string>)?.now).toBe("exit");
});

test("a pause begins another change", () => {
  const past = typed(typed(startPast(""), "mov", 1000, 100), "exit", 5000, 100);
  expect(undo(past)?.now).toBe("mov");
});

test("a change of another kind is another change, however fast it follows", () => {
  const past = record(typed(startPast(""), "mov", 1000, 100), "mov!", "input", 1300);
  expect(undo(past)?.now).toBe("mov");
});

test("long typing without a pause can be undone in parts", () => {
  const past = typed(startPast(""), "x".repeat(200), 1000, 100);
  expect(undo(past)?.now.length).toBeGreaterThan(100);
});

test("parts that change together are undone together", () => {
  const past = record(record(startPast("a"), "b", "type", 1000), "c", "input", 1001);
  expect(undo(past)?.now).toBe("a");
});

test("a change after undo drops what redo would bring back", () => {
  const past = undo(typed(startPast(""), "a", 0, 1)) as Past<string>;
  expect(redo(record(past, "b", "text", 9000))).toBeNull();
});

test("undo to the start and redo to the end go through the same states", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.nat({ max: 3 }), fc.nat({ max: 2000 })), { maxLength: 30 }),
      (changes) => {
        let at = 0;
        let past = startPast("");
        for (const [text, kind, gap] of changes) {
          at += gap;
          past = record(past, text, String(kind), at);
        }
        const states = [past.now];
        for (let earlier = undo(past); earlier; earlier = undo(earlier)) {
          past = earlier;
          states.unshift(past.now);
        }
        expect(past.now).toBe("");
        const again = [past.now];
        for (let later = redo(past); later; later = redo(later)) again.push(later.now);
        expect(again).toEqual(states);
      },
    ),
  );
});
