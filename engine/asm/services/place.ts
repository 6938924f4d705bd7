// Finds what a place in a text is part of: the word, the argument of a macro, a comment or a string. It uses tokens only, so it
// works on unfinished text.
import type { Span } from "../../base/span.ts";
import { type Comment, type Lexed, lex } from "../lex.ts";
import type { Token } from "../token.ts";

export interface Place {
  /** The name or number that contains the offset, or ends at it. */
  readonly word: Token | undefined;
  /** The calls around the offset, the innermost first. */
  readonly calls: readonly Call[];
  /** The comment that contains the offset. */
  readonly comment: Comment | undefined;
  /** Whether the offset is at the name of a member after a dot, outside any call, as in a braced initialiser. */
  readonly member: boolean;
  readonly inString: boolean;
}

export interface Call extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  /** Index of the argument that contains the offset, from 0. */
  readonly argument: number;
  /** Start of that argument. */
  readonly argumentStart: number;
}

let last: { source: string; lexed: Lexed } | undefined;
/** The tokens of a text. Those of the last text are kept, because one keystroke asks many questions. */
export function tokensOf(source: string): Lexed {
  if (last?.source !== source) last = { source, lexed: lex(source) };
  return last.lexed;
}

/** Index of the first token that ends after `offset`. */
function tokenIndex(tokens: readonly Token[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as Token).end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls are searched this many tokens back. An unclosed call further up is not meant. */
const REACH = 400;

export function placeAt(source: string, offset: number): Place {
  const { tokens, comments } = tokensOf(source);
  const comment = comments.find((c) => c.start < offset && (offset < c.end || (!c.block && offset === c.end)));
  let index = tokenIndex(tokens, offset);
  const before = tokens[index - 1];
  const here = tokens[index];
  const touches = (token: Token | undefined) =>
    token && (token.kind === "name" || token.kind === "number") && token.start <= offset && offset <= token.end;
  const word = touches(here) ? here : touches(before) ? before : undefined;
  const inString = here?.kind === "string" && here.start < offset && offset < here.end;
  if (here && here.start < offset) index++;

  const calls: Call[] = [];
  let depth = 0;
  let commas = 0;
  let argumentStart = -1;
  for (let i = index - 1; i >= 0 && i > index - REACH; i--) {
    const token = tokens[i] as Token;
    if (token.start >= offset || token.kind !== "punct") continue;
    if (token.text === ")" || token.text === "]" || token.text === "}") {
      if (token.end <= offset) depth++;
    } else if (token.text === "(" || token.text === "[" || token.text === "{") {
      if (depth > 0) {
        depth--;
        continue;
      }
      if (token.text === "{") break;
      const name = tokens[i - 1];
      if (token.text === "(" && name?.kind === "name") {
        calls.push({
          name: name.text,
          nameSpan: { start: name.start, end: name.end },
          argument: commas,
          argumentStart: argumentStart < 0 ? token.end : argumentStart,
          start: name.start,
          end: offset,
        });
      }
      commas = 0;
      argumentStart = -1;
    } else if (depth === 0 && token.text === "," && token.end <= offset) {
      commas++;
      if (argumentStart < 0) argumentStart = token.end;
    } else if (depth === 0 && token.text === ";") break;
  }
  const dot = tokens[word ? tokens.indexOf(word) - 1 : index - 1];
  return { word, calls, comment, inString, member: calls.length === 0 && dot?.text === "." };
}
