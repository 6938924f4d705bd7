// Reasons on the program as a whole: flow, loops, form. See reason.ts.
import { formOf } from "../../../isa/forms.ts";
import type { Reasons } from "./seen.ts";

export const PROGRAM_REASONS: Reasons = {
  unreachable: ({ insn }) => ({
    en: `No path leads to instruction ${insn}: every instruction must be reachable`,
    ja: `命令 ${insn} に至る経路がありません。すべての命令は到達可能でなければなりません`,
  }),
  "jump-range": ({ from, to }) => ({
    en: `The jump at ${from} leads to ${to}, outside of its function. Distances count from the instruction after the jump`,
    ja: `${from} のジャンプ先 ${to} は関数の外です。距離はジャンプの次の命令から数えます`,
  }),
  "unknown-opcode": ({ code }) => ({
    en: `0x${code.toString(16).padStart(2, "0")} is the code of no instruction of Linux 6.18`,
    ja: `0x${code.toString(16).padStart(2, "0")} は Linux 6.18 の命令のコードではありません`,
  }),
  "imm64-unknown": ({ pseudo }) => ({
    en: `src ${pseudo} stands for nothing that a 64-bit load can bring: 0 is a number, 1 a map, 2 the value of a map`,
    ja: `src ${pseudo} は 64 ビットロードで使える値ではありません。0 は数値、1 はマップ、2 はマップの値を表します`,
  }),
  "imm64-middle": () => ({
    en: "A jump leads into the second slot of a 64-bit load, which is no instruction of its own",
    ja: "ジャンプ先が 64 ビットロードの 2 スロット目です。これは単独の命令ではありません",
  }),
  "infinite-loop": ({ insn }) => ({
    en: `The path comes back to ${insn} with nothing changed that could ever end the loop: the verifier knows no bound for the number of rounds`,
    ja: `ループを終わらせうる値が何も変わらないまま ${insn} に戻ってきます。verifier には回数の上限がわかりません`,
  }),
  "reserved-fields": (_, { insn }) => {
    const form = insn && formOf({ ...insn, off: 0 });
    if (form?.kind === "alu" && form.op === "mov" && form.source === "imm" && insn && insn.off !== 0)
      return {
        en: `off is ${insn.off}: a move with sign extension takes a register, there is none of a constant`,
        ja: `off が ${insn.off} です。符号拡張する代入はレジスタからだけで、定数の形はありません`,
      };
    const fields =
      insn &&
      (["dst", "src", "off", "imm"] as const).filter(
        (field) => insn[field] !== 0 && form && !form.uses.includes(field),
      );
    return fields && fields.length > 0
      ? {
          en: `${fields.map((field) => `${field} is ${insn[field]}`).join(", ")}: this instruction does not use ${fields.length > 1 ? "these fields" : "the field"}, so they must be 0`,
          ja: `${fields.map((field) => `${field} が ${insn[field]}`).join("、")} です。この命令が使わないフィールドは 0 でなければなりません`,
        }
      : {
          en: "A field that this instruction does not use is not 0",
          ja: "この命令が使わないフィールドが 0 ではありません",
        };
  },
  "imm64-incomplete": (_, { next, at }) => {
    const wrong = next && (["code", "dst", "src", "off"] as const).filter((field) => next[field] !== 0);
    return next && wrong && wrong.length > 0
      ? {
          en: `The second slot of this 64-bit load, at ${at + 1}, has ${wrong.map((field) => `${field} ${next[field]}`).join(", ")}: everything but imm must be 0 there`,
          ja: `この 64 ビットロードの 2 スロット目 (${at + 1}) で ${wrong.map((field) => `${field} が ${next[field]}`).join("、")} です。imm 以外は 0 でなければなりません`,
        }
      : {
          en: "A load of 64 bits takes two slots, and the second is missing or not plain",
          ja: "64 ビットのロードは 2 スロットを使いますが、2 スロット目がないか、形が違います",
        };
  },
  "call-depth": ({ frames }) => ({
    en: `Here ${frames} functions would be active at once; 8 are allowed`,
    ja: `ここで ${frames} 個の関数が同時に呼ばれた状態になります。許されるのは 8 個までです`,
  }),
  "stack-depth": ({ calls, bytes }) => ({
    en: `Together the ${calls} functions of this call chain take ${bytes} bytes of stack; 512 are allowed`,
    ja: `この呼び出しの連なり (${calls} 個の関数) のスタックは合計 ${bytes} バイトで、許されるのは 512 バイトです`,
  }),
};
