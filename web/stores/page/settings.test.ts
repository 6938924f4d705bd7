// What the page keeps of its settings from one visit to the next.
import { beforeEach, expect, test, vi } from "vitest";
import type { Settings } from "./settings.ts";

const KEY = "oreore.settings";

/** The device: what is kept, by key. */
let items: Map<string, string>;

beforeEach(() => {
  items = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
  });
  vi.stubGlobal("location", { search: "" });
  vi.stubGlobal("navigator", { language: "en" });
  return () => vi.unstubAllGlobals();
});

/** The store of a page that was just loaded. */
async function loaded() {
  vi.resetModules();
  return (await import("./settings.ts")).useSettings;
}

test("every setting that is kept is there after a reload", async () => {
  const chosen: Partial<Settings> = { language: "ja", theme: "dark", base: "signed", motion: false, why: false };
  const before = await loaded();
  expect(before.getState()).not.toMatchObject(chosen);
  before.setState(chosen);
  expect(Object.keys(JSON.parse(items.get(KEY) ?? "{}")).sort()).toEqual(Object.keys(chosen).sort());
  expect((await loaded()).getState()).toMatchObject(chosen);
});

test("what is kept and is no setting is left out", async () => {
  items.set(KEY, JSON.stringify({ language: "fr", theme: 1, base: "octal", motion: "no", why: 0 }));
  expect((await loaded()).getState()).toMatchObject({
    language: "en",
    theme: "system",
    base: "hex",
    motion: true,
    why: true,
  });
});
