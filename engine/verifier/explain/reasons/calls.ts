// Reasons on calls, references and locks. See reason.ts.
import type { Reasons } from "./seen.ts";

export const CALL_REASONS: Reasons = {
  "reference-leak": ({ taken, what, count }) => ({
    en: `What the call at ${taken} took is still held here (${what}): on this path nothing gives it back${count > 1 ? `, nor ${count - 1} more` : ""}. A pointer that was never compared with NULL counts as held, also where it is thrown away`,
    ja: `${taken} の呼び出しで取得したものを、ここでまだ保持しています（${what}）。この経路では解放されません${count > 1 ? `（ほかに ${count - 1} 件）` : ""}。NULL と比較していないポインタは、捨てた場合も保持しているとみなされます`,
  }),
  "helper-argument": ({ reg, type, wanted, func }, seen) => ({
    en: `${func} wants in R${reg}: ${wanted}. R${reg} is ${seen.phrase(reg).en} (${type})`,
    ja: `${func} が R${reg} に求めるのは ${wanted} ですが、R${reg} は${seen.phrase(reg).ja}（${type}）です`,
  }),
  "helper-argument-null": ({ reg, type, func }) => ({
    en: `${func} follows R${reg} without looking, and it may be NULL here (${type}): no comparison with 0 on this path has ruled that out`,
    ja: `${func} は確認せずに R${reg} をたどりますが、ここでは NULL かもしれません（${type}）。この経路には、それを除く 0 との比較がありません`,
  }),
  "helper-map": ({ name, map }) => ({
    en: `bpf_${name} does not work on the map ${map}, which is of another kind than it needs`,
    ja: `bpf_${name} に必要な種類のマップではないため、マップ ${map} は渡せません`,
  }),
  "tail-call-map": ({ name, map }) => ({
    en: `bpf_${name} does not work on the map ${map}: a tail call needs a prog_array`,
    ja: `bpf_${name} にマップ ${map} は渡せません。tail call には prog_array が必要です`,
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
