// Rules on memory: context, stack, map values, packets. See rules.ts.
import type { Rules } from "./rule.ts";

export const MEMORY = {
  "context-access": {
    en: {
      rule: "The program type decides which bytes of the context may be read or written, and in which sizes (is_valid_access).",
      why: "An access of {size} bytes at offset {off} is not among them.",
      help: "Use an offset and a size that the type allows, and check that you do not write to a read-only field.",
    },
    ja: {
      rule: "コンテキストのどのバイトをどの大きさで読み書きできるかは、プログラムタイプ (is_valid_access) が決めます。",
      why: "オフセット {off} への {size} バイトのアクセスは許されていません。",
      help: "タイプが許すオフセットと大きさを使ってください。読み出し専用フィールドへの書き込みになっていないかも確認します。",
    },
  },
  "context-modified": {
    en: {
      rule: "A context pointer is used as it came: the offset belongs into the load, not into the register.",
      why: "The kernel rewrites context loads field by field and must see the field's offset in the instruction.",
      help: "Keep R1 unchanged (copy it to R6 if you call something) and write the offset in the load.",
    },
    ja: {
      rule: "コンテキストへのポインタは受け取ったまま使い、オフセットはレジスタではなくロード命令に書きます。",
      why: "カーネルはコンテキストのロードをフィールドごとに書き換えるので、命令の中にオフセットが見えている必要があります。",
      help: "R1 は変えず (呼び出しがあるなら R6 にコピー)、オフセットはロード命令に書いてください。",
    },
  },
  "not-a-pointer": {
    en: {
      rule: "Memory is reached only through pointers that the verifier knows.",
      why: "For the verifier R{reg} is a plain number here. A number may have any value, so it may point anywhere.",
      help: "Use a pointer: the context, the stack (R10 plus a negative offset), a map value, packet data. Arithmetic other than adding and subtracting, or spilling a part of it, turns a pointer into a number.",
    },
    ja: {
      rule: "メモリに触れられるのは、verifier が把握しているポインタを通してだけです。",
      why: "verifier にとって、ここでの R{reg} はただの数値です。数値はどんな値にもなりうるので、どこを指すかわかりません。",
      help: "コンテキスト、スタック (R10＋負のオフセット)、マップの値、パケットなどのポインタを使ってください。加減算以外の演算や一部だけの退避で、ポインタは数値になってしまいます。",
    },
  },
  "maybe-null": {
    en: {
      rule: "A pointer that may be NULL must be compared with 0 before it is used.",
      why: "A lookup returns NULL where it finds nothing. After `if r0 == 0 goto …` the verifier knows that the other way has a real pointer, in every copy of it.",
      help: "Put the check right behind the call and use the pointer only on the path where it is not 0.",
    },
    ja: {
      rule: "NULL かもしれないポインタは、使う前に 0 と比較しなければなりません。",
      why: "lookup は見つからなければ NULL を返します。`if r0 == 0 goto …` の後なら、もう一方の経路では本物のポインタだとわかります (コピーも含めて)。",
      help: "呼び出しの直後で確認し、0 でない側の経路でだけ使ってください。",
    },
  },
  "pointer-type-access": {
    en: {
      rule: "Not every pointer may be followed.",
      why: "R{reg} is a {type}, which can be compared or passed on, and not read or written.",
      help: "Use it for what it is for: pkt_end is compared with packet pointers, a map pointer goes to map helpers.",
    },
    ja: {
      rule: "すべてのポインタがたどれるわけではありません。",
      why: "R{reg} は {type} で、比較や受け渡しはできますが、読み書きはできません。",
      help: "本来の用途に使ってください。pkt_end はパケットポインタとの比較に、マップポインタはマップのヘルパーに渡します。",
    },
  },
  "stack-bounds": {
    en: {
      rule: "A function has 512 bytes of stack, from R10-512 up to R10.",
      why: "An access of {size} bytes at offset {off} leaves them.",
      help: "Use offsets from -512 to -size; the stack grows downwards, so offsets are negative.",
    },
    ja: {
      rule: "関数ごとのスタックは 512 バイトで、R10-512 から R10 の手前までです。",
      why: "オフセット {off} から {size} バイトのアクセスは、この範囲からはみ出します。",
      help: "オフセットは -512 以上、-サイズ以下にしてください。スタックは下に伸びるのでオフセットは負になります。",
    },
  },
  "stack-unwritten": {
    en: {
      rule: "Stack bytes may be read only where they were written before.",
      why: "Byte {byte} of the {size} bytes at {off} was not written on this path; it could hold what another function left.",
      help: "Write the whole range first, for example *(u64 *)(r10 {off}) = 0.",
    },
    ja: {
      rule: "スタックは、先に書いたバイトしか読めません。",
      why: "オフセット {off} からの {size} バイトのうち {byte} バイト目が、この経路では書かれていません。別の関数の残した値かもしれません。",
      help: "先に範囲全体へ書き込んでください (例: *(u64 *)(r10 {off}) = 0)。",
    },
  },
  "stack-variable-offset": {
    en: {
      rule: "A stack access at an offset that is not constant must stay inside the 512 bytes for every value the offset can have.",
      why: "The range of R{reg} is too wide.",
      help: "Bound the index before you add it: r2 &= 7, or a comparison with a jump.",
    },
    ja: {
      rule: "可変オフセットでのスタックアクセスは、取りうるすべての値で 512 バイトに収まる必要があります。",
      why: "R{reg} の範囲が広すぎます。",
      help: "足す前に r2 &= 7 や比較ジャンプでインデックスを制限してください。",
    },
  },
  "spill-size": {
    en: {
      rule: "A pointer is kept on the stack whole: 8 bytes, aligned, written and read back in one piece.",
      why: "Part of a pointer is no pointer, and would leak or forge an address.",
      help: "Use *(u64 *)(r10 -8) = r1 and r1 = *(u64 *)(r10 -8) for pointers.",
    },
    ja: {
      rule: "ポインタは 8 バイト境界に揃えて、8 バイトまとめてスタックに書き、まとめて読み戻します。",
      why: "ポインタの一部はもはやポインタではなく、アドレスの漏洩や偽造につながります。",
      help: "ポインタには *(u64 *)(r10 -8) = r1 と r1 = *(u64 *)(r10 -8) を使ってください。",
    },
  },
  "region-max": {
    en: {
      rule: "An access must lie inside its memory for the largest value that the offset can have.",
      why: "The upper bound of R{reg} reaches beyond the end.",
      help: "Bound the index from above before it is added: r1 &= 15, or if r1 > 15 goto out.",
    },
    ja: {
      rule: "オフセットが最大値をとっても、アクセスはメモリの内側に収まらなければなりません。",
      why: "R{reg} の上限では末尾を越えてしまいます。",
      help: "足す前に r1 &= 15 や if r1 > 15 goto out で上から制限してください。",
    },
  },
  "region-min": {
    en: {
      rule: "An access must lie inside its memory for the smallest value that the offset or size can have, as a signed number.",
      why: "R{reg} may be negative here.",
      help: "Make it non-negative where the verifier can see it: r1 &= mask, a 32-bit load, or if r1 s< 0 goto out. Unsigned comparisons bound both ends.",
    },
    ja: {
      rule: "オフセットやサイズが (符号付きで) 最小値をとっても、アクセスはメモリの内側に収まらなければなりません。",
      why: "ここでは R{reg} が負になる可能性があります。",
      help: "verifier に見える形で非負にします。r1 &= マスク、32 ビットのロード、if r1 s< 0 goto out など。符号なし比較なら上下とも制限できます。",
    },
  },
  "region-unbounded": {
    en: {
      rule: "An offset or size must have an upper bound.",
      why: "Nothing limits R{reg} on this path.",
      help: "Compare it with a constant and jump away, or mask it, on this path and before this place. A bound on a copy counts only while the copies are linked.",
    },
    ja: {
      rule: "オフセットやサイズには上限が必要です。",
      why: "この経路では R{reg} を制限するものがありません。",
      help: "この経路のここより前で、定数と比較して抜けるか、マスクしてください。コピーへの制限は、両者が連動している間だけ効きます。",
    },
  },
  "region-access": {
    en: {
      rule: "An access must lie whole inside the {what}.",
      why: "Offset {off} with this size leaves it.",
      help: "Compare the offset and the size with the size of the {what}; a value's size is set when the map is created.",
    },
    ja: {
      rule: "アクセスは {what} の内側に完全に収まらなければなりません。",
      why: "オフセット {off} とこのサイズでは、はみ出します。",
      help: "オフセットとサイズを {what} の大きさと見比べてください。値の大きさはマップ作成時に決まります。",
    },
  },
  "packet-bounds": {
    en: {
      rule: "Packet bytes may be read only after a comparison with data_end has shown that they are there.",
      why: "On this path no comparison covers what R{reg} is used for. A helper that may move the packet undoes earlier ones.",
      help: "r2 = data; r2 += n; if r2 > data_end goto out — then n bytes from data may be read. Compare again after such a helper.",
    },
    ja: {
      rule: "パケットのバイトは、data_end との比較で存在が確認された範囲しか読めません。",
      why: "この経路の比較では、R{reg} でのアクセスに足りません。パケットを動かしうるヘルパーを呼ぶと、以前の確認は無効になります。",
      help: "r2 = data; r2 += n; if r2 > data_end goto out とすれば、data から n バイト読めます。ヘルパーの後は再び比較してください。",
    },
  },
  misaligned: {
    en: {
      rule: "An access of {size} bytes must lie at a multiple of {size}.",
      why: "Stack and context accesses are always checked for alignment, others where strict alignment was asked for.",
      help: "Choose an aligned offset, or read the bytes one by one and put them together.",
    },
    ja: {
      rule: "{size} バイトのアクセスは {size} の倍数の位置でなければなりません。",
      why: "スタックとコンテキストでは常に、それ以外では strict alignment 指定時に検査されます。",
      help: "揃ったオフセットを選ぶか、1 バイトずつ読んで組み立ててください。",
    },
  },
  "map-access": {
    en: {
      rule: "A map can be made read-only or write-only for programs (BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG).",
      why: "This access goes against the map's flags.",
      help: "Change the flags of the map, or leave the access out.",
    },
    ja: {
      rule: "マップは、プログラムから読み出し専用・書き込み専用にできます (BPF_F_RDONLY_PROG、BPF_F_WRONLY_PROG)。",
      why: "このアクセスはマップのフラグに反しています。",
      help: "マップのフラグを変えるか、このアクセスをやめてください。",
    },
  },
  "atomic-target": {
    en: {
      rule: "Atomic operations work on the stack and on map values.",
      why: "R{reg} is {type}, which cannot be changed atomically.",
      help: "Load, compute and store instead, or keep the counter in a map.",
    },
    ja: {
      rule: "アトミック操作の対象は、スタックとマップの値です。",
      why: "R{reg} は {type} で、アトミックには変更できません。",
      help: "ロード・計算・ストアに分けるか、カウンタをマップに置いてください。",
    },
  },
  "socket-access": {
    en: {
      rule: "Of kernel objects only some fields may be read, in their own sizes, and hardly any written.",
      why: "This access through R{reg} is not one of them.",
      help: "Look up the fields of the structure (struct bpf_sock and its like) and their sizes.",
    },
    ja: {
      rule: "カーネルオブジェクトは、決まったフィールドを決まった大きさで読めるだけで、書き込みはほぼできません。",
      why: "R{reg} を通じたこのアクセスは許されていません。",
      help: "構造体 (struct bpf_sock など) のフィールドと大きさを確認してください。",
    },
  },
  "packet-load": {
    en: {
      rule: "LD_ABS and LD_IND are old packet loads: only for programs on an skb, with the context in R6.",
      why: "They came from classic BPF and take the packet from R6 without naming it.",
      help: "Copy the context first (r6 = r1), or use direct packet access or bpf_skb_load_bytes.",
    },
    ja: {
      rule: "LD_ABS と LD_IND は古いパケットロードで、skb を扱うプログラムだけが、R6 にコンテキストを置いて使えます。",
      why: "classic BPF に由来し、暗黙に R6 からパケットを得るためです。",
      help: "先に r6 = r1 とするか、直接アクセスや bpf_skb_load_bytes を使ってください。",
    },
  },
  "packet-write": {
    en: {
      rule: "Only some program types may change the packet, and only some helpers may be given packet memory.",
      why: "This type or this helper may not.",
      help: "Copy through the stack, or use bpf_skb_store_bytes where the type has it.",
    },
    ja: {
      rule: "パケットを書き換えられるプログラムタイプや、パケットのメモリを渡せるヘルパーは限られています。",
      why: "このタイプ、あるいはこのヘルパーでは許されていません。",
      help: "スタックを経由してコピーするか、使えるなら bpf_skb_store_bytes を使ってください。",
    },
  },
  "direct-value": {
    en: {
      rule: "BPF_PSEUDO_MAP_VALUE loads the address of a byte in an array map of one entry.",
      why: "The map is of another kind, or the offset lies beyond its value.",
      help: "Use an array with max_entries 1 and an offset smaller than its value; for other maps call bpf_map_lookup_elem.",
    },
    ja: {
      rule: "BPF_PSEUDO_MAP_VALUE は、要素数 1 の array マップの値の中のアドレスをロードします。",
      why: "別の種類のマップか、オフセットが値の大きさを越えています。",
      help: "max_entries 1 の array と値より小さいオフセットを使うか、bpf_map_lookup_elem を呼んでください。",
    },
  },
  "zero-size": {
    en: {
      rule: "This helper wants a size of at least 1.",
      why: "The size can be 0 here.",
      help: "Set the size to what the buffer holds, or leave the call out when it is 0.",
    },
    ja: {
      rule: "このヘルパーのサイズは 1 以上でなければなりません。",
      why: "ここではサイズが 0 になりえます。",
      help: "バッファの大きさを渡すか、0 のときは呼び出しを飛ばしてください。",
    },
  },
  "variable-buffer": {
    en: {
      rule: "This buffer is reached at constant offsets only, from 0 on.",
      why: "The offset in R{reg} is variable or negative.",
      help: "Add constants only, and put the offset into the load.",
    },
    ja: {
      rule: "このバッファには、0 以上の定数オフセットでしか触れられません。",
      why: "R{reg} のオフセットが可変か負です。",
      help: "足すのは定数だけにし、オフセットはロード命令に書いてください。",
    },
  },
} as const satisfies Rules;
