// Which registers may be read after a place before they are written: live-variable analysis of each function.
// @kernel verifier.c compute_live_registers, compute_insn_live_regs

import { paramCount } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { aluShape } from "../../isa/forms.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { insnText } from "../print/insn.ts";
import { type Env, verbose } from "../state/env.ts";
import { helperProto, isHelperCall } from "./callees.ts";
import { NONE } from "./successors.ts";

/** Bit n is Rn. */
type RegMask = number;
const R0: RegMask = 1;
const ALL: RegMask = 0xffff;
const CALLER_SAVED: RegMask = 0x3f;

/** Upper half: the registers that an instruction reads. Lower half: those that it writes. */
type UseAndDef = number;
const DEF_BITS = 16;
const effect = (use: RegMask, def: RegMask): UseAndDef => (use << DEF_BITS) | def;
const UNKNOWN = effect(ALL, 0);

/** The registers that an instruction reads and writes. An unknown instruction reads all and writes none. */
function useAndDef(env: Env, insn: Insn): UseAndDef {
  const dst = 1 << insn.dst;
  const src = 1 << insn.src;
  const op = insn.code & 0xf0;
  const mode = insn.code & 0xe0;
  const fromReg = (insn.code & c.BPF_X) !== 0;
  switch (c.classOf(insn.code)) {
    case c.BPF_LD:
      return isLdImm64(insn) ? effect(0, dst) : UNKNOWN;
    case c.BPF_LDX:
      return mode === c.BPF_MEM || mode === c.BPF_MEMSX ? effect(src, dst) : UNKNOWN;
    case c.BPF_ST:
      return mode === c.BPF_MEM ? effect(dst, 0) : UNKNOWN;
    case c.BPF_STX:
      if (mode === c.BPF_MEM) return effect(dst | src, 0);
      if (mode !== c.BPF_ATOMIC) return UNKNOWN;
      if (insn.imm === c.BPF_CMPXCHG) return effect(R0 | dst | src, R0);
      if (insn.imm === c.BPF_LOAD_ACQ) return effect(src, dst);
      if (insn.imm === c.BPF_STORE_REL) return effect(dst | src, 0);
      return effect(dst | src, insn.imm & c.BPF_FETCH ? src : 0);
    case c.BPF_ALU:
    case c.BPF_ALU64:
      if (op === c.BPF_END) return effect(dst, dst);
      if (aluShape(op) === "move") return effect(fromReg ? src : 0, dst);
      return effect(fromReg ? dst | src : dst, dst);
    default:
      if (op === c.BPF_JA || op === c.BPF_JCOND) return effect(0, 0);
      if (op === c.BPF_EXIT) return effect(R0, 0);
      if (op === c.BPF_CALL) return effect(argumentsOf(env, insn), CALLER_SAVED);
      return effect(fromReg ? dst | src : dst, 0);
  }
}

/** R1 to Rn for a helper with n parameters. All five if the helper is not known. */
function argumentsOf(env: Env, insn: Insn): RegMask {
  const proto = isHelperCall(insn) ? helperProto(env, insn.imm) : undefined;
  return proto === undefined ? CALLER_SAVED & ~R0 : (2 << paramCount(proto)) - 2;
}

/** Fills InsnAux.liveRegsBefore, and prints it at level 2. Needs env.successors and env.postorder. */
export function computeLiveRegisters(env: Env): void {
  const { successors, postorder } = env;
  const effects = Int32Array.from(env.insns, (insn) => useAndDef(env, insn));
  const live = new Uint16Array(env.insns.length);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < postorder.length; i++) {
      const at = postorder[i]!;
      const next = successors[2 * at]!;
      const other = successors[2 * at + 1]!;
      const after = (next === NONE ? 0 : live[next]!) | (other === NONE ? 0 : live[other]!);
      const before = (after & ~effects[at]! & 0xffff) | (effects[at]! >>> DEF_BITS);
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
  verbose(env, "live-registers", "Live regs before insn:\n", -1);
  for (let i = 0; i < env.insns.length; i++) {
    const { scc, liveRegsBefore } = env.aux[i]!;
    let regs = "";
    for (let r = 0; r < c.BPF_REG_FP; r++) regs += liveRegsBefore & (1 << r) ? r : ".";
    const loop = scc === 0 ? "    " : `${String(scc).padStart(3)} `;
    verbose(env, "live-registers", `${loop}${String(env.slotNumber(i)).padStart(3)}: ${regs} ${insnText(env, i)}\n`, i);
    if (isLdImm64(env.insns[i]!)) i++;
  }
}
