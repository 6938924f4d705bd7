// What a made link does to the page's address.
import { beforeEach, expect, test, vi } from "vitest";

const replaceState = vi.fn();
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("history", { replaceState });

const { editSource, openProgram } = await import("../stores/program/program.ts");
const { makeLink } = await import("./share.ts");

const program = (n: number) => ({
  source: `BPF_MOV64_IMM(BPF_REG_0, ${n}),\nBPF_EXIT_INSN(),\n`,
  progType: "oreore",
  maps: [],
  input: "10",
});
const addresses = () => replaceState.mock.calls.map(([, , address]) => address);

beforeEach(() => {
  openProgram(program(1), {});
  replaceState.mockClear();
});

test("a link is put into the address", async () => {
  const link = await makeLink(false);
  expect(link).toMatch(/^\/#v1\./);
  expect(addresses()).toEqual([link.slice(1)]);
});

test.each([
  ["another program is opened", () => openProgram(program(2), {})],
  ["the program is edited", () => editSource(program(3).source)],
])("%s while a link is made: its address stays", async (_, change) => {
  const made = makeLink(false);
  change();
  replaceState.mockClear();
  expect(await made).toMatch(/^\/#v1\./);
  expect(addresses()).toEqual([]);
});

test("of two links that are asked for at once, the last is put into the address", async () => {
  const [, last] = await Promise.all([makeLink(false), makeLink(true)]);
  expect(addresses()).toEqual([last.slice(1)]);
});
