// Reads declarations around the instructions: struct, union, enum, typedef and constants. They are added to the types and names
// of this assembly. The caller skips all other declarations.
import type { Span } from "../base/span.ts";
import { bigOf, binary, type CType, type CValue, convert, intValue, S32, U32 } from "./ctype.ts";
import type { Cursor } from "./cursor.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expr.ts";
import type { ExprContext } from "./node.ts";
import { layOut, type Member } from "./types.ts";

/** Constants of the source: enumerators, and variables declared `const int`. */
export interface Declared {
  readonly constants: Map<string, CValue>;
  readonly constantSpans: Map<string, Span>;
}

const MAX_MEMBERS = 4096;

/** Reads `struct|union [tag] { … }`, `enum [tag] { … }` or the name of a type. `undefined`: there is none here. */
export function parseTypeOrBody(cursor: Cursor, context: ExprContext, declared: Declared): CType | undefined {
  skipAttributes(cursor);
  while (/^(?:const|volatile|static|extern|register|inline|__always_inline)$/.test(cursor.token.text)) cursor.next();
  const keyword = cursor.token.text;
  if (keyword !== "struct" && keyword !== "union" && keyword !== "enum") {
    return context.types.startsType(cursor, 0) ? context.types.parseSpecifiers(cursor, context.reporter) : undefined;
  }
  const from = cursor.at;
  cursor.next();
  const before = attributes(cursor, context);
  const tag = cursor.token.kind === "name" ? cursor.next() : undefined;
  if (!cursor.is("{")) {
    cursor.at = from;
    return context.types.parseSpecifiers(cursor, context.reporter);
  }
  const open = cursor.token;
  if (cursor.closing(cursor.at) < 0 || cursor.depth > 60) {
    context.reporter.report("missing-brace", open);
    cursor.next();
    return undefined;
  }
  cursor.depth++;
  if (keyword === "enum") {
    parseEnumerators(cursor, context, declared);
    cursor.depth--;
    if (tag) context.types.defineTag(tag.text, U32, tag);
    return U32;
  }
  const members = parseMembers(cursor, context, declared);
  cursor.depth--;
  const after = attributes(cursor, context);
  const type = layOut(tag ? `${keyword} ${tag.text}` : keyword, members, {
    union: keyword === "union",
    packed: before.packed || after.packed,
    ...((before.align ?? after.align) ? { align: (before.align ?? after.align) as number } : {}),
  });
  if (tag) context.types.defineTag(tag.text, type, tag);
  return type;
}

function parseEnumerators(cursor: Cursor, context: ExprContext, declared: Declared): void {
  const close = cursor.closing(cursor.at);
  cursor.next();
  let next: CValue | undefined = intValue(0);
  while (cursor.at < close) {
    const name = cursor.next();
    if (name.kind !== "name") continue;
    if (cursor.take("=")) {
      const node = parseExpression(cursor, context);
      next = node.kind === "bad" ? undefined : evaluate(node, context);
    }
    if (next) {
      const big = bigOf(next);
      const value = big >= -0x8000_0000n && big <= 0x7fff_ffffn ? convert(next, S32) : next;
      declared.constants.set(name.text, value);
      declared.constantSpans.set(name.text, { start: name.start, end: name.end });
      next = binary("+", value, intValue(1));
    }
    while (cursor.at < close && !cursor.take(",")) cursor.next();
  }
  cursor.at = close + 1;
}

function parseMembers(cursor: Cursor, context: ExprContext, declared: Declared): Member[] {
  const close = cursor.closing(cursor.at);
  cursor.next();
  const members: Member[] = [];
  while (cursor.at < close && members.length < MAX_MEMBERS) {
    const from = cursor.at;
    const base = parseTypeOrBody(cursor, context, declared);
    if (!base) {
      // The member cannot be read: skip to the next semicolon.
      if (cursor.at === from) cursor.next();
      while (cursor.at < close && !cursor.take(";")) cursor.next();
      continue;
    }
    if (cursor.take(";")) {
      if (base.kind === "struct") members.push({ name: undefined, type: base });
      continue;
    }
    while (cursor.at < close) {
      members.push(parseDeclarator(cursor, context, base));
      if (!cursor.take(",")) break;
    }
    while (cursor.at < close && !cursor.take(";")) cursor.next();
  }
  cursor.at = close + 1;
  return members;
}

/** Reads a declarator such as `*name[2]`, `name : 3` or `(*name)(…)`. */
export function parseDeclarator(cursor: Cursor, context: ExprContext, base: CType): Member {
  let type = base;
  let name: string | undefined;
  while (cursor.is("*") || /^(?:const|volatile|__user|__rcu|__kptr|__percpu_kptr)$/.test(cursor.token.text)) {
    if (cursor.next().text === "*") type = { kind: "pointer", to: type };
  }
  if (cursor.is("(") && cursor.ahead(1).text === "*") {
    name = cursor.ahead(2).text;
    cursor.skipGroup();
    if (cursor.is("(")) cursor.skipGroup();
    type = { kind: "pointer", to: undefined };
  } else if (cursor.token.kind === "name") name = cursor.next().text;
  const counts: number[] = [];
  while (cursor.is("[") && cursor.closing(cursor.at) >= 0) {
    const close = cursor.closing(cursor.at);
    cursor.next();
    if (cursor.at === close) counts.push(0);
    else {
      const node = parseExpression(cursor, context);
      const value = node.kind === "bad" ? undefined : evaluate(node, context);
      counts.push(Math.max(0, Number(value?.v ?? 0)));
    }
    cursor.at = close + 1;
  }
  for (const count of counts.toReversed()) type = { kind: "array", of: type, count };
  if (cursor.take(":")) {
    const node = parseExpression(cursor, context);
    const bits = node.kind === "bad" ? undefined : evaluate(node, context);
    return { name, type, bits: Math.max(0, Math.min(64, Number(bits?.v ?? 0))) };
  }
  const { align } = attributes(cursor, context);
  return { name, type, ...(align === undefined ? {} : { align }) };
}

interface Attributes {
  packed: boolean;
  align: number | undefined;
}

/** Reads `__attribute__((packed, aligned(8)))`, `__packed`, `__aligned(8)`. */
export function attributes(cursor: Cursor, context: ExprContext): Attributes {
  const found: Attributes = { packed: false, align: undefined };
  for (;;) {
    const { text } = cursor.token;
    if (text === "__packed") {
      cursor.next();
      found.packed = true;
    } else if (
      (text === "__attribute__" || text === "__aligned" || text === "__attribute") &&
      cursor.ahead(1).text === "("
    ) {
      const close = cursor.closing(cursor.at + 1);
      if (close < 0) return found;
      for (let i = cursor.at; i < close; i++) {
        const word = cursor.tokens[i]?.text;
        if (word === "packed" || word === "__packed__") found.packed = true;
        if (
          (word === "aligned" || word === "__aligned" || word === "__aligned__") &&
          cursor.tokens[i + 1]?.text === "("
        ) {
          cursor.at = i + 2;
          const node = parseExpression(cursor, context);
          const value = node.kind === "bad" ? undefined : evaluate(node, context);
          const align = Number(value?.v ?? 1);
          if (align >= 1 && align <= 4096 && (align & (align - 1)) === 0) found.align = align;
        }
      }
      cursor.at = close + 1;
    } else return found;
  }
}

export function skipAttributes(cursor: Cursor): void {
  while (
    /^(?:__attribute__|__attribute|__aligned|SEC|__maybe_unused|__unused|__weak|__hidden|__packed)$/.test(
      cursor.token.text,
    )
  ) {
    cursor.next();
    if (cursor.is("(") && !cursor.skipGroup()) return;
  }
}
