// Random programs with BTF for their functions: global functions, which are verified on their own, and static ones. Their parameters
// mostly match the calls and sometimes do not.
import type { FuncInfo, FuncParam, Program } from "../../program/program.ts";
import { isLocalCall, isPseudoFunc } from "../../verifier/prepass/callees.ts";
import { randomProgram } from "./generate.ts";
import { Rng } from "./rng.ts";

const PARAMS: readonly FuncParam[] = ["int", "int", "int", "ctx", { mem: 4 }, { mem: 16 }, { mem: 8, nonnull: true }];
/** BTF has no name for the contexts of these types. */
const NO_CTX_STRUCT = new Set(["tracepoint", "syscall", "netfilter"]);

/** Number of functions in a program, including the main function. */
const functionCount = ({ insns }: Program): number =>
  new Set([0, ...insns.flatMap((insn, i) => (isLocalCall(insn) || isPseudoFunc(insn) ? [i + insn.imm + 1] : []))]).size;

/** The program of a seed. It has at least two functions. */
export function globalProgram(seed: number): Program {
  const rng = new Rng(seed ^ 0x5a5a);
  let program = randomProgram(seed);
  for (let n = 1; functionCount(program) < 2; n++) program = randomProgram(seed + n * 0x10_0001);
  const params = PARAMS.filter((param) => param !== "ctx" || !NO_CTX_STRUCT.has(program.progType));
  const functions = Array.from({ length: functionCount(program) }, (_, i): FuncInfo => {
    if (i === 0) return { name: "main", global: true, params: [], returns: "int" };
    return {
      name: `f${i}`,
      global: rng.chance(75),
      // Random programs call their functions with two numbers.
      params: rng.chance(85) ? ["int", "int"] : Array.from({ length: rng.between(0, 3) }, () => rng.pick(params)),
      returns: rng.chance(2) ? "void" : "int",
    };
  });
  return { ...program, funcInfo: true, functions };
}
