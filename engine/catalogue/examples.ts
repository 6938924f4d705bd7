// The built-in programs: the talk's, refused ones and why they are refused, and small things to try. `#example/<name>` opens one. A test
// checks each against what it promises here. A source contains its whole program: it declares its maps, and comments say what its numbers
// mean.
import type { Example, ExampleView } from "./example.ts";
import { FIRST_EXAMPLE } from "./first-example.ts";
import { GALLERY } from "./gallery.ts";

const list: readonly Example[] = [
  {
    name: "even-odd",
    topic: "flow",
    title: { en: "Even or odd", ja: "偶数か奇数か" },
    about: {
      en: "One branch: the verifier walks both sides, a run only one of them.",
      ja: "分岐が 1 つ。verifier は両側を調べ、実行は片側だけを通ります。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 0),  // R2 = the number written
BPF_MOV64_IMM(BPF_REG_0, 1),                  // odd: 1
BPF_JMP_IMM(BPF_JSET, BPF_REG_2, 1, 1),       // bit 0 is set: skip one
BPF_MOV64_IMM(BPF_REG_0, 0),                  // even: 0
BPF_EXIT_INSN(),
`,
    input: "7",
    expect: "accept",
  },
  {
    name: "stack",
    topic: "memory",
    title: { en: "Use the stack", ja: "スタックを使う" },
    about: {
      en: "The number is kept in the stack frame at R10-8 and read back: watch the bytes and what the verifier remembers of them.",
      ja: "数をスタックフレームの R10-8 に置き、読み戻します。バイト列と、verifier が覚えていることを見てください。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 0),     // R2 = the number written
BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -8),  // spill it to R10-8
BPF_ST_MEM(BPF_W, BPF_REG_10, -16, 100),         // 100 at R10-16, beside it
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_10, -8),  // fill R0 from R10-8
BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_10, -16),  // R3 = the 100
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_3),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "accept",
  },
  {
    name: "loop",
    topic: "flow",
    title: { en: "Sum from 1 to n", ja: "1 から n までの和" },
    about: {
      en: "A loop with a bound the verifier can see: n is at most 15, so it follows every turn and accepts.",
      ja: "verifier に上限が見えるループ。n は高々 15 なので、すべての周回をたどって受理します。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 0),
BPF_ALU64_IMM(BPF_AND, BPF_REG_2, 15),         // 0 … 15
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_2, 0, 3),         // while (R2 != 0)
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),  //   R0 += R2
BPF_ALU64_IMM(BPF_SUB, BPF_REG_2, 1),          //   R2 -= 1
BPF_JMP_IMM(BPF_JA, 0, 0, -4),                 // again
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "accept",
  },
  {
    name: "trace-printk",
    topic: "helpers",
    title: { en: "Print to trace_pipe", ja: "trace_pipe に出力する" },
    about: {
      en: 'Builds the text "n=%d" on the stack and calls bpf_trace_printk: the line appears in /sys/kernel/tracing/trace_pipe.',
      ja: 'スタックに文字列 "n=%d" を作り bpf_trace_printk を呼びます。行は /sys/kernel/tracing/trace_pipe に出ます。',
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),
BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 0x64253d6e),  // "n=%d", last byte first
BPF_MOV64_REG(BPF_REG_1, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_1, -8),           // R1 = the format
BPF_MOV64_IMM(BPF_REG_2, 8),                     // R2 = its 8 bytes
BPF_MOV64_REG(BPF_REG_3, BPF_REG_6),             // R3 = the number
BPF_EMIT_CALL(BPF_FUNC_trace_printk),
BPF_MOV64_REG(BPF_REG_0, BPF_REG_6),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "accept",
  },
  {
    name: "prandom",
    topic: "helpers",
    title: { en: "A random number", ja: "乱数" },
    about: {
      en: "A helper that returns something nobody knows before: its result is any 32-bit number to the verifier.",
      ja: "結果が事前に分からないヘルパー関数。verifier にとっては任意の 32 ビット数です。",
    },
    source: `BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),
BPF_ALU64_IMM(BPF_MOD, BPF_REG_0, 6),  // 0 … 5
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),  // a die: 1 … 6
BPF_EXIT_INSN(),
`,
    input: "0",
    expect: "accept",
  },
  {
    name: "truncated",
    topic: "numbers",
    title: { en: "64 bits do not fit", ja: "64 ビットは入りきらない" },
    about: {
      en: "R0 has 64 bits, bpf_prog_run() returns 32: 0x1234567890 comes out as 878082192.",
      ja: "R0 は 64 ビット、bpf_prog_run() が返すのは 32 ビット。0x1234567890 は 878082192 になります。",
    },
    source: `BPF_LD_IMM64(BPF_REG_0, 0x1234567890),  // 37 bits
BPF_EXIT_INSN(),
`,
    input: "1",
    expect: "accept",
  },
  {
    name: "subprogram",
    topic: "flow",
    title: { en: "A function of one's own", ja: "自作の関数" },
    about: {
      en: "BPF-to-BPF call: the callee has a frame and a stack of its own, R6 to R9 are kept.",
      ja: "BPF から BPF への呼び出し。呼ばれた側は自分のフレームとスタックを持ち、R6〜R9 は保たれます。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),
BPF_MOV64_REG(BPF_REG_1, BPF_REG_6),
BPF_CALL_REL(2),                               // R0 = square(R1), 2 further
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6),
BPF_EXIT_INSN(),
// square:
BPF_MOV64_REG(BPF_REG_0, BPF_REG_1),
BPF_ALU64_REG(BPF_MUL, BPF_REG_0, BPF_REG_1),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "accept",
  },
  {
    name: "read-offset-4",
    topic: "memory",
    title: { en: "Read at offset 4", ja: "オフセット 4 を読む" },
    about: {
      en: "The context is one u32: nothing lies at offset 4, and is_valid_access says so.",
      ja: "コンテキストは u32 が 1 つ。オフセット 4 には何もなく、is_valid_access が拒否します。",
    },
    source: `// R0 = bytes 4 to 7 of the context
BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 4),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "read-64-bit",
    topic: "memory",
    title: { en: "Read 64 bits", ja: "64 ビット読む" },
    about: {
      en: "Eight bytes at offset 0, where only four are allowed.",
      ja: "4 バイトしか許されないオフセット 0 で 8 バイト読みます。",
    },
    source: `BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "store-ctx",
    topic: "memory",
    title: { en: "Write to the context", ja: "コンテキストに書く" },
    about: {
      en: "The program may read its input, not change it.",
      ja: "入力は読めますが、変更はできません。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_STX_MEM(BPF_W, BPF_REG_1, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "unset-register",
    topic: "numbers",
    title: { en: "R2 before it is set", ja: "設定前の R2 を読む" },
    about: {
      en: "Only R1 (the context) and R10 (the stack) hold something at the start.",
      ja: "開始時に値があるのは R1(コンテキスト)と R10(スタック)だけです。",
    },
    source: `BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "no-exit",
    topic: "flow",
    title: { en: "No exit", ja: "exit がない" },
    about: {
      en: "A program has to end with exit or a jump: here it would run off its end.",
      ja: "プログラムは exit かジャンプで終わらなければなりません。ここでは末尾を越えてしまいます。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 0),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "jump-out-of-range",
    topic: "flow",
    title: { en: "Jump out of range", ja: "範囲外へのジャンプ" },
    about: {
      en: "The target lies beyond the last instruction.",
      ja: "飛び先が最後の命令の先にあります。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 0),
// to slot 7, of 3
BPF_JMP_IMM(BPF_JA, 0, 0, 5),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "div-by-zero",
    topic: "numbers",
    title: { en: "Divide by zero", ja: "ゼロ除算" },
    about: {
      en: "A division by the constant 0 is refused; by a register that happens to be 0 it gives 0.",
      ja: "定数 0 での除算は拒否されます。レジスタの値がたまたま 0 なら結果は 0 です。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 1),  // what is divided
BPF_ALU32_IMM(BPF_DIV, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "shift-32",
    topic: "numbers",
    title: { en: "Shift by 32", ja: "32 ビットシフト" },
    about: {
      en: "A 32-bit value can be shifted by 0 to 31.",
      ja: "32 ビット値のシフト量は 0〜31 です。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 1),  // what is shifted
// by all 32 bits
BPF_ALU32_IMM(BPF_LSH, BPF_REG_0, 32),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "stack-out-of-bounds",
    topic: "memory",
    title: { en: "Beyond the stack", ja: "スタックの外" },
    about: {
      en: "A frame has 512 bytes: R10-520 is not among them.",
      ja: "フレームは 512 バイト。R10-520 はその外です。",
    },
    source: `// the frame begins at R10-512
BPF_ST_MEM(BPF_DW, BPF_REG_10, -520, 0),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "endless-loop",
    topic: "flow",
    title: { en: "A loop without end", ja: "終わらないループ" },
    about: {
      en: "Nothing changes from turn to turn: the verifier meets a state it has seen and refuses.",
      ja: "何周しても状態が変わりません。verifier は見たことのある状態に出会い、拒否します。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 0),
// -1: to itself
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, -1),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "unknown-helper",
    topic: "helpers",
    title: { en: "A helper of another type", ja: "別のプログラムタイプのヘルパー" },
    about: {
      en: "bpf_skb_load_bytes exists, but not for this program type: it has no packet.",
      ja: "bpf_skb_load_bytes は存在しますが、このタイプにはパケットがなく、使えません。",
    },
    source: `BPF_EMIT_CALL(BPF_FUNC_skb_load_bytes),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
];

export const EXAMPLES: readonly ExampleView[] = [
  FIRST_EXAMPLE,
  ...[...list, ...GALLERY].map(({ source, progType = "oreore", ...rest }) => ({
    ...rest,
    program: { source, progType, maps: [] },
  })),
];
