// Reasons on the program as a whole: flow, loops, form. See reason.ts.
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
  "infinite-loop": ({ insn }) => ({
    en: `The path comes back to ${insn} with nothing changed that could ever end the loop: the verifier knows no bound for the number of rounds`,
    ja: `ループを終わらせうる値が何も変わらないまま ${insn} に戻ってきます。verifier には回数の上限がわかりません`,
  }),
  "call-depth": ({ frames }) => ({
    en: `Here ${frames} functions would be active at once; 8 are allowed`,
    ja: `ここで ${frames} 個の関数が同時に呼ばれた状態になります。許されるのは 8 個までです`,
  }),
  "stack-depth": ({ calls, bytes }) => ({
    en: `Together the ${calls} functions of this call chain take ${bytes} bytes of stack; 512 are allowed`,
    ja: `この呼び出しの連なり（${calls} 個の関数）のスタックは合計 ${bytes} バイトで、許されるのは 512 バイトです`,
  }),
};
