// After the first visit the page needs no network: the editor, the engine and every address of the page come from the device.
import { expect, test } from "./page.ts";
import { giveTalk } from "./talk.ts";

/** Milliseconds after which the page has begun to keep its files (web/main.tsx). The tests move the browser's clock and do not wait. */
const PATIENCE = 6000;

test.use({ serviceWorkers: "allow" });

test("the page opens without a network, with the editor and the engine, and the whole talk is given", async ({
  playground,
  page,
  context,
}) => {
  test.setTimeout(360_000); // first all files of the site are fetched, and the talk has 150 presses
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
  // The stage too, which starts an engine of its own: the whole talk.
  await page.goto("about:blank");
  // The real Linux was never fetched here: the stage says so, and the simulation answers.
  await giveTalk(page, "missing");
});

test("a frame inside another page registers nothing", async ({ playground, page }) => {
  await page.clock.install();
  await playground.open("?embed=1#example/plus42");
  await page.clock.fastForward(PATIENCE);
  await playground.settled();
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
