// A C constant expression as a tree, and what it is read and evaluated in.
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
    /** An expression of C that is never constant: `&x`, `a[i]`, `p->f`, a call, a string. */
    | { readonly kind: "other"; readonly type?: CType | undefined }
    /** Already reported. */
    | { readonly kind: "bad" }
  );

/** What names mean while an expression is evaluated. */
export interface Names {
  constant(name: string): CValue | undefined;
  /** For "did you mean". */
  constantNames(): Iterable<string>;
}

export interface ExprContext {
  readonly reporter: Reporter;
  readonly types: Types;
  readonly names: Names;
  readonly source: string;
  /** In `#if` a name that is not defined is 0 (C17 6.10.1). */
  readonly unknownIsZero?: boolean;
}
