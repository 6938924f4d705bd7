// The macros with which C programs write BPF instructions by hand, as data. The macros of the kernel's headers are recorded
// with their parameters, fields and place (record/macros.py). This file adds what each parameter takes and what the macro
// means. It also has macros of our own for instructions that the headers have no macro for. The assembler, the disassembler,
// completion and hover use this table.
import { RECORDED_MACROS, type RecordedMacro } from "./recorded/macros.ts";

/** The kind of value that a parameter takes. Completion, signature help and the hints on misread forms depend on it. */
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
  /** Spelled as in the header. */
  readonly name: string;
  readonly role: ParamRole;
}

/** Fields of one slot as C expressions. An absent field is 0. */
export type MacroSlot = RecordedMacro["slots"][number];

export interface InsnMacro {
  readonly name: string;
  readonly params: readonly MacroParam[];
  readonly slots: readonly MacroSlot[];
  readonly from: "kernel" | "tools" | "oreore";
  /** File and line in the kernel's tree. "" for a macro of our own. */
  readonly source: string;
  /** One line that says what the macro does, with the parameters' names in it. */
  readonly en: string;
  readonly ja: string;
}

type Recorded = typeof RECORDED_MACROS;
/** `roles`: one for each parameter of the macro. */
type Row<Params extends readonly string[]> = readonly [
  roles: { readonly [Place in keyof Params]: ParamRole },
  en: string,
  ja: string,
];

/** In the order in which completion offers them. */
const ROWS: { readonly [Name in keyof Recorded]: Row<Recorded[Name]["params"]> } = {
  BPF_ALU64_REG: [["alu_op", "dst", "src"], "64 bits: DST = DST OP SRC", "64 ビット: DST = DST OP SRC"],
  BPF_ALU32_REG: [
    ["alu_op", "dst", "src"],
    "32 bits: DST = DST OP SRC; the upper half of DST becomes 0",
    "32 ビット: DST = DST OP SRC。DST の上位 32 ビットは 0 になる",
  ],
  BPF_ALU64_IMM: [
    ["alu_op", "dst", "imm"],
    "64 bits: DST = DST OP IMM, IMM sign-extended",
    "64 ビット: DST = DST OP IMM(IMM は符号拡張される)",
  ],
  BPF_ALU32_IMM: [
    ["alu_op", "dst", "imm"],
    "32 bits: DST = DST OP IMM; the upper half of DST becomes 0",
    "32 ビット: DST = DST OP IMM。DST の上位 32 ビットは 0 になる",
  ],
  BPF_ALU64_REG_OFF: [
    ["alu_op", "dst", "src", "off"],
    "64 bits: DST = DST OP SRC; OFF 1 makes division and remainder signed",
    "64 ビット: DST = DST OP SRC。OFF が 1 なら除算・剰余は符号付き",
  ],
  BPF_ALU32_REG_OFF: [
    ["alu_op", "dst", "src", "off"],
    "32 bits: DST = DST OP SRC; OFF 1 makes division and remainder signed",
    "32 ビット: DST = DST OP SRC。OFF が 1 なら除算・剰余は符号付き",
  ],
  BPF_ALU64_IMM_OFF: [
    ["alu_op", "dst", "imm", "off"],
    "64 bits: DST = DST OP IMM; OFF 1 makes division and remainder signed",
    "64 ビット: DST = DST OP IMM。OFF が 1 なら除算・剰余は符号付き",
  ],
  BPF_ALU32_IMM_OFF: [
    ["alu_op", "dst", "imm", "off"],
    "32 bits: DST = DST OP IMM; OFF 1 makes division and remainder signed",
    "32 ビット: DST = DST OP IMM。OFF が 1 なら除算・剰余は符号付き",
  ],
  BPF_MOV64_REG: [["dst", "src"], "DST = SRC, all 64 bits", "DST = SRC(64 ビットすべて)"],
  BPF_MOV32_REG: [["dst", "src"], "DST = lower 32 bits of SRC, zero-extended", "DST = SRC の下位 32 ビット(ゼロ拡張)"],
  BPF_MOV64_IMM: [["dst", "imm"], "DST = IMM, sign-extended to 64 bits", "DST = IMM(64 ビットに符号拡張)"],
  BPF_MOV32_IMM: [["dst", "imm"], "DST = IMM, zero-extended to 64 bits", "DST = IMM(64 ビットにゼロ拡張)"],
  BPF_MOVSX64_REG: [
    ["dst", "src", "sign_bits"],
    "DST = lower OFF bits (8, 16, 32) of SRC, sign-extended to 64 bits",
    "DST = SRC の下位 OFF ビット(8, 16, 32)を 64 ビットに符号拡張",
  ],
  BPF_MOVSX32_REG: [
    ["dst", "src", "sign_bits"],
    "DST = lower OFF bits (8, 16) of SRC, sign-extended to 32 bits",
    "DST = SRC の下位 OFF ビット(8, 16)を 32 ビットに符号拡張",
  ],
  BPF_MOV64_RAW: [
    ["source", "dst", "src", "imm"],
    "64-bit move of SRC (TYPE BPF_X) or IMM (TYPE BPF_K)",
    "64 ビットの代入。TYPE が BPF_X なら SRC、BPF_K なら IMM",
  ],
  BPF_MOV32_RAW: [
    ["source", "dst", "src", "imm"],
    "32-bit move of SRC (TYPE BPF_X) or IMM (TYPE BPF_K)",
    "32 ビットの代入。TYPE が BPF_X なら SRC、BPF_K なら IMM",
  ],
  BPF_ZEXT_REG: [
    ["dst"],
    "zero-extends DST from 32 bits; the verifier makes it, programs may not",
    "DST を 32 ビットからゼロ拡張。検証器が挿入するもので、プログラムには書けない",
  ],
  BPF_MOV64_PERCPU_REG: [
    ["dst", "src"],
    "DST = address of SRC on this CPU; inside the kernel only",
    "DST = SRC のこの CPU でのアドレス。カーネル内部用",
  ],
  BPF_ENDIAN: [
    ["endian", "dst", "bits"],
    "the lower LEN bits (16, 32, 64) of DST to little or big endian",
    "DST の下位 LEN ビット(16, 32, 64)をリトル/ビッグエンディアンにする",
  ],
  BPF_BSWAP: [
    ["dst", "bits"],
    "swaps the bytes of the lower LEN bits (16, 32, 64) of DST",
    "DST の下位 LEN ビット(16, 32, 64)のバイト順を入れ替える",
  ],
  BPF_LD_IMM64: [["dst", "imm64"], "DST = 64-bit IMM; takes two slots", "DST = 64 ビットの IMM。2 スロットを使う"],
  BPF_LD_IMM64_RAW: [
    ["dst", "pseudo", "imm64"],
    "DST = what IMM stands for; SRC is a BPF_PSEUDO_… kind",
    "DST = IMM の指すもの。SRC は BPF_PSEUDO_… の種類",
  ],
  BPF_LD_IMM64_RAW_FULL: [
    ["dst", "pseudo", "off", "off", "imm", "imm"],
    "64-bit load with every field of both slots given",
    "64 ビットロード。2 スロットの全フィールドを指定する",
  ],
  BPF_LD_MAP_FD: [["dst", "map"], "DST = the map MAP_FD", "DST = マップ MAP_FD"],
  BPF_LD_MAP_VALUE: [
    ["dst", "map", "value_off"],
    "DST = address of byte VALUE_OFF in the first value of the array MAP_FD",
    "DST = 配列マップ MAP_FD の先頭の値の VALUE_OFF バイト目のアドレス",
  ],
  BPF_LD_ABS: [
    ["size", "imm"],
    "R0 = SIZE bytes of the packet at IMM, in host order; R6 is the context",
    "R0 = パケットの IMM バイト目から SIZE 分(ホスト順)。R6 がコンテキスト",
  ],
  BPF_LD_IND: [
    ["size", "src", "imm"],
    "R0 = SIZE bytes of the packet at SRC + IMM, in host order; R6 is the context",
    "R0 = パケットの SRC + IMM バイト目から SIZE 分(ホスト順)。R6 がコンテキスト",
  ],
  BPF_LDX_MEM: [
    ["size", "dst", "src", "off"],
    "DST = *(SIZE *)(SRC + OFF), zero-extended",
    "DST = *(SIZE *)(SRC + OFF)(ゼロ拡張)",
  ],
  BPF_LDX_MEMSX: [
    ["size", "dst", "src", "off"],
    "DST = *(signed SIZE *)(SRC + OFF), sign-extended",
    "DST = *(signed SIZE *)(SRC + OFF)(符号拡張)",
  ],
  BPF_ST_MEM: [["size", "dst", "off", "imm"], "*(SIZE *)(DST + OFF) = IMM", "*(SIZE *)(DST + OFF) = IMM"],
  BPF_STX_MEM: [["size", "dst", "src", "off"], "*(SIZE *)(DST + OFF) = SRC", "*(SIZE *)(DST + OFF) = SRC"],
  BPF_ATOMIC_OP: [
    ["size", "atomic_op", "dst", "src", "off"],
    "atomically: *(SIZE *)(DST + OFF) OP SRC; with BPF_FETCH the old value lands in SRC (in R0 for BPF_CMPXCHG)",
    "不可分に *(SIZE *)(DST + OFF) OP SRC。BPF_FETCH があれば元の値が SRC(BPF_CMPXCHG は R0)に入る",
  ],
  BPF_STX_XADD: [
    ["size", "dst", "src", "off"],
    "old name of BPF_ATOMIC_OP(SIZE, BPF_ADD, DST, SRC, OFF)",
    "BPF_ATOMIC_OP(SIZE, BPF_ADD, DST, SRC, OFF) の古い名前",
  ],
  BPF_ST_NOSPEC: [
    [],
    "speculation barrier; the verifier makes it, programs may not",
    "投機実行のバリア。検証器が挿入するもので、プログラムには書けない",
  ],
  BPF_JMP_REG: [
    ["jmp_op", "dst", "src", "jump"],
    "if (DST OP SRC) jump OFF slots, all 64 bits compared",
    "DST OP SRC なら OFF スロット先へ(64 ビット比較)",
  ],
  BPF_JMP_IMM: [
    ["jmp_op", "dst", "imm", "jump"],
    "if (DST OP IMM) jump OFF slots; IMM sign-extended to 64 bits",
    "DST OP IMM なら OFF スロット先へ(IMM は 64 ビットに符号拡張)",
  ],
  BPF_JMP32_REG: [
    ["jmp_op", "dst", "src", "jump"],
    "if (DST OP SRC) jump OFF slots, lower 32 bits compared",
    "DST OP SRC なら OFF スロット先へ(下位 32 ビット比較)",
  ],
  BPF_JMP32_IMM: [
    ["jmp_op", "dst", "imm", "jump"],
    "if (DST OP IMM) jump OFF slots, lower 32 bits compared",
    "DST OP IMM なら OFF スロット先へ(下位 32 ビット比較)",
  ],
  BPF_JMP_A: [["jump"], "jump OFF slots", "OFF スロット先へ飛ぶ"],
  BPF_JMP32_A: [["jump_imm"], "jump IMM slots: 32 bits wide (gotol)", "IMM スロット先へ飛ぶ(32 ビット幅、gotol)"],
  BPF_CALL_REL: [
    ["call_target"],
    "calls the function of this program at slot + 1 + TGT",
    "このプログラムの関数(スロット + 1 + TGT)を呼ぶ",
  ],
  BPF_EMIT_CALL: [
    ["helper"],
    "calls the kernel's helper FUNC: arguments in R1 … R5, result in R0",
    "カーネルのヘルパー FUNC を呼ぶ。引数は R1 … R5、結果は R0",
  ],
  BPF_EXIT_INSN: [[], "ends the function; R0 is its result", "関数を終える。R0 が戻り値"],
  BPF_RAW_INSN: [
    ["code", "dst", "src", "off", "imm"],
    "one slot, every field given",
    "1 スロット。全フィールドを指定する",
  ],
};

const LD_IMM64 = "BPF_LD | BPF_DW | BPF_IMM";

const OURS: readonly Omit<InsnMacro, "from" | "source">[] = [
  {
    name: "BPF_LD_MAP_IDX",
    params: [
      { name: "DST", role: "dst" },
      { name: "IDX", role: "imm" },
    ],
    slots: [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_IDX", imm: "IDX" }, { code: "0" }],
    en: "DST = the map at index IDX of fd_array",
    ja: "DST = fd_array の IDX 番目のマップ",
  },
  {
    name: "BPF_LD_MAP_IDX_VALUE",
    params: [
      { name: "DST", role: "dst" },
      { name: "IDX", role: "imm" },
      { name: "VALUE_OFF", role: "value_off" },
    ],
    slots: [
      { code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_MAP_IDX_VALUE", imm: "IDX" },
      { code: "0", imm: "VALUE_OFF" },
    ],
    en: "DST = address of byte VALUE_OFF in the value of the map at index IDX of fd_array",
    ja: "DST = fd_array の IDX 番目のマップの値の VALUE_OFF バイト目のアドレス",
  },
  {
    name: "BPF_LD_BTF_ID",
    params: [
      { name: "DST", role: "dst" },
      { name: "BTF_ID", role: "btf_id" },
    ],
    slots: [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_BTF_ID", imm: "BTF_ID" }, { code: "0" }],
    en: "DST = address of the kernel variable BTF_ID",
    ja: "DST = カーネル変数 BTF_ID のアドレス",
  },
  {
    name: "BPF_LD_FUNC",
    params: [
      { name: "DST", role: "dst" },
      { name: "TGT", role: "func_target" },
    ],
    slots: [{ code: LD_IMM64, dst: "DST", src: "BPF_PSEUDO_FUNC", imm: "TGT" }, { code: "0" }],
    en: "DST = the function of this program at slot + 1 + TGT, to hand to a helper as callback",
    ja: "DST = このプログラムの関数(スロット + 1 + TGT)。ヘルパーへのコールバックに使う",
  },
  {
    name: "BPF_JMP_MAY_GOTO",
    params: [{ name: "OFF", role: "jump" }],
    slots: [{ code: "BPF_JMP | BPF_JCOND", src: "BPF_MAY_GOTO", off: "OFF" }],
    en: "jump OFF slots once the program has looped too long; else go on",
    ja: "ループが長くなりすぎたら OFF スロット先へ、そうでなければ次へ",
  },
  {
    name: "BPF_CALL_KFUNC",
    params: [
      { name: "OFF", role: "off" },
      { name: "IMM", role: "kfunc" },
    ],
    slots: [{ code: "BPF_JMP | BPF_CALL", src: "BPF_PSEUDO_KFUNC_CALL", off: "OFF", imm: "IMM" }],
    en: "calls the kernel function with BTF id IMM (of the module at fd_array[OFF])",
    ja: "BTF id が IMM のカーネル関数を呼ぶ(モジュールは fd_array[OFF])",
  },
];

export const INSN_MACROS: readonly InsnMacro[] = [
  ...(Object.entries(ROWS) as [keyof Recorded, Row<readonly string[]>][]).map(([name, [roles, en, ja]]): InsnMacro => {
    const { params, slots, from, source } = RECORDED_MACROS[name] as RecordedMacro;
    return {
      name,
      params: params.map((param, i) => ({ name: param, role: roles[i] as ParamRole })),
      slots,
      from,
      source,
      en,
      ja,
    };
  }),
  ...OURS.map((row): InsnMacro => ({ ...row, from: "oreore", source: "" })),
];

const byName = new Map(INSN_MACROS.map((macro) => [macro.name, macro]));
export const insnMacro = (name: string): InsnMacro | undefined => byName.get(name);
