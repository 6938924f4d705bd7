// What a loader in user space does around bpf(2): creates a program's maps, fills them, puts descriptors into instructions.
// Also the short way for a program that is to run without being loaded: the same maps, no verifier.
import { fromHex } from "../base/bytes.ts";
import type { Insn } from "../isa/insn.ts";
import { keyBytes } from "../program/map-contents.ts";
import type { MapDef, Program } from "../program/program.ts";
import { loadProgram, Machine } from "../vm/index.ts";
import type { Process } from "./process.ts";

/** Descriptors of the maps in their order, or the negative errno of the call that failed. */
export function createMaps(process: Process, maps: readonly MapDef[]): number[] | number {
  const fds: number[] = [];
  for (const def of maps) {
    const inner = def.inner ? process.mapCreate(def.inner) : 0;
    if (inner < 0) return inner;
    const fd = process.mapCreate(def, inner);
    if (fd < 0) return fd;
    fds.push(fd);
    for (const [key, value] of Object.entries(def.init ?? {})) {
      const updated = process.mapUpdate(fd, keyBytes(key, def.keySize), fromHex(value) ?? new Uint8Array());
      if (updated < 0) return updated;
    }
  }
  return fds;
}

/** The instructions with each map's descriptor in the loads that refer to it. */
export function withDescriptors({ insns, mapRefs }: Program, fds: readonly number[]): Insn[] {
  return insns.map((insn, slot) => {
    const map = mapRefs.get(slot);
    return map === undefined ? insn : { ...insn, imm: fds[map] as number };
  });
}

/** A machine before the first instruction of a program that no verifier saw. */
export function unverified(process: Process, program: Program, fds: readonly number[]): Machine {
  const { kernel } = process;
  const maps = new Map(
    [...program.mapRefs].flatMap(([slot, index]) => {
      const target = kernel.fds.get(fds[index] as number);
      return target?.kind === "map" ? [[slot, target.map] as const] : [];
    }),
  );
  const { insns, progType, expectedAttachType } = program;
  const loaded = loadProgram(kernel.memory, { insns, progType, expectedAttachType, maps });
  return new Machine({ memory: kernel.memory, program: loaded, env: kernel.env, programs: kernel.programs });
}
