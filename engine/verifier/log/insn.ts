// Instructions in the log.  @kernel verifier.c verbose_insn
import { formatInsn } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Env } from "../state/env.ts";

/** Calls of kernel functions that get as far as being printed have number 0, and type 0 of the kernel's BTF has no name. */
const NAMES = { helperName, kfuncName: () => "" };

/** One text for each slot of a program, made when first asked for. */
const texts = new WeakMap<readonly Insn[], string[]>();

/** `(bf) r2 = r10`, without a newline. */
export function insnText(env: Env, insnIdx: number): string {
  let cache = texts.get(env.insns);
  if (cache === undefined) texts.set(env.insns, (cache = new Array(env.insns.length)));
  return (cache[insnIdx] ??= formatInsn(env.insns[insnIdx]!, env.insns[insnIdx + 1], NAMES));
}
