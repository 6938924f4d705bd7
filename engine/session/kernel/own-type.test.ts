// Everything that reads the source knows a definition made by the reader: offsetof in the program, completion and hover in the editor.
import { expect, test } from "vitest";
import { createSession } from "../session.ts";

const session = createSession();
const OFFSET = "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, offsetof(struct adder_ctx, b)),\nBPF_EXIT_INSN(),\n";
const program = (source: string, progType: string) => ({ source, progType, maps: [] });

test("a field is known by its name as soon as its type is defined", async () => {
  expect((await session.check.check(program(OFFSET, "oreore"), 1)).verdict).toBe("error");
  const adder = (await session.tools.presets()).find(({ name }) => name === "adder");
  await session.kernel.define(adder?.definition ?? null);
  const { verdict, slots } = await session.check.check(program(OFFSET, "adder"), 2);
  expect([verdict, slots[0]?.text]).toEqual(["accept", "r0 = *(u32 *)(r1 +4)"]);
});

test("the editor completes the fields of the context", async () => {
  const source = "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, ),\nBPF_EXIT_INSN(),\n";
  await session.check.check(program(source, "adder"), 3);
  const { items } = await session.language.complete(source, source.indexOf(" ),") + 1);
  const fields = items.filter(({ kind }) => kind === "field").map(({ label }) => label);
  expect(fields).toEqual(["offsetof(struct adder_ctx, a)", "offsetof(struct adder_ctx, b)"]);
});

test("the editor says what a field is", async () => {
  const hover = await session.language.hover(OFFSET, OFFSET.indexOf(", b)") + 2);
  expect(JSON.stringify(hover)).toContain("4");
});
