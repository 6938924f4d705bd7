// Tells Monaco about the language of our programs: its words and colours, and what the engine says about them.
import { monaco } from "./core.ts";
import { configuration, LANGUAGE, tokens } from "./language.ts";
import { registerServices } from "./services.ts";
import { THEME, themeFromTokens } from "./theme.ts";

monaco.languages.register({ id: LANGUAGE });
monaco.languages.setTokensProvider(LANGUAGE, tokens);
monaco.languages.setLanguageConfiguration(LANGUAGE, configuration);
registerServices();
monaco.editor.defineTheme(THEME, themeFromTokens());
