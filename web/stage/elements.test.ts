import { expect, test } from "vitest";
import { keyText, valueText } from "./elements.ts";

test.each([
  ["array", "03000000", "3"],
  ["hash", "0100000000000080", "01 00 00 00 00 00 00 80"],
  ["hash", "c0000201aa", "c0 00 02 01 aa"],
  ["lpm_trie", "080000000a000000", "10.0.0.0/8"],
  ["lpm_trie", "4000000020010db800000000", "20 01 0d b8 00 00 00 00/64"],
])("a key of a map of kind %s: %s", (type, key, text) => {
  expect(keyText(type, key)).toBe(text);
});

test("a value of 4 or 8 bytes is shown as a little-endian number, others as bytes", () => {
  expect(["2a000000", "2a00000000000000", "2a00", "0102030405060708"].map(valueText)).toEqual([
    "42",
    "42",
    "2a 00",
    "01 02 03 04 05 06 07 08",
  ]);
});
