// The dictionary of the language in force.
import { useSettings } from "../stores/settings.ts";
import { type Dictionary, en } from "./en.ts";
import { ja } from "./ja.ts";

const DICTIONARIES = { en, ja } satisfies Record<string, Dictionary>;

export const useText = (): Dictionary => DICTIONARIES[useSettings((s) => s.language)];
