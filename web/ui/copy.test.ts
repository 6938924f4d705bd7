// Copying in a browser that does not allow it.
import { beforeEach, expect, test, vi } from "vitest";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });

const { useProgram } = await import("../stores/program/program.ts");
const { copyOrSay } = await import("./copy.ts");

beforeEach(() => useProgram.setState({ notice: null }));
const notice = () => useProgram.getState().notice;

test.each([
  ["there is no clipboard on plain http", {}],
  ["the browser forbids it", { clipboard: { writeText: () => Promise.reject(new Error("not allowed")) } }],
])("%s: the page says so", async (_, navigator) => {
  vi.stubGlobal("navigator", { language: "en", ...navigator });
  expect(await copyOrSay("42")).toBe(false);
  expect(notice()).toEqual({ kind: "not-copied" });
});

test("what was copied needs no notice", async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal("navigator", { language: "en", clipboard: { writeText } });
  expect(await copyOrSay("42")).toBe(true);
  expect(writeText).toHaveBeenCalledWith("42");
  expect(notice()).toBeNull();
});
