import { expect, test, vi } from "vitest";

// The stores read them when they are made.
vi.stubGlobal("location", { search: "", hash: "" });
vi.stubGlobal("navigator", { language: "en" });
const { LAYOUTS, PANES } = await import("../stores/page/layout.ts");
const { ARRANGEMENTS } = await import("./arrangements.ts");

test.each(LAYOUTS)("layout %s has each pane once, and two at most in a column", (layout) => {
  const { left, right } = ARRANGEMENTS[layout];
  const columns = [Object.keys(left), Object.keys(right)];
  expect(columns.flat().sort()).toEqual([...PANES].sort());
  for (const column of columns) expect(column.length).toBeLessThanOrEqual(2);
});
