// The classroom: every lesson is opened and solved as a student does it, in both languages. Also a teacher's own file.
import { readFileSync } from "node:fs";
import type { Act } from "../engine/index.ts";
import { ORDER } from "../web/lessons/course.ts";
import { faultsOf } from "./axe.ts";
import { expect, Playground, test } from "./page.ts";
import { SOLUTIONS } from "./solutions.ts";

test.use({ editor: "plain" });

const IDS = Object.keys(SOLUTIONS);
/** Ids of the lessons in the order of the course. */
const WALK = ORDER.map((number) => IDS[number - 1] as string);
const TEXTS = {
  en: {
    next: "Next lesson",
    solved: "Solved",
    hint: /^(A hint|Hint 1)/,
    panes: { editor: "Program", kernel: "Kernel" },
  },
  ja: {
    next: "次のレッスン",
    solved: "解けました",
    hint: /^ヒント/,
    panes: { editor: "プログラム", kernel: "カーネル" },
  },
} as const;

async function act(playground: Playground, action: Act): Promise<void> {
  const { page } = playground;
  const calls = page.locator("[data-testid=syscall-log] li:not(.syscalls__empty)");
  if (action.do === "write") await playground.write(action.source);
  else if (action.do === "echo") {
    const before = await calls.count();
    await playground.echo(action.text);
    await expect.poll(() => calls.count()).toBeGreaterThan(before);
  } else if (action.do === "cat") await playground.id("sysfs-read").click();
  else if (action.do === "step") {
    // If the program was not loaded, the first step makes a trial run.
    for (let step = 1; step <= action.to; step++) {
      await playground.id("step").click();
      await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", String(step));
    }
  } else if (action.do === "apply") {
    const box = page.getByRole("checkbox", { name: new RegExp(`^${action.step}\\. `) });
    await box.click();
    await expect(box).toBeChecked();
    // Step 4 runs the loader, which makes system calls. Any other step starts the kernel anew, so that there are none.
    if (action.step === 4) await expect(calls.last()).toContainText("BPF_PROG_ATTACH");
    else await expect(calls).toHaveCount(0);
  } else if (action.do === "load" || action.do === "attach" || action.do === "detach") {
    const before = await calls.count();
    await playground.id(action.do).click();
    await expect.poll(() => calls.count()).toBeGreaterThan(before);
  } else if (action.do === "define") {
    await page.getByRole("button", { name: /Extend the kernel|カーネルを拡張する/ }).click();
    await page.locator(".extend select").first().selectOption(action.preset);
    await expect(calls).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(page.locator(".extend")).toHaveCount(0);
  } else if (action.do === "update") {
    const before = await calls.count();
    await setElement(playground, action);
    await expect.poll(() => calls.count()).toBeGreaterThan(before);
  } else if (action.do === "test") {
    // The test run uses the lesson's own input, a packet.
    const before = await calls.count();
    await page.getByRole("button", { name: /^(Test run|テスト実行)$/ }).click();
    await expect.poll(() => calls.count()).toBeGreaterThan(before);
  } else throw new Error(`this test does not know how to do ${action.do}`);
}

/** Sets an element of a map of the running kernel, in the machine's pane. */
async function setElement({ page }: Playground, { map, key, value }: Extract<Act, { do: "update" }>): Promise<void> {
  const number = (hex: string): string => String(Number.parseInt(hex.match(/../g)?.reverse().join("") ?? "0", 16));
  await page
    .getByText(/^(Maps|マップ)$/)
    .first()
    .click();
  await page.getByText(/^(In the kernel now|いまのカーネル)$/).click();
  const table = page.getByTestId(`map-${map}`).last();
  const edit = table.getByRole("button", { name: new RegExp(`${map}\\[(0x)?${number(key)}\\]`) }).first();
  if ((await edit.count()) > 0) await edit.click();
  else {
    await table.getByRole("button", { name: /^(Add an element|要素を追加)$/ }).click();
    await table.getByLabel(/^(Key|キー)$/).fill(number(key));
  }
  await table.getByLabel(/^(Value|値)$/).fill(number(value));
  await table.getByRole("button", { name: /^(Set|設定)$/ }).click();
}

// Each lesson is solved in one of the two languages, because the actions are the same in both.
for (const [turn, lang] of (["ja", "en"] as const).entries())
  test(`all lessons open one after the other, and every second one is solved: ${lang}`, async ({
    playground,
    page,
  }) => {
    test.setTimeout(600_000); // all lessons, on a machine that may be busy
    const text = TEXTS[lang];
    await playground.open(`?lang=${lang}#lesson/1`);
    await playground.editorReady();
    const goals = playground.id("goals");
    for (const [i, id] of WALK.entries()) {
      const head = new RegExp(`title\\.${lang}: (.*)`).exec(
        readFileSync(new URL(`../web/lessons/built-in/${id}.md`, import.meta.url), "utf8"),
      )?.[1] as string;
      await expect(page.getByRole("heading", { name: head, level: 2 }), id).toBeVisible();
      // Every other lesson is left unsolved: one can go on nevertheless.
      if (i % 2 === turn) {
        for (const action of SOLUTIONS[id] ?? []) await act(playground, action);
        await expect(goals, id).toContainText(text.solved);
      }
      if (i < IDS.length - 1) await page.getByRole("button", { name: text.next }).click();
    }
    // The device remembers which lessons were solved.
    await page.reload();
    await playground.open(`?lang=${lang}&again#lesson/2`);
    await page.getByTestId("lesson").getByRole("button").first().click();
    await expect(page.locator(".lesson-list__one svg")).toHaveCount(WALK.filter((_, i) => i % 2 === turn).length);
  });

test("a prediction comes before its answer, a click uncovers a blank, and hints come one by one", async ({
  playground,
  page,
}) => {
  await playground.open("?lang=en#lesson/1");
  const lesson = playground.id("lesson");
  await expect(lesson.getByText("Not right")).toHaveCount(0);
  await lesson.getByRole("radio", { name: "42" }).check();
  // Before the answer is shown, one can guess again.
  await expect(lesson.getByText("Not right.", { exact: true })).toBeVisible();
  await lesson.getByRole("radio", { name: "10" }).check();
  await lesson.getByRole("button", { name: "Show the answer" }).click();
  await expect(lesson.getByText("Not right. The answer: 52")).toBeVisible();
  await lesson.getByRole("button", { name: "Guess again" }).click();
  await lesson.getByRole("radio", { name: "52" }).check();
  await expect(lesson.getByText("Right.")).toBeVisible();
  await lesson.getByRole("button", { name: "Show what stands here" }).first().click();
  await expect(lesson.locator(".lesson__found")).toHaveText("10");
  await lesson.getByRole("button", { name: "step 2" }).click();
  await playground.expectRegister(0, 52n);
  await expect(playground.id("goals")).toHaveAttribute("data-met", "1");
  await lesson.getByRole("button", { name: "Hint 1 of 2" }).click();
  await expect(lesson.getByText("the last argument of the second")).toBeVisible();
  await lesson.getByRole("button", { name: "Hint 2 of 2" }).click();
  await expect(lesson.locator(".lesson__hint")).toHaveCount(2);
  // A prediction that is a typed value.
  await page.goto("./?lang=en&x#lesson/5");
  await lesson.getByLabel("Your prediction").fill("24");
  await lesson.getByRole("button", { name: "That is my guess" }).click();
  await expect(lesson.getByText("Right.")).toBeVisible();
});

test("a goal says which property fails, and holds for other inputs too", async ({ playground }) => {
  await playground.open("?lang=en#lesson/5");
  const goals = playground.id("goals");
  await expect(goals).toContainText(/10 gives 420.*now: 52/);
  const own = readFileSync(new URL("../web/lessons/built-in/05-instructions.md", import.meta.url), "utf8");
  const source = /\n---\n(\/\/[\s\S]*?)```/.exec(own)?.[1] as string;
  await playground.write(source.replace("BPF_REG_0, 42", "BPF_REG_0, 410"));
  await expect(goals.locator("li[data-met]")).toHaveText(/10 gives 420/);
  await expect(goals).toContainText("Also right for hidden inputs");
});

test("each lesson keeps its address and its own draft", async ({ playground, page }) => {
  const PROGRAM = "BPF_MOV64_IMM(BPF_REG_0, 9),\nBPF_EXIT_INSN(),\n";
  const editor = () => playground.id("editor");
  await playground.open("?lang=en#lesson/6");
  await playground.write(PROGRAM);
  await expect(page).toHaveURL(/#lesson\/6$/);
  await page.getByRole("button", { name: "Next lesson" }).click();
  await expect(page).toHaveURL(/#lesson\/7$/);
  await expect(editor()).not.toContainText("BPF_REG_0, 9");
  await page.getByRole("button", { name: "Previous lesson" }).click();
  await expect(editor()).toContainText("BPF_REG_0, 9");
  await page.reload();
  await expect(page).toHaveURL(/#lesson\/6$/);
  await playground.editorReady();
  await expect(editor()).toContainText("BPF_REG_0, 9");
  await page.getByRole("button", { name: "Start this lesson again" }).click();
  await expect(editor()).toContainText("R2 was never set");
  // Where a lesson's number is not its place in the course, the address that the reader has stays, and the page gives out names.
  await page.goto("./?lang=en&x#lesson/8");
  await expect(playground.id("lesson")).toContainText("Lesson 11 of 30");
  await playground.write(PROGRAM);
  await expect(page).toHaveURL(/#lesson\/8$/);
  await page.getByRole("button", { name: "Next lesson" }).click();
  await expect(playground.id("lesson")).toContainText("Lesson 12 of 30");
  await expect(page).toHaveURL(/#lesson\/null$/);
});

test("a link opens an answer elsewhere: its calls are made again, and its goals are judged again", async ({
  playground,
  page,
  browser,
}) => {
  await playground.open("?lang=en#lesson/3");
  await expect(page.getByRole("heading", { name: "Somewhere to attach it", level: 2 })).toBeVisible();
  for (const action of SOLUTIONS["03-attach"] ?? []) await act(playground, action);
  await expect(playground.id("goals")).toContainText("Solved");
  await page.getByRole("button", { name: "Copy my answer" }).click();
  await expect(playground.id("answer-link")).toContainText("#v1.");
  const link = await playground.id("answer-link").textContent();
  const elsewhere = await browser.newContext();
  const other = new Playground(await elsewhere.newPage(), "monaco");
  await other.page.goto(link ?? "");
  await expect(other.page.getByRole("heading", { name: "Somewhere to attach it" })).toBeVisible();
  await expect(other.id("goals")).toContainText("Solved");
  await expect(other.id("syscall-log")).toContainText("BPF_PROG_DETACH");
  // After the first edit the program is the reader's own, under the lesson's address.
  await other.write("BPF_MOV64_IMM(BPF_REG_0, 9),\nBPF_EXIT_INSN(),\n");
  await expect(other.page).toHaveURL(/#lesson\/3$/);
  await elsewhere.close();
});

test("a class's links become a table, and progress is saved to a file and read back", async ({ playground, page }) => {
  await playground.open("?lang=en#lesson/6");
  const [solved, half] = [
    "BPF_MOV64_IMM(BPF_REG_0,42),BPF_EXIT_INSN(),",
    "BPF_MOV64_IMM(BPF_REG_0,7),BPF_EXIT_INSN(),",
  ];
  await playground.write(solved ?? "");
  await expect(playground.id("goals")).toContainText("Solved");
  await page.getByRole("button", { name: /^Lesson 6/ }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save my progress" }).click();
  const file = await (await saved).path();
  await page.getByRole("button", { name: "Forget my progress" }).click();
  await page.getByRole("button", { name: "Really forget it?" }).click();
  await expect(page.locator(".lesson-list__one svg")).toHaveCount(0);
  await page.getByTestId("progress-file").setInputFiles(file);
  await expect(page.getByText("1 lesson was taken from the file.")).toBeVisible();
  await expect(page.locator(".lesson-list__one svg")).toHaveCount(1);
  await page.getByRole("button", { name: "Judge answers" }).click();
  await page.getByLabel("Links, one a line").fill(`Sato\t#src=${solved}\n#src=${half}\nnothing`);
  await page.getByRole("button", { name: "Judge", exact: true }).click();
  const rows = playground.id("answers").locator("tbody tr");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(0)).toContainText(/Sato\s*yes/);
  await expect(rows.nth(1)).toContainText("10 gives 42 (now: 7)");
  await expect(rows.nth(2)).toContainText("there is no link in this line");
  expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
});

test("the solution is offered after the hints", async ({ playground, page }) => {
  await playground.open("?lang=en#lesson/6");
  await expect(page.getByRole("button", { name: "Show the solution" })).toHaveCount(0);
  await page.getByRole("button", { name: "Hint 1 of 2" }).click();
  await page.getByRole("button", { name: "Hint 2 of 2" }).click();
  await page.getByRole("button", { name: "Show the solution" }).click();
  await expect(playground.id("solution")).toContainText("BPF_MOV64_IMM(BPF_REG_0, 0)");
});

test("?embed=1#lesson/1: the lesson is in the frame, and its program can be stepped", async ({ playground, page }) => {
  await page.setViewportSize({ width: 980, height: 620 });
  await playground.open("?lang=en&embed=1#lesson/1");
  await expect(page.getByRole("heading", { name: "A machine inside the kernel" })).toBeVisible();
  await playground.id("step").click();
  await playground.expectRegister(0, 10n);
  // In a smaller frame fewer things are side by side, but all of them can still be reached.
  await page.setViewportSize({ width: 800, height: 600 });
  for (const id of ["lesson", "run", "step", "verdict"]) await expect(playground.id(id)).toBeInViewport({ ratio: 0.9 });
  await page.setViewportSize({ width: 400, height: 480 });
  await page.getByRole("tab", { name: "Program" }).click();
  await playground.id("run").click();
  await expect(playground.id("result")).toBeInViewport({ ratio: 0.9 });
  await page.getByRole("tab", { name: "Machine" }).click();
  await expect(playground.id("reg-r10")).toBeInViewport({ ratio: 0.9 });
});

test("a lesson opens with a fresh kernel", async ({ playground, page }) => {
  await playground.open("?lang=en");
  await playground.demo("10");
  await expect(playground.id("sysfs-output")).toHaveText("52");
  await page.goto("./?lang=en#lesson/4");
  await expect(page.getByRole("heading", { name: "The event: a write to sysfs" })).toBeVisible();
  await playground.echo("10");
  await expect(playground.id("sysfs-output")).toHaveText("ENOENT");
});

const OWN = `---
title.en: Of my own
---

\`\`\`oreore-state
input: 3
---
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),
\`\`\`

\`\`\`goal
returns 3 -> 2
\`\`\`

# en

Return {{two}}.
`;

test.describe("a teacher's file", () => {
  test("chosen from a dialog, it opens, and its goal is judged", async ({ playground, page }) => {
    await playground.open("?lang=en");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.type("lesson from a file");
    await page.keyboard.press("Enter");
    await page
      .getByTestId("lesson-file")
      .setInputFiles({ name: "mine.md", mimeType: "text/markdown", buffer: Buffer.from(OWN) });
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
    await expect(playground.id("goals")).toContainText(/3 gives 2.*now: 1/);
    await playground.write("BPF_MOV64_IMM(BPF_REG_0, 2),\nBPF_EXIT_INSN(),\n");
    await expect(playground.id("goals")).toContainText("Solved");
  });

  test("in a folder beside the page, a lesson and a list have addresses, and one can go through the list", async ({
    playground,
    page,
  }) => {
    const LIST = "---\ntitle.en: The first week\n---\n- own.md\n- machine\n- 6\n";
    await page.route("**/week1/*.md", (route) =>
      route.fulfill({ contentType: "text/markdown", body: route.request().url().endsWith("list.md") ? LIST : OWN }),
    );
    await playground.open("?lang=en#file/week1/list.md");
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
    await expect(page.getByText("The first week 1 / 3")).toBeVisible();
    await page.getByRole("button", { name: "Next lesson" }).click();
    await expect(page.getByRole("heading", { name: "A machine inside the kernel" })).toBeVisible();
    await expect(page).toHaveURL(/#file\/week1\/list\.md:2$/);
    await page.reload();
    await expect(page.getByRole("heading", { name: "A machine inside the kernel" })).toBeVisible();
    await page.goto("./?lang=en&x#file/week1/own.md");
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
    // Some hosts answer every address with their first page. That means that the file does not exist.
    await page.route("**/week2/*.md", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    await page.goto("./?lang=en&y#file/week2/none.md");
    await expect(page.getByText("There is no lesson week2/none.md")).toBeVisible();
  });

  const drop = (playground: Playground, ...texts: readonly string[]) =>
    playground.page.evaluate((bodies) => {
      const data = new DataTransfer();
      for (const [i, body] of bodies.entries())
        data.items.add(new File([body], i === 0 ? "mine.md" : `list${i}.md`, { type: "text/markdown" }));
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
    }, texts);

  test("dropped on the page, it opens; dropped with a list that names it, both are in the address", async ({
    playground,
    page,
  }) => {
    await playground.open("?lang=en");
    await drop(playground, OWN);
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
    await drop(playground, OWN, "---\ntitle.en: The first week\n---\n- mine.md\n- 6\n");
    await expect(page.getByText("The first week 1 / 2")).toBeVisible();
    await page.getByRole("button", { name: "Next lesson" }).click();
    await expect(page.getByRole("heading", { name: "What the verifier asks first" })).toBeVisible();
    await page.reload();
    await expect(page.getByText("The first week 2 / 2")).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
  });

  test("with faults, each is shown with its line and what was expected, and can be mended in place", async ({
    playground,
    page,
  }) => {
    await playground.open("?lang=ja");
    await drop(playground, OWN.replace("returns 3", "return 3").replace("Return", "<b onclick=alert(1)>Return"));
    const faults = playground.id("lesson-faults");
    await expect(faults.locator("li")).toHaveCount(2);
    await expect(faults).toContainText("13 行目");
    await expect(faults).toContainText("return 3 -> 2");
    await expect(faults).toContainText("HTML は描かれません");
    await page.getByLabel("レッスンの本文").fill(OWN);
    await page.getByRole("button", { name: "開く", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Of my own" })).toBeVisible();
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("a lesson has a tab of its own and does not take the editor's room", async ({ playground, page }) => {
    await page.goto("./?lang=en#lesson/6");
    await expect(page.getByRole("heading", { name: "What the verifier asks first" })).toBeVisible();
    await page.getByRole("tab", { name: "Program" }).click();
    await expect(playground.id("editor").getByRole("textbox")).toBeVisible();
    await expect(page.getByRole("heading", { name: "What the verifier asks first" })).toBeHidden();
    await playground.id("editor").getByRole("textbox").fill("BPF_MOV64_IMM(BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n");
    await page.getByRole("tab", { name: "Lesson" }).click();
    await expect(playground.id("goals")).toContainText("Solved");
    expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  });
});

test("axe finds nothing on a lesson, its list and a file with faults", async ({ playground, page }) => {
  await playground.open("?lang=ja#lesson/1");
  const lesson = playground.id("lesson");
  await lesson.getByRole("radio", { name: "42" }).check();
  await lesson.getByRole("button", { name: "ここの答えを見る" }).first().click();
  await lesson.getByRole("button", { name: "ヒント 1 / 2" }).click();
  expect(await faultsOf(page, { within: ".lesson" })).toEqual([]);
  await lesson.getByRole("button").first().click();
  await expect(page.locator(".lesson-list__one")).toHaveCount(IDS.length);
  expect(await faultsOf(page, { within: ".lesson" })).toEqual([]);
  await lesson.getByRole("button", { name: "ファイルのレッスンを開く" }).click();
  await page.getByLabel("レッスンの本文").fill("# ja");
  await page.getByRole("button", { name: "開く", exact: true }).click();
  await expect(playground.id("lesson-faults")).toBeVisible();
  expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
});
