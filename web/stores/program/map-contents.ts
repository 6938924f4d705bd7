// Contents of maps before a run, as the reader has set them: map's name → hex of the key → hex of the value. Queues and stacks have no
// keys: positions "0", "1", … stand for them.
import { create } from "zustand";

export type MapContents = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const useMapContents = create<{ readonly byMap: MapContents }>()(() => ({ byMap: {} }));
const { getState: get, setState: set } = useMapContents;

export function setMapElement(map: string, key: string, value: string): void {
  set((s) => ({ byMap: { ...s.byMap, [map]: { ...s.byMap[map], [key]: value } } }));
}

export function dropMapElement(map: string, key: string): void {
  const { [key]: _, ...rest } = get().byMap[map] ?? {};
  set((s) => ({ byMap: { ...s.byMap, [map]: rest } }));
}

export const setMapContents = (byMap: MapContents): void => set({ byMap });
