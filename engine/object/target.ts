// The kernel that an object is loaded into, as far as loads depend on it: its types, its configuration, its symbols.
import type { Btf } from "./btf/btf.ts";

export interface Target {
  /** BTF of the kernel itself (/sys/kernel/btf/vmlinux). undefined: not available; objects that need it are refused. */
  readonly btf: Btf | undefined;
  /** CONFIG_… → its value as written in .config: `y`, `300`, `"text"`. */
  readonly config: ReadonlyMap<string, string>;
  /** KERNEL_VERSION(a, b, c) */
  readonly version: number;
  /** Number of possible CPUs. */
  readonly cpus: number;
  /** Address of a symbol, as in /proc/kallsyms. undefined: there is none. */
  readonly addressOf: (symbol: string) => bigint | undefined;
}

/** Start of the invented kernel text. No recording has addresses, and nothing depends on them. */
const KERNEL_TEXT = 0xffff_ffff_8100_0000n;

/** Linux 6.18 with two CPUs. It has a symbol for every name in its BTF. */
export function linux618(btf: Btf | undefined, config: ReadonlyMap<string, string>): Target {
  return {
    btf,
    config,
    version: (6 << 16) | (18 << 8) | 44,
    cpus: 2,
    addressOf(symbol) {
      const id = btf?.named(symbol).find((one) => ["func", "var"].includes(btf.kind(one)));
      return id === undefined ? undefined : KERNEL_TEXT + 16n * BigInt(id);
    },
  };
}

/** The settings of a .config file. */
export function parseConfig(text: string): Map<string, string> {
  const config = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(CONFIG_\w+)=(.+)$/gm)) config.set(name!, value!);
  return config;
}
