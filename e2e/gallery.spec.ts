// The gallery: it opens by one click, shows programs by topic with pictures, and filters by word, verdict and type. Also on a phone.
import { EXAMPLES, TOPICS } from "../engine/index.ts";
import { faultsOf } from "./axe.ts";
import { expect, type Playground, test } from "./page.ts";

test.use({ editor: "plain" });

/** Checks that the gallery has every program, each with its title, its description, its type and a picture of its code. */
async function complete(playground: Playground, lang: "en" | "ja"): Promise<void> {
  const gallery = playground.id("gallery");
  await expect(gallery.locator("li svg.picture")).toHaveCount(EXAMPLES.length);
  await expect(gallery.getByRole("heading", { level: 3 })).toHaveCount(TOPICS.length);
  expect(EXAMPLES.length).toBeGreaterThanOrEqual(30);
  const shown = await gallery.locator("li").allTextContents();
  expect(shown.toSorted()).toEqual(
    EXAMPLES.map(({ title, about, program }) => `${title[lang]}${about[lang]}${program.progType}`).toSorted(),
  );
}

test("every program is listed by topic, and the gallery filters by word, verdict and type", async ({
  playground,
  page,
}) => {
  await playground.open("?lang=en");
  await page.locator(".header__examples").click();
  await complete(playground, "en");

  const entries = playground.id("gallery").locator("li");
  const loop = entries.filter({ hasText: "Sum from 1 to n" }).locator(".picture");
  await expect(loop.locator(".picture__row")).toHaveCount(8);
  await expect(loop.locator(".picture__jump")).toHaveCount(2);
  await expect(entries.filter({ hasText: "No null check" }).locator("[data-refused]")).toHaveCount(1);

  await page.getByText("Refused", { exact: true }).last().click();
  await expect(entries).toHaveCount(EXAMPLES.filter(({ expect: verdict }) => verdict === "reject").length);
  await page.getByRole("combobox", { name: "Program type" }).last().selectOption("xdp");
  await expect(entries).toHaveCount(1);
  await page.getByRole("combobox", { name: "Program type" }).last().selectOption("");
  await page.getByRole("searchbox").fill("bpf_map_lookup_elem seen");
  await expect(entries).toHaveCount(1);
  await page.getByRole("searchbox").fill("nothing like this");
  await expect(page.getByText("Nothing fits")).toBeVisible();
  await page.getByRole("searchbox").fill("stack R10-520");
  await entries.getByRole("button").click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await playground.expectVerdict("reject");
  await expect(page.locator(".header__program")).toContainText("Beyond the stack");
});

test("the gallery is complete in Japanese, and axe finds nothing", async ({ playground, page }) => {
  await playground.open("?lang=ja");
  await page.locator(".header__examples").click();
  await complete(playground, "ja");
  expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("the gallery opens, filters and fits the width", async ({ playground, page }) => {
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
