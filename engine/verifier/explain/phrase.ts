// What the verifier believes of a register, as part of a sentence in both languages: "a number from 0 to 15",
// "a pointer into the value of map counts, or NULL".
import { formatReg } from "../print/state.ts";
import type { RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";

export interface Phrase {
  readonly en: string;
  readonly ja: string;
  /** The phrase begins with the name of a place (`fp-8`), which keeps its small letter at the start of a sentence. */
  readonly startsWithName?: true;
}

const HALF = 1n << 63n;
const U64_MAX = (1n << 64n) - 1n;
const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/** `frameno`: number of the frame that the register belongs to. */
export function valuePhrase(reg: RegState, frameno: number): Phrase {
  if (reg.type === t.SCALAR_VALUE) return scalarPhrase(reg);
  const noun = NOUNS[t.baseType(reg.type)];
  if (!noun) return { en: formatReg(reg, frameno), ja: ` ${formatReg(reg, frameno)} ` };
  const { en, ja } = noun(reg);
  const offset = offsetPhrase(reg);
  return t.mayBeNull(reg.type)
    ? { en: `${en}${offset.en}, or NULL`, ja: `${ja}${offset.ja} (または NULL)` }
    : { en: en + offset.en, ja: ja + offset.ja };
}

function scalarPhrase({ val }: RegState): Phrase {
  const { varOff, umin, umax, smin, smax } = val;
  if (varOff.mask === 0n) {
    const value = BigInt.asIntN(64, varOff.value);
    return { en: `the number ${value}`, ja: `数値 ${value} ` };
  }
  const anything = umin === 0n && umax === U64_MAX && smin === S64_MIN && smax === S64_MAX;
  if (anything && varOff.mask === U64_MAX) return { en: "a number that may be anything", ja: "何でもありうる数値" };
  if (anything) return { en: "a number of which only some bits are known", ja: "一部のビットだけがわかっている数値" };
  if (umax - umin >= HALF && smax - smin >= HALF) return { en: "a number that nothing limits", ja: "上下限のない数値" };
  // The narrower of the two ranges is told, the unsigned one if they are equally wide.
  const isUnsigned = umax - umin <= smax - smin;
  const [low, high] = isUnsigned ? [umin, umax] : [smin, smax];
  return { en: `a number from ${low} to ${high}`, ja: `${low} から ${high} までの数値` };
}

function offsetPhrase({ type, off, val }: RegState): Phrase {
  if (t.baseType(type) === t.PTR_TO_STACK) return { en: "", ja: "" };
  if (val.varOff.mask !== 0n) {
    const [low, high] = [val.smin + BigInt(off), val.smax + BigInt(off)];
    const unknown = high - low >= 1n << 32n;
    return unknown
      ? { en: ", at an offset that nothing limits", ja: " (オフセットに上限なし)" }
      : { en: `, at an offset from ${low} to ${high}`, ja: ` (オフセット ${low} から ${high})` };
  }
  const fixed = off + Number(BigInt.asIntN(64, val.varOff.value));
  return fixed === 0 ? { en: "", ja: "" } : { en: `, at offset ${fixed}`, ja: ` (オフセット ${fixed})` };
}

const plain = (en: string, ja: string) => (): Phrase => ({ en, ja });

const NOUNS: Readonly<Record<number, (reg: RegState) => Phrase>> = {
  [t.PTR_TO_CTX]: plain("the context", "コンテキスト"),
  [t.CONST_PTR_TO_MAP]: ({ map }) => ({
    en: `the map ${map?.name ?? ""}`.trim(),
    ja: `マップ ${map?.name ?? ""}`.trim(),
  }),
  [t.PTR_TO_MAP_VALUE]: ({ map }) => ({
    en: `a pointer into a value of ${map?.valueSize ?? 0} bytes${map?.name ? ` of map ${map.name}` : ""}`,
    ja: `${map?.name ? `マップ ${map.name} の` : "マップの"}値 (${map?.valueSize ?? 0} バイト) へのポインタ`,
  }),
  [t.PTR_TO_MAP_KEY]: plain("a pointer to a map's key", "マップのキーへのポインタ"),
  [t.PTR_TO_STACK]: ({ off, val }) =>
    val.varOff.mask === 0n
      ? (() => {
          const at = off + Number(BigInt.asIntN(64, val.varOff.value));
          return {
            en: `a pointer to the stack, fp${at < 0 ? at : `+${at}`}`,
            ja: `スタックへのポインタ (fp${at < 0 ? at : `+${at}`})`,
          };
        })()
      : {
          en: `a pointer to the stack, somewhere from fp${val.smin + BigInt(off)} to fp${val.smax + BigInt(off)}`,
          ja: `スタックへのポインタ (fp${val.smin + BigInt(off)} から fp${val.smax + BigInt(off)} のどこか)`,
        },
  [t.PTR_TO_PACKET]: ({ range }) => ({
    en: `a pointer into the packet, with ${range === 1 ? "1 byte" : `${Math.max(0, range)} bytes`} proven to be there`,
    ja: `パケットへのポインタ (存在を確認済みなのは ${Math.max(0, range)} バイト)`,
  }),
  [t.PTR_TO_PACKET_META]: plain("a pointer into the packet's metadata", "パケットのメタデータへのポインタ"),
  [t.PTR_TO_PACKET_END]: plain("the end of the packet", "パケットの終端"),
  [t.PTR_TO_FLOW_KEYS]: plain("a pointer to the flow keys", "flow keys へのポインタ"),
  [t.PTR_TO_SOCKET]: plain("a pointer to a socket", "ソケットへのポインタ"),
  [t.PTR_TO_SOCK_COMMON]: plain("a pointer to a socket's common part", "ソケットの共通部へのポインタ"),
  [t.PTR_TO_TCP_SOCK]: plain("a pointer to a TCP socket", "TCP ソケットへのポインタ"),
  [t.PTR_TO_XDP_SOCK]: plain("a pointer to an XDP socket", "XDP ソケットへのポインタ"),
  [t.PTR_TO_MEM]: ({ memSize }) => ({
    en: `a pointer to ${memSize} bytes of memory`,
    ja: `${memSize} バイトのメモリへのポインタ`,
  }),
  [t.PTR_TO_FUNC]: plain("the address of a function", "関数のアドレス"),
};
