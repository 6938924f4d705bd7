// Rules on calls: helpers, functions, references, locks. See rules.ts.
import type { Rules } from "./rule.ts";

export const CALLS = {
  "helper-unknown": {
    en: {
      rule: "The program type decides which helpers may be called (get_func_proto).",
      why: "This helper is not in the set of this type, or does not exist.",
      help: "Use another helper, or a program type that has it; the list stands beside the type.",
    },
    ja: {
      rule: "どのヘルパーを呼べるかは、プログラムタイプ (get_func_proto) が決めます。",
      why: "このヘルパーはこのタイプの一覧にないか、存在しません。",
      help: "別のヘルパーを使うか、それを持つプログラムタイプにしてください。",
    },
  },
  "helper-argument": {
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
  "helper-map": {
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
  "map-missing": {
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
  "reference-leak": {
    en: {
      rule: "What was acquired (a socket, ring buffer memory) must be released on every path before the program ends.",
      why: "On this path it is not, so the kernel could never free it.",
      help: "Call the releasing helper (bpf_sk_release, bpf_ringbuf_submit or _discard) on this path too; no tail call or packet load in between.",
    },
    ja: {
      rule: "取得したもの (ソケットやリングバッファの領域) は、終了までにすべての経路で解放しなければなりません。",
      why: "この経路では解放されず、カーネルが永久に回収できなくなります。",
      help: "この経路でも解放のヘルパー (bpf_sk_release、bpf_ringbuf_submit / _discard) を呼んでください。途中で tail call やパケットロードはできません。",
    },
  },
  lock: {
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
  "call-range": {
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
  "release-argument": {
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
  "kernel-function": {
    en: {
      rule: "A call of a kernel function (kfunc) names a function of the running kernel by its BTF id.",
      why: "There is no such function for this program; kernel functions are not simulated here.",
      help: "Use a helper.",
    },
    ja: {
      rule: "カーネル関数 (kfunc) の呼び出しは、動作中のカーネルの関数を BTF ID で指定します。",
      why: "このプログラムから呼べる関数ではありません。このページはカーネル関数を再現しません。",
      help: "ヘルパーを使ってください。",
    },
  },
  "map-reference": {
    en: {
      rule: "A program names up to 64 maps, each by its descriptor (or its place in fd_array), and of cgroup storage one of each kind.",
      why: "Each map is pinned for as long as the program lives, and its address is put into the instruction.",
      help: "Use BPF_PSEUDO_MAP_FD with a descriptor where no fd_array is passed, and leave out what the program does not need.",
    },
    ja: {
      rule: "プログラムが使えるマップは 64 個までで、ディスクリプタ (または fd_array の位置) で指定します。cgroup storage は種類ごとに 1 つです。",
      why: "マップはプログラムが生きている間保持され、そのアドレスが命令に埋め込まれます。",
      help: "fd_array を渡さないなら BPF_PSEUDO_MAP_FD とディスクリプタを使い、不要なマップは外してください。",
    },
  },
  "map-not-for-type": {
    en: {
      rule: "Some map contents may not be used from every program type.",
      why: "A {kind} program can run in the middle of anything, also while {what} is in use by the code it interrupted.",
      help: "Use a map without such fields, or another program type.",
    },
    ja: {
      rule: "マップの内容によっては、使えるプログラムタイプが限られます。",
      why: "{kind} のプログラムはどこにでも割り込むため、{what} を使っている最中のコードを中断するかもしれません。",
      help: "そのようなフィールドのないマップか、別のプログラムタイプを使ってください。",
    },
  },
  "socket-map-update": {
    en: {
      rule: "A socket map is changed only where sockets are not locked already, and with a socket as its value.",
      why: "The update takes the socket's lock, and the hook may hold it.",
      help: "Do it from a program type that may (sock_ops, sk_skb), with the helper for that map.",
    },
    ja: {
      rule: "ソケットマップを変更できるのは、ソケットがまだロックされていない場所で、値がソケットのときだけです。",
      why: "更新はソケットのロックを取りますが、フック側がすでに持っているかもしれません。",
      help: "許されているタイプ (sock_ops、sk_skb など) から、そのマップ用のヘルパーで行ってください。",
    },
  },
  "helper-writes-readonly": {
    en: {
      rule: "A buffer that a helper fills must be writable.",
      why: "bpf_{name} writes through R{reg}, but {type} is read-only for this program.",
      help: "Give it a place on the stack or in a map value.",
    },
    ja: {
      rule: "ヘルパーが書き込むバッファは、書き込み可能でなければなりません。",
      why: "bpf_{name} は R{reg} の先に書き込みますが、{type} はこのプログラムから読み出し専用です。",
      help: "スタックかマップの値の領域を渡してください。",
    },
  },
  "helper-null": {
    en: {
      rule: "Argument {arg} of this helper must not be NULL.",
      why: "The helper follows the pointer without looking.",
      help: "Compare it with 0 first and call only on the path where it is not.",
    },
    ja: {
      rule: "このヘルパーの第 {arg} 引数は NULL であってはなりません。",
      why: "ヘルパーは確認せずにポインタをたどります。",
      help: "先に 0 と比較し、0 でない経路でだけ呼び出してください。",
    },
  },
  "helper-not-for-type": {
    en: {
      rule: "This helper answers only in programs of some types and attach types.",
      why: "What {func} returns does not exist where this program runs.",
      help: "Leave the call out, or load the program with an attach type that has it.",
    },
    ja: {
      rule: "このヘルパーは、一部のプログラムタイプとアタッチタイプでだけ使えます。",
      why: "このプログラムが動く場所には、{func} が返すものがありません。",
      help: "呼び出しを外すか、対応するアタッチタイプで読み込んでください。",
    },
  },
  "global-arguments": {
    en: {
      rule: "A global function is checked once, by the types that BTF gives its arguments; every caller must pass such values.",
      why: "The verifier does not walk into it again for each call, so the promise about its arguments is all that it has.",
      help: "Pass a number for a number, the context for a context, and for memory a pointer that is not NULL and large enough; or make the function static, which is walked anew for each call.",
    },
    ja: {
      rule: "グローバル関数は、BTF が示す引数の型をもとに一度だけ検証されます。呼び出し側は必ずその型の値を渡さなければなりません。",
      why: "呼び出しごとに中をたどり直すことはしないため、引数についての約束だけが頼りです。",
      help: "数値には数値、コンテキストにはコンテキスト、メモリには NULL でなく十分な大きさのポインタを渡します。static 関数にすれば、呼び出しごとに検証されます。",
    },
  },
  "sleeping-call": {
    en: {
      rule: "What may sleep is called only from a program that may sleep itself, and outside of locks.",
      why: "This program runs where the kernel must not wait: in an interrupt, or with a lock held.",
      help: "Use a helper that does not sleep, or load the program with BPF_F_SLEEPABLE where its hook allows it.",
    },
    ja: {
      rule: "スリープしうるものを呼べるのは、スリープを許されたプログラムの、ロックの外だけです。",
      why: "このプログラムは、割り込みの中やロック中など、カーネルが待てない場所で動きます。",
      help: "スリープしないヘルパーを使うか、フックが許すなら BPF_F_SLEEPABLE を付けて読み込んでください。",
    },
  },
  "lock-global-call": {
    en: {
      rule: "A function that is called with a lock held is static.",
      why: "A global function is checked on its own, where nothing is known of the lock.",
      help: "Declare it static; then it is walked as part of its caller.",
    },
    ja: {
      rule: "ロック中に呼ぶ関数は static でなければなりません。",
      why: "グローバル関数は単独で検証され、ロックについて何もわからないからです。",
      help: "static にすると、呼び出し元の一部として検証されます。",
    },
  },
  "gpl-only": {
    en: {
      rule: "Some helpers, and the kernel's own structures, are for programs under a licence compatible with the GPL only.",
      why: "They open up parts of the kernel that its authors licensed so.",
      help: 'Load the program with license "GPL", if that is true of it, or use another helper.',
    },
    ja: {
      rule: "一部のヘルパーの呼び出しとカーネル構造体の読み出しは、GPL 互換ライセンスのプログラムにしかできません。",
      why: "カーネルの作者がそのライセンスで公開している部分に触れるためです。",
      help: '事実であれば license を "GPL" にして読み込むか、別のヘルパーを使ってください。',
    },
  },
  "lock-region": {
    en: {
      rule: "While a {region} is held, only what neither sleeps nor ends the program may be done.",
      why: "{what} would leave with it held, or wait for someone who waits for it.",
      help: "Unlock on every path before it.",
    },
    ja: {
      rule: "{region} を保持している間は、スリープしたりプログラムを終えたりすることはできません。",
      why: "{what} を行うと、保持したまま抜けるか、互いに待ち続けることになります。",
      help: "その前に、すべての経路で解除してください。",
    },
  },
  "one-reference": {
    en: {
      rule: "Of the arguments of one call only one may hold a reference.",
      why: "The result may stand for it, and the verifier must know for which.",
      help: "Release one of them before the call, or pass a copy of what it holds.",
    },
    ja: {
      rule: "1 回の呼び出しの引数のうち、参照を持てるのは 1 つだけです。",
      why: "戻り値がその参照を表すことがあり、どれのものかがわからなければなりません。",
      help: "呼び出しの前に一方を解放するか、中身のコピーを渡してください。",
    },
  },
} as const satisfies Rules;
