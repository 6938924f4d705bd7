// 64-bit values for people: hex in two parts, unsigned and signed decimals, binary.
import type { RunEnd } from "../../../engine/index.ts";
import type { NumberBase } from "../../stores/page/settings.ts";

/** Leading zeros are separate, so that the number stands out. */
export function hexParts(hex: string): { readonly zeros: string; readonly digits: string } {
  const at = hex.search(/[^0]/);
  return at < 0 ? { zeros: hex.slice(0, -1), digits: "0" } : { zeros: hex.slice(0, at), digits: hex.slice(at) };
}

/** `hex`: big-endian digits. Signed values have as many bits as the digits. */
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

/** `10110100` → `1011_0100`: groups of four digits from the right. */
const groups = (digits: string): string => `0b${digits.replace(/(?<=\d)(?=(?:\d{4})+$)/g, "_")}`;

/** What a program returned, with its type's name for it if there is one: `XDP_DROP (1)`, `52`. */
export const returnText = ({ retval, action }: Omit<Extract<RunEnd, { kind: "exit" }>, "kind" | "r0">): string =>
  action === "" ? String(retval) : `${action} (${retval})`;

/** The returned number as R0 shows it. "": the digits are the same. */
export function resultInRegister(
  { retval, r0 }: Omit<Extract<RunEnd, { kind: "exit" }>, "kind">,
  base: NumberBase,
): string {
  const shown = formatValue(r0, base);
  return shown.replace(/^0[xb]/, "") === String(retval) ? "" : shown;
}
