// Byte swaps: every known bit moves with its byte, and the ranges are computed anew from the bits.
import { synced, unbound } from "./bounds.ts";
import { draftOf, type Scalar } from "./scalar.ts";
import { coerceToSize } from "./size.ts";
import type { Tnum } from "./tnum.ts";

function swapBytes(x: bigint, bytes: number): bigint {
  let swapped = 0n;
  for (let i = 0; i < bytes; i++) swapped = (swapped << 8n) | ((x >> BigInt(8 * i)) & 0xffn);
  return swapped;
}

/** γ(tnumBswap(t, n)) = { the low n bytes of x in reverse order : x ∈ γ(t) }. @kernel tnum.c tnum_bswap16, 32, 64 */
const tnumBswap = (t: Tnum, bytes: 2 | 4 | 8): Tnum => ({
  value: swapBytes(t.value, bytes),
  mask: swapBytes(t.mask, bytes),
});

/**
 * BPF_END: the low `bytes` bytes of the value, in reverse order if `swap` is set. Higher bytes become 0.
 * @kernel verifier.c scalar_byte_swap
 */
export function byteSwap(s: Scalar, bytes: 2 | 4 | 8, swap: boolean): Scalar {
  let out = s;
  if (swap) {
    const d = draftOf(s);
    d.varOff = tnumBswap(s.varOff, bytes);
    unbound(d);
    out = d;
  }
  return bytes === 8 ? synced(draftOf(out)) : coerceToSize(out, bytes);
}
