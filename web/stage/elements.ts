// Keys and values of maps in a few letters: numbers where they are as wide as one, else bytes. All are hex, in the order of memory.
import { elementNumber } from "../../engine/index.ts";

export const keyText = (type: string, key: string): string => (type === "lpm_trie" ? prefixText(key) : valueText(key));

/** `10.0.0.0/8`: a key of a trie is the number of bits, then the bytes that they are of. */
function prefixText(key: string): string {
  const bytes = key.slice(8).match(/../g) ?? [];
  const whole = bytes.length === 4 ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".") : bytes.join(" ");
  return `${whole}/${valueText(key.slice(0, 8))}`;
}

/** A number where it is as wide as one and can be read as one, else bytes. */
export function valueText(hex: string): string {
  if (hex.length !== 8 && hex.length !== 16) return bytesOf(hex);
  const value = elementNumber(hex);
  return value > Number.MAX_SAFE_INTEGER ? bytesOf(hex) : String(value);
}

const bytesOf = (hex: string): string => (hex.match(/../g) ?? []).join(" ");
