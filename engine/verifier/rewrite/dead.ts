// Removes instructions that no path reaches, and then those that do nothing.
// @kernel verifier.c opt_hard_wire_dead_code_branches, opt_remove_dead_code, opt_remove_nops, remove_fastcall_spills_fills
import * as I from "../../isa/codes.ts";
import type { InsnAux } from "../state/env.ts";
import { type Code, isCondJump, isMayGoto, type Node } from "./code.ts";

const JA = I.BPF_JMP | I.BPF_JA;

export function removeDead(code: Code, aux: readonly InsnAux[]): void {
  const seen = ({ slot }: Node): boolean => slot < 0 || (aux[slot]?.seen ?? 0) !== 0;
  const nodes = code.nodes;
  for (const [i, node] of nodes.entries()) {
    if (aux[node.slot]?.fastcallPattern && aboutKeptCall(nodes, i, aux)) {
      node.insn = { code: JA, dst: 0, src: 0, off: 0, imm: 0 };
      node.target = nodes[i + 1] ?? code.end;
    }
    if (node.slot < 0 || !node.target || !isCondJump(node.insn)) continue;
    const next = nodes[i + 1];
    const to = next && !seen(next) ? node.target : !seen(node.target) ? next : undefined;
    if (!to) continue;
    node.insn = { code: JA, dst: 0, src: 0, off: 0, imm: 0 };
    node.target = to;
  }
  code.replace((node) => (seen(node) ? undefined : []));
  // From the front, one at a time: if one is removed, the instruction before it may become a jump to the next one.
  for (let i = 0; i < code.nodes.length; i++) {
    const node = code.nodes[i] as Node;
    const idle = (node.insn.code === JA || isMayGoto(node.insn)) && node.target === (code.nodes[i + 1] ?? code.end);
    if (!idle) continue;
    code.replace((other) => (other === node ? [] : undefined));
    i -= isMayGoto(node.insn) && i > 0 ? 2 : 1;
    if (i < -1) i = -1;
  }
}

/** Whether a spill or fill belongs to a call that is known not to change the register. */
function aboutKeptCall(nodes: readonly Node[], at: number, aux: readonly InsnAux[]): boolean {
  for (let far = 1; far <= 6; far++) {
    for (const node of [nodes[at - far], nodes[at + far]])
      if (node && (aux[node.slot]?.fastcallSpillsNum ?? 0) >= far) return true;
  }
  return false;
}
