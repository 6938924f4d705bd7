// The input that breaks a refused program: it is shown under the explanation, and opens as a run at the step before the harm.
import { expect, test } from "./page.ts";

const source = (lines: readonly string[]): string => `#src=${encodeURIComponent(`${lines.join("\n")}\n`)}`;

/** R0 stays unset for only one number, 4711. */
const UNSET = source([
  "// @prog oreore",
  "BPF_LDX_MEM(BPF_W, R1, R1, 0),",
  "BPF_JMP_IMM(BPF_JEQ, R1, 4711, 1),",
  "BPF_MOV64_IMM(R0, 1),",
  "BPF_EXIT_INSN(),",
]);

/** The program uses a value from a map as an index without a check. */
const INDEX = source([
  "// @prog socket_filter",
  "// @map m array key=4 value=16 entries=1",
  "BPF_ST_MEM(BPF_W, R10, -4, 0),",
  "BPF_MOV64_REG(R2, R10),",
  "BPF_ALU64_IMM(BPF_ADD, R2, -4),",
  "BPF_LD_MAP_FD(R1, m),",
  "BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),",
  "BPF_JMP_IMM(BPF_JNE, R0, 0, 1),",
  "BPF_EXIT_INSN(),",
  "BPF_LDX_MEM(BPF_H, R1, R0, 0),",
  "BPF_ALU64_REG(BPF_ADD, R0, R1),",
  "BPF_LDX_MEM(BPF_B, R0, R0, 0),",
  "BPF_EXIT_INSN(),",
]);

test("the number for which the program reads an unset register is found and shown", async ({ playground }) => {
  await playground.open(UNSET);
  const witness = playground.id("explanation").getByTestId("witness");
  await expect(witness).toHaveAttribute("data-found", "true");
  await expect(witness).toContainText("Instruction 3 reads R0, which nothing has written on this path");
  await witness.getByTestId("show-witness").click();
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "3");
  await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", "2");
  await expect(playground.id("harm")).toContainText("reads R0");
  await expect(playground.id("sysfs-input")).toHaveValue("4711");
  await expect(playground.page.getByText("run without the verifier, with 4711")).toBeVisible();
  await playground.id("language").click();
  await expect(playground.id("harm")).toContainText("命令 3 が R0 を読みますが");
});

test("map contents that break the program are put into the map", async ({ playground }) => {
  await playground.open(INDEX);
  const witness = playground.id("explanation").getByTestId("witness");
  await expect(witness).toContainText("map m, key 00000000");
  await witness.getByTestId("show-witness").click();
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "10");
  await expect(playground.id("current-insn")).toHaveAttribute("data-end", "fault");
  // With these contents in the map, the same input is found again.
  await expect(witness).toHaveAttribute("data-found", "true");
  await expect(playground.verdict).toHaveAttribute("data-verdict", "reject");
});

test("if no input does harm, the page says how many were tried", async ({ playground }) => {
  const CAREFUL = source([
    "// @prog xdp",
    "BPF_LDX_MEM(BPF_W, R7, R1, 0),",
    "BPF_LDX_MEM(BPF_W, R8, R1, 4),",
    "BPF_MOV64_REG(R9, R8),",
    "BPF_ALU64_REG(BPF_SUB, R9, R7),",
    "BPF_JMP_IMM(BPF_JSLT, R9, 55, out),",
    "BPF_LDX_MEM(BPF_B, R0, R7, 54),",
    "out:",
    "BPF_MOV64_IMM(R0, 0),",
    "BPF_EXIT_INSN(),",
  ]);
  await playground.open(CAREFUL);
  const witness = playground.id("explanation").getByTestId("witness");
  await expect(witness).toHaveAttribute("data-found", "false");
  await expect(witness).toContainText("inputs were tried without the verifier, and none did harm");
  await expect(witness).toContainText("That proves nothing");
});
