// The values for which the reader chose a number base of their own.
import { create } from "zustand";
import { type NumberBase, useSettings } from "../../stores/page/settings.ts";

const useBases = create<{ readonly of: Readonly<Record<string, NumberBase | undefined>> }>()(() => ({ of: {} }));

/** By the value's name: `R3`, `fp-8`. undefined: the page's base. */
export const chooseBase = (name: string, base: NumberBase | undefined): void =>
  useBases.setState((s) => ({ of: { ...s.of, [name]: base } }));
export const chosenBase = (name: string): NumberBase | undefined => useBases.getState().of[name];

export function useBase(name: string): NumberBase {
  const own = useBases((s) => s.of[name]);
  const all = useSettings((s) => s.base);
  return own ?? all;
}
