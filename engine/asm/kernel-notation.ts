// Statements in the kernel's or LLVM's notation in a text of macros, typed by someone who is used to them. Each is reported with
// the macro to write instead, and is read as that macro, so that it has its bytes and the lines after it keep their slots.
import { macroText } from "../disasm/macro.ts";
import { helperName } from "../facts/helpers.ts";
import { lex } from "./lex.ts";
import { type Reporter, replaceFix } from "./messages.ts";
import { parseStatement, type Statement } from "./statement.ts";
import { Token } from "./token.ts";

/** The first word of such a statement. */
const FIRST = /^(?:[rw](?:10|[0-9])|if|goto|gotol|may_goto|call|callx|exit|lock|\*)$/;

/** The tokens, with the statements replaced by macros. */
export function readNotation(tokens: Token[], source: string, reporter: Reporter): Token[] {
  let out: Token[] | undefined;
  let kept = 0;
  for (let at = 0; at < tokens.length; at++) {
    const first = tokens[at] as Token;
    if (!beginsStatement(tokens, at) || !FIRST.test(first.text)) continue;
    let end = at + 1;
    while (end < tokens.length && !(tokens[end] as Token).lineStart && tokens[end]?.text !== ";") end++;
    const comma = tokens[end - 1]?.text === ",";
    const last = tokens[end - (comma ? 2 : 1)] as Token;
    const text = source.slice(first.start, last.end);
    const macro = last.end > first.start ? macroOf(text) : undefined;
    if (macro === undefined) continue;
    const semicolon = tokens[end]?.text === ";" && !tokens[end]?.lineStart;
    const whole = {
      start: first.start,
      end: comma || semicolon ? (tokens[semicolon ? end : end - 1] as Token).end : last.end,
    };
    reporter.report("kernel-notation", { start: first.start, end: last.end }, { macro }, [
      replaceFix(whole, `${macro},`),
    ]);
    out ??= [];
    out.push(...tokens.slice(kept, at));
    for (const [i, { kind, text: word }] of lex(`${macro},`).tokens.entries())
      out.push(new Token(kind, word, first.start, last.end, i === 0, first.spaced));
    kept = semicolon ? end + 1 : end;
    at = kept - 1;
  }
  if (!out) return tokens;
  out.push(...tokens.slice(kept));
  return out;
}

/** Whether a statement may begin here: at the start of a line, after a label there, or after another statement. */
function beginsStatement(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token;
  const before = tokens[at - 1];
  return token.lineStart || before?.text === ";" || (before?.text === ":" && tokens[at - 2]?.lineStart === true);
}

/** The macro with its arguments. `undefined`: the text is no statement, or one that needs more than this line. */
function macroOf(text: string): string | undefined {
  const statement = parseStatement(text.replace(/\/\*.*?\*\//gs, " "));
  if (!statement || /^[0-9]/.test(statement.target?.name ?? "")) return undefined;
  const { map } = statement;
  const macro = macroText(statement.insns, { helperName, mapName: () => map })
    .trim()
    .replace(/,$/, "");
  return macro.includes("\n") ? undefined : withTarget(macro, statement);
}

/** Puts a label in place of the distance, which is the last argument of every macro that has one. */
function withTarget(macro: string, { target }: Statement): string {
  if (!target) return macro;
  const mayGoto = /BPF_JCOND/.test(macro);
  return mayGoto ? `BPF_JMP_MAY_GOTO(${target.name})` : macro.replace(/-?\d+\)$/, `${target.name})`);
}
