import { expect, test } from "vitest";
import { fromHex } from "../../base/bytes.ts";
import { decodeInsns } from "../../isa/insn.ts";
import { REFUSALS, type RefusalId, refusalOf } from "../refusals.ts";
import { verify } from "../verify.ts";
import { causeOf } from "./cause.ts";
import { explain } from "./explain.ts";
import type { Rule } from "./rule.ts";
import { RULE_OF, RULES } from "./rules.ts";

const walked = (hex: string) => {
  const insns = decodeInsns(fromHex(hex.replaceAll(/\s/g, "")) as Uint8Array);
  const program = {
    insns,
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    maps: [],
    mapRefs: new Map(),
    license: "GPL",
  };
  return verify(program, { logLevel: 2, trace: { maxVisits: 100 } });
};

const explained = (hex: string) => {
  const { insns, refusal, trace } = walked(hex);
  return refusal && explain(refusal, trace, insns);
};

const story = (hex: string) => explained(hex)?.steps.map(({ slot, en }) => `${slot} ${en}`);

test("a register that was never set", () => {
  expect(explained("bf20000000000000 9500000000000000")).toMatchObject({ id: "unset-register", reg: 2 });
  expect(story("bf20000000000000 9500000000000000")).toEqual([
    "0 No instruction on this path sets R2.",
    "0 R2 holds nothing here.",
  ]);
});

test("a number that is used as a pointer is followed to where it was made", () => {
  // 0: r2 = 1; 1: r0 = 0; 2: r2 += 4; 3: r0 = *(u64 *)(r2 +0)
  const program = "b702000001000000 b700000000000000 0702000004000000 7920000000000000 9500000000000000";
  const found = explained(program);
  expect(found).toMatchObject({ id: "not-a-pointer", reg: 2 });
  expect(found?.en.why).toContain("R2");
  expect(story(program)).toEqual([
    "0 R2 becomes the number 1.",
    "2 R2 was the number 1 and becomes the number 5.",
    "3 Here R2 is the number 5.",
  ]);
});

test("a value is followed through copies and the stack", () => {
  // 0: r3 = 7; 1: *(u64 *)(r10 -8) = r3; 2: r3 = 0; 3: r4 = *(u64 *)(r10 -8); 4: r5 = r4; 5: r0 = *(u8 *)(r5 +0)
  const program =
    "b703000007000000 7b3af8ff00000000 b703000000000000 79a4f8ff00000000 bf45000000000000 7150000000000000 9500000000000000";
  expect(story(program)).toEqual([
    "0 R3 becomes the number 7.",
    "1 fp-8 is written: the number 7.",
    "3 R4 is read back from fp-8: the number 7.",
    "4 R5 is copied from R4: the number 7.",
    "5 Here R5 is the number 7.",
  ]);
});

test("stack bytes that were never written", () => {
  // 0: r0 = r2, which is refused. The bytes asked for are at fp-16.
  const { insns, trace } = walked("bf20000000000000 9500000000000000");
  expect(trace && causeOf(trace, insns, { stackOff: -16 })?.steps.map(({ en }) => en)).toEqual([
    "No instruction on this path writes fp-16.",
    "fp-16 holds nothing here.",
  ]);
});

test("a value is followed into a function and over a branch", () => {
  // 0: r1 = *(u32 *)(r1 +0); 1: r0 = 0; 2: if r1 > 9 goto 5; 3: call 6; 4: exit; 5: exit; 6: r0 = *(u8 *)(r1 +0); 7: exit
  const program =
    "6111000000000000 b700000000000000 2501020009000000 8510000002000000 9500000000000000 9500000000000000 7110000000000000 9500000000000000";
  expect(story(program)).toEqual([
    "0 R1 is loaded from the context: a number from 0 to 4294967295.",
    "2 On this side of the branch R1, a number from 0 to 4294967295 before, is a number from 0 to 9.",
    "3 R1 is handed to the function: a number from 0 to 9.",
    "6 Here R1 is a number from 0 to 9.",
  ]);
});

test("for the rounds of a loop the first and the last steps are told", () => {
  // 0: r3 = 0; 1: r3 += 1; 2: if r3 < 20 goto 1; 3: r0 = *(u8 *)(r3 +0); 4: exit
  const steps = story("b703000000000000 0703000001000000 a503feff14000000 7130000000000000 9500000000000000");
  expect(steps).toEqual([
    "0 R3 becomes the number 0.",
    "1 R3 was the number 0 and becomes the number 1.",
    "-1 16 more steps like these.",
    "1 R3 was the number 17 and becomes the number 18.",
    "1 R3 was the number 18 and becomes the number 19.",
    "1 R3 was the number 19 and becomes the number 20.",
    "2 Here `r3 < 20` does not hold, and the path goes on.",
    "3 Here R3 is the number 20.",
  ]);
});

test("a program that is too complex names the instructions that were walked most", () => {
  // 0: r0 = 0; 1: r0 += 1; 2: if r0 < 30 goto 1; 3: exit. A hundred visits.
  const { insns, trace } = walked("b700000000000000 0700000001000000 a500feff1e000000 9500000000000000");
  const found = explain(refusalOf("too-complex", { count: 1_000_001 }), trace, insns);
  expect(found.steps).toMatchObject([
    { slot: 0 },
    { slot: 1, en: "Walked 30 times in the first 62 instructions." },
    { slot: 2, en: "Walked 30 times in the first 62 instructions." },
  ]);
  expect(found.root).toBe(2);
  expect(found.reason.en).toContain("something else was believed of R0 (30 values)");
});

test("a loop that changes nothing names the place to which it comes back", () => {
  // 0: r0 = 0; 1: goto 1
  const found = explained("b700000000000000 0500ffff00000000");
  expect(found).toMatchObject({ id: "infinite-loop" });
});

test("a reference that is not released names the place where it was taken", () => {
  const leak = refusalOf("reference-leak", { ref: 2, taken: 1, what: "BPF_EXIT instruction in main prog", count: 1 });
  // 0: r6 = 0; 1: r7 = 0; 2: r0 = r2, which is refused
  const { insns, trace } = walked("b706000000000000 b707000000000000 bf20000000000000 9500000000000000");
  expect(explain(leak, trace, insns).steps.map(({ slot, en }) => `${slot} ${en}`)).toEqual([
    "1 Here the reference was taken.",
    "2 Here the path ends and still holds it.",
  ]);
});

test("the explanation of a context access names no other program type", () => {
  // 0: r0 = *(u32 *)(r1 +2)
  const found = explained("6110020000000000 9500000000000000");
  expect(found).toMatchObject({ id: "context-size", reg: 1 });
  expect(found?.en.why).toBe("An access of 4 bytes at offset 2 is not among them.");
});

test("every rule explains some refusal", () => {
  const used = new Set(Object.values(RULE_OF));
  expect(Object.keys(RULES).filter((name) => !used.has(name as keyof typeof RULES))).toEqual([]);
});

test("both languages of a rule use the same arguments, and each of its refusals has them", () => {
  const braces = ({ rule, why, help }: Rule["en"]) =>
    new Set([...`${rule} ${why} ${help}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string));
  for (const [id, name] of Object.entries(RULE_OF)) {
    const { en, ja } = RULES[name];
    expect(braces(ja), name).toEqual(braces(en));
    for (const arg of braces(en)) expect(Object.keys(REFUSALS[id as RefusalId]), id).toContain(arg);
  }
});
