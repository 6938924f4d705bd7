// Presenting: the whole talk can be given with a slide clicker alone, nothing on the stage is cut or too small, and the speaker's window
// follows.
import { ORDER, TALK } from "../web/lessons/course.ts";
import { faultsOf } from "./axe.ts";
import { expect, test } from "./page.ts";
import { giveTalk, onStage, press, readStage, scene } from "./talk.ts";

test.use({ editor: "plain" });

test("PageDown alone gives the whole talk, in Japanese, at 1280 × 720, and PageUp comes back at 1920 × 1080", async ({
  playground: { page },
}) => {
  test.setTimeout(240_000);
  await giveTalk(page, "answered");
});

for (const [width, height] of [
  [1024, 768],
  [3840, 2160],
] as const)
  test(`nothing on the stage is cut or too small at ${width} × ${height}`, async ({ playground: { page } }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await onStage(page, "?lang=en&present=1#talk");
    const presses = Number(await scene(page).getAttribute("data-presses"));
    const faults: string[] = [];
    for (let n = 1; n <= presses; n++) {
      await press(page, "PageDown", n);
      faults.push(...(await readStage(page)).faults.map((fault) => `press ${n}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

/** Numbers of the lessons that are not part of the talk, in the order of the course. */
const BEYOND = ORDER.filter((number) => !TALK.includes(number));

test("nothing is cut or too small on the stage of the lessons that are not part of the talk", async ({
  playground: { page },
}) => {
  test.setTimeout(240_000);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await onStage(page, "?lang=ja&present=1#lesson/6");
  const faults: string[] = [];
  for (const lesson of BEYOND) {
    const presses = Number(await scene(page).getAttribute("data-presses"));
    for (let n = 1; n <= presses; n++) {
      await press(page, "PageDown", n);
      faults.push(...(await readStage(page)).faults.map((fault) => `lesson ${lesson}, press ${n}: ${fault}`));
    }
    if (lesson !== BEYOND.at(-1)) await press(page, "PageDown", 0);
  }
  expect(faults).toEqual([]);
});

test("arrows, space, Home, End and b work on the stage, and Escape leads to the lesson", async ({
  playground,
  page,
}) => {
  await onStage(page, "?lang=en&present=1#lesson/2");
  await press(page, "ArrowRight", 1);
  await press(page, "Space", 2);
  await press(page, "ArrowLeft", 1);
  await page.keyboard.press("End");
  const presses = (await scene(page).getAttribute("data-presses")) ?? "";
  await expect(scene(page)).toHaveAttribute("data-press", presses);
  await page.keyboard.press("b");
  await expect(playground.id("black")).toBeVisible();
  await page.keyboard.press("b");
  await expect(playground.id("black")).toHaveCount(0);
  await press(page, "Home", 0);
  await page.keyboard.press("Escape");
  await expect(playground.id("stage")).toHaveCount(0);
  await expect(playground.id("lesson")).toContainText("A program type of your own");
});

test("after its end a lesson goes on to the next one, before its start it goes back to the end of the one before", async ({
  playground: { page },
}) => {
  await onStage(page, "?lang=en&present=1#lesson/3");
  const presses = (await scene(page).getAttribute("data-presses")) ?? "";
  await page.keyboard.press("End");
  await expect(scene(page)).toHaveAttribute("data-press", presses);
  await page.keyboard.press("PageDown");
  await expect(scene(page)).toContainText("Step 3");
  await expect(scene(page)).toHaveAttribute("data-press", "0");
  await page.keyboard.press("PageUp");
  await expect(scene(page)).toContainText("the files to take home");
  await expect(scene(page)).toHaveAttribute("data-press", presses);
});

test("a program without a lesson has a stage too", async ({ playground, page }) => {
  await onStage(page, "?lang=ja&present=1#example/plus42");
  const presses = Number(await scene(page).getAttribute("data-presses"));
  for (let n = 1; n <= 5; n++) await press(page, "PageDown", n);
  await expect(playground.id("caption")).toContainText("答えは 52 です");
  expect(presses).toBe(9);
  await press(page, "End", presses);
  await expect(page.getByTestId("reg-r0")).toHaveText("52");
});

test("the speaker's window follows the stage and moves it", async ({ playground, page, context }) => {
  await onStage(page, "?lang=ja&present=1#lesson/1");
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "発表者の画面" }).click();
  const speaker = await opened;
  await expect(speaker.getByRole("heading", { name: "カーネルの中の VM" })).toBeVisible();
  await expect(speaker.getByTestId("speaker-notes")).toContainText("カーネルを再コンパイルせずに");
  await expect(speaker.getByTestId("speaker-place")).toContainText("スライド 1");
  await expect(speaker.getByTestId("speaker-next")).toContainText("西村");
  await expect(speaker.getByTestId("elapsed")).toContainText(/\d\d:\d\d/);
  await expect(speaker.getByTestId("plan")).toContainText("00:00");
  await expect(speaker.getByText("解答")).toBeVisible();
  await speaker.getByRole("button", { name: "進む" }).click();
  await expect(scene(page)).toHaveAttribute("data-press", "1");
  await speaker.keyboard.press("PageDown");
  await expect(scene(page)).toHaveAttribute("data-press", "2");
  await speaker.keyboard.press("b");
  await expect(playground.id("black")).toBeVisible();
  await speaker.keyboard.press("b");
  await expect(playground.id("black")).toHaveCount(0);
  // The two windows do not need a network to talk to each other.
  await context.setOffline(true);
  await page.keyboard.press("PageUp");
  await expect(speaker.getByTestId("speaker-next")).toContainText("探検隊");
  await context.setOffline(false);
  await page.keyboard.press("Escape");
  await expect(speaker.getByText("発表しているページを待っています")).toBeVisible();
});

test("a printed lesson has its text and program, and its answers only if asked for", async ({ playground, page }) => {
  await playground.open("?lang=en#lesson/1");
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
  });
  await playground.expectVerdict("accept");
  await page.keyboard.press("Control+p");
  const paper = playground.id("print");
  await expect(paper.getByRole("heading", { name: "A machine inside the kernel" })).toBeVisible();
  // A handout must not show the answers.
  await expect(paper.getByRole("row", { name: /^R0/ })).not.toContainText("52");
  await expect(paper.locator(".print__verdict")).toHaveCount(0);
  await paper.getByLabel("All lessons").check();
  await expect(paper.locator(".print__page")).toHaveCount(ORDER.length);
  await expect(paper.locator(".print__page").last().getByRole("heading", { level: 1 })).toHaveText("With all of it");
  await paper.getByLabel("All lessons").uncheck();
  await paper.getByLabel("With the answers").check();
  await expect(paper.getByRole("row", { name: /^R0/ })).toContainText("not set");
  await expect(paper.getByRole("row", { name: /^R0/ })).toContainText("52");
  await expect(paper).toContainText("BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 100)");
  await expect(paper).toContainText("Accepted");
  await expect(paper.locator(".print__acts")).toContainText("step 2");
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".header")).toBeHidden();
  await expect(page.locator(".app__main")).toBeHidden();
  await expect(paper.locator(".print__tools")).toBeHidden();
  // On paper the background is white in every theme.
  await expect(page.locator("body")).toHaveCSS("background-color", "rgb(255, 255, 255)");
  await expect(paper.locator("h1")).toHaveCSS("color", "rgb(27, 28, 31)");
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Escape");
  await expect(paper).toHaveCount(0);
  // The reader's own program may be the answer, so it is not on the handout.
  await playground.write("BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n");
  await page.keyboard.press("Control+p");
  await expect(paper.locator(".print__source")).toContainText("BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42)");
});

test("axe finds nothing on the stage, the speaker's window and the paper, in each theme", async ({
  playground,
  page,
  context,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await onStage(page, "?lang=en&present=1#lesson/3");
  await press(page, "PageDown", 1);
  await press(page, "PageDown", 2);
  expect(await faultsOf(page, { within: ".stage" })).toEqual([]);
  await press(page, "PageDown", 3);
  await press(page, "PageDown", 4);
  expect(await faultsOf(page, { within: ".stage" })).toEqual([]);
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "Speaker's window" }).click();
  const speaker = await opened;
  await expect(speaker.getByTestId("speaker-notes")).toBeVisible();
  expect(await faultsOf(speaker, { within: "main" })).toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+p");
  await expect(playground.id("print").getByText("Program").first()).toBeVisible();
  expect(await faultsOf(page, { within: ".print" })).toEqual([]);
});
