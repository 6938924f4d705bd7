// Computes the value of an expression's tree, or only its type where C does not evaluate it. A part that is no constant is
// reported once, at its place.
import type { Span } from "../base/span.ts";
import { helperId } from "../facts/helpers.ts";
import {
  arithmeticType,
  type BinaryOp,
  bigOf,
  binary,
  type CValue,
  convert,
  type IntType,
  intValue,
  promote,
  S32,
  truthy,
  U64,
  unary,
} from "./ctype.ts";
import { replaceFix } from "./messages.ts";
import type { ExprContext, Node } from "./node.ts";

/** The value. `undefined`: there is none, and the reason was reported. */
export function evaluate(
  node: Node,
  context: ExprContext,
  args: readonly (CValue | undefined)[] = [],
): CValue | undefined {
  switch (node.kind) {
    case "value":
      return node.value;
    case "name":
      return context.names.constant(node.name) ?? unknownName(node.name, node, context);
    case "param":
      return args[node.index];
    case "unary": {
      const of = evaluate(node.of, context, args);
      return of && unary(node.op, of);
    }
    case "binary":
      return evaluateBinary(node, context, args);
    case "cond": {
      const test = evaluate(node.test, context, args);
      if (!test) return undefined;
      const yes = evaluate(truthy(test) ? node.yes : node.no, context, args);
      if (!yes) return undefined;
      // The result has the common type of both arms. The other arm is not evaluated.
      const other = typeOf(truthy(test) ? node.no : node.yes, context, args);
      return other ? convert(yes, arithmeticType(yes.type, other)) : promote(yes);
    }
    case "comma":
      evaluate(node.left, context, args);
      return evaluate(node.right, context, args);
    case "cast": {
      const of = evaluate(node.of, context, args);
      if (!of) return undefined;
      if (node.type.kind === "int") return convert(of, node.type);
      if (node.type.kind === "pointer") return convert(of, U64);
      context.reporter.report("not-constant", node, { text: context.source.slice(node.start, node.end) });
      return undefined;
    }
    case "other":
      context.reporter.report("not-constant", node, { text: context.source.slice(node.start, node.end) });
      return undefined;
    case "bad":
      return undefined;
  }
}

function evaluateBinary(
  node: Node & { kind: "binary" },
  context: ExprContext,
  args: readonly (CValue | undefined)[],
): CValue | undefined {
  const left = evaluate(node.left, context, args);
  if (left && node.op === "&&" && !truthy(left)) return intValue(0);
  if (left && node.op === "||" && truthy(left)) return intValue(1);
  const right = evaluate(node.right, context, args);
  if (!left || !right) return undefined;
  if (node.op === "<<" || node.op === ">>") {
    const bits = promote(left).type.size * 8;
    const count = bigOf(right);
    if (count < 0n || count >= BigInt(bits))
      context.reporter.report("shift-range", node, { count: String(count), bits });
  }
  const value = binary(node.op, left, right);
  if (!value) context.reporter.report("division-by-zero", node);
  return value;
}

/** The type of an expression that is not evaluated. `undefined`: a part of it has no integer type. */
export function typeOf(node: Node, context: ExprContext, args: readonly (CValue | undefined)[]): IntType | undefined {
  switch (node.kind) {
    case "value":
      return node.value.type;
    case "name":
      return context.names.constant(node.name)?.type;
    case "param":
      return args[node.index]?.type;
    case "unary": {
      const type = typeOf(node.of, context, args);
      return node.op === "!" ? S32 : type && arithmeticType(type, S32);
    }
    case "binary": {
      if (COMPARES.has(node.op)) return S32;
      const left = typeOf(node.left, context, args);
      if (node.op === "<<" || node.op === ">>") return left && arithmeticType(left, S32);
      const right = typeOf(node.right, context, args);
      return left && right && arithmeticType(left, right);
    }
    case "cond": {
      const yes = typeOf(node.yes, context, args);
      const no = typeOf(node.no, context, args);
      return yes && no && arithmeticType(yes, no);
    }
    case "comma":
      return typeOf(node.right, context, args);
    case "cast":
      return node.type.kind === "int" ? node.type : node.type.kind === "pointer" ? U64 : undefined;
    default:
      return undefined;
  }
}
const COMPARES = new Set<BinaryOp>(["<", ">", "<=", ">=", "==", "!=", "&&", "||"]);

function unknownName(name: string, span: Span, context: ExprContext): CValue | undefined {
  if (context.unknownIsZero) return intValue(0);
  const register = /^(?:BPF_REG_|R)(\d+)$/.exec(name);
  if (register) {
    context.reporter.report("register-range", span, { name });
    return undefined;
  }
  const helper =
    name.startsWith("bpf_") && helperId(name.slice(4)) !== undefined ? `BPF_FUNC_${name.slice(4)}` : undefined;
  const near = helper ?? context.reporter.similar(name, () => context.names.constantNames());
  if (near === undefined) context.reporter.report("unknown-name", span, { name });
  else context.reporter.report("unknown-name-similar", span, { name, similar: near }, [replaceFix(span, near)]);
  return undefined;
}
