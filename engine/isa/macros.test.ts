import { expect, test } from "vitest";
import { INSN_MACROS } from "./macros.ts";

test("every parameter is used in a field, and fields name only parameters, constants and casts", () => {
  for (const { name, params, slots } of INSN_MACROS) {
    const words = new Set(
      slots.flatMap(
        (slot) =>
          Object.values(slot)
            .join(" ")
            .match(/\b[A-Za-z_]\w*/g) ?? [],
      ),
    );
    for (const param of params) expect([name, words.has(param.name)]).toEqual([name, true]);
    for (const word of words)
      if (!params.some((param) => param.name === word)) expect(word).toMatch(/^(?:BPF_\w+|__u32|__u64)$/);
  }
});

test("a macro from a header names its file and line", () => {
  for (const { from, source } of INSN_MACROS)
    expect(source).toMatch(
      from === "oreore"
        ? /^$/
        : from === "tools"
          ? /^tools\/include\/linux\/filter\.h:\d+$/
          : /^include\/linux\/filter\.h:\d+$/,
    );
});
