// The meaning of names in one line each: helpers with their prototypes, constants with their values, the values that fit a
// macro's parameter. Completion, hover and signature help use the same rows.
import { HELPER_PROTOS, helperName } from "../../facts/helpers.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import { helperSignature } from "../../facts/signatures.ts";
import type { HelperArg, HelperProto } from "../../facts/types.ts";
import { JMP_OPS } from "../../isa/forms.ts";
import type { ParamRole } from "../../isa/macros.ts";
import { ALU_WORDS, ATOMIC_WORDS, JMP_WORDS, REGISTER_ROLES, type Words } from "./words.ts";

export interface Meaning extends Words {
  readonly label: string;
}

const both = (text: string): Words => ({ en: text, ja: text });

/** Descriptions of parameters, for signature help. */
export const ROLE_WORDS: Record<ParamRole, Words> = {
  alu_op: { en: "operation: BPF_ADD, BPF_SUB …", ja: "演算: BPF_ADD, BPF_SUB …" },
  jmp_op: { en: "comparison: BPF_JEQ, BPF_JGT …", ja: "比較: BPF_JEQ, BPF_JGT …" },
  atomic_op: {
    en: "operation: BPF_ADD, BPF_XCHG … with BPF_FETCH to get the old value",
    ja: "演算: BPF_ADD, BPF_XCHG …。BPF_FETCH を付けると元の値も得る",
  },
  size: {
    en: "size: BPF_B (1), BPF_H (2), BPF_W (4), BPF_DW (8 bytes)",
    ja: "サイズ: BPF_B (1), BPF_H (2), BPF_W (4), BPF_DW (8 バイト)",
  },
  dst: { en: "destination register", ja: "結果を入れるレジスタ" },
  src: { en: "source register", ja: "元になるレジスタ" },
  imm: { en: "number of 32 bits", ja: "32 ビットの数" },
  imm64: { en: "number of 64 bits", ja: "64 ビットの数" },
  off: { en: "offset in bytes, 16 bits signed", ja: "バイト単位のオフセット(符号付き 16 ビット)" },
  jump: {
    en: "slots to jump over, or a label; 0 is the next instruction",
    ja: "飛び越すスロット数、またはラベル。0 なら次の命令",
  },
  jump_imm: { en: "slots to jump over (32 bits), or a label", ja: "飛び越すスロット数(32 ビット)、またはラベル" },
  call_target: {
    en: "slots from the next instruction to the function, or its label",
    ja: "次の命令から関数までのスロット数、またはラベル",
  },
  func_target: {
    en: "slots from this one + 1 to the function, or its label",
    ja: "このスロット + 1 から関数までのスロット数、またはラベル",
  },
  helper: { en: "helper: BPF_FUNC_…", ja: "ヘルパー: BPF_FUNC_…" },
  map: { en: "a declared map by its name, or a number", ja: "宣言したマップの名前、または番号" },
  value_off: { en: "byte in the map's value", ja: "マップの値の中のバイト位置" },
  endian: { en: "BPF_TO_BE or BPF_TO_LE", ja: "BPF_TO_BE または BPF_TO_LE" },
  bits: { en: "16, 32 or 64 bits", ja: "16, 32, 64 ビットのいずれか" },
  sign_bits: { en: "bits to extend from: 8, 16 or 32", ja: "拡張前のビット数: 8, 16, 32" },
  source: { en: "BPF_K (number) or BPF_X (register)", ja: "BPF_K(数)または BPF_X(レジスタ)" },
  code: { en: "opcode: class | operation | source", ja: "opcode: クラス | 演算 | ソース" },
  btf_id: { en: "BTF id of a kernel variable", ja: "カーネル変数の BTF id" },
  pseudo: { en: "what the number stands for: 0 or BPF_PSEUDO_…", ja: "数の意味: 0 または BPF_PSEUDO_…" },
  kfunc: { en: "BTF id of a kernel function", ja: "カーネル関数の BTF id" },
};

const row = (label: string, en: string, ja: string): Meaning => ({ label, en, ja });
const plain = (words: Words): Words => ({
  en: words.en.replace(/\{d\}/g, "DST").replace(/\{s\}/g, "SRC").replace(/\{m\}/g, "memory"),
  ja: words.ja.replace(/\{d\}/g, "DST").replace(/\{s\}/g, "SRC").replace(/\{m\}/g, "メモリ"),
});

const SIZES: readonly Meaning[] = [
  row("BPF_B", "1 byte (u8)", "1 バイト(u8)"),
  row("BPF_H", "2 bytes (u16)", "2 バイト(u16)"),
  row("BPF_W", "4 bytes (u32)", "4 バイト(u32)"),
  row("BPF_DW", "8 bytes (u64)", "8 バイト(u64)"),
];
export const REGISTERS: readonly Meaning[] = REGISTER_ROLES.map((words, i) => ({ label: `BPF_REG_${i}`, ...words }));

const shout = (name: string): string => `BPF_${name.toUpperCase()}`;
const ALU: readonly Meaning[] = Object.entries(ALU_WORDS)
  .filter(([op]) => !/^(?:movsx|s(?:div|mod))/.test(op))
  .map(([op, words]) => ({ label: shout(op), ...plain(words) }));
const JMP: readonly Meaning[] = [
  ...(Object.keys(JMP_OPS) as (keyof typeof JMP_OPS)[]).map((op) => ({ label: shout(op), ...plain(JMP_WORDS[op]) })),
  row("BPF_JA", "always", "無条件"),
];
const ATOMIC: readonly Meaning[] = [
  ...Object.entries(ATOMIC_WORDS).map(([op, words]) => ({
    label: op.startsWith("fetch_") ? `${shout(op.slice(6))} | BPF_FETCH` : shout(op),
    ...plain(words),
  })),
  row("BPF_LOAD_ACQ", "load with acquire order", "acquire 順序の読み出し"),
  row("BPF_STORE_REL", "store with release order", "release 順序の書き込み"),
];
const PSEUDO: readonly Meaning[] = [
  row("BPF_PSEUDO_MAP_FD", "a map", "マップ"),
  row("BPF_PSEUDO_MAP_VALUE", "an address in a map's value", "マップの値のアドレス"),
  row("BPF_PSEUDO_BTF_ID", "a kernel variable", "カーネル変数"),
  row("BPF_PSEUDO_FUNC", "a function of the program", "プログラム内の関数"),
  row("BPF_PSEUDO_MAP_IDX", "a map by its index in fd_array", "fd_array の添字で表したマップ"),
  row("BPF_PSEUDO_MAP_IDX_VALUE", "a map's value by its index in fd_array", "fd_array の添字で表したマップの値"),
];
const CODES: readonly Meaning[] = [
  row("BPF_JMP | BPF_CALL", "call", "呼び出し"),
  row("BPF_JMP | BPF_EXIT", "exit", "終了"),
  row("BPF_JMP | BPF_JA", "jump", "ジャンプ"),
  row("BPF_LD | BPF_IMM | BPF_DW", "64-bit load", "64 ビットロード"),
  row("BPF_ALU64 | BPF_MOV | BPF_X", "64-bit move", "64 ビット代入"),
  row("BPF_ALU | BPF_MOV | BPF_K", "32-bit move of a number", "32 ビットの数の代入"),
  row("BPF_STX | BPF_ATOMIC | BPF_DW", "64-bit atomic", "64 ビットのアトミック演算"),
];
const numbers = (...values: number[]): Meaning[] => values.map((value) => ({ label: String(value), ...both("") }));

/** Values that fit a parameter in any program. Helpers, labels, maps and fields are not among them. */
export const ROLE_VALUES: Partial<Record<ParamRole, readonly Meaning[]>> = {
  alu_op: ALU,
  jmp_op: JMP,
  atomic_op: ATOMIC,
  size: SIZES,
  dst: REGISTERS,
  src: REGISTERS,
  endian: [
    row("BPF_TO_BE", "to big endian (network order)", "ビッグエンディアン(ネットワーク順)へ"),
    row("BPF_TO_LE", "to little endian", "リトルエンディアンへ"),
  ],
  bits: numbers(16, 32, 64),
  sign_bits: numbers(8, 16, 32),
  source: [row("BPF_K", "the number", "数"), row("BPF_X", "the register", "レジスタ")],
  code: CODES,
  pseudo: PSEUDO,
};

const ARG_TYPES: Readonly<Record<string, string>> = {
  ARG_CONST_MAP_PTR: "map",
  ARG_PTR_TO_MAP_KEY: "key *",
  ARG_PTR_TO_MAP_VALUE: "value *",
  ARG_PTR_TO_MEM: "void *",
  ARG_CONST_SIZE: "size",
  ARG_CONST_SIZE_OR_ZERO: "size or 0",
  ARG_PTR_TO_CTX: "ctx",
  ARG_ANYTHING: "u64",
  ARG_PTR_TO_FUNC: "callback",
  ARG_PTR_TO_STACK: "void * on the stack",
  ARG_PTR_TO_CONST_STR: "const char *",
  ARG_PTR_TO_SPIN_LOCK: "struct bpf_spin_lock *",
  ARG_PTR_TO_TIMER: "struct bpf_timer *",
  ARG_PTR_TO_DYNPTR: "struct bpf_dynptr *",
  ARG_CONST_ALLOC_SIZE_OR_ZERO: "constant size",
  ARG_PTR_TO_RINGBUF_MEM: "reserved record *",
  ARG_KPTR_XCHG_DEST: "kptr field *",
};
const argText = (arg: HelperArg): string =>
  arg.btf ? `struct ${arg.btf} *` : (ARG_TYPES[arg.kind] ?? arg.kind.replace(/^ARG_(?:PTR_TO_)?/, "").toLowerCase());
const RET_TYPES: Readonly<Record<string, string>> = {
  RET_INTEGER: "long",
  RET_VOID: "void",
  RET_PTR_TO_MAP_VALUE: "value *",
  RET_PTR_TO_SOCKET: "struct bpf_sock *",
  RET_PTR_TO_TCP_SOCK: "struct bpf_tcp_sock *",
  RET_PTR_TO_SOCK_COMMON: "struct bpf_sock *",
};
/** enum bpf_type_flag PTR_MAYBE_NULL. */
const MAYBE_NULL = 0x100;

/** Such as `value * or NULL bpf_map_lookup_elem(R1: map, R2: key *)`. */
function prototypeText(proto: HelperProto): string {
  const args = proto.args.filter((arg) => arg.kind !== "ARG_DONTCARE").map((arg, i) => `R${i + 1}: ${argText(arg)}`);
  const ret = proto.retBtf ? `struct ${proto.retBtf} *` : (RET_TYPES[proto.ret] ?? "void *");
  return `${ret}${(proto.retFlags & MAYBE_NULL) !== 0 ? " or NULL" : ""} bpf_${proto.name}(${args.join(", ")})`;
}

export interface HelperMeaning extends Meaning {
  readonly id: number;
  /** What the verifier requires of each argument, such as `value * or NULL bpf_map_lookup_elem(R1: map, R2: key *)`. */
  readonly prototype: string | undefined;
  /** The declaration in bpf_helper_defs.h, if it is recorded. */
  readonly signature: string | undefined;
  readonly gplOnly: boolean;
}

/** A helper by its number. If the program type may call it, its prototype is the one for that type. */
export function helperMeaning(id: number, progType?: string): HelperMeaning | undefined {
  const name = helperName(id);
  if (name === undefined || name === "unspec") return undefined;
  const proto =
    (progType === undefined ? undefined : progTypeByName(progType)?.helper(id, 0)) ??
    HELPER_PROTOS.find((p) => p.id === id);
  const prototype = proto && prototypeText(proto);
  const signature = helperSignature(id)?.text;
  return {
    id,
    label: `BPF_FUNC_${name}`,
    prototype,
    signature,
    gplOnly: proto?.gplOnly ?? false,
    ...both(signature ?? prototype ?? `bpf_${name}()`),
  };
}
