// Why a program is refused: the check that did not help, the fixes that were tried, and the button that applies one.
import { expect, test } from "./page.ts";

/** The program compares a masked copy of a value, but uses the value itself as an index. */
const MISSED = `// @prog kprobe
// @map depths array key=4 value=136 entries=1
// the key
BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),
BPF_LD_MAP_FD(BPF_REG_1, depths),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, out),
BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_0, 0), // how deep
BPF_MOV64_REG(BPF_REG_4, BPF_REG_3),
BPF_ALU64_IMM(BPF_AND, BPF_REG_4, 255),
BPF_JMP_IMM(BPF_JGT, BPF_REG_4, 15, out), /* sixteen at most */
BPF_ALU64_IMM(BPF_LSH, BPF_REG_3, 3),
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_3),
BPF_LDX_MEM(BPF_DW, BPF_REG_1, BPF_REG_0, 8),
out:
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`;

const address = `#src=${encodeURIComponent(MISSED)}`;

test("a check of a copy is named as the check that did not help, and a fix is applied and undone in one step", async ({
  playground,
  page,
}) => {
  await playground.open(address);
  await playground.editorReady();
  const why = playground.id("explanation");
  await expect(why).toHaveAttribute("data-rule", "region-unbounded");
  await expect(why).toHaveAttribute("data-root", "10");
  await expect(why.getByTestId("missed")).toContainText("r4 > 15");
  const fix = why.getByTestId("fix").first();
  await expect(fix).toHaveAttribute("data-outcome", "accepted");
  await expect(fix.locator("[data-kind=in]")).toContainText(
    "BPF_JMP_IMM(BPF_JGT, BPF_REG_3, 15, out), /* sixteen at most */",
  );
  await fix.getByTestId("apply-fix").click();
  await expect(playground.id("verdict")).toHaveAttribute("data-verdict", "accept");
  await page.locator(".view-line").first().click();
  await page.keyboard.press("Control+z");
  await expect(playground.id("verdict")).toHaveAttribute("data-verdict", "reject");
  await expect(why.getByTestId("missed")).toContainText("r4 > 15");
});

test("the explanation in Japanese is copied as one text", async ({ playground, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open(`?lang=ja${address}`);
  await playground.editorReady();
  const why = playground.id("explanation");
  await expect(why.getByTestId("missed")).toContainText("連動していません");
  await why.getByRole("button", { name: "説明をコピー" }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/理由:[\s\S]*経緯:[\s\S]*効かなかったチェック:[\s\S]*提案:/);
});
