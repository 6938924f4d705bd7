// The dictionary of the current language. English is part of the shell. Another language loads when it is asked for.
import { type Language, useSettings } from "../stores/page/settings.ts";
import { type Dictionary, en } from "./en.ts";

const dictionaries: Partial<Record<Language, Dictionary>> & { readonly en: Dictionary } = { en };

const LOAD: Readonly<Record<Exclude<Language, "en">, () => Promise<Dictionary>>> = {
  ja: async () => (await import("./ja.ts")).ja,
};

/** Loads what a language needs. Called before the page is drawn, and before the language is switched. */
export async function loadLanguage(language: Language): Promise<void> {
  if (language !== "en") dictionaries[language] ??= await LOAD[language]();
}

export async function switchLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  useSettings.getState().set({ language });
}

export const useText = (): Dictionary => dictionaries[useSettings((s) => s.language)] ?? en;
