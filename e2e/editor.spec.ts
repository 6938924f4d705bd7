// The editor knows BPF assembly: completion by place, signatures, hover, quick fixes, pasted dumps. In English and in Japanese.
import type { Page } from "@playwright/test";
import { expect, type Playground, test } from "./page.ts";

async function atTheEnd(playground: Playground, address = ""): Promise<void> {
  await playground.open(address);
  await playground.editorReady();
  await toTheEnd(playground);
}

async function toTheEnd(playground: Playground): Promise<void> {
  await playground.id("editor").locator(".view-lines").click();
  await playground.page.keyboard.press("Control+End");
}

test("a macro is completed, and each argument by its place", async ({ playground, page }) => {
  await atTheEnd(playground);
  await page.keyboard.type("BPF_MOV64_I");
  const list = page.locator(".suggest-widget");
  await expect(list).toContainText("BPF_MOV64_IMM");
  await page.keyboard.press("Tab");
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM(DST, IMM),");
  await page.keyboard.type("BPF_REG_3");
  await expect(list).toContainText("BPF_REG_3");
});

test("Enter after a finished line starts a new line", async ({ playground, page }) => {
  await atTheEnd(playground, "#src=BPF_MOV64_IMM(BPF_REG_0%2C%201)%2C%0A");
  await page.keyboard.type("BPF_EXIT_INSN(),");
  await page.keyboard.press("Enter");
  await page.keyboard.type("// done");
  await playground.expectVerdict("accept");
});

test("a signature names the parameters while they are typed", async ({ playground, page }) => {
  await atTheEnd(playground);
  await page.keyboard.type("BPF_LDX_MEM(");
  await expect(page.locator(".parameter-hints-widget")).toContainText("BPF_LDX_MEM(SIZE, DST, SRC, OFF)");
});

for (const [lang, words] of [
  ["en", "Add 42 (0x2a) to R0"],
  ["ja", "R0 に 42 (0x2a) を足す"],
] as const)
  test(`hovering a macro shows its bytes and plain words: ${lang}`, async ({ playground, page }) => {
    await playground.open(`?lang=${lang}`);
    await playground.editorReady();
    await playground.settled();
    await playground.id("editor").locator(".view-line span span", { hasText: "BPF_ALU32_IMM" }).first().hover();
    const hover = page.locator(".monaco-hover").first();
    await expect(hover).toContainText("04 00 0000 2a000000");
    await expect(hover).toContainText(words);
  });

test("a pasted dump becomes macros, and the page says so", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await page.keyboard.press("Control+A");
  await playground.paste("   0: (b7) r0 = 7\n   1: (95) exit\n");
  await expect(page.locator(".notice")).toContainText("Pasted:");
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM(BPF_REG_0, 7)");
  await playground.expectVerdict("accept");
});

test("a program typed key by key arrives unchanged", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(
    [
      "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),",
      "BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 1),",
      "BPF_ALU64_IMM(BPF_MUL, BPF_REG_0, 2),",
      "BPF_EXIT_INSN(),",
    ].join("\n"),
  );
  await playground.expectVerdict("accept");
  await expect(page.locator(".listing__row")).toHaveCount(4);
  await expect(page.locator(".listing__row").nth(1)).toContainText("if r0 == 0x0 goto pc+1");
});

const LOOP = `BPF_MOV64_IMM(BPF_REG_0, 0),
again:
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),
BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 5, again),
BPF_CALL_REL(half),
BPF_EXIT_INSN(),
half:
BPF_MOV64_IMM(BPF_REG_0, 2),
BPF_EXIT_INSN(),
`;
const loop = (query = ""): string => `${query}#src=${encodeURIComponent(LOOP)}`;

test("jumps are arrows in the margin, and their switch is remembered", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  const arrows = page.locator(".jumps__one");
  await expect(arrows).toHaveCount(2);
  await expect(page.locator('.jumps__one[data-kind="call"]')).toHaveCount(1);
  // The run that is shown took the jump back and the call.
  await expect(page.locator(".jumps__one[data-taken]")).toHaveCount(2);
  await page.getByLabel("What the editor shows").click();
  await page.getByLabel("Jumps as arrows").uncheck();
  await expect(arrows).toHaveCount(0);
  await page.reload();
  await playground.editorReady();
  await expect(page.locator(".listing__row")).toHaveCount(7);
  await expect(arrows).toHaveCount(0);
});

test("each kind of hint in the text has a switch", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  await expect(playground.id("editor")).toContainText("→ line 3 again");
  await page.getByLabel("What the editor shows").click();
  await page.getByLabel("Kernel notation").check();
  await expect(playground.id("editor")).toContainText("call pc+1");
  await page.getByLabel("Jump targets").uncheck();
  await expect(playground.id("editor")).not.toContainText("→ line 3 again");
});

for (const [lang, menu, label, quick] of [
  ["en", "What the editor shows", "Quick typing", true],
  ["ja", "エディタの表示", "入力を速くする", false],
] as const)
  test(`keys reach the editor by either way, chosen in the menu and remembered: ${lang}`, async ({
    playground,
    page,
  }) => {
    const editContext = playground.id("editor").locator(".native-edit-context");
    const textArea = playground.id("editor").locator("textarea.inputarea");
    await playground.open(`?lang=${lang}`);
    await playground.editorReady();
    const [now, then] = quick ? [editContext, textArea] : [textArea, editContext];
    await expect(now).toHaveCount(1);
    await playground.write("// ");
    await compose(page, "かな", "仮名");
    await page.keyboard.type(" 42");
    await page.getByLabel(menu).click();
    await page.getByLabel(label).setChecked(!quick);
    await page.keyboard.press("Escape");
    await expect(then).toHaveCount(1);
    await expect(now).toHaveCount(0);
    await toTheEnd(playground);
    await compose(page, "かな", "仮名");
    await page.keyboard.type("!");
    await expect(playground.id("editor").locator(".view-line")).toHaveText("// 仮名 42仮名!");
    await page.reload();
    await playground.editorReady();
    await expect(then).toHaveCount(1);
  });

test("whoever gives the focus to the editor's text area types into the editor", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator("textarea").first().focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("// all of it");
  await expect(playground.id("editor").locator(".view-line")).toHaveText("// all of it");
});

/** An input method: letters that are being composed, then what was chosen for them. */
async function compose(page: Page, letters: string, chosen: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  for (let n = 1; n <= letters.length; n++)
    await cdp.send("Input.imeSetComposition", { text: letters.slice(0, n), selectionStart: n, selectionEnd: n });
  await cdp.send("Input.insertText", { text: chosen });
  await cdp.detach();
}

test("functions fold, and the listing folds with them", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  await expect(page.locator(".listing__row")).toHaveCount(7);
  await page.getByLabel("What the editor shows").click();
  await page.getByRole("button", { name: "Fold all", exact: true }).click();
  await expect(page.locator(".listing__row")).toHaveCount(2);
});

for (const [lang, view, sentence] of [
  ["en", "Words", "If R0 is below 5, unsigned, jump to slot 1"],
  ["ja", "説明", "R0 が 5 より小さい(符号なし)ならスロット 1 へ飛ぶ"],
] as const)
  test(`the program in plain words beside it: ${lang}`, async ({ playground, page }) => {
    await playground.open(loop(`?lang=${lang}`));
    await page.getByRole("radio", { name: view, exact: true }).check({ force: true });
    await expect(page.locator(".listing__row").nth(2)).toContainText(sentence);
  });

test("writers and readers of a register are marked and listed", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  const register = playground.id("editor").locator(".view-line span span", { hasText: "BPF_REG_0" }).first();
  await register.click();
  await page.keyboard.press("Shift+Alt+R");
  const places = page.locator(".register-bar__place");
  // mov, add, jlt, call (its function sets R0), exit, mov, exit
  await expect(places).toHaveCount(6);
  await expect(places.first()).toContainText("written");
  await expect(places.nth(1)).toContainText("read");
  await expect(page.locator(".use-writes").first()).toBeVisible();
  await page.getByLabel("Next place").click();
  await expect(page.locator(".register-bar__place[aria-current]")).toContainText("r0 = 0");
  await page.getByLabel("End the search").click();
  await expect(page.locator(".use-writes")).toHaveCount(0);
});

test("the editor's own menu follows the language without a reload, and what was typed stays", async ({
  playground,
  page,
}) => {
  await atTheEnd(playground, loop());
  await page.keyboard.type("// mine");
  await playground.id("language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  const line = playground.id("editor").locator(".view-line", { hasText: "// mine" });
  await expect(async () => {
    await page.keyboard.press("Escape");
    await line.click({ button: "right" });
    await expect(page.getByText("切り取り").first()).toBeVisible({ timeout: 1000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await line.click();
  await page.keyboard.press("Control+Z");
  await expect(playground.id("editor")).not.toContainText("// mine");
});

test("lines typed in the kernel's notation become macros by a quick fix, all at once", async ({ playground, page }) => {
  await atTheEnd(playground, "#src=BPF_MOV64_IMM(BPF_REG_0%2C%201)%2C%0A");
  await page.keyboard.type("r0 += 42\nexit");
  await playground.expectVerdict("error");
  await expect(page.locator(".listing__row").nth(2)).toContainText("exit");
  await page.keyboard.press("Control+.");
  await page.getByText("Write all 2 lines").first().click();
  await expect(playground.id("editor")).toContainText("BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 42),");
  await playground.expectVerdict("accept");
});

test("a click on a line number sets a breakpoint, which moves with its line", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  await playground.id("editor").locator(".line-numbers", { hasText: /^3$/ }).click();
  await expect(page.locator(".line-numbers.breakpoint")).toHaveText("3");
  await playground.id("editor").locator(".view-lines").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Enter");
  await expect(page.locator(".line-numbers.breakpoint")).toHaveText("4");
});

test("hovering a register shows what the verifier knew about it there", async ({ playground, page }) => {
  await playground.open(loop());
  await playground.editorReady();
  // What comes into the line after the text moves the register.
  await expect(playground.id("editor").locator(".line-current")).toHaveCount(1);
  await playground.settled();
  await playground.id("editor").locator(".view-line", { hasText: "BPF_ADD" }).getByText("BPF_REG_0").hover();
  const hover = page.locator(".monaco-hover").first();
  await expect(hover).toContainText("The verifier, before slot 1:");
  await expect(hover).toContainText("0");
});

test("directives in the source set the program type and the maps of the page", async ({ playground, page }) => {
  await playground.open(
    `#src=${encodeURIComponent("// @prog xdp\n// @map seen hash key=4 value=8\nBPF_MOV64_IMM(BPF_REG_0, XDP_PASS),\nBPF_EXIT_INSN(),\n")}`,
  );
  const type = page.getByLabel("Program type");
  await expect(type).toHaveValue("xdp");
  await expect(type).toBeDisabled();
  await expect(playground.id("timeline")).toHaveAttribute("aria-valuemax", "2");
  await playground.id("editor").locator(".line-map").click();
  await expect(playground.id("map-seen")).toBeFocused();
});
