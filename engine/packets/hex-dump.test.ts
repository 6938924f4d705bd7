import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../base/bytes.ts";
import { readDump } from "./hex-dump.ts";

const two = (n: number): string => n.toString(16).padStart(2, "0");
const ascii = (bytes: readonly number[]): string =>
  bytes.map((n) => (n >= 32 && n < 127 ? String.fromCharCode(n) : ".")).join("");
const rowsOf = (bytes: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
const offset = (row: number, digits: number): string => (16 * row).toString(16).padStart(digits, "0");
const words = (row: readonly number[]): string =>
  rowsOf(row, 2)
    .map((pair) => pair.map(two).join(""))
    .join(" ");

/** What these tools print. */
const FORMATS: Readonly<Record<string, (bytes: readonly number[]) => string>> = {
  xxd: (bytes) =>
    rowsOf(bytes, 16)
      .map((row, i) => `${offset(i, 8)}: ${words(row).padEnd(39)}  ${ascii(row)}`)
      .join("\n"),
  "hexdump -C": (bytes) =>
    [
      ...rowsOf(bytes, 16).map((row, i) => {
        const half = (from: number) =>
          row
            .slice(from, from + 8)
            .map(two)
            .join(" ");
        return `${offset(i, 8)}  ${`${half(0)}  ${half(8)}`.padEnd(48)}  |${ascii(row)}|`;
      }),
    ].join("\n"),
  "tcpdump -X": (bytes) =>
    rowsOf(bytes, 16)
      .map((row, i) => `\t0x${offset(i, 4)}:  ${words(row).padEnd(39)}  ${ascii(row)}`)
      .join("\n"),
  "tcpdump -x": (bytes) =>
    [
      "12:00:01.5 IP a > b: ICMP echo",
      ...rowsOf(bytes, 16).map((row, i) => `\t0x${offset(i, 4)}:  ${words(row)}`),
    ].join("\n"),
  wireshark: (bytes) =>
    rowsOf(bytes, 16)
      .map((row, i) => `${offset(i, 4)}   ${row.map(two).join(" ").padEnd(47)}   ${ascii(row)}`)
      .join("\n"),
  "C array": (bytes) => `unsigned char packet[] = { ${bytes.map((n) => `0x${two(n)}`).join(", ")} };`,
  "C string": (bytes) => `"${bytes.map((n) => `\\x${two(n)}`).join("")}"`,
  colons: (bytes) => bytes.map(two).join(":"),
  hex: (bytes) => bytes.map(two).join(""),
};

test.each(Object.keys(FORMATS))("any bytes are read back from a dump of %s", (format) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 80 }), (bytes) => {
      const text = (FORMATS[format] as (typeof FORMATS)[string])(bytes);
      expect(readDump(text), text).toEqual({ hex: toHex(Uint8Array.from(bytes)), fault: "" });
    }),
  );
});

test.each([
  ["", "there are no bytes in this text"],
  ["0x1234, 0x00", "0x1234 is more than one byte"],
  ["00112", "5 hex digits are no whole number of bytes"],
  ["hello", "`h` is no hex digit"],
  ["0000: 0011 2233\n0010: 4455", "the row at offset 0 holds 4 bytes, not 16"],
])("%j is refused with a sentence", (text, fault) => {
  expect(readDump(text)).toEqual({ hex: "", fault });
});
