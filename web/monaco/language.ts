// The language as Monaco takes it. Its colours come from panes/editor/tokens.ts.
import type { languages } from "monaco-editor/editor";
import { partsOf } from "../panes/editor/tokens.ts";

export const LANGUAGE = "bpf-macros";

export const configuration: languages.LanguageConfiguration = {
  comments: { lineComment: "//", blockComment: ["/*", "*/"] },
  brackets: [
    ["{", "}"],
    ["[", "]"],
    ["(", ")"],
  ],
  autoClosingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"', notIn: ["string", "comment"] },
    { open: "/*", close: " */", notIn: ["string"] },
  ],
  wordPattern: /[A-Za-z_]\w*|-?\d[\w.]*/,
};

const state = (): languages.IState => ({
  clone() {
    return this;
  },
  equals(other) {
    return other === this;
  },
});
const OUTSIDE = state();
const IN_COMMENT = state();

export const tokens: languages.TokensProvider = {
  getInitialState: () => OUTSIDE,
  tokenize(line, before) {
    const { parts, inComment } = partsOf(line, before === IN_COMMENT);
    return {
      tokens: parts.map(({ kind, start }) => ({ startIndex: start, scopes: kind })),
      endState: inComment ? IN_COMMENT : OUTSIDE,
    };
  },
};
