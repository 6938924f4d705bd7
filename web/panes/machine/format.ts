// 64-bit values for people: hex in parts, unsigned and signed decimals, binary.
import type { NumberBase } from "../../stores/settings.ts";

/** Leading zeros apart, so that the number stands out. */
export function hexParts(hex: string): { readonly zeros: string; readonly digits: string } {
  const at = hex.search(/[^0]/);
  return at < 0 ? { zeros: hex.slice(0, -1), digits: "0" } : { zeros: hex.slice(0, at), digits: hex.slice(at) };
}

/** `hex`: big-endian digits; signed counts the bits that there are. */
export function formatValue(hex: string, base: NumberBase): string {
  const value = BigInt(`0x${hex}`);
  switch (base) {
    case "hex":
      return `0x${value.toString(16)}`;
    case "binary":
      return groups(value.toString(2));
    default:
      return (base === "signed" ? BigInt.asIntN(hex.length * 4, value) : value).toString();
  }
}

/** `10110100` → `1011_0100`: digits in fours from the right. */
const groups = (digits: string): string => `0b${digits.replace(/(?<=\d)(?=(?:\d{4})+$)/g, "_")}`;
