// Colours for BPF macro assembly: C expressions, the kernel's macros and constants, labels, and the kernel's own notation.
// Only tokens; what a word means is the engine's to say.
import type { languages } from "monaco-editor/editor";

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

export const tokens: languages.IMonarchLanguage = {
  defaultToken: "",
  keywords: [
    "struct",
    "static",
    "const",
    "enum",
    "union",
    "sizeof",
    "offsetof",
    "offsetofend",
    "if",
    "goto",
    "call",
    "exit",
    "lock",
  ],
  types: [
    ..."void char short int long unsigned signed u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64".split(" "),
    ..."__s8 __s16 __s32 __s64 __be16 __be32 bpf_insn".split(" "),
  ],
  tokenizer: {
    root: [
      [/\/\/.*$/, "comment"],
      [/\/\*/, "comment", "@comment"],
      [/^\s*#\s*\w+/, "keyword.directive"],
      [/^\s*[A-Za-z_]\w*:(?!:)/, "label"],
      [/\bBPF_REG_(?:\d+|FP|AX|ARG\d|CTX|TMP|X|A|D|H|TAIL_CALL|STACK\w*)\b/, "register"],
      [/\b[rw](?:10|\d)\b/, "register"],
      [/\bBPF_FUNC_\w+/, "helper"],
      [/\b[A-Z][A-Z0-9_]*(?=\s*\()/, "macro"],
      [/\b(?:BPF|ETH|IPPROTO|XDP|TC|SK)_\w+/, "constant"],
      [/\b[A-Z][A-Z0-9_]{2,}\b/, "constant"],
      [/\b0[xX][0-9a-fA-F]+[uUlL]*\b|\b\d+[uUlL]*\b/, "number"],
      [/'(?:[^'\\]|\\.)+'/, "number"],
      [/"(?:[^"\\]|\\.)*"/, "string"],
      [/\.[a-z_]\w*/, "field"],
      [/[a-zA-Z_]\w*/, { cases: { "@keywords": "keyword", "@types": "type", "@default": "identifier" } }],
      [/[-+*/%&|^~!<>=?:]+/, "operator"],
      [/[{}()[\],;]/, "delimiter"],
    ],
    comment: [
      [/[^*/]+/, "comment"],
      [/\*\//, "comment", "@pop"],
      [/[*/]/, "comment"],
    ],
  },
};
