// The answer of a kernel of ours to a program: its maps are made and filled, then it is loaded. There is one answer, whichever of the
// calls refused.
import { createMaps, type LoadOptions, loadWith } from "../kernel/loader.ts";
import { inScratch } from "../kernel/scratch.ts";
import type { NotSimulated } from "../program/not-simulated.ts";
import type { Program } from "../program/program.ts";
import type { Refusal } from "../verifier/refusals.ts";
import type { Verdict } from "../verifier/verify.ts";

export interface Judged {
  readonly verdict: "accept" | "reject";
  /** A positive errno. 0: the program was accepted, or `notSimulated` is set and the errno is not known. */
  readonly errno: number;
  /** "" if the verifier did not see the program. */
  readonly log: string;
  /** Why it was refused, as a value. */
  readonly refusal?: Refusal;
  /** What the program needs that is not simulated, see Verdict.notSimulated. */
  readonly notSimulated?: NotSimulated;
  /** Microseconds in the verifier, measured by `watched.now`. 0 without such a clock. */
  readonly us: number;
  /** Set if the verifier saw the program. */
  readonly seen?: Verdict;
}

export function judge(program: Program, options: LoadOptions): Judged {
  return inScratch((bpf): Judged => {
    const fds = createMaps(bpf, program.maps);
    if (!Array.isArray(fds)) return { verdict: "reject", errno: -fds.ret, log: "", us: 0, refusal: fds.refusal };
    const { ret, verdict: seen, refusal, notSimulated, us } = loadWith(bpf, program, fds, options);
    return {
      verdict: ret >= 0 ? "accept" : "reject",
      errno: seen ? seen.errno : -ret,
      log: seen?.log ?? "",
      us,
      ...(refusal && { refusal }),
      ...(notSimulated !== undefined && { notSimulated }),
      ...(seen && { seen }),
    };
  });
}
