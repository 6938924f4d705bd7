// What a kernel of ours answers to a program: its maps are made and filled, then it is loaded. One answer, whichever of the
// calls refused.
import { createMaps, type LoadOptions, loadWith } from "../kernel/loader.ts";
import { inScratch } from "../kernel/scratch.ts";
import type { Program } from "../program/program.ts";
import type { Refusal } from "../verifier/refusals.ts";
import type { Verdict } from "../verifier/verify.ts";

export interface Judged {
  readonly verdict: "accept" | "reject";
  /** Positive. 0: accepted, or not known for want of what is `unsupported`. */
  readonly errno: number;
  /** "" where the verifier did not see the program. */
  readonly log: string;
  /** Why not, as a value. */
  readonly refusal?: Refusal;
  /** What the program needs that is not simulated: see Verdict.unsupported. */
  readonly unsupported?: string;
  /** Microseconds inside the verifier, by `watched.now`; 0 without it. */
  readonly us: number;
  /** Where it saw the program. */
  readonly seen?: Verdict;
}

export function judge(program: Program, options: LoadOptions): Judged {
  return inScratch((bpf): Judged => {
    const fds = createMaps(bpf, program.maps);
    if (!Array.isArray(fds)) return { verdict: "reject", errno: -fds.ret, log: "", us: 0, refusal: fds.refusal };
    const { ret, verdict: seen, refusal, unsupported, us } = loadWith(bpf, program, fds, options);
    return {
      verdict: ret >= 0 ? "accept" : "reject",
      errno: seen ? seen.errno : -ret,
      log: seen?.log ?? "",
      us,
      ...(refusal && { refusal }),
      ...(unsupported !== undefined && { unsupported }),
      ...(seen && { seen }),
    };
  });
}
