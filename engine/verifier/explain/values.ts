// Rules on registers and on arithmetic with them. See rules.ts.
import type { Rules } from "./rule.ts";

export const VALUES = {
  "unset-register": {
    en: {
      rule: "A register may be read only after it was written on every path that leads here.",
      why: "R{reg} holds nothing at this point. At the start only R1 (the context) and R10 (the frame pointer) are set, and a call clears R1 to R5.",
      help: "Give R{reg} a value first. If a call came in between, keep the value in R6 to R9 or on the stack. R0 must be set before exit.",
    },
    ja: {
      rule: "レジスタは、ここに至るすべての経路で書き込まれた後でなければ読めません。",
      why: "この時点の R{reg} には値がありません。開始時に使えるのは R1 (コンテキスト) と R10 (フレームポインタ) だけで、呼び出しの後は R1～R5 が失われます。",
      help: "先に R{reg} に値を入れてください。途中に呼び出しがあるなら、値を R6～R9 かスタックに退避します。exit の前には R0 が必要です。",
    },
  },
  "no-such-register": {
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
  "frame-pointer": {
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
  "pointer-arithmetic": {
    en: {
      rule: "Pointers may be moved by adding or subtracting 64-bit numbers, as far as their kind allows it; other arithmetic is refused.",
      why: "The verifier must know where a pointer points; this operation would lose that (or this kind of pointer has to stay as it is).",
      help: "Compute the offset in another register and add it with a 64-bit addition.",
    },
    ja: {
      rule: "ポインタに許されるのは、種類が許す範囲での 64 ビット数値の加減算だけです。",
      why: "verifier はポインタの指す先を把握し続ける必要があり、この演算ではそれが失われます (あるいは動かせない種類のポインタです)。",
      help: "オフセットを別のレジスタで計算し、64 ビットの加算で足してください。",
    },
  },
  "pointer-unbounded": {
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
  "return-value": {
    en: {
      rule: "The value in R0 at exit must lie in the range that the program type (or the callback) allows.",
      why: "Here R0 {what}.",
      help: "Set R0 to an allowed constant, or bound it, on every path that ends here.",
    },
    ja: {
      rule: "exit 時の R0 は、プログラムタイプ (またはコールバック) が許す範囲でなければなりません。",
      why: "カーネルの報告: R0 {what}",
      help: "ここで終わるすべての経路で、R0 を許された定数にするか、範囲を制限してください。",
    },
  },
  "division-by-zero": {
    en: {
      rule: "Dividing by the constant 0 is refused.",
      why: "It can only be a mistake. (A register that is 0 when the program runs gives 0, and the dividend for a remainder.)",
      help: "Divide by another constant.",
    },
    ja: {
      rule: "定数 0 による除算は拒否されます。",
      why: "間違いでしかありえないからです (実行時にレジスタが 0 の場合は商が 0、剰余は被除数になります)。",
      help: "別の定数で割ってください。",
    },
  },
  shift: {
    en: {
      rule: "A shift by a constant must be smaller than the register: 0 to 31, or 0 to 63.",
      why: "Machines disagree on what a shift by {by} does.",
      help: "Use a smaller shift, or the 64-bit form of the instruction.",
    },
    ja: {
      rule: "定数シフトの幅は、レジスタの幅より小さくなければなりません (0～31、64 ビットなら 0～63)。",
      why: "{by} ビットのシフトの意味は、CPU によって異なります。",
      help: "シフト幅を減らすか、64 ビットの命令を使ってください。",
    },
  },
  "same-insn-pointers": {
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
  "pointer-escape": {
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
  "constant-argument": {
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
  "function-result": {
    en: {
      rule: "A callback, and a global function, returns a number.",
      why: "The kernel reads the callback's result to decide whether to go on; a pointer would tell it an address.",
      help: "Put 0 or 1 into R0 before its exit.",
    },
    ja: {
      rule: "コールバックとグローバル関数は数値を返さなければなりません。",
      why: "カーネルはその値で続けるかどうかを決めます。ポインタを返すとアドレスが漏れます。",
      help: "その exit の前に R0 に 0 か 1 を入れてください。",
    },
  },
} as const satisfies Rules;
