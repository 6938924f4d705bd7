// How a pointer became a plain number: the last step of the path at which the value was still a pointer. It reads the path; it decides
// nothing.
import { formOf } from "../../isa/forms.ts";
import * as t from "../state/regtype.ts";
import type { Lineage, ValueNode } from "./lineage.ts";
import { type Path, regOf } from "./path.ts";

export interface PointerLoss {
  readonly how: /** A comparison showed that it is NULL on this side. */
    | "null-side"
    /** A call may have moved the packet. */
    | "packet-moved"
    /** It was released to the kernel. */
    | "released"
    /** Arithmetic turned it into a number. */
    | "arithmetic"
    /** Only its lower 32 bits were copied. */
    | "cut"
    /** Only a part of it was read back from the stack. */
    | "part"
    /** It was stored on the stack, and a part of it was overwritten. */
    | "overwritten"
    /** It was never a pointer: it was loaded from memory. */
    | "loaded"
    /** It was never a pointer: it is a constant. */
    | "constant"
    /** A helper returned it, as a number. */
    | "returned";
  readonly slot: number;
  readonly visit: number;
}

export function fateOf(path: Path, lineage: Lineage, reg: number): PointerLoss | undefined {
  const end = path.length - 1;
  const node = lineage.reg(end, reg);
  const step = path[end];
  if (!node || !step || regOf(step.before, reg)?.type !== t.SCALAR_VALUE) return undefined;
  const changed = lostAt(path, lineage, node);
  if (changed !== undefined) {
    const { insn, slot, visit } = path[changed]!;
    const how =
      formOf(insn)?.kind === "jmp" ? "null-side" : lostInPacket(path, changed, node) ? "packet-moved" : "released";
    return { how, slot, visit };
  }
  if (node.step < 0) return undefined;
  const lost = node.spoiled !== undefined && path[node.spoiled];
  if (lost && isPointer(node.from[0])) return { how: "overwritten", slot: lost.slot, visit: lost.visit };
  const { slot, visit } = path[node.step]!;
  const how = madeBy(node);
  return how && { how, slot, visit };
}

const isPointer = (node: ValueNode | undefined): boolean =>
  node?.is !== undefined && node.is.type !== t.SCALAR_VALUE && node.is.type !== t.NOT_INIT;

function madeBy(node: ValueNode): PointerLoss["how"] | undefined {
  const wasPointer = node.from.some(isPointer);
  switch (node.kind) {
    case "const":
      return "constant";
    case "call":
      return "returned";
    case "load":
      return "loaded";
    case "fill":
      return wasPointer ? "part" : "loaded";
    case "alu":
      return wasPointer ? (node.op === "mov" || node.op === "end" ? "cut" : "arithmetic") : undefined;
    default:
      return undefined;
  }
}

/** The step before which this same value was a pointer and after which it was a number. */
function lostAt(path: Path, lineage: Lineage, node: ValueNode): number | undefined {
  for (let at = path.length - 2; at > node.step; at--) {
    const { before } = path[at]!;
    const next = path[at + 1]!.before;
    if (next.curframe !== before.curframe) continue;
    for (let n = 0; n <= 9; n++) {
      if (lineage.reg(at, n) !== node || lineage.reg(at + 1, n) !== node) continue;
      const [was, now] = [regOf(before, n), regOf(next, n)];
      if (was && now && was.type !== t.SCALAR_VALUE && was.type !== t.NOT_INIT && now.type === t.SCALAR_VALUE)
        return at;
    }
  }
  // If the pointer was on the stack, no register shows the loss. The last call is named: it invalidates all packet pointers.
  return node.is && t.isPktPointer(node.is.type) ? lastCall(path, node.step) : undefined;
}

function lastCall(path: Path, after: number): number | undefined {
  for (let at = path.length - 2; at > after; at--) if (formOf(path[at]!.insn)?.kind === "call") return at;
  return undefined;
}

const lostInPacket = (path: Path, at: number, node: ValueNode): boolean => {
  const type = node.is?.type;
  return (
    (type !== undefined && (t.isPktPointer(type) || type === t.PTR_TO_PACKET_END)) ||
    path[at]!.before.frames.some(({ regs }) => regs.some((reg) => t.isPktPointer(reg.type) && reg.id === node.is?.id))
  );
};
