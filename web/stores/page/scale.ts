// How large type stands: 1, and up to 2.5 while presenting. Apart from other stores so that the editor can follow it.
import { create } from "zustand";

export const useScale = create<{ readonly scale: number }>()(() => ({ scale: 1 }));

/** For all that is drawn with tokens, and for those who measure in pixels. null: as the page is usually. */
export function setScale(scale: number | null): void {
  if (scale === null) document.documentElement.style.removeProperty("--scale");
  else document.documentElement.style.setProperty("--scale", String(scale));
  useScale.setState({ scale: scale ?? 1 });
}

/** Pixels of the editor's type. */
export const fontSize = (scale: number): number => Math.round((window.innerWidth < 1200 ? 13 : 14) * scale);
