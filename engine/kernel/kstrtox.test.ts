import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Encode } from "../base/bytes.ts";
import { errnoName } from "../facts/errno.ts";
import { kstrto, NUMBER_TYPES, type NumberType } from "./kstrtox.ts";

const read = (text: string, type: NumberType = "u32"): bigint | string => {
  const parsed = kstrto(type, utf8Encode(text));
  return parsed.ok ? parsed.value : errnoName(parsed.errno);
};

// conformance/recordings has the answers of a booted Linux 6.1 to these texts too, as writes to the file.
test.each([
  ["10", 10n],
  ["10\n", 10n],
  ["10\n\n", "EINVAL"],
  ["", "EINVAL"],
  ["\n", "EINVAL"],
  ["+5", 5n],
  ["++5", "EINVAL"],
  ["+", "EINVAL"],
  ["-1", "EINVAL"],
  ["-0", "EINVAL"],
  [" 7", "EINVAL"],
  ["7 ", "EINVAL"],
  ["0", 0n],
  ["00", 0n],
  ["010", 8n],
  ["08", "EINVAL"],
  ["0x10", 16n],
  ["0X1f", 31n],
  ["0x", "EINVAL"],
  ["0xg", "EINVAL"],
  ["0x10g", "EINVAL"],
  ["1e3", "EINVAL"],
  ["ff", "EINVAL"],
  ["4294967295", 4294967295n],
  ["4294967296", "ERANGE"],
  ["99999999999999999999", "ERANGE"],
  ["99999999999999999999x", "ERANGE"],
  ["4294967296x", "EINVAL"],
  ["7\0 what follows a NUL is not seen", 7n],
  ["１", "EINVAL"],
] as const)("a u32 from %j is %s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ["s32", "-1", -1n],
  ["s32", "-2147483648", -0x8000_0000n],
  ["s32", "-2147483649", "ERANGE"],
  ["s32", "2147483648", "ERANGE"],
  ["s32", "-0x10\n", -16n],
  ["s32", "-+1", "EINVAL"],
  ["u8", "256", "ERANGE"],
  ["s64", "-9223372036854775808", -0x8000_0000_0000_0000n],
  ["s64", "-9223372036854775809", "ERANGE"],
  ["u64", "18446744073709551615", 0xffff_ffff_ffff_ffffn],
  ["u64", "18446744073709551616", "ERANGE"],
  ["u64", "01777777777777777777777", 0xffff_ffff_ffff_ffffn],
] as const)("a %s from %j is %s", (type, text, expected) => {
  expect(read(text, type)).toBe(expected);
});

test("every number of every type is read back from its decimal, hexadecimal and octal text", () => {
  const types = Object.keys(NUMBER_TYPES) as NumberType[];
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.bigInt(-(1n << 64n), 1n << 64n), (type, value) => {
      const [min, max] = NUMBER_TYPES[type];
      const sign = value < 0n ? "-" : "";
      const size = value < 0n ? -value : value;
      for (const text of [size.toString(), `0x${size.toString(16)}`, `0${size.toString(8)}`]) {
        const expected = value < min && min === 0n ? "EINVAL" : value < min || value > max ? "ERANGE" : value;
        expect(read(sign + text, type)).toBe(expected);
      }
    }),
  );
});
