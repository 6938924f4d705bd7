// Parses a list of instructions: macros, braced initialisers, compound literals and labels, with commas between them. A fault is
// reported at its place, and parsing goes on with the next instruction.
import type { Span } from "../base/span.ts";
import { INSN_MACROS, type InsnMacro, insnMacro } from "../isa/macros.ts";
import { type Cursor, MAX_DEPTH, quoted } from "./cursor.ts";
import { parseExpression } from "./expr.ts";
import { fixOf, replaceFix } from "./messages.ts";
import type { ExprContext, Node } from "./node.ts";
import type { Argument, FieldName, Item } from "./program.ts";
import type { Token } from "./token.ts";

const MEMBERS: Readonly<Record<string, FieldName>> = {
  code: "code",
  dst_reg: "dst",
  src_reg: "src",
  off: "off",
  imm: "imm",
};
const MEMBER_ORDER: readonly FieldName[] = ["code", "dst", "src", "off", "imm"];
const CLASSIC = new Set(["BPF_STMT", "BPF_JUMP", "__BPF_STMT", "__BPF_JUMP"]);
const DECLARATION = new Set([
  "struct",
  "union",
  "enum",
  "typedef",
  "static",
  "extern",
  "const",
  "int",
  "void",
  "char",
  "long",
  "unsigned",
  "return",
  "SEC",
]);

/** Whether an instruction begins here, or a name that was meant as one. */
export function startsInsn(cursor: Cursor, ahead = 0): boolean {
  const token = cursor.ahead(ahead);
  const next = cursor.ahead(ahead + 1);
  if (token.kind === "name")
    return (
      insnMacro(token.text) !== undefined ||
      ((CLASSIC.has(token.text) || /^_*BPF_[A-Z]/.test(token.text)) && next.text === "(")
    );
  if (token.text === "{") {
    if (next.text === "." && cursor.ahead(ahead + 2).text in MEMBERS) return true;
    return next.text === "}" ? false : positional(cursor, cursor.at + ahead);
  }
  if (token.text === "(") {
    let i = ahead;
    while (i < ahead + 8 && cursor.ahead(i).text === "(") i++;
    return (
      cursor.ahead(i).text === "struct" && cursor.ahead(i + 1).text === "bpf_insn" && cursor.ahead(i + 2).text === ")"
    );
  }
  return false;
}

/** Whether braces such as `{ 0x95, 0, 0, 0, 0 }` contain only values, three or more. */
function positional(cursor: Cursor, at: number): boolean {
  const close = cursor.closing(at);
  if (close < 0 || close - at > 200) return false;
  let commas = 0;
  for (let i = at + 1; i < close; i++) {
    const { text, kind } = cursor.tokens[i] as Token;
    if (text === "{" || text === "=" || text === ";" || kind === "string") return false;
    if (kind === "name" && insnMacro(text)) return false;
    if (text === ",") commas++;
  }
  return commas >= 3;
}

/** Reads up to the closing brace, without it. A bare list is read up to the end of the text or a declaration. */
export function parseList(cursor: Cursor, context: ExprContext, items: Item[], bare: boolean): void {
  const { reporter } = context;
  let needsComma: Item | undefined;
  while (!cursor.done) {
    const token = cursor.token;
    if (token.text === "}" && token.kind === "punct") {
      if (!bare) return;
      reporter.report("unexpected", token, { found: "`}`", expected: "an instruction" });
      cursor.next();
      continue;
    }
    if (token.text === ",") {
      if (!needsComma && items.length > 0 && items.at(-1)?.kind !== "label") {
        reporter.report("unexpected", token, { found: "`,`", expected: "an instruction" });
      }
      cursor.next();
      needsComma = undefined;
      continue;
    }
    if (token.text === ";" && token.kind === "punct") {
      // A semicolon ends a list without braces. Between instructions it is a mistake for a comma.
      cursor.next();
      if (bare && !cursor.done && startsInsn(cursor))
        reporter.report("unexpected", token, { found: "`;`", expected: "`,`" }, [replaceFix(token, ",")]);
      needsComma = undefined;
      continue;
    }
    if (
      token.kind === "name" &&
      cursor.ahead(1).text === ":" &&
      cursor.ahead(2).text !== ":" &&
      !insnMacro(token.text)
    ) {
      cursor.next();
      cursor.next();
      items.push({ kind: "label", name: token.text, span: { start: token.start, end: token.end } });
      needsComma = undefined;
      continue;
    }
    if (bare && token.kind === "name" && DECLARATION.has(token.text)) return;
    if (bare && token.text === "[") return;
    const before = cursor.at;
    const behind = cursor.behind;
    const item = parseItem(cursor, context, items);
    if (item) {
      if (needsComma) {
        const place = { start: behind.end, end: behind.end };
        reporter.report(
          "missing-comma",
          behind.end < item.span.start ? { start: behind.end - 1, end: behind.end } : item.span,
          {},
          [fixOf("insert-comma", {}, [{ span: place, text: "," }])],
        );
      }
      items.push(item);
      needsComma = item;
      continue;
    }
    // One message per line: the rest of the line is skipped with it.
    if (cursor.at === before) {
      reporter.report("unexpected", token, { found: quoted(token), expected: "an instruction" });
      cursor.next();
    }
    while (!cursor.done && !cursor.token.lineStart && !cursor.is("}") && !startsInsn(cursor)) cursor.next();
    needsComma = undefined;
  }
}

/** One instruction. `undefined`: there is none here, or it has a fault that was reported. */
function parseItem(cursor: Cursor, context: ExprContext, items: readonly Item[]): Item | undefined {
  const token = cursor.token;
  if (token.kind === "name") return parseNamed(cursor, context);
  if (token.text === "{") return parseBraces(cursor, context, token);
  if (token.text === "(" && startsInsn(cursor)) return parseLiteral(cursor, context);
  if (token.text === "[") {
    // `[3] = …` is allowed if it names the index that is next anyway.
    const node = cursor.ahead(1);
    if (
      cursor.ahead(2).text === "]" &&
      cursor.ahead(3).text === "=" &&
      Number(node.text) === items.filter((i) => i.kind !== "label").length
    ) {
      for (let i = 0; i < 4; i++) cursor.next();
      return parseItem(cursor, context, items);
    }
  }
  return undefined;
}

/** Whether the name here is followed by parentheses. */
const isCalled = (cursor: Cursor): boolean => cursor.token.known !== undefined || cursor.ahead(1).text === "(";

function parseNamed(cursor: Cursor, context: ExprContext): Item | undefined {
  const { reporter } = context;
  const name = cursor.token;
  if (name.known) {
    cursor.next();
    return { kind: "known", known: name.known, token: name, span: { start: name.start, end: cursor.behind.end } };
  }
  const macro = insnMacro(name.text);
  if (macro) return parseMacro(cursor, context, macro);
  const called = cursor.ahead(1).text === "(";
  const shouting = /^_*[A-Z][A-Z0-9_]*$/.test(name.text);
  if (!called && !shouting) return undefined;
  cursor.next();
  if (CLASSIC.has(name.text)) reporter.report("classic-bpf", name, { name: name.text });
  else {
    const near = reporter.similar(name.text, () => INSN_MACROS.map((m) => m.name));
    if (near === undefined) reporter.report("unknown-macro", name, { name: name.text });
    else reporter.report("unknown-macro-similar", name, { name: name.text, similar: near }, [replaceFix(name, near)]);
    if (called) skipArguments(cursor);
    const slots = insnMacro(near ?? "")?.slots.length ?? 1;
    return {
      kind: "unknown",
      name: name.text,
      slots,
      site: name.site,
      span: { start: name.start, end: cursor.behind.end },
    };
  }
  if (called) skipArguments(cursor);
  return {
    kind: "unknown",
    name: name.text,
    slots: 1,
    site: name.site,
    span: { start: name.start, end: cursor.behind.end },
  };
}

/** Skips the parentheses that start here. If they are not closed, it stops before the next instruction. */
function skipArguments(cursor: Cursor): void {
  const close = cursor.closing(cursor.at);
  if (close < 0) {
    cursor.next();
    return;
  }
  while (cursor.at <= close) {
    if (cursor.token.lineStart && cursor.token.kind === "name" && startsInsn(cursor) && isCalled(cursor)) return;
    cursor.next();
  }
}

function parseMacro(cursor: Cursor, context: ExprContext, macro: InsnMacro): Item {
  const { reporter } = context;
  const name = cursor.next();
  const { site } = name;
  const args: Argument[] = [];
  let complete = true;
  if (!cursor.is("(")) {
    const { token, behind } = cursor;
    const fix = macro.params.length === 0 ? "()" : "(";
    reporter.report(
      "unexpected",
      token.lineStart ? behind : token,
      { found: token.lineStart ? "the end of the line" : quoted(token), expected: "`(`" },
      [fixOf("replace-with", { text: macro.name + fix }, [{ span: behind, text: fix }])],
    );
    // Skip what was meant as arguments.
    while (!cursor.done && !cursor.token.lineStart && !cursor.is("}") && !startsInsn(cursor)) {
      if (cursor.is(",") && (cursor.ahead(1).lineStart || startsInsn(cursor, 1))) break;
      cursor.next();
    }
    return {
      kind: "macro",
      macro,
      site,
      complete: false,
      args: macro.params.map(() => missing(behind)),
      span: { start: name.start, end: cursor.behind.end },
    };
  }
  const open = cursor.next();
  let extra = 0;
  /** An argument has a fault, so a wrong number of arguments is not reported. */
  let faulty = false;
  let closed = false;
  for (;;) {
    if (cursor.is(")")) {
      cursor.next();
      closed = true;
      break;
    }
    if (endsArguments(cursor)) break;
    if (cursor.is(",")) {
      // `(A, , C)`: the argument in between is missing.
      if (args.length < macro.params.length) {
        reporter.report("missing-argument", cursor.token, {
          param: macro.params[args.length]?.name ?? "",
          macro: macro.name,
        });
        complete = false;
        args.push(missing({ start: cursor.token.start, end: cursor.token.start }));
      }
      cursor.next();
      continue;
    }
    const from = cursor.token;
    const node = parseExpression(cursor, context);
    if (node.kind === "bad") {
      complete = false;
      faulty = true;
      skipToComma(cursor);
    } else if (
      args.length < macro.params.length - 1 &&
      (cursor.token.kind === "name" || cursor.token.kind === "number") &&
      !endsArguments(cursor)
    ) {
      reporter.report("unexpected", cursor.token, { found: quoted(cursor.token), expected: "`,`" }, [
        fixOf("insert-comma", {}, [{ span: cursor.behind, text: "," }]),
      ]);
      complete = false;
    } else if (!cursor.is(",") && !cursor.is(")") && !endsArguments(cursor)) {
      reporter.report("unexpected", cursor.token, { found: quoted(cursor.token), expected: "`,` or `)`" });
      complete = false;
      skipToComma(cursor);
    }
    if (args.length < macro.params.length)
      args.push({ node, start: from.start, end: Math.max(from.start, cursor.behind.end) });
    else extra++;
    if (cursor.is(",")) {
      cursor.next();
      if (cursor.is(")")) {
        // After a trailing comma the next argument is missing.
        if (args.length < macro.params.length) continue;
        extra++;
      }
    }
  }
  const span = { start: name.start, end: cursor.behind.end };
  if (!closed) {
    complete = false;
    const fixes =
      args.length === macro.params.length ? [fixOf("insert-paren", {}, [{ span: cursor.behind, text: ")" }])] : [];
    reporter.report("missing-paren", { start: name.start, end: open.end }, { macro: macro.name }, fixes);
  } else if ((args.length !== macro.params.length || extra > 0) && !faulty) {
    complete = false;
    const params = macro.params.map((p) => p.name).join(", ");
    reporter.report("argument-count", span, {
      macro: macro.name,
      expected: macro.params.length,
      params,
      found: args.length + extra,
    });
  }
  while (args.length < macro.params.length) args.push(missing(cursor.behind));
  return { kind: "macro", macro, site, complete: complete && !faulty, args, span };
}

/** Stands in place of a missing argument. */
const missing = ({ start, end }: Span): Argument => ({ start, end, node: { kind: "bad", start, end } });

/** Whether the arguments must end here: at the next instruction, or the end of the list or statement. */
function endsArguments(cursor: Cursor): boolean {
  const { token } = cursor;
  if (cursor.done || token.text === "}" || token.text === ";") return token.kind !== "string";
  return token.kind === "name" && insnMacro(token.text) !== undefined;
}

function skipToComma(cursor: Cursor): void {
  while (!cursor.done && !cursor.is(",") && !cursor.is(")") && !endsArguments(cursor)) {
    if ((cursor.is("(") || cursor.is("[") || cursor.is("{")) && !groupHoldsInsn(cursor) && cursor.skipGroup()) continue;
    cursor.next();
  }
}

function groupHoldsInsn(cursor: Cursor): boolean {
  const close = cursor.closing(cursor.at);
  if (close < 0) return false;
  // An argument's brackets are short. A long group must have swallowed other instructions.
  if (close - cursor.at > 64) return true;
  for (let i = cursor.at; i < close; i++) {
    const token = cursor.tokens[i] as Token;
    if (token.kind === "name" && insnMacro(token.text)) return true;
  }
  return false;
}

/** Reads `((struct bpf_insn) { … })`, with any number of parentheses. */
function parseLiteral(cursor: Cursor, context: ExprContext): Item | undefined {
  const first = cursor.token;
  let open = 0;
  while (cursor.take("(") && open < MAX_DEPTH) open++;
  cursor.next();
  cursor.next();
  cursor.next();
  open--;
  if (!cursor.is("{")) {
    context.reporter.report("unexpected", cursor.token, { found: quoted(cursor.token), expected: "`{`" });
    return undefined;
  }
  const item = parseBraces(cursor, context, first);
  while (open > 0 && cursor.take(")")) open--;
  if (open > 0) context.reporter.report("unexpected", cursor.behind, { found: quoted(cursor.token), expected: "`)`" });
  return item && { ...item, span: { start: first.start, end: cursor.behind.end } };
}

function parseBraces(cursor: Cursor, context: ExprContext, first: Token): Item | undefined {
  const { reporter } = context;
  const open = cursor.next();
  const fields: Partial<Record<FieldName, Argument>> = {};
  let complete = true;
  let position = 0;
  for (;;) {
    if (cursor.take("}")) break;
    if (cursor.done || (cursor.token.kind === "name" && insnMacro(cursor.token.text))) {
      reporter.report("missing-brace", open);
      complete = false;
      break;
    }
    let field: FieldName | undefined = MEMBER_ORDER[position];
    let excess = false;
    if (cursor.is(".")) {
      cursor.next();
      const member = cursor.next();
      field = MEMBERS[member.text];
      if (!field) {
        const near = reporter.similar(member.text, () => Object.keys(MEMBERS));
        reporter.report(
          "unknown-member",
          member,
          { name: member.text },
          near === undefined ? [] : [replaceFix(member, near)],
        );
        complete = false;
      }
      if (!cursor.take("=")) {
        reporter.report("unexpected", cursor.token, { found: quoted(cursor.token), expected: "`=`" });
        complete = false;
      }
    } else if (!field) {
      reporter.report("too-many-members", cursor.token);
      complete = false;
      excess = true;
    }
    const from = cursor.token;
    const node: Node = parseExpression(cursor, context);
    if (field) {
      fields[field] = { node, start: from.start, end: Math.max(from.start, cursor.behind.end) };
      position = MEMBER_ORDER.indexOf(field) + 1;
    }
    if (node.kind === "bad" || excess || !(cursor.is(",") || cursor.is("}"))) {
      if (node.kind !== "bad" && !excess) {
        reporter.report("unexpected", cursor.token, { found: quoted(cursor.token), expected: "`,` or `}`" });
      }
      complete = false;
      while (!cursor.done && !cursor.is(",") && !cursor.is("}") && !(cursor.token.lineStart && startsInsn(cursor)))
        cursor.next();
      if (!cursor.is(",") && !cursor.is("}")) break;
    }
    cursor.take(",");
  }
  return { kind: "braces", site: first.site, fields, complete, span: { start: first.start, end: cursor.behind.end } };
}
