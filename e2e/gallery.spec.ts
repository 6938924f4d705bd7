// The gallery: one click away, filtered by word, verdict and type, on a phone as well.
import { EXAMPLES } from "../engine/index.ts";
import { faultsOf } from "./axe.ts";
import { expect, test } from "./page.ts";

test.use({ editor: "plain" });

for (const lang of ["en", "ja"] as const)
  test(`every program with why it is worth opening: ${lang}`, async ({ playground, page }) => {
    await playground.open(`?lang=${lang}`);
    await page.locator(".header__examples").click();
    const entries = playground.id("gallery").locator("li");
    await expect(entries).toHaveCount(EXAMPLES.length);
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(30);
    for (const { title, about } of EXAMPLES) {
      await expect(playground.id("gallery").getByText(title[lang], { exact: true })).toBeVisible();
      await expect(playground.id("gallery").getByText(about[lang], { exact: true })).toBeVisible();
    }
  });

test("filters: a word, the verdict, the type; a click opens", async ({ playground, page }) => {
  await playground.open("?lang=en");
  await page.locator(".header__examples").click();
  const entries = playground.id("gallery").locator("li");
  await page.getByText("Refused", { exact: true }).last().click();
  await expect(entries).toHaveCount(EXAMPLES.filter(({ expect: verdict }) => verdict === "reject").length);
  await page.getByRole("combobox", { name: "Program type" }).last().selectOption("xdp");
  await expect(entries).toHaveCount(1);
  await page.getByRole("combobox", { name: "Program type" }).last().selectOption("");
  await page.getByRole("searchbox").fill("null check");
  await expect(entries).toHaveCount(1);
  await page.getByRole("searchbox").fill("nothing like this");
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await page.getByRole("searchbox").fill("stack R10-520");
  await entries.getByRole("button").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await playground.expectVerdict("reject");
  await expect(page.locator(".header__program")).toContainText("Beyond the stack");
});

test("it opens with less than a second of work", async ({ playground, page, context }) => {
  await playground.open("?lang=en");
  await playground.editorReady();
  await playground.settled();
  // The processor's time of the page's thread: what else the machine does is not counted.
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = await worked();
  await page.locator(".header__examples").click();
  await expect(playground.id("gallery").locator("li").first()).toBeVisible();
  expect(((await worked()) - before) * 1000).toBeLessThan(1000);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("opens, filters and fits the width", async ({ playground, page }) => {
    await page.goto("./?lang=ja");
    await page.locator(".header__examples").click();
    await expect(playground.id("gallery").locator("li")).toHaveCount(EXAMPLES.length);
    const wide = await page.evaluate(() => {
      const sheet = document.querySelector("dialog") as HTMLElement;
      return sheet.scrollWidth > sheet.clientWidth;
    });
    expect(wide).toBe(false);
    await page.getByRole("searchbox").fill("XDP");
    await playground.id("gallery").locator("li").first().getByRole("button").click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});

test("axe finds nothing in the gallery", async ({ playground, page }) => {
  await playground.open("?lang=ja");
  await page.locator(".header__examples").click();
  await expect(playground.id("gallery").locator("li").first()).toBeVisible();
  expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
});
