// What a keyboard sends, and its name in the list of commands.
import { expect, test } from "vitest";
import { keyCaps, keyName } from "./combination.ts";

const NONE = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test.each([
  ["F10", { key: "F10" }],
  ["A-F10", { key: "F10", altKey: true }],
  ["S-F10", { key: "F10", shiftKey: true }],
  ["C-Enter", { key: "Enter", ctrlKey: true }],
  ["C-Enter", { key: "Enter", metaKey: true }],
  ["C-s", { key: "s", ctrlKey: true }],
  ["C-s", { key: "S", ctrlKey: true }], // with Caps Lock
  ["C-S-z", { key: "Z", ctrlKey: true, shiftKey: true }],
  ["?", { key: "?", shiftKey: true }],
  ["A-p", { key: "π", code: "KeyP", altKey: true }], // Option on a Mac
  ["A-1", { key: "1", code: "Digit1", altKey: true }],
  ["A-1", { key: "¡", code: "Digit1", altKey: true }],
])("%s", (name, pressed) => {
  expect(keyName({ ...NONE, ...pressed })).toBe(name);
});

test.each([
  ["C-Enter", ["Ctrl", "Enter"], ["⌘", "Enter"]],
  ["C-S-z", ["Ctrl", "Shift", "Z"], ["⌘", "⇧", "Z"]],
  ["A-1", ["Alt", "1"], ["⌥", "1"]],
  ["?", ["?"], ["?"]],
  ["-", ["-"], ["-"]],
  ["C--", ["Ctrl", "-"], ["⌘", "-"]],
  [" ", ["Space"], ["Space"]],
  ["ArrowLeft", ["←"], ["←"]],
  ["A-PageDown", ["Alt", "PgDn"], ["⌥", "PgDn"]],
])("the caps of %s", (name, elsewhere, onMac) => {
  expect(keyCaps(name, false)).toEqual(elsewhere);
  expect(keyCaps(name, true)).toEqual(onMac);
});
