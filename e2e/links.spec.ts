// Links of every form, and that no link loses the reader's own program.
import { expect, test } from "./page.ts";

test.use({ editor: "plain" });

const MINE = "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n";

test("a shared link opens elsewhere at the same step, with the same input", async ({ playground, browser, page }) => {
  await playground.open();
  await playground.demo("1000");
  await playground.id("step").click();
  await playground.id("step").click();
  await playground.expectRegister(0, 1042n);
  await playground.id("share").click();
  await expect(playground.id("share-link")).toContainText("#v1.");
  const link = (await playground.id("share-link").textContent()) as string;
  expect(link).toMatch(/^http:\/\/localhost:\d+\/any\/folder\/#v1\.[\w-]+$/);
  expect(page.url()).toBe(link);
  await expect(page.getByText(`${link.length} characters`)).toBeVisible();

  const elsewhere = await browser.newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByTestId("timeline")).toHaveAttribute("aria-valuenow", "2");
  await expect(elsewhere.getByTestId("reg-r0")).toHaveAttribute("data-value", "0000000000000412");
  await expect(elsewhere.getByTestId("sysfs-input")).toHaveValue("1000");
  await elsewhere.close();
});

test("#src= opens a program written into the address", async ({ playground }) => {
  await playground.open(`#src=${encodeURIComponent(MINE)}`);
  await playground.expectVerdict("accept");
  await expect(playground.id("editor")).toContainText("BPF_REG_0, 7");
});

test("#example/<name> opens an example", async ({ playground }) => {
  await playground.open("#example/div-by-zero");
  await playground.expectVerdict("reject");
  await expect(playground.id("verifier-message")).toHaveText("div by zero");
});

test("#lesson/<n> opens a lesson", async ({ playground, page }) => {
  await playground.open("#lesson/2");
  await expect(page.getByRole("heading", { name: "A program type of your own" })).toBeVisible();
  await playground.expectVerdict("reject");
  await page.getByRole("button", { name: "Next lesson" }).click();
  await expect(page.getByText(/^Lesson 3 of /)).toBeVisible();
});

for (const [what, hash] of [
  ["damaged", "#v1.notdeflate"],
  ["from a newer version", "#v7.abcdef"],
  ["of an unknown form", "#nothing/here"],
  ["to an example that is not there", "#example/none"],
  ["to a lesson that is not there", "#lesson/99"],
  ["with a stray %", "#src=%"],
] as const)
  test(`a link ${what} opens the page with a sentence and keeps the draft`, async ({ playground, page }) => {
    await playground.open();
    await playground.write(MINE);
    await playground.expectVerdict("accept");
    await playground.open(`?again${hash}`);
    await expect(page.locator(".notice")).toContainText("Your own program is still here.");
    await expect(playground.id("editor")).toContainText("BPF_REG_0, 7");
  });

test("opening a link sets the draft aside, and a button brings it back", async ({ playground, page }) => {
  await playground.open();
  await playground.write(MINE);
  await playground.open("?again#example/shift-32");
  await playground.expectVerdict("reject");
  await page.getByRole("button", { name: "Back to my program" }).click();
  await playground.expectVerdict("accept");
  await expect(playground.id("editor")).toContainText("BPF_REG_0, 7");
  await page.reload();
  await expect(playground.id("editor")).toContainText("BPF_REG_0, 7");
});

test("markup in a link's text is shown and not run", async ({ playground, page }) => {
  await playground.open(`#src=${encodeURIComponent('// <img src=x onerror="window.hacked=1">\nBPF_EXIT_INSN(),')}`);
  await playground.editorReady();
  await expect(playground.id("editor")).toContainText("<img");
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
});

test("?embed=1 can be stepped and offers the playground", async ({ playground, page }) => {
  await playground.open("?embed=1#example/plus42");
  await expect(page.locator(".header")).toHaveCount(0);
  await playground.id("step").click();
  await playground.expectRegister(0, 10n);
  await expect(page.getByRole("link", { name: "Open in the playground" })).toBeVisible();
});

test("?present=1: a slide clicker loads, attaches, echoes, reads, steps", async ({ playground, page }) => {
  await page.goto("./?present=1");
  const scene = playground.id("scene");
  await expect(scene).toHaveAttribute("data-press", "0");
  await expect(page.locator(".header")).toHaveCount(0);
  for (let n = 1; n <= 7; n++) {
    await page.keyboard.press("PageDown");
    await expect(scene).toHaveAttribute("data-press", String(n));
  }
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "1");
  await page.keyboard.press("PageUp");
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "0");
});
