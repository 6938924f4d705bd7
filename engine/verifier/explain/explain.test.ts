import { expect, test } from "vitest";
import { fromHex } from "../../base/bytes.ts";
import { decodeInsns } from "../../isa/insn.ts";
import { verify } from "../verify.ts";
import { explain } from "./explain.ts";
import { RULES } from "./rules.ts";

const explained = (hex: string) => {
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
  const { log, trace } = verify(program, { logLevel: 2, trace: { maxVisits: 100 } });
  const lines = log.split("\n").filter((line) => line !== "" && !line.startsWith("processed "));
  return explain(lines[lines.length - 1] as string, trace);
};

test("a register that was never set", () => {
  expect(explained("bf20000000000000 9500000000000000")).toMatchObject({ id: "unset-register", reg: 2, origin: [] });
});

test("a number used as a pointer is traced to where it was made", () => {
  // 0: r2 = 1; 1: r0 = 0; 2: r2 += 4; 3: r0 = *(u64 *)(r2 +0)
  const found = explained("b702000001000000 b700000000000000 0702000004000000 7920000000000000 9500000000000000");
  expect(found).toMatchObject({ id: "not-a-pointer", reg: 2, origin: [2, 0] });
  expect(found?.en.why).toContain("R2");
});

test("a message that no rule knows has no explanation", () => {
  expect(explain("the moon is in the wrong place", undefined)).toBeUndefined();
});

test("both languages of a rule use the same words of the message, and only such as it has", () => {
  const braces = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  for (const { id, match, en, ja } of RULES) {
    const known = [...match.source.matchAll(/\(\?<(\w+)>/g)].map((group) => group[1]);
    for (const text of [...Object.values(en), ...Object.values(ja)]) {
      for (const name of braces(text)) expect(known, `${id}: ${name}`).toContain(name);
    }
    expect(new Set(braces(Object.values(ja).join(" "))), id).toEqual(new Set(braces(Object.values(en).join(" "))));
  }
});
