// Control flow of a program as a graph of basic blocks: functions, blocks, order, dominators, loops.
// jit/ compiles from it. The verifier does not use it: it follows instructions in the kernel's own order.
// Dominators: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
import { formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";

export interface Block {
  /** First slot. */
  readonly start: number;
  /** One past the last slot. */
  readonly end: number;
  /**
   * Indices of the blocks that may follow. After a conditional jump: [not taken, taken]. After goto: one. None after exit,
   * and none for a way that runs past the end of the function.
   */
  readonly next: readonly number[];
}

export interface FunctionFlow {
  /** First slot; 0 for the main program. */
  readonly entry: number;
  /** The reachable blocks in reverse postorder. Index 0 is the entry. */
  readonly blocks: readonly Block[];
  /** Block → its immediate dominator. The entry's is the entry itself. */
  readonly idom: readonly number[];
  /** Blocks to which an edge leads back, from the block itself or a later one. */
  readonly loopHeads: ReadonlySet<number>;
  /** Whether every edge back leads to a block that dominates the edge's source. */
  readonly reducible: boolean;
}

/** How many slots an instruction takes: 2 for LD_IMM64, else 1. */
export const slotsOf = (insn: Insn): 1 | 2 => formOf(insn)?.slots ?? 1;

/** The slot that a jump leads to, which may lie outside the program. `undefined` if the instruction is not a jump. */
export function jumpTarget(insn: Insn, slot: number): number | undefined {
  const form = formOf(insn);
  switch (form?.kind) {
    case "jmp":
    case "may_goto":
      return slot + 1 + insn.off;
    case "ja":
      return slot + 1 + (form.width === 64 ? insn.off : insn.imm);
    default:
      return undefined;
  }
}

/** First slot of the function that a local call or a load of a function's address names. It may lie outside the program. */
export function calleeOf(insn: Insn, slot: number): number | undefined {
  const form = formOf(insn);
  const local = form?.kind === "call" && form.target === "local";
  const address = form?.kind === "ld_imm64" && form.pseudo === "func";
  return local || address ? slot + 1 + insn.imm : undefined;
}

/** The field that holds the distance of a jump, a local call or a load of a function's address. */
export function distanceField(insn: Insn, slot: number): "off" | "imm" | undefined {
  if (calleeOf(insn, slot) !== undefined) return "imm";
  const target = jumpTarget(insn, slot);
  return target === undefined ? undefined : target === slot + 1 + insn.off ? "off" : "imm";
}

/** First slots of all functions, ascending: 0, the targets of local calls, and functions whose address is loaded. */
export function functionEntries(insns: readonly Insn[]): number[] {
  const entries = new Set([0]);
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot] as Insn)) {
    const target = calleeOf(insns[slot] as Insn, slot);
    if (target !== undefined && target >= 0 && target < insns.length) entries.add(target);
  }
  return [...entries].sort((a, b) => a - b);
}

/** The graph of one function. It starts at `entry` and ends before `end`, where the next function starts. */
export function functionFlow(insns: readonly Insn[], entry: number, end: number): FunctionFlow {
  const inside = (slot: number) => slot >= entry && slot < end;

  const leaders = new Set([entry]);
  for (let slot = entry; slot < end; slot += slotsOf(insns[slot] as Insn)) {
    const kind = formOf(insns[slot] as Insn)?.kind;
    const target = jumpTarget(insns[slot] as Insn, slot);
    if (target !== undefined && inside(target)) leaders.add(target);
    if ((target !== undefined || kind === "exit") && inside(slot + 1)) leaders.add(slot + 1);
  }
  const starts = [...leaders].sort((a, b) => a - b);
  const indexOf = new Map(starts.map((start, i) => [start, i]));

  const raw = starts.map((start, i): Block => {
    const limit = starts[i + 1] ?? end;
    let last = start;
    while (last + slotsOf(insns[last] as Insn) < limit) last += slotsOf(insns[last] as Insn);
    const kind = formOf(insns[last] as Insn)?.kind;
    const target = jumpTarget(insns[last] as Insn, last);
    const follows: (number | undefined)[] = [];
    if (kind !== "exit" && kind !== "ja") follows.push(indexOf.get(limit));
    if (target !== undefined) follows.push(indexOf.get(target));
    return { start, end: limit, next: follows.filter((next) => next !== undefined) };
  });

  const order = reversePostorder(raw);
  const renamed = new Map(order.map((old, i) => [old, i]));
  const blocks = order.map((old): Block => {
    const block = raw[old] as Block;
    return { ...block, next: block.next.map((next) => renamed.get(next) as number) };
  });

  const idom = dominators(blocks);
  const loopHeads = new Set<number>();
  let reducible = true;
  blocks.forEach((block, from) => {
    for (const to of block.next) {
      if (to > from) continue;
      loopHeads.add(to);
      if (!dominates(idom, to, from)) reducible = false;
    }
  });
  return { entry, blocks, idom, loopHeads, reducible };
}

/** A loop: all blocks between its head and the edges back to the head. */
export interface Loop {
  readonly head: number;
  /** Blocks with an edge back to the head, ascending. */
  readonly latches: readonly number[];
  /** All blocks of the loop, with head and latches. */
  readonly members: ReadonlySet<number>;
}

/** The loops by ascending head. If a loop can also be entered elsewhere, only blocks after its head count as its members. */
export function naturalLoops({ blocks, loopHeads }: FunctionFlow): Loop[] {
  const before: number[][] = blocks.map(() => []);
  blocks.forEach(({ next }, from) => {
    for (const to of next) (before[to] as number[]).push(from);
  });
  return [...loopHeads]
    .sort((a, b) => a - b)
    .map((head) => {
      const latches = [...new Set((before[head] as number[]).filter((from) => from >= head))].sort((a, b) => a - b);
      const members = new Set([head]);
      const open = [...latches];
      for (let block = open.pop(); block !== undefined; block = open.pop()) {
        if (members.has(block) || block < head) continue;
        members.add(block);
        open.push(...(before[block] as number[]));
      }
      return { head, latches, members };
    });
}

/** Indices of the reachable blocks. Not recursive, because a program may be a million blocks deep. */
function reversePostorder(blocks: readonly Block[]): number[] {
  const seen = new Set([0]);
  const done: number[] = [];
  const path = [{ block: 0, next: 0 }];
  while (path.length > 0) {
    const top = path[path.length - 1] as { block: number; next: number };
    const { next } = blocks[top.block] as Block;
    if (top.next < next.length) {
      const child = next[top.next++] as number;
      if (!seen.has(child)) {
        seen.add(child);
        path.push({ block: child, next: 0 });
      }
    } else {
      done.push(top.block);
      path.pop();
    }
  }
  return done.reverse();
}

/** Immediate dominators of blocks in reverse postorder. */
function dominators(blocks: readonly Block[]): number[] {
  const before: number[][] = blocks.map(() => []);
  blocks.forEach((block, from) => {
    for (const to of block.next) (before[to] as number[]).push(from);
  });
  const idom: number[] = blocks.map((_, i) => (i === 0 ? 0 : -1));
  const meet = (one: number, two: number) => {
    let a = one;
    let b = two;
    while (a !== b) {
      while (a > b) a = idom[a] as number;
      while (b > a) b = idom[b] as number;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let block = 1; block < blocks.length; block++) {
      const known = (before[block] as number[]).filter((from) => idom[from] !== -1);
      const dominator = known.reduce(meet);
      if (idom[block] !== dominator) {
        idom[block] = dominator;
        changed = true;
      }
    }
  }
  return idom;
}

/** Whether every way to `block` leads through `over`. In reverse postorder a dominator has the smaller index. */
export function dominates(idom: readonly number[], over: number, block: number): boolean {
  let at = block;
  while (at > over) at = idom[at] as number;
  return at === over;
}
