// Names that a source of BPF macros may use without defining them: small macros for numbers, and names that the kernel's own tests
// define. All are C text, read by the same preprocessor and parser as the source. A definition in the source takes precedence.
// Sources: Linux 6.18 include/uapi/linux/{bpf_common,swab}.h, include/linux/{bits,filter}.h,
// tools/testing/selftests/bpf/test_verifier.c and verifier/event_output.c, lib/test_bpf.c.

export interface Predefined {
  readonly name: string;
  /** Absent: the macro is used without parentheses. */
  readonly params?: readonly string[];
  readonly body: string;
  /** The macro stands for instructions, not for a value. */
  readonly insns?: true;
  readonly en: string;
  readonly ja: string;
}

const swap16 = "((__u16)((((__u16)(x) & 0xff) << 8) | (((__u16)(x) >> 8) & 0xff)))";
const swap32 =
  "((__u32)((((__u32)(x) & 0xff) << 24) | (((__u32)(x) & 0xff00) << 8) | (((__u32)(x) >> 8) & 0xff00) | ((__u32)(x) >> 24)))";
const swap64 = `((__u64)(((__u64)__builtin_bswap32((__u32)(x)) << 32) | __builtin_bswap32((__u32)((__u64)(x) >> 32))))`;

const swaps = (names: string, body: string, bits: number): Predefined[] =>
  names.split(" ").map((name) => ({
    name,
    params: ["x"],
    body,
    en: `x of ${bits} bits with its bytes swapped: network order on a little-endian machine`,
    ja: `${bits} ビットの x のバイト順を入れ替えた値(リトルエンディアン機でのネットワーク順)`,
  }));

const same = (names: string, type: string): Predefined[] =>
  names.split(" ").map((name) => ({
    name,
    params: ["x"],
    body: `((${type})(x))`,
    en: "x itself: this machine is little-endian",
    ja: "x そのもの(このマシンはリトルエンディアン)",
  }));

const field = (name: string, mask: string, en: string, ja: string): Predefined => ({
  name,
  params: ["code"],
  body: `((code) & ${mask})`,
  en,
  ja,
});

export const PREDEFINED: readonly Predefined[] = [
  field("BPF_CLASS", "0x07", "the class bits of an opcode", "opcode のクラス部分"),
  field("BPF_SIZE", "0x18", "the size bits of a load or store opcode", "ロード・ストア opcode のサイズ部分"),
  field("BPF_MODE", "0xe0", "the mode bits of a load or store opcode", "ロード・ストア opcode のモード部分"),
  field("BPF_OP", "0xf0", "the operation bits of an arithmetic or jump opcode", "演算・ジャンプ opcode の演算部分"),
  field("BPF_SRC", "0x08", "the source bit of an arithmetic or jump opcode", "演算・ジャンプ opcode のソース部分"),
  ...swaps(
    "__builtin_bswap16 __swab16 htons ntohs __constant_htons __constant_ntohs bpf_htons bpf_ntohs __bpf_constant_htons __bpf_constant_ntohs cpu_to_be16 be16_to_cpu __cpu_to_be16 __be16_to_cpu",
    swap16,
    16,
  ),
  ...swaps(
    "__builtin_bswap32 __swab32 htonl ntohl __constant_htonl __constant_ntohl bpf_htonl bpf_ntohl __bpf_constant_htonl __bpf_constant_ntohl cpu_to_be32 be32_to_cpu __cpu_to_be32 __be32_to_cpu",
    swap32,
    32,
  ),
  ...swaps(
    "__builtin_bswap64 __swab64 bpf_cpu_to_be64 bpf_be64_to_cpu cpu_to_be64 be64_to_cpu __cpu_to_be64 __be64_to_cpu",
    swap64,
    64,
  ),
  ...same("cpu_to_le16 le16_to_cpu", "__u16"),
  ...same("cpu_to_le32 le32_to_cpu", "__u32"),
  ...same("cpu_to_le64 le64_to_cpu", "__u64"),
  { name: "BIT", params: ["nr"], body: "(1UL << (nr))", en: "bit nr alone", ja: "第 nr ビットだけの値" },
  {
    name: "BIT_ULL",
    params: ["nr"],
    body: "(1ULL << (nr))",
    en: "bit nr alone, 64 bits",
    ja: "第 nr ビットだけの 64 ビット値",
  },
  { name: "_BITUL", params: ["x"], body: "(1UL << (x))", en: "bit x alone", ja: "第 x ビットだけの値" },
  {
    name: "_BITULL",
    params: ["x"],
    body: "(1ULL << (x))",
    en: "bit x alone, 64 bits",
    ja: "第 x ビットだけの 64 ビット値",
  },
  {
    name: "GENMASK",
    params: ["h", "l"],
    body: "((~0UL << (l)) & (~0UL >> (63 - (h))))",
    en: "bits h down to l",
    ja: "第 h から第 l ビットのマスク",
  },
  {
    name: "GENMASK_ULL",
    params: ["h", "l"],
    body: "((~0ULL << (l)) & (~0ULL >> (63 - (h))))",
    en: "bits h down to l",
    ja: "第 h から第 l ビットのマスク",
  },
  { name: "BPF_CALL_IMM", params: ["x"], body: "(x)", en: "a helper by its number", ja: "番号で表したヘルパー" },
  { name: "BPF_CAST_CALL", params: ["x"], body: "(x)", en: "a helper by its number", ja: "番号で表したヘルパー" },
  {
    name: "BPF_SK_LOOKUP",
    params: ["func"],
    insns: true,
    body: `BPF_MOV64_IMM(BPF_REG_2, 0), BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_2, -8), BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -16),
      BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -24), BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -32),
      BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -40), BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -48),
      BPF_MOV64_REG(BPF_REG_2, BPF_REG_10), BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -48), BPF_MOV64_IMM(BPF_REG_3, sizeof(struct bpf_sock_tuple)),
      BPF_MOV64_IMM(BPF_REG_4, 0), BPF_MOV64_IMM(BPF_REG_5, 0), BPF_EMIT_CALL(BPF_FUNC_ ## func)`,
    en: "R0 = func(ctx, an empty tuple on the stack, its size, 0, 0): test_verifier's socket lookup",
    ja: "R0 = func(ctx, スタック上の空のタプル, その大きさ, 0, 0)。test_verifier のソケット検索",
  },
  {
    name: "BPF_DIRECT_PKT_R2",
    insns: true,
    body: `BPF_MOV64_IMM(BPF_REG_0, 0), BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct __sk_buff, data)),
      BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_1, offsetof(struct __sk_buff, data_end)), BPF_MOV64_REG(BPF_REG_4, BPF_REG_2),
      BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 8), BPF_JMP_REG(BPF_JLE, BPF_REG_4, BPF_REG_3, 1), BPF_EXIT_INSN()`,
    en: "R2 = packet with 8 bytes proven to be there, R0 = 0: test_verifier's",
    ja: "R2 = 8 バイト読めると確かめたパケット、R0 = 0(test_verifier のもの)",
  },
  {
    name: "BPF_RAND_UEXT_R7",
    insns: true,
    body: `BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32), BPF_MOV64_REG(BPF_REG_7, BPF_REG_0),
      BPF_ALU64_IMM(BPF_LSH, BPF_REG_7, 33), BPF_ALU64_IMM(BPF_RSH, BPF_REG_7, 33)`,
    en: "R7 = a random number of 31 bits: test_verifier's",
    ja: "R7 = 31 ビットの乱数(test_verifier のもの)",
  },
  {
    name: "BPF_RAND_SEXT_R7",
    insns: true,
    body: `BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32), BPF_MOV64_REG(BPF_REG_7, BPF_REG_0),
      BPF_ALU64_IMM(BPF_OR, BPF_REG_7, 0x80000000), BPF_ALU64_IMM(BPF_LSH, BPF_REG_7, 32), BPF_ALU64_IMM(BPF_ARSH, BPF_REG_7, 32)`,
    en: "R7 = a random negative number: test_verifier's",
    ja: "R7 = 負の乱数(test_verifier のもの)",
  },
  {
    name: "__PERF_EVENT_INSNS__",
    insns: true,
    body: `BPF_MOV64_IMM(BPF_REG_2, 5), BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -8), BPF_MOV64_REG(BPF_REG_4, BPF_REG_10),
      BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, -8), BPF_LD_MAP_FD(BPF_REG_2, 0), BPF_MOV64_IMM(BPF_REG_3, 0), BPF_MOV64_IMM(BPF_REG_5, 8),
      BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_perf_event_output), BPF_MOV64_IMM(BPF_REG_0, 1), BPF_EXIT_INSN(),`,
    en: "sends 8 bytes with bpf_perf_event_output and returns 1: verifier/event_output.c's",
    ja: "bpf_perf_event_output で 8 バイト送り 1 を返す(verifier/event_output.c のもの)",
  },
  {
    name: "TAIL_CALL",
    params: ["offset"],
    insns: true,
    body: "BPF_LD_IMM64(R2, TAIL_CALL_MARKER), BPF_RAW_INSN(BPF_ALU | BPF_MOV | BPF_K, R3, 0, offset, TAIL_CALL_MARKER), BPF_JMP_IMM(BPF_TAIL_CALL, 0, 0, 0)",
    en: "a tail call as lib/test_bpf.c writes it before its runner fills it in",
    ja: "lib/test_bpf.c が実行前に書き換えるテールコール",
  },
  {
    name: "BPF_ATOMIC_POISON",
    params: ["width"],
    body: "((width) == BPF_W ? (0xbaadf00dULL << 32) : 0)",
    en: "what lib/test_bpf.c leaves in the upper half for 32-bit atomics",
    ja: "32 ビットのアトミック演算で lib/test_bpf.c が上位半分に置く値",
  },
  {
    name: "SKIP_INSNS",
    params: [],
    insns: true,
    body: "BPF_RAW_INSN(0xde, 0xa, 0xd, 0xbeef, 0xdeadbeef)",
    en: "separates patterns in test_verifier's expected_insns",
    ja: "test_verifier の expected_insns の区切り",
  },
  {
    name: "PSEUDO_CALL_INSN",
    params: [],
    insns: true,
    body: "BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, INSN_OFF_MASK, INSN_IMM_MASK)",
    en: "any call of a function of the program, in expected_insns",
    ja: "expected_insns での任意の関数呼び出し",
  },
  {
    name: "HELPER_CALL_INSN",
    params: [],
    insns: true,
    body: "BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, INSN_OFF_MASK, INSN_IMM_MASK)",
    en: "any call of a helper, in expected_insns",
    ja: "expected_insns での任意のヘルパー呼び出し",
  },
];

/** Structs and constants of the same sources, as C declarations. */
export const PRELUDE = `
enum {
  BPF_REG_ARG1 = 1, BPF_REG_ARG2, BPF_REG_ARG3, BPF_REG_ARG4, BPF_REG_ARG5,
  BPF_REG_CTX = 6, BPF_REG_FP = 10, BPF_REG_A = 0, BPF_REG_X = 7, BPF_REG_TMP = 2, BPF_REG_D = 8, BPF_REG_H = 9, BPF_REG_AX = 11,
  R0 = 0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10,
  MAX_BPF_REG = 11, MAX_BPF_EXT_REG = 12, MAX_BPF_JIT_REG = 12, MAX_BPF_STACK = 512,
  BPF_TAIL_CALL = 0xf0, BPF_CALL_ARGS = 0xe0, BPF_NOSPEC = 0xc0, BPF_ADDR_PERCPU = -1,
  BPF_PROBE_MEM = 0x20, BPF_PROBE_MEMSX = 0x40, BPF_PROBE_MEM32 = 0xa0, BPF_PROBE_ATOMIC = 0xe0,
  TAIL_CALL_MARKER = 0x7a11ca11, TAIL_CALL_NULL = 0x7fff, TAIL_CALL_INVALID = 0x7ffe,
  INSN_OFF_MASK = (__s16)0xffff, INSN_IMM_MASK = -1,
  MAX_ENTRIES = 11, PUSH_CNT = 51, MAX_JMP_SEQ = 8192, FUNC_NEST = 7, TEST_DATA_LEN = 64, MAX_INSNS = 1000000,
  SKB_TYPE = 3, SKB_MARK = 0x1234aaaa, SKB_HASH = 0x1234aaab, SKB_QUEUE_MAP = 123, SKB_VLAN_TCI = 0xffff,
  SKB_VLAN_PRESENT = 1, SKB_DEV_IFINDEX = 577, SKB_DEV_TYPE = 588,
  CHAR_BIT = 8, SCHAR_MIN = -128, SCHAR_MAX = 127, UCHAR_MAX = 255, CHAR_MIN = -128, CHAR_MAX = 127,
  SHRT_MIN = -32768, SHRT_MAX = 32767, USHRT_MAX = 65535, INT_MIN = -2147483647 - 1, INT_MAX = 2147483647,
  S8_MIN = -128, S8_MAX = 127, U8_MAX = 255, S16_MIN = -32768, S16_MAX = 32767, U16_MAX = 65535,
  S32_MIN = -2147483647 - 1, S32_MAX = 2147483647, INT8_MIN = -128, INT8_MAX = 127, UINT8_MAX = 255,
  INT16_MIN = -32768, INT16_MAX = 32767, UINT16_MAX = 65535, INT32_MIN = -2147483647 - 1, INT32_MAX = 2147483647,
  __ORDER_LITTLE_ENDIAN__ = 1234, __ORDER_BIG_ENDIAN__ = 4321, __BYTE_ORDER__ = 1234, __LITTLE_ENDIAN = 1234,
  __BYTE_ORDER = 1234, BYTE_ORDER = 1234, LITTLE_ENDIAN = 1234,
  __LITTLE_ENDIAN_BITFIELD = 1, __x86_64__ = 1, __LP64__ = 1, CONFIG_64BIT = 1, CONFIG_X86_64 = 1, CONFIG_X86 = 1,
  __SIZEOF_POINTER__ = 8, __SIZEOF_LONG__ = 8, BITS_PER_LONG = 64,
  true = 1, false = 0, NULL = 0,
};
enum {
  UINT_MAX = 0xffffffffU, U32_MAX = 0xffffffffU, UINT32_MAX = 0xffffffffU, MAX_K = 0xffffffffU,
};
enum {
  LONG_MIN = -9223372036854775807LL - 1, LLONG_MIN = -9223372036854775807LL - 1, S64_MIN = -9223372036854775807LL - 1,
  INT64_MIN = -9223372036854775807LL - 1, LONG_MAX = 9223372036854775807LL, LLONG_MAX = 9223372036854775807LL,
  S64_MAX = 9223372036854775807LL, INT64_MAX = 9223372036854775807LL, POINTER_VALUE = 0xcafe4aLL,
};
enum {
  ULONG_MAX = 0xffffffffffffffffULL, ULLONG_MAX = 0xffffffffffffffffULL, U64_MAX = 0xffffffffffffffffULL, UINT64_MAX = 0xffffffffffffffffULL,
  SIZE_MAX = 0xffffffffffffffffULL,
};
struct test_val { unsigned int index; int foo[MAX_ENTRIES]; };
struct other_val { long long foo; long long bar; };
`;
