// Reads and writes little-endian numbers of 1, 2, 4 or 8 bytes.
import { asU64, lowU32 } from "../base/u64.ts";

export function loadLittleEndian(view: DataView, at: number, size: 1 | 2 | 4 | 8): bigint {
  if (size === 8) return view.getBigUint64(at, true);
  return BigInt(size === 4 ? view.getUint32(at, true) : size === 2 ? view.getUint16(at, true) : view.getUint8(at));
}

/** Stores the low bytes of `value`. */
export function storeLittleEndian(view: DataView, at: number, size: 1 | 2 | 4 | 8, value: bigint): void {
  if (size === 8) view.setBigUint64(at, asU64(value), true);
  else if (size === 4) view.setUint32(at, lowU32(value), true);
  else if (size === 2) view.setUint16(at, Number(value & 0xffffn), true);
  else view.setUint8(at, Number(value & 0xffn));
}
