// The scale of type: 1, and up to 2.5 while presenting. Separate from other stores, so that the editor can follow it.
import { create } from "zustand";

export const useScale = create<{ readonly scale: number }>()(() => ({ scale: 1 }));

/** Sets the scale for everything drawn with tokens, and for code that measures in pixels. null: the page's usual scale. */
export function setScale(scale: number | null): void {
  if (scale === null) document.documentElement.style.removeProperty("--scale");
  else document.documentElement.style.setProperty("--scale", String(scale));
  useScale.setState({ scale: scale ?? 1 });
}

/** Size of the editor's type in pixels. */
export const fontSize = (scale: number): number => Math.round((window.innerWidth < 1200 ? 13 : 14) * scale);
