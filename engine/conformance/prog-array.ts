// The programs that the recordings put into their prog arrays. The recordings describe them in words: `return 42`, and
// `tail call itself at 1, else return 41`.
import { viewOf } from "../base/bytes.ts";
import * as c from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { Process } from "../kernel/process.ts";
import type { Program } from "../program/program.ts";

const insn = (code: number, dst: number, src: number, imm: number): Insn => ({ code, dst, src, off: 0, imm });
const movImm = (dst: number, imm: number): Insn => insn(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst, 0, imm);
const EXIT = insn(c.BPF_JMP | c.BPF_EXIT, 0, 0, 0);
const BPF_FUNC_tail_call = 12;

/** `mapFd`: the array that the program is put into. undefined: the text describes neither of the two kinds. */
export function describedProgram(text: string, mapFd: number): Insn[] | undefined {
  const plain = /^return (\d+)$/.exec(text);
  if (plain) return [movImm(0, Number(plain[1])), EXIT];
  const looping = /^tail call itself at (\d+), else return (\d+)$/.exec(text);
  if (!looping) return undefined;
  return [
    movImm(3, Number(looping[1])),
    insn(c.BPF_LD | c.BPF_IMM | c.BPF_DW, 2, c.BPF_PSEUDO_MAP_FD, mapFd),
    insn(0, 0, 0, 0),
    insn(c.BPF_JMP | c.BPF_CALL, 0, 0, BPF_FUNC_tail_call),
    movImm(0, Number(looping[2])),
    EXIT,
  ];
}

/** Loads the programs with the type of the main program and stores their descriptors. 0, or the first negative errno. */
export function fillProgArray(
  process: Process,
  { progType, expectedAttachType, license }: Program,
  mapFd: number,
  programs: Readonly<Record<string, string>>,
): number {
  for (const [index, text] of Object.entries(programs)) {
    const insns = describedProgram(text, mapFd);
    if (!insns) continue;
    const { ret } = process.progLoad({
      progType: process.kernel.progTypeId(progType) ?? -1,
      insns,
      license,
      logLevel: 0,
      progFlags: 0,
      progName: "",
      expectedAttachType,
    });
    if (ret < 0) return ret;
    const updated = process.mapUpdate(mapFd, u32(Number(index)), u32(ret));
    if (updated < 0) return updated;
  }
  return 0;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}
