// Monaco's theme, made from the page's tokens, so that colours are defined once.
import type { editor } from "monaco-editor/editor";
import { LOOKS } from "../panes/editor/tokens.ts";

export const THEME = "oreore";

/** Reads the theme and the custom properties of the root element. */
export function themeFromTokens(): editor.IStandaloneThemeData {
  const kind = document.documentElement.dataset.theme;
  const style = getComputedStyle(document.documentElement);
  // A minifier may have shortened #ffffff to #fff, which Monaco does not take.
  const color = (token: string): string =>
    style
      .getPropertyValue(`--${token}`)
      .trim()
      .replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  const rule = (token: string, name: string, fontStyle?: string): editor.ITokenThemeRule => ({
    token,
    foreground: color(name).slice(1),
    ...(fontStyle ? { fontStyle } : {}),
  });
  return {
    base: kind === "contrast" ? "hc-black" : kind === "dark" ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      rule("", "ink"),
      ...Object.entries(LOOKS).map(([kind, look]) => rule(kind, look.color, "cut" in look ? look.cut : undefined)),
    ],
    colors: {
      "editor.background": color("surface"),
      "editor.foreground": color("ink"),
      "editorLineNumber.foreground": color("ink-3"),
      "editorLineNumber.activeForeground": color("ink"),
      "editor.lineHighlightBackground": color("sunken"),
      "editor.lineHighlightBorder": "#00000000",
      "editorBracketHighlight.foreground1": color("ink-3"),
      "editorBracketHighlight.foreground2": color("ink-3"),
      "editorBracketHighlight.foreground3": color("ink-3"),
      "editorBracketHighlight.unexpectedBracket.foreground": color("bad"),
      "editorCursor.foreground": color("ink"),
      "editor.selectionBackground": `${color("mark")}66`,
      "editorGutter.background": color("surface"),
      "editorWidget.background": color("surface"),
      "editorWidget.border": color("line-strong"),
      "editorHoverWidget.background": color("surface"),
      "editorHoverWidget.border": color("line-strong"),
      "editorSuggestWidget.background": color("surface"),
      "editorSuggestWidget.border": color("line-strong"),
      "editorSuggestWidget.foreground": color("ink"),
      "editorSuggestWidget.selectedBackground": color("mark-soft"),
      "editorSuggestWidget.selectedForeground": color("ink"),
      "editorSuggestWidget.highlightForeground": color("read"),
      "editorSuggestWidget.focusHighlightForeground": color("read"),
      "editorInlayHint.background": "#00000000",
      "editorInlayHint.foreground": color("ink-3"),
      "editorError.foreground": color("bad"),
      "editorWarning.foreground": color("warn"),
      "editorBracketMatch.background": color("mark-soft"),
      "editorBracketMatch.border": color("line-strong"),
      focusBorder: color("focus"),
      "scrollbarSlider.background": `${color("line-strong")}55`,
      "scrollbarSlider.hoverBackground": `${color("line-strong")}88`,
    },
  };
}
