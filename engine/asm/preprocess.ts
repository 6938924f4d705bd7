// The C preprocessor, which works on tokens: #define with and without parameters, # and ##, #if and its relatives. #include and
// #pragma are skipped. Macros are expanded as in gcc: a macro is not replaced within itself, and its name found there is
// never replaced later. A budget of tokens limits the work for any text.
import type { Span } from "../base/span.ts";
import { truthy } from "./ctype.ts";
import { Cursor, quoted } from "./cursor.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expr.ts";
import { lex, splitAgain } from "./lex.ts";
import type { Reporter } from "./messages.ts";
import type { ExprContext } from "./node.ts";
import { type Site, Token } from "./token.ts";

export interface Define {
  readonly name: string;
  /** Absent: the macro is used without parentheses. */
  readonly params: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly body: readonly Token[];
  /** The name in `#define name`. `undefined`: the macro is predefined. */
  readonly span: Span | undefined;
  /** Places where the source uses the macro. */
  readonly uses: Span[];
}

export interface Preprocessed {
  readonly tokens: Token[];
  /** Every #define of the source, in order. */
  readonly defines: readonly Define[];
}

export interface PreprocessOptions {
  readonly predefined: (name: string) => Define | undefined;
  /** Whether #ifdef takes this name as defined although it is no macro of the source and not predefined. */
  readonly known: (name: string) => boolean;
}

export function makeDefine(name: string, params: readonly string[] | undefined, body: string): Define {
  return {
    name,
    params,
    variadic: params?.includes("__VA_ARGS__") ?? false,
    body: lex(body).tokens,
    span: undefined,
    uses: [],
  };
}

const BUDGET = 1_000_000;
const MAX_NESTING = 64;

interface Conditional {
  readonly token: Token;
  /** A branch of this #if was already taken. */
  taken: boolean;
  active: boolean;
  readonly outer: boolean;
  sawElse: boolean;
}

export function preprocess(tokens: readonly Token[], context: ExprContext, options: PreprocessOptions): Preprocessed {
  return new Preprocessor(tokens, context, options).run();
}

class Preprocessor {
  readonly #tokens: readonly Token[];
  readonly #context: ExprContext;
  readonly #reporter: Reporter;
  readonly #options: PreprocessOptions;
  readonly #macros = new Map<string, Define | undefined>();
  readonly #defines: Define[] = [];
  readonly #stack: Conditional[] = [];
  readonly #out: Token[] = [];
  #budget = BUDGET;
  #exhausted = false;
  #unclosed = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[], context: ExprContext, options: PreprocessOptions) {
    this.#tokens = thawed(tokens, context.source);
    this.#context = context;
    this.#reporter = context.reporter;
    this.#options = options;
  }

  run(): Preprocessed {
    const tokens = this.#tokens;
    let at = 0;
    let textStart = 0;
    const flush = (end: number) => {
      if (end > textStart && this.#active()) this.#expandRange(textStart, end);
    };
    while (at < tokens.length) {
      const token = tokens[at] as Token;
      if (!(token.lineStart && token.text === "#" && token.kind === "punct")) {
        at++;
        continue;
      }
      flush(at);
      let end = at + 1;
      while (end < tokens.length && !(tokens[end] as Token).lineStart) end++;
      this.#directive(token, tokens.slice(at + 1, end));
      at = end;
      textStart = end;
    }
    flush(tokens.length);
    for (const open of this.#stack)
      this.#reporter.report("unterminated-conditional", open.token, { name: open.token.text });
    return { tokens: this.#out, defines: this.#defines };
  }

  #active(): boolean {
    const top = this.#stack.at(-1);
    return top === undefined || top.active;
  }

  #macro(name: string): Define | undefined {
    if (this.#macros.size > 0 && this.#macros.has(name)) return this.#macros.get(name);
    return this.#options.predefined(name);
  }

  #directive(hash: Token, line: readonly Token[]): void {
    const [keyword, ...rest] = line;
    if (!keyword) return;
    const top = this.#stack.at(-1);
    switch (keyword.text) {
      case "if":
      case "ifdef":
      case "ifndef": {
        const outer = this.#active();
        const value = outer && this.#condition(keyword, rest);
        this.#stack.push({ token: keyword, taken: value, active: value, outer, sawElse: false });
        return;
      }
      case "elif":
      case "else":
      case "endif":
        if (!top) {
          this.#reporter.report("unbalanced-conditional", keyword, { name: keyword.text });
        } else if (keyword.text === "endif") {
          this.#stack.pop();
        } else {
          if (top.sawElse) this.#reporter.report("unbalanced-conditional", keyword, { name: keyword.text });
          const value = top.outer && !top.taken && (keyword.text === "else" || this.#condition(keyword, rest));
          top.active = value;
          top.taken ||= value;
          if (keyword.text === "else") top.sawElse = true;
        }
        return;
    }
    if (!this.#active()) return;
    switch (keyword.text) {
      case "define":
        this.#define(hash, rest);
        return;
      case "undef":
        if (rest[0]?.kind === "name") this.#macros.set(rest[0].text, undefined);
        return;
      case "error":
        this.#reporter.report("error-directive", keyword, { text: rest.map((t) => t.text).join(" ") });
        return;
      case "include":
      case "include_next":
      case "pragma":
      case "line":
      case "warning":
      case "ident":
        return;
      default:
        this.#reporter.report("unknown-preprocessor", keyword, { name: keyword.text });
    }
  }

  #define(hash: Token, rest: readonly Token[]): void {
    const name = rest[0];
    if (name?.kind !== "name") {
      this.#reporter.report("bad-define", name ?? hash);
      return;
    }
    let params: string[] | undefined;
    let variadic = false;
    let body = 1;
    const open = rest[1];
    if (open?.text === "(" && !open.spaced) {
      params = [];
      let at = 2;
      for (; at < rest.length; at++) {
        const { text, kind } = rest[at] as Token;
        if (text === ")") break;
        if (text === ",") continue;
        if (text === "...") {
          variadic = true;
          // In gcc's `args...` the rest is called `args` instead of __VA_ARGS__.
          if (rest[at - 1]?.kind !== "name" || rest[at - 1] === undefined || at === 2 || rest[at - 1]?.text === ",")
            params.push("__VA_ARGS__");
        } else if (kind === "name") params.push(text);
        else {
          this.#reporter.report("bad-define", rest[at] as Token);
          return;
        }
      }
      if (at === rest.length) {
        this.#reporter.report("bad-define", open);
        return;
      }
      body = at + 1;
    }
    const define: Define = {
      name: name.text,
      params,
      variadic,
      body: rest.slice(body),
      span: { start: name.start, end: name.end },
      uses: [],
    };
    this.#defines.push(define);
    this.#macros.set(define.name, define);
  }

  #condition(keyword: Token, rest: readonly Token[]): boolean {
    const isDefined = (name: string) => this.#macro(name) !== undefined || this.#options.known(name);
    if (keyword.text !== "if" && keyword.text !== "elif") {
      const name = rest[0];
      if (name?.kind !== "name") {
        this.#reporter.report("unexpected", name ?? keyword, {
          found: name ? quoted(name) : "the end of the line",
          expected: "a name",
        });
        return false;
      }
      return isDefined(name.text) === (keyword.text === "ifdef");
    }
    // `defined X` is evaluated before macros are expanded.
    const answered: Token[] = [];
    for (let i = 0; i < rest.length; i++) {
      const token = rest[i] as Token;
      if (token.text !== "defined") {
        answered.push(token);
        continue;
      }
      const bracketed = rest[i + 1]?.text === "(";
      const name = rest[i + (bracketed ? 2 : 1)];
      answered.push(
        new Token("number", name && isDefined(name.text) ? "1" : "0", token.start, name?.end ?? token.end, false, true),
      );
      i += bracketed ? 3 : 1;
    }
    const expanded: Token[] = [];
    this.#expand(answered, expanded, undefined);
    const cursor = new Cursor(expanded, rest.at(-1)?.end ?? keyword.end);
    const context = { ...this.#context, unknownIsZero: true };
    const node = parseExpression(cursor, context);
    if (node.kind === "bad") return false;
    if (!cursor.done) {
      this.#reporter.report("unexpected", cursor.token, {
        found: quoted(cursor.token),
        expected: "the end of the line",
      });
      return false;
    }
    const value = evaluate(node, context);
    return value !== undefined && truthy(value);
  }

  #expandRange(start: number, end: number): void {
    const tokens = this.#tokens;
    // Runs of tokens without a macro are copied. Most sources are one such run.
    let from = start;
    for (let at = start; at < end; at++) {
      const token = tokens[at] as Token;
      if (token.kind !== "name" || token.known || this.#macro(token.text) === undefined) continue;
      for (; from < at; from++) this.#out.push(tokens[from] as Token);
      const used = this.#expandOne(tokens, at, end, this.#out, undefined);
      at += used - 1;
      from = at + 1;
    }
    for (; from < end; from++) this.#out.push(tokens[from] as Token);
  }

  #expand(tokens: readonly Token[], out: Token[], site: Site | undefined): void {
    for (let at = 0; at < tokens.length; ) at += this.#expandOne(tokens, at, tokens.length, out, site);
  }

  /** Appends the replacement of one token or macro use to `out`. Returns the number of tokens that it replaced. */
  #expandOne(tokens: readonly Token[], at: number, end: number, out: Token[], site: Site | undefined): number {
    const token = tokens[at] as Token;
    if (token.kind !== "name" || token.noExpand) {
      out.push(token);
      return 1;
    }
    const macro = this.#macro(token.text);
    if (!macro) {
      out.push(token);
      return 1;
    }
    let used = this.#replace(macro, tokens, at, end, out, site, new Set());
    // The replacement may end with the name of a macro whose parentheses follow in the text.
    for (;;) {
      const last = out.at(-1);
      if (!last || last.site === undefined || last.kind !== "name" || last.noExpand || tokens[at + used]?.text !== "(")
        return used;
      const next = this.#macro(last.text);
      if (!next?.params || next === macro) return used;
      out.pop();
      const more = [last, ...tokens.slice(at + used, Math.min(end, at + used + 4096))];
      const taken = this.#replace(next, more, 0, more.length, out, last.site, new Set());
      if (taken === 1) return used;
      used += taken - 1;
    }
  }

  /**
   * Replaces the macro use at `at` and rescans the result together with the tokens that follow, until the result is used up.
   * `hidden`: names of the macros that are being replaced around it.
   */
  #replace(
    macro: Define,
    tokens: readonly Token[],
    at: number,
    end: number,
    out: Token[],
    outer: Site | undefined,
    hidden: Set<string>,
  ): number {
    const token = tokens[at] as Token;
    let used = 1;
    let args: Token[][] = [];
    if (macro.params) {
      if (at + 1 >= end || (tokens[at + 1] as Token).text !== "(" || this.#unclosed > 16) {
        out.push(token);
        return 1;
      }
      const read = this.#arguments(macro, tokens, at, end);
      if (!read) {
        out.push(token);
        return 1;
      }
      args = read.args;
      used = read.used;
    }
    if (macro.span && !outer) macro.uses.push({ start: token.start, end: token.end });
    if (this.#nesting >= MAX_NESTING) {
      this.#reporter.report("too-deep", outer ?? token, { limit: MAX_NESTING });
      out.push(token);
      return used;
    }
    const last = tokens[at + used - 1] as Token;
    const site: Site = outer ?? { name: macro.name, start: token.start, end: last.end };
    this.#nesting++;
    const body = this.#substitute(macro, args, token, site, hidden);
    const inner = new Set(hidden).add(macro.name);
    this.#rescan(body, out, site, inner);
    this.#nesting--;
    return used;
  }

  #rescan(body: readonly Token[], out: Token[], site: Site, hidden: Set<string>): void {
    for (let at = 0; at < body.length; ) {
      const token = body[at] as Token;
      if (--this.#budget <= 0) {
        if (!this.#exhausted) this.#reporter.report("expansion-limit", site, { limit: BUDGET });
        this.#exhausted = true;
        return;
      }
      const macro = token.kind === "name" && !token.noExpand ? this.#macro(token.text) : undefined;
      if (!macro) {
        out.push(token);
        at++;
      } else if (hidden.has(token.text)) {
        const fixed = new Token(
          token.kind,
          token.text,
          token.start,
          token.end,
          token.lineStart,
          token.spaced,
          token.site,
        );
        fixed.noExpand = true;
        out.push(fixed);
        at++;
      } else at += this.#replace(macro, body, at, body.length, out, site, hidden);
    }
  }

  #arguments(
    macro: Define,
    tokens: readonly Token[],
    at: number,
    end: number,
  ): { args: Token[][]; used: number } | undefined {
    const params = macro.params as readonly string[];
    const args: Token[][] = [[]];
    let depth = 0;
    let i = at + 1;
    for (; i < end; i++) {
      const token = tokens[i] as Token;
      if (--this.#budget <= 0) return undefined;
      if (token.known) {
        // All commas of a known line are within its own parentheses, so it is part of one argument.
        (args.at(-1) as Token[]).push(...splitAgain(token, this.#context.source));
        continue;
      }
      if (token.kind === "punct") {
        if (token.text === "(" || token.text === "[" || token.text === "{") {
          if (token.text === "(") depth++;
          if (depth === 1 && token.text === "(" && i === at + 1) continue;
        } else if (token.text === ")") {
          if (--depth === 0) break;
        } else if (token.text === "," && depth === 1 && !(macro.variadic && args.length === params.length)) {
          args.push([]);
          continue;
        }
      }
      (args.at(-1) as Token[]).push(token);
    }
    const name = tokens[at] as Token;
    if (i === end) {
      this.#unclosed++;
      this.#reporter.report("macro-unterminated", name, { name: macro.name });
      return undefined;
    }
    const used = i - at + 1;
    if (params.length === 0 && args.length === 1 && (args[0] as Token[]).length === 0) return { args: [], used };
    if (macro.variadic && args.length === params.length - 1) args.push([]);
    if (args.length !== params.length) {
      this.#reporter.report("macro-arguments", name, { name: macro.name, expected: params.length, found: args.length });
      if (args.length < params.length) return undefined;
    }
    return { args, used };
  }

  /** The body with its parameters replaced by the arguments: as written beside # and ##, expanded elsewhere. */
  #substitute(macro: Define, args: readonly Token[][], use: Token, site: Site, hidden: Set<string>): Token[] {
    const params = macro.params ?? [];
    const expanded: (Token[] | undefined)[] = [];
    const out: Token[] = [];
    const { body } = macro;
    // A token of the body gets the place of the macro's use. A token of an argument keeps its own place.
    const placed = (token: Token, text = token.text, kind = token.kind) =>
      new Token(kind, text, site.start, site.end, out.length === 0 && use.lineStart, token.spaced, site);
    for (let i = 0; i < body.length; i++) {
      if (--this.#budget <= 0) return out;
      const token = body[i] as Token;
      const next = body[i + 1];
      if (token.text === "#" && macro.params && next) {
        const index = params.indexOf(next.text);
        if (index >= 0) {
          out.push(placed(token, stringify(args[index] ?? []), "string"));
          i++;
          continue;
        }
      }
      if (token.text === "##" && out.length > 0 && next) {
        const index = params.indexOf(next.text);
        const right = index >= 0 ? (args[index] ?? []) : [next];
        const left = out.pop() as Token;
        const first = right[0];
        if (!first) {
          // gcc's `, ##__VA_ARGS__`: if the rest is empty, the comma is dropped.
          if (left.text !== ",") out.push(left);
        } else if (left.text === "," && next.text === "__VA_ARGS__") out.push(left, ...right);
        else {
          for (const [n, joined] of lex(left.text + first.text).tokens.entries()) {
            out.push(new Token(joined.kind, joined.text, site.start, site.end, false, n === 0 && left.spaced, site));
          }
          for (const more of right.slice(1)) out.push(more);
        }
        i++;
        continue;
      }
      const index = token.kind === "name" ? params.indexOf(token.text) : -1;
      if (index < 0) {
        out.push(placed(token));
        continue;
      }
      const arg = args[index] ?? [];
      if (next?.text === "##") {
        for (const t of arg) out.push(this.#within(t, site));
        // If the left side of ## is empty, there is nothing to join.
        if (arg.length === 0) i++;
        continue;
      }
      let full = expanded[index];
      if (!full) {
        full = [];
        this.#rescanArgument(arg, full, site, hidden);
        expanded[index] = full;
      }
      for (const t of full) out.push(this.#within(t, site));
    }
    return out;
  }

  /** A copy of the token that remembers the macro use `site`. */
  #within(token: Token, site: Site): Token {
    this.#budget--;
    const made = new Token(token.kind, token.text, token.start, token.end, token.lineStart, token.spaced, site);
    made.noExpand = token.noExpand;
    return made;
  }

  #rescanArgument(arg: readonly Token[], out: Token[], site: Site, hidden: Set<string>): void {
    if (!arg.some((token) => token.kind === "name" && this.#macro(token.text) !== undefined)) {
      for (const token of arg) out.push(token);
      return;
    }
    for (const token of arg) {
      // Uses inside arguments count too, for rename and "go to definition".
      const macro = token.kind === "name" ? this.#macro(token.text) : undefined;
      if (macro?.span && token.site === undefined) macro.uses.push({ start: token.start, end: token.end });
    }
    this.#rescan(arg, out, site, hidden);
  }
}

/**
 * Splits known lines (known-lines.ts) into tokens again where they may mean something else: if the source defines one of their
 * names, and in bodies of types.
 */
function thawed(tokens: readonly Token[], source: string): readonly Token[] {
  if (!tokens.some(({ known }) => known)) return tokens;
  const defined = new Set<string>();
  const inType = new Set<Token>();
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const { text, kind, known } = tokens[i] as Token;
    if (known) {
      if (depth > 0) inType.add(tokens[i] as Token);
    } else if (kind === "name") {
      if (depth === 0 && /^(?:enum|struct|union)$/.test(text))
        depth = tokens[i + 1]?.text === "{" || tokens[i + 2]?.text === "{" ? OPENING : 0;
      else if (/^(?:define|undef)$/.test(text) && tokens[i - 1]?.text === "#") defined.add(tokens[i + 1]?.text ?? "");
    } else if (depth !== 0 && text === "{") depth = depth === OPENING ? 1 : depth + 1;
    else if (depth > 0 && text === "}") depth--;
  }
  if (defined.size === 0 && inType.size === 0) return tokens;
  return tokens.flatMap((token) =>
    inType.has(token) || token.known?.names.some((name) => defined.has(name)) ? splitAgain(token, source) : [token],
  );
}
/** Depth while the opening brace of a type's body is still to come. */
const OPENING = -1;

const stringify = (tokens: readonly Token[]): string => {
  let text = "";
  for (const [i, token] of tokens.entries()) {
    if (i > 0 && token.spaced) text += " ";
    text += token.kind === "string" || token.kind === "char" ? token.text.replace(/[\\"]/g, "\\$&") : token.text;
  }
  return `"${text}"`;
};
