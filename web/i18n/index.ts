// The dictionary of the language in force. English is in the shell; another language is loaded when it is asked for.
import { type Language, useSettings } from "../stores/page/settings.ts";
import { type Dictionary, en } from "./en.ts";

const dictionaries: Partial<Record<Language, Dictionary>> & { readonly en: Dictionary } = { en };

const LOAD: Readonly<Record<Exclude<Language, "en">, () => Promise<Dictionary>>> = {
  ja: async () => (await import("./ja.ts")).ja,
};

/** Loads what the language needs; before the page is drawn, and before the language is switched. */
export async function loadLanguage(language: Language): Promise<void> {
  if (language !== "en") dictionaries[language] ??= await LOAD[language]();
}

export async function switchLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  useSettings.getState().set({ language });
}

export const useText = (): Dictionary => dictionaries[useSettings((s) => s.language)] ?? en;
