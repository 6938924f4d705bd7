// Facts about the simulated machine that the verifier needs.

/** Number of processors, which are numbered from 0. Bounds the result of bpf_get_smp_processor_id(). @kernel nr_cpu_ids */
export const NR_CPU_IDS = 2;
