// The verifier as a table of contents: what BPF_PROG_LOAD checks of the instructions before a program may run. The order is the
// kernel's, and decides which message comes first. For the checks before that see kernel/load.ts, which is the only caller except the
// tests of this room. It never throws because of a program, and changes none of its arguments.
// @kernel verifier.c bpf_check

import { bug } from "../base/bug.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import type { ProgType } from "../facts/types.ts";
import type { Insn } from "../isa/insn.ts";
import type { NotSimulated } from "../program/not-simulated.ts";
import type { Program } from "../program/program.ts";
import { checkMaxStackDepth } from "./check/stack-depth.ts";
import { fixups } from "./fixups.ts";
import { DEFAULT_LOG_SIZE, VerifierLog } from "./log/buffer.ts";
import type { LogLines } from "./log/line-table.ts";
import { prepass } from "./prepass/prepass.ts";
import { verificationStats } from "./print/stats.ts";
import type { Refusal } from "./refusals.ts";
import { refuseAt } from "./refuse.ts";
import { type Env, NOT_SIMULATED } from "./state/env.ts";
import { EAGAIN } from "./state/errors.ts";
import { newEnv } from "./state/new-env.ts";
import { type Trace, type TraceOptions, Tracer } from "./trace.ts";
import { walkProgram } from "./walk.ts";

export interface VerifyOptions {
  /** BPF_LOG_LEVEL1 (1), BPF_LOG_LEVEL2 (2) and BPF_LOG_STATS (4), or'ed. 0: no log. */
  readonly logLevel: number;
  /** Size of the log buffer in bytes. A log that does not fit loses its beginning, and the program is refused (ENOSPC). */
  readonly logSize?: number;
  /** Used instead of the type that `program.progType` names: a program type that the reader defined. */
  readonly progType?: ProgType;
  /** Records the state at each visited instruction. */
  readonly trace?: TraceOptions;
  /** Called every 16384 instructions with the number walked and the length of the log so far. true: the walk stops with EAGAIN. */
  readonly progress?: (insnsProcessed: number, logChars: number) => boolean;
  /** The number that the log writes for each slot, so that logs of two programs can be compared. Default: the slot's own number. */
  readonly slotNumber?: (slot: number) => number;
  /** A clock in microseconds, for the verification time in the log (BPF_LOG_STATS). Without one the time is 0. */
  readonly now?: () => number;
}

export interface Verdict {
  readonly verdict: "accept" | "reject";
  /** 0, or the errno that bpf(2) would set. */
  readonly errno: number;
  /** The kernel's text. Each line ends with \n. */
  readonly log: string;
  /** Kind and slot of each line of `log`. */
  readonly logLines: LogLines;
  /** Why the program was refused, at every log level. Absent if it was accepted, is not simulated, or the walk was stopped. */
  readonly refusal?: Refusal;
  /**
   * Set if the program needs something that is not simulated here: it was found neither unsafe nor safe.
   * `errno` and `log` are then the kernel's answer to a load that lacks it. errno is 0 if that answer is not known.
   */
  readonly notSimulated?: NotSimulated;
  /** Number of instructions walked, each counted as often as it was walked. Also set after a rejection. */
  readonly insnsProcessed: number;
  /** Number of states kept over the whole walk, and the largest number at one time. */
  readonly totalStates: number;
  readonly peakStates: number;
  /** The program as it would run: of the same length as the source, with map addresses filled in. */
  readonly insns: readonly Insn[];
  /** Bytes of stack of each function of the program, as the kernel counts them. */
  readonly stackDepths: readonly number[];
  readonly trace?: Trace;
  /** Only for an accepted program: what rewrite/rewrite.ts needs. */
  readonly rewriteInput?: RewriteInput;
}

/** Results of the walk that decide how a program is rewritten. */
export type RewriteInput = Pick<Env, "program" | "progType" | "aux" | "subprogs" | "insns">;

export function verify(program: Program, options: VerifyOptions): Verdict {
  const started = options.now?.() ?? 0;
  const log = new VerifierLog(options.logLevel, options.logSize ?? DEFAULT_LOG_SIZE);
  const progType = options.progType ?? progTypeByName(program.progType);
  if (progType === undefined) throw bug(`no program type ${program.progType}`);
  const { trace, progress, slotNumber } = options;
  const tracer = trace && new Tracer(trace.maxVisits);
  const env = newEnv(program, progType, log, {
    everyPath: trace?.everyPath === true,
    ...(tracer && { onlooker: tracer }),
    ...(progress && { progress }),
    ...(slotNumber && { slotNumber }),
  });

  let err = prepass(env);
  err ||= walkProgram(env);
  err ||= checkMaxStackDepth(env);
  err ||= fixups(env);

  verificationStats(env, (options.now?.() ?? 0) - started);
  const truncated = log.finalize();
  if (truncated) err = refuseAt(env, -1, "log-full", { size: log.size }, "", truncated);
  return { ...verdictOf(env, err), ...(tracer && { trace: tracer.result() }) };
}

function verdictOf(env: Env, err: number): Verdict {
  const { notSimulated, refusal } = env;
  const refused = err !== 0 && err !== EAGAIN && notSimulated === null && refusal !== null;
  return {
    verdict: err === 0 ? "accept" : "reject",
    errno: err === NOT_SIMULATED ? 0 : 0 - err,
    log: env.log.text(),
    logLines: env.log.lines(),
    ...(refused && { refusal }),
    ...(notSimulated === null ? {} : { notSimulated }),
    insnsProcessed: env.insnProcessed,
    totalStates: env.totalStates,
    peakStates: env.peakStates,
    insns: env.insns,
    stackDepths: env.subprogs.map((s) => s.stackDepth),
    ...(err === 0 && { rewriteInput: env }),
  };
}
