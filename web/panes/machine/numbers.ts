// 64-bit values for people: hex in groups, unsigned and signed decimals.
import type { NumberBase } from "../../stores/settings.ts";

/** `000000000000000a` → `0x0000_0000_0000_000a`-like parts: leading zeros apart, so that the number stands out. */
export function hexParts(hex: string): { readonly zeros: string; readonly digits: string } {
  const at = hex.search(/[^0]/);
  return at < 0 ? { zeros: hex.slice(0, -1), digits: "0" } : { zeros: hex.slice(0, at), digits: hex.slice(at) };
}

export function formatValue(hex: string, base: NumberBase): string {
  const value = BigInt(`0x${hex}`);
  if (base === "hex") return `0x${value.toString(16)}`;
  return (base === "signed" ? BigInt.asIntN(64, value) : value).toString();
}
