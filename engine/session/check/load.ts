// A load as the page makes it, into a scratch kernel for the check and into the running one: maps, then the program, and
// where the log would be too long the program once more.
import { ERRNO } from "../../facts/errno.ts";
import type { Bpf } from "../../kernel/bpf.ts";
import type { Loaded } from "../../kernel/load.ts";
import { createMaps, type LoadOptions, loadWith, type MapFailure } from "../../kernel/loader.ts";
import type { Registry } from "../../kernel/registry.ts";
import { inScratch } from "../../kernel/scratch.ts";
import type { Program } from "../../program/program.ts";
import { BPF_LOG_LEVEL2, BPF_LOG_STATS } from "../../verifier/log/buffer.ts";
import type { TraceOptions } from "../../verifier/trace.ts";

/** Microseconds from any start. */
export type Clock = () => number;

export interface LoadHow {
  readonly now: Clock;
  /** Made for each verification: see VerifyOptions.progress. */
  readonly watch: () => (insnsProcessed: number) => boolean;
  readonly trace?: TraceOptions;
  /** The log is known to be too long, or (`maxLog`, characters) is given up where it gets longer. */
  readonly brief?: boolean;
  readonly maxLog?: number;
}

/** A load, or the map that could not be made for it. */
export type Load = (Loaded | MapFailure) & {
  /** Only the result is in the log: with all states it would be too long. */
  readonly brief: boolean;
};

/** A load into a scratch kernel with the whole log, as far as a load's buffer holds it; undefined: a map cannot be made. */
export const loadWhole = (
  registry: Registry,
  program: Program,
  watched: NonNullable<LoadOptions["watched"]>,
): Loaded | undefined =>
  inScratch((bpf) => {
    const fds = createMaps(bpf, program.maps);
    return Array.isArray(fds) ? loadWith(bpf, program, fds, { logLevel: BPF_LOG_LEVEL2, watched }) : undefined;
  }, registry);

/** Makes the maps and loads. Where the log does not fit, or would take most of the time, loads again for the result only. */
export function loadTwice(bpf: Bpf, program: Program, how: LoadHow): Load {
  const { now, watch, trace, maxLog = Number.POSITIVE_INFINITY, brief = false } = how;
  const fds = createMaps(bpf, program.maps);
  if (!Array.isArray(fds)) return { ...fds, brief: false };
  let isLong = brief;
  const load = (logLevel: number): Load => {
    const watcher = watch();
    const progress = (insns: number, chars: number): boolean => {
      if (watcher(insns)) return true;
      if (logLevel !== BPF_LOG_STATS) isLong = chars > maxLog;
      return logLevel !== BPF_LOG_STATS && isLong;
    };
    const watched = { now, progress, ...(trace && { trace }) };
    return { ...loadWith(bpf, program, fds, { logLevel, watched }), brief: logLevel === BPF_LOG_STATS };
  };
  if (isLong) return load(BPF_LOG_STATS);
  const first = load(BPF_LOG_LEVEL2);
  return isLong || first.ret === -ERRNO.ENOSPC ? load(BPF_LOG_STATS) : first;
}
