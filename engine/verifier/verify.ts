// The verifier, as a table of contents: what BPF_PROG_LOAD asks of the instructions before a program may run, in the kernel's
// order, which decides the message that comes first. What is asked before that is in kernel/load.ts, its only caller but for
// tests of this room. Never throws for a program's sake; mutates nothing it is given.
// @kernel verifier.c bpf_check
import { bug } from "../base/bug.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import type { ProgType } from "../facts/types.ts";
import type { Insn } from "../isa/insn.ts";
import type { Program } from "../program/program.ts";
import { checkMaxStackDepth } from "./check/stack-depth.ts";
import { walkProgram } from "./explore/walk.ts";
import { fixups } from "./fixups.ts";
import { DEFAULT_LOG_SIZE, VerifierLog } from "./log/buffer.ts";
import type { LogLines } from "./log/line-table.ts";
import { verificationStats } from "./log/stats.ts";
import { prepass } from "./prepass/prepass.ts";
import type { Refusal } from "./refusals.ts";
import { refuseAt } from "./refuse.ts";
import { type Env, NOT_SIMULATED } from "./state/env.ts";
import { EAGAIN } from "./state/errors.ts";
import { newEnv } from "./state/new-env.ts";
import type { Trace, TraceOptions } from "./trace.ts";

export interface VerifyOptions {
  /** BPF_LOG_LEVEL1 (1), BPF_LOG_LEVEL2 (2), BPF_LOG_STATS (4), or'ed; 0: no log. */
  readonly logLevel: number;
  /** Bytes of the log buffer; a log that does not fit loses its beginning, and the program with it (ENOSPC). */
  readonly logSize?: number;
  /** Used in place of the one that `program.progType` names: a program type defined by the reader. */
  readonly progType?: ProgType;
  /** Record the state at each visited instruction. */
  readonly trace?: TraceOptions;
  /** Called every 16384 instructions of the walk with their number and the log's length so far; true ends it with EAGAIN. */
  readonly progress?: (insnsProcessed: number, logChars: number) => boolean;
  /** What the log calls each slot, so that it can be laid beside the log of another program; left out: by its own number. */
  readonly slotNumber?: (slot: number) => number;
  /** A clock in microseconds, for the line of level 4. Without one that line says 0. */
  readonly now?: () => number;
}

export interface Verdict {
  readonly verdict: "accept" | "reject";
  /** 0, or what bpf(2) would put in errno. */
  readonly errno: number;
  /** Kernel text, lines ending in \n. */
  readonly log: string;
  /** What each line of it is. */
  readonly logLines: LogLines;
  /** Why not, at every log level; absent where the program was accepted, is not simulated, or the walk was stopped. */
  readonly refusal?: Refusal;
  /**
   * Set where the program needs what is not simulated here: it was not found unsafe, nor safe. A phrase: `kernel
   * functions`. `errno` and `log` are then what the kernel answers to a load that does not bring it, errno 0 where that
   * is not known.
   */
  readonly unsupported?: string;
  /** Instructions walked, each time it was; also after a rejection. */
  readonly insnsProcessed: number;
  /** States kept over the whole walk, and the most of them at one time. */
  readonly totalStates: number;
  readonly peakStates: number;
  /** The program as it would run: equal in length to the source, map addresses put in. */
  readonly insns: readonly Insn[];
  /** Bytes of stack of each function of the program, rounded as the kernel counts them. */
  readonly stackDepths: readonly number[];
  readonly trace?: Trace;
  /** Of an accepted program: what rewrite/rewrite.ts needs to know of it. */
  readonly facts?: Facts;
}

/** What the walk found out that decides how a program is rewritten. */
export type Facts = Pick<Env, "program" | "progType" | "aux" | "subprogs" | "insns">;

export function verify(program: Program, options: VerifyOptions): Verdict {
  const started = options.now?.() ?? 0;
  const log = new VerifierLog(options.logLevel, options.logSize ?? DEFAULT_LOG_SIZE);
  const progType = options.progType ?? progTypeByName(program.progType);
  if (progType === undefined) throw bug(`no program type ${program.progType}`);
  const env = newEnv(program, progType, log, options);

  let err = prepass(env);
  err ||= walkProgram(env);
  err ||= checkMaxStackDepth(env);
  err ||= fixups(env);

  verificationStats(env, (options.now?.() ?? 0) - started);
  const truncated = log.finalize();
  if (truncated) err = refuseAt(env, -1, "log-full", { size: log.size }, "", truncated);
  return verdictOf(env, err);
}

function verdictOf(env: Env, err: number): Verdict {
  const { unsupported, refusal } = env;
  const refused = err !== 0 && err !== EAGAIN && unsupported === null && refusal !== null;
  return {
    verdict: err === 0 ? "accept" : "reject",
    errno: err === NOT_SIMULATED ? 0 : 0 - err,
    log: env.log.text(),
    logLines: env.log.lines(),
    ...(refused && { refusal }),
    ...(unsupported === null ? {} : { unsupported }),
    insnsProcessed: env.insnProcessed,
    totalStates: env.totalStates,
    peakStates: env.peakStates,
    insns: env.insns,
    stackDepths: env.subprogs.map((s) => s.stackDepth),
    ...(env.trace === null ? {} : { trace: env.trace.result() }),
    ...(err === 0 && { facts: env }),
  };
}
