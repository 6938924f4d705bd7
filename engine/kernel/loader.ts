// What a loader in user space does around bpf(2): creates a program's maps, fills them, puts descriptors into instructions,
// loads the program.
import { fromHex } from "../base/bytes.ts";
import { errnoText } from "../facts/errno.ts";
import type { Insn } from "../isa/insn.ts";
import { keyBytes } from "../program/map-contents.ts";
import type { MapDef, Program } from "../program/program.ts";
import { type Refusal, refusalOf } from "../verifier/refusals.ts";
import type { Bpf } from "./bpf.ts";
import type { Cause } from "./cause.ts";
import type { Loaded, Watched } from "./load.ts";

/** A map that could not be made: which, by which call, and why. */
export interface NoMap {
  /** Negative errno. */
  readonly ret: number;
  readonly cause: Cause | undefined;
  readonly refusal: Refusal;
  readonly map: MapDef;
  readonly call: "map-create" | "map-update";
  /** Of the element, as MapDef.init has it. */
  readonly key?: string;
}

/** Descriptors of the maps in their order, or the call that failed. */
export function createMaps(bpf: Bpf, maps: readonly MapDef[]): number[] | NoMap {
  const fds: number[] = [];
  for (const map of maps) {
    const no = (ret: number): NoMap => {
      const refusal = refusalOf("map-create", { map: map.name, errno: errnoText(ret) });
      return { ret, cause: bpf.lastCause, refusal, map, call: "map-create" };
    };
    const inner = map.inner ? bpf.mapCreate(map.inner) : 0;
    if (inner < 0) return no(inner);
    const fd = bpf.mapCreate(map, inner);
    if (fd < 0) return no(fd);
    fds.push(fd);
    for (const [key, value] of Object.entries(map.init ?? {})) {
      const updated = bpf.mapUpdate(fd, keyBytes(key, map.keySize), fromHex(value) ?? new Uint8Array());
      if (updated < 0) {
        const refusal = refusalOf("map-update", { map: map.name, key, errno: errnoText(updated) });
        return { ret: updated, cause: bpf.lastCause, refusal, map, call: "map-update", key };
      }
    }
  }
  return fds;
}

export interface LoadOptions {
  readonly logLevel: number;
  /** Bytes; left out: as much as a loader usually has. */
  readonly logSize?: number;
  readonly watched?: Watched;
}

/** BPF_PROG_LOAD with the descriptors of createMaps(). */
export function loadWith(bpf: Bpf, program: Program, fds: readonly number[], options: LoadOptions): Loaded {
  const { maps: _, mapRefs: __, progType, ...given } = program;
  const { watched, ...log } = options;
  const attr = { ...given, ...log, progType: bpf.kernel.progTypeId(progType) ?? NO_TYPE, progName: "" };
  return bpf.progLoad({ ...attr, insns: withDescriptors(program, fds) }, watched);
}

/** A number that no program type has: of a name that is not known. */
const NO_TYPE = -1;

/** The instructions with each map's descriptor in the loads that refer to it. */
function withDescriptors({ insns, mapRefs }: Program, fds: readonly number[]): readonly Insn[] {
  if (mapRefs.size === 0) return insns;
  const filled = insns.slice();
  for (const [slot, map] of mapRefs) {
    const insn = filled[slot];
    if (insn && map >= 0) filled[slot] = { ...insn, imm: fds[map] as number };
  }
  return filled;
}
