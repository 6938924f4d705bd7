// The Linux that is played here, as named facts: ask `kernel.has("jmp32")`, never a version.
// Source of each: how the recorded kernel answers (record/), or its configuration where said.

const FACTS = {
  /** Instruction set, all of RFC 9669's groups and Linux's additions up to load-acquire and store-release. */
  jmp32: true,
  "sign-extending-moves": true,
  "signed-division": true,
  "unconditional-bswap": true,
  gotol: true,
  may_goto: true,
  "load-acquire": true,
  /** Programs run compiled; helpers after which subprograms may tail-call (x86-64). */
  jit: true,
  "tail-call-in-subprogs": true,
  /** The verifier tracks stack liveness statically and prints the table of live registers at level 2. */
  "live-registers-table": true,
  "bpf-fastcall": true,
  /** Loader is root: bpf_capable, perfmon, no speculation mitigations in the verifier. */
  privileged: true,
  /** x86-64: unaligned access is fine (CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS). */
  "efficient-unaligned-access": true,
} as const;

export type KernelFact = keyof typeof FACTS;

export interface Kernel {
  has(fact: KernelFact): boolean;
  /** uname -r of the kernel that was recorded. */
  readonly release: string;
  /** Processors the simulated machine says it has; bounds bpf_get_smp_processor_id() in the verifier. */
  readonly nrCpuIds: number;
}

export const kernel: Kernel = {
  has: (fact) => FACTS[fact],
  release: "6.18",
  nrCpuIds: 2,
};
