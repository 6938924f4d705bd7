// License texts that make a program GPL-compatible at BPF_PROG_LOAD, so that it may call GPL-only helpers and kernel functions.
// The text must match exactly. Source: include/linux/license.h, license_is_gpl_compatible.

const GPL_COMPATIBLE = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

export const isGplCompatible = (license: string): boolean => GPL_COMPATIBLE.has(license);
