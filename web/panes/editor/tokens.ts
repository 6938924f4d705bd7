// The kind of each part of a line, for its colour: macros, registers, constants, labels, the kernel's own notation. Both editors use this
// table. It knows only kinds. The engine knows what a word means.

/** Colour (a token of theme/tokens.css) and font style of each kind. */
export const LOOKS = {
  macro: { color: "code-macro", cut: "bold" },
  register: { color: "code-register" },
  constant: { color: "code-constant" },
  helper: { color: "code-helper" },
  number: { color: "code-number" },
  string: { color: "code-number" },
  comment: { color: "code-comment", cut: "italic" },
  label: { color: "code-label", cut: "bold" },
  keyword: { color: "code-keyword" },
  type: { color: "code-keyword" },
  field: { color: "code-constant" },
  operator: { color: "ink-2" },
  delimiter: { color: "ink-3" },
  identifier: { color: "ink" },
} as const satisfies Readonly<Record<string, { readonly color: string; readonly cut?: "bold" | "italic" }>>;

export type Kind = keyof typeof LOOKS;

/** A part reaches from `start` to the start of the next one. */
export interface Part {
  /** "": white space or unknown. */
  readonly kind: Kind | "";
  readonly start: number;
}

/** `if` and `goto` belong to the kernel's notation. */
const KEYWORDS = new Set(
  "struct static const enum union sizeof offsetof offsetofend if goto call exit lock".split(" "),
);
const TYPES = new Set(
  (
    "void char short int long unsigned signed u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 " +
    "__s8 __s16 __s32 __s64 __be16 __be32 bpf_insn"
  ).split(" "),
);
const WORD = /[a-zA-Z_]\w*/y;

/** The first rule that matches at the current place is used. `^` matches at the start of a line only. */
const RULES: readonly (readonly [RegExp, Kind | ""])[] = [
  [/^\s*#\s*\w+/y, "keyword"],
  [/^\s*[A-Za-z_]\w*:(?!:)/y, "label"],
  [/\s+/y, ""],
  [/\/\/.*/y, "comment"],
  [/\bBPF_REG_(?:\d+|FP|AX|ARG\d|CTX|TMP|X|A|D|H|TAIL_CALL|STACK\w*)\b/y, "register"],
  [/\b[rRw](?:10|\d)\b/y, "register"],
  [/\bBPF_FUNC_\w+/y, "helper"],
  [/\b[A-Z][A-Z0-9_]*(?=\s*\()/y, "macro"],
  [/\b(?:BPF|ETH|IPPROTO|XDP|TC|SK)_\w+/y, "constant"],
  [/\b[A-Z][A-Z0-9_]{2,}\b/y, "constant"],
  [/\b0[xX][0-9a-fA-F]+[uUlL]*\b|\b\d+[uUlL]*\b/y, "number"],
  [/'(?:[^'\\]|\\.)+'/y, "number"],
  [/"(?:[^"\\]|\\.)*"/y, "string"],
  [/\.[a-z_]\w*/y, "field"],
];
const SIGNS: typeof RULES = [
  [/[-+*/%&|^~!<>=?:]+/y, "operator"],
  [/[{}()[\],;]/y, "delimiter"],
];

function lengthAt(rule: RegExp, line: string, at: number): number {
  rule.lastIndex = at;
  return rule.exec(line)?.[0].length ?? 0;
}

/** Kind and length of the part at a place. If no rule matches: no kind, one character. */
function read(line: string, at: number): readonly [kind: Kind | "", length: number] {
  for (const [rule, kind] of RULES) {
    const length = lengthAt(rule, line, at);
    if (length > 0) return [kind, length];
  }
  const word = lengthAt(WORD, line, at);
  if (word > 0) {
    const text = line.slice(at, at + word);
    return [KEYWORDS.has(text) ? "keyword" : TYPES.has(text) ? "type" : "identifier", word];
  }
  for (const [rule, kind] of SIGNS) {
    const length = lengthAt(rule, line, at);
    if (length > 0) return [kind, length];
  }
  return ["", 1];
}

/** The parts of a line from start to end. `inComment`: the line begins (or, in the result, ends) inside a block comment. */
export function partsOf(
  line: string,
  inComment: boolean,
): { readonly parts: readonly Part[]; readonly inComment: boolean } {
  const parts: Part[] = [];
  let open = inComment;
  for (let at = 0; at < line.length; ) {
    if (!open && !line.startsWith("/*", at)) {
      const [kind, length] = read(line, at);
      if (parts.at(-1)?.kind !== kind) parts.push({ kind, start: at });
      at += length;
      continue;
    }
    if (parts.at(-1)?.kind !== "comment") parts.push({ kind: "comment", start: at });
    const end = line.indexOf("*/", open ? at : at + 2);
    open = end < 0;
    at = end < 0 ? line.length : end + 2;
  }
  return { parts, inComment: open };
}
