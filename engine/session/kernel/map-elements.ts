// An element of a map as a lesson writes it: `counts`, key `0`, value `3`. A number is as wide as the map's key or value, in the machine's
// byte order. Other bytes are hex behind `0x`, in the order of memory.
import { fromHex, toHex } from "../../base/bytes.ts";
import type { KernelView } from "../views/kernel.ts";

/** A number ≥ 0, or `0x` and hex, as `size` bytes (hex). undefined: it does not fit, or is neither. */
export function elementBytes(text: string, size: number): string | undefined {
  if (/^0x/.test(text)) {
    const bytes = fromHex(text.slice(2).toLowerCase());
    return bytes?.length === size ? toHex(bytes) : undefined;
  }
  if (!/^\d{1,20}$/.test(text)) return undefined;
  let left = BigInt(text);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++, left >>= 8n) bytes[at] = Number(left & 0xffn);
  return left === 0n ? toHex(bytes) : undefined;
}

/** The value of a map's element, written in the notation of `is`. "": no such map or element. */
export function elementText(
  { maps }: Pick<KernelView, "maps">,
  { map: name, key, is }: { readonly map: string; readonly key: string; readonly is: string },
): string {
  const map = maps.findLast((one) => one.name === name);
  const wanted = map && elementBytes(key, map.keySize);
  const value = map?.entries.find((entry) => entry.key === wanted)?.values[0];
  if (!map || value === undefined) return "";
  if (value === elementBytes(is, map.valueSize)) return is;
  return is.startsWith("0x") || map.valueSize > 8 ? `0x${value}` : String(elementNumber(value));
}

/** Reads little-endian bytes. */
export const elementNumber = (hex: string): bigint => BigInt(`0x${hex.match(/../g)?.reverse().join("") || "0"}`);
