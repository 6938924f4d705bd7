// After the first visit the page needs no network: the editor, the engine and every address of the page come from the device.
import { expect, test } from "./page.ts";

test.use({ serviceWorkers: "allow" });

test("the page opens without a network, with the editor and the engine", async ({ playground, page, context }) => {
  test.slow(); // all files of the site are fetched first
  await playground.open();
  await playground.expectVerdict("accept");
  const active = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state);
  await expect.poll(active, { timeout: 60_000 }).toBe("activated"); // all files have been kept by then
  await context.setOffline(true);
  for (const address of ["", "?lang=ja#example/div-by-zero", "?embed=1#example/plus42"]) {
    await page.goto("about:blank");
    await playground.open(address);
    await playground.editorReady();
    await playground.expectVerdict(address.includes("div-by-zero") ? "reject" : "accept");
  }
});

test("a frame inside another page registers nothing", async ({ playground, page }) => {
  await playground.open("?embed=1#example/plus42");
  await page.waitForTimeout(6500); // the page itself would have by now
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
