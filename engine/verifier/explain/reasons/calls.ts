// Reasons on calls, references and locks. See reason.ts.
import { helperArgKind, MEMORY_ARGS } from "../../../facts/helpers.ts";
import { SCALAR_VALUE } from "../../state/regtype.ts";
import type { Phrase } from "../phrase.ts";
import type { ReasonContext, Reasons } from "./seen.ts";

/** The usual cause if an argument is of the wrong kind. */
function hintOf(reg: number, { insn, is }: ReasonContext): Phrase {
  const wanted = insn && helperArgKind(insn.imm, reg);
  const isNumber = is(reg)?.type === SCALAR_VALUE;
  if (isNumber && wanted === "ARG_CONST_MAP_PTR")
    return {
      en: ": a plain number is no map. Its address is loaded by an LD_IMM64 with src BPF_PSEUDO_MAP_FD, which a missing relocation leaves out",
      ja: "。ただの数値はマップではありません。マップは src が BPF_PSEUDO_MAP_FD の LD_IMM64 でロードします (再配置の漏れではありませんか)",
    };
  if (isNumber && wanted !== undefined && MEMORY_ARGS.has(wanted))
    return {
      en: ": the number itself was handed over where its address is wanted. It has to lie in memory, on the stack for instance",
      ja: "。アドレスが必要なところに数値そのものを渡しています。値はスタックなどのメモリに置いてください",
    };
  if (wanted === "ARG_PTR_TO_CTX")
    return {
      en: ": the context comes first. Are arguments in the wrong order, or was R1 overwritten",
      ja: "。コンテキストが先です。引数の順序が違うか、R1 が上書きされていませんか",
    };
  return { en: "", ja: "" };
}

export const CALL_REASONS: Reasons = {
  "reference-leak": ({ ref, taken, what, count }, seen) => {
    const leaving = seen.leaving(ref, taken);
    const others = {
      en: count > 1 ? ` (and ${count - 1} more)` : "",
      ja: count > 1 ? ` (ほかに ${count - 1} 件)` : "",
    };
    return leaving
      ? {
          en: `What the call at ${taken} took${others.en} is still held here (${what}): the branch at ${leaving.slot} leads away with it in R${leaving.holder}, past the place where it would be given back`,
          ja: `${taken} の呼び出しで取得したもの${others.ja}を、ここでまだ保持しています (${what})。${leaving.slot} の分岐が、R${leaving.holder} に保持したまま、解放する場所を通らずに抜けています`,
        }
      : {
          en: `What the call at ${taken} took${others.en} is still held here (${what}): on this path nothing gives it back. A pointer that was never compared with NULL counts as held, also where it is thrown away`,
          ja: `${taken} の呼び出しで取得したもの${others.ja}を、ここでまだ保持しています (${what})。この経路では解放されません。NULL と比較していないポインタは、捨てた場合も保持しているとみなされます`,
        };
  },
  "helper-argument": ({ reg, type, wanted, func }, seen) => {
    const hint = hintOf(reg, seen);
    return {
      en: `${func} wants in R${reg}: ${wanted}. R${reg} is ${seen.phrase(reg).en} (${type})${hint.en}`,
      ja: `${func} が R${reg} に求めるのは ${wanted} ですが、R${reg} は${seen.phrase(reg).ja} (${type}) です${hint.ja}`,
    };
  },
  "helper-unknown": ({ func }) => ({
    en: `${func} may not be called by programs of this type`,
    ja: `このタイプのプログラムは ${func} を呼び出せません`,
  }),
  "storage-flags": ({ reg }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en}: the flags of this helper must be 0`,
    ja: `R${reg} は${seen.phrase(reg).ja}ですが、このヘルパーのフラグは 0 でなければなりません`,
  }),
  "helper-null": ({ arg, reg, type }) => ({
    en: `Argument ${arg} in R${reg} is ${type}, and this helper does not take NULL there`,
    ja: `第 ${arg} 引数の R${reg} は ${type} ですが、このヘルパーはここに NULL を受け付けません`,
  }),
  "release-unreferenced": ({ reg, func }, seen) => ({
    en: `${func} gives back R${reg}, ${seen.phrase(reg).en}, which is not held: it was given back before, or never acquired on this path`,
    ja: `${func} で R${reg} (${seen.phrase(reg).ja}) を解放していますが、保持していません。すでに解放されたか、この経路では取得されていません`,
  }),
  "lock-held": ({ what, region, taken }) => ({
    en: `The lock taken at ${taken} (${region}) is still held here (${what})`,
    ja: `${taken} で取ったロック (${region}) を、ここでまだ持っています (${what})`,
  }),
  "lock-call": ({ taken }) => ({
    en: `A call stands between taking the lock at ${taken} and releasing it; only loads, stores and arithmetic may`,
    ja: `${taken} でロックを取ってから解放するまでの間に呼び出しがあります。許されるのはロード、ストア、演算だけです`,
  }),
  "lock-second": ({ taken }) => ({
    en: `A second lock is taken while the one of ${taken} is held: one at a time`,
    ja: `${taken} のロックを持ったまま、二つ目のロックを取っています。一度に持てるのは一つだけです`,
  }),
  "call-range": ({ to }) => ({
    en: `The call leads to ${to}, outside of the program. A call's distance counts from the instruction after it`,
    ja: `呼び出し先 ${to} はプログラムの外です。距離は、呼び出しの次の命令から数えます`,
  }),
  "helper-sleeps": ({ func }) => ({
    en: `${func} may sleep, and this program runs where the kernel must not wait`,
    ja: `${func} はスリープしうるヘルパーですが、このプログラムはカーネルが待てない場所で動きます`,
  }),
  "helper-argument-null": ({ reg, type, func }) => ({
    en: `${func} follows R${reg} without looking, and it may be NULL here (${type}): no comparison with 0 on this path has ruled that out`,
    ja: `${func} は確認せずに R${reg} をたどりますが、ここでは NULL かもしれません (${type})。この経路では、0 と比較して NULL を除外していません`,
  }),
  "helper-map": ({ name, map }) => ({
    en: `${name} does not work on a map of type ${map}: each helper is for some kinds of maps, and a kind has its own helpers`,
    ja: `${name} は ${map} のマップには使えません。ヘルパーごとに使えるマップの種類が決まっており、種類ごとに専用のヘルパーがあります`,
  }),
  "tail-call-map": ({ name, map }) => ({
    en: `${name} does not work on a map of type ${map}: a tail call needs a prog_array`,
    ja: `${name} は ${map} のマップには使えません。tail call には prog_array が必要です`,
  }),
  "constant-argument": ({ reg }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en}, and this argument must be a constant that the verifier knows: it decides how much the call gives`,
    ja: `R${reg} は${seen.phrase(reg).ja}ですが、この引数は verifier にわかる定数でなければなりません。呼び出しの結果の大きさを決めるためです`,
  }),
  "release-moved": ({ reg, off }) => ({
    en: `R${reg} was moved by ${off} since it was acquired; what is given back must be the pointer as it came`,
    ja: `R${reg} は取得後に ${off} だけ動かされています。解放できるのは取得したままのポインタです`,
  }),
  "gpl-only": ({ func }) => ({
    en: `${func} is for programs under a licence compatible with the GPL, and this program's licence is not`,
    ja: `${func} は GPL 互換のライセンスのプログラム専用で、このプログラムのライセンスは互換ではありません`,
  }),
};
