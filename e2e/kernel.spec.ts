// The kernel that is extended: the recipe's steps taken back one by one, another program type, the folder to take home.
import AxeBuilder from "@axe-core/playwright";
import { encodeLink } from "../web/links/codec.ts";
import { expect, type Playground, test } from "./page.ts";

async function extend(playground: Playground): Promise<void> {
  await playground.open();
  await playground.page.getByRole("button", { name: "Extend the kernel" }).click();
  await expect(playground.page.getByText("Take it home")).toBeVisible();
}

for (const [step, label, answer] of [
  [1, "1. The program type", /BPF_PROG_LOAD.*= -1 EINVAL/],
  [2, "2. The attach type", /BPF_PROG_ATTACH.*= -1 EINVAL/],
  [3, "3. The module", /openat\(.*"\/sys\/oreore\/bpf".*= -1 ENOENT/],
] as const)
  test(`without step ${step} the kernel answers as one that was not patched so`, async ({ playground, page }) => {
    await extend(playground);
    await page.getByText(label).click();
    await expect(page.getByLabel(label)).not.toBeChecked();
    await playground.demo("10");
    await expect(playground.id("syscall-log")).toContainText(answer);
    await page.getByText(label).click();
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

  // The draft remembers for which type it is written.
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

test("a definition of one's own goes from the form to echo and cat, its code and its link follow", async ({
  playground,
  page,
  browser,
}) => {
  test.slow(); // the whole way, two pages and a look by axe
  await extend(playground);
  await page.getByRole("button", { name: "Define one of your own" }).click();
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
  await labelled("File in sysfs").fill("/sys/ratio/div");
  await form.getByRole("button", { name: "Use this definition" }).click();
  await expect(form.getByRole("status")).toHaveText("The kernel now knows ratio.");
  await expect(page.getByText("cat /sys/ratio/div")).toBeVisible();

  await page.getByRole("button", { name: "Code for number 1" }).click();
  await expect(page.getByRole("region", { name: "kernel/bpf/ratio.c" })).toContainText("struct ratio_ctx");
  await page.getByRole("button", { name: "Code for number 3" }).click();
  await expect(page.getByRole("region", { name: "module/ratio_module.c" })).toContainText("/sys/ratio/div");

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
  const { violations } = await new AxeBuilder({ page }).include(".extend").analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);

  await playground.id("share").click();
  await expect(playground.id("share-link")).toContainText("#v1.");
  const elsewhere = await browser.newPage();
  await elsewhere.goto((await playground.id("share-link").textContent()) as string);
  await expect(elsewhere.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await expect(elsewhere.getByText("cat /sys/ratio/div")).toBeVisible();
  for (const press of ["load", "attach", "sysfs-write", "sysfs-read"]) await elsewhere.getByTestId(press).click();
  await expect(elsewhere.getByTestId("sysfs-output")).toHaveText("14");
  await elsewhere.close();
});

test("a link with a program type that no kernel takes opens the page with a sentence", async ({ playground, page }) => {
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
