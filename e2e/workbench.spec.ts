// The workbench: commands, layouts, undo, the last programs, files, and all forms of sharing.
import { faultsOf } from "./axe.ts";
import { expect, Playground, test } from "./page.ts";

test.use({ editor: "plain" });

const MINE = "// my own program\nBPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n";

test("the palette finds commands in both languages, runs them, and keeps the recent ones first", async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.keyboard.press("Control+K");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await palette.getByRole("combobox").fill("ダーク");
  await expect(palette.getByRole("option").first()).toHaveText("Theme: dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(palette).toHaveCount(0);
  await page.keyboard.press("Control+K");
  await page.keyboard.type("div");
  await page.keyboard.press("Enter");
  await playground.expectVerdict("reject"); // the example that divides by zero
});

test("a part whose file cannot be had says so in its place, and the rest of the page works", async ({ page }) => {
  const playground = new Playground(page, "plain"); // without the check for errors, which the browser reports here
  const palette = /\/Palette-/;
  await page.route(palette, (route) => route.abort());
  await playground.open();
  await page.keyboard.press("Control+K");
  const alert = page.getByRole("alert").filter({ hasText: "could not be shown" });
  await expect(alert).toBeVisible();
  await playground.id("run").click();
  await expect(playground.id("result")).toContainText("52");
  await page.unroute(palette);
  await alert.getByRole("button", { name: "Reload" }).click();
  await expect(alert).toHaveCount(0);
  await expect(page.locator("html")).toHaveAttribute("data-listening", "true");
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
});

test("each task has a layout and a key, and a pane can be maximised and restored", async ({ playground, page }) => {
  await playground.open();
  const machine = page.locator(".machine-pane");
  const height = async () => (await machine.boundingBox())?.height ?? 0;
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "0"); // all panes are there
  const before = await height();
  await page.keyboard.press("Alt+2");
  await expect.poll(height).toBeGreaterThan(before + 100);
  await expect(playground.id("load")).toBeHidden(); // the kernel is folded to its title line
  await page.getByRole("button", { name: "Unfold: Kernel" }).click();
  await expect(playground.id("load")).toBeVisible();
  await page.keyboard.press("Alt+3");
  await expect(playground.id("verifier-log")).toBeVisible();
  await page.keyboard.press("Alt+1");
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  const menu = await page.getByRole("menu").boundingBox();
  expect((menu?.x ?? 9999) + (menu?.width ?? 0)).toBeLessThanOrEqual(1440);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Maximise: Machine" }).click();
  await expect(playground.id("load")).toBeHidden();
  await page.getByRole("button", { name: "All panes again: Machine" }).click();
  await expect(playground.id("load")).toBeVisible();
  await page.keyboard.press("Alt+2");
  await page.reload();
  await expect(page.getByRole("radio", { name: "Step" })).toBeChecked();
});

test("undo goes back through text, input and program type, and redo forward again", async ({ playground, page }) => {
  // Changes in quick succession count as one, so the clock is moved by a second between them.
  await page.clock.install();
  await playground.open();
  await playground.write(MINE);
  await page.clock.fastForward(1000);
  await playground.id("sysfs-input").fill("99");
  await page.clock.fastForward(1000);
  await page.getByLabel("Program type").selectOption("socket_filter");
  await page.keyboard.press("Control+Z");
  await expect(page.getByLabel("Program type")).toHaveValue("oreore");
  await expect(playground.id("sysfs-input")).toHaveValue("99");
  await page.keyboard.press("Control+Z");
  await expect(playground.id("sysfs-input")).toHaveValue("10");
  await page.keyboard.press("Control+Z");
  await expect(playground.id("editor")).not.toContainText("my own program");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Control+Shift+Z");
  await expect(page.getByLabel("Program type")).toHaveValue("socket_filter");
  await expect(playground.id("editor")).toContainText("my own program");
});

test("a program is shown beside its version before, or below it on a narrow page", async ({ playground, page }) => {
  await playground.open("#example/loop");
  const area = playground.id("editor").getByRole("textbox");
  const source = await area.inputValue();
  await playground.write(source.replace("BPF_REG_0, 0)", "BPF_REG_0, BPF_REG_5)").replace("MOV64_IMM", "MOV64_REG"));
  await playground.expectVerdict("reject");
  await page.getByRole("button", { name: "What the editor shows" }).click();
  await page.getByRole("button", { name: "Compare with an earlier version" }).click();
  await expect(playground.id("compare-verdict")).toHaveText(
    "It was accepted. Now it is refused: EACCES, line 3: R5 !read_ok",
  );
  const changed = page.locator('.compare__row[data-kind="changed"]').first();
  await expect(changed.locator("mark")).toHaveText(["IMM", "0", "REG", "BPF_REG_5"]);
  const tops = async () => {
    const [before, now] = await Promise.all(
      ["before", "now"].map((side) => changed.locator(`[data-side="${side}"]`).boundingBox()),
    );
    return (now?.y ?? 0) - (before?.y ?? 0);
  };
  expect(await tops()).toBe(0);
  expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(tops).toBeGreaterThan(0);
});

test("programs that were loaded or set aside are in the list of the last programs", async ({ playground, page }) => {
  await playground.open();
  await playground.write(MINE);
  await playground.id("load").click();
  await expect(playground.id("syscall-log")).toContainText("BPF_PROG_LOAD");
  await playground.open("?again#example/div-by-zero");
  await page.keyboard.press("Control+O");
  const sheet = page.getByRole("dialog", { name: "Files and programs" });
  await expect(sheet.locator(".files__one")).toHaveCount(1); // the same work is listed once
  await sheet.getByRole("button", { name: /^my own program/ }).click();
  await expect(playground.id("editor")).toContainText("my own program");
  await playground.expectVerdict("accept");
});

test("a program is saved to a file and read back, and a file without a program gives a sentence", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.id("sysfs-input").fill("77");
  await page.keyboard.press("Control+O");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "State" }).click();
  const state = await (await saved).path();
  await page.keyboard.press("Escape");
  const drop = async (name: string, body: string | number[]) => {
    const transfer = await page.evaluateHandle(
      ([file, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([typeof content === "string" ? content : Uint8Array.from(content)], file));
        return data;
      },
      [name, body] as const,
    );
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  };
  await drop("a.hex", "b7 00 00 00 07 00 00 00\n95 00 00 00 00 00 00 00\n");
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM");
  const { readFile } = await import("node:fs/promises");
  await drop("oreore.json", await readFile(state, "utf8"));
  await expect(playground.id("editor")).toContainText("BPF_LDX_MEM");
  await expect(playground.id("sysfs-input")).toHaveValue("77");
  await drop("a.o", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  await expect(playground.id("object-fault")).toContainText("takes 64 bytes, but there are only 8");
  await page.keyboard.press("Escape");
  await drop("b.json", '{"source": 7}');
  await expect(page.locator(".notice")).toContainText("b.json holds no state");
  await expect(playground.id("editor")).toContainText("BPF_LDX_MEM");
});

test("the share sheet offers a QR code, a frame, Markdown and a picture", async ({ playground, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open("#example/div-by-zero");
  await playground.id("share").click();
  const sheet = page.getByRole("dialog", { name: "Share" });
  await expect(sheet.getByText("Fits a chat message.")).toBeVisible();
  // The link is selected, so that a key copies it.
  await expect(playground.id("share-link")).toBeFocused();
  // The link is made while the sheet is already open.
  await expect(playground.id("share-link")).toContainText("#");
  const link = (await playground.id("share-link").textContent()) ?? "";
  await expect.poll(() => page.evaluate(() => String(getSelection()))).toBe(link);
  await sheet.getByText("QR code", { exact: true }).click();
  await expect(sheet.getByRole("img", { name: "QR code of the link" })).toBeVisible();
  await sheet.getByRole("button", { name: "Fill the screen" }).click();
  expect((await sheet.getByRole("img").boundingBox())?.width).toBeGreaterThan(600);
  await sheet.getByRole("button", { name: "Small again" }).click();
  await sheet.getByText("Embed", { exact: true }).click();
  await sheet.getByText("as the program needs").click();
  await sheet.getByLabel("The program cannot be edited").check();
  await expect(playground.id("embed-snippet")).toContainText(
    "?embed=1&amp;readonly=1&amp;height=auto#example/div-by-zero",
  );
  await sheet.getByText("Text and picture").click();
  await sheet.getByRole("button", { name: "Copy as Markdown" }).click();
  await expect(sheet.getByText("Copied to the clipboard")).toBeVisible();
  const markdown = await page.evaluate(() => navigator.clipboard.readText());
  expect(markdown).toContain("**refused with `-EINVAL`** (`div by zero`)");
  expect(markdown).toMatch(/\(http:\/\/localhost:\d+\/any\/folder\/#example\/div-by-zero\)/);
  const saved = page.waitForEvent("download");
  await sheet.getByRole("button", { name: "Save the picture" }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.png$/);
});

test("Ctrl+S copies the link, and the address changes only then", async ({ playground, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open();
  await playground.write(MINE);
  expect(new URL(page.url()).hash).toBe("");
  await page.keyboard.press("Control+S");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/#v1\.[\w-]+$/);
  expect(new URL(page.url()).hash).toMatch(/^#v1\./);
  // The focus stays in the editor, so that one can go on typing.
  await expect(page.getByRole("dialog", { name: "Share" })).toBeVisible();
  await expect(playground.id("editor").getByRole("textbox")).toBeFocused();
  // Between a button's words and its keys there is a blank, also in the text content.
  await expect(playground.id("run")).toHaveText("Run Ctrl Enter");
});

test.describe("on a tablet", () => {
  test.use({ viewport: { width: 1024, height: 768 } });
  test("the program and one of the other panes are side by side", async ({ playground, page }) => {
    await playground.open();
    await expect(playground.verdict).toBeVisible();
    await page.locator(".workbench__beside").getByText("Kernel").click();
    await playground.demo("10");
    await expect(playground.id("sysfs-output")).toHaveText("52");
    await page.locator(".workbench__beside").getByText("Machine").click();
    await playground.id("step").click();
    await playground.expectRegister(0, 10n);
    await expect(playground.id("editor")).toBeVisible();
  });
});
