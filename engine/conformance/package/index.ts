// The library of the package, for Node: assemble, verify, disassemble, read an object. A few functions that take and return plain data.
// Faults in their input are in the result; they throw nothing because of them.
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
  /** True if no diagnostic is an error. */
  readonly ok: boolean;
  readonly program: Program;
  /** Places are offsets in the source. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `settings` count if the source does not say them (`// @prog xdp`). */
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
  /** BPF_LOG_LEVEL1 (1), LEVEL2 (2) and STATS (4), or'ed. 0: no log. Default: 1. */
  readonly logLevel?: number;
  /** Size of the log buffer in bytes. A longer log loses its beginning, and the program is refused (ENOSPC). Default: 16 MiB. */
  readonly logSize?: number;
}

export interface Verdict {
  readonly verdict: "accept" | "reject" | "not simulated";
  /** The errno of bpf(2). 0 for an accepted program. */
  readonly errno: number;
  /** The kernel's text. */
  readonly log: string;
  /** If the program is not simulated: what it needs. */
  readonly notSimulated?: string;
  readonly insns: number;
  readonly states: number;
  readonly peakStates: number;
}

/** What Linux 6.18 answers to a load of the program. */
export function verify(program: Program, { logLevel = 1, logSize }: VerifyOptions = {}): Verdict {
  const { verdict, errno, log, notSimulated, seen } = judge(program, {
    logLevel,
    ...(logSize !== undefined && { logSize }),
  });
  const { insnsProcessed = 0, totalStates = 0, peakStates = 0 } = seen ?? {};
  return {
    verdict: notSimulated === undefined ? verdict : "not simulated",
    errno,
    log,
    ...(notSimulated !== undefined && { notSimulated }),
    insns: insnsProcessed,
    states: totalStates,
    peakStates,
  };
}

/** One line for each instruction, in the form of the verifier's log or as a C macro. */
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

/** A result, or a sentence that says why there is none. */
export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };

const result = <Value>(
  from: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal },
): Result<Value> => (from.ok ? from : { ok: false, message: refusalText(from.refusal, "en") });

/** Reads an object file (ELF, little-endian BPF). Its maps are named after `fileName`, as libbpf does. */
export const readObject = (bytes: Uint8Array, fileName: string): Result<BpfObject> =>
  result(readBytes(bytes, fileName));

/** The load that libbpf would give to bpf(2) for one of `object.programs`. */
export const loadProgram = (object: BpfObject, program: ObjectFunction, kernel: Target): Result<Load> =>
  result(loadOf(object, program, kernel));

/** The recorded Linux 6.18. `btfPath`: a file like /sys/kernel/btf/vmlinux, whose types are used instead. */
export const kernel = (btfPath?: string): Result<Target> => result(targetKernel(btfPath));
