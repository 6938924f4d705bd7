// A C constant expression as a tree, and the context in which it is read and evaluated.
import type { Span } from "../base/span.ts";
import type { BinaryOp, CType, CValue, UnaryOp } from "./ctype.ts";
import type { Reporter } from "./messages.ts";
import type { Types } from "./types.ts";

export type Node = Span &
  (
    | { readonly kind: "value"; readonly value: CValue }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "param"; readonly index: number }
    | { readonly kind: "unary"; readonly op: UnaryOp; readonly of: Node }
    | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Node; readonly right: Node }
    | { readonly kind: "cond"; readonly test: Node; readonly yes: Node; readonly no: Node }
    | { readonly kind: "comma"; readonly left: Node; readonly right: Node }
    | { readonly kind: "cast"; readonly type: CType; readonly of: Node }
    /** An expression that is never constant in C: `&x`, `a[i]`, `p->f`, a call, a string. */
    | { readonly kind: "other"; readonly type?: CType | undefined }
    /** An expression with a fault, which was already reported. */
    | { readonly kind: "bad" }
  );

/** The meaning of names while an expression is evaluated. */
export interface Names {
  constant(name: string): CValue | undefined;
  /** All names of constants, for "did you mean". */
  constantNames(): Iterable<string>;
}

export interface ExprContext {
  readonly reporter: Reporter;
  readonly types: Types;
  readonly names: Names;
  readonly source: string;
  /** Undefined names are 0, as in `#if` (C17 6.10.1). */
  readonly unknownIsZero?: boolean;
}
