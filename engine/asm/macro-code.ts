// The fields of the instruction macros as trees, made from their rows on first use. A field without parameters is stored as its
// value.

import { bug } from "../base/bug.ts";
import type { InsnMacro } from "../isa/macros.ts";
import { type CValue, intValue } from "./ctype.ts";
import { Cursor } from "./cursor.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expr.ts";
import { lex } from "./lex.ts";
import { Reporter } from "./messages.ts";
import { BASE_STRUCTS, baseConstant, basePredefined } from "./names.ts";
import type { ExprContext, Node } from "./node.ts";
import { preprocess } from "./preprocess.ts";
import type { FieldName } from "./program.ts";
import { Types } from "./types.ts";

export type FieldCode =
  | { readonly kind: "value"; readonly value: CValue }
  /** The argument, unchanged. */
  | { readonly kind: "param"; readonly index: number }
  | { readonly kind: "tree"; readonly node: Node };

export type SlotCode = Readonly<Record<FieldName, FieldCode>>;

const compiled = new Map<string, readonly SlotCode[]>();

export function macroCode(macro: InsnMacro): readonly SlotCode[] {
  let code = compiled.get(macro.name);
  if (!code) {
    code = compile(macro);
    compiled.set(macro.name, code);
  }
  return code;
}

function compile(macro: InsnMacro): SlotCode[] {
  const params = new Map(macro.params.map((param, i) => [param.name, i]));
  const field = (text: string | undefined): FieldCode => {
    if (text === undefined) return { kind: "value", value: intValue(0) };
    const reporter = new Reporter();
    const context: ExprContext = {
      reporter,
      types: new Types(BASE_STRUCTS),
      names: { constant: baseConstant, constantNames: () => [] },
      source: text,
    };
    const { tokens } = preprocess(lex(text).tokens, context, { predefined: basePredefined, known: () => false });
    const node = parseExpression(new Cursor(tokens, text.length), context, params);
    if (reporter.errors > 0) throw bug(`macro ${macro.name}: ${text}`);
    if (node.kind === "param") return { kind: "param", index: node.index };
    if (usesParam(node)) return { kind: "tree", node };
    const value = evaluate(node, context);
    if (!value) throw bug(`macro ${macro.name}: ${text} has no value`);
    return { kind: "value", value };
  };
  return macro.slots.map((slot) => ({
    code: field(slot.code),
    dst: field(slot.dst),
    src: field(slot.src),
    off: field(slot.off),
    imm: field(slot.imm),
  }));
}

function usesParam(node: Node): boolean {
  switch (node.kind) {
    case "param":
      return true;
    case "unary":
    case "cast":
      return usesParam(node.of);
    case "binary":
    case "comma":
      return usesParam(node.left) || usesParam(node.right);
    case "cond":
      return usesParam(node.test) || usesParam(node.yes) || usesParam(node.no);
    default:
      return false;
  }
}

/** The value of a field for these arguments. `undefined`: an argument that it needs has no value. */
export function fieldValue(
  code: FieldCode,
  args: readonly (CValue | undefined)[],
  context: ExprContext,
): CValue | undefined {
  if (code.kind === "value") return code.value;
  if (code.kind === "param") return args[code.index];
  return treeKnown(code.node, args) ? evaluate(code.node, context, args) : undefined;
}

function treeKnown(node: Node, args: readonly (CValue | undefined)[]): boolean {
  switch (node.kind) {
    case "param":
      return args[node.index] !== undefined;
    case "unary":
    case "cast":
      return treeKnown(node.of, args);
    case "binary":
    case "comma":
      return treeKnown(node.left, args) && treeKnown(node.right, args);
    case "cond":
      return treeKnown(node.test, args) && treeKnown(node.yes, args) && treeKnown(node.no, args);
    default:
      return true;
  }
}
