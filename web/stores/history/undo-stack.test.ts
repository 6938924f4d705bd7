// Undo and redo over texts: undo takes back changes in the same pieces in which they were made.
import fc from "fast-check";
import { expect, test } from "vitest";
import { newUndoStack, recordState, redo, type UndoStack, undo } from "./undo-stack.ts";

/** Letters typed one after the other, `gap` ms apart. */
const typed = (past: UndoStack<string>, text: string, from: number, gap: number): UndoStack<string> =>
  [...text].reduce((sum, letter, i) => recordState(sum, sum.now + letter, "text", from + i * gap), past);

test("letters typed without a pause are undone together", () => {
  const past = typed(newUndoStack(""), "exit", 1000, 100);
  expect(undo(past)?.now).toBe("");
  expect(redo(undo(past) as UndoStack<string>)?.now).toBe("exit");
});

test("a pause begins another change", () => {
  const past = typed(typed(newUndoStack(""), "mov", 1000, 100), "exit", 5000, 100);
  expect(undo(past)?.now).toBe("mov");
});

test("a change of another kind is another change, however fast it follows", () => {
  const past = recordState(typed(newUndoStack(""), "mov", 1000, 100), "mov!", "input", 1300);
  expect(undo(past)?.now).toBe("mov");
});

test("long typing without a pause can be undone in parts", () => {
  const past = typed(newUndoStack(""), "x".repeat(200), 1000, 100);
  expect(undo(past)?.now.length).toBeGreaterThan(100);
});

test("parts that change together are undone together", () => {
  const past = recordState(recordState(newUndoStack("a"), "b", "type", 1000), "c", "input", 1001);
  expect(undo(past)?.now).toBe("a");
});

test("a change after undo drops what redo would bring back", () => {
  const past = undo(typed(newUndoStack(""), "a", 0, 1)) as UndoStack<string>;
  expect(redo(recordState(past, "b", "text", 9000))).toBeNull();
});

test("undo to the start and redo to the end go through the same states", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.nat({ max: 3 }), fc.nat({ max: 2000 })), { maxLength: 30 }),
      (changes) => {
        let at = 0;
        let past = newUndoStack("");
        for (const [text, kind, gap] of changes) {
          at += gap;
          past = recordState(past, text, String(kind), at);
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
