// What the device has kept is there at the start of the next visit.
import { expect, test } from "vitest";

test("lessons solved in an earlier visit are solved", async () => {
  const device = new Map([["oreore.lessons", JSON.stringify({ "01-machine": { solved: true, hints: 2 }, odd: null })]]);
  const storage = {
    getItem: (key: string) => device.get(key) ?? null,
    setItem: (key: string, text: string) => device.set(key, text),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  const { noteProgress, progressOf } = await import("./progress.ts");
  expect(progressOf("01-machine")).toMatchObject({ solved: true, hints: 2, draft: "" });
  expect(progressOf("odd").solved).toBe(false);
  noteProgress("02-program-type", { solved: true });
  expect(JSON.parse(device.get("oreore.lessons") ?? "")).toMatchObject({ "02-program-type": { solved: true } });
});
