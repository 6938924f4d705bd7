// How the page opens: what the device kept and what a link brought.
import { beforeEach, expect, test, vi } from "vitest";

const KEY = "oreore.layout";

/** The store as a page makes it that begins with this in its storage. */
async function opened(kept: object | null, { hash = "", type = "navigate" } = {}) {
  vi.resetModules();
  const items = new Map(kept ? [[KEY, JSON.stringify(kept)]] : []);
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  });
  vi.stubGlobal("location", { search: "", hash });
  vi.stubGlobal("performance", { getEntriesByType: () => [{ type }] });
  vi.stubGlobal("navigator", { language: "en" });
  return import("./layout.ts");
}

beforeEach(() => vi.unstubAllGlobals());

test("the panel that extends the kernel opens with all the room after a reload", async () => {
  const { useLayout } = await opened({ layout: "write", views: { kernel: "code" } });
  expect(useLayout.getState()).toMatchObject({ maximised: "kernel", views: { kernel: "code" } });
});

test("an address that names a program shows the program, and a reload of it the panel again", async () => {
  const kept = { views: { kernel: "steps", verifier: "beliefs" } };
  const { useLayout } = await opened(kept, { hash: "#example/loop" });
  expect(useLayout.getState()).toMatchObject({ maximised: null, views: { kernel: "", verifier: "beliefs" } });
  const again = await opened(kept, { hash: "#example/loop", type: "reload" });
  expect(again.useLayout.getState().maximised).toBe("kernel");
});

test("closed, it leaves the room to the four panes; a view that there is not is none", async () => {
  for (const kernel of ["", "run", "no-such-view"]) {
    const { useLayout } = await opened({ views: { kernel } });
    expect(useLayout.getState().maximised).toBeNull();
  }
});

test("a link that shows it gives it the room, beside a lesson the panes stay", async () => {
  const { useLayout, restoreLayout } = await opened(null);
  restoreLayout("step", { kernel: "parts" });
  expect(useLayout.getState()).toMatchObject({ layout: "step", maximised: "kernel", views: { kernel: "parts" } });
  restoreLayout(undefined, { kernel: "steps" }, true);
  expect(useLayout.getState()).toMatchObject({ layout: "step", maximised: null, views: { kernel: "steps" } });
  restoreLayout(undefined, { kernel: "run" });
  expect(useLayout.getState().maximised).toBeNull();
});
