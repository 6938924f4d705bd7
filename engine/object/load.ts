// What libbpf would pass to BPF_MAP_CREATE and BPF_PROG_LOAD for one program of an object, on a given kernel.
// @kernel libbpf.c bpf_object_load, bpf_object__relocate, bpf_object_load_prog
import { toHex } from "../base/bytes.ts";
import { mapTypeById } from "../facts/map-types.ts";
import { BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { FuncInfo, MapDef, Program } from "../program/program.ts";
import { attachArgsOf } from "./attach.ts";
import { essentialName } from "./btf/btf.ts";
import { type Candidates, type CoreRelocation, poisonInsn, relocateCore } from "./core/relocate.ts";
import { configBytes, type Extern, type ResolvedExtern, resolveKernelExtern } from "./externs.ts";
import { specialFields } from "./fields.ts";
import { declTags, functionInfo } from "./func-info.ts";
import { type LinkedFunction, type LinkedProgram, link } from "./link.ts";
import type { MapSpec } from "./maps.ts";
import type { BpfObject } from "./object.ts";
import type { ObjectFunction } from "./programs.ts";
import type { FuncInfoRecord } from "./records.ts";
import { type Attempt, attempt, refuse } from "./refusal.ts";
import { sectionMeaning } from "./sections.ts";
import { checkStructOps } from "./struct-ops.ts";
import type { Target } from "./target.ts";

export interface Load {
  /** The program for the verifier. A load of a map has imm 0; mapRefs says which map. */
  readonly program: Program;
  /** bpf_attr.prog_name: at most 15 characters. */
  readonly name: string;
  /** bpf_attr.attach_btf_id. 0: none. */
  readonly attachBtfId: number;
  readonly kernelVersion: number;
  /** All maps of the object. libbpf creates all of them before it loads the program. */
  readonly maps: readonly MapDef[];
  readonly funcs: readonly FuncInfoRecord[];
  /** The functions that the program consists of, in order. */
  readonly parts: readonly LinkedFunction[];
  /** Names of the kernel functions that it calls, each once. */
  readonly kernelFunctions: readonly string[];
  /** Numbers that were changed to fit the kernel. Slots count in the whole program. */
  readonly relocations: readonly CoreRelocation[];
}

const NAME_LETTERS = 15;
const PSEUDO_BTF_ID = 3;
const PSEUDO_KFUNC_CALL = 2;
/** A call of a kernel function that does not exist gets an invalid helper number: this, plus the extern's number. */
const POISON_KFUNC = 2_002_000_000;

/** The load of a program of the object, or why it cannot be made. Never throws. */
export const loadOf = (object: BpfObject, program: ObjectFunction, target: Target): Attempt<Load> =>
  attempt(() => load(object, program, target));

function load(object: BpfObject, main: ObjectFunction, target: Target): Load {
  const meaning = sectionMeaning(main.sectionName);
  if (meaning === undefined) return refuse("section-name", { name: main.name, section: main.sectionName });
  checkStructOps(object.structs, target);
  const maps = mapDefs(object, target);
  const resolved = object.externs.map((extern) => resolveExtern(object, extern, target));
  const { relocatedInsns, relocations } = relocateAll(object, main, target);
  const callbacks = exceptionCallbacks(object, main);
  const linked = link(
    main,
    object.functions,
    (func) => relocatedInsns.get(func) ?? func.insns,
    object.records,
    callbacks,
  );
  const mapRefs = new Map<number, number>();
  const insns = applyReferences(object, linked, resolved, mapRefs);
  const { attachBtfId, attachType } = attachArgsOf(main, meaning, target, object.structOps);
  const usedMaps = [...new Set(mapRefs.values())].sort((a, b) => a - b);
  const infos = funcInfoAndLines(object, linked, meaning.progType, callbacks);
  return {
    program: {
      insns,
      progType: meaning.progType,
      expectedAttachType: attachType,
      progFlags: meaning.flags,
      license: object.license,
      maps: usedMaps.map((index) => maps[index]!),
      mapRefs: new Map([...mapRefs].map(([slot, index]) => [slot, usedMaps.indexOf(index)])),
      ...infos,
    },
    name: main.name.slice(0, NAME_LETTERS),
    attachBtfId,
    kernelVersion: object.kernelVersion,
    maps,
    funcs: object.btfRefused ? [] : linked.funcs,
    parts: linked.parts,
    kernelFunctions: calledKernelFunctions(object, linked, resolved),
    relocations: linked.parts.flatMap(({ func, start }) =>
      (relocations.get(func) ?? []).map((one) => ({ ...one, slot: one.slot + start })),
    ),
  };
}

/**
 * Does CO-RE in the program and in every function of .text, even if it is not called: libbpf refuses the object for a fault in any of
 * them.
 */
function relocateAll(object: BpfObject, main: ObjectFunction, target: Target) {
  const relocatedInsns = new Map<ObjectFunction, Insn[]>();
  const relocations = new Map<ObjectFunction, CoreRelocation[]>();
  const candidates: Candidates = new Map();
  const { btf } = object;
  for (const func of object.functions.all) {
    const records = object.records.get(func)?.relocations ?? [];
    if ((func !== main && func.section !== object.functions.text) || records.length === 0 || btf === undefined)
      continue;
    const insns = func.insns.slice();
    relocatedInsns.set(func, insns);
    relocations.set(
      func,
      records.map(({ slot, record }) => relocateCore(func.name, insns, slot, record, btf, target.btf, candidates)),
    );
  }
  return { relocatedInsns, relocations };
}

function resolveExtern(object: BpfObject, extern: Extern, target: Target): ResolvedExtern | undefined {
  return extern.kind === "ksym" && object.btf !== undefined
    ? resolveKernelExtern(extern, object.btf, target)
    : undefined;
}

/** Names of the called functions that the kernel has. A call of any other is made invalid. */
const calledKernelFunctions = (
  { externs }: BpfObject,
  linked: LinkedProgram,
  resolved: readonly (ResolvedExtern | undefined)[],
): string[] => {
  const called = [...linked.references.values()].flatMap((reference) =>
    reference.kind === "extern" && reference.call && resolved[reference.extern]?.kind === "type"
      ? [reference.extern]
      : [],
  );
  return [...new Set(called.map((extern) => essentialName(externs[extern]!.name)))];
};

/** Fills in the maps, variables and externs that instructions use. Notes in `mapRefs` which slot loads which map of the object. */
function applyReferences(
  object: BpfObject,
  linked: LinkedProgram,
  resolved: readonly (ResolvedExtern | undefined)[],
  mapRefs: Map<number, number>,
): Insn[] {
  const { insns } = linked;
  const kconfig = object.maps.findIndex(({ origin }) => origin === "kconfig");
  const value = (slot: number, map: number, offset: number): void => {
    insns[slot] = { ...insns[slot]!, src: BPF_PSEUDO_MAP_VALUE, imm: 0 };
    insns[slot + 1] = { ...insns[slot + 1]!, imm: offset | 0 };
    mapRefs.set(slot, map);
  };
  for (const [slot, reference] of linked.references) {
    const insn = insns[slot]!;
    switch (reference.kind) {
      case "map":
        insns[slot] = { ...insn, src: BPF_PSEUDO_MAP_FD, imm: 0 };
        mapRefs.set(slot, reference.map);
        break;
      case "data":
        value(slot, reference.map, insn.imm + reference.offset);
        break;
      case "extern": {
        const extern = object.externs[reference.extern]!;
        if (extern.kind === "kconfig") {
          value(slot, kconfig, extern.offset);
          break;
        }
        const found = resolved[reference.extern] ?? { kind: "nothing" };
        if (reference.call) {
          insns[slot] =
            found.kind === "type"
              ? { ...insn, src: PSEUDO_KFUNC_CALL, off: 0, imm: found.id }
              : poisonInsn(POISON_KFUNC + reference.extern);
        } else if (found.kind === "type") {
          insns[slot] = { ...insn, src: PSEUDO_BTF_ID, imm: found.id };
          insns[slot + 1] = { ...insns[slot + 1]!, imm: 0 };
        } else {
          const address = found.kind === "address" ? found.address : 0n;
          insns[slot] = { ...insn, imm: Number(BigInt.asIntN(32, address)) };
          insns[slot + 1] = { ...insns[slot + 1]!, imm: Number(BigInt.asIntN(32, address >> 32n)) };
        }
      }
    }
  }
  return insns;
}

/** Functions and lines, if the object has BTF for them. */
function funcInfoAndLines(
  object: BpfObject,
  linked: LinkedProgram,
  progType: string,
  callbacks: readonly ObjectFunction[],
): Pick<Program, "funcInfo" | "functions" | "lines"> {
  const { btf } = object;
  if (btf === undefined || object.btfRefused || linked.funcs.length === 0) return {};
  const hidden = new Set(object.functions.all.filter((one) => one.hidden).map(({ name }) => name));
  const throwsTo = linked.parts.find(({ func }) => callbacks.includes(func))?.start;
  const functions = linked.funcs.map(
    ({ slot, type }): FuncInfo => ({
      ...functionInfo(btf, type, progType, btf.has(type) && hidden.has(btf.name(type))),
      ...(slot === throwsTo && { throwsTo }),
    }),
  );
  const lines = linked.lines.filter(({ slot }, i, all) => i === 0 || slot > all[i - 1]!.slot);
  return { funcInfo: true, functions, ...(lines.length > 0 && { lines }) };
}

/** The function that a program names as its exception callback. Nothing calls it. */
function exceptionCallbacks(object: BpfObject, main: ObjectFunction): ObjectFunction[] {
  const { btf, functions } = object;
  if (btf === undefined) return [];
  const prefix = "exception_callback:";
  const names = declTags(btf)
    .filter((id) => btf.word(id) === -1 && btf.name(id).startsWith(prefix) && btf.name(btf.type(id)) === main.name)
    .map((id) => btf.name(id).slice(prefix.length));
  if (names.length !== 1) return [];
  return functions.all.filter((one) => one.section === functions.text && one.name === names[0]).slice(0, 1);
}

function mapDefs(object: BpfObject, target: Target): MapDef[] {
  return object.maps.map((spec) => {
    const data = spec.origin === "kconfig" ? configBytes(object.externs, target) : spec.data;
    return mapDef(object, spec, data);
  });
}

type MapContext = Pick<BpfObject, "elf" | "btf" | "btfRefused">;

function mapDef({ elf, btf, btfRefused }: MapContext, spec: MapSpec, data: Uint8Array | undefined): MapDef {
  const type = mapTypeById(spec.type)?.name ?? String(spec.type);
  const fields = btf && !btfRefused ? specialFields(elf, btf, spec.valueType, type) : {};
  return {
    name: spec.name.slice(0, NAME_LETTERS),
    type,
    keySize: spec.keySize,
    valueSize: spec.valueSize,
    maxEntries: spec.maxEntries,
    flags: spec.flags,
    named: true,
    ...(!btfRefused && spec.keyType !== 0 && spec.valueType !== 0 && { typed: true }),
    ...(spec.extra !== 0n && { extra: Number(spec.extra) }),
    ...(data && { init: { "0": toHex(data) } }),
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(spec.frozen && { frozen: true }),
    ...(spec.inner && { inner: mapDef({ elf, btf, btfRefused }, spec.inner, undefined) }),
  };
}
