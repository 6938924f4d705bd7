// A verifier's environment before its first pass.

import { PROG_FLAGS } from "../../facts/flags.ts";
import { createdMapFlags } from "../../facts/map-create.ts";
import { mapTypeByName } from "../../facts/map-types.ts";
import type { ProgType } from "../../facts/types.ts";
import type { MapDef, Program } from "../../program/program.ts";
import type { VerifierLog } from "../log/buffer.ts";
import type { Env, Onlooker } from "./env.ts";
import type { VerifierMap } from "./map.ts";
import { newInsnAux } from "./records.ts";
import { newVerifierState } from "./state.ts";

/** Where the invented kernel addresses of maps begin, and the distance between them. */
const FIRST_MAP = 0xffff_8881_0000_0000n;
const MAP_STRIDE = 0x1000n;

/** `named`: whether the map has a name. An inner map is a template and never has one. @kernel map_in_map.c bpf_map_meta_alloc */
function newMap(def: MapDef, index: number, named = def.named === true): VerifierMap {
  return {
    def,
    type: mapTypeByName(def.type)?.id ?? 0,
    keySize: def.keySize,
    valueSize: def.valueSize,
    maxEntries: def.maxEntries,
    flags: createdMapFlags(def),
    name: named ? def.name : "",
    fields: def.fields ?? {},
    inner: def.inner === undefined ? null : newMap(def.inner, -1, false),
    address: FIRST_MAP + BigInt(index + 1) * MAP_STRIDE,
    index,
  };
}

export interface EnvOptions {
  readonly everyPath?: boolean;
  readonly onlooker?: Onlooker;
  readonly progress?: (insnsProcessed: number, logChars: number) => boolean;
  readonly slotNumber?: (slot: number) => number;
}

const itself = (slot: number): number => slot;

export function newEnv(program: Program, progType: ProgType, log: VerifierLog, options: EnvOptions = {}): Env {
  const { everyPath = false, onlooker = null, progress, slotNumber = itself } = options;
  const strict = (program.progFlags & PROG_FLAGS.STRICT_ALIGNMENT) !== 0;
  const any = (program.progFlags & PROG_FLAGS.ANY_ALIGNMENT) !== 0;
  return {
    program,
    insns: program.insns.slice(),
    progType,
    maps: program.maps.map((def, index) => newMap(def, index)),
    log,
    slotNumber,
    strictAlignment: strict && !any,
    everyPath,
    testStateFreq: (program.progFlags & PROG_FLAGS.TEST_STATE_FREQ) !== 0,
    testRegInvariants: (program.progFlags & PROG_FLAGS.TEST_REG_INVARIANTS) !== 0,
    aux: program.insns.map(newInsnAux),
    subprogs: [],
    postorder: new Int32Array(0),
    successors: new Int32Array(0),
    notSimulated: null,
    refusal: null,
    curState: newVerifierState(),
    insnIdx: 0,
    prevInsnIdx: -1,
    pending: [],
    idGen: 0,
    explored: [],
    sccVisits: null,
    liveness: null,
    curHistEntry: null,
    insnProcessed: 0,
    prevInsnProcessed: 0,
    jmpsProcessed: 0,
    prevJmpsProcessed: 0,
    maxStatesPerInsn: 0,
    totalStates: 0,
    peakStates: 0,
    longestMarkReadWalk: 0,
    exploredSize: 0,
    freeListSize: 0,
    numBackedges: 0,
    scratchedRegs: 0,
    scratchedSlotsLo: 0,
    scratchedSlotsHi: 0,
    prevLogPos: 0,
    prevInsnPrintPos: 0,
    prevLine: null,
    progress: progress ?? null,
    prunedBy: null,
    onlooker,
  };
}
