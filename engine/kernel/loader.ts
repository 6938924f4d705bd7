// What a loader in user space does with bpf(2): it creates a program's maps, fills them, puts their descriptors into the
// instructions, and loads the program.
import { fromHex } from "../base/bytes.ts";
import { errnoText } from "../facts/errno.ts";
import type { Insn } from "../isa/insn.ts";
import { keyBytes } from "../program/map-contents.ts";
import type { MapDef, Program } from "../program/program.ts";
import { type Refusal, refusalOf } from "../verifier/refusals.ts";
import type { Bpf } from "./bpf.ts";
import type { Cause } from "./cause.ts";
import type { Loaded, VerifierHooks } from "./load.ts";

/** A map that could not be created or filled: which map, which call failed, and why. */
export interface MapFailure {
  /** Negative errno. */
  readonly ret: number;
  readonly cause: Cause | undefined;
  readonly refusal: Refusal;
  readonly map: MapDef;
  readonly call: "map-create" | "map-update";
  /** Key of the element that was refused, spelled as in MapDef.init. Only with `map-update`. */
  readonly key?: string;
}

/** Creates and fills the maps. Returns their descriptors in the same order, or the call that failed. */
export function createMaps(bpf: Bpf, maps: readonly MapDef[]): number[] | MapFailure {
  const fds: number[] = [];
  for (const map of maps) {
    const no = (ret: number): MapFailure => {
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
  /** Size of the buffer for the log, in bytes. Left out: DEFAULT_LOG_SIZE. */
  readonly logSize?: number;
  readonly watched?: VerifierHooks;
}

/** BPF_PROG_LOAD. `fds`: the descriptors from createMaps(). */
export function loadWith(bpf: Bpf, program: Program, fds: readonly number[], options: LoadOptions): Loaded {
  const { maps: _, mapRefs: __, progType, ...given } = program;
  const { watched, ...log } = options;
  const attr = { ...given, ...log, progType: bpf.kernel.progTypeId(progType) ?? NO_TYPE, progName: "" };
  return bpf.progLoad({ ...attr, insns: withDescriptors(program, fds) }, watched);
}

/** A number that no program type has. It stands for a type whose name is not known. */
const NO_TYPE = -1;

/** The instructions, with a map's descriptor as imm of each load that refers to the map. */
function withDescriptors({ insns, mapRefs }: Program, fds: readonly number[]): readonly Insn[] {
  if (mapRefs.size === 0) return insns;
  const filled = insns.slice();
  for (const [slot, map] of mapRefs) {
    const insn = filled[slot];
    if (insn && map >= 0) filled[slot] = { ...insn, imm: fds[map] as number };
  }
  return filled;
}
