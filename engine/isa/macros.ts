// The instruction macros of C programs that write BPF by hand, as data: one row a macro, its fields as C
// expressions over its parameters. Assembler, disassembler, completion and hover all draw from here.
// Sources: Linux 6.18 include/linux/filter.h (`kernel`) and tools/include/linux/filter.h (`tools`); rows marked
// `oreore` are ours, for instructions that the headers have no macro for.

/** What kind of value a parameter takes; drives completion, signature help and the hints on misread forms. */
export type ParamRole =
  | "alu_op"
  | "jmp_op"
  | "atomic_op"
  | "size"
  | "dst"
  | "src"
  | "imm"
  | "imm64"
  | "off"
  | "jump"
  | "jump_imm"
  | "call_target"
  | "func_target"
  | "helper"
  | "map"
  | "value_off"
  | "endian"
  | "bits"
  | "sign_bits"
  | "source"
  | "code"
  | "btf_id"
  | "pseudo"
  | "kfunc";

export interface MacroParam {
  /** As the header spells it. */
  readonly name: string;
  readonly role: ParamRole;
}

/** Fields of one slot as C expressions; an absent one is 0. */
export interface MacroSlot {
  readonly code: string;
  readonly dst?: string;
  readonly src?: string;
  readonly off?: string;
  readonly imm?: string;
}

export interface InsnMacro {
  readonly name: string;
  readonly params: readonly MacroParam[];
  readonly slots: readonly MacroSlot[];
  readonly from: "kernel" | "tools" | "oreore";
  /** One line of meaning, with the parameters' names in it. */
  readonly en: string;
  readonly ja: string;
}

const P = {
  OP: { name: "OP", role: "alu_op" },
  JOP: { name: "OP", role: "jmp_op" },
  AOP: { name: "OP", role: "atomic_op" },
  SIZE: { name: "SIZE", role: "size" },
  DST: { name: "DST", role: "dst" },
  SRC: { name: "SRC", role: "src" },
  IMM: { name: "IMM", role: "imm" },
  IMM64: { name: "IMM", role: "imm64" },
  OFF: { name: "OFF", role: "off" },
  SX: { name: "OFF", role: "sign_bits" },
  JUMP: { name: "OFF", role: "jump" },
  JUMP32: { name: "IMM", role: "jump_imm" },
  TYPE: { name: "TYPE", role: "source" },
  LEN: { name: "LEN", role: "bits" },
  MAP: { name: "MAP_FD", role: "map" },
} as const satisfies Record<string, MacroParam>;

const LD_IMM64 = "BPF_LD | BPF_DW | BPF_IMM";
const CALL = "BPF_JMP | BPF_CALL";

type Row = readonly [
  name: string,
  params: readonly MacroParam[],
  slots: readonly MacroSlot[],
  from: InsnMacro["from"],
  en: string,
  ja: string,
];

const regs = { dst: "DST", src: "SRC" } as const;

const ROWS: readonly Row[] = [
  // Arithmetic
  [
    "BPF_ALU64_REG",
    [P.OP, P.DST, P.SRC],
    [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_X", ...regs }],
    "kernel",
    "64 bits: DST = DST OP SRC",
    "64 ビット: DST = DST OP SRC",
  ],
  [
    "BPF_ALU32_REG",
    [P.OP, P.DST, P.SRC],
    [{ code: "BPF_ALU | BPF_OP(OP) | BPF_X", ...regs }],
    "kernel",
    "32 bits: DST = DST OP SRC; the upper half of DST becomes 0",
    "32 ビット: DST = DST OP SRC。DST の上位 32 ビットは 0 になる",
  ],
  [
    "BPF_ALU64_IMM",
    [P.OP, P.DST, P.IMM],
    [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_K", dst: "DST", imm: "IMM" }],
    "kernel",
    "64 bits: DST = DST OP IMM, IMM sign-extended",
    "64 ビット: DST = DST OP IMM(IMM は符号拡張される)",
  ],
  [
    "BPF_ALU32_IMM",
    [P.OP, P.DST, P.IMM],
    [{ code: "BPF_ALU | BPF_OP(OP) | BPF_K", dst: "DST", imm: "IMM" }],
    "kernel",
    "32 bits: DST = DST OP IMM; the upper half of DST becomes 0",
    "32 ビット: DST = DST OP IMM。DST の上位 32 ビットは 0 になる",
  ],
  [
    "BPF_ALU64_REG_OFF",
    [P.OP, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "64 bits: DST = DST OP SRC; OFF 1 makes division and remainder signed",
    "64 ビット: DST = DST OP SRC。OFF が 1 なら除算・剰余は符号付き",
  ],
  [
    "BPF_ALU32_REG_OFF",
    [P.OP, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_ALU | BPF_OP(OP) | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "32 bits: DST = DST OP SRC; OFF 1 makes division and remainder signed",
    "32 ビット: DST = DST OP SRC。OFF が 1 なら除算・剰余は符号付き",
  ],
  [
    "BPF_ALU64_IMM_OFF",
    [P.OP, P.DST, P.IMM, P.OFF],
    [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    "kernel",
    "64 bits: DST = DST OP IMM; OFF 1 makes division and remainder signed",
    "64 ビット: DST = DST OP IMM。OFF が 1 なら除算・剰余は符号付き",
  ],
  [
    "BPF_ALU32_IMM_OFF",
    [P.OP, P.DST, P.IMM, P.OFF],
    [{ code: "BPF_ALU | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    "kernel",
    "32 bits: DST = DST OP IMM; OFF 1 makes division and remainder signed",
    "32 ビット: DST = DST OP IMM。OFF が 1 なら除算・剰余は符号付き",
  ],
  [
    "BPF_MOV64_REG",
    [P.DST, P.SRC],
    [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", ...regs }],
    "kernel",
    "DST = SRC, all 64 bits",
    "DST = SRC(64 ビットすべて)",
  ],
  [
    "BPF_MOV32_REG",
    [P.DST, P.SRC],
    [{ code: "BPF_ALU | BPF_MOV | BPF_X", ...regs }],
    "kernel",
    "DST = lower 32 bits of SRC, zero-extended",
    "DST = SRC の下位 32 ビット(ゼロ拡張)",
  ],
  [
    "BPF_MOV64_IMM",
    [P.DST, P.IMM],
    [{ code: "BPF_ALU64 | BPF_MOV | BPF_K", dst: "DST", imm: "IMM" }],
    "kernel",
    "DST = IMM, sign-extended to 64 bits",
    "DST = IMM(64 ビットに符号拡張)",
  ],
  [
    "BPF_MOV32_IMM",
    [P.DST, P.IMM],
    [{ code: "BPF_ALU | BPF_MOV | BPF_K", dst: "DST", imm: "IMM" }],
    "kernel",
    "DST = IMM, zero-extended to 64 bits",
    "DST = IMM(64 ビットにゼロ拡張)",
  ],
  [
    "BPF_MOVSX64_REG",
    [P.DST, P.SRC, P.SX],
    [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "DST = lower OFF bits (8, 16, 32) of SRC, sign-extended to 64 bits",
    "DST = SRC の下位 OFF ビット(8, 16, 32)を 64 ビットに符号拡張",
  ],
  [
    "BPF_MOVSX32_REG",
    [P.DST, P.SRC, P.SX],
    [{ code: "BPF_ALU | BPF_MOV | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "DST = lower OFF bits (8, 16) of SRC, sign-extended to 32 bits",
    "DST = SRC の下位 OFF ビット(8, 16)を 32 ビットに符号拡張",
  ],
  [
    "BPF_MOV64_RAW",
    [P.TYPE, P.DST, P.SRC, P.IMM],
    [{ code: "BPF_ALU64 | BPF_MOV | BPF_SRC(TYPE)", ...regs, imm: "IMM" }],
    "kernel",
    "64-bit move of SRC (TYPE BPF_X) or IMM (TYPE BPF_K)",
    "64 ビットの代入。TYPE が BPF_X なら SRC、BPF_K なら IMM",
  ],
  [
    "BPF_MOV32_RAW",
    [P.TYPE, P.DST, P.SRC, P.IMM],
    [{ code: "BPF_ALU | BPF_MOV | BPF_SRC(TYPE)", ...regs, imm: "IMM" }],
    "kernel",
    "32-bit move of SRC (TYPE BPF_X) or IMM (TYPE BPF_K)",
    "32 ビットの代入。TYPE が BPF_X なら SRC、BPF_K なら IMM",
  ],
  [
    "BPF_ZEXT_REG",
    [P.DST],
    [{ code: "BPF_ALU | BPF_MOV | BPF_X", dst: "DST", src: "DST", imm: "1" }],
    "kernel",
    "zero-extends DST from 32 bits; the verifier makes it, programs may not",
    "DST を 32 ビットからゼロ拡張。検証器が挿入するもので、プログラムには書けない",
  ],
  [
    "BPF_MOV64_PERCPU_REG",
    [P.DST, P.SRC],
    [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", ...regs, off: "BPF_ADDR_PERCPU" }],
    "kernel",
    "DST = address of SRC on this CPU; inside the kernel only",
    "DST = SRC のこの CPU でのアドレス。カーネル内部用",
  ],
  [
    "BPF_ENDIAN",
    [{ name: "TYPE", role: "endian" }, P.DST, P.LEN],
    [{ code: "BPF_ALU | BPF_END | BPF_SRC(TYPE)", dst: "DST", imm: "LEN" }],
    "kernel",
    "the lower LEN bits (16, 32, 64) of DST to little or big endian",
    "DST の下位 LEN ビット(16, 32, 64)をリトル/ビッグエンディアンにする",
  ],
  [
    "BPF_BSWAP",
    [P.DST, P.LEN],
    [{ code: "BPF_ALU64 | BPF_END | BPF_SRC(BPF_TO_LE)", dst: "DST", imm: "LEN" }],
    "kernel",
    "swaps the bytes of the lower LEN bits (16, 32, 64) of DST",
    "DST の下位 LEN ビット(16, 32, 64)のバイト順を入れ替える",
  ],
  // 64-bit immediates
  [
    "BPF_LD_IMM64",
    [P.DST, P.IMM64],
    [
      { code: LD_IMM64, dst: "DST", imm: "(__u32) (IMM)" },
      { code: "0", imm: "((__u64) (IMM)) >> 32" },
    ],
    "kernel",
    "DST = 64-bit IMM; takes two slots",
    "DST = 64 ビットの IMM。2 スロットを使う",
  ],
  [
    "BPF_LD_IMM64_RAW",
    [P.DST, { name: "SRC", role: "pseudo" }, P.IMM64],
    [
      { code: LD_IMM64, dst: "DST", src: "SRC", imm: "(__u32) (IMM)" },
      { code: "0", imm: "((__u64) (IMM)) >> 32" },
    ],
    "kernel",
    "DST = what IMM stands for; SRC is a BPF_PSEUDO_… kind",
    "DST = IMM の指すもの。SRC は BPF_PSEUDO_… の種類",
  ],
  [
    "BPF_LD_IMM64_RAW_FULL",
    [
      P.DST,
      { name: "SRC", role: "pseudo" },
      { name: "OFF1", role: "off" },
      { name: "OFF2", role: "off" },
      { name: "IMM1", role: "imm" },
      { name: "IMM2", role: "imm" },
    ],
    [
      { code: LD_IMM64, dst: "DST", src: "SRC", off: "OFF1", imm: "IMM1" },
      { code: "0", off: "OFF2", imm: "IMM2" },
    ],
    "tools",
    "64-bit load with every field of both slots given",
    "64 ビットロード。2 スロットの全フィールドを指定する",
  ],
  [
    "BPF_LD_MAP_FD",
    [P.DST, P.MAP],
    [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_FD", imm: "MAP_FD" }, { code: "0" }],
    "tools",
    "DST = the map MAP_FD",
    "DST = マップ MAP_FD",
  ],
  [
    "BPF_LD_MAP_VALUE",
    [P.DST, P.MAP, { name: "VALUE_OFF", role: "value_off" }],
    [
      { code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_VALUE", imm: "MAP_FD" },
      { code: "0", imm: "VALUE_OFF" },
    ],
    "tools",
    "DST = address of byte VALUE_OFF in the first value of the array MAP_FD",
    "DST = 配列マップ MAP_FD の先頭の値の VALUE_OFF バイト目のアドレス",
  ],
  [
    "BPF_LD_MAP_IDX",
    [P.DST, { name: "IDX", role: "imm" }],
    [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_IDX", imm: "IDX" }, { code: "0" }],
    "oreore",
    "DST = the map at index IDX of fd_array",
    "DST = fd_array の IDX 番目のマップ",
  ],
  [
    "BPF_LD_MAP_IDX_VALUE",
    [P.DST, { name: "IDX", role: "imm" }, { name: "VALUE_OFF", role: "value_off" }],
    [
      { code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_IDX_VALUE", imm: "IDX" },
      { code: "0", imm: "VALUE_OFF" },
    ],
    "oreore",
    "DST = address of byte VALUE_OFF in the value of the map at index IDX of fd_array",
    "DST = fd_array の IDX 番目のマップの値の VALUE_OFF バイト目のアドレス",
  ],
  [
    "BPF_LD_BTF_ID",
    [P.DST, { name: "BTF_ID", role: "btf_id" }],
    [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_BTF_ID", imm: "BTF_ID" }, { code: "0" }],
    "oreore",
    "DST = address of the kernel variable BTF_ID",
    "DST = カーネル変数 BTF_ID のアドレス",
  ],
  [
    "BPF_LD_FUNC",
    [P.DST, { name: "TGT", role: "func_target" }],
    [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_FUNC", imm: "TGT" }, { code: "0" }],
    "oreore",
    "DST = the function of this program at slot + 1 + TGT, to hand to a helper as callback",
    "DST = このプログラムの関数(スロット + 1 + TGT)。ヘルパーへのコールバックに使う",
  ],
  // Packet
  [
    "BPF_LD_ABS",
    [P.SIZE, P.IMM],
    [{ code: "BPF_LD | BPF_SIZE(SIZE) | BPF_ABS", imm: "IMM" }],
    "kernel",
    "R0 = SIZE bytes of the packet at IMM, in host order; R6 is the context",
    "R0 = パケットの IMM バイト目から SIZE 分(ホスト順)。R6 がコンテキスト",
  ],
  [
    "BPF_LD_IND",
    [P.SIZE, P.SRC, P.IMM],
    [{ code: "BPF_LD | BPF_SIZE(SIZE) | BPF_IND", src: "SRC", imm: "IMM" }],
    "kernel",
    "R0 = SIZE bytes of the packet at SRC + IMM, in host order; R6 is the context",
    "R0 = パケットの SRC + IMM バイト目から SIZE 分(ホスト順)。R6 がコンテキスト",
  ],
  // Memory
  [
    "BPF_LDX_MEM",
    [P.SIZE, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_LDX | BPF_SIZE(SIZE) | BPF_MEM", ...regs, off: "OFF" }],
    "kernel",
    "DST = *(SIZE *)(SRC + OFF), zero-extended",
    "DST = *(SIZE *)(SRC + OFF)(ゼロ拡張)",
  ],
  [
    "BPF_LDX_MEMSX",
    [P.SIZE, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_LDX | BPF_SIZE(SIZE) | BPF_MEMSX", ...regs, off: "OFF" }],
    "kernel",
    "DST = *(signed SIZE *)(SRC + OFF), sign-extended",
    "DST = *(signed SIZE *)(SRC + OFF)(符号拡張)",
  ],
  [
    "BPF_ST_MEM",
    [P.SIZE, P.DST, P.OFF, P.IMM],
    [{ code: "BPF_ST | BPF_SIZE(SIZE) | BPF_MEM", dst: "DST", off: "OFF", imm: "IMM" }],
    "kernel",
    "*(SIZE *)(DST + OFF) = IMM",
    "*(SIZE *)(DST + OFF) = IMM",
  ],
  [
    "BPF_STX_MEM",
    [P.SIZE, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_MEM", ...regs, off: "OFF" }],
    "kernel",
    "*(SIZE *)(DST + OFF) = SRC",
    "*(SIZE *)(DST + OFF) = SRC",
  ],
  [
    "BPF_ATOMIC_OP",
    [P.SIZE, P.AOP, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_ATOMIC", ...regs, off: "OFF", imm: "OP" }],
    "kernel",
    "atomically: *(SIZE *)(DST + OFF) OP SRC; with BPF_FETCH the old value lands in SRC (in R0 for BPF_CMPXCHG)",
    "不可分に *(SIZE *)(DST + OFF) OP SRC。BPF_FETCH があれば元の値が SRC(BPF_CMPXCHG は R0)に入る",
  ],
  [
    "BPF_STX_XADD",
    [P.SIZE, P.DST, P.SRC, P.OFF],
    [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_ATOMIC", ...regs, off: "OFF", imm: "BPF_ADD" }],
    "kernel",
    "old name of BPF_ATOMIC_OP(SIZE, BPF_ADD, DST, SRC, OFF)",
    "BPF_ATOMIC_OP(SIZE, BPF_ADD, DST, SRC, OFF) の古い名前",
  ],
  [
    "BPF_ST_NOSPEC",
    [],
    [{ code: "BPF_ST | BPF_NOSPEC" }],
    "kernel",
    "speculation barrier; the verifier makes it, programs may not",
    "投機実行のバリア。検証器が挿入するもので、プログラムには書けない",
  ],
  // Jumps and calls
  [
    "BPF_JMP_REG",
    [P.JOP, P.DST, P.SRC, P.JUMP],
    [{ code: "BPF_JMP | BPF_OP(OP) | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "if (DST OP SRC) jump OFF slots, all 64 bits compared",
    "DST OP SRC なら OFF スロット先へ(64 ビット比較)",
  ],
  [
    "BPF_JMP_IMM",
    [P.JOP, P.DST, P.IMM, P.JUMP],
    [{ code: "BPF_JMP | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    "kernel",
    "if (DST OP IMM) jump OFF slots; IMM sign-extended to 64 bits",
    "DST OP IMM なら OFF スロット先へ(IMM は 64 ビットに符号拡張)",
  ],
  [
    "BPF_JMP32_REG",
    [P.JOP, P.DST, P.SRC, P.JUMP],
    [{ code: "BPF_JMP32 | BPF_OP(OP) | BPF_X", ...regs, off: "OFF" }],
    "kernel",
    "if (DST OP SRC) jump OFF slots, lower 32 bits compared",
    "DST OP SRC なら OFF スロット先へ(下位 32 ビット比較)",
  ],
  [
    "BPF_JMP32_IMM",
    [P.JOP, P.DST, P.IMM, P.JUMP],
    [{ code: "BPF_JMP32 | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    "kernel",
    "if (DST OP IMM) jump OFF slots, lower 32 bits compared",
    "DST OP IMM なら OFF スロット先へ(下位 32 ビット比較)",
  ],
  [
    "BPF_JMP_A",
    [P.JUMP],
    [{ code: "BPF_JMP | BPF_JA", off: "OFF" }],
    "kernel",
    "jump OFF slots",
    "OFF スロット先へ飛ぶ",
  ],
  [
    "BPF_JMP32_A",
    [P.JUMP32],
    [{ code: "BPF_JMP32 | BPF_JA", imm: "IMM" }],
    "kernel",
    "jump IMM slots: 32 bits wide (gotol)",
    "IMM スロット先へ飛ぶ(32 ビット幅、gotol)",
  ],
  [
    "BPF_JMP_MAY_GOTO",
    [P.JUMP],
    [{ code: "BPF_JMP | BPF_JCOND", src: "BPF_MAY_GOTO", off: "OFF" }],
    "oreore",
    "jump OFF slots once the program has looped too long; else go on",
    "ループが長くなりすぎたら OFF スロット先へ、そうでなければ次へ",
  ],
  [
    "BPF_CALL_REL",
    [{ name: "TGT", role: "call_target" }],
    [{ code: CALL, src: "BPF_PSEUDO_CALL", imm: "TGT" }],
    "kernel",
    "calls the function of this program at slot + 1 + TGT",
    "このプログラムの関数(スロット + 1 + TGT)を呼ぶ",
  ],
  [
    "BPF_EMIT_CALL",
    [{ name: "FUNC", role: "helper" }],
    [{ code: CALL, imm: "((FUNC) - BPF_FUNC_unspec)" }],
    "kernel",
    "calls the kernel's helper FUNC: arguments in R1 … R5, result in R0",
    "カーネルのヘルパー FUNC を呼ぶ。引数は R1 … R5、結果は R0",
  ],
  [
    "BPF_CALL_KFUNC",
    [
      { name: "OFF", role: "off" },
      { name: "IMM", role: "kfunc" },
    ],
    [{ code: CALL, src: "BPF_PSEUDO_KFUNC_CALL", off: "OFF", imm: "IMM" }],
    "oreore",
    "calls the kernel function with BTF id IMM (of the module at fd_array[OFF])",
    "BTF id が IMM のカーネル関数を呼ぶ(モジュールは fd_array[OFF])",
  ],
  [
    "BPF_EXIT_INSN",
    [],
    [{ code: "BPF_JMP | BPF_EXIT" }],
    "kernel",
    "ends the function; R0 is its result",
    "関数を終える。R0 が戻り値",
  ],
  [
    "BPF_RAW_INSN",
    [{ name: "CODE", role: "code" }, P.DST, P.SRC, P.OFF, P.IMM],
    [{ code: "CODE", ...regs, off: "OFF", imm: "IMM" }],
    "kernel",
    "one slot, every field given",
    "1 スロット。全フィールドを指定する",
  ],
];

export const INSN_MACROS: readonly InsnMacro[] = ROWS.map(([name, params, slots, from, en, ja]) => ({
  name,
  params,
  slots,
  from,
  en,
  ja,
}));

const byName = new Map(INSN_MACROS.map((macro) => [macro.name, macro]));
export const insnMacro = (name: string): InsnMacro | undefined => byName.get(name);
