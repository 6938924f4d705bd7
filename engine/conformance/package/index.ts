// The library of the package: assemble, verify, disassemble, read an object. A few functions, each with plain data in and out;
// what is wrong with what they are given is in what they return, they throw nothing for its sake. For Node.
import { assemble as assembleText } from "../../asm/assemble.ts";
import { programOf } from "../../asm/assembly.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { macroText } from "../../disasm/macro.ts";
import { helperName } from "../../facts/helpers.ts";
import { decodeInsns, encodeInsns, type Insn, isLdImm64 } from "../../isa/insn.ts";
import { Registry } from "../../kernel/registry.ts";
import { type Load, loadOf } from "../../object/load.ts";
import { type BpfObject, readObject as readBytes } from "../../object/object.ts";
import type { ObjectFunction } from "../../object/programs.ts";
import { type Refusal, refusalText } from "../../object/refusal.ts";
import type { Target } from "../../object/target.ts";
import { DEFAULT_LICENSE, type FuncInfo, type LineInfo, type MapDef, type Program } from "../../program/program.ts";
import { judge } from "../judge.ts";
import { targetKernel } from "../objects/recorded-kernel.ts";

export type { BpfObject, Diagnostic, FuncInfo, Insn, LineInfo, Load, MapDef, ObjectFunction, Program, Refusal, Target };
export { decodeInsns, encodeInsns };

export interface Assembled {
  /** No diagnostic is an error. */
  readonly ok: boolean;
  readonly program: Program;
  /** Places are offsets in the source. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `progType`, `license` … where the source does not say them (`// @prog xdp`). */
export function assemble(
  source: string,
  settings: Partial<Pick<Program, "progType" | "expectedAttachType" | "progFlags" | "license">> = {},
): Assembled {
  const assembly = assembleText(source);
  const progType = assembly.progType ?? settings.progType ?? "socket_filter";
  const program = programOf(assembly, {
    progType,
    expectedAttachType: settings.expectedAttachType ?? new Registry().defaultAttachType(progType),
    progFlags: settings.progFlags ?? 0,
    license: settings.license ?? DEFAULT_LICENSE,
  });
  return { ok: assembly.ok, program, diagnostics: assembly.diagnostics };
}

export interface VerifyOptions {
  /** BPF_LOG_LEVEL1 (1), LEVEL2 (2), STATS (4), or'ed; 0: no log. Default: 1. */
  readonly logLevel?: number;
  /** Bytes; a longer log loses its beginning, and the program with it (ENOSPC). Default: 16 MiB. */
  readonly logSize?: number;
}

export interface Verdict {
  readonly verdict: "accept" | "reject" | "not simulated";
  /** As bpf(2) sets it; 0 for an accepted program. */
  readonly errno: number;
  /** The kernel's text. */
  readonly log: string;
  /** Of a program that is not simulated: what it needs. */
  readonly unsupported?: string;
  readonly insns: number;
  readonly states: number;
  readonly peakStates: number;
}

/** What Linux 6.18 answers to a load of the program. */
export function verify(program: Program, { logLevel = 1, logSize }: VerifyOptions = {}): Verdict {
  const { verdict, errno, log, unsupported, seen } = judge(program, {
    logLevel,
    ...(logSize !== undefined && { logSize }),
  });
  const { insnsProcessed = 0, totalStates = 0, peakStates = 0 } = seen ?? {};
  return {
    verdict: unsupported === undefined ? verdict : "not simulated",
    errno,
    log,
    ...(unsupported !== undefined && { unsupported }),
    insns: insnsProcessed,
    states: totalStates,
    peakStates,
  };
}

/** One line an instruction: as the verifier's log has it, or as a C macro. */
export function disassemble(insns: readonly Insn[], form: "kernel" | "macro" = "kernel"): string[] {
  if (form === "macro")
    return macroText(insns, { helperName })
      .trimEnd()
      .split("\n")
      .map((line) => line.trim());
  const lines: string[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    lines.push(`${slot}: ${formatInsn(insn, insns[slot + 1], { helperName, kfuncName: () => "" })}`);
    if (isLdImm64(insn)) slot++;
  }
  return lines;
}

/** A result, or the sentence that says why there is none. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };

const result = <Value>(
  from: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal },
): Result<Value> => (from.ok ? from : { ok: false, message: refusalText(from.refusal, "en") });

/** An object file (ELF, little-endian BPF). `fileName` names its maps, as libbpf does. */
export const readObject = (bytes: Uint8Array, fileName: string): Result<BpfObject> =>
  result(readBytes(bytes, fileName));

/** What libbpf would hand to bpf(2) for one of `object.programs`. */
export const loadProgram = (object: BpfObject, program: ObjectFunction, kernel: Target): Result<Load> =>
  result(loadOf(object, program, kernel));

/** Linux 6.18 as it was recorded; with the types of another kernel where a file like /sys/kernel/btf/vmlinux is named. */
export const kernel = (btfPath?: string): Result<Target> => result(targetKernel(btfPath));
