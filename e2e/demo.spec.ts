// The talk's demo, point by point, as a person does it on the page.
import { expect, test } from "./page.ts";

test("1: the talk's program is in the editor with its verdict beside it before anything is pressed", async ({
  playground,
}) => {
  await playground.open();
  await playground.expectVerdict("accept");
  await playground.editorReady();
  await expect(playground.id("editor")).toContainText("BPF_ALU32_IMM");
  // The text is coloured: a register has another colour than a macro.
  const color = (text: string) =>
    playground
      .id("editor")
      .locator(".view-line span span", { hasText: text })
      .first()
      .evaluate((e) => getComputedStyle(e).color);
  await expect.poll(async () => (await color("BPF_REG_0")) === (await color("BPF_ALU32_IMM"))).toBe(false);
  await expect(playground.id("verifier-log")).toContainText("0: (61) r0 = *(u32 *)(r1 +0)");
});

test("2: verdict, bytes and disassembly follow what is typed", async ({ playground, page }) => {
  await playground.open();
  await playground.write("BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n");
  await playground.expectVerdict("accept");
  const rows = page.locator(".listing__row");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("b7 00 0000 01000000");
  await expect(rows.first()).toContainText("r0 = 1");
  await page.keyboard.type("BPF_");
  await playground.expectVerdict("error");
  await expect(rows.first()).toContainText("b7 00 0000 01000000"); // the other lines keep their bytes
  await expect(rows.nth(1)).toContainText("95 00 0000 00000000");
  await expect(rows.nth(2)).toContainText("no bytes");
  await expect(playground.id("editor").locator(".squiggly-error")).not.toHaveCount(0);
  await expect(playground.id("verifier-message")).not.toBeEmpty();
});

const REFUSED: readonly (readonly [
  what: string,
  source: string,
  errno: string,
  message: string,
  line: number | null,
])[] = [
  [
    "a read at offset 4",
    "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 4),\nBPF_EXIT_INSN(),",
    "EACCES",
    "invalid bpf_context access off=4 size=4",
    1,
  ],
  [
    "a read of 64 bits",
    "BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, 0),\nBPF_EXIT_INSN(),",
    "EACCES",
    "invalid bpf_context access off=0 size=8",
    1,
  ],
  [
    "a store to the context",
    "BPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_STX_MEM(BPF_W, BPF_REG_1, BPF_REG_0, 0),\nBPF_EXIT_INSN(),",
    "EACCES",
    "invalid bpf_context access off=0 size=4",
    2,
  ],
  ["R2 before it is set", "BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),", "EACCES", "R2 !read_ok", 1],
  ["no exit", "BPF_MOV64_IMM(BPF_REG_0, 0),", "EINVAL", "last insn is not an exit or jmp", null],
  [
    "a jump out of range",
    "BPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_JMP_A(5),\nBPF_EXIT_INSN(),",
    "EINVAL",
    "jump out of range from insn 1 to 7",
    2,
  ],
  [
    "a division by a constant zero",
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_ALU32_IMM(BPF_DIV, BPF_REG_0, 0),\nBPF_EXIT_INSN(),",
    "EINVAL",
    "div by zero",
    2,
  ],
  [
    "a shift by 32",
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_ALU32_IMM(BPF_LSH, BPF_REG_0, 32),\nBPF_EXIT_INSN(),",
    "EINVAL",
    "invalid shift 32",
    2,
  ],
  [
    "a stack access out of bounds",
    "BPF_ST_MEM(BPF_DW, BPF_REG_10, -520, 0),\nBPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_EXIT_INSN(),",
    "EACCES",
    "invalid write to stack R10 off=-520 size=8",
    1,
  ],
];

for (const [what, source, errno, message, line] of REFUSED)
  test(`3: ${what} is refused in the kernel's words, on its line`, async ({ playground, page }) => {
    await playground.open(`#src=${encodeURIComponent(source)}`);
    await playground.expectVerdict("reject");
    await expect(playground.verdict).toContainText(`-${errno}`);
    await expect(playground.id("verifier-message")).toHaveText(message);
    await expect(playground.id("verifier-log")).toContainText(message);
    await playground.editorReady();
    await expect(page.locator(".squiggly-error")).not.toHaveCount(0);
    if (line !== null) await expect(playground.verdict).toContainText(`line ${line}`);
  });

test("3: a click on a log line leads to its source line, and back", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await page.locator(".log__line", { hasText: "w0 += 42" }).last().click();
  await expect(page.locator(".listing__row").nth(1)).toBeVisible();
  await expect(page.locator(".log__line[data-cursor]").last()).toContainText("w0 += 42");
  await playground.id("editor").locator(".view-line", { hasText: "BPF_EXIT_INSN" }).click();
  await expect(page.locator(".log__line[data-cursor]").last()).toContainText("exit");
});

test("4: load, attach and detach are listed as strace prints them, with their results", async ({ playground }) => {
  await playground.open();
  const calls = playground.id("syscall-log");
  await playground.id("load").click();
  await expect(calls).toContainText(/bpf\(BPF_PROG_LOAD, .*BPF_PROG_TYPE_OREORE.*\) = \d+/);
  await playground.id("attach").click();
  await expect(calls).toContainText(/bpf\(BPF_PROG_ATTACH, .*\) = 0/);
  await playground.id("detach").click();
  await expect(calls).toContainText(/bpf\(BPF_PROG_DETACH, .*\) = 0/);
});

test("4: loading a refused program returns the errno", async ({ playground }) => {
  await playground.open("#example/read-offset-4");
  await playground.id("load").click();
  await expect(playground.id("syscall-log")).toContainText(/= -1 EACCES/);
});

test("5: echo 10 gives 52, and each kind of write gets its result", async ({ playground }) => {
  await playground.open();
  const output = playground.id("sysfs-output");
  await playground.echo("10");
  await expect(output).toHaveText("ENOENT"); // nothing attached
  await playground.demo("10");
  await expect(output).toHaveText("52");
  for (const [written, answer] of [
    ["abc", "EINVAL"],
    ["-1", "EINVAL"],
    ["4294967296", "ERANGE"],
  ] as const) {
    await playground.echo(written);
    await expect(output).toHaveText(answer);
  }
  for (const [written, read] of [
    ["0x10", "58"],
    ["010", "50"],
    ["0", "42"],
    ["4294967295", "41"],
  ] as const) {
    await playground.echo(written);
    await playground.id("sysfs-read").click();
    await expect(output).toHaveText(read);
  }
});

test("6: step, step back, run to the end, drag the timeline", async ({ playground, page }) => {
  await playground.open();
  await playground.demo("10");
  const now = playground.id("current-insn");
  const timeline = playground.id("timeline");
  await expect(now).toHaveAttribute("data-index", "0");
  await expect(timeline).toHaveAttribute("aria-valuenow", "0");
  await playground.id("step").click();
  await expect(now).toHaveAttribute("data-index", "1");
  await playground.expectRegister(0, 10n);
  await playground.id("step").click();
  await playground.expectRegister(0, 52n);
  await expect(page.locator("tr.register", { has: playground.id("reg-r0") })).toContainText(/0xa.*→/);
  await playground.id("step-back").click();
  await playground.expectRegister(0, 10n);
  await expect(timeline).toHaveAttribute("aria-valuenow", "1");
  await playground.id("run-to-end").click();
  await expect(timeline).toHaveAttribute("aria-valuenow", "3");
  await expect(now).toContainText("returns 52");
  await playground.id("reset").click();
  await expect(timeline).toHaveAttribute("aria-valuenow", "0");
  await timeline.focus();
  await page.keyboard.press("End");
  await playground.expectRegister(0, 52n);
  await page.keyboard.press("ArrowLeft");
  await expect(now).toHaveAttribute("data-index", "2");
  // The editor marks the instruction that runs next.
  await playground.editorReady();
  await expect(page.locator(".line-current")).toHaveCount(1);
  await page.getByLabel("Numbers as").selectOption("unsigned");
  await expect(playground.id("reg-r0")).toHaveText("52");
});

test("6: a step before anything is loaded steps through a trial run", async ({ playground }) => {
  await playground.open();
  await playground.id("step").click();
  await playground.expectRegister(0, 10n);
});

test("6: the stack is shown if the program uses it", async ({ playground, page }) => {
  await playground.open("#example/stack");
  await playground.id("run-to-end").click();
  await expect(page.locator(".stack")).toContainText("fp-8");
});

test("8: from the keyboard alone: the whole demo, stepping, the next problem, out of the editor", async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await page.keyboard.press("Control+Enter");
  await expect(playground.id("sysfs-output")).toHaveText("52");
  await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", "3");
  await page.keyboard.press("Alt+F10");
  await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", "2");
  await page.keyboard.press("F10");
  await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", "3");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  const inside = () => page.evaluate(() => document.activeElement?.closest("[data-testid=editor]") !== null);
  expect(await inside()).toBe(false);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("8: F8 goes to the refused line", async ({ playground, page }) => {
  await playground.open("#example/shift-32");
  await playground.editorReady();
  await page.keyboard.press("F8");
  await expect(page.locator(".log__line[data-cursor]", { hasText: "w0 <<= 32" }).first()).toBeVisible();
});
