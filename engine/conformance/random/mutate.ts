// Small changes of programs that were written for a purpose. They lead to rules that random statements seldom reach.
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Program } from "../../program/program.ts";
import { Rng } from "./rng.ts";

const TYPES = ["socket_filter", "sched_cls", "xdp", "cgroup_skb", "tracepoint", "kprobe", "sk_msg", "cgroup_sock_addr"];
const IMMS = [0, 1, -1, 2, 4, 7, 8, 16, 31, 32, 63, 64, 255, 4096, 0x7fff_ffff, -0x8000_0000];
const ALU_OPS = Array.from({ length: 14 }, (_, i) => i << 4);
const JUMP_OPS = Array.from({ length: 15 }, (_, i) => i << 4);
const SIZES = [c.BPF_B, c.BPF_H, c.BPF_W, c.BPF_DW];

/** `insn` with one part changed. */
function mutateInsn(insn: Insn, rng: Rng): Insn {
  const klass = c.classOf(insn.code);
  const what = rng.weighted({ imm: 5, off: 4, dst: 3, src: 3, op: 3, nothing: 1 });
  switch (what) {
    case "imm":
      return { ...insn, imm: rng.chance(50) ? (insn.imm + rng.pick([-8, -4, -1, 1, 4, 8])) | 0 : rng.pick(IMMS) };
    case "off": {
      const off = insn.off + rng.pick([-8, -4, -2, -1, 1, 2, 4, 8]);
      return { ...insn, off: Math.max(-32768, Math.min(32767, off)) };
    }
    case "dst":
      return { ...insn, dst: rng.below(11) };
    case "src":
      return { ...insn, src: rng.below(11) };
    case "nothing":
      return { code: c.BPF_JMP | c.BPF_JA, dst: 0, src: 0, off: 0, imm: 0 };
  }
  if (klass === c.BPF_ALU || klass === c.BPF_ALU64) {
    const half = rng.chance(25) ? klass ^ (c.BPF_ALU ^ c.BPF_ALU64) : klass;
    return { ...insn, code: half | rng.pick(ALU_OPS) | (insn.code & c.BPF_X) };
  }
  if (klass === c.BPF_JMP || klass === c.BPF_JMP32) {
    const op = insn.code & 0xf0;
    if (op === c.BPF_CALL || op === c.BPF_EXIT) return { ...insn, imm: insn.imm + rng.pick([-1, 1]) };
    return {
      ...insn,
      code: (rng.chance(25) ? klass ^ (c.BPF_JMP ^ c.BPF_JMP32) : klass) | rng.pick(JUMP_OPS) | (insn.code & c.BPF_X),
    };
  }
  if (klass === c.BPF_LD) return { ...insn, imm: rng.pick(IMMS) };
  return { ...insn, code: (insn.code & ~c.BPF_DW) | rng.pick(SIZES) };
}

/** The program with one to three changes, and sometimes another type or flag. The second halves of LD_IMM64 are not changed. */
export function mutated(program: Program, seed: number): Program {
  const rng = new Rng(seed);
  const insns = program.insns.slice();
  const places = insns.flatMap((_, i) => (i > 0 && insns[i - 1]!.code === 0x18 ? [] : [i]));
  for (let n = rng.between(1, 3); n > 0 && places.length > 0; n--) {
    const at = rng.pick(places);
    const kind = rng.weighted({ change: 8, copy: 1, swap: 1 });
    if (insns[at]!.code === 0x18) {
      if (program.mapRefs.has(at)) insns[at] = { ...insns[at]!, dst: rng.below(10) };
      else insns[at] = { ...insns[at]!, imm: rng.pick(IMMS) };
    } else if (kind === "change") insns[at] = mutateInsn(insns[at]!, rng);
    else {
      const other = rng.pick(places);
      if (insns[other]!.code === 0x18) continue;
      if (kind === "swap") [insns[at], insns[other]] = [insns[other]!, insns[at]!];
      else insns[at] = insns[other]!;
    }
  }
  return {
    ...program,
    insns,
    progType: rng.chance(6) ? rng.pick(TYPES) : program.progType,
    progFlags: rng.chance(5) ? rng.pick([0, 1, 2, 8]) : program.progFlags,
  };
}
