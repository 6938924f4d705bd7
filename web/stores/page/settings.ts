// How this reader wants to see the page: language, theme, number base. Kept on the device, never part of a link.
import { create } from "zustand";
import { keep, readKept } from "./device.ts";

export type Language = "en" | "ja";
export type Theme = "system" | "light" | "dark" | "contrast";
export type NumberBase = "hex" | "unsigned" | "signed" | "binary";

export const THEMES: readonly Theme[] = ["system", "light", "dark", "contrast"];
export const NUMBER_BASES: readonly NumberBase[] = ["hex", "unsigned", "signed", "binary"];

interface Saved {
  readonly language: Language;
  readonly theme: Theme;
  readonly base: NumberBase;
  /** Animate values on a step, if the reader's system allows motion. */
  readonly motion: boolean;
  /** The explanation of a refusal is open. */
  readonly why: boolean;
}

export interface Settings extends Saved {
  /** Presenting: the stage takes the place of header and panes. Not inside another page. */
  readonly present: boolean;
  /** The page is inside another page. It keeps nothing on the device, so that several such pages do not mix. */
  readonly embed: boolean;
  /** The program inside another page cannot be edited. */
  readonly readOnly: boolean;
  /** The page inside another page asks for the height that it needs. */
  readonly autoHeight: boolean;
  set(change: Partial<Omit<Settings, "set">>): void;
}

const KEY = "oreore.settings";

export const useSettings = create<Settings>()((set) => ({
  ...initial(),
  set: (change) => set(change),
}));

useSettings.subscribe(({ language, theme, base, motion, why, embed }) => {
  if (!embed) keep(KEY, { language, theme, base, motion, why } satisfies Saved);
});

/** Sets the root element's theme: the reader's choice or the system's, whenever either changes. */
export function followTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset.theme = themeInForce(useSettings.getState().theme);
  };
  apply();
  useSettings.subscribe(apply);
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"])
    matchMedia(query).addEventListener("change", apply);
}

/** The theme in use. `system` follows the reader's system. */
function themeInForce(theme: Theme): Exclude<Theme, "system"> {
  if (theme !== "system") return theme;
  if (matchMedia("(prefers-contrast: more)").matches) return "contrast";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function initial(): Omit<Settings, "set"> {
  const query = new URLSearchParams(location.search);
  const saved = read();
  const asked = query.get("lang");
  return {
    language: asked === "ja" || asked === "en" ? asked : (saved.language ?? browserLanguage()),
    theme: saved.theme ?? "system",
    base: saved.base ?? "hex",
    motion: saved.motion ?? true,
    why: saved.why ?? true,
    present: query.get("present") === "1",
    embed: query.get("embed") === "1",
    readOnly: query.get("embed") === "1" && query.get("readonly") === "1",
    autoHeight: query.get("embed") === "1" && query.get("height") === "auto",
  };
}

function browserLanguage(): Language {
  return navigator.language.startsWith("ja") ? "ja" : "en";
}

function read(): Partial<Saved> {
  const saved = (readKept(KEY) ?? {}) as Partial<Record<keyof Saved, unknown>>;
  return {
    ...(saved.language === "en" || saved.language === "ja" ? { language: saved.language } : {}),
    ...(THEMES.includes(saved.theme as Theme) ? { theme: saved.theme as Theme } : {}),
    ...(NUMBER_BASES.includes(saved.base as NumberBase) ? { base: saved.base as NumberBase } : {}),
    ...(typeof saved.motion === "boolean" ? { motion: saved.motion } : {}),
    ...(typeof saved.why === "boolean" ? { why: saved.why } : {}),
  };
}
