// More programs to open: maps, helpers, packets, and common refusals of beginners' programs. Same type and tests as examples.ts, which
// contains those of the talk.
import type { Example } from "./example.ts";

/** An ICMP echo request: the packet icmp-echo of `packets()`. */
const PING =
  "02000000000b02000000000a08004500003c1234400040013c3bc000020ac633641408004d" +
  "5a000100016162636465666768696a6b6c6d6e6f7071727374757677616263646566676869";

export const GALLERY: readonly Example[] = [
  {
    name: "map-counter",
    topic: "maps",
    title: { en: "Count in a map", ja: "マップで数える" },
    about: {
      en: "Each write adds one to an element of an array map: state that outlives the run.",
      ja: "書き込みのたびに配列マップの要素が 1 増えます。実行を越えて残る状態です。",
    },
    source: `// @map counts array key=4 value=8 entries=4
BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),     // key 0 on the stack
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),    // R2 = &key
BPF_LD_MAP_FD(BPF_REG_1, counts),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),  // R0 = &value or NULL
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 3),    // NULL: +3, to the exit
BPF_MOV64_IMM(BPF_REG_1, 1),              // lock *(u64 *)R0 += 1
BPF_ATOMIC_OP(BPF_DW, BPF_ADD, BPF_REG_0, BPF_REG_1, 0),
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "accept",
  },
  {
    name: "remember",
    topic: "maps",
    title: { en: "Remember every number", ja: "数を覚える" },
    about: {
      en: "A hash map keyed by the number written: the value says how often it has come.",
      ja: "書かれた数をキーにしたハッシュマップ。値はその数が来た回数です。",
    },
    source: `// @map seen hash key=4 value=8 entries=64
BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),    // R6 = the number written
BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_6, -4),  // the key, at R10-4
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),          // R2 = &key
BPF_LD_MAP_FD(BPF_REG_1, seen),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),        // R0 = &value or NULL
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 4),          // NULL: +4, it is new
BPF_MOV64_IMM(BPF_REG_1, 1),                    // seen before: one more
BPF_ATOMIC_OP(BPF_DW, BPF_ADD, BPF_REG_0, BPF_REG_1, 0),
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),
BPF_ST_MEM(BPF_DW, BPF_REG_10, -16, 1),         // new: 1, at R10-16
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),          // R2 = &key
BPF_MOV64_REG(BPF_REG_3, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_3, -16),         // R3 = &value
BPF_MOV64_IMM(BPF_REG_4, BPF_ANY),
BPF_LD_MAP_FD(BPF_REG_1, seen),
BPF_EMIT_CALL(BPF_FUNC_map_update_elem),
BPF_MOV64_IMM(BPF_REG_0, 1),                    // it came once
BPF_EXIT_INSN(),
`,
    input: "7",
    expect: "accept",
  },
  {
    name: "masked-index",
    topic: "maps",
    title: { en: "An index that stays inside", ja: "範囲内に収まる添字" },
    about: {
      en: "The number picks an element: after & 3 the verifier knows that the offset cannot leave the value.",
      ja: "数で要素を選びます。& 3 の後は、オフセットが値からはみ出さないと verifier に分かります。",
    },
    source: `// @map counts array key=4 value=8 entries=4
BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),
BPF_ALU64_IMM(BPF_AND, BPF_REG_6, 3),          // 0 … 3
BPF_ALU64_IMM(BPF_LSH, BPF_REG_6, 1),          // 0, 2, 4, 6
BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),          // key 0, at R10-4
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),         // R2 = &key
BPF_LD_MAP_FD(BPF_REG_1, counts),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),       // R0 = &value or NULL
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 2),         // NULL: +2, to the exit
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6),  // &value + index
BPF_LDX_MEM(BPF_H, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "2",
    expect: "accept",
  },
  {
    name: "clamp",
    topic: "flow",
    title: { en: "At most 100", ja: "最大 100" },
    about: {
      en: "Watch the range of R0 at the branch: 0 to 100 on one side, above 100 on the other.",
      ja: "分岐での R0 の範囲に注目。片側は 0〜100、もう片側は 100 より上です。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_JMP_IMM(BPF_JLE, BPF_REG_0, 100, 1),  // at most 100: skip one
BPF_MOV64_IMM(BPF_REG_0, 100),            // more: 100
BPF_EXIT_INSN(),
`,
    input: "250",
    expect: "accept",
  },
  {
    name: "byte-order",
    topic: "numbers",
    title: { en: "Turn the bytes around", ja: "バイト順を逆に" },
    about: {
      en: "To big endian: on this little-endian machine the four bytes change places, as for a network header.",
      ja: "ビッグエンディアンへ。このリトルエンディアンのマシンでは 4 バイトの順が入れ替わります。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ENDIAN(BPF_TO_BE, BPF_REG_0, 32),  // its 32 bits
BPF_EXIT_INSN(),
`,
    input: "1",
    expect: "accept",
  },
  {
    name: "divide-by-register",
    topic: "numbers",
    title: { en: "Divide by a register that is 0", ja: "0 のレジスタで割る" },
    about: {
      en: "No check is needed: BPF defines x / 0 as 0, at run time.",
      ja: "チェックは不要です。BPF では実行時の x / 0 は 0 と決まっています。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_1, BPF_REG_1, 0),
BPF_MOV64_IMM(BPF_REG_0, 1000),  // 1000 / the number
BPF_ALU64_REG(BPF_DIV, BPF_REG_0, BPF_REG_1),
BPF_EXIT_INSN(),
`,
    input: "0",
    expect: "accept",
  },
  {
    name: "who-am-i",
    topic: "helpers",
    title: { en: "Who wrote?", ja: "誰が書いた?" },
    about: {
      en: "bpf_get_current_pid_tgid: the upper half of the result is the process that wrote to the file.",
      ja: "bpf_get_current_pid_tgid の上位 32 ビットが、書き込んだプロセスの番号です。",
    },
    source: `BPF_EMIT_CALL(BPF_FUNC_get_current_pid_tgid),
BPF_ALU64_IMM(BPF_RSH, BPF_REG_0, 32),  // tgid << 32 | pid
BPF_EXIT_INSN(),
`,
    input: "1",
    expect: "accept",
  },
  {
    name: "drop-ping",
    topic: "packets",
    title: { en: "XDP: drop pings", ja: "XDP: ping を捨てる" },
    about: {
      en: "A packet parser: each header is compared with the packet's end before it is read, or the verifier refuses.",
      ja: "パケットの解析。読む前に各ヘッダをパケットの終端と比べないと verifier に拒否されます。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct xdp_md, data)),
BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_1, offsetof(struct xdp_md, data_end)),
BPF_MOV64_IMM(BPF_REG_0, XDP_PASS),
BPF_MOV64_REG(BPF_REG_4, BPF_REG_2),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 34),          // Ethernet 14 + IPv4 20
BPF_JMP_REG(BPF_JGT, BPF_REG_4, BPF_REG_3, 5),  // too short: +5, to the exit
BPF_LDX_MEM(BPF_H, BPF_REG_5, BPF_REG_2, 12),   // 12: ethhdr.h_proto
BPF_JMP_IMM(BPF_JNE, BPF_REG_5, htons(ETH_P_IP), 3),  // not IPv4: +3
BPF_LDX_MEM(BPF_B, BPF_REG_5, BPF_REG_2, 23),   // 14 + 9: iphdr.protocol
BPF_JMP_IMM(BPF_JNE, BPF_REG_5, IPPROTO_ICMP, 1),  // not ICMP: +1
BPF_MOV64_IMM(BPF_REG_0, XDP_DROP),
BPF_EXIT_INSN(),
`,
    progType: "xdp",
    input: PING,
    expect: "accept",
  },
  {
    name: "tcp-only",
    topic: "packets",
    title: { en: "Socket filter: TCP only", ja: "ソケットフィルタ: TCP だけ" },
    about: {
      en: "The classic packet load with its own bounds check: beyond the packet's end the program ends with 0.",
      ja: "自前で境界を調べる古典的なパケットロード。パケットの外を読むとプログラムは 0 で終わります。",
    },
    source: `BPF_MOV64_REG(BPF_REG_6, BPF_REG_1),     // LD_ABS wants the skb in R6
BPF_LD_ABS(BPF_B, 9),                    // 9: iphdr.protocol
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, IPPROTO_TCP, 2),  // TCP: +2
BPF_MOV64_IMM(BPF_REG_0, 0),             // keep nothing
BPF_EXIT_INSN(),
BPF_MOV64_IMM(BPF_REG_0, -1),            // as many bytes as can be: all
BPF_EXIT_INSN(),
`,
    progType: "socket_filter",
    input: PING,
    expect: "accept",
  },
  {
    name: "no-null-check",
    topic: "maps",
    title: { en: "No null check", ja: "NULL チェックがない" },
    about: {
      en: "A look-up may find nothing: its result must be compared with NULL before it is used.",
      ja: "検索しても見つからないことがあります。結果は使う前に NULL と比べなければなりません。",
    },
    source: `// @map seen hash key=4 value=8 entries=64
BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),     // key 0, at R10-4
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),    // R2 = &key
BPF_LD_MAP_FD(BPF_REG_1, seen),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),  // R0 = &value or NULL
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "wild-index",
    topic: "maps",
    title: { en: "An index without bounds", ja: "範囲のない添字" },
    about: {
      en: "The number is added to a map value's address as it is: it might lead anywhere.",
      ja: "数をそのままマップの値のアドレスに足しています。どこにでも行けてしまいます。",
    },
    source: `// @map counts array key=4 value=8 entries=4
BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),   // R6 = the number written
BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),          // key 0, at R10-4
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),         // R2 = &key
BPF_LD_MAP_FD(BPF_REG_1, counts),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),       // R0 = &value or NULL
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 2),         // NULL: +2, to the exit
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6),  // &value + the number
BPF_LDX_MEM(BPF_B, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "2",
    expect: "reject",
  },
  {
    name: "packet-without-check",
    topic: "packets",
    title: { en: "A packet read without a check", ja: "調べずにパケットを読む" },
    about: {
      en: "Nobody said that the packet is 14 bytes long: compare with data_end first.",
      ja: "パケットが 14 バイトあるとは限りません。先に data_end と比べてください。",
    },
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct xdp_md, data)),
// 12: ethhdr.h_proto
BPF_LDX_MEM(BPF_H, BPF_REG_0, BPF_REG_2, 12),
BPF_EXIT_INSN(),
`,
    progType: "xdp",
    input: PING,
    expect: "reject",
  },
  {
    name: "after-a-call",
    topic: "helpers",
    title: { en: "R1 after a call", ja: "呼び出し後の R1" },
    about: {
      en: "R1 to R5 are gone after a call: keep what is needed in R6 to R9 or on the stack.",
      ja: "呼び出しの後、R1〜R5 は失われます。必要なものは R6〜R9 かスタックに残します。",
    },
    source: `BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),
BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "wrong-argument",
    topic: "helpers",
    title: { en: "A number for a pointer", ja: "ポインタの代わりに数" },
    about: {
      en: "bpf_trace_printk wants the address of its format in R1; a number is none.",
      ja: "bpf_trace_printk の R1 は書式文字列のアドレスです。数ではいけません。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_1, 42),  // no address
BPF_MOV64_IMM(BPF_REG_2, 8),   // bytes of the format
BPF_EMIT_CALL(BPF_FUNC_trace_printk),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "times-a-pointer",
    topic: "memory",
    title: { en: "Multiply an address", ja: "アドレスの掛け算" },
    about: {
      en: "An address may be moved by adding to it; nothing else makes sense.",
      ja: "アドレスには足し引きしかできません。",
    },
    source: `// twice the address
BPF_ALU64_IMM(BPF_MUL, BPF_REG_1, 2),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "moved-context",
    topic: "memory",
    title: { en: "A context pointer that was moved", ja: "動かしたコンテキスト" },
    about: {
      en: "The context is read at fixed offsets from its start only: the kernel may rewrite each of those reads.",
      ja: "コンテキストは先頭からの固定オフセットでしか読めません。カーネルが読み出しの命令を書き換えるためです。",
    },
    source: `BPF_ALU64_IMM(BPF_ADD, BPF_REG_1, 4),  // 4 bytes on
// and back again
BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, -4),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "frame-pointer",
    topic: "memory",
    title: { en: "Write to R10", ja: "R10 に書く" },
    about: {
      en: "R10 is where the stack frame ends; it is read only.",
      ja: "R10 はスタックフレームの終わりを指し、読み取り専用です。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_10, 0),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "dead-code",
    topic: "flow",
    title: { en: "Code that nothing reaches", ja: "届かないコード" },
    about: {
      en: "Every instruction has to be reachable: what cannot run is a mistake, or a hiding place.",
      ja: "すべての命令に到達できなければなりません。実行されないコードは誤りか、隠し場所です。",
    },
    source: `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
// who comes here?
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
  {
    name: "middle-of-a-load",
    topic: "flow",
    title: { en: "Into the middle of a load", ja: "命令の途中へジャンプ" },
    about: {
      en: "A 64-bit load takes two slots, and its second is no instruction to jump to.",
      ja: "64 ビットロードは 2 スロットを占め、2 つ目へはジャンプできません。",
    },
    source: `// to slot 2
BPF_JMP_IMM(BPF_JEQ, BPF_REG_1, 0, 1),
BPF_LD_IMM64(BPF_REG_0, 1),  // slots 1 and 2
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`,
    input: "10",
    expect: "reject",
  },
];
