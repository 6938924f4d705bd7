// Instructions in the log. @kernel verifier.c verbose_insn
import { formatInsn } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Env } from "../state/env.ts";

/** Only calls of the kernel function with number 0 are ever printed, and type 0 of the kernel's BTF has no name. */
const NAMES = { helperName, kfuncName: () => "" };

/** One text for each slot of a program, made when it is first needed. */
const texts = new WeakMap<readonly Insn[], string[]>();

/** `(bf) r2 = r10`, without a newline. */
export function insnText(env: Env, insnIdx: number): string {
  let cache = texts.get(env.insns);
  if (cache === undefined) texts.set(env.insns, (cache = new Array(env.insns.length)));
  return (cache[insnIdx] ??= formatInsn(env.insns[insnIdx]!, env.insns[insnIdx + 1], NAMES));
}
