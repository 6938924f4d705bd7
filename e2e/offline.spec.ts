// After the first visit the page needs no network: the editor, the engine and every address of the page come from the device.
import { expect, test } from "./page.ts";

/** Milliseconds after which the page begins to keep its files (web/main.tsx). The tests move the browser's clock and do not wait. */
const PATIENCE = 6000;

test.use({ serviceWorkers: "allow" });

test("the page opens without a network, with the editor and the engine", async ({ playground, page, context }) => {
  test.slow(); // first all files of the site are fetched
  await page.clock.install();
  await playground.open();
  await playground.expectVerdict("accept");
  await page.clock.fastForward(PATIENCE);
  const active = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state);
  await expect.poll(active, { timeout: 60_000 }).toBe("activated"); // then all files are on the device
  await context.setOffline(true);
  for (const address of ["", "?lang=ja#example/div-by-zero", "?embed=1#example/plus42"]) {
    await page.goto("about:blank");
    await playground.open(address);
    await playground.editorReady();
    await playground.expectVerdict(address.includes("div-by-zero") ? "reject" : "accept");
  }
  // The stage too, which starts an engine of its own.
  await page.goto("about:blank");
  await page.goto("./?lang=ja&present=1#lesson/5");
  const scene = page.getByTestId("scene");
  await expect(scene).toHaveAttribute("data-press", "0");
  await page.keyboard.press("End");
  await expect(scene).toHaveAttribute("data-press", (await scene.getAttribute("data-presses")) ?? "");
  await expect(scene).toContainText("意外と簡単");
});

test("a frame inside another page registers nothing", async ({ playground, page }) => {
  await page.clock.install();
  await playground.open("?embed=1#example/plus42");
  await page.clock.fastForward(PATIENCE);
  await playground.settled();
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
