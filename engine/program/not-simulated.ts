// What a program may need from the kernel that is not simulated here. The phrases are also the names by which the page finds its own
// words in another language.

const PARTS = [
  "attachment by the BTF id of a kernel function",
  "attachment by the BTF id of a security hook",
  "a kernel interface given by BTF",
  "replacing a function of another loaded program",
  "calls of kernel functions",
  "kernel functions",
  "addresses of kernel variables",
  "access to kernel structures through BTF",
  "kernel structures as parameters",
  "kernel pointers in maps",
  "pointers to kernel structures that a map names",
  "per-CPU variables of the kernel through BTF",
  "allocated objects, which need BTF",
  "locks in allocated objects, which need BTF",
  "a context that BTF has no name for",
  "dynptr parameters of functions",
  "untrusted memory as parameters",
  "arena pointers",
  "arenas",
] as const;

export type NotSimulated = (typeof PARTS)[number];
