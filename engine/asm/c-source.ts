// Recognises C source in a text without instructions, for readers who paste a program written for clang.
import type { Token } from "./token.ts";

/** The name of the first function that the text defines, as in `int drop(struct xdp_md *ctx) {`. undefined: none. */
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

/** Index of the parenthesis that opens the one at `close`. */
function openOf(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const { text } = tokens[at] as Token;
    if (text === ")") depth++;
    else if (text === "(" && --depth === 0) return at;
  }
  return 0;
}
