// The refusals of the verifier that no recording contains, and why. verifier/recordings.test.ts checks that there are recordings of all
// others.
import type { RefusalId } from "../verifier/refusals.ts";
import type { Verdict } from "../verifier/verify.ts";

/** The names of a verdict's refusal and of those that checks inside it had made before. */
export function* refusalNames({ refusal }: Pick<Verdict, "refusal">): Generator<RefusalId> {
  for (let one = refusal ?? null; one !== null; one = one.innerRefusal) yield one.id;
}

/** Why there is no recording of each of these. */
export const NOT_RECORDED: Readonly<Partial<Record<RefusalId, string>>> = {
  "map-create": "said by BPF_MAP_CREATE",
  "map-update": "said by BPF_MAP_UPDATE_ELEM",
  "program-size": "said by BPF_PROG_LOAD, which the recordings reach with programs only",
  "log-full": "the recorder's buffer is large enough",
  // An earlier check refuses the same programs. The kernel has this check too, and never reaches it either.
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
  // One of our own objects records the first: object/fixtures/kinds.bpf.o.
  "exception-callback-call": "the recorder's BTF names no function to throw to",
  "exception-callback-arguments": "the recorder's BTF names no function to throw to",
  // A program can call kernel functions in this way, but not helpers.
  "dynptr-argument": "of helpers' arguments the type is checked before",
  "dynptr-constant": "no helper but those that release one changes a dynptr",
  "dynptr-type": "a helper that wants one type of dynptr releases it, which is refused before",
  "helper-sleeps-region": "such regions are entered by kernel functions",
  "region-held": "such regions are entered by kernel functions",
  // Only for programs without privileges.
  "stack-variable-helper": "said to those without privileges only",
  "stack-unwritten-variable": "those with privileges may read what was never written",
  "stack-too-small": "those with privileges may read what was never written",
  // Pointers that a map's BTF describes.
  "kptr-helper": "the recorder makes no maps with kernel pointers in them",
  "kptr-variable": "the recorder makes no maps with kernel pointers in them",
  "kptr-misaligned": "the recorder makes no maps with kernel pointers in them",
  "kptr-size": "the recorder makes no maps with kernel pointers in them",
  // Bugs of the verifier itself: a program that shows one would be news.
  "verifier-bug": "a fault of the kernel's own",
  "bounds-contradiction": "no program was found to reach it",
  // Too large to be recorded.
  "too-many-branches": "takes a program of more than 8192 branches",
  "attach-btf-id": "of such types nothing is simulated",
};
