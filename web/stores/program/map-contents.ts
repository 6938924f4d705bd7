// Contents of maps before a run, as the reader has set them: map's name → hex of the key → hex of the value. Queues and stacks have no
// keys: positions "0", "1", … stand for them.
import { create } from "zustand";

export type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const useContents = create<{ readonly of: Contents }>()(() => ({ of: {} }));
const { getState: get, setState: set } = useContents;

export function setContent(map: string, key: string, value: string): void {
  set((s) => ({ of: { ...s.of, [map]: { ...s.of[map], [key]: value } } }));
}

export function dropContent(map: string, key: string): void {
  const { [key]: _, ...rest } = get().of[map] ?? {};
  set((s) => ({ of: { ...s.of, [map]: rest } }));
}

export const putContents = (of: Contents): void => set({ of });
