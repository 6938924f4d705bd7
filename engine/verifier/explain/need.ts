// What the refused instruction needed, if a comparison or a limit could have given it: a number within bounds, proven bytes of the
// packet, or a pointer that is not NULL. It is found from the refusal's arguments and the states of the path.
import type { Refusal } from "../refusals.ts";
import type { RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import { fateOf } from "./fate.ts";
import { type Lineage, numberIn, type ValueNode } from "./lineage.ts";
import { type Path, regOf } from "./path.ts";

export type Requirement =
  /** The number must lie between `low` and `high`. undefined: the bound is not needed, or not known. */
  | {
      readonly kind: "number";
      readonly reg: number;
      readonly node: ValueNode;
      readonly low?: bigint;
      readonly high?: bigint;
    }
  /**
   * `bytes` bytes from the pointer in `reg` on must be in the packet. `range` counts from the pointer's variable part, as comparisons
   * prove it.
   */
  | {
      readonly kind: "packet";
      readonly reg: number;
      readonly node: ValueNode;
      readonly bytes: number;
      readonly range: number;
    }
  /** The pointer in `reg` must not be NULL. */
  | { readonly kind: "null"; readonly reg: number; readonly node: ValueNode };

/** What the last step of the path needed. undefined: no comparison could have helped. */
export function needOf(refusal: Refusal, path: Path, lineage: Lineage): Requirement | undefined {
  const at = path.length - 1;
  const step = path[at];
  if (!step) return undefined;
  const { id, args } = refusal;
  const is = (reg: number): RegState | undefined => regOf(step.before, reg);
  const node = "reg" in args ? lineage.reg(at, args.reg) : undefined;

  switch (id) {
    case "region-max":
    case "region-negative":
    case "region-unbounded":
    case "region-min-after":
    case "region-before":
    case "region-after": {
      const number = node && numberIn(node);
      const value = number && registerWith(number, path, lineage, at);
      if (!number || !value) return undefined;
      const over = args.high + BigInt(args.size - args.total);
      const pointer = is(args.reg)!;
      // The limit can be told only if the number is the whole variable part of the pointer.
      const whole = pointer.val.umax === value.val.umax && id !== "region-unbounded";
      const high = whole
        ? value.val.umax - over
        : BigInt(args.total - args.size) - BigInt(Number(args.low - pointer.val.smin));
      return { kind: "number", reg: value.reg, node: number, low: 0n, ...(high >= 0n && { high }) };
    }
    case "size-negative":
    case "size-unbounded":
    case "size-zero":
      return node && { kind: "number", reg: args.reg, node, low: id === "size-zero" ? 1n : 0n };
    case "packet-negative": {
      const number = node && numberIn(node);
      return number && { kind: "number", reg: -1, node: number, low: 0n };
    }
    case "pointer-number-unbounded":
    case "pointer-number-large":
    case "pointer-number-range": {
      const number = args.number >= 0 ? lineage.reg(at, args.number) : undefined;
      return number && { kind: "number", reg: args.number, node: number, low: 0n };
    }
    case "stack-variable-range": {
      const number = node && numberIn(node);
      const value = number && registerWith(number, path, lineage, at);
      if (!number || !value) return undefined;
      // The number is too large by the bytes that reach above the frame. If it reaches below the frame's 512 bytes it is too small,
      // which `high` cannot say.
      const high = value.val.umax - (args.high + BigInt(args.size));
      return {
        kind: "number",
        reg: value.reg,
        node: number,
        low: 0n,
        ...(high >= 0n && high < value.val.umax && { high }),
      };
    }
    case "stack-unbounded":
    case "buffer-variable":
    case "kernel-struct-variable":
    case "pointer-offset-variable": {
      const number = node && numberIn(node);
      return number && { kind: "number", reg: -1, node: number };
    }
    case "program-return-range":
    case "callback-return-range":
      return node && { kind: "number", reg: args.reg, node, low: BigInt(args.min), high: BigInt(args.max) };
    case "packet-unchecked":
    case "packet-short":
    case "packet-before":
    case "packet-beyond":
    case "packet-far": {
      const moved = is(args.reg)?.off ?? 0;
      return (
        node && {
          kind: "packet",
          reg: args.reg,
          node,
          bytes: args.off + args.size - moved,
          range: args.off + args.size,
        }
      );
    }
    case "null-pointer":
      return node && fateOf(path, lineage, args.reg)?.how === "null-side"
        ? { kind: "null", reg: args.reg, node }
        : undefined;
    case "maybe-null":
    case "pointer-arithmetic-null":
    case "helper-argument-null":
    case "helper-null":
    case "argument-null":
      return node && { kind: "null", reg: args.reg, node };
    default:
      return undefined;
  }
}

/** The register that still holds this number at a step (-1: none does), and what is believed of the number. */
function registerWith(
  number: ValueNode,
  path: Path,
  lineage: Lineage,
  at: number,
): (RegState & { readonly reg: number }) | undefined {
  for (let reg = 0; reg <= 9; reg++) {
    const is = path[at] && regOf(path[at].before, reg);
    if (lineage.reg(at, reg) === number && is?.type === t.SCALAR_VALUE) return { ...is, reg };
  }
  return number.is && { ...number.is, reg: -1 };
}
