// Tells C from macros, in a text that holds no list of instructions: someone pastes a program as it is written for clang.
import type { Token } from "./token.ts";

/** The name of the first function that the text defines, `int drop(struct xdp_md *ctx) {`; undefined: it defines none. */
export function functionIn(tokens: readonly Token[]): Token | undefined {
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const { text } = tokens[at] as Token;
    if (depth === 0 && text === "{" && tokens[at - 1]?.text === ")") {
      const name = tokens[openOf(tokens, at - 1) - 1];
      if (name && /^[A-Za-z_]\w*$/.test(name.text)) return name;
    }
    if (text === "{") depth++;
    else if (text === "}") depth--;
  }
  return undefined;
}

/** Where the parenthesis opens that closes at an index. */
function openOf(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const { text } = tokens[at] as Token;
    if (text === ")") depth++;
    else if (text === "(" && --depth === 0) return at;
  }
  return 0;
}
