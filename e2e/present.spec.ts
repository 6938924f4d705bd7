// Presenting: a slide clicker walks the lesson and the run, the step is said in large letters, a second window keeps step.
import { faultsOf } from "./axe.ts";
import { expect, test } from "./page.ts";

test("the clicker uncovers the lesson's points, then walks the run, then goes on to the next lesson", async ({
  playground,
  page,
}) => {
  await playground.open("?lang=en&present=1#lesson/2");
  const points = page.locator(".lesson__point");
  await expect(points).toHaveCount(1);
  await page.keyboard.press("PageDown");
  await expect(points).toHaveCount(2);
  await page.keyboard.press("PageUp");
  await expect(points).toHaveCount(1);
  for (let i = 2; i <= 6; i++) {
    await page.keyboard.press("PageDown");
    await expect(points).toHaveCount(i);
  }
  await page.keyboard.press("PageDown"); // a refused program has no run
  await expect(page.getByRole("heading", { name: "Somewhere to attach it" })).toBeVisible();
});

test("a point may take the run along; the caption says what the step did, in both languages", async ({
  playground,
  page,
}) => {
  await playground.open("?lang=en&present=1#lesson/1");
  await playground.expectVerdict("accept");
  await expect(playground.id("caption")).toContainText("step 0 of 3");
  for (let i = 0; i < 4; i++) await page.keyboard.press("PageDown");
  await expect(playground.id("caption")).toContainText("R0 = 10 (4 bytes read at R1+0)");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  await expect(playground.id("caption")).toContainText("R0 = 10 + 42 = 52");
  await playground.id("language").click();
  await page.keyboard.press("PageUp");
  await expect(playground.id("caption")).toContainText("R0 = 10(R1+0 から 4 バイトを読み出し)");
});

test("+ and - change the size of all type, between 1 and 2.5", async ({ playground, page }) => {
  await playground.open("?lang=en&present=1");
  const size = () => page.locator(".stage__said").evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  await expect(playground.id("stage")).toBeVisible();
  const before = await size();
  await page.keyboard.press("+");
  await expect.poll(size).toBeGreaterThan(before);
  for (let i = 0; i < 20; i++) await page.keyboard.press("-");
  await expect.poll(size).toBe(25);
  for (let i = 0; i < 20; i++) await page.keyboard.press("+");
  await expect.poll(size).toBe(62.5);
  await expect(page.getByRole("button", { name: "Bigger" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(playground.id("stage")).toHaveCount(0);
  await expect(page.locator(".header")).toBeVisible();
});

test("asked before shown: the value is covered until a click", async ({ playground, page }) => {
  await playground.open("?lang=en&present=1");
  await playground.expectVerdict("accept");
  await page.keyboard.press("q");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  const caption = playground.id("caption");
  await expect(caption).toContainText("R0 = 10 + 42 =");
  await expect(caption).not.toContainText("52");
  await expect(playground.id("reg-r0")).toHaveCSS("color", "rgba(0, 0, 0, 0)");
  await page.getByRole("button", { name: "Show the value" }).click();
  await expect(caption).toContainText("R0 = 10 + 42 = 52");
  await expect(playground.id("reg-r0")).not.toHaveCSS("color", "rgba(0, 0, 0, 0)");
});

test("the speaker's window is in step, and moves the page", async ({ playground, page, context }) => {
  await playground.open("?lang=ja&present=1#lesson/1");
  await playground.expectVerdict("accept");
  const [speaker] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "発表者の画面" }).click(),
  ]);
  await expect(speaker.getByRole("heading", { name: "カーネルの中の VM" })).toBeVisible();
  await expect(speaker.getByTestId("speaker-notes")).toContainText("カーネルを再コンパイルせずに");
  await expect(speaker.getByTestId("speaker-place")).toContainText("要点 1 / 6");
  await expect(speaker.getByTestId("elapsed")).toContainText(/\d\d:\d\d/);
  await page.keyboard.press("PageDown");
  await expect(speaker.getByTestId("speaker-place")).toContainText("要点 2 / 6");
  await speaker.getByRole("button", { name: "進む" }).click();
  await expect(page.locator(".lesson__point")).toHaveCount(3);
  await speaker.keyboard.press("PageDown");
  await expect(page.locator(".lesson__point")).toHaveCount(4);
  // Without a network it goes on: nothing passes through one.
  await context.setOffline(true);
  await page.keyboard.press("PageUp");
  await expect(speaker.getByTestId("speaker-place")).toContainText("要点 3 / 6");
  await context.setOffline(false);
  await page.keyboard.press("Escape");
  await expect(speaker.getByText("発表しているページを待っています")).toBeVisible();
});

test("a lesson on paper: text, program, verdict, registers at its steps, and nothing else", async ({
  playground,
  page,
}) => {
  await playground.open("?lang=en#lesson/1");
  await playground.expectVerdict("accept");
  await page.keyboard.press("Control+p");
  const paper = playground.id("print");
  await expect(paper.getByRole("heading", { name: "A machine inside the kernel" })).toBeVisible();
  await expect(paper.getByRole("row", { name: /^R0/ })).toContainText("52");
  await expect(paper).toContainText("BPF_ALU32_IMM");
  await expect(paper).toContainText("Accepted");
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".header")).toBeHidden();
  await expect(page.locator(".app__main")).toBeHidden();
  await expect(paper.locator(".print__tools")).toBeHidden();
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Escape");
  await expect(paper).toHaveCount(0);
});

test("axe finds nothing on the stage, the speaker's window and the paper", async ({ playground, page, context }) => {
  await playground.open("?lang=en&present=1#lesson/1");
  await playground.expectVerdict("accept");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  expect(await faultsOf(page, { within: ".stage" })).toEqual([]);
  expect(await faultsOf(page, { within: ".lesson" })).toEqual([]);
  const [speaker] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("button", { name: "Speaker's window" }).click(),
  ]);
  await expect(speaker.getByTestId("speaker-notes")).toBeVisible();
  expect(await faultsOf(speaker, { within: "main" })).toEqual([]);
  await page.keyboard.press("Control+p");
  await expect(playground.id("print").getByRole("table")).toBeVisible();
  expect(await faultsOf(page, { within: ".print" })).toEqual([]);
});
