// Parts of a text that can be folded: braces over several lines, block comments, runs of line comments, #if … #endif, and the
// functions of a program after its main one. Lines count from 1; both ends are included.
import { LineMap } from "../../base/span.ts";
import { functionEntries } from "../../program/flow.ts";
import type { Analysis } from "../assemble.ts";
import type { Token } from "../token.ts";
import { tokensOf } from "./place.ts";

export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly kind: "region" | "comment";
}

/** Sorted by first line. Of folds with the same first line, the longer one comes first. */
export function folds(analysis: Analysis, source: string): Fold[] {
  const lines = new LineMap(source);
  const lineOf = (offset: number): number => lines.position(offset).line;
  const found: Fold[] = [];
  const add = (start: number, end: number, kind: Fold["kind"]): void => {
    if (end > start) found.push({ start, end, kind });
  };
  const { tokens, comments } = tokensOf(source);
  for (const [open, close] of braces(tokens)) add(lineOf(open.start), lineOf(close.start) - 1, "region");
  for (const [open, close] of conditionals(tokens)) add(lineOf(open.start), lineOf(close.start) - 1, "region");
  for (let i = 0; i < comments.length; i++) {
    const first = comments[i] as (typeof comments)[number];
    let last = first;
    for (let next = comments[i + 1]; !first.block && next && !next.block; next = comments[i + 1]) {
      if (!/^[ \t\r]*\n[ \t]*$/.test(source.slice(last.end, next.start))) break;
      last = next;
      i++;
    }
    add(lineOf(first.start), lineOf(last.end), "comment");
  }
  for (const [start, end] of functions(analysis)) add(lineOf(start), lineOf(end), "region");
  const seen = new Set<string>();
  return found
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ start, end }) => !seen.has(`${start} ${end}`) && seen.add(`${start} ${end}`));
}

function* braces(tokens: readonly Token[]): Generator<readonly [Token, Token]> {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== "punct") continue;
    if (token.text === "{") open.push(token);
    else if (token.text === "}") {
      const start = open.pop();
      if (start) yield [start, token];
    }
  }
}

/** Pairs of each #if, #elif or #else with the directive that ends its branch. */
function* conditionals(tokens: readonly Token[]): Generator<readonly [Token, Token]> {
  const open: Token[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.text !== "#" || !token.lineStart) continue;
    const keyword = tokens[i + 1]?.text ?? "";
    if (/^(?:elif|else|endif)$/.test(keyword)) {
      const start = open.pop();
      if (start) yield [start, token];
    }
    if (/^(?:if|ifdef|ifndef|elif|else)$/.test(keyword)) open.push(token);
  }
}

/** Offsets of the first line of each function and of a place in its last line. The main program is one of them if there are others. */
function* functions({ assembly }: Analysis): Generator<readonly [number, number]> {
  const entries = functionEntries(assembly.insns);
  if (entries.length < 2) return;
  for (const [i, entry] of entries.entries()) {
    const first = assembly.slots[entry];
    const last = assembly.slots[(entries[i + 1] ?? assembly.insns.length) - 1];
    if (!first || !last) continue;
    const label = assembly.labels.find(({ slot }) => slot === entry);
    yield [Math.min(label?.span.start ?? first.span.start, first.span.start), last.span.end];
  }
}
