// Calls around which a compiler saves registers on the stack although the callee does not change them. Such spills and fills need not
// count as stack use. @kernel verifier.c mark_fastcall_patterns
import { helperId, paramCount } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { type Env, subprogEnd } from "../state/env.ts";
import { helperProto, isHelperCall } from "./callees.ts";

const SPILL = c.BPF_STX | c.BPF_MEM | c.BPF_DW;
const FILL = c.BPF_LDX | c.BPF_MEM | c.BPF_DW;
const CALLER_SAVED = 6;
/** Helpers that the x86-64 JIT or the verifier replaces by instructions that keep R1 to R5. */
const INLINED = new Set(["get_smp_processor_id", "get_current_task", "get_current_task_btf"].map((n) => helperId(n)));

/** Marks these spills and fills in InsnAux, and sets in SubprogInfo the offset below which their stack area is. */
export function markFastcallPatterns(env: Env): void {
  env.subprogs.forEach((subprog, n) => {
    const end = subprogEnd(env, n);
    let lowest = 0;
    for (let i = subprog.start; i < end; i++) {
      const insn = env.insns[i]!;
      if (insn.code === SPILL && insn.dst === c.BPF_REG_FP) lowest = Math.min(lowest, insn.off);
    }
    for (let i = subprog.start; i < end; i++) markAround(env, n, i, lowest);
  });
}

function markAround(env: Env, n: number, at: number, lowest: number): void {
  const call = env.insns[at]!;
  const proto = isHelperCall(call) ? helperProto(env, call.imm) : undefined;
  if (proto === undefined) return;
  const clobbered = ((2 << paramCount(proto)) - 1) & (proto.ret === "RET_VOID" ? ~1 : ~0);
  let kept = ~clobbered & ((1 << CALLER_SAVED) - 1);
  let off = lowest;
  let pairs = 0;
  for (; pairs < CALLER_SAVED; pairs++, off += 8) {
    const spill = env.insns[at - pairs - 1];
    const fill = env.insns[at + pairs + 1];
    if (spill === undefined || fill === undefined) break;
    if (spill.code !== SPILL || fill.code !== FILL || spill.dst !== c.BPF_REG_FP || fill.src !== c.BPF_REG_FP) break;
    if (spill.src !== fill.dst || (kept & (1 << spill.src)) === 0) break;
    if (spill.off !== off || fill.off !== off) break;
    kept &= ~(1 << spill.src);
    env.aux[at - pairs - 1]!.fastcallPattern = true;
    env.aux[at + pairs + 1]!.fastcallPattern = true;
  }
  if (pairs === 0) return;
  const subprog = env.subprogs[n]!;
  if (proto.allowFastcall && INLINED.has(call.imm)) env.aux[at]!.fastcallSpillsNum = pairs;
  else subprog.keepFastcallStack = true;
  subprog.fastcallStackOff = Math.min(subprog.fastcallStackOff, off);
}
