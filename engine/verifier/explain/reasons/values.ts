// Reasons on registers and arithmetic. See reason.ts.
import { PTR_TO_PACKET_END } from "../../state/regtype.ts";
import type { Phrase } from "../phrase.ts";
import type { ReasonContext, Reasons } from "./seen.ts";

const numberOf = (number: number, seen: ReasonContext): Phrase =>
  number < 0
    ? { en: "the constant", ja: "この定数" }
    : { en: `R${number}, ${seen.phrase(number).en},`, ja: `R${number} (${seen.phrase(number).ja})` };

/** BPF_LSH, BPF_RSH, BPF_ARSH */
const SHIFTS: ReadonlySet<number> = new Set([0x60, 0x70, 0xc0]);

export const VALUE_REASONS: Reasons = {
  "unset-register": ({ reg }, seen) =>
    seen.insn?.code === 0x95
      ? {
          en: "R0 was not set on this path: the program ends without a return value",
          ja: "この経路では R0 が設定されないまま、プログラムが終わります",
        }
      : {
          en: `R${reg} holds nothing here: it was not set on this path${reg >= 1 && reg <= 5 ? ", or a call has cleared it (R1 to R5 do not survive one)" : ""}`,
          ja: `ここでは R${reg} に値がありません。この経路で設定されていない${reg >= 1 && reg <= 5 ? "か、呼び出しで失われました (R1～R5 は残りません)" : "ためです"}`,
        },
  "frame-pointer": ({ reg }, { insn }) => ({
    en: `This instruction would write R${reg}, the frame pointer${insn && (insn.code & 7) === 3 ? ": a fetching atomic operation puts the old value into its source register" : ", which stays as it is"}`,
    ja: `この命令はフレームポインタ R${reg} に書き込みます${insn && (insn.code & 7) === 3 ? "。fetch 付きのアトミック操作は、元の値をソースレジスタに入れます" : "が、フレームポインタは変えられません"}`,
  }),
  "stack-pointer-returned": ({ reg }) => ({
    en: `The function returns an address of its own stack in R${reg}: after its exit that frame is gone`,
    ja: `関数が R${reg} で自身のスタックのアドレスを返しています。exit の後、そのフレームはありません`,
  }),
  "pointer-with-pointer": ({ reg, number, op }) => ({
    en: `\`r${reg} ${op} r${number}\` combines two pointers: R${number} should hold a number, an index or an offset`,
    ja: `\`r${reg} ${op} r${number}\` は二つのポインタの演算です。R${number} には数値 (添字やオフセット) が必要です`,
  }),
  "pointer-arithmetic-32": ({ reg, type }) => ({
    en: `R${reg} is a pointer (${type}), and this operation keeps only 32 of its 64 bits`,
    ja: `R${reg} はポインタ (${type}) ですが、この演算は 64 ビットのうち 32 ビットしか残しません`,
  }),
  "pointer-arithmetic-null": ({ reg, type }) => ({
    en: `R${reg} may still be NULL (${type}) where it is moved: NULL plus an offset would pass the check that comes later`,
    ja: `動かす時点で R${reg} はまだ NULL かもしれません (${type})。NULL にオフセットを足すと、後のチェックを通り抜けてしまいます`,
  }),
  "pointer-arithmetic-type": ({ reg, type }, { insn, is }) =>
    insn && SHIFTS.has(insn.code & 0xf0)
      ? {
          en: `R${reg} is a pointer (${type}), and a shift would cut its 64 bits: a cast to 32 bits compiles to a pair of shifts like this. Cast through (long), or not at all`,
          ja: `R${reg} はポインタ (${type}) で、シフトすると 64 ビットが欠けます。32 ビットへのキャストはこのようなシフトの組になります。(long) を経由するか、キャストをやめてください`,
        }
      : is(reg)?.type === PTR_TO_PACKET_END
        ? {
            en: `R${reg} is the end of the packet (pkt_end), which must stay as it came: move the packet pointer that is compared with it instead`,
            ja: `R${reg} はパケットの終端 (pkt_end) で、動かせません。代わりに、比較する側のパケットポインタを動かしてください`,
          }
        : {
            en: `R${reg} is ${type}, a pointer that must stay as it came: nothing may be added to it or taken from it`,
            ja: `R${reg} は ${type} で、受け取ったまま使うポインタです。加減算はできません`,
          },
  "pointer-bitwise": ({ reg, type, op }) => ({
    en: `\`r${reg} ${op} …\` works on the bits of a pointer (${type}); a number has to be masked before it is added to the pointer`,
    ja: `\`r${reg} ${op} …\` はポインタ (${type}) へのビット演算です。マスクは、ポインタに足す前の数値に対して行います`,
  }),
  "pointer-operator": ({ reg, type, op }) => ({
    en: `\`r${reg} ${op} …\` is not addition or subtraction, and R${reg} is a pointer (${type})`,
    ja: `R${reg} はポインタ (${type}) ですが、\`r${reg} ${op} …\` は加減算ではありません`,
  }),
  "pointer-from-number": ({ reg, number }) => ({
    en: `A pointer is subtracted from a number (into R${reg}): only the other way round, or the difference of two packet pointers, has a meaning${number < 0 ? "" : ` (R${number})`}`,
    ja: `数値からポインタを引いています (結果は R${reg})。意味があるのは逆向きか、パケットポインタ同士の差だけです`,
  }),
  "stack-pointer-subtract": ({ reg }) => ({
    en: `A number is subtracted from a stack pointer into R${reg}: add a negative number instead`,
    ja: `スタックポインタから数値を引いています (R${reg})。負の数を足してください`,
  }),
  "pointer-number-large": ({ reg, type, value }) => ({
    en: `${value} is added to a pointer (${type}) in R${reg}: beyond 2^29 no memory of a program reaches`,
    ja: `R${reg} のポインタ (${type}) に ${value} を足しています。プログラムのメモリが 2^29 を越えることはありません`,
  }),
  "pointer-number-unbounded": ({ type, number }, seen) => ({
    en: `${numberOf(number, seen).en} is added to a pointer (${type}) and may be any negative number: it has no lower bound on this path${seen.madeBy(number) === "mod" ? ". A remainder (%) gives none: the verifier takes its result for any number" : ""}`,
    ja: `${numberOf(number, seen).ja}をポインタ (${type}) に足していますが、この経路では下限がなく、どんな負の数にもなりえます${seen.madeBy(number) === "mod" ? "。剰余 (%) は制限になりません。verifier は結果を任意の数とみなします" : ""}`,
  }),
  "pointer-number-range": ({ type, number, value }, seen) => ({
    en: `${numberOf(number, seen).en} is added to a pointer (${type}) and may be ${value}: beyond 2^29 no memory of a program reaches`,
    ja: `${numberOf(number, seen).ja}をポインタ (${type}) に足していますが、${value} になりえます。プログラムのメモリが 2^29 を越えることはありません`,
  }),
  "pointer-offset-large": ({ reg, type, off }) => ({
    en: `The offset of the pointer in R${reg} (${type}) has come to ${off}: beyond 2^29 no memory of a program reaches`,
    ja: `R${reg} のポインタ (${type}) のオフセットは ${off} になりました。プログラムのメモリが 2^29 を越えることはありません`,
  }),
  "program-return-range": ({ reg, min, max }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en} at the end; programs of this type return ${min === max ? `${min}` : `${min} to ${max}`}`,
    ja: `終了時の R${reg} は${seen.phrase(reg).ja}です。このタイプが返せるのは ${min === max ? `${min}` : `${min} から ${max}`} です`,
  }),
  "program-return-type": ({ reg }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en} at the end; a program returns a number, and a pointer would tell an address of the kernel`,
    ja: `終了時の R${reg} は${seen.phrase(reg).ja}です。プログラムは数値を返します。ポインタを返すとカーネルのアドレスが漏れます`,
  }),
  "callback-return-range": ({ reg, min, max }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en} at the callback's end; it must return ${min === max ? `${min}` : `${min} to ${max}`}`,
    ja: `コールバックの終了時の R${reg} は${seen.phrase(reg).ja}です。返せるのは ${min === max ? `${min}` : `${min} から ${max}`} です`,
  }),
};
