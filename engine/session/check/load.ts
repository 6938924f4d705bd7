// One load, used for the check (into a scratch kernel) and for the running kernel. It creates the maps and loads the program. If the log
// would be too long, it loads the program again with a short log.
import { ERRNO } from "../../facts/errno.ts";
import type { Bpf } from "../../kernel/bpf.ts";
import type { Loaded } from "../../kernel/load.ts";
import { createMaps, type LoadOptions, loadWith, type MapFailure } from "../../kernel/loader.ts";
import type { Registry } from "../../kernel/registry.ts";
import { inScratch } from "../../kernel/scratch.ts";
import type { Program } from "../../program/program.ts";
import { BPF_LOG_LEVEL2, BPF_LOG_STATS } from "../../verifier/log/buffer.ts";
import type { TraceOptions } from "../../verifier/trace.ts";

/** Microseconds since any start. */
export type Clock = () => number;

export interface LoadSettings {
  readonly now: Clock;
  /** Called once per verification: see VerifyOptions.progress. */
  readonly watch: () => (insnsProcessed: number) => boolean;
  readonly trace?: TraceOptions;
  /** `resultOnly`: the log is known to be too long. `maxLog`: characters after which the full log is given up. */
  readonly resultOnly?: boolean;
  readonly maxLog?: number;
}

/** A load, or the map that could not be created for it. */
export type LoadResult = (Loaded | MapFailure) & {
  /** Only the result is in the log, because a log with all states would be too long. */
  readonly resultOnly: boolean;
};

/** A load into a scratch kernel with as much of the log as the buffer of a load holds. undefined: a map cannot be created. */
export const loadWhole = (
  registry: Registry,
  program: Program,
  watched: NonNullable<LoadOptions["watched"]>,
): Loaded | undefined =>
  inScratch((bpf) => {
    const fds = createMaps(bpf, program.maps);
    return Array.isArray(fds) ? loadWith(bpf, program, fds, { logLevel: BPF_LOG_LEVEL2, watched }) : undefined;
  }, registry);

/** Creates the maps and loads. If the log does not fit or would take most of the time, loads again for the result only. */
export function loadWithLog(bpf: Bpf, program: Program, settings: LoadSettings): LoadResult {
  const { now, watch, trace, maxLog = Number.POSITIVE_INFINITY, resultOnly = false } = settings;
  const fds = createMaps(bpf, program.maps);
  if (!Array.isArray(fds)) return { ...fds, resultOnly: false };
  let isLong = resultOnly;
  const load = (logLevel: number): LoadResult => {
    const watcher = watch();
    const progress = (insns: number, chars: number): boolean => {
      if (watcher(insns)) return true;
      if (logLevel !== BPF_LOG_STATS) isLong = chars > maxLog;
      return logLevel !== BPF_LOG_STATS && isLong;
    };
    const watched = { now, progress, ...(trace && { trace }) };
    return { ...loadWith(bpf, program, fds, { logLevel, watched }), resultOnly: logLevel === BPF_LOG_STATS };
  };
  if (isLong) return load(BPF_LOG_STATS);
  const first = load(BPF_LOG_LEVEL2);
  return isLong || first.ret === -ERRNO.ENOSPC ? load(BPF_LOG_STATS) : first;
}
