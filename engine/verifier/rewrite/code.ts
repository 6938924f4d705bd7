// A program while it is rewritten: a list of instructions that point to their jump targets, so that instructions can be added and
// removed without counting. Offsets are computed at the end. Mutable. @kernel core.c bpf_patch_insn_single
import * as I from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";

/** One instruction. `second` is the second slot of a two-slot load. */
export interface Node {
  insn: Insn;
  readonly second?: Insn;
  /** Slot in the original program. -1: the instruction was added. */
  slot: number;
  /** Where a jump or a call of the program's own function leads, or the function whose address is loaded. */
  target?: Node;
  /** The kernel function that a helper call has become. */
  callee?: string;
}

export interface Rewritten {
  readonly insns: readonly Insn[];
  /** Slot → the kernel function that is called there. */
  readonly callees: ReadonlyMap<number, string>;
}

const MAY_GOTO = I.BPF_JMP | I.BPF_JCOND;
const JA32 = I.BPF_JMP32 | I.BPF_JA;
const isFuncAddress = (insn: Insn) => isLdImm64(insn) && insn.src === I.BPF_PSEUDO_FUNC;
const isOwnCall = ({ code, src }: Insn) => code === (I.BPF_JMP | I.BPF_CALL) && src === I.BPF_PSEUDO_CALL;

/** The distance in an instruction that jumps, calls an own function or loads its address. undefined: another instruction. */
function distance(insn: Insn): number | undefined {
  const { code, off, imm } = insn;
  if (isFuncAddress(insn) || isOwnCall(insn)) return imm;
  const kind = I.classOf(code);
  if (kind !== I.BPF_JMP && kind !== I.BPF_JMP32) return undefined;
  const op = code & 0xf0;
  if (op === I.BPF_CALL || op === I.BPF_EXIT) return undefined;
  return code === JA32 ? imm : off;
}

/** A jump that can also fall through, with a condition or without one (JCOND). `ja` is not among them. */
export function isCondJump({ code }: Insn): boolean {
  const kind = I.classOf(code);
  const op = code & 0xf0;
  if (kind === I.BPF_JMP32) return op !== I.BPF_JA;
  return kind === I.BPF_JMP && op !== I.BPF_JA && op !== I.BPF_CALL && op !== I.BPF_EXIT;
}

export class Code {
  nodes: Node[];
  /** The target of a jump behind the last instruction. It is not part of the program, but targets need a node. */
  readonly end: Node = { insn: { code: 0, dst: 0, src: 0, off: 0, imm: 0 }, slot: -1 };

  constructor(insns: readonly Insn[]) {
    const bySlot: Node[] = [];
    this.nodes = [];
    for (let slot = 0; slot < insns.length; slot++) {
      const insn = insns[slot] as Insn;
      const second = isLdImm64(insn) ? insns[slot + 1] : undefined;
      const node: Node = { insn, slot, ...(second && { second }) };
      bySlot[slot] = node;
      this.nodes.push(node);
      if (second) slot++;
    }
    for (const node of this.nodes) {
      const far = distance(node.insn);
      if (far !== undefined) node.target = bySlot[node.slot + 1 + far] ?? this.end;
    }
  }

  /**
   * Replaces each node by the nodes that `make` returns. undefined: the node stays. Jumps to a node then lead to its first replacement.
   */
  replace(make: (node: Node, next: Node) => readonly Node[] | undefined): void {
    const first = new Map<Node, Node>();
    const nodes: Node[] = [];
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i] as Node;
      const made = make(node, nodes.at(-1) ?? this.end) ?? [node];
      for (let n = made.length - 1; n >= 0; n--) nodes.push(made[n] as Node);
      // If the node is removed, the node after it takes its place.
      const now = made[0] ?? nodes.at(-1) ?? this.end;
      if (now !== node) first.set(node, now);
    }
    this.nodes = nodes.reverse();
    const resolve = (node: Node): Node => {
      const next = first.get(node);
      return next === undefined || next === node ? node : resolve(next);
    };
    for (const node of this.nodes) {
      if (node.target) node.target = resolve(node.target);
    }
  }

  /** Computes slots and offsets. `subprogOf`: number of the function that begins at a node. */
  finish(subprogOf: (node: Node) => number): Rewritten {
    const slotOf = new Map<Node, number>();
    let at = 0;
    for (const node of this.nodes) {
      slotOf.set(node, at);
      at += node.second ? 2 : 1;
    }
    slotOf.set(this.end, at);
    const insns: Insn[] = [];
    const callees = new Map<number, string>();
    for (const node of this.nodes) {
      const slot = slotOf.get(node) as number;
      const far = node.target && (slotOf.get(node.target) as number) - slot - 1;
      insns.push(far === undefined || !node.target ? node.insn : aimed(node.insn, far, subprogOf(node.target)));
      if (node.second)
        insns.push(
          isFuncAddress(node.insn) && node.target ? { ...node.second, imm: subprogOf(node.target) } : node.second,
        );
      if (node.callee !== undefined) callees.set(slot, node.callee);
    }
    return { insns, callees };
  }
}

/**
 * A call of an own function has its distance in `off` and the function's number in `imm`, as the JIT leaves it.
 * @kernel verifier.c jit_subprogs
 */
function aimed(insn: Insn, far: number, subprog: number): Insn {
  if (isFuncAddress(insn)) return { ...insn, imm: far };
  if (isOwnCall(insn)) return { ...insn, off: far, imm: subprog };
  return insn.code === JA32 ? { ...insn, imm: far } : { ...insn, off: far };
}

export const isMayGoto = ({ code, src }: Insn): boolean => code === MAY_GOTO && src === I.BPF_MAY_GOTO;
