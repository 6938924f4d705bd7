// Why the verifier says no, for people: one row for each rule a program can break, found by the line of the log that
// says why. Words in braces are the named groups of the row's pattern. English and Japanese stand side by side.
// The kernel's own words stay as they are, above these.

/** One language of an explanation. */
export interface Wording {
  /** What the rule asks for. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}

export interface Rule {
  /** Stable kebab-case name. */
  readonly id: string;
  readonly match: RegExp;
  readonly en: Wording;
  readonly ja: Wording;
}

export const RULES: readonly Rule[] = [
  {
    id: "unset-register",
    match: /^R(?<reg>\d+) !read_ok$/,
    en: {
      rule: "A register may be read only after it was written on every path that leads here.",
      why: "R{reg} holds nothing at this point. At the start only R1 (the context) and R10 (the frame pointer) are set, and a call clears R1 to R5.",
      help: "Give R{reg} a value first. If a call came in between, keep the value in R6 to R9 or on the stack. R0 must be set before exit.",
    },
    ja: {
      rule: "レジスタは、ここに至るすべての経路で書き込まれた後でなければ読めません。",
      why: "この時点の R{reg} には値がありません。開始時に使えるのは R1（コンテキスト）と R10（フレームポインタ）だけで、呼び出しの後は R1～R5 が失われます。",
      help: "先に R{reg} に値を入れてください。途中に呼び出しがあるなら、値を R6～R9 かスタックに退避します。exit の前には R0 が必要です。",
    },
  },
  {
    id: "no-such-register",
    match: /^R(?<reg>\d+) is invalid$/,
    en: {
      rule: "There are eleven registers, R0 to R10.",
      why: "The encoding has room for 16, but R{reg} does not exist.",
      help: "Use R0 to R10.",
    },
    ja: {
      rule: "レジスタは R0～R10 の 11 本です。",
      why: "符号化上は 16 本まで書けますが、R{reg} は存在しません。",
      help: "R0～R10 を使ってください。",
    },
  },
  {
    id: "frame-pointer",
    match: /^frame pointer is read only$/,
    en: {
      rule: "R10 is the frame pointer and cannot be changed.",
      why: "Stack accesses are checked as offsets from it, so it must stay where it is.",
      help: "Copy it first: r2 = r10, then r2 += -8.",
    },
    ja: {
      rule: "R10 はフレームポインタで、書き換えられません。",
      why: "スタックへのアクセスは R10 からのオフセットとして検査されるため、動かせません。",
      help: "r2 = r10 とコピーしてから r2 += -8 のように計算します。",
    },
  },
  {
    id: "context-access",
    match: /^invalid bpf_context access off=(?<off>-?\d+) size=(?<size>\d+)$/,
    en: {
      rule: "The program type decides which bytes of the context may be read or written, and in which sizes (is_valid_access).",
      why: "An access of {size} bytes at offset {off} is not among them. OREORE allows one read of 4 bytes at offset 0 and nothing else.",
      help: "Use an offset and a size that the type allows, and check that you do not write to a read-only field.",
    },
    ja: {
      rule: "コンテキストのどのバイトをどの大きさで読み書きできるかは、プログラムタイプ（is_valid_access）が決めます。",
      why: "オフセット {off} への {size} バイトのアクセスは許されていません。OREORE で許されるのはオフセット 0 からの 4 バイトの読み出しだけです。",
      help: "タイプが許すオフセットと大きさを使ってください。読み出し専用フィールドへの書き込みになっていないかも確認します。",
    },
  },
  {
    id: "context-modified",
    match:
      /^(?:dereference of modified (?<type>\w+) ptr R(?<reg>\d+) off=(?<off>-?\d+) disallowed|negative offset \w+ ptr R\d+ off=-?\d+ disallowed|variable \w+ access var_off=.* disallowed)$/,
    en: {
      rule: "A context pointer is used as it came: the offset belongs into the load, not into the register.",
      why: "The kernel rewrites context loads field by field and must see the field's offset in the instruction.",
      help: "Keep R1 unchanged (copy it to R6 if you call something) and write the offset in the load.",
    },
    ja: {
      rule: "コンテキストへのポインタは受け取ったまま使い、オフセットはレジスタではなくロード命令に書きます。",
      why: "カーネルはコンテキストのロードをフィールドごとに書き換えるので、命令の中にオフセットが見えている必要があります。",
      help: "R1 は変えず（呼び出しがあるなら R6 にコピー）、オフセットはロード命令に書いてください。",
    },
  },
  {
    id: "not-a-pointer",
    match: /^R(?<reg>\d+) invalid mem access 'scalar'$/,
    en: {
      rule: "Memory is reached only through pointers that the verifier knows.",
      why: "For the verifier R{reg} is a plain number here. A number may have any value, so it may point anywhere.",
      help: "Use a pointer: the context, the stack (R10 plus a negative offset), a map value, packet data. Arithmetic other than adding and subtracting, or spilling a part of it, turns a pointer into a number.",
    },
    ja: {
      rule: "メモリに触れられるのは、verifier が把握しているポインタを通してだけです。",
      why: "verifier にとって、ここでの R{reg} はただの数値です。数値はどんな値にもなりうるので、どこを指すかわかりません。",
      help: "コンテキスト、スタック（R10＋負のオフセット）、マップの値、パケットなどのポインタを使ってください。加減算以外の演算や一部だけの退避で、ポインタは数値になってしまいます。",
    },
  },
  {
    id: "maybe-null",
    match:
      /^(?:R(?<reg>\d+) invalid mem access '(?<type>\w*_or_null)'|R\d+ pointer arithmetic on \w+_or_null prohibited, null-check it first)$/,
    en: {
      rule: "A pointer that may be NULL must be compared with 0 before it is used.",
      why: "A lookup returns NULL where it finds nothing. After `if r0 == 0 goto …` the verifier knows that the other way has a real pointer, in every copy of it.",
      help: "Put the check right behind the call and use the pointer only on the path where it is not 0.",
    },
    ja: {
      rule: "NULL かもしれないポインタは、使う前に 0 と比較しなければなりません。",
      why: "lookup は見つからなければ NULL を返します。`if r0 == 0 goto …` の後なら、もう一方の経路では本物のポインタだとわかります（コピーも含めて）。",
      help: "呼び出しの直後で確認し、0 でない側の経路でだけ使ってください。",
    },
  },
  {
    id: "pointer-type-access",
    match: /^R(?<reg>\d+) invalid mem access '(?<type>[^']+)'$/,
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
  {
    id: "stack-bounds",
    match:
      /^(?:invalid (?<verb>\w+) (?:to|from|of)? ?stack(?: R(?<reg>\d+))? off=(?<off>-?\d+) size=(?<size>-?\d+)|invalid indirect access to stack R\d+ off=.*)$/,
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
  {
    id: "stack-unwritten",
    match: /^invalid read from stack(?: R\d+)? off (?<off>-?\d+)\+(?<byte>\d+) size (?<size>\d+)$/,
    en: {
      rule: "Stack bytes may be read only where they were written before.",
      why: "Byte {byte} of the {size} bytes at {off} was not written on this path; it could hold what another function left.",
      help: "Write the whole range first, for example *(u64 *)(r10 {off}) = 0.",
    },
    ja: {
      rule: "スタックは、先に書いたバイトしか読めません。",
      why: "オフセット {off} からの {size} バイトのうち {byte} バイト目が、この経路では書かれていません。別の関数の残した値かもしれません。",
      help: "先に範囲全体へ書き込んでください（例: *(u64 *)(r10 {off}) = 0）。",
    },
  },
  {
    id: "stack-variable-offset",
    match: /^invalid (?:unbounded )?variable-offset.* stack R(?<reg>\d+).*$/,
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
  {
    id: "spill-size",
    match: /^(?:invalid size of register (?:fill|spill)|attempt to corrupt spilled pointer on stack)$/,
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
  {
    id: "region-max",
    match: /^R(?<reg>\d+) max value is outside of the allowed memory range$/,
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
  {
    id: "region-min",
    match: /^R(?<reg>\d+) min value is (?:outside of the allowed memory range|negative.*)$/,
    en: {
      rule: "An access must lie inside its memory for the smallest value that the offset or size can have, as a signed number.",
      why: "R{reg} may be negative here.",
      help: "Make it non-negative where the verifier can see it: r1 &= mask, a 32-bit load, or if r1 s< 0 goto out. Unsigned comparisons bound both ends.",
    },
    ja: {
      rule: "オフセットやサイズが（符号付きで）最小値をとっても、アクセスはメモリの内側に収まらなければなりません。",
      why: "ここでは R{reg} が負になる可能性があります。",
      help: "verifier に見える形で非負にします。r1 &= マスク、32 ビットのロード、if r1 s< 0 goto out など。符号なし比較なら上下とも制限できます。",
    },
  },
  {
    id: "region-unbounded",
    match: /^R(?<reg>\d+) unbounded memory access.*$/,
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
  {
    id: "region-access",
    match:
      /^invalid access to (?<what>map value|map key|memory|flow keys|map value pointer)[^=]*(?:_size=(?<total>\d+))?.*off=(?<off>-?\d+)(?: size=(?<size>\d+))?$/,
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
  {
    id: "packet-bounds",
    match: /^R(?<reg>\d+) offset is outside of the packet$/,
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
  {
    id: "pointer-arithmetic",
    match:
      /^(?:R(?<reg>\d+) (?:pointer arithmetic on (?<type>[\w|]+) prohibited|32-bit pointer arithmetic prohibited|pointer .+ pointer prohibited|tried to subtract pointer from scalar|subtraction from stack pointer prohibited|bitwise operator .+ on pointer prohibited|tried to .* (?:from|to) different maps, paths, or prohibited types))$/,
    en: {
      rule: "Pointers may be moved by adding or subtracting 64-bit numbers, as far as their kind allows it; other arithmetic is refused.",
      why: "The verifier must know where a pointer points; this operation would lose that (or this kind of pointer has to stay as it is).",
      help: "Compute the offset in another register and add it with a 64-bit addition.",
    },
    ja: {
      rule: "ポインタに許されるのは、種類が許す範囲での 64 ビット数値の加減算だけです。",
      why: "verifier はポインタの指す先を把握し続ける必要があり、この演算ではそれが失われます（あるいは動かせない種類のポインタです）。",
      help: "オフセットを別のレジスタで計算し、64 ビットの加算で足してください。",
    },
  },
  {
    id: "pointer-unbounded",
    match:
      /^(?:math between (?<type>[\w|]+) pointer and (?:register with unbounded min value|-?\d+) is not allowed|value -?\d+ makes [\w|]+ pointer be out of bounds|[\w|]+ pointer offset -?\d+ is not allowed)$/,
    en: {
      rule: "What is added to a pointer must be bounded; offsets beyond 2^29 are never right.",
      why: "With a number this large or unknown the address could wrap around.",
      help: "Bound the number first, with a mask or with comparisons on both sides.",
    },
    ja: {
      rule: "ポインタに足す値には上下限が必要で、2^29 を越えるオフセットは認められません。",
      why: "値が大きすぎるか不明なため、アドレスが一周するおそれがあります。",
      help: "先にマスクや両側の比較で値を制限してください。",
    },
  },
  {
    id: "misaligned",
    match: /^misaligned (?<what>[\w ]+) access off .*size (?<size>\d+)$/,
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
  {
    id: "helper-unknown",
    match: /^(?:invalid func (?<func>\S+)|(?:program of this type cannot use helper|unknown func) (?<name>\S+))$/,
    en: {
      rule: "The program type decides which helpers may be called (get_func_proto).",
      why: "This helper is not in the set of this type, or does not exist.",
      help: "Use another helper, or a program type that has it; the list stands beside the type.",
    },
    ja: {
      rule: "どのヘルパーを呼べるかは、プログラムタイプ（get_func_proto）が決めます。",
      why: "このヘルパーはこのタイプの一覧にないか、存在しません。",
      help: "別のヘルパーを使うか、それを持つプログラムタイプにしてください。",
    },
  },
  {
    id: "helper-argument",
    match: /^R(?<reg>\d+) type=(?<type>\S+) expected=(?<wanted>.+)$/,
    en: {
      rule: "A helper's argument must have the type of its prototype.",
      why: "R{reg} is {type}; expected is one of: {wanted}.",
      help: "Check the order of the arguments R1 to R5, that pointers are not NULL, and that a buffer on the stack is passed as r10 plus a negative offset.",
    },
    ja: {
      rule: "ヘルパーの引数は、プロトタイプどおりの型でなければなりません。",
      why: "R{reg} は {type} ですが、必要なのは {wanted} のいずれかです。",
      help: "R1～R5 の順序、NULL チェックの有無、スタック上のバッファを r10＋負のオフセットで渡しているかを確認してください。",
    },
  },
  {
    id: "helper-map",
    match: /^cannot pass map_type (?<type>\d+) into func (?<name>\S+)$/,
    en: {
      rule: "Some helpers take only some kinds of maps.",
      why: "{name} cannot work on a map of type {type}.",
      help: "Use the helper that belongs to the map's kind.",
    },
    ja: {
      rule: "ヘルパーによって、渡せるマップの種類が決まっています。",
      why: "{name} はタイプ {type} のマップを扱えません。",
      help: "マップの種類に合ったヘルパーを使ってください。",
    },
  },
  {
    id: "map-access",
    match: /^(?:write into map forbidden|read from map forbidden).*$/,
    en: {
      rule: "A map can be made read-only or write-only for programs (BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG).",
      why: "This access goes against the map's flags.",
      help: "Change the flags of the map, or leave the access out.",
    },
    ja: {
      rule: "マップは、プログラムから読み出し専用・書き込み専用にできます（BPF_F_RDONLY_PROG、BPF_F_WRONLY_PROG）。",
      why: "このアクセスはマップのフラグに反しています。",
      help: "マップのフラグを変えるか、このアクセスをやめてください。",
    },
  },
  {
    id: "map-missing",
    match: /^(?:fd (?<fd>-?\d+) is not pointing to valid bpf_map|.*expected prog array map for tail call.*)$/,
    en: {
      rule: "An LD_IMM64 with BPF_PSEUDO_MAP_FD names a map by a file descriptor.",
      why: "The number given is no descriptor of a map.",
      help: "Declare the map, and load it by its name with BPF_LD_MAP_FD.",
    },
    ja: {
      rule: "BPF_PSEUDO_MAP_FD 付きの LD_IMM64 は、ファイルディスクリプタでマップを指定します。",
      why: "指定された番号はマップのディスクリプタではありません。",
      help: "マップを宣言し、BPF_LD_MAP_FD に名前で渡してください。",
    },
  },
  {
    id: "reference-leak",
    match: /^(?:Unreleased reference id=(?<id>\d+) alloc_insn=(?<insn>\d+)|.* would lead to reference leak)$/,
    en: {
      rule: "What was acquired (a socket, ring buffer memory) must be released on every path before the program ends.",
      why: "On this path it is not, so the kernel could never free it.",
      help: "Call the releasing helper (bpf_sk_release, bpf_ringbuf_submit or _discard) on this path too; no tail call or packet load in between.",
    },
    ja: {
      rule: "取得したもの（ソケットやリングバッファの領域）は、終了までにすべての経路で解放しなければなりません。",
      why: "この経路では解放されず、カーネルが永久に回収できなくなります。",
      help: "この経路でも解放のヘルパー（bpf_sk_release、bpf_ringbuf_submit / _discard）を呼んでください。途中で tail call やパケットロードはできません。",
    },
  },
  {
    id: "return-value",
    match: /^At (?<when>program|callback|subprogram|async callback) exit the register R0 (?<what>.*)$/,
    en: {
      rule: "The value in R0 at exit must lie in the range that the program type (or the callback) allows.",
      why: "Here R0 {what}.",
      help: "Set R0 to an allowed constant, or bound it, on every path that ends here.",
    },
    ja: {
      rule: "exit 時の R0 は、プログラムタイプ（またはコールバック）が許す範囲でなければなりません。",
      why: "カーネルの報告: R0 {what}",
      help: "ここで終わるすべての経路で、R0 を許された定数にするか、範囲を制限してください。",
    },
  },
  {
    id: "no-exit",
    match: /^last insn is not an exit or jmp$/,
    en: {
      rule: "A program must not run past its end.",
      why: "The last instruction is neither exit nor a jump, so execution would go on into whatever follows.",
      help: "End with R0 set and BPF_EXIT_INSN().",
    },
    ja: {
      rule: "プログラムは末尾を越えて実行されてはなりません。",
      why: "最後の命令が exit でもジャンプでもないので、その先へ実行が進んでしまいます。",
      help: "R0 を設定し、BPF_EXIT_INSN() で終えてください。",
    },
  },
  {
    id: "jump-range",
    match: /^jump out of range from insn (?<from>\d+) to (?<to>-?\d+)$/,
    en: {
      rule: "A jump must lead to an instruction of the same function.",
      why: "The target {to} lies outside. A jump's distance counts from the instruction after it.",
      help: "Count again, or use a label and let the assembler count.",
    },
    ja: {
      rule: "ジャンプ先は同じ関数の中の命令でなければなりません。",
      why: "飛び先 {to} は範囲外です。距離は、ジャンプの次の命令から数えます。",
      help: "数え直すか、ラベルを使ってアセンブラに数えさせてください。",
    },
  },
  {
    id: "jump-into-imm64",
    match:
      /^(?:jump into the middle of ldimm64 insn (?<insn>\d+)|invalid bpf_ld_imm64 insn|invalid BPF_LD_IMM insn|unrecognized bpf_ld_imm64 insn)$/,
    en: {
      rule: "A 64-bit immediate load takes two slots that belong together.",
      why: "A jump to the second, a missing or a changed second slot would run half an instruction.",
      help: "Remember that BPF_LD_IMM64 and BPF_LD_MAP_FD count twice in jump distances; labels do it for you.",
    },
    ja: {
      rule: "64 ビット即値のロードは二つで一組のスロットを使います。",
      why: "二つ目への飛び込みや、二つ目の欠落・改変は、命令の半分だけを実行することになります。",
      help: "BPF_LD_IMM64 や BPF_LD_MAP_FD はジャンプ距離で 2 と数えます。ラベルを使えば自動です。",
    },
  },
  {
    id: "unreachable",
    match: /^unreachable insn (?<insn>\d+)$/,
    en: {
      rule: "Every instruction must be reachable.",
      why: "No path leads to instruction {insn}; such code is a sign of a mistake, and a place to hide things.",
      help: "Remove it, or repair the jump that should lead there.",
    },
    ja: {
      rule: "すべての命令に到達できなければなりません。",
      why: "命令 {insn} に至る経路がありません。間違いの兆候であり、何かを隠す場所にもなります。",
      help: "削除するか、そこへ飛ぶはずのジャンプを直してください。",
    },
  },
  {
    id: "infinite-loop",
    match: /^(?:infinite loop detected at insn (?<insn>\d+)|back-edge from insn (?<from>\d+) to (?<to>\d+))$/,
    en: {
      rule: "A loop must come to an end that the verifier can see.",
      why: "It came to the same instruction with the same state, so the next turn would be like this one, for ever.",
      help: "Count with a register that changes in each turn and is compared with a constant; or use bpf_loop or may_goto.",
    },
    ja: {
      rule: "ループは、終わることが verifier に見えなければなりません。",
      why: "同じ命令に同じ状態で戻ってきたので、次の周回も同じになり、永久に終わりません。",
      help: "周回ごとに変わり定数と比較されるカウンタを使うか、bpf_loop や may_goto を使ってください。",
    },
  },
  {
    id: "too-complex",
    match:
      /^(?:BPF program is too large\. Processed (?<count>\d+) insn|The sequence of (?<jumps>\d+) jumps is too complex.*)$/,
    en: {
      rule: "The verifier walks at most one million instructions, over all paths together, and puts at most 8192 branches aside.",
      why: "This program has more ways through it than that.",
      help: "Make loops shorter or use bpf_loop; let paths meet with equal states, so that one covers the other.",
    },
    ja: {
      rule: "verifier が歩く命令はすべての経路を合わせて 100 万まで、後回しにする分岐は 8192 までです。",
      why: "このプログラムの経路はそれより多くなります。",
      help: "ループを短くするか bpf_loop を使い、経路が同じ状態で合流するようにしてください。",
    },
  },
  {
    id: "division-by-zero",
    match: /^div by zero$/,
    en: {
      rule: "Dividing by the constant 0 is refused.",
      why: "It can only be a mistake. (A register that is 0 when the program runs gives 0, and the dividend for a remainder.)",
      help: "Divide by another constant.",
    },
    ja: {
      rule: "定数 0 による除算は拒否されます。",
      why: "間違いでしかありえないからです（実行時にレジスタが 0 の場合は商が 0、剰余は被除数になります）。",
      help: "別の定数で割ってください。",
    },
  },
  {
    id: "shift",
    match: /^invalid shift (?<by>-?\d+)$/,
    en: {
      rule: "A shift by a constant must be smaller than the register: 0 to 31, or 0 to 63.",
      why: "Machines disagree on what a shift by {by} does.",
      help: "Use a smaller shift, or the 64-bit form of the instruction.",
    },
    ja: {
      rule: "定数シフトの幅は、レジスタの幅より小さくなければなりません（0～31、64 ビットなら 0～63）。",
      why: "{by} ビットのシフトの意味は、CPU によって異なります。",
      help: "シフト幅を減らすか、64 ビットの命令を使ってください。",
    },
  },
  {
    id: "stack-depth",
    match:
      /^(?:combined stack size of (?<calls>\d+) calls is (?<bytes>\d+)\. Too large|stack size of subprog \d+ is \d+\. Too large|the call stack of (?<frames>\d+) frames is too deep.*|tail_calls are not allowed when call stack.*)$/,
    en: {
      rule: "A program has 512 bytes of stack for all its nested calls together, and at most 8 of them.",
      why: "This chain of calls needs more.",
      help: "Use less stack in the functions (each is rounded up), or fewer levels of calls.",
    },
    ja: {
      rule: "スタックは入れ子の呼び出し全体で 512 バイト、呼び出しは 8 段までです。",
      why: "この呼び出しの連なりはそれを越えます。",
      help: "各関数のスタック使用量（切り上げられます）を減らすか、呼び出しの段数を減らしてください。",
    },
  },
  {
    id: "reserved-fields",
    match: /^(?<insn>BPF_[\w/|[\]]+) uses reserved fields$/,
    en: {
      rule: "Fields that an instruction does not use must be zero.",
      why: "They are kept for later kernels; {insn} has a value in one.",
      help: "Use the macro for the instruction instead of BPF_RAW_INSN, or set the field to 0.",
    },
    ja: {
      rule: "命令が使わないフィールドは 0 でなければなりません。",
      why: "将来のカーネルのために予約されています。{insn} の未使用フィールドに値があります。",
      help: "BPF_RAW_INSN ではなく専用のマクロを使うか、そのフィールドを 0 にしてください。",
    },
  },
  {
    id: "unknown-opcode",
    match:
      /^(?:unknown opcode (?<code>\w+)|invalid BPF_(?:ALU|LD|JMP\/JMP32) (?:opcode|mode).*|BPF_ATOMIC uses invalid atomic opcode.*|invalid atomic operand size)$/,
    en: {
      rule: "The instruction must exist.",
      why: "These bytes are no instruction of Linux 6.18.",
      help: "Compare the bytes with the table of instructions; BPF_RAW_INSN checks nothing.",
    },
    ja: {
      rule: "命令は存在するものでなければなりません。",
      why: "このバイト列は Linux 6.18 の命令ではありません。",
      help: "命令表と見比べてください。BPF_RAW_INSN は何も検査しません。",
    },
  },
  {
    id: "same-insn-pointers",
    match: /^same insn cannot be used with different pointers$/,
    en: {
      rule: "An instruction that reaches memory must meet the same kind of pointer on every path.",
      why: "Context accesses are rewritten, and one instruction cannot be rewritten in two ways.",
      help: "Give each path its own load or store.",
    },
    ja: {
      rule: "メモリに触れる一つの命令には、どの経路からも同じ種類のポインタが来なければなりません。",
      why: "コンテキストへのアクセスは書き換えられるため、一つの命令を二通りには書き換えられません。",
      help: "経路ごとに別のロード・ストア命令を置いてください。",
    },
  },
  {
    id: "atomic-target",
    match: /^BPF_ATOMIC (?<what>.*) R(?<reg>\d+) (?<type>\S+) is not allowed$/,
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
  {
    id: "socket-access",
    match:
      /^R(?<reg>\d+) (?:invalid (?<type>\w+) access off=(?<off>-?\d+) size=(?<size>\d+)|cannot write into (?<what>\w+))$/,
    en: {
      rule: "Of kernel objects only some fields may be read, in their own sizes, and hardly any written.",
      why: "This access through R{reg} is not one of them.",
      help: "Look up the fields of the structure (struct bpf_sock and its like) and their sizes.",
    },
    ja: {
      rule: "カーネルオブジェクトは、決まったフィールドを決まった大きさで読めるだけで、書き込みはほぼできません。",
      why: "R{reg} を通じたこのアクセスは許されていません。",
      help: "構造体（struct bpf_sock など）のフィールドと大きさを確認してください。",
    },
  },
  {
    id: "lock",
    match: /^(?:.*bpf_spin_(?:lock|unlock).*|function calls are not allowed while holding a lock|Locking two .*)$/,
    en: {
      rule: "One lock at a time, around a few instructions without calls, released on every path.",
      why: "A program that ends or sleeps with a lock held would stop the machine.",
      help: "Put lock and unlock around loads and stores only, and unlock on every way out.",
    },
    ja: {
      rule: "ロックは一度に一つだけ、呼び出しを含まない短い区間で使い、すべての経路で解放します。",
      why: "ロックを持ったまま終了や待機をすると、マシンが止まってしまいます。",
      help: "ロード・ストアだけを囲み、どの出口でも unlock してください。",
    },
  },
  {
    id: "pointer-escape",
    match:
      /^(?:cannot return stack pointer to the caller|cannot spill pointers to stack into stack frame of the caller|R\d+ leaks addr .*|leaking pointer .*)$/,
    en: {
      rule: "The address of a function's stack must not outlive the function.",
      why: "After its exit those bytes belong to someone else.",
      help: "Pass the caller's buffer down as an argument, and return numbers.",
    },
    ja: {
      rule: "関数のスタックのアドレスは、その関数より長生きしてはなりません。",
      why: "exit の後、その領域は別のものになります。",
      help: "呼び出し側のバッファを引数で渡し、戻り値は数値にしてください。",
    },
  },
  {
    id: "packet-load",
    match:
      /^(?:BPF_LD_\[ABS\|IND\] instructions not allowed for this program type|at the time of BPF_LD_ABS\|IND R6 != pointer to skb|LD_ABS is not allowed in subprogs without BTF)$/,
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
  {
    id: "packet-write",
    match: /^(?:cannot write into packet|helper access to the packet is not allowed)$/,
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
  {
    id: "call-range",
    match: /^(?:call to invalid destination|invalid insn idx .*)$/,
    en: {
      rule: "A call within the program must lead to an instruction of the program.",
      why: "The target lies outside. A call's distance counts from the instruction after it.",
      help: "Count again, or call a label.",
    },
    ja: {
      rule: "プログラム内の呼び出し先は、プログラムの命令でなければなりません。",
      why: "呼び出し先が範囲外です。距離は、呼び出しの次の命令から数えます。",
      help: "数え直すか、ラベルを呼び出してください。",
    },
  },
  {
    id: "direct-value",
    match: /^(?:direct value offset of (?<off>\d+) is not allowed|no direct value access support for this map type)$/,
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
  {
    id: "zero-size",
    match: /^(?:R(?<reg>\d+) invalid zero-sized read.*|invalid zero-sized read)$/,
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
  {
    id: "variable-buffer",
    match:
      /^R(?<reg>\d+) (?:invalid variable buffer offset: .*|is \w+ invalid negative access: .*|invalid \w+ buffer access: .*)$/,
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
  {
    id: "release-argument",
    match:
      /^(?:R(?<reg>\d+) must (?:have zero offset when passed to release func.*|be referenced when passed to release function)|.* is an unacquired reference|func \S+ reference has not been acquired before)$/,
    en: {
      rule: "What is released must be the pointer as it was acquired, and still held.",
      why: "It was moved, released before, or never acquired on this path.",
      help: "Keep the pointer unchanged in R6 to R9 and release it once on each path.",
    },
    ja: {
      rule: "解放できるのは、取得したままのポインタで、まだ保持しているものだけです。",
      why: "動かされたか、すでに解放されたか、この経路では取得されていません。",
      help: "ポインタを R6～R9 にそのまま保持し、各経路で一度だけ解放してください。",
    },
  },
  {
    id: "constant-argument",
    match: /^(?:R(?<reg>\d+) is not a known constant'?|get_local_storage\(\) doesn't support non-zero flags)$/,
    en: {
      rule: "This argument must be a constant that the verifier knows.",
      why: "It decides what the call gives back, so it cannot depend on the run.",
      help: "Set it with a move of a constant right before the call; flags that are not used are 0.",
    },
    ja: {
      rule: "この引数は、verifier にわかる定数でなければなりません。",
      why: "呼び出しの結果を決める値なので、実行時に変わってはいけません。",
      help: "呼び出しの直前に定数を代入してください。使わないフラグは 0 です。",
    },
  },
  {
    id: "kernel-function",
    match:
      /^(?:invalid kernel function call not eliminated in verifier pass|failed to find BTF for kernel function|cannot call kernel function .*)$/,
    en: {
      rule: "A call of a kernel function (kfunc) names a function of the running kernel by its BTF id.",
      why: "There is no such function for this program; kernel functions are not simulated here.",
      help: "Use a helper.",
    },
    ja: {
      rule: "カーネル関数（kfunc）の呼び出しは、動作中のカーネルの関数を BTF ID で指定します。",
      why: "このプログラムから呼べる関数ではありません。このページはカーネル関数を再現しません。",
      help: "ヘルパーを使ってください。",
    },
  },
];
