// The instruction to change: where a check is missing or wrong, where the value went wrong, or where an argument was set. If nothing
// better is known it is the refused instruction itself.
import { classOf } from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { baseType, PTR_TO_MEM } from "../state/regtype.ts";
import type { Findings } from "./findings.ts";
import { leavingBranch } from "./leak.ts";
import { ancestors, numberIn } from "./lineage.ts";
import type { WhyMissed } from "./missed.ts";
import type { Path } from "./path.ts";

/** The comparison itself is right, but it was made too early or of another value: the instructions after it have to change. */
const TOO_EARLY: ReadonlySet<WhyMissed> = new Set<WhyMissed>([
  "before-change",
  "read-again",
  "before-add",
  "recomputed",
  "packet-moved",
  "other-pointer",
]);

export function rootOf({ refusal, at, path, lineage, need, missed, fate }: Findings): number {
  const { id, args } = refusal;
  const end = path.length - 1;
  if (end < 0) return at;
  const here = path[end]!.slot;
  const check = missed.findLast(({ why }) => !TOO_EARLY.has(why));
  if (check) return check.slot;
  const node = "reg" in args ? lineage.reg(end, args.reg) : undefined;

  switch (id) {
    case "not-a-pointer":
    case "null-pointer":
      return fate(args.reg)?.slot ?? at;
    case "reference-leak":
      return leavingBranch(path, args.ref, args.taken)?.slot ?? args.taken;
    case "pointer-offset-modified":
    case "pointer-offset-negative":
    case "pointer-offset-variable":
      return node && node.step >= 0 ? node.slot : at;
    case "helper-argument":
    case "helper-argument-memory":
    case "program-return-range":
    case "constant-argument":
    case "storage-flags":
      return lastSet(path, args.reg) ?? at;
    case "pointer-bitwise":
      return node && node.step >= 0 && node.op === "add" ? node.slot : at;
    case "stack-bounds":
      return classOf(path[end]!.insn.code) === 5 ? (lastSet(path, args.reg) ?? at) : at;
    case "infinite-loop":
      return isJump(path[end]!.insn) ? here : (path[end - 1]?.slot ?? at);
    case "region-after":
    case "region-before": {
      const access = path[end]!.insn;
      const call = node && ancestors(node).find(({ kind, step }) => kind === "call" && step >= 0);
      const size = call && baseType(call.is?.type ?? 0) === PTR_TO_MEM ? lineage.reg(call.step, 2) : undefined;
      if (size && size.step >= 0) return size.slot;
      const moved = node && node.op === "add" && node.step >= 0 && classOf(access.code) !== 5 && access.off === 0;
      return moved ? node.slot : at;
    }
  }
  if (need?.kind === "number") {
    const { node: number } = need;
    const limits = number.op === "and" || number.op === "mod" || number.op === "rsh";
    const isReadAgain = missed.at(-1)?.why === "read-again";
    if (limits || isReadAgain || need.reg < 0) return number.slot >= 0 ? number.slot : at;
    const sum = node && numberIn(node) ? ancestors(node).find(({ from }) => from.includes(number)) : undefined;
    return sum && sum.slot >= 0 ? sum.slot : at;
  }
  if (need?.kind === "packet" && missed.length > 0 && need.node.slot >= 0) return need.node.slot;
  return at;
}

const isJump = (insn: Insn): boolean => ["jmp", "ja", "may_goto"].includes(formOf(insn)?.kind ?? "");

/** Slot of the last instruction of the path that wrote Rn in the innermost frame. */
export function lastSet(path: Path, n: number): number | undefined {
  const frame = path.at(-1)!.before.curframe;
  for (let i = path.length - 2; i >= 0; i--) {
    const { insn, slot, before } = path[i]!;
    if (before.curframe !== frame) continue;
    const form = formOf(insn);
    if (!form) continue;
    if (form.kind === "call") return n <= 5 ? slot : undefined;
    const writes = form.kind === "alu" || form.kind === "ldx" || form.kind === "ld_imm64" || form.kind === "end";
    if (writes && insn.dst === n) return slot;
  }
  return undefined;
}
