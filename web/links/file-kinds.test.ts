// Files that can be dropped on the page, and what they are recognised as.
import { expect, test } from "vitest";
import { kindOf, slug } from "./file-kinds.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["a source", "a.c", utf8("BPF_EXIT_INSN(),\r\n"), { kind: "text", text: "BPF_EXIT_INSN(),\n" }],
  ["a source in Japanese", "a.txt", utf8("// 俺\n"), { kind: "text", text: "// 俺\n" }],
  ["a saved state", "a.json", utf8('{"source":""}'), { kind: "state", text: '{"source":""}' }],
  ["a saved state by another name", "a.txt", utf8('{ "source": "" }'), { kind: "state", text: '{ "source": "" }' }],
  [
    "raw instructions",
    "a.bin",
    Uint8Array.of(0x95, 0, 0, 0, 0, 0, 0, 0),
    { kind: "text", text: "95 00 00 00 00 00 00 00" },
  ],
  ["an object file", "a.o", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), { kind: "object" }],
  ["types of a kernel", "vmlinux", Uint8Array.of(0x9f, 0xeb, 1, 0, 24, 0, 0, 0), { kind: "types" }],
  ["a picture", "a.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0), { kind: "fault", fault: "binary" }],
  ["nothing", "a.c", new Uint8Array(0), { kind: "fault", fault: "empty" }],
  ["blanks", "a.c", utf8(" \n"), { kind: "fault", fault: "empty" }],
])("%s", (_, name, bytes, kind) => {
  expect(kindOf(name, bytes.length, bytes)).toEqual(kind);
});

test("a file larger than a megabyte is not read", () => {
  expect(kindOf("a.c", 1_000_001, utf8("x"))).toEqual({ kind: "fault", fault: "too-large" });
});

test.each([
  ["Input plus 42", "input-plus-42"],
  ["俺", "program"],
  ["", "program"],
])("%s is saved as %s", (title, name) => {
  expect(slug(title)).toBe(name);
});
