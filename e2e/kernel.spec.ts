// The kernel that is extended: the recipe's steps taken back one by one, another program type, the folder to take home.
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
