// What a log tells about a program besides its instructions: its type, a map's type and flags, its license. Also a form of a
// kernel's sentence by which the sentences of two kernels can be compared.
import { MAP_FLAGS } from "../facts/flags.ts";
import type { PastedLog } from "./log.ts";

export interface Hints {
  /** Found by the offsets at which packet pointers are loaded. undefined: the log does not tell. */
  readonly progType: string | undefined;
  /** enum bpf_map_type of the map that was passed to the refused call. undefined: the log does not tell. */
  readonly mapType: number | undefined;
  /** map_flags of the map whose access was refused. 0: the log does not tell. */
  readonly mapFlags: number;
  readonly license: string;
  /** Whether the refusing sentence depends on the program type. */
  readonly dependsOnProgType: boolean;
}

export function hintsOf(log: PastedLog): Hints {
  const { message } = log;
  const mapType = /map_type (\d+)/.exec(message)?.[1];
  return {
    progType: progTypeOf(log),
    mapType: mapType === undefined ? undefined : Number(mapType),
    mapFlags: /^write into map forbidden/.test(message)
      ? MAP_FLAGS.RDONLY_PROG
      : /^read from map forbidden/.test(message)
        ? MAP_FLAGS.WRONLY_PROG
        : 0,
    dependsOnProgType: /program of this type|bpf_context|cannot use helper|program type|At program exit/.test(message),
    license: /GPL-restricted|non-GPL/.test(message) ? "Proprietary" : "GPL",
  };
}

/** The program type, by the offset of `data`: 0 in struct xdp_md, 76 in struct __sk_buff. */
function progTypeOf({ visits, insns }: PastedLog): string | undefined {
  for (const { slot, after } of visits) {
    const off = /^r\d+ = \*\(u32 \*\)\(r1 \+(\d+)\)$/.exec(insns.get(slot)?.text ?? "")?.[1];
    if (off === undefined || ![...after.values()].some((words) => /^pkt\b/.test(words))) continue;
    if (off === "0") return "xdp";
    if (off === "76") return "sched_cls";
  }
  return undefined;
}

/** A refusal's sentence without the parts that differ between boots and between releases. */
export const normalizedMessage = (message: string): string =>
  message
    .replace(/\b0x(?:f[0-9a-f]{15}|[c-f][0-9a-f]{7})\b/g, "0x…")
    .replace(/'inv'|\btype=inv\b/g, (old) => old.replace("inv", "scalar"))
    .replace(/outside of the (?:array|allowed memory) range/, "outside of the allowed memory range")
    .replace(/ +/g, " ")
    .trim();
