// Reads a state of the log: `R1=ctx() R10=fp0 fp-8=mmmm????`. Older kernels print `R1_w=inv(id=0,umax_value=255)`.
import { asS64, asU64, S64_MAX, S64_MIN, U64_MAX } from "../base/u64.ts";

export interface ParsedState {
  /** The state's frame. undefined: the log does not tell. It is the frame before, or the first. */
  readonly frame?: number;
  /** Register (`R3`) or stack slot (`fp-8`) → the log's words about it. */
  readonly values: ReadonlyMap<string, string>;
}

/** A register or stack slot before its words: `R3=`, `R3_w=`, `R3_rwD=`, `fp-16=`. */
const NAME = /^(R(?:10|\d)|fp-\d+)(?:_[a-zA-Z]+)?=/;
const FRAME = /^\s*frame(\d+)\s*:\s*/;

/** undefined: the text is not a state. */
export function readState(text: string): ParsedState | undefined {
  const frame = FRAME.exec(text);
  let rest = (frame ? text.slice(frame[0].length) : text).trimStart();
  const values = new Map<string, string>();
  while (rest !== "") {
    const name = NAME.exec(rest);
    const end = wordEnd(rest);
    if (name) values.set(name[1] as string, rest.slice(name[0].length, end).replace(/,$/, ""));
    else if (!/^(?:refs=|cb\b|async_cb\b|\S+=)/.test(rest)) return undefined;
    rest = rest.slice(end).trimStart();
  }
  return values.size > 0 ? { ...(frame && { frame: Number(frame[1]) }), values } : undefined;
}

/** Index at which the first word ends: a blank outside of parentheses. */
function wordEnd(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === " " && depth <= 0) return i;
  }
  return text.length;
}

export interface Bounds {
  readonly umin: bigint;
  readonly umax: bigint;
  readonly smin: bigint;
  readonly smax: bigint;
  readonly value: bigint;
  readonly mask: bigint;
}

/** Words about a number with one known value: `7`, `inv7`, `invP-1`, `P1`. */
const KNOWN = /^(?:inv)?P?(-?\d+|0x[0-9a-f]+)$/;
const NUMBER = /^(?:P?scalar|inv)\b|^(?:inv)?P?(?:scalar)?\(/;

/** Whether the words are about a number, not about a pointer. */
export const isNumber = (words: string): boolean => KNOWN.test(words) || NUMBER.test(words);

/** The bounds that the words tell about a number. A bound that is not told is the widest. */
export function boundsOf(words: string): Bounds {
  const known = KNOWN.exec(words)?.[1];
  if (known !== undefined) {
    const value = asS64(BigInt(known));
    const unsigned = asU64(value);
    return { umin: unsigned, umax: unsigned, smin: value, smax: value, value: unsigned, mask: 0n };
  }
  const found: Record<string, bigint> = {};
  // One value may have several names: `smin=umin=umin32=1`.
  for (const [, names, text] of words.matchAll(/((?:[us](?:min|max)(?:32)?(?:_value)?=)+)(-?(?:0x[0-9a-f]+|\d+))/g)) {
    const digits = (text as string).replace("-", "");
    const value = (text as string).startsWith("-") ? -BigInt(digits) : BigInt(digits);
    for (const name of (names as string).split("=")) if (name) found[name.replace("_value", "")] ??= value;
  }
  const tnum = /var_off=\((0x[0-9a-f]+); ?(0x[0-9a-f]+)\)/.exec(words);
  const [value, mask] = tnum ? [BigInt(tnum[1] as string), BigInt(tnum[2] as string)] : [0n, U64_MAX];
  const { umin = value, umax = value | mask, smin = S64_MIN, smax = S64_MAX } = found;
  const fitsSigned = umax <= S64_MAX && smin === S64_MIN && smax === S64_MAX;
  return { umin, umax, ...(fitsSigned ? { smin: umin, smax: umax } : { smin, smax }), value, mask };
}
