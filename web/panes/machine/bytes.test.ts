import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldOf, formatBytes, numberOf, parseBytes, parseFields, prefixOf, textOf, withField } from "./bytes.ts";

const bytes = (size: number) =>
  fc
    .uint8Array({ minLength: size, maxLength: size })
    .map((all) => Array.from(all, (b) => b.toString(16).padStart(2, "0")).join(""));

test("a number shown in any base gives the same bytes when it is typed again", () => {
  for (const size of [1, 2, 4, 8])
    for (const base of ["hex", "unsigned", "signed"] as const)
      fc.assert(
        fc.property(bytes(size), (hex) => {
          const shown = numberOf(hex, base);
          // A decimal number of 8 or more digits would be read as bytes if the bytes have as many hex digits.
          fc.pre(shown.length !== 2 * size);
          expect(parseBytes(shown, size)).toBe(hex);
        }),
      );
});

test("bytes with spaces are read as they are shown", () => {
  fc.assert(fc.property(bytes(12), (hex) => void expect(parseBytes(formatBytes(hex, "hex", [], "hex"), 12)).toBe(hex)));
});

test.each([
  ["300", 1],
  ["-129", 1],
  ["zz", 2],
  ["00 11", 3],
  ["1.2.3.4/33", 8],
  ["256.2.3.4/3", 8],
])("%s does not give %i bytes", (text, size) => {
  expect(parseBytes(text, size)).toBeUndefined();
});

test("a prefix is read as it is shown", () => {
  expect(prefixOf("18000000c0000200")).toBe("192.0.2.0/24");
  expect(parseBytes("192.0.2.0/24", 8)).toBe("18000000c0000200");
});

test("fields are aligned as in C, and each can be changed alone", () => {
  const fields = parseFields("u8 kind, __u32 hits; s16 delta");
  expect(fields.map(({ name, at, size }) => [name, at, size])).toEqual([
    ["kind", 0, 1],
    ["hits", 4, 4],
    ["delta", 8, 2],
  ]);
  const hex = "01000000020000000300";
  expect(fields.map((field) => fieldOf(hex, field, "unsigned"))).toEqual(["1", "2", "3"]);
  const changed = withField(hex, fields[2] as never, "-1") ?? "";
  expect(fields.map((field) => fieldOf(changed, field, "unsigned"))).toEqual(["1", "2", "-1"]);
  expect(withField(hex, fields[1] as never, "12345678")).toBe("010000004e61bc000300");
});

test("text ends at its NUL", () => {
  expect(textOf("62617368007a")).toBe("bash");
  expect(textOf("6261")).toBe("ba");
});
