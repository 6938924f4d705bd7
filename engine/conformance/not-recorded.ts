// Which of the verifier's refusals the recordings do not show, and why not. verifier/recordings.test.ts holds that all others
// are shown.
import type { RefusalId } from "../verifier/refusals.ts";
import type { Verdict } from "../verifier/verify.ts";

/** Names of what a verdict refuses, with what checks within had refused before. */
export function* namesIn({ refusal }: Pick<Verdict, "refusal">): Generator<RefusalId> {
  for (let one = refusal ?? null; one !== null; one = one.because) yield one.id;
}

/** Why no recording shows these. */
export const NOT_RECORDED: Readonly<Partial<Record<RefusalId, string>>> = {
  "map-create": "said by BPF_MAP_CREATE",
  "map-update": "said by BPF_MAP_UPDATE_ELEM",
  "program-size": "said by BPF_PROG_LOAD, which the recordings reach with programs only",
  "log-full": "the recorder's buffer is large enough",
  // A check before it refuses the same programs; the kernel has it too, and has it no less in vain.
  "unknown-alu-op": "such opcodes are unknown before the walk begins",
  "unknown-jump-op": "such opcodes are unknown before the walk begins",
  "unknown-load-mode": "such opcodes are unknown before the walk begins",
  "load-constant-size": "such opcodes are unknown before the walk begins",
  "jump-register": "such opcodes are unknown before the walk begins",
  "lock-second": "within a lock every helper but the unlock is refused before",
  "unlock-order": "takes two locks",
  "lock-field-missing": "the recorder makes no map with a timer and no lock",
  "stack-depth-private": "no access reaches below 512 bytes, and may_goto's counter is added after this check",
  "stack-unbounded": "arithmetic on the frame pointer refuses such an offset before",
  "walk-outside": "the control flow was checked before the walk",
  "map-struct-ops": "such a map takes the kernel's BTF",
  "reference-not-acquired": "an argument without a reference is refused before",
  "helper-references": "takes a helper with two arguments of which each may hold a reference",
  "helper-null": "the argument's type is refused before, but for pointers out of maps",
  "socket-negative": "arithmetic on pointers to sockets is refused before",
  "helper-probe": "such helpers are for program types that are not simulated",
  "global-argument-tags": "the recorder's BTF has no tags that contradict one another",
  // Kernel functions can be called so, helpers cannot.
  "dynptr-argument": "of helpers' arguments the type is checked before",
  "dynptr-constant": "no helper but those that release one changes a dynptr",
  "dynptr-type": "a helper that wants one type of dynptr releases it, which is refused before",
  "helper-sleeps-region": "such regions are entered by kernel functions",
  "region-held": "such regions are entered by kernel functions",
  // Programs without privileges.
  "stack-variable-helper": "said to those without privileges only",
  "stack-unwritten-variable": "those with privileges may read what was never written",
  "stack-too-small": "those with privileges may read what was never written",
  // Pointers that a map's BTF speaks of.
  "kptr-helper": "the recorder makes no maps with kernel pointers in them",
  "kptr-variable": "the recorder makes no maps with kernel pointers in them",
  "kptr-misaligned": "the recorder makes no maps with kernel pointers in them",
  "kptr-size": "the recorder makes no maps with kernel pointers in them",
  // Mistakes of the verifier itself: seeing one would be news.
  "verifier-bug": "a fault of the kernel's own",
  "bounds-contradiction": "no program was found to reach it",
  // Too large to record.
  "too-many-branches": "takes a program of more than 8192 branches",
  "attach-btf-id": "of such types nothing is simulated",
};
