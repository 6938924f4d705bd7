// Parses C constant expressions: tokens → tree. evaluate.ts computes the value. The two are separate because the fields of the
// instruction macros are such trees too, with parameters in them.
import type { Span } from "../base/span.ts";
import { insnMacro } from "../isa/macros.ts";
import {
  type BinaryOp,
  type CType,
  type CValue,
  intValue,
  parseChar,
  parseNumber,
  sizeOfType,
  stringBytes,
  U64,
  type UnaryOp,
} from "./ctype.ts";
import { type Cursor, MAX_DEPTH, quoted } from "./cursor.ts";
import { evaluate, typeOf } from "./evaluate.ts";
import { type Reporter, replaceFix } from "./messages.ts";
import type { ExprContext, Node } from "./node.ts";
import { type FieldPath, walkField } from "./types.ts";

const PRECEDENCE: Readonly<Record<string, number>> = {
  "*": 10,
  "/": 10,
  "%": 10,
  "+": 9,
  "-": 9,
  "<<": 8,
  ">>": 8,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "==": 6,
  "!=": 6,
  "&": 5,
  "^": 4,
  "|": 3,
  "&&": 2,
  "||": 1,
};
const UNARY = new Set(["-", "+", "~", "!"]);

/** An argument or initialiser, so without the comma operator. `bad`: it could not be read, and the cursor is at the fault. */
export function parseExpression(cursor: Cursor, context: ExprContext, params?: ReadonlyMap<string, number>): Node {
  return new ExpressionParser(cursor, context, params).conditional();
}

class ExpressionParser {
  readonly #cursor: Cursor;
  readonly #context: ExprContext;
  readonly #params: ReadonlyMap<string, number> | undefined;

  constructor(cursor: Cursor, context: ExprContext, params: ReadonlyMap<string, number> | undefined) {
    this.#cursor = cursor;
    this.#context = context;
    this.#params = params;
  }

  conditional(): Node {
    const test = this.#binary(1);
    if (test.kind === "bad" || !this.#cursor.is("?")) return test;
    return this.#nested(() => {
      this.#cursor.next();
      // gcc's short form `a ?: b`.
      const yes = this.#cursor.is(":") ? test : this.#comma();
      if (yes.kind === "bad") return yes;
      if (!this.#cursor.take(":")) return this.#expected("`:`");
      const no = this.conditional();
      return no.kind === "bad" ? no : { kind: "cond", test, yes, no, start: test.start, end: no.end };
    });
  }

  #comma(): Node {
    let left = this.conditional();
    while (left.kind !== "bad" && this.#cursor.take(",")) {
      const right = this.conditional();
      left = right.kind === "bad" ? right : { kind: "comma", left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #binary(least: number): Node {
    let left = this.#unary();
    for (;;) {
      const token = this.#cursor.token;
      const precedence = token.kind === "punct" ? PRECEDENCE[token.text] : undefined;
      if (left.kind === "bad" || precedence === undefined || precedence < least) return left;
      this.#cursor.next();
      const right = this.#binary(precedence + 1);
      if (right.kind === "bad") return right;
      left = { kind: "binary", op: token.text as BinaryOp, left, right, start: left.start, end: right.end };
    }
  }

  #nested(parse: () => Node): Node {
    const cursor = this.#cursor;
    if (cursor.depth >= MAX_DEPTH) {
      this.#context.reporter.report("too-deep", cursor.token, { limit: MAX_DEPTH });
      return this.#bad();
    }
    cursor.depth++;
    const node = parse();
    cursor.depth--;
    return node;
  }

  #unary(): Node {
    const cursor = this.#cursor;
    const token = cursor.token;
    if (token.kind === "punct") {
      if (UNARY.has(token.text)) {
        return this.#nested(() => {
          cursor.next();
          const of = this.#unary();
          return of.kind === "bad"
            ? of
            : { kind: "unary", op: token.text as UnaryOp, of, start: token.start, end: of.end };
        });
      }
      if (token.text === "&" || token.text === "*") {
        return this.#nested(() => {
          cursor.next();
          const of = this.#unary();
          return of.kind === "bad" ? of : { kind: "other", start: token.start, end: of.end };
        });
      }
      if (token.text === "(" && this.#context.types.startsType(cursor, 1)) {
        return this.#nested(() => {
          cursor.next();
          const type = this.#context.types.parseTypeName(cursor, this.#context.reporter);
          if (!type) return this.#bad();
          if (!cursor.take(")")) return this.#expected("`)`");
          if (cursor.is("{")) return this.#skipBraces(token.start, type);
          const of = this.#unary();
          return of.kind === "bad" ? of : { kind: "cast", type, of, start: token.start, end: of.end };
        });
      }
    }
    if (token.text === "sizeof" || token.text === "_Alignof" || token.text === "__alignof__")
      return this.#nested(() => this.#sizeof());
    return this.#postfix(this.#primary());
  }

  #postfix(first: Node): Node {
    let node = first;
    const cursor = this.#cursor;
    while (node.kind !== "bad") {
      if (cursor.is("(")) {
        const open = cursor.token;
        if (!cursor.skipGroup()) return this.#fail("missing-paren", open, { macro: this.#text(node) });
        node = { kind: "other", start: node.start, end: cursor.behind.end };
      } else if (cursor.is("[")) {
        if (!cursor.skipGroup()) return this.#expected("`]`");
        const type = node.kind === "other" && node.type?.kind === "array" ? node.type.of : undefined;
        node = { kind: "other", type, start: node.start, end: cursor.behind.end };
      } else if (cursor.is(".") || cursor.is("->")) {
        cursor.next();
        const name = cursor.token;
        if (name.kind !== "name") return this.#expected("a field");
        cursor.next();
        node = { kind: "other", type: fieldTypeOf(node, name.text), start: node.start, end: name.end };
      } else if (cursor.is("++") || cursor.is("--")) {
        node = { kind: "other", start: node.start, end: cursor.next().end };
      } else return node;
    }
    return node;
  }

  #primary(): Node {
    const cursor = this.#cursor;
    const token = cursor.token;
    const { start, end } = token;
    switch (token.kind) {
      case "number": {
        cursor.next();
        const value = parseNumber(token.text);
        return value ? { kind: "value", value, start, end } : this.#fail("bad-number", token, { text: token.text });
      }
      case "char": {
        cursor.next();
        const value = parseChar(token.text);
        return value ? { kind: "value", value, start, end } : this.#fail("bad-char", token, { text: token.text });
      }
      case "string": {
        let bytes = 1;
        let last = end;
        while (cursor.token.kind === "string") {
          bytes += stringBytes(cursor.token.text)?.length ?? 0;
          last = cursor.next().end;
        }
        return {
          kind: "other",
          type: { kind: "array", of: { kind: "int", name: "char", size: 1, signed: true }, count: bytes },
          start,
          end: last,
        };
      }
      case "name": {
        const builtin = BUILTINS[token.text];
        if (builtin && cursor.ahead(1).text === "(") return this.#nested(() => this.#field(builtin));
        // An argument never starts with an instruction, so the instruction before this one is unfinished.
        if (token.known || (cursor.ahead(1).text === "(" && insnMacro(token.text))) break;
        cursor.next();
        const param = this.#params?.get(token.text);
        if (param !== undefined) return { kind: "param", index: param, start, end };
        return { kind: "name", name: token.text, start, end };
      }
      case "punct":
        if (token.text === "(") {
          return this.#nested(() => {
            cursor.next();
            if (cursor.is("{")) return this.#skipBraces(start, undefined, ")");
            const inner = this.#comma();
            if (inner.kind === "bad") return inner;
            if (!cursor.is(")")) return this.#expected("`)`");
            return { ...inner, start, end: cursor.next().end };
          });
        }
    }
    return this.#expected("a value");
  }

  #sizeof(): Node {
    const cursor = this.#cursor;
    const keyword = cursor.next();
    const { types, reporter } = this.#context;
    if (cursor.is("(") && types.startsType(cursor, 1)) {
      cursor.next();
      const type = types.parseTypeName(cursor, reporter);
      if (!type) return this.#bad();
      const end = cursor.token.end;
      if (!cursor.take(")")) return this.#expected("`)`");
      return this.#sizeNode(types.complete(type), { start: keyword.start, end }, keyword.text !== "sizeof");
    }
    const of = this.#unary();
    if (of.kind === "bad") return of;
    const span = { start: keyword.start, end: of.end };
    const type = this.#typeOf(of);
    return type
      ? this.#sizeNode(type, span, keyword.text !== "sizeof")
      : this.#fail("incomplete-type", of, { name: this.#text(of) });
  }

  /** The type of sizeof's operand. The operand is not evaluated. */
  #typeOf(node: Node): CType | undefined {
    if (node.kind === "other") return node.type;
    return typeOf(node, this.#context, []);
  }

  #sizeNode(type: CType, span: Span, align: boolean): Node {
    const { types, reporter } = this.#context;
    const size = align ? types.alignOf(type) : sizeOfType(type);
    if (size === undefined) {
      types.reportUnknown(type, span, reporter);
      return { kind: "bad", ...span };
    }
    return { kind: "value", value: { type: U64, v: BigInt(size) }, ...span };
  }

  /** Reads the arguments of offsetof and similar builtins: `(type, field.path[1])`, or `(type)`. */
  #field(builtin: Builtin): Node {
    const cursor = this.#cursor;
    const { types, reporter } = this.#context;
    const keyword = cursor.next();
    cursor.next();
    if (!types.startsType(cursor, 0)) {
      // `offsetof(__sk_buff, …)`: the keyword `struct` is missing.
      const tag = cursor.token;
      if (tag.kind === "name" && types.hasTag(tag.text)) {
        return this.#fail(
          "unknown-type-similar",
          tag,
          { name: tag.text, similar: `struct ${tag.text}` },
          `struct ${tag.text}`,
        );
      }
      return tag.kind === "name" ? this.#fail("unknown-type", tag, { name: tag.text }) : this.#expected("a type");
    }
    const typeStart = cursor.token.start;
    const parsed = types.parseTypeName(cursor, reporter);
    if (!parsed) return this.#bad();
    const typeSpan = { start: typeStart, end: cursor.behind.end };
    const path: FieldPath[] = [];
    if (builtin.takesField) {
      if (!cursor.take(",")) return this.#expected("`,` and a field");
      for (let first = true; first || cursor.is(".") || cursor.is("[") || cursor.is("->"); first = false) {
        if (cursor.take("[")) {
          const index = this.conditional();
          if (index.kind === "bad") return index;
          const value = evaluate(index, this.#context);
          if (!value) return this.#bad();
          path.push({ kind: "index", index: Number(value.v), start: index.start, end: index.end });
          if (!cursor.take("]")) return this.#expected("`]`");
          continue;
        }
        if (!first) cursor.next();
        const name = cursor.token;
        if (name.kind !== "name") return this.#expected("a field");
        cursor.next();
        path.push({ kind: "name", name: name.text, start: name.start, end: name.end });
      }
    }
    const end = cursor.token.end;
    if (!cursor.take(")")) return this.#expected("`)`");
    const span = { start: keyword.start, end };
    const type = types.complete(parsed);
    if (sizeOfType(type) === undefined) {
      types.reportUnknown(type, typeSpan, reporter);
      return { kind: "bad", ...span };
    }
    const found = walkField(type, path, keyword.text, reporter);
    const value = found && builtin.value(found.off, found.type ? sizeOfType(found.type) : undefined);
    if (!found) return { kind: "bad", ...span };
    return value
      ? { kind: "value", value, ...span }
      : this.#fail("not-a-field", span, { text: this.#text(span), builtin: keyword.text });
  }

  #skipBraces(start: number, type: CType | undefined, closer?: string): Node {
    if (!this.#cursor.skipGroup()) return this.#expected("`}`");
    if (closer && !this.#cursor.take(closer)) return this.#expected(`\`${closer}\``);
    return { kind: "other", type, start, end: this.#cursor.behind.end };
  }

  #text(span: Span): string {
    return this.#context.source.slice(span.start, span.end);
  }
  #bad(): Node {
    const { start, end } = this.#cursor.token;
    return { kind: "bad", start, end };
  }
  #expected(expected: string): Node {
    const token = this.#cursor.token;
    // If the line ended, the fault is at its end, not at the start of the next line.
    const span = token.lineStart ? this.#cursor.behind : token;
    return this.#fail("unexpected", span, { found: quoted(token), expected });
  }
  #fail(
    code: Parameters<Reporter["report"]>[0],
    span: Span,
    args: Record<string, string | number>,
    replacement?: string,
  ): Node {
    const fixes = replacement === undefined ? [] : [replaceFix(span, replacement)];
    this.#context.reporter.report(code, span, args, fixes);
    return { kind: "bad", start: span.start, end: span.end };
  }
}

interface Builtin {
  readonly takesField: boolean;
  /** The value, from offset and size of the field that was found. `undefined`: it has none. */
  readonly value: (off: number, size: number | undefined) => CValue | undefined;
}
const size64 = (v: number): CValue => ({ type: U64, v: BigInt(v) });
/** Number of bytes → BPF_B, BPF_H, BPF_W, BPF_DW (@kernel include/linux/filter.h bytes_to_bpf_size). */
const SIZE_CODE: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const sizeCode = (_: number, size: number | undefined): CValue | undefined => {
  const code = size === undefined ? undefined : SIZE_CODE[size];
  return code === undefined ? undefined : intValue(code);
};
const offsetOf: Builtin = { takesField: true, value: (off) => size64(off) };
const fieldSize: Builtin = { takesField: true, value: (_, size) => (size === undefined ? undefined : size64(size)) };
const BUILTINS: Readonly<Record<string, Builtin | undefined>> = Object.assign(Object.create(null), {
  offsetof: offsetOf,
  __builtin_offsetof: offsetOf,
  offsetofend: { takesField: true, value: (off, size) => (size === undefined ? undefined : size64(off + size)) },
  sizeof_field: fieldSize,
  FIELD_SIZEOF: fieldSize,
  BPF_FIELD_SIZEOF: { takesField: true, value: sizeCode },
  BPF_SIZEOF: { takesField: false, value: sizeCode },
} satisfies Record<string, Builtin>);
export const BUILTIN_NAMES: readonly string[] = ["sizeof", ...Object.keys(BUILTINS)];

function fieldTypeOf(node: Node, name: string): CType | undefined {
  let type = node.kind === "other" ? node.type : node.kind === "cast" ? node.type : undefined;
  if (type?.kind === "pointer") type = type.to;
  return type?.kind === "struct" ? type.fields.find((field) => field.name === name)?.type : undefined;
}
