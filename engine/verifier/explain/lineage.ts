// Where the values of a path come from. Each value that an instruction of the path makes is one node, linked to the values that it was
// made of. Copies share a node. Two nodes with the same `key` were computed in the same way from the same values: the same field was
// loaded twice, or the same sum was made twice. It reads the path's states; it decides nothing.
import { classOf } from "../../isa/codes.ts";
import { ALU_OPS, type AluOp, formOf } from "../../isa/forms.ts";
import type { RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import { spiOf } from "../state/stack.ts";
import type { StateView } from "../trace.ts";
import { type Path, type PathStep, regOf } from "./path.ts";

export interface ValueNode {
  readonly kind: "start" | "const" | "load" | "fill" | "call" | "alu" | "other";
  readonly key: string;
  /** Index of the step that made it, in the path. -1: it was there from the start. */
  readonly step: number;
  readonly slot: number;
  /** What it was made of. Arithmetic: the operands. A load: the pointer. A read of the stack: what was stored there. */
  readonly from: readonly ValueNode[];
  readonly op?: AluOp | "end";
  /** Arithmetic: 32 or 64. Loads and reads of the stack: number of bits read. */
  readonly width?: number;
  /** The constant operand of arithmetic, or the value of a constant. */
  readonly imm?: bigint;
  /** For a read of the stack: the step that overwrote a part of what was stored there. */
  readonly spoiled?: number;
  /** What the verifier believed of the value when it was made. */
  readonly is: RegState | undefined;
}

/** The values in the registers and on the stack of one frame. */
interface FrameValues {
  readonly regs: (ValueNode | undefined)[];
  /** By the offset of the lowest byte from the frame pointer: what was stored there, and its size in bytes. */
  readonly stack: Map<number, { readonly node: ValueNode; readonly size: number }>;
  /** By the same offset: what was stored there until step `by` overwrote a part of it. */
  readonly spoiled: Map<number, { readonly node: ValueNode; readonly by: number }>;
}

export interface Lineage {
  /** The value of Rn of the innermost frame before step `at`. */
  reg(at: number, n: number): ValueNode | undefined;
}

const MAX_KEY = 200;

export function lineageOf(path: Path): Lineage {
  const first = path[0];
  const frames: FrameValues[] = [newFrame()];
  const history: (readonly (ValueNode | undefined)[])[] = [];
  if (first) {
    const { regs } = frames[0]!;
    for (const n of [1, 2, 3, 4, 5, 10]) {
      const is = regOf(first.before, n);
      if (is && is.type !== t.NOT_INIT) regs[n] = { kind: "start", key: `R${n}`, step: -1, slot: -1, from: [], is };
    }
  }
  path.forEach((step, at) => {
    const frame = (frames[step.before.curframe] ??= newFrame());
    history.push(frame.regs.slice());
    if (step.after) advance(step, at, frames);
  });
  return { reg: (at, n) => history[at]?.[n] };
}

const newFrame = (): FrameValues => ({ regs: new Array(11).fill(undefined), stack: new Map(), spoiled: new Map() });

/**
 * The offset from the frame pointer at Rn + off, for the innermost frame. undefined: not a pointer to its stack, or the offset is not
 * constant.
 */
function stackOff(state: StateView, n: number, off: number): number | undefined {
  const reg = regOf(state, n);
  if (reg?.type !== t.PTR_TO_STACK || reg.frameno !== state.curframe || reg.val.varOff.mask !== 0n) return undefined;
  return reg.off + Number(BigInt.asIntN(64, reg.val.varOff.value)) + off;
}

function advance(step: PathStep, at: number, frames: FrameValues[]): void {
  const { insn, slot, before } = step;
  const after = step.after!;
  const frame = frames[before.curframe]!;
  const { regs, stack, spoiled } = frame;
  const make = (node: Omit<ValueNode, "step" | "slot" | "is" | "key">, key: string, n = insn.dst): ValueNode => ({
    ...node,
    key: key.length > MAX_KEY ? `${at}` : key,
    step: at,
    slot,
    is: regOf(after, n),
  });
  const keyOf = (node: ValueNode | undefined): string => node?.key ?? `?${at}`;
  const list = (...nodes: (ValueNode | undefined)[]) => nodes.filter((node) => node !== undefined);
  const form = formOf(insn);

  if (after.curframe > before.curframe) {
    const callee = newFrame();
    const local = form?.kind === "call" && form.target === "local";
    for (let n = 1; n <= 5; n++) {
      const is = regOf(after, n);
      const other = (): ValueNode => ({ kind: "other", key: `cb${at}.${n}`, step: at, slot, from: [], is });
      if (is && is.type !== t.NOT_INIT) callee.regs[n] = (local ? regs[n] : undefined) ?? other();
    }
    frames[after.curframe] = callee;
    regs.fill(undefined, 0, 6);
    return;
  }
  if (after.curframe < before.curframe) {
    const caller = frames[after.curframe];
    if (caller) caller.regs[0] = regs[0] ?? make({ kind: "call", from: [] }, `ret${at}`, 0);
    frames.length = after.curframe + 1;
    return;
  }
  switch (form?.kind) {
    case "alu": {
      const { op, width, source } = form;
      if (op === "mov" && source === "imm") {
        const imm = width === 64 ? BigInt(insn.imm) : BigInt(insn.imm >>> 0);
        regs[insn.dst] = make({ kind: "const", from: [], imm }, `${imm}`);
        return;
      }
      if (op === "mov" && width === 64) {
        regs[insn.dst] = regs[insn.src];
        return;
      }
      if (ALU_OPS[op].shape === "move") {
        const from = regs[insn.src];
        regs[insn.dst] = make({ kind: "alu", op, width, from: list(from) }, `${op}${width}(${keyOf(from)})`);
        return;
      }
      const left = regs[insn.dst];
      const right = source === "reg" ? regs[insn.src] : undefined;
      const keys = [keyOf(left), source === "reg" ? keyOf(right) : `${insn.imm}`];
      if (op === "add") keys.sort();
      regs[insn.dst] = make(
        { kind: "alu", op, width, from: list(left, right), ...(source === "imm" && { imm: BigInt(insn.imm) }) },
        `${op}${width}(${keys.join(",")})`,
      );
      return;
    }
    case "end":
      regs[insn.dst] = make(
        { kind: "alu", op: "end", width: form.bits, from: list(regs[insn.dst]) },
        `${form.to}${form.bits}(${keyOf(regs[insn.dst])})`,
      );
      return;
    case "ld_imm64": {
      const is = regOf(after, insn.dst);
      const isNumber = is?.type === t.SCALAR_VALUE;
      const key = isNumber ? `${is.val.varOff.value}` : `ld${slot}`;
      regs[insn.dst] = make({ kind: "const", from: [], ...(isNumber && { imm: is.val.varOff.value }) }, key);
      return;
    }
    case "ldx":
    case "load_acq": {
      const off = stackOff(before, insn.src, insn.off);
      const size = form.size;
      if (off !== undefined) {
        const stored = stack.get(off);
        if (stored && stored.size === size && size === 8) regs[insn.dst] = stored.node;
        else if (stored) {
          const from = [stored.node];
          regs[insn.dst] = make({ kind: "fill", width: size * 8, from }, `fill${size}(${stored.node.key})`);
        } else {
          const lost = spoiled.get(off);
          const more = lost ? { from: [lost.node], spoiled: lost.by } : { from: [] };
          regs[insn.dst] = make({ kind: "load", width: size * 8, ...more }, `stack${off}.${size}@${at}`);
        }
        return;
      }
      const base = regs[insn.src];
      const key = `ld${size}(${keyOf(base)},${insn.off})`;
      regs[insn.dst] = make({ kind: "load", width: size * 8, from: list(base) }, key);
      return;
    }
    case "stx":
    case "st":
    case "store_rel": {
      const off = stackOff(before, insn.dst, insn.off);
      if (off === undefined) return;
      for (const [start, { size, node }] of stack) {
        if (start >= off + form.size || off >= start + size) continue;
        stack.delete(start);
        spoiled.set(start, { node, by: at });
      }
      const node =
        form.kind === "st"
          ? make({ kind: "const", from: [], imm: BigInt(insn.imm) }, `${insn.imm}`, -1)
          : (regs[insn.src] ?? make({ kind: "other", from: [] }, `st${at}`, -1));
      stack.set(off, { node, size: form.size });
      return;
    }
    case "atomic": {
      const off = stackOff(before, insn.dst, insn.off);
      if (off !== undefined) stack.delete(off);
      const n = form.op === "cmpxchg" ? 0 : insn.src;
      if ((insn.imm & 1) !== 0)
        regs[n] = make({ kind: "load", width: form.size * 8, from: list(regs[insn.dst]) }, `a${at}`, n);
      return;
    }
    case "call":
      regs.fill(undefined, 0, 6);
      regs[0] = make({ kind: "call", from: [] }, `call${at}`, 0);
      // A helper may have written to the stack: what was stored there is gone.
      for (const [off, { node }] of stack) {
        if (!isForgotten(before, after, off)) continue;
        stack.delete(off);
        spoiled.set(off, { node, by: at });
      }
      return;
    case "ld_abs":
    case "ld_ind":
      regs.fill(undefined, 0, 6);
      regs[0] = make({ kind: "load", width: form.size * 8, from: [] }, `abs${at}`, 0);
      return;
    default:
      if (classOf(insn.code) === 7 || classOf(insn.code) === 4) regs[insn.dst] = undefined;
  }
}

const isForgotten = (before: StateView, after: StateView, off: number): boolean => {
  const spi = spiOf(off);
  return before.frames[before.curframe]?.stack[spi] !== after.frames[after.curframe]?.stack[spi];
};

/** The value and all values that it was made of, nearest first; at most `limit` nodes. */
export function ancestors(node: ValueNode, limit = 60): ValueNode[] {
  const found = new Set<ValueNode>([node]);
  for (const one of found) {
    if (found.size >= limit) break;
    for (const parent of one.from) found.add(parent);
  }
  return [...found];
}

const isNumber = (node: ValueNode): boolean => node.is?.type === t.SCALAR_VALUE || node.kind === "const";

/**
 * The number that was added to the pointer and whose range decides where it points. Of several numbers it is the one with the widest
 * range. undefined: none was added.
 */
export function numberIn(pointer: ValueNode): ValueNode | undefined {
  let at: ValueNode | undefined = pointer;
  let widest: ValueNode | undefined;
  for (let i = 0; at && i < 100; i++) {
    if (at.kind !== "alu" || (at.op !== "add" && at.op !== "sub")) break;
    const numbers: readonly ValueNode[] = at.from.filter(isNumber);
    for (const number of numbers)
      if (number.kind !== "const" && (!widest || spread(number) > spread(widest))) widest = number;
    at = at.from.find((parent) => !isNumber(parent));
  }
  return widest;
}

const spread = ({ is }: ValueNode): bigint => (is ? is.val.umax - is.val.umin : 0n);

/**
 * The value before the operations that only narrow it: a 32-bit move, a sign extension, a mask, a read of a part, a shift left and
 * back.
 */
export function beforeNarrowing(node: ValueNode): ValueNode {
  let at = node;
  for (let i = 0; i < 20; i++) {
    const narrows =
      at.kind === "fill" ||
      (at.kind === "alu" &&
        (at.op === "mov" || at.op?.startsWith("movsx") || (at.op === "and" && at.imm !== undefined)));
    const shiftedBack =
      at.kind === "alu" &&
      (at.op === "rsh" || at.op === "arsh") &&
      at.from[0]?.op === "lsh" &&
      at.imm === at.from[0].imm;
    const next: ValueNode | undefined = narrows ? at.from[0] : shiftedBack ? at.from[0]?.from[0] : undefined;
    if (!next) return at;
    at = next;
  }
  return at;
}
