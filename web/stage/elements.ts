// Keys and values of maps as short text: a number if there are 4 or 8 bytes, else the bytes. The input is hex, in memory order.
import { elementNumber } from "../../engine/index.ts";

export const keyText = (type: string, key: string): string => (type === "lpm_trie" ? prefixText(key) : valueText(key));

/** Such as `10.0.0.0/8`. The key of a trie holds the prefix length in bits (4 bytes), then the bytes of the address. */
function prefixText(key: string): string {
  const bytes = key.slice(8).match(/../g) ?? [];
  const address = bytes.length === 4 ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".") : bytes.join(" ");
  return `${address}/${valueText(key.slice(0, 8))}`;
}

/** A number if there are 4 or 8 bytes and the value is at most MAX_SAFE_INTEGER, else the bytes. */
export function valueText(hex: string): string {
  if (hex.length !== 8 && hex.length !== 16) return bytesOf(hex);
  const value = elementNumber(hex);
  return value > Number.MAX_SAFE_INTEGER ? bytesOf(hex) : String(value);
}

const bytesOf = (hex: string): string => (hex.match(/../g) ?? []).join(" ");
