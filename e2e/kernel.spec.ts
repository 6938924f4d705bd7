// Extending the kernel: the steps of the recipe are taken back one by one; another program type; the folder to take home.
import type { Page } from "@playwright/test";
import { encodeLink } from "../web/links/codec.ts";
import { faultsOf } from "./axe.ts";
import { expect, type Playground, test } from "./page.ts";

test.use({ editor: "plain" });

/** Switches the panel to one of its views. */
const view = (page: Page, name: string): Promise<void> =>
  page.locator(".extend .segments label").getByText(name, { exact: true }).click();

async function extend(playground: Playground): Promise<void> {
  await playground.open();
  await playground.page.getByRole("button", { name: "Extend the kernel" }).click();
  await expect(playground.page.getByText("Take it home")).toBeVisible();
}

/** Checks that the whole panel is in sight and does not scroll itself. Longer content scrolls in a frame of its own. */
async function inSight(page: Page): Promise<void> {
  const panel = page.locator(".kernel-pane__extend");
  await expect(panel).toBeInViewport({ ratio: 1 });
  await expect.poll(() => panel.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
  await expect(page.locator(".kernel-pane__wide [data-testid=load]")).toBeInViewport();
}

/** Leaves the panel, which covers the editor. What was chosen and typed in the panel stays. */
async function back({ page }: Playground): Promise<void> {
  await page.getByRole("button", { name: "Back to the program" }).click();
  await expect(page.locator(".extend")).toHaveCount(0);
}

/** Runs in the page. Unticks a step; how the header's line about it is displayed in the first frame after. "": it is not there. */
const lineWithoutStep = (element: Element): Promise<string> =>
  new Promise((resolve) => {
    const box = element as HTMLInputElement;
    const look = (): void => {
      if (box.checked) return void requestAnimationFrame(look);
      const line = document.querySelector(".header__missing");
      resolve(line ? getComputedStyle(line).display : "");
    };
    box.click();
    requestAnimationFrame(look);
  });

for (const [step, label, answer] of [
  [1, "1. The program type", /BPF_PROG_LOAD.*= -1 EINVAL/],
  [2, "2. The attach type", /BPF_PROG_ATTACH.*= -1 EINVAL/],
  [3, "3. The module", /openat\(.*"\/sys\/oreore\/bpf".*= -1 ENOENT/],
] as const)
  test(`without step ${step} the kernel answers like one without that patch`, async ({ playground, page }) => {
    await extend(playground);
    await expect(page.getByLabel(label)).toBeChecked();
    await playground.settled(); // the code of the header's line is there
    // The line about it moves what lies below. So it is there in the first frame without the step, before anything can be pressed.
    expect(await page.getByLabel(label).evaluate(lineWithoutStep)).toBe("flex");
    await expect(page.getByLabel(label)).not.toBeChecked();
    await expect(page.locator(".header__missing")).toBeVisible();
    await playground.demo("10");
    await expect(playground.id("syscall-log")).toContainText(answer);
    // What the verifier never saw has no line, and nothing to be saved from.
    if (step === 1) {
      await expect(playground.id("current-insn")).toContainText("before the verifier looked");
      await expect(page.locator(".squiggly-error")).toHaveCount(0);
    }
    await page.locator(".extend").getByText(label).click();
    await expect(page.getByLabel(label)).toBeChecked();
    await playground.demo("10");
    await expect(playground.id("sysfs-output")).toHaveText("52");
  });

test("a program type with two numbers takes OREORE's place, and a link carries it", async ({
  playground,
  page,
  browser,
}) => {
  await extend(playground);
  await page.locator(".extend").getByRole("combobox").selectOption("adder");
  await expect(playground.id("sysfs-input")).toHaveValue("10 32");
  await back(playground);
  await playground.write(
    [
      "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),",
      "BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 4),",
      "BPF_ALU32_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),",
      "BPF_EXIT_INSN(),",
    ].join("\n"),
  );
  await playground.expectVerdict("accept");
  await playground.demo("100 23");
  await expect(playground.id("sysfs-output")).toHaveText("123");

  // The draft remembers the program type for which it was written.
  await page.reload();
  await playground.expectVerdict("accept");
  await playground.demo("100 23");
  await expect(playground.id("sysfs-output")).toHaveText("123");

  await playground.id("share").click();
  await expect(playground.id("share-link")).toContainText("#v1.");
  const elsewhere = await browser.newPage();
  await elsewhere.goto((await playground.id("share-link").textContent()) as string);
  await expect(elsewhere.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await expect(elsewhere.getByTestId("sysfs-input")).toHaveValue("100 23");
  for (const press of ["load", "attach", "sysfs-write", "sysfs-read"]) await elsewhere.getByTestId(press).click();
  await expect(elsewhere.getByTestId("sysfs-output")).toHaveText("123");
  await elsewhere.close();
});

test("a reader's own definition works from the form to echo and cat, in its code and in its link", async ({
  playground,
  page,
  browser,
}) => {
  test.slow(); // a long test, with two pages and a check by axe
  await extend(playground);
  await view(page, "Your type");
  const form = page.getByRole("form", { name: "Define one of your own" });
  const labelled = (label: string) => form.getByLabel(label, { exact: true });
  await labelled("Name").fill("Ratio");
  await expect(labelled("Name")).toHaveAttribute("aria-invalid", "true");
  await expect(form).toContainText("Lower-case letters only");
  await labelled("Name").fill("ratio");
  await expect(labelled("Name")).not.toHaveAttribute("aria-invalid");
  await expect(labelled("Attach type")).toHaveValue("BPF_RATIO_ATTACH");

  await form.getByRole("button", { name: "Add a field" }).click();
  const second = form.getByRole("group", { name: "Field 2" });
  await second.getByLabel("Field name").fill("by");
  await second.getByLabel("Bytes").selectOption("8");
  await expect(second).toContainText("Offset 4 is not a multiple of the size 8.");
  await second.getByLabel("Offset").fill("0");
  await expect(second).toContainText("Lies over the field “val”.");
  await playground.id("language").click();
  await expect(page.getByText("フィールド「val」と重なっています。")).toBeVisible();
  await page.getByRole("button", { name: "この定義を使う" }).click();
  await expect(page.getByRole("status").filter({ hasText: "まだ使えません" })).toBeVisible();
  await playground.id("language").click();
  await second.getByLabel("Offset").fill("8");
  await expect(second.getByLabel("Offset")).not.toHaveAttribute("aria-invalid");
  await labelled("The file that runs the program").fill("/sys/ratio/div");
  await form.getByRole("button", { name: "Use this definition" }).click();
  await expect(form.getByRole("status")).toHaveText("The kernel now knows ratio.");
  await expect(page.getByText("cat /sys/ratio/div")).toBeVisible();

  await view(page, "Code");
  await expect(page.getByRole("region", { name: "kernel/bpf/ratio.c" })).toContainText("struct ratio_ctx");
  await view(page, "Module");
  await expect(page.getByRole("region", { name: "module/ratio_module.c" })).toContainText("/sys/ratio/div");
  expect(await faultsOf(page, { within: ".extend" })).toEqual([]);

  await back(playground);
  await playground.write(
    [
      "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),",
      "BPF_LDX_MEM(BPF_DW, BPF_REG_2, BPF_REG_1, 8),",
      "BPF_ALU64_REG(BPF_DIV, BPF_REG_0, BPF_REG_2),",
      "BPF_EXIT_INSN(),",
    ].join("\n"),
  );
  await playground.expectVerdict("accept");
  await playground.demo("100 7");
  await expect(playground.id("sysfs-output")).toHaveText("14");
  await expect(playground.id("syscall-log")).toContainText('"/sys/ratio/div"');

  await playground.id("share").click();
  await expect(playground.id("share-link")).toContainText("#v1.");
  const elsewhere = await browser.newPage();
  await elsewhere.goto((await playground.id("share-link").textContent()) as string);
  await expect(elsewhere.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await expect(elsewhere.getByText("cat /sys/ratio/div")).toBeVisible();
  for (const press of ["load", "attach", "sysfs-write", "sysfs-read"]) await elsewhere.getByTestId(press).click();
  await expect(elsewhere.getByTestId("sysfs-output")).toHaveText("14");
  // No real kernel has the type: the page says so, fetches nothing, and offers the take-home.
  await elsewhere.locator(".kernel-pane__switch label").getByText("Real", { exact: true }).click();
  await expect(elsewhere.locator(".kernel-pane")).toContainText(/Linux 6\.1\.\d+/);
  await elsewhere.getByTestId("sysfs-write").click();
  await elsewhere.getByTestId("ask-linux").click();
  for (const place of [".real-kernel", ".real"]) {
    await expect(elsewhere.locator(place)).toContainText("Your own program type is in no kernel here");
    await expect(elsewhere.locator(place).getByRole("button", { name: "Take-home as a ZIP" })).toBeVisible();
    await expect(elsewhere.locator(place).locator(".real__progress")).toHaveCount(0);
  }
  await elsewhere.close();
});

test("a link with an invalid program type opens the page with a sentence", async ({ playground, page }) => {
  const field = { name: "val", off: 0, size: 4, writable: false } as const;
  const link = await encodeLink({
    source: "BPF_EXIT_INSN(),\n",
    progType: "odd",
    maps: [],
    input: "1",
    definition: {
      name: "odd",
      ctx: { struct: "odd_ctx", fields: [field, { ...field, name: "over" }] },
      helpers: { set: "base" },
      attachName: "BPF_ODD_ATTACH",
      sysfsPath: "/sys/odd/run",
    },
  });
  await playground.open(link);
  await expect(page.locator(".notice")).toContainText("a program type that the kernel here does not take");
  await expect(playground.id("editor")).toContainText("BPF_ALU32_IMM");
  await expect(page.getByText("cat /sys/oreore/bpf")).toBeVisible();
});

test("the take-home is downloaded as a ZIP", async ({ playground, page }) => {
  await extend(playground);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Take it home" }).click();
  expect((await download).suggestedFilename()).toBe("oreore-take-home.zip");
});

test("any command can be typed into the shell", async ({ playground, page }) => {
  await playground.open();
  await playground.id("load").click();
  await page.getByLabel("Another command").fill("bpftool prog");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Output of the last command")).toContainText(/1: type 32 .*tag/);
});

test("the map shows the way of each call and where it was refused, and is whole at every size", async ({
  playground,
  page,
}) => {
  await extend(playground);
  await inSight(page);
  for (const name of ["Your type", "Code", "Parts"]) {
    await view(page, name);
    await inSight(page);
  }
  const map = page.locator(".parts");
  for (const [width, height] of [
    [1280, 720],
    [1024, 768],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(map.locator("svg"), `${width} × ${height}`).toBeInViewport({ ratio: 1 });
  }
  await expect(map).not.toContainText("…");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("tab", { name: "Kernel" }).click();
  await map.locator("svg").scrollIntoViewIfNeeded();
  await expect(map.locator("svg")).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 1440, height: 900 });
  const said = map.getByRole("status");
  const lit = (part: string) => map.locator(`[data-part="${part}"][data-lit]`);
  await expect(said).toContainText("the path of the call lights up here");
  await playground.echo("10");
  await expect(said).toContainText("Attach point refused it: ENOENT.");
  await expect(map.locator('[data-part="attach"]')).toContainText("ENOENT");
  await expect(lit("program")).toHaveCount(0);
  await playground.id("load").click();
  await expect(said).toContainText("Load: Your shell → System call → Verifier → Program.");
  await playground.id("attach").click();
  await expect(lit("attach")).toHaveCount(1);
  await playground.echo("10");
  await expect(said).toContainText("Write: Your shell → sysfs → Module → Attach point → Program. It came back with 3.");
  await playground.id("sysfs-read").click();
  await expect(said).toContainText("Read: Your shell → sysfs → Module.");
  expect(await faultsOf(page, { within: ".extend" })).toEqual([]);

  // Without a step, its parts are missing on the map.
  await view(page, "Steps");
  await page.getByText("3. The module").click();
  await expect(page.getByLabel("3. The module")).not.toBeChecked();
  await view(page, "Parts");
  await expect(said).toContainText("Not there: sysfs, Module.");
  await playground.id("sysfs-read").click();
  await expect(said).toContainText("sysfs refused it: ENOENT.");
});

test("a context with another struct in the kernel: both structs, the rewritten accesses, and bpftool's dump of them", async ({
  playground,
  page,
}) => {
  await extend(playground);
  await page.locator(".extend").getByRole("combobox").first().selectOption("converted");
  await view(page, "Your type");
  const table = page.getByRole("region", { name: "The context from both sides" });
  await expect(table.getByRole("row", { name: /^len/ })).toContainText("r0 = *(u16 *)(r1 +8)w0 >>= 8w0 &= 255");
  await back(playground);
  await playground.write("BPF_LDX_MEM(BPF_B, BPF_REG_0, BPF_REG_1, 1),\nBPF_EXIT_INSN(),\n");
  await playground.expectVerdict("accept");
  await playground.demo("0x1234 0 0");
  await expect(playground.id("sysfs-output")).toHaveText("18");
  await page.getByLabel("Another command").fill("bpftool prog dump xlated id 1");
  await page.keyboard.press("Enter");
  const printed = page.getByLabel("Output of the last command");
  await expect(printed).toContainText("0: (69) r0 = *(u16 *)(r1 +8)");
  await expect(printed).toContainText("2: (54) w0 &= 255");
});

test("an input in the form changes the code beside it and marks the change", async ({ playground, page }) => {
  await extend(playground);
  await view(page, "Your type");
  const form = page.getByRole("form", { name: "Define one of your own" });
  const code = page.getByRole("region", { name: "kernel/bpf/oreore.c" });
  await expect(code).toContainText("case offsetof(struct oreore_ctx, val):");
  await expect(code.locator("[data-changed]")).toHaveCount(0);
  await form.getByLabel("Field name").fill("amount");
  await expect(code.locator("[data-changed]").first()).toContainText("struct oreore_ctx, amount");
  await form.getByLabel("kernel side differs").check();
  await expect(page.getByRole("region", { name: "include/linux/oreore_kern.h" })).toContainText("u32 amount;");
  await form.getByLabel("and these").fill("skb_load_bytes");
  await expect(form).toContainText("“skb_load_bytes” needs what a type like this does not have.");
  await form.getByLabel("and these").fill("");
  await form.getByRole("button", { name: "Add a file" }).click();
  await form.getByRole("button", { name: "Use this definition" }).click();
  await expect(form.getByRole("status")).toHaveText("The kernel now knows oreore.");
  await playground.demo("10");
  await page.getByLabel("Another command").fill("cat /sys/oreore/hex");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Output of the last command")).toContainText("0x34");
});

test("the shell remembers lines and completes words", async ({ playground, page }) => {
  await playground.open();
  const line = page.getByLabel("Another command");
  await line.fill("ls /sys/o");
  await page.keyboard.press("Tab");
  await expect(line).toHaveValue("ls /sys/oreore/");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Output of the last command")).toContainText("bpf");
  await line.fill("nonsense");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Output of the last command")).toContainText("command not found");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(line).toHaveValue("ls /sys/oreore/");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(line).toHaveValue("");
  // With nothing to complete, Tab moves the focus.
  await page.keyboard.press("Tab");
  await expect(line).not.toBeFocused();
});
