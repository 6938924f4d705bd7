// What the machine that is played here has, as far as the verifier asks.

/** Processors, from 0 on: bounds what bpf_get_smp_processor_id() returns. @kernel nr_cpu_ids */
export const NR_CPU_IDS = 2;
