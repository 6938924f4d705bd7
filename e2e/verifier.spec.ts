// The verifier's pane: explanations, the visits of an instruction, searching and folding the log, long verifications.
import type { Page } from "@playwright/test";
import { faultsOf } from "./axe.ts";
import { expect, test } from "./page.ts";

const source = (lines: readonly string[]): string => `#src=${encodeURIComponent(`${lines.join(",\n")},\n`)}`;

/** A number is copied, and the copy is used as a pointer. */
const COPIED = source([
  "BPF_MOV64_IMM(BPF_REG_3, 7)",
  "BPF_MOV64_REG(BPF_REG_4, BPF_REG_3)",
  "BPF_LDX_MEM(BPF_B, BPF_REG_0, BPF_REG_4, 0)",
  "BPF_EXIT_INSN()",
]);

/** Two paths meet with the same beliefs, so the second one is pruned. */
const MEETING = source([
  "BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0)",
  "BPF_MOV64_IMM(BPF_REG_0, 0)",
  "BPF_JMP_IMM(BPF_JEQ, BPF_REG_6, 1, 1)",
  "BPF_MOV64_IMM(BPF_REG_7, 2)",
  "BPF_JMP_IMM(BPF_JEQ, BPF_REG_6, 2, 1)",
  "BPF_MOV64_IMM(BPF_REG_7, 3)",
  "BPF_JMP_IMM(BPF_JEQ, BPF_REG_6, 3, 1)",
  "BPF_MOV64_IMM(BPF_REG_7, 4)",
  "BPF_EXIT_INSN()",
]);

const MILLION = source([
  "BPF_MOV64_IMM(BPF_REG_6, 0)",
  "BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 1)",
  "BPF_JMP_IMM(BPF_JLT, BPF_REG_6, 400000, -2)",
  "BPF_MOV64_IMM(BPF_REG_0, 0)",
  "BPF_EXIT_INSN()",
]);

const atCursor = async (page: Page, line: number): Promise<void> => {
  await page.locator("label", { hasText: "At the cursor" }).click();
  await page
    .locator(".view-line")
    .nth(line - 1)
    .click();
};

test("a refusal tells the rule and the story of the value in both languages, and a step leads to its visit", async ({
  playground,
}) => {
  await playground.open(COPIED);
  await playground.editorReady();
  const why = playground.id("explanation");
  await expect(why.locator(".why__story li")).toHaveCount(3);
  await expect(why.locator(".why__story li").nth(0)).toContainText("R3 becomes the number 7.");
  await expect(why.locator(".why__story li").nth(1)).toContainText("R4 is copied from R3: the number 7.");
  await expect(why.locator(".why__story li").nth(2)).toContainText("Here R4 is the number 7.");
  await playground.id("language").click();
  await expect(why.locator(".why__story li").nth(2)).toContainText("ここでの R4 は数値 7 です。");
  await why.locator(".why__story li").nth(1).getByRole("button").click();
  await expect(playground.id("visits")).toContainText("r4 = r3");
});

test("one can go from visit to visit, follow their path, and compare two of them", async ({ playground, page }) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  await atCursor(page, 4);
  const visits = playground.id("visits");
  await expect(visits).toContainText("3: if r2 == 0x0 goto pc+3");
  const first = await visits.getAttribute("data-visit");
  await page.getByRole("button", { name: "Next visit of this instruction" }).click();
  await expect(visits).not.toHaveAttribute("data-visit", String(first));
  await page.getByRole("button", { name: "Compare with another visit" }).click();
  await expect(visits.locator("thead")).toContainText(`before, visit ${first}`);
  await expect(visits.locator("tr[data-changed]", { hasText: "R2" })).toHaveCount(1);
  await page.getByRole("button", { name: "Stop comparing" }).click();
  await page.getByRole("button", { name: "on to 4" }).click();
  await expect(visits).toContainText("4: r0 += r2");
  await page.getByRole("button", { name: "from 3" }).click();
  await expect(visits).toContainText("3: if r2 == 0x0 goto pc+3");
  await page.getByRole("button", { name: "Show in the log" }).click();
  await expect(playground.id("verifier-log")).toBeVisible();
});

test("a pruned path names the visit that covers it, and shows both side by side", async ({ playground, page }) => {
  await playground.open(MEETING);
  await playground.editorReady();
  await playground
    .id("verifier-log")
    .locator("button.log__line", { hasText: /: safe$/ })
    .first()
    .click();
  await page.locator("label", { hasText: "At the cursor" }).click();
  const visits = playground.id("visits");
  await expect(visits).toContainText(/This path ends here: visit \d+ of this instruction was found safe/);
  await page.getByRole("button", { name: "Show the two side by side" }).click();
  await expect(visits.locator("thead")).toContainText(/before, visit \d+.*before, visit \d+/s);
});

test("the log can be searched forwards and back, with a count", async ({ playground, page }) => {
  await playground.open("#example/loop");
  const log = playground.id("verifier-log");
  await log.locator(".log__line:visible").first().click();
  await log.focus();
  await page.keyboard.press("Control+f");
  const field = page.getByRole("searchbox", { name: "Search the log" });
  await expect(field).toBeFocused();
  await field.fill("R2 -= 1");
  const count = page.locator(".log__count");
  await expect(count).toHaveText(/^1 of \d+$/);
  await page.keyboard.press("Enter");
  await expect(count).toHaveText(/^2 of \d+$/);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await expect(count).toHaveText(/^(\d+) of \1$/);
  await expect(log.locator("[data-found]")).toContainText("r2 -= 1");
  await expect(log.locator("mark").first()).toHaveText("r2 -= 1");
  await field.fill("no such words");
  await expect(count).toHaveText("not found");
  await page.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(log).toBeFocused();
});

test("one path folds, and all paths fold", async ({ playground, page }) => {
  await playground.open(MEETING);
  const log = playground.id("verifier-log");
  const lines = log.locator(".log__line");
  const sections = log.locator(".log__section");
  await expect(sections.first()).toBeVisible();
  const all = await lines.count();
  await sections.first().getByRole("button", { name: /^Fold/ }).click();
  await expect.poll(() => lines.count()).toBeLessThan(all);
  await sections.first().getByRole("button", { name: /^Fold/ }).click();
  await expect(lines).toHaveCount(all);
  await page.getByRole("button", { name: "Fold or unfold all paths" }).click();
  await expect.poll(() => lines.count()).toBeLessThan(all / 2);
});

test("a verification at the limit shows its progress, can be stopped and asked for again", async ({
  playground,
  page,
}) => {
  test.slow();
  await page.goto(`./${MILLION}`);
  const walking = playground.id("walking");
  await expect(walking).toContainText(/[1-9][\d,]* of at most 1,000,000/, { timeout: 60_000 });
  await walking.getByRole("button", { name: "Stop" }).click();
  await expect(walking).toContainText("was stopped");
  await walking.getByRole("button", { name: "Verify again" }).click();
  await expect(playground.verdict).toHaveAttribute("data-verdict", "accept", { timeout: 60_000 });
  await expect(playground.id("verifier-log")).toContainText("processed 800003 insns");
  // Such a long log is not written at first, but can be asked for.
  await page.getByRole("button", { name: "Write the log all the same" }).click();
  await expect(page.locator(".log__open")).toHaveText(/\d{2},\d{3} lines/, { timeout: 90_000 });
  const log = playground.id("verifier-log");
  await log.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2;
  });
  await expect(
    log
      .locator(".log__line")
      .filter({ hasText: /R6=|r6 \+= 1|goto/ })
      .first(),
  ).toBeVisible();
});

for (const language of ["en", "ja"] as const)
  test(`axe finds nothing wrong with explanation, visits and search, ${language}`, async ({ playground, page }) => {
    await playground.open(`?lang=${language}${COPIED}`);
    await playground.editorReady();
    await playground.id("verifier-log").focus();
    await page.keyboard.press("Control+f");
    await expect(page.getByRole("searchbox").last()).toBeFocused();
    const themes = language === "en" ? "each" : "light";
    expect(await faultsOf(page, { within: ".verifier-pane", themes })).toEqual([]);
    await playground.id("explanation").locator(".why__story button").first().click();
    await expect(playground.id("visits")).toBeVisible();
    expect(await faultsOf(page, { within: ".verifier-pane", themes })).toEqual([]);
  });

test("the reason stays in sight, whatever appears above it", async ({ playground, page }) => {
  await playground.open(COPIED);
  await playground.editorReady();
  await expect(playground.id("explanation")).toBeVisible();
  await expect(page.locator(".log__line[data-reason]")).toBeInViewport();
});
