// The last lines of a log: the cost of the verification. @kernel verifier.c print_verification_stats
import { BPF_LOG_STATS } from "../log/buffer.ts";
import { BPF_COMPLEXITY_LIMIT_INSNS, type Env, verbose } from "../state/env.ts";

/** `us`: duration of the verification in microseconds. */
export function verificationStats(env: Env, us: number): void {
  if (env.log.level & BPF_LOG_STATS) {
    verbose(env, "statistics", `verification time ${Math.round(us)} usec\n`, -1);
    const depths = env.subprogs.filter(({ removed }) => !removed).map(({ stackDepth }) => stackDepth);
    verbose(env, "statistics", `stack depth ${depths.join("+")}\n`, -1);
  }
  verbose(
    env,
    "statistics",
    `processed ${env.insnProcessed} insns (limit ${BPF_COMPLEXITY_LIMIT_INSNS}) max_states_per_insn ` +
      `${env.maxStatesPerInsn} total_states ${env.totalStates} peak_states ${env.peakStates} ` +
      `mark_read ${env.longestMarkReadWalk}\n`,
    -1,
  );
}
