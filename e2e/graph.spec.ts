// The control-flow graph beside the text: blocks and edges, the paths of the run and of the verifier, rounds of a loop, keys.
import type { Locator, Page } from "@playwright/test";
import { faultsOf } from "./axe.ts";
import { expect, test } from "./page.ts";

test.use({ editor: "plain" });

const block = (page: Page, start: number): Locator => page.locator(`.block[data-start="${start}"]`);

test("a loop's blocks have counts and the current instruction, and a click leads to the line", async ({
  playground,
  page,
}) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  await page.getByText("Graph", { exact: true }).click();
  await expect(page.locator(".block")).toHaveCount(4);
  await expect(block(page, 3)).toContainText("×11"); // ten rounds, and the check that ends the loop
  await expect(block(page, 0)).toHaveAttribute("data-current");
  await playground.id("step").click();
  await expect(block(page, 0).locator("[data-current]")).toHaveAttribute("data-slot", "1");
  await block(page, 4).locator("[data-slot='5']").click();
  await expect(page.locator(".edge[data-back]")).toHaveCount(1);
  await page.getByText("Verifier", { exact: true }).last().click();
  await expect(block(page, 4)).toContainText("×15");
});

test("the rounds of a loop are listed, and a round leads to its step", async ({ playground, page }) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  await page.getByText("Graph", { exact: true }).click();
  await page.locator(".block__loop").click();
  const rows = page.locator(".rounds tbody tr");
  await expect(rows).toHaveCount(11);
  await expect(rows.nth(0)).toContainText("10");
  await expect(rows.nth(10)).toContainText("55");
  await rows.nth(3).getByRole("button").click();
  await expect(rows.nth(3)).toHaveAttribute("data-now");
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "3");
});

test("from the keyboard: arrows follow the edges, plus and minus zoom", async ({ playground, page }) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  await page.getByText("Graph", { exact: true }).click();
  await block(page, 0).focus();
  await page.keyboard.press("ArrowDown");
  await expect(block(page, 3)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(block(page, 7)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(block(page, 3)).toBeFocused();
  const width = async () => (await block(page, 3).boundingBox())?.width ?? 0;
  await playground.settled();
  const before = await width();
  await page.keyboard.press("-");
  await expect.poll(width).toBeLessThan(before);
});

test("functions are groups joined by calls, and a list says the same in words", async ({ playground, page }) => {
  await playground.open("?lang=ja#example/subprogram");
  await playground.editorReady();
  await page.getByText("グラフ", { exact: true }).click();
  await expect(page.locator(".graph__function")).toHaveCount(2);
  await expect(page.locator(".edge__call")).toHaveCount(1);
  await expect(page.getByRole("list", { name: "ブロックとエッジ" })).toContainText("ブロック 0〜4");
});

test("axe finds nothing wrong with the graph", async ({ playground, page }) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  await page.getByText("Graph", { exact: true }).click();
  await page.locator(".block__loop").click();
  await expect(page.locator(".rounds tbody tr")).toHaveCount(11);
  expect(await faultsOf(page, { within: ".graph" })).toEqual([]);
});
