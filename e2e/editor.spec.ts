// The editor knows the language: completion by place, signatures, hover, quick fixes, pasted dumps; in both languages.
import { expect, type Playground, test } from "./page.ts";

async function atTheEnd(playground: Playground, address = ""): Promise<void> {
  await playground.open(address);
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await playground.page.keyboard.press("Control+End");
}

test("a macro is completed, and its arguments by place", async ({ playground, page }) => {
  await atTheEnd(playground);
  await page.keyboard.type("BPF_MOV64_I", { delay: 30 });
  const list = page.locator(".suggest-widget");
  await expect(list).toContainText("BPF_MOV64_IMM");
  await page.keyboard.press("Tab");
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM(DST, IMM),");
  await page.keyboard.type("BPF_REG_3", { delay: 30 });
  await expect(list).toContainText("BPF_REG_3");
});

test("Enter after a finished line makes a line", async ({ playground, page }) => {
  await atTheEnd(playground, "#src=BPF_MOV64_IMM(BPF_REG_0%2C%201)%2C%0A");
  await page.keyboard.type("BPF_EXIT_INSN(),", { delay: 30 });
  await page.keyboard.press("Enter");
  await page.keyboard.type("// done");
  await playground.expectVerdict("accept");
});

test("a signature names the parameters while they are written", async ({ playground, page }) => {
  await atTheEnd(playground);
  await page.keyboard.type("BPF_LDX_MEM(", { delay: 30 });
  await expect(page.locator(".parameter-hints-widget")).toContainText("BPF_LDX_MEM(SIZE, DST, SRC, OFF)");
});

for (const [lang, words] of [
  ["en", "Add 42 (0x2a) to R0"],
  ["ja", "R0 に 42 (0x2a) を足す"],
] as const)
  test(`hovering a macro shows its bytes and plain words: ${lang}`, async ({ playground, page }) => {
    await playground.open(`?lang=${lang}`);
    await playground.editorReady();
    await playground.id("editor").locator(".view-line span span", { hasText: "BPF_ALU32_IMM" }).first().hover();
    const hover = page.locator(".monaco-hover").first();
    await expect(hover).toContainText("04 00 0000 2a000000");
    await expect(hover).toContainText(words);
  });

test("a dump that is pasted becomes macros, and the page says so", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await page.keyboard.press("Control+A");
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "   0: (b7) r0 = 7\n   1: (95) exit\n");
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(page.locator(".notice")).toContainText("Pasted:");
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM(BPF_REG_0, 7)");
  await playground.expectVerdict("accept");
});

test("a program typed by hand, key by key, is what stands there", async ({ playground, page }) => {
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
    { delay: 15 },
  );
  await playground.expectVerdict("accept");
  await expect(page.locator(".listing__row")).toHaveCount(4);
  await expect(page.locator(".listing__row").nth(1)).toContainText("if r0 == 0x0 goto pc+1");
});
