// What a reader may type to find a program: words of its title, topic, instructions, helpers and type, in both languages.
import { expect, test } from "vitest";
import { createSession, EXAMPLES, TOPICS } from "../../engine/index.ts";
import { fits } from "./search.ts";

const pictures = await createSession().tools.pictures(EXAMPLES.map(({ program }) => program));
const found = (query: string): string[] =>
  EXAMPLES.filter((one, i) => fits(one, pictures[i], query)).map(({ name }) => name);

test.each([
  ["a title", "even or odd", ["even-odd"]],
  ["a title in Japanese", "偶数か", ["even-odd"]],
  ["a topic", "packets", ["drop-ping", "tcp-only", "packet-without-check"]],
  ["a topic in Japanese, and a verdict's reason", "パケット 調べずに", ["packet-without-check"]],
  ["a macro", "BPF_ATOMIC_OP", ["map-counter", "remember"]],
  ["the kernel's words", "lock *(u64 *)", ["map-counter", "remember"]],
  ["what an instruction does", "byte order", ["byte-order"]],
  ["a helper", "bpf_map_update_elem", ["remember"]],
  ["a program type", "BPF_PROG_TYPE_XDP", ["drop-ping", "packet-without-check"]],
  ["a map type", "hash", ["remember", "no-null-check"]],
  ["nothing", "no such program", []],
] as const)("%s", (_, query, names) => {
  expect(found(query)).toEqual(expect.arrayContaining([...names]));
  if (names.length === 0) expect(found(query)).toEqual([]);
  // A query finds only some of the programs.
  expect(found(query).length).toBeLessThan(8);
});

test("a picture has one row per instruction, its jumps, and the refused row", async () => {
  for (const [i, { expect: verdict, program }] of EXAMPLES.entries()) {
    const { rows, jumps, refused } = pictures[i]!;
    const check = await createSession().check.check(program, 1);
    expect(rows.length).toBe(check.slots.length);
    for (const { from, to } of jumps) expect([rows[from], rows[to]]).not.toContain(undefined);
    expect(refused >= 0).toBe(verdict === "reject");
  }
  const [loop] = EXAMPLES.flatMap(({ name }, i) => (name === "loop" ? [pictures[i]!] : []));
  expect(loop?.rows.map(({ kind }) => kind)).toEqual([
    "load",
    "compute",
    "compute",
    "jump",
    "compute",
    "compute",
    "jump",
    "exit",
  ]);
  expect(loop?.jumps).toEqual([
    { from: 3, to: 7, kind: "if" },
    { from: 6, to: 3, kind: "always" },
  ]);
  expect(new Set(EXAMPLES.map(({ topic }) => topic))).toEqual(new Set(TOPICS));
});
