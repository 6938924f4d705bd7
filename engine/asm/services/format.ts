// Formatting: one instruction per line after a tab, one blank after commas and around operators, comments after instructions in one
// column. Only white space is changed. If the result would assemble to other bytes (a mistake of ours), the text is not changed.

import { sameInsn } from "../../isa/insn.ts";
import { insnMacro } from "../../isa/macros.ts";
import { assemble } from "../assemble.ts";
import { lex } from "../lex.ts";
import type { Token } from "../token.ts";

const TAB = 8;
const WIDEST = 72;

export function format(source: string): string {
  let inComment = false;
  const lines = source.split("\n").map((line) => {
    const started = inComment;
    inComment = endsInComment(line, inComment);
    return formatLine(line, started || inComment);
  });
  const formatted = alignComments(lines).join("\n");
  return same(source, formatted) ? formatted : source;
}

function same(before: string, after: string): boolean {
  const a = lex(before);
  const b = lex(after);
  if (a.tokens.length !== b.tokens.length || a.comments.length !== b.comments.length) return false;
  if (!a.tokens.every((token, i) => token.text === b.tokens[i]?.text && token.lineStart === b.tokens[i]?.lineStart))
    return false;
  const x = assemble(before);
  const y = assemble(after);
  return x.insns.length === y.insns.length && x.insns.every((insn, i) => sameInsn(insn, y.insns[i] as typeof insn));
}

interface Line {
  readonly text: string;
  /** Code and comment, if the line is an instruction with a comment after it. */
  readonly split?: readonly [code: string, comment: string];
}

function formatLine(line: string, inComment: boolean): Line {
  const text = line.replace(/[ \t\r]+$/, "");
  // Lines in a comment, preprocessor directives, continued lines and lines with strings are not changed.
  if (inComment || text.endsWith("\\") || /^\s*#/.test(text) || text.includes('"')) return { text };
  const { tokens, comments } = lex(text);
  const first = tokens[0];
  if (first?.kind !== "name" || !insnMacro(first.text)) return { text };
  const last = comments.at(-1);
  const inside = comments.some((comment) => comment !== last && comment.start > first.start);
  const lastToken = tokens.at(-1) as Token;
  if (inside || (last && last.start < lastToken.end) || (last && last.end !== text.length)) return { text };
  const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
  const code = (indent === "" || /^ +$/.test(indent) ? "\t" : indent) + spaced(tokens);
  return last ? { text: `${code} ${text.slice(last.start)}`, split: [code, text.slice(last.start)] } : { text: code };
}

/** Whether a block comment is open at the end of the line. `before`: whether one is open at its start. */
function endsInComment(text: string, before: boolean): boolean {
  let at = before ? text.indexOf("*/") + 2 : 0;
  if (before && at === 1) return true;
  for (;;) {
    const open = text.indexOf("/*", at);
    const line = text.indexOf("//", at);
    if (open < 0 || (line >= 0 && line < open)) return false;
    const close = text.indexOf("*/", open + 2);
    if (close < 0) return true;
    at = close + 2;
  }
}

const BINARY = new Set([
  "|",
  "&",
  "^",
  "+",
  "-",
  "*",
  "/",
  "%",
  "<<",
  ">>",
  "==",
  "!=",
  "<=",
  ">=",
  "<",
  ">",
  "&&",
  "||",
  "?",
  ":",
  "=",
]);

/** The tokens of one line as text, with blanks where they belong. */
function spaced(tokens: readonly Token[]): string {
  let text = "";
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    if (before && blankBetween(before, token, tokens[i - 2])) text += " ";
    text += token.text;
  });
  return text;
}

function blankBetween(left: Token, right: Token, before: Token | undefined): boolean {
  if (right.text === "," || right.text === ")" || right.text === ";" || right.text === "]") return false;
  if (left.text === ",") return true;
  if (left.text === "(" || left.text === "[" || right.text === "[") return false;
  const operand = (token: Token | undefined) =>
    token !== undefined && (token.kind !== "punct" || token.text === ")" || token.text === "]");
  // A sign or the star of a type is no binary operator. There the blanks are not changed.
  if (BINARY.has(left.text))
    return operand(before) ? (left.text === "*" || left.text === "&" ? right.spaced : true) : right.spaced;
  if (BINARY.has(right.text))
    return operand(left) ? (right.text === "*" || right.text === "&" ? right.spaced : true) : right.spaced;
  if (right.text === "(")
    return left.kind !== "name" && left.text !== ")" ? right.spaced : left.text === ")" ? right.spaced : false;
  if (left.kind !== "punct" && right.kind !== "punct") return true;
  return right.spaced;
}

const width = (code: string): number => {
  let columns = 0;
  for (const char of code) columns = char === "\t" ? Math.floor(columns / TAB + 1) * TAB : columns + 1;
  return columns;
};

/** Makes the comments after neighbouring instructions start in one column. */
function alignComments(lines: readonly Line[]): string[] {
  const out: string[] = [];
  for (let from = 0; from < lines.length; ) {
    let to = from;
    while (to < lines.length && lines[to]?.split) to++;
    if (to === from) {
      out.push((lines[from++] as Line).text);
      continue;
    }
    const group = lines.slice(from, to) as Required<Line>[];
    const widths = group.map(({ split }) => width(split[0]));
    const column = Math.max(...widths.filter((w) => w <= WIDEST), 0) + 1;
    group.forEach(({ split }, i) => {
      out.push(`${split[0]}${" ".repeat(Math.max(1, column - (widths[i] as number)))}${split[1]}`);
    });
    from = to;
  }
  return out;
}
