// A position in a list of tokens. Past the last token it gives an end token without text, as often as asked.
import type { Span } from "../base/span.ts";
import { endOf, Token } from "./token.ts";

export class Cursor {
  readonly tokens: readonly Token[];
  readonly #end: Token;
  at = 0;
  #matches: Int32Array | undefined;
  /** Depth of nested brackets. The parser limits it to avoid a stack overflow. */
  depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.#end = new Token("other", "", end, end, true, true);
  }

  get token(): Token {
    return this.tokens[this.at] ?? this.#end;
  }
  ahead(count: number): Token {
    return this.tokens[this.at + count] ?? this.#end;
  }
  get previous(): Token | undefined {
    return this.tokens[this.at - 1];
  }
  get done(): boolean {
    return this.at >= this.tokens.length;
  }
  next(): Token {
    const token = this.token;
    if (this.at < this.tokens.length) this.at++;
    return token;
  }
  /** Whether the next token is this punctuator or name. */
  is(text: string): boolean {
    const token = this.token;
    return token.text === text && token.kind !== "string";
  }
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }
  /** Index of the bracket that closes the one at `index`. -1: none. All pairs are found at the first call, from the nesting alone. */
  closing(index: number): number {
    if (!this.#matches) {
      const matches = new Int32Array(this.tokens.length).fill(-1);
      const open: number[] = [];
      this.tokens.forEach((token, i) => {
        if (token.kind !== "punct") return;
        if (token.text in CLOSER) open.push(i);
        else if (token.text === ")" || token.text === "]" || token.text === "}") {
          // If an outer bracket closes, the unclosed brackets inside it have no partner.
          let from = open.length - 1;
          while (
            from >= 0 &&
            from > open.length - 8 &&
            CLOSER[this.tokens[open[from] as number]?.text as string] !== token.text
          )
            from--;
          const opener = open[from];
          if (opener !== undefined && CLOSER[this.tokens[opener]?.text as string] === token.text) {
            matches[opener] = i;
            open.length = from;
          }
        }
      });
      this.#matches = matches;
    }
    return this.#matches[index] ?? -1;
  }
  /** Skips the bracketed group that starts here. `false`: it is never closed, and nothing was read. */
  skipGroup(): boolean {
    const close = this.closing(this.at);
    if (close < 0) return false;
    this.at = close + 1;
    return true;
  }
  /** The place right after the last token read. */
  get behind(): Span {
    const last = this.tokens[this.at - 1];
    const end = last ? endOf(last) : 0;
    return { start: end, end };
  }
}

const CLOSER: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

export const MAX_DEPTH = 200;

/** A token as named in a message. */
export const quoted = (token: Token): string => (token.text === "" ? "the end" : `\`${token.text}\``);
