// Turns the control flow of BPF (jumps to anywhere) into that of WebAssembly (blocks that are left, loops that are repeated). Reducible
// graphs: Norman Ramsey, "Beyond Relooper" (ICFP 2022), by walking the dominator tree. All others, and graphs that would nest too deep,
// become one loop around a jump table.
import { bug } from "../base/bug.ts";
import type { Block, FunctionFlow } from "../program/flow.ts";
import type { Func } from "./wasm.ts";

/** Emits the code of blocks. The compiler implements it. */
export interface BlockEmitter {
  /** Everything in the block except its last jump. */
  body(block: Block): void;
  /** Leaves an i32 on the stack: whether the jump at the block's end is taken. Only for blocks with two successors. */
  condition(block: Block): void;
  /** Code before a back edge: ends the run if its budget is used up. */
  backEdge(block: Block): void;
  /** The block has no successor: it returned, or runs past the function's end. */
  withoutSuccessor(block: Block): void;
}

/** How a function was laid out. It is shown beside the function's text. */
export type Layout = "structured" | "dispatch";

/** Functions with more blocks become a dispatch loop, because WebAssembly engines walk nested blocks recursively. */
const MAX_BLOCKS_STRUCTURED = 1500;
/** How many entries a jump table has at most. Engines accept up to 65520. */
const MAX_TABLE_ENTRIES = 65_000;

/** Emits the whole function. */
export function emitFlow(func: Func, flow: FunctionFlow, emit: BlockEmitter): Layout {
  if (flow.reducible && flow.blocks.length <= MAX_BLOCKS_STRUCTURED) {
    emitStructured(func, flow, emit);
    return "structured";
  }
  emitDispatch(func, flow, emit);
  return "dispatch";
}

function emitStructured(func: Func, { blocks, idom, loopHeads }: FunctionFlow, emit: BlockEmitter): void {
  const forwardEdges = new Array<number>(blocks.length).fill(0);
  blocks.forEach(({ next }, from) => {
    for (const to of next) if (to > from) forwardEdges[to] = (forwardEdges[to] as number) + 1;
  });
  const isMerge = (block: number) => (forwardEdges[block] as number) > 1;
  const children: number[][] = blocks.map(() => []);
  idom.forEach((over, block) => {
    if (block !== 0) (children[over] as number[]).push(block);
  });

  /** Open constructs, outermost first: the block that a branch to each leads to, and the depth at which it was opened. */
  const open: { readonly block: number; readonly loop: boolean; readonly depth: number }[] = [];
  const labelDepth = (block: number, loop: boolean) => {
    for (let i = open.length - 1; i >= 0; i--) {
      const at = open[i] as (typeof open)[number];
      if (at.block === block && at.loop === loop) return func.depth - at.depth;
    }
    throw bug(`block ${block} is not open`);
  };

  const emitTree = (block: number): void => {
    const merges = (children[block] as number[]).filter(isMerge).sort((a, b) => b - a);
    if (!loopHeads.has(block)) return emitWithin(block, merges, 0);
    func.emit("loop");
    open.push({ block, loop: true, depth: func.depth });
    emitWithin(block, merges, 0);
    open.pop();
    func.emit("end");
  };

  const emitWithin = (block: number, merges: readonly number[], at: number): void => {
    const merge = merges[at];
    if (merge === undefined) return emitBlock(block);
    func.emit("block");
    open.push({ block: merge, loop: false, depth: func.depth });
    emitWithin(block, merges, at + 1);
    open.pop();
    func.emit("end");
    emitTree(merge);
  };

  const emitBlock = (from: number): void => {
    const block = blocks[from] as Block;
    emit.body(block);
    const [otherwise, taken] = block.next;
    if (otherwise === undefined) return emit.withoutSuccessor(block);
    if (taken === undefined) return emitBranch(from, otherwise);
    emit.condition(block);
    if (needsBranch(from, taken)) {
      if (taken > from) {
        func.emit("br_if", labelDepth(taken, false));
      } else {
        func.emit("if");
        emitBranch(from, taken);
        func.emit("end");
      }
      return emitBranch(from, otherwise);
    }
    func.emit("if");
    emitBranch(from, taken);
    func.emit("else");
    emitBranch(from, otherwise);
    func.emit("end");
  };

  /** Whether the edge is a `br`. Otherwise the code of `to` is emitted in place. */
  const needsBranch = (from: number, to: number) => to <= from || isMerge(to);

  const emitBranch = (from: number, to: number): void => {
    if (!needsBranch(from, to)) return emitTree(to);
    if (to <= from) emit.backEdge(blocks[from] as Block);
    func.emit("br", labelDepth(to, to <= from));
  };

  emitTree(0);
  func.emit("unreachable");
}

/** loop { switch (which) { case 0: … which = n; continue; } } */
function emitDispatch(func: Func, { blocks }: FunctionFlow, emit: BlockEmitter): void {
  const nextBlock = func.addLocal("i32", "block");
  const emitJump = (from: number, to: number, depth: number) => {
    if (to <= from) emit.backEdge(blocks[from] as Block);
    func.emit("i32.const", to);
    func.emit("local.set", nextBlock);
    func.emit("br", func.depth - depth);
  };
  func.emit("loop");
  const top = func.depth;
  for (let i = 0; i < blocks.length; i++) func.emit("block");
  // From the last table to the first. The first needs no test.
  for (
    let first = Math.floor((blocks.length - 1) / MAX_TABLE_ENTRIES) * MAX_TABLE_ENTRIES;
    first >= 0;
    first -= MAX_TABLE_ENTRIES
  ) {
    const ifDepth = first > 0 ? 1 : 0;
    if (ifDepth) {
      func.emit("local.get", nextBlock);
      func.emit("i32.const", first);
      func.emit("i32.ge_u");
      func.emit("if");
    }
    func.emit("local.get", nextBlock);
    func.emit("i32.const", first);
    func.emit("i32.sub");
    const last = Math.min(first + MAX_TABLE_ENTRIES, blocks.length) - 1;
    func.brTable(
      Array.from({ length: last - first }, (_, i) => first + i + ifDepth),
      last + ifDepth,
    );
    if (ifDepth) func.emit("end");
  }
  blocks.forEach((block, from) => {
    func.emit("end");
    emit.body(block);
    const [otherwise, taken] = block.next;
    if (otherwise === undefined) return emit.withoutSuccessor(block);
    if (taken !== undefined) {
      emit.condition(block);
      func.emit("if");
      emitJump(from, taken, top);
      func.emit("end");
    }
    emitJump(from, otherwise, top);
  });
  func.emit("end");
  func.emit("unreachable");
}
