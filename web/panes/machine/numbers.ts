// 64-bit values for people, and for which of them another base than the others' was chosen.
import { create } from "zustand";
import { type NumberBase, useSettings } from "../../stores/settings.ts";

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

const useBases = create<{ readonly of: Readonly<Record<string, NumberBase | undefined>> }>()(() => ({ of: {} }));

/** By the value's name: `R3`, `fp-8`. undefined: as all others. */
export const chooseBase = (name: string, base: NumberBase | undefined): void =>
  useBases.setState((s) => ({ of: { ...s.of, [name]: base } }));
export const chosenBase = (name: string): NumberBase | undefined => useBases.getState().of[name];

export function useBase(name: string): NumberBase {
  const own = useBases((s) => s.of[name]);
  const all = useSettings((s) => s.base);
  return own ?? all;
}
