// How long 4096 instructions take to assemble: all of them, and again after an edit in the middle.
import { type AssembleOptions, assemble } from "../asm/assemble.ts";
import type { Row } from "./bench-row.ts";

const COUNT = 4096;
const KINDS: readonly ((i: number) => string)[] = [
  (i) => `BPF_MOV64_IMM(BPF_REG_${i % 10}, ${i}),`,
  (i) => `BPF_ALU64_REG(BPF_ADD, BPF_REG_${i % 10}, BPF_REG_${(i + 3) % 10}),`,
  (i) => `BPF_LDX_MEM(BPF_DW, BPF_REG_${i % 10}, BPF_REG_10, -${8 * ((i % 60) + 1)}),`,
  (i) => `BPF_JMP_IMM(BPF_JNE, BPF_REG_${i % 10}, 0x${i.toString(16)}, 1),`,
  (i) => `BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_${i % 10}, -${4 * ((i % 60) + 1)}), /* spill */`,
  () => "BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns),",
];
const LINES = Array.from({ length: COUNT }, (_, i) => `\t${(KINDS[i % KINDS.length] as (i: number) => string)(i)}`);

const withEdit = (n: number): string => LINES.with(COUNT >> 1, `\tBPF_MOV64_IMM(BPF_REG_0, ${n}),`).join("\n");

/** Median of some runs in milliseconds. Each run has another text. */
function median(options: AssembleOptions, runs = 41): number {
  const times = Array.from({ length: runs + 10 }, (_, run) => {
    const source = withEdit(run);
    const start = performance.now();
    const { insns } = assemble(source, options);
    if (insns.length !== COUNT) throw new Error("a benchmark does not assemble");
    return performance.now() - start;
  });
  return times.slice(10).toSorted((a, b) => a - b)[runs >> 1] as number;
}

const row = (name: string, options: AssembleOptions): Row => ({
  name,
  unit: "ms",
  better: "less",
  measure: () => median(options),
});

export const ROWS: readonly Row[] = [
  row("assembler, 4096 instructions", {}),
  row("assembler, an edit among 4096", { incremental: true }),
];
