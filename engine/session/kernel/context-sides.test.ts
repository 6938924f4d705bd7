// A context as the program and as the kernel see it, and what an access becomes. Definitions answer from their data, the kernel's own types
// from recordings.
import { expect, test } from "vitest";
import { createSession } from "../session.ts";

const session = createSession();

test("each access of a definition is shown with the instructions that replace it", async () => {
  const preset = (await session.tools.presets()).find(({ name }) => name === "converted");
  const view = await session.tools.context("", preset?.definition);
  expect([view?.prog, view?.kern]).toEqual(["struct converted_ctx", "struct converted_kern"]);
  expect(view?.fields[0]).toEqual({
    name: "len",
    off: 0,
    size: 4,
    kernel: { name: "length", off: 8, size: 2 },
    accesses: [
      { from: "r0 = *(u32 *)(r1 +0)", to: ["r0 = *(u16 *)(r1 +8)"] },
      { from: "r0 = *(u8 *)(r1 +1)", to: ["r0 = *(u16 *)(r1 +8)", "w0 >>= 8", "w0 &= 255"] },
    ],
  });
});

test("if both sides are the same, accesses stay as they are", async () => {
  const view = await session.tools.context("oreore");
  expect(view?.fields.map(({ accesses }) => accesses)).toEqual([
    [{ from: "r0 = *(u32 *)(r1 +0)", to: ["r0 = *(u32 *)(r1 +0)"] }],
  ]);
});

test("xdp_md is shown with the instructions that a running kernel made", async () => {
  const view = await session.tools.context("xdp");
  expect(view?.kern).toBe("struct xdp_buff");
  const ifindex = view?.fields.find(({ name }) => name === "ingress_ifindex");
  expect(ifindex?.kernel).toBeNull();
  expect(ifindex?.accesses[0]?.to.length).toBe(3);
});

test("a faulty definition has no context and no code", async () => {
  const preset = (await session.tools.presets())[0]?.definition;
  if (!preset) throw new Error("no preset");
  const faulty = { ...preset, name: "Capital" };
  expect(await session.tools.context("", faulty)).toBeNull();
  expect(await session.tools.kernelCode({ source: "", progType: "oreore", maps: [] }, faulty)).toBeNull();
});
