// Which registers may still be read after a place before they are written: live-variable analysis over each function.
// @kernel verifier.c compute_live_registers, compute_insn_live_regs

import { paramCount } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { insnText } from "../log/insn.ts";
import { type Env, verbose } from "../state/env.ts";
import { helperProto, isHelperCall } from "./callees.ts";
import { successorsOf } from "./successors.ts";

/** Bit n is Rn. */
type RegMask = number;
const R0: RegMask = 1;
const ALL: RegMask = 0xffff;
const CALLER_SAVED: RegMask = 0x3f;

/** Registers that an instruction reads and writes. Where it is not known: reads all, writes none. */
function useAndDef(env: Env, insn: Insn): readonly [use: RegMask, def: RegMask] {
  const dst = 1 << insn.dst;
  const src = 1 << insn.src;
  const op = insn.code & 0xf0;
  const mode = insn.code & 0xe0;
  const fromReg = (insn.code & c.BPF_X) !== 0;
  switch (c.classOf(insn.code)) {
    case c.BPF_LD:
      return isLdImm64(insn) ? [0, dst] : [ALL, 0];
    case c.BPF_LDX:
      return mode === c.BPF_MEM || mode === c.BPF_MEMSX ? [src, dst] : [ALL, 0];
    case c.BPF_ST:
      return mode === c.BPF_MEM ? [dst, 0] : [ALL, 0];
    case c.BPF_STX:
      if (mode === c.BPF_MEM) return [dst | src, 0];
      if (mode !== c.BPF_ATOMIC) return [ALL, 0];
      if (insn.imm === c.BPF_CMPXCHG) return [R0 | dst | src, R0];
      if (insn.imm === c.BPF_LOAD_ACQ) return [src, dst];
      if (insn.imm === c.BPF_STORE_REL) return [dst | src, 0];
      return [dst | src, insn.imm & c.BPF_FETCH ? src : 0];
    case c.BPF_ALU:
    case c.BPF_ALU64:
      if (op === c.BPF_END) return [dst, dst];
      if (op === c.BPF_MOV) return [fromReg ? src : 0, dst];
      return [fromReg ? dst | src : dst, dst];
    default:
      if (op === c.BPF_JA || op === c.BPF_JCOND) return [0, 0];
      if (op === c.BPF_EXIT) return [R0, 0];
      if (op === c.BPF_CALL) return [argumentsOf(env, insn), CALLER_SAVED];
      return [fromReg ? dst | src : dst, 0];
  }
}

/** R1 … Rn of a helper with n parameters; all five where it is not known. */
function argumentsOf(env: Env, insn: Insn): RegMask {
  const proto = isHelperCall(insn) ? helperProto(env, insn.imm) : undefined;
  return proto === undefined ? CALLER_SAVED & ~R0 : (2 << paramCount(proto)) - 2;
}

/** Fills InsnAux.liveRegsBefore, and prints it at level 2. Needs env.postorder. */
export function computeLiveRegisters(env: Env): void {
  const successors = successorsOf(env.insns);
  const effects = env.insns.map((insn) => useAndDef(env, insn));
  const live = new Uint16Array(env.insns.length);
  for (let changed = true; changed; ) {
    changed = false;
    for (const at of env.postorder) {
      let after = 0;
      for (const next of successors[at]!) after |= live[next]!;
      const [use, def] = effects[at]!;
      const before = (after & ~def) | use;
      if (before !== live[at]) {
        live[at] = before;
        changed = true;
      }
    }
  }
  for (let i = 0; i < live.length; i++) env.aux[i]!.liveRegsBefore = live[i]!;
  if (env.log.level & BPF_LOG_LEVEL2) printTable(env);
}

function printTable(env: Env): void {
  verbose(env, "Live regs before insn:\n");
  for (let i = 0; i < env.insns.length; i++) {
    const { scc, liveRegsBefore } = env.aux[i]!;
    let regs = "";
    for (let r = 0; r < c.BPF_REG_FP; r++) regs += liveRegsBefore & (1 << r) ? r : ".";
    const loop = scc === 0 ? "    " : `${String(scc).padStart(3)} `;
    verbose(env, `${loop}${String(i).padStart(3)}: ${regs} ${insnText(env, i)}\n`);
    if (isLdImm64(env.insns[i]!)) i++;
  }
}
