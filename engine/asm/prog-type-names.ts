// The short names of program types, as used in directives and in `.prog_type =`.
import { baseConstant, baseConstantNames } from "./names.ts";

const PREFIX = "BPF_PROG_TYPE_";

/** `xdp`, `socket_filter`, … in the kernel's order, and `oreore`. */
export const PROG_TYPE_NAMES: readonly string[] = [
  ...baseConstantNames()
    .filter((name) => name.startsWith(PREFIX))
    .toSorted((a, b) => Number(baseConstant(a)?.v) - Number(baseConstant(b)?.v))
    .map((name) => name.slice(PREFIX.length).toLowerCase()),
  "oreore",
].filter((name, i, all) => all.indexOf(name) === i);

/** The short name of a program type, given its number in enum bpf_prog_type. */
export const progTypeName = (id: number): string | undefined =>
  PROG_TYPE_NAMES.find((name) => Number(baseConstant(PREFIX + name.toUpperCase())?.v ?? -1) === id);
