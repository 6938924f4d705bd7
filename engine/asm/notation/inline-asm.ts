// Reads clang's inline assembly in C, as in the kernel's newer selftests. It takes the statements out of the strings and
// replaces the operands (`__imm_const(off, offsetof(…))`, `[x]"i"(…)`, `__imm_insn(…)`) by their values.
import { encodeInsns } from "../../isa/insn.ts";
import { assemble } from "../assemble.ts";
import { stringBytes } from "../ctype.ts";
import { Cursor } from "../cursor.ts";
import { lex } from "../lex.ts";

/** All asm blocks of a text as plain statements. `undefined`: it has none. */
export function inlineAssembly(source: string): string | undefined {
  if (!/\basm\b|__asm__/.test(source)) return undefined;
  const { tokens } = lex(joinLines(source));
  const cursor = new Cursor(tokens, source.length);
  const text = joinLines(source);
  const defines = (source.match(/^[ \t]*#[ \t]*define[^\n\\]*(?:\\\n[^\n\\]*)*$/gm) ?? []).join("\n");
  const blocks: string[] = [];
  while (!cursor.done) {
    const token = cursor.next();
    if (token.text !== "asm" && token.text !== "__asm__") continue;
    while (/^(?:volatile|__volatile__|goto|inline)$/.test(cursor.token.text)) cursor.next();
    if (!cursor.is("(")) continue;
    const close = cursor.closing(cursor.at);
    if (close < 0) continue;
    cursor.next();
    let body = "";
    while (cursor.at < close && (cursor.token.kind === "string" || cursor.token.kind === "name")) {
      const piece = cursor.next();
      if (piece.kind === "string") body += String.fromCharCode(...(stringBytes(piece.text) ?? []));
    }
    const operands = text.slice(cursor.token.start, tokens[close]?.start ?? text.length);
    blocks.push(substitute(body, operands, defines));
    cursor.at = close + 1;
  }
  return blocks.length === 0 ? undefined : blocks.join("\n");
}

/** Joins lines that end with a backslash, as the compiler does. Semicolons separate the statements. */
const joinLines = (source: string): string => source.replace(/\\\r?\n/g, "  ");

const OPERAND =
  /(__imm_const|__imm_insn|__imm_addr|__imm_ptr|__imm)\s*\(\s*(\w+)\s*(,)?|\[\s*(\w+)\s*\]\s*"[^"]*"\s*\(/g;

function substitute(body: string, operands: string, defines: string): string {
  const values = new Map<string, string>();
  for (const match of operands.matchAll(OPERAND)) {
    const name = (match[2] ?? match[4]) as string;
    const kind = match[1];
    if (kind === "__imm" || kind === "__imm_addr" || kind === "__imm_ptr") {
      values.set(name, name);
      continue;
    }
    const expression = balanced(operands, match.index + match[0].length);
    values.set(name, kind === "__imm_insn" ? insnValue(expression, defines) : constantValue(expression, defines, name));
  }
  return body
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/%\[(\w+)\]/g, (_, name: string) => values.get(name) ?? name)
    .replace(/%%/g, "%")
    .replace(/\+ -/g, "- ")
    .replace(/- -/g, "+ ");
}

/** The text from `start` up to the parenthesis that closes the group around it. */
function balanced(text: string, start: number): string {
  let depth = 1;
  let at = start;
  for (; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) break;
  }
  return text.slice(start, at);
}

/** The number that an operand stands for, or its name if it is no constant. */
function constantValue(expression: string, defines: string, name: string): string {
  const { insns, ok } = assemble(`${defines}\nBPF_LD_IMM64(BPF_REG_0, ${expression})`);
  const [low, high] = insns;
  if (!ok || insns.length !== 2 || !low || !high) return name;
  return String(BigInt.asIntN(64, (BigInt(high.imm) << 32n) | BigInt(low.imm >>> 0)));
}

function insnValue(expression: string, defines: string): string {
  const { insns, ok } = assemble(`${defines}\n${expression}`);
  const first = insns[0];
  if (!ok || !first) return "0";
  return `0x${[...encodeInsns([first])]
    .toReversed()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")}`;
}
