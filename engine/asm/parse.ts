// Parses a whole file. It finds the lists of instructions, wherever in C they stand (in an array, a test's record, a function's
// body, or with nothing around them), and the declarations that they use. Other C is skipped. What is not C is reported.
import type { Span } from "../base/span.ts";
import { insnMacro } from "../isa/macros.ts";
import { type CType, sizeOfType, stringBytes } from "./ctype.ts";
import { type Cursor, quoted } from "./cursor.ts";
import { attributes, type Declared, parseDeclarator, parseTypeOrBody, skipAttributes } from "./declare.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expr.ts";
import type { ExprContext } from "./node.ts";
import { parseList, startsInsn } from "./parse-list.ts";
import type { Argument, ParsedMap, ParsedProgram, Setting } from "./program.ts";
import type { Token } from "./token.ts";

export interface Parsed {
  readonly programs: ParsedProgram[];
  readonly maps: ParsedMap[];
  license: string | undefined;
}

const SPECIFIERS = new Set(
  "static extern const inline register volatile __always_inline auto __noinline typedef".split(" "),
);
const CHECKED = new Set(["expected_insns", "unexpected_insns"]);

export function parse(cursor: Cursor, context: ExprContext, declared: Declared): Parsed {
  const parsed: Parsed = { programs: [], maps: [], license: undefined };
  new Scanner(cursor, context, declared, parsed).file();
  return parsed;
}

class Scanner {
  readonly #cursor: Cursor;
  readonly #context: ExprContext;
  readonly #declared: Declared;
  readonly #parsed: Parsed;
  #bare: ParsedProgram | undefined;

  constructor(cursor: Cursor, context: ExprContext, declared: Declared, parsed: Parsed) {
    this.#cursor = cursor;
    this.#context = context;
    this.#declared = declared;
    this.#parsed = parsed;
  }

  file(): void {
    const cursor = this.#cursor;
    while (!cursor.done) {
      const { token } = cursor;
      if (token.kind === "name" && (this.#declaration() || this.#outsideCall())) continue;
      const label = token.kind === "name" && cursor.ahead(1).text === ":" && cursor.ahead(2).text !== ":";
      if (startsInsn(cursor) || label || (this.#bare && token.text === ",")) {
        const program = this.#bareProgram(token);
        parseList(cursor, this.#context, program.items, true);
        program.span = { start: program.span.start, end: cursor.behind.end };
        continue;
      }
      if (token.text === "{") {
        this.#record(undefined);
        continue;
      }
      if (token.text === "," || token.text === ";" || token.text === "}") {
        cursor.next();
        continue;
      }
      if (token.text === "." && cursor.ahead(1).kind === "name" && cursor.ahead(2).text === "=") {
        // The members of a record without its braces: `.insns = { … }`.
        this.#recordBody(cursor.tokens.length, undefined, []);
        continue;
      }
      if (token.kind === "name") {
        // Most likely a misspelt macro. The parser of lists reports it, with a guess.
        const before = cursor.at;
        parseList(cursor, this.#context, this.#bareProgram(token).items, true);
        if (cursor.at > before) continue;
      }
      this.#context.reporter.report("unexpected", token, { found: quoted(token), expected: "an instruction" });
      cursor.next();
      while (!cursor.done && !cursor.token.lineStart && !startsInsn(cursor)) cursor.next();
    }
  }

  #bareProgram(token: Token): ParsedProgram {
    if (!this.#bare) {
      this.#bare = { name: undefined, span: { start: token.start, end: token.end }, items: [], settings: [] };
      this.#parsed.programs.unshift(this.#bare);
    }
    return this.#bare;
  }

  /** Skips calls outside functions that are no instructions: `MODULE_LICENSE("GPL");`, `SEC("xdp")`. */
  #outsideCall(): boolean {
    const cursor = this.#cursor;
    if (cursor.ahead(1).text !== "(" || insnMacro(cursor.token.text) || startsInsn(cursor)) return false;
    const close = cursor.closing(cursor.at + 1);
    if (close < 0) return false;
    const behind = cursor.tokens[close + 1]?.text;
    const quoted = cursor.ahead(2).kind === "string";
    if (behind !== ";" && behind !== "{" && !quoted) return false;
    cursor.at = close + 1;
    if (behind === "{") this.#body();
    return true;
  }

  /** Reads the declaration that starts here. `false`: there is none, and nothing was read. */
  #declaration(): boolean {
    const cursor = this.#cursor;
    const { types } = this.#context;
    const from = cursor.at;
    const { text } = cursor.token;
    const next = cursor.ahead(1);
    // Two names in a row on one line are a type and the name that is declared.
    const plain = next.kind === "name" && !next.lineStart && !startsInsn(cursor) && !startsInsn(cursor, 1);
    if (!SPECIFIERS.has(text) && !types.startsType(cursor, 0) && !plain && text !== "__attribute__") return false;
    let typedef = false;
    let isConst = false;
    for (;;) {
      skipAttributes(cursor);
      const word = cursor.token.text;
      if (!SPECIFIERS.has(word)) break;
      typedef ||= word === "typedef";
      isConst ||= word === "const";
      cursor.next();
    }
    const insns = cursor.is("struct") && cursor.ahead(1).text === "bpf_insn" && cursor.ahead(2).text !== "{";
    const braces = cursor.at;
    const base = parseTypeOrBody(cursor, this.#context, this.#declared);
    if (!base) {
      // The type is not known: skip to the end of the declaration.
      if (cursor.at === from) cursor.next();
      while (cursor.token.kind === "name" && !cursor.token.lineStart) cursor.next();
    }
    const bodyOf =
      cursor.tokens[braces + 1]?.text === "{" && cursor.tokens[braces]?.text === "struct" ? braces + 1 : -1;
    for (;;) {
      if (cursor.take(";")) return true;
      if (cursor.done || startsInsn(cursor)) {
        // Words that C cannot have here: prose, or an unfinished line.
        if (plain && !base) {
          const first = cursor.tokens[from] as Token;
          this.#context.reporter.report("unexpected", first, { found: quoted(first), expected: "an instruction" });
        }
        return true;
      }
      const sectionBefore = this.#section();
      const nameToken = cursor.token;
      const member = parseDeclarator(cursor, this.#context, base ?? { kind: "opaque", name: "void" });
      const section = this.#section() ?? sectionBefore;
      attributes(cursor, this.#context);
      const { name } = member;
      if (typedef && name !== undefined) types.defineTypedef(name, member.type, nameToken);
      if (bodyOf >= 0 && name !== undefined && section?.includes("maps")) this.#btfMap(name, nameToken, bodyOf);
      if (cursor.is("(")) {
        if (!cursor.skipGroup()) return true;
        skipAttributes(cursor);
        if (cursor.is("{")) {
          this.#body();
          return true;
        }
      } else if (cursor.take("=")) this.#initialiser(name, nameToken, member.type, insns, isConst);
      if (cursor.take(",")) continue;
      if (cursor.take(";")) return true;
      if (cursor.done) return true;
      // The token here does not belong to a declaration.
      if (cursor.at === from) cursor.next();
      if (!startsInsn(cursor) && !cursor.token.lineStart) cursor.next();
      return true;
    }
  }

  /** Reads `SEC(".maps")` or `__section("maps")`. Returns the name of the section. */
  #section(): string | undefined {
    const cursor = this.#cursor;
    let found: string | undefined;
    while (/^(?:SEC|__section|__maybe_unused|__weak|__hidden)$/.test(cursor.token.text)) {
      if (cursor.ahead(1).text === "(" && cursor.ahead(2).kind === "string") found = cursor.ahead(2).text.slice(1, -1);
      cursor.next();
      if (cursor.is("(") && !cursor.skipGroup()) break;
    }
    return found;
  }

  #initialiser(name: string | undefined, nameToken: Token, type: CType, insns: boolean, isConst: boolean): void {
    const cursor = this.#cursor;
    // `(struct bpf_insn[]) { … }`
    const literal =
      cursor.is("(") &&
      cursor.ahead(1).text === "struct" &&
      cursor.ahead(2).text === "bpf_insn" &&
      cursor.ahead(3).text === "[";
    if (literal) cursor.skipGroup();
    if (cursor.is("{")) {
      if (insns || literal || (type.kind === "array" && startsInsn(cursor, 1))) this.#list(name, nameToken, []);
      else if (type.kind === "opaque" && /bpf_map_def|bpf_elf_map/.test(type.name)) this.#mapDef(name ?? "", nameToken);
      else this.#record(name);
      return;
    }
    if (cursor.token.kind === "string") {
      const bytes = stringBytes(cursor.token.text);
      if (/license/i.test(name ?? "") && bytes) this.#parsed.license = String.fromCharCode(...bytes);
      while (cursor.token.kind === "string") cursor.next();
      return;
    }
    const from = cursor.at;
    const node = parseExpression(cursor, { ...this.#context, reporter: QUIET });
    if (node.kind === "bad" || !(cursor.is(";") || cursor.is(","))) {
      cursor.at = Math.max(from, cursor.at);
      while (!cursor.done && !cursor.is(";") && !cursor.is("}") && !(cursor.token.lineStart && startsInsn(cursor))) {
        if (!((cursor.is("(") || cursor.is("{")) && cursor.skipGroup())) cursor.next();
      }
      return;
    }
    if (!isConst || name === undefined || type.kind !== "int") return;
    const value = evaluate(node, { ...this.#context, reporter: QUIET });
    if (!value) return;
    this.#declared.constants.set(name, value);
    this.#declared.constantSpans.set(name, { start: nameToken.start, end: nameToken.end });
  }

  /** Reads a list of instructions in braces. */
  #list(name: string | undefined, at: Span, settings: Setting[]): ParsedProgram {
    const cursor = this.#cursor;
    const open = cursor.next();
    const program: ParsedProgram = { name, span: { start: at.start, end: open.end }, items: [], settings };
    parseList(cursor, this.#context, program.items, false);
    if (!cursor.take("}")) this.#context.reporter.report("missing-brace", open);
    program.span = { start: at.start, end: cursor.behind.end };
    this.#parsed.programs.push(program);
    return program;
  }

  /** Reads a function's body. Only arrays of instructions in it are used. */
  #body(): void {
    const cursor = this.#cursor;
    const close = cursor.closing(cursor.at);
    if (close < 0) {
      this.#context.reporter.report("missing-brace", cursor.token);
      cursor.next();
      return;
    }
    cursor.next();
    while (cursor.at < close) {
      const at = cursor.at;
      const insns = cursor.is("struct") && cursor.ahead(1).text === "bpf_insn";
      const literal =
        cursor.is("(") &&
        cursor.ahead(1).text === "struct" &&
        cursor.ahead(2).text === "bpf_insn" &&
        cursor.ahead(3).text === "[";
      if (literal) {
        const name =
          cursor.tokens[at - 2]?.kind === "name" && cursor.tokens[at - 1]?.text === "="
            ? cursor.tokens[at - 2]
            : undefined;
        cursor.skipGroup();
        if (cursor.is("{")) this.#list(name?.text, name ?? cursor.token, []);
      } else if (insns && cursor.ahead(2).text !== ")") {
        cursor.next();
        cursor.next();
        const name = parseDeclarator(cursor, this.#context, { kind: "opaque", name: "struct bpf_insn" }).name;
        if (cursor.take("=") && cursor.is("{")) this.#list(name, cursor.token, []);
      } else if (/^(?:struct|union|enum|static|const)$/.test(cursor.token.text)) {
        this.#declaration();
      }
      if (cursor.at === at) cursor.next();
    }
    cursor.at = Math.max(cursor.at, close + 1);
  }

  /** Reads braces around a list of instructions, around a test's record, or around many records. */
  #record(name: string | undefined): void {
    const cursor = this.#cursor;
    const open = cursor.token;
    const close = cursor.closing(cursor.at);
    if (
      startsInsn(cursor, 1) ||
      (cursor.ahead(1).kind === "name" && cursor.ahead(2).text === ":" && cursor.ahead(3).text !== ":")
    ) {
      this.#list(name, open, []);
      return;
    }
    if (close < 0 || cursor.depth > 60) {
      this.#context.reporter.report("missing-brace", open);
      cursor.next();
      return;
    }
    cursor.next();
    cursor.depth++;
    this.#recordBody(close, name, []);
    cursor.depth--;
    cursor.at = Math.max(cursor.at, close + 1);
  }

  #recordBody(end: number, outerName: string | undefined, settings: Setting[]): void {
    const cursor = this.#cursor;
    let name = outerName;
    while (cursor.at < end) {
      const at = cursor.at;
      const { token } = cursor;
      if (token.kind === "string") {
        name = "";
        while (cursor.at < end && cursor.token.kind === "string") name += unescapeText(cursor.next().text);
      } else if (token.text === "." && cursor.ahead(1).kind === "name") {
        let field = cursor.ahead(1);
        cursor.at += 2;
        while (cursor.is(".") && cursor.ahead(1).kind === "name") {
          field = cursor.ahead(1);
          cursor.at += 2;
        }
        if (!cursor.take("=")) continue;
        if (cursor.is("{")) {
          if (CHECKED.has(field.text)) cursor.skipGroup();
          else if (/insns/.test(field.text) || startsInsn(cursor, 1)) this.#list(name, token, settings);
          else if (/^fixup_|^func_info$/.test(field.text)) settings.push(this.#values(field));
          else if (!cursor.skipGroup()) cursor.next();
        } else if (/^(?:prog_type|expected_attach_type|flags|result|errstr|retval)$/.test(field.text))
          settings.push(this.#value(field));
        else this.#toComma(end);
      } else if (token.text === "{") this.#record(name);
      else this.#toComma(end);
      if (cursor.at === at) cursor.next();
    }
  }

  #toComma(end: number): void {
    const cursor = this.#cursor;
    while (cursor.at < end && !cursor.is(",") && !cursor.is("}") && !cursor.is("{")) {
      if (!(cursor.is("(") && cursor.skipGroup())) cursor.next();
    }
  }

  #value(field: Token): Setting {
    const cursor = this.#cursor;
    const { start } = cursor.token;
    const node = parseExpression(cursor, { ...this.#context, reporter: QUIET });
    const value: Argument = { node, start, end: cursor.behind.end };
    return { name: field.text, values: [value], start: field.start, end: cursor.behind.end };
  }

  #values(field: Token): Setting {
    const cursor = this.#cursor;
    const close = cursor.closing(cursor.at);
    const values: Argument[] = [];
    cursor.next();
    while (cursor.at < close) {
      const { start } = cursor.token;
      const node = parseExpression(cursor, { ...this.#context, reporter: QUIET });
      if (node.kind === "bad") break;
      values.push({ node, start, end: cursor.behind.end });
      cursor.take(",");
    }
    cursor.at = Math.max(cursor.at, close + 1);
    return { name: field.text, values, start: field.start, end: cursor.behind.end };
  }

  /** `struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); … } name SEC(".maps");` */
  #btfMap(name: string, at: Span, open: number): void {
    const cursor = this.#cursor;
    const resume = cursor.at;
    const close = cursor.closing(open);
    const found: { name: string; value: number | string | undefined; span: Span }[] = [];
    cursor.at = open + 1;
    while (cursor.at < close) {
      const word = cursor.token;
      if (/^__(?:uint|ulong|type|array)$/.test(word.text) && cursor.ahead(1).text === "(") {
        const end = cursor.closing(cursor.at + 1);
        const attribute = cursor.ahead(2);
        cursor.at += 4;
        const quiet = { ...this.#context, reporter: QUIET };
        if (word.text === "__type") {
          const type = this.#context.types.parseTypeName(cursor, QUIET);
          const size = type && sizeOfType(this.#context.types.complete(type));
          found.push({
            name: `${attribute.text}_size`,
            value: size,
            span: { start: word.start, end: cursor.behind.end },
          });
        } else {
          const value = this.#mapValue(quiet);
          found.push({ name: attribute.text, value, span: { start: word.start, end: cursor.behind.end } });
        }
        cursor.at = Math.max(cursor.at, end + 1);
      } else cursor.next();
    }
    cursor.at = resume;
    this.#parsed.maps.push({ name, attributes: found, start: at.start, end: at.end });
  }

  /** `struct bpf_map_def SEC("maps") name = { .type = …, .key_size = …, … };` */
  #mapDef(name: string, at: Span): void {
    const cursor = this.#cursor;
    const close = cursor.closing(cursor.at);
    if (close < 0) return;
    const found: { name: string; value: number | string | undefined; span: Span }[] = [];
    cursor.next();
    while (cursor.at < close) {
      if (cursor.take(".")) {
        const attribute = cursor.next();
        if (cursor.take("=")) {
          const value = this.#mapValue({ ...this.#context, reporter: QUIET });
          found.push({ name: attribute.text, value, span: { start: attribute.start, end: cursor.behind.end } });
        }
      } else cursor.next();
    }
    cursor.at = close + 1;
    this.#parsed.maps.push({ name, attributes: found, start: at.start, end: at.end });
  }

  #mapValue(context: ExprContext): number | string | undefined {
    const { token } = this.#cursor;
    const node = parseExpression(this.#cursor, context);
    const value = node.kind === "bad" ? undefined : evaluate(node, context);
    return value ? Number(value.v) : token.text;
  }
}

const unescapeText = (quoted: string): string => String.fromCharCode(...(stringBytes(quoted) ?? []));

/** Ignores errors in C code around the program. */
const QUIET = { report: () => undefined, similar: () => undefined } as unknown as ExprContext["reporter"];
