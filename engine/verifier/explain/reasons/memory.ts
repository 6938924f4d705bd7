// Reasons on memory: blocks of known size, packets, stack, context. See reason.ts.
import { baseType, PTR_TO_MEM } from "../../state/regtype.ts";
import type { Phrase } from "../phrase.ts";
import { bytes, type ReasonContext, type Reasons } from "./seen.ts";

/** BPF_JMP | BPF_CALL */
const CALL = 0x85;

interface Block {
  readonly reg: number;
  readonly off: number;
  readonly size: number;
  readonly total: number;
  readonly what: string;
  readonly low: bigint;
  readonly high: bigint;
}

const WHAT_JA: Readonly<Record<string, string>> = {
  "map value": "マップの値",
  "map key": "マップのキー",
  memory: "メモリ",
};
/** "a map value", but "memory" without an article. */
const aOf = (what: string): string => (what === "memory" ? "memory" : `a ${what}`);
const inJa = (what: string): string => WHAT_JA[what] ?? what;

const constant = ({ off, size, total, what }: Block): Phrase => ({
  en: `The access takes ${bytes(size)} at offset ${off} of ${aOf(what)} of ${bytes(total)}: it would end at byte ${off + size}`,
  ja: `${total} バイトの${inJa(what)}のオフセット ${off} に ${size} バイトでアクセスし、終わりは ${off + size} バイト目になります`,
});

const ranged = ({ reg, size, total, what, low, high }: Block): Phrase => ({
  en: `The offset in R${reg} may lie from ${low} to ${high}: with ${bytes(size)} at offset ${high} the access ends at byte ${high + BigInt(size)} of ${aOf(what)} of ${bytes(total)}`,
  ja: `R${reg} のオフセットは ${low} から ${high} になりえます。オフセット ${high} で ${size} バイトなら ${high + BigInt(size)} バイト目まで届き、${inJa(what)}は ${total} バイトしかありません`,
});

const negative = ({ reg, what, low }: Block): Phrase => ({
  en: `The offset in R${reg} may be negative, down to ${low}: the access may begin before the ${what}`,
  ja: `R${reg} のオフセットは負 (最小 ${low}) になりえ、${inJa(what)}の手前に触れるかもしれません`,
});

/** Why the value in Rn is not a pointer: what happened to it. */
function noPointer(reg: number, seen: ReasonContext): Phrase {
  const fate = seen.fate(reg);
  const is = seen.phrase(reg);
  const at = fate?.slot ?? -1;
  switch (fate?.how) {
    case "null-side":
      return {
        en: `On this path the comparison at ${at} has shown that R${reg} is NULL: the access stands on the wrong side of the check`,
        ja: `この経路では ${at} の比較で R${reg} が NULL とわかっています。アクセスがチェックの逆側にあります`,
      };
    case "packet-moved":
      return {
        en: `R${reg} was a packet pointer until the call at ${at}, which may move or resize the packet: the pointers loaded before it are worth nothing after it`,
        ja: `R${reg} は ${at} の呼び出しまではパケットポインタでしたが、この呼び出しはパケットを動かしうるため、以前に読んだポインタはすべて無効になります`,
      };
    case "released":
      return {
        en: `R${reg} was given back to the kernel by the call at ${at}: what it pointed to may be gone`,
        ja: `R${reg} は ${at} の呼び出しでカーネルに返されたため、指す先はもうないかもしれません`,
      };
    case "arithmetic":
      return {
        en: `The arithmetic at ${at} made a plain number of the pointer: R${reg} is ${is.en}`,
        ja: `${at} の演算でポインタがただの数値になりました。R${reg} は${is.ja}です`,
      };
    case "cut":
      return {
        en: `The operation at ${at} keeps only a part of the pointer's 64 bits: R${reg} is ${is.en}`,
        ja: `${at} の命令はポインタの 64 ビットの一部しか残しません。R${reg} は${is.ja}です`,
      };
    case "part":
      return {
        en: `The load at ${at} reads back only a part of a pointer that was put on the stack: R${reg} is ${is.en}`,
        ja: `${at} のロードは、スタックに退避したポインタの一部しか読み戻していません。R${reg} は${is.ja}です`,
      };
    case "overwritten":
      return {
        en: `A pointer lay on the stack there, and ${at} wrote over a part of it: what is read back into R${reg} is a number`,
        ja: `そこにはポインタが退避されていましたが、${at} がその一部を上書きしたため、R${reg} に読み戻した値は数値です`,
      };
    case "constant":
      return {
        en: `R${reg} is ${is.en}, set at ${at}, and no address`,
        ja: `R${reg} は ${at} で設定された${is.ja}で、アドレスではありません`,
      };
    case "returned":
      return {
        en: `What the call at ${at} returned in R0 is a number for the verifier, ${is.en}, and no address`,
        ja: `${at} の呼び出しの戻り値は verifier にとって${is.ja}で、アドレスではありません`,
      };
    case "loaded":
      return {
        en: `R${reg} was loaded from memory at ${at}. What is loaded from there is a number for the verifier, ${is.en}, and no address`,
        ja: `R${reg} は ${at} でメモリから読んだ値です。verifier にとっては${is.ja}で、アドレスではありません`,
      };
    default:
      return {
        en: `R${reg} is ${is.en}: a number, and no address that the verifier knows`,
        ja: `R${reg} は${is.ja}です。数値であり、verifier の知るアドレスではありません`,
      };
  }
}

const packetNeeds = (off: number, size: number, { insn }: ReasonContext): Phrase =>
  insn?.code === CALL
    ? {
        en: `The call takes ${bytes(size)} from offset ${off} of the packet on`,
        ja: `この呼び出しはパケットのオフセット ${off} から ${size} バイトを使います`,
      }
    : {
        en: `The access needs ${bytes(size)} at offset ${off} of the packet`,
        ja: `このアクセスにはパケットのオフセット ${off} から ${size} バイトが必要です`,
      };

const misaligned = ({ reg, off, size, variable }: Misaligned, seen: ReasonContext): Phrase => ({
  en: `An access of ${bytes(size)} must lie at a multiple of ${size}; this one lies at ${place(reg, off, variable, seen)}`,
  ja: `${size} バイトのアクセスは ${size} の倍数の位置でなければなりませんが、ここは ${place(reg, off, variable, seen)} です`,
});

interface Misaligned {
  readonly reg: number;
  readonly off: number;
  readonly size: number;
  readonly variable: string;
}

/** The offset, with its variable part if it has one. */
function place(reg: number, off: number, variable: string, seen: ReasonContext): string {
  const varOff = seen.is(reg)?.val.varOff;
  const isFixed = varOff === undefined || (varOff.mask === 0n && varOff.value === 0n);
  return isFixed ? `${off}` : `${variable}${off < 0 ? "" : "+"}${off}`;
}

export const MEMORY_REASONS: Reasons = {
  "null-pointer": ({ reg, value }, seen) =>
    seen.fate(reg)?.how === "null-side" || seen.fate(reg)?.how === "released"
      ? noPointer(reg, seen)
      : {
          en: `R${reg} is the number ${value}: NULL, and no address`,
          ja: `R${reg} は数値 ${value} (NULL) で、アドレスではありません`,
        },
  "not-a-pointer": ({ reg }, seen) => noPointer(reg, seen),
  "maybe-null": ({ reg, type }) => ({
    en: `R${reg} may be NULL here (${type}): no comparison with 0 on this path has ruled that out`,
    ja: `ここでは R${reg} が NULL かもしれません (${type})。この経路では、0 と比較して NULL を除外していません`,
  }),
  "pointer-type-access": ({ reg, type }, seen) => ({
    en: `R${reg} is ${seen.phrase(reg).en} (${type}): it can be compared or handed on, and not followed`,
    ja: `R${reg} は${seen.phrase(reg).ja} (${type}) です。比較や受け渡しはできますが、たどれません`,
  }),
  "same-insn-pointers": ({ reg, type, before }) => ({
    en: `This instruction meets ${type} in R${reg} on this path, and met ${before} on another: one instruction cannot serve both, because accesses to the context are rewritten`,
    ja: `この命令の R${reg} は、この経路では ${type}、別の経路では ${before} です。コンテキストへのアクセスは書き換えられるため、一つの命令では両方を扱えません`,
  }),
  misaligned,
  "misaligned-stack": (args, seen) => {
    const { en, ja } = misaligned(args, seen);
    const past = args.off + args.size;
    return past > 0 && args.off < 0
      ? {
          en: `${en}, and would end ${bytes(past)} above the frame`,
          ja: `${ja}。しかもフレームの上に ${past} バイトはみ出します`,
        }
      : { en, ja };
  },
  "misaligned-packet": ({ reg, off, size, variable, added }, seen) => ({
    en: `The kernel counts ${added} bytes (NET_IP_ALIGN) before the packet: ${added}+${place(reg, off, variable, seen)} is no multiple of ${size}`,
    ja: `カーネルはパケットの前に ${added} バイト (NET_IP_ALIGN) を数えます。${added}+${place(reg, off, variable, seen)} は ${size} の倍数ではありません`,
  }),

  "context-access": ({ off, size, progType }, seen) => ({
    en: `The context of a program of type ${progType} has nothing that may be ${verbOf(seen).en} at offset ${off} with ${bytes(size)}`,
    ja: `${progType} のコンテキストには、オフセット ${off} で ${size} バイトの${verbOf(seen).ja}ができるものがありません`,
  }),
  "context-write": ({ off, size, progType }) => ({
    en: `The ${bytes(size)} at offset ${off} of the context may be read by a program of type ${progType}, and not written`,
    ja: `コンテキストのオフセット ${off} の ${size} バイトは、${progType} プログラムからは読むだけで、書き込めません`,
  }),
  "context-size": ({ off, size, progType }, seen) => ({
    en: `The field at offset ${off} of the context of a program of type ${progType} may be ${verbOf(seen).en}, but not with ${bytes(size)}`,
    ja: `${progType} のコンテキストのオフセット ${off} のフィールドは${verbOf(seen).ja}ができますが、${size} バイトではできません`,
  }),
  "pointer-offset-modified": ({ reg, type, off }) => ({
    en: `R${reg} is the ${type} pointer moved by ${off}. It must be used as it came, with the offset in the load`,
    ja: `R${reg} は ${off} だけ動かした ${type} ポインタです。受け取ったまま使い、オフセットはロード命令に書きます`,
  }),
  "pointer-offset-negative": ({ reg, type, off }) => ({
    en: `R${reg} is the ${type} pointer moved by ${off}, to before its start`,
    ja: `R${reg} は ${off} だけ動かした ${type} ポインタで、先頭より前を指します`,
  }),

  "region-negative": (args) => negative(args),
  "region-before": ({ off, size, what }) => ({
    en: `The access of ${bytes(size)} begins at offset ${off}, before the ${what}`,
    ja: `${size} バイトのアクセスがオフセット ${off} から始まり、${inJa(what)}の手前です`,
  }),
  "region-after": (args, seen) => {
    const said = constant(args);
    const isAsked = baseType(seen.is(args.reg)?.type ?? 0) === PTR_TO_MEM;
    const given = isAsked ? seen.givenBy(args.reg) : undefined;
    return given === undefined
      ? said
      : {
          en: `${said.en}. The call at ${given} was asked for ${bytes(args.total)}`,
          ja: `${said.ja}。${given} の呼び出しで求めたのは ${args.total} バイトです`,
        };
  },
  "region-min-after": (args) => ranged(args),
  "region-max": (args) => ranged(args),
  "region-unbounded": ({ reg, what, total }, seen) => ({
    en: `Nothing on this path limits the offset in R${reg} (${seen.phrase(reg).en}); the ${what} has ${bytes(total)}`,
    ja: `この経路には R${reg} のオフセットを制限するものがありません (${seen.phrase(reg).ja})。${inJa(what)}は ${total} バイトです`,
  }),
  "flow-keys-access": ({ off, size, total, what }) => constant({ reg: 0, off, size, total, what, low: 0n, high: 0n }),
  "size-negative": ({ reg, low }) => ({
    en: `The size in R${reg} may be negative, down to ${low}`,
    ja: `R${reg} のサイズは負 (最小 ${low}) になりえます`,
  }),
  "size-zero": ({ reg, low, high }) => ({
    en: `The size in R${reg} lies from ${low} to ${high}, and this helper does not take 0`,
    ja: `R${reg} のサイズは ${low} から ${high} です。このヘルパーは 0 を受け付けません`,
  }),
  "size-unbounded": ({ reg, high }) => ({
    en: `The size in R${reg} may be as large as ${high}: nothing on this path limits it`,
    ja: `R${reg} のサイズは最大 ${high} になりえ、この経路には制限がありません`,
  }),

  "packet-unchecked": ({ reg, off, size }, seen) => ({
    en: `${packetNeeds(off, size, seen).en}, and on this path no comparison with data_end proves any byte for R${reg}`,
    ja: `${packetNeeds(off, size, seen).ja}が、この経路には R${reg} について data_end との比較で確認されたバイトがありません`,
  }),
  "packet-short": ({ reg, off, size, range }, seen) => ({
    en: `${packetNeeds(off, size, seen).en}, ${bytes(off + size)} in all, and for R${reg} the comparisons on this path prove ${range}`,
    ja: `${packetNeeds(off, size, seen).ja} (全部で ${off + size} バイト) が、この経路の比較で R${reg} に確認されたのは ${range} バイトです`,
  }),
  "packet-before": ({ reg, off, size, range }) => ({
    en: `The access of ${bytes(size)} begins ${-off} bytes before the place from which R${reg} is proven (${range} bytes from there on)`,
    ja: `${size} バイトのアクセスが、R${reg} について確認された場所 (そこから ${range} バイト) の ${-off} バイト手前から始まります`,
  }),
  "packet-beyond": ({ reg, off, size }, seen) => ({
    en: `${packetNeeds(off, size, seen).en}, and this is the side of the comparison on which R${reg} has reached the end of the packet`,
    ja: `${packetNeeds(off, size, seen).ja}が、こちらは R${reg} がパケットの終端に達した側です`,
  }),
  "packet-far": ({ reg, high }) => ({
    en: `R${reg} may lie ${high} bytes in. Beyond 65535 bytes a comparison with data_end gives no credit at all: limit the offset first`,
    ja: `R${reg} は先頭から ${high} バイト先かもしれません。65535 バイトを越えると data_end との比較はまったく効かないので、先にオフセットを制限してください`,
  }),
  "packet-negative": ({ reg, low }) => ({
    en: `What was added to the packet pointer in R${reg} may be negative, down to ${low}`,
    ja: `R${reg} のパケットポインタに足した値は負 (最小 ${low}) になりえます`,
  }),

  "stack-bounds": ({ reg, off, size }, seen) =>
    off >= 0
      ? {
          en: `The access of ${bytes(size)} at fp+${off} lies above the frame: a function's stack is the 512 bytes below R10`,
          ja: `fp+${off} への ${size} バイトのアクセスはフレームの上です。関数のスタックは R10 より下の 512 バイトです`,
        }
      : off < -512
        ? {
            en: `The access at fp${off} lies ${-off} bytes down: a function has 512 bytes of stack. Move large variables into a per-CPU array of one entry`,
            ja: `fp${off} は ${-off} バイト下ですが、関数のスタックは 512 バイトです。大きな変数は要素数 1 の per-CPU array に移してください`,
          }
        : {
            en: `From fp${off} ${seen.insn?.code === CALL ? `the call takes ${bytes(size)} through R${reg}` : `${bytes(size)} are accessed`}, and only ${-off} are left up to the end of the frame`,
            ja: `fp${off} から ${size} バイトに${seen.insn?.code === CALL ? ` (R${reg} を通じて呼び出しが)` : ""}触れますが、フレームの終わりまでは ${-off} バイトしかありません`,
          },
  "stack-unwritten": ({ off, size, byte }) => ({
    en: `Of the ${bytes(size)} from fp${off} on, byte ${byte} (fp${off + byte}) was not written on this path`,
    ja: `fp${off} からの ${size} バイトのうち、${byte} バイト目 (fp${off + byte}) がこの経路では書かれていません`,
  }),
  "stack-unbounded": ({ reg }, seen) => ({
    en: `Nothing on this path limits where on the stack R${reg} points: it is ${seen.phrase(reg).en}`,
    ja: `この経路には R${reg} がスタックのどこを指すかを制限するものがありません: ${seen.phrase(reg).ja}`,
  }),
  "stack-variable-range": ({ reg, size, low, high }) => ({
    en: `R${reg} may point from fp${low} to fp${high < 0n ? high : `+${high}`} on the stack; with ${bytes(size)} that leaves the 512 bytes below R10`,
    ja: `R${reg} はスタックの fp${low} から fp${high < 0n ? high : `+${high}`} を指しえます。${size} バイトでは R10 より下の 512 バイトをはみ出します`,
  }),
  "fill-size": ({ off, size }) => ({
    en: `A pointer was put on the stack there with 8 bytes; reading ${bytes(size)} of it back at offset ${off} would give a part of it`,
    ja: `そこには 8 バイトのポインタが退避されています。オフセット ${off} から ${size} バイトだけ読むと、その一部になってしまいます`,
  }),
  "socket-access": ({ reg, off, size, type }) => ({
    en: `R${reg} is ${type}; of such an object only some fields may be reached, and the ${bytes(size)} at offset ${off} are none of them`,
    ja: `R${reg} は ${type} です。このオブジェクトで触れられるのは一部のフィールドだけで、オフセット ${off} の ${size} バイトは含まれません`,
  }),
  "memory-readonly": ({ reg, type }) => ({
    en: `R${reg} is ${type}, which a program may read and not write`,
    ja: `R${reg} は ${type} で、読むことはできますが、書き込めません`,
  }),
  "map-write": ({ map, off, size }) => ({
    en: `The map ${map} was made read-only for programs (BPF_F_RDONLY_PROG), and this writes ${bytes(size)} at offset ${off}`,
    ja: `マップ ${map} はプログラムから読み出し専用 (BPF_F_RDONLY_PROG) ですが、オフセット ${off} に ${size} バイト書き込んでいます`,
  }),
  "map-read": ({ map, off, size }) => ({
    en: `The map ${map} was made write-only for programs (BPF_F_WRONLY_PROG), and this reads ${bytes(size)} at offset ${off}`,
    ja: `マップ ${map} はプログラムから書き込み専用 (BPF_F_WRONLY_PROG) ですが、オフセット ${off} から ${size} バイト読んでいます`,
  }),
  "special-field": ({ off, size, field, at }) => ({
    en: `The ${bytes(size)} at offset ${off} of the value meet ${field} at offset ${at}, which only its own helpers may touch`,
    ja: `値のオフセット ${off} の ${size} バイトが、オフセット ${at} の ${field} にかかっています。これには専用のヘルパーしか触れません`,
  }),
  "direct-value-range": ({ off, total, what }) => ({
    en: `The address of byte ${off} of a ${what} of ${bytes(total)} is asked for: it has no such byte`,
    ja: `${total} バイトの${inJa(what)}の ${off} バイト目のアドレスを求めていますが、そのようなバイトはありません`,
  }),
  "direct-value-limit": ({ off }) => ({
    en: `The offset ${off} into the value is beyond what the kernel takes (2^29)`,
    ja: `値の中のオフセット ${off} は、カーネルが受け付ける範囲 (2^29) を越えています`,
  }),
  "atomic-target": ({ reg, what }) => ({
    en: `An atomic operation goes to ${what} through R${reg}: only the stack and map values can be changed so`,
    ja: `R${reg} を通じて ${what} にアトミック操作を行っています。対象にできるのはスタックとマップの値だけです`,
  }),
  "buffer-variable": ({ reg, off, variable }) => ({
    en: `The offset in R${reg} is not constant (${off} and ${variable}): how large this buffer is shows only when the program is attached`,
    ja: `R${reg} のオフセットが定数ではありません (${off} と ${variable})。このバッファの大きさはアタッチするまでわかりません`,
  }),
  "packet-helper": ({ reg, func }) => ({
    en: `${func} would be given packet memory in R${reg}, and it does not take it, or not in this program type`,
    ja: `${func} に R${reg} でパケットのメモリを渡していますが、このヘルパー、あるいはこのタイプでは受け取れません`,
  }),
  "stack-pointer-spill": ({ reg }) => ({
    en: `R${reg} points to this function's own stack, and is stored into the caller's: the caller would keep an address of a frame that is gone`,
    ja: `R${reg} はこの関数自身のスタックを指しており、それを呼び出し側のスタックに保存しています。消えたフレームのアドレスが残ってしまいます`,
  }),
  "packet-write": ({ reg }) => ({
    en: `R${reg} points into the packet, which programs of this type may read and not write`,
    ja: `R${reg} はパケットを指していますが、このタイプのプログラムはパケットを読むだけで、書き込めません`,
  }),
};

/** Whether the refused instruction reads or writes. */
const verbOf = ({ insn }: ReasonContext): Phrase =>
  insn && ((insn.code & 7) === 2 || (insn.code & 7) === 3)
    ? { en: "written", ja: "書き込み" }
    : { en: "read", ja: "読み出し" };
