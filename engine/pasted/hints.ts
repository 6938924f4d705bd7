// What a log tells of a program beside its instructions: its type, a map's kind and flags, its licence. And whether two kernels
// mean the same sentence.
import { MAP_FLAGS } from "../facts/map-create.ts";
import type { PastedLog } from "./log.ts";

export interface Hints {
  /** By the offsets at which packet pointers are loaded; undefined: not told. */
  readonly progType: string | undefined;
  /** enum bpf_map_type of the map that the refused call was given. */
  readonly mapType: number | undefined;
  /** map_flags of the map that was refused. */
  readonly mapFlags: number;
  readonly license: string;
  /** The sentence is about the program type. */
  readonly isOfType: boolean;
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
    isOfType: /program of this type|bpf_context|cannot use helper|program type|At program exit/.test(message),
    license: /GPL-restricted|non-GPL/.test(message) ? "Proprietary" : "GPL",
  };
}

/** `data` is the first word of struct xdp_md; of struct __sk_buff it is at 76. */
function progTypeOf({ visits, insns }: PastedLog): string | undefined {
  for (const { slot, after } of visits) {
    const off = /^r\d+ = \*\(u32 \*\)\(r1 \+(\d+)\)$/.exec(insns.get(slot)?.text ?? "")?.[1];
    if (off === undefined || ![...after.values()].some((words) => /^pkt\b/.test(words))) continue;
    if (off === "0") return "xdp";
    if (off === "76") return "sched_cls";
  }
  return undefined;
}

/** A refusal's words without what changes from boot to boot and from release to release. */
export const plainWords = (message: string): string =>
  message
    .replace(/\b0x(?:f[0-9a-f]{15}|[c-f][0-9a-f]{7})\b/g, "0x…")
    .replace(/'inv'|\btype=inv\b/g, (old) => old.replace("inv", "scalar"))
    .replace(/outside of the (?:array|allowed memory) range/, "outside of the allowed memory range")
    .replace(/ +/g, " ")
    .trim();
