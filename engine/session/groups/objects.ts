// BPF objects: what a file contains, and each of its programs as a load on Linux 6.18. Loaded when a reader brings the first file.

import { toHex } from "../../base/bytes.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { errnoName, errnoText } from "../../facts/errno.ts";
import { helperName } from "../../facts/helpers.ts";
import { checkMapCreate } from "../../facts/map-create.ts";
import { mapTypeById } from "../../facts/map-types.ts";
import {
  BPF_CALL,
  BPF_JMP,
  BPF_PSEUDO_BTF_ID,
  BPF_PSEUDO_CALL,
  BPF_PSEUDO_FUNC,
  BPF_PSEUDO_MAP_VALUE,
} from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { createMaps, loadWith } from "../../kernel/loader.ts";
import { inScratch } from "../../kernel/scratch.ts";
import { Btf } from "../../object/btf/btf.ts";
import type { CoreRelocation } from "../../object/core/relocate.ts";
import { type KernelFile, readKernelFile } from "../../object/kernel-file.ts";
import { type Load, loadOf } from "../../object/load.ts";
import { type BpfObject, readObject } from "../../object/object.ts";
import { attempt, type Refusal, refusalText } from "../../object/refusal.ts";
import { sectionMeaning } from "../../object/sections.ts";
import { linux618, type Target } from "../../object/target.ts";
import { mapAttr } from "../../program/program.ts";
import { explain } from "../../verifier/explain/explain.ts";
import { codeOf } from "../../verifier/log/kinds.ts";
import type { ObjectsApi } from "../api.ts";
import { LogText } from "../check/log-text.ts";
import { sourceOf } from "../object/object-source.ts";
import type {
  ObjectAnswer,
  ObjectInsnView,
  ObjectLoadView,
  ObjectView,
  RelocationView,
  SourceLineView,
} from "../object/object-views.ts";
import { progressWatcher, type SessionState } from "../state.ts";

const MAX_BYTES = 256;
const MAX_LINES = 2000;
const MAX_TYPES = 2000;
const MAX_VISITS = 1_000_000;
const LOG_LEVEL = 1;
const CALL = BPF_JMP | BPF_CALL;

export function createObjects(state: SessionState): ObjectsApi {
  let opened: BpfObject | undefined;
  /** Types and configuration of the recorded Linux 6.18. */
  let recorded: Pick<KernelFile, "btf" | "config"> | undefined;
  /** Types that the reader brought, used instead of the recorded ones. */
  let brought: Btf | undefined;
  const kernel = (): Target => linux618(brought ?? recorded?.btf, recorded?.config ?? new Map());

  return {
    open(file, fileName) {
      const read = readObject(file, fileName, { entriesIfZero: 1 });
      opened = read.ok ? read.value : undefined;
      return read.ok ? { ok: true, view: objectView(read.value) } : refusedView(read.refusal);
    },

    takeKernel(file) {
      recorded = readKernelFile(file);
    },
    takeTypes(file, name) {
      if (file === null) {
        brought = undefined;
        return { ok: true, view: (recorded?.btf.count ?? 1) - 1 };
      }
      const read = attempt(() => new Btf(file, name));
      if (!read.ok) return refusedView(read.refusal);
      brought = read.value;
      return { ok: true, view: read.value.count - 1 };
    },

    program(index) {
      const program = opened?.programs[index];
      if (opened === undefined || program === undefined)
        return { ok: false, en: "There is no such program.", ja: "そのプログラムはありません。" };
      const loaded = loadOf(opened, program, kernel());
      return loaded.ok ? { ok: true, view: loadView(state, loaded.value, kernel().btf) } : refusedView(loaded.refusal);
    },
  };
}

const refusedView = (refusal: Refusal): ObjectAnswer<never> => ({
  ok: false,
  en: refusalText(refusal, "en"),
  ja: refusalText(refusal, "ja"),
});

function objectView(object: BpfObject): ObjectView {
  const { btf, functions, programs, maps, slots, externs, records } = object;
  const relocated = [...records.values()].some(({ relocations }) => relocations.length > 0);
  const byKernelType = programs.some(({ sectionName }) => {
    const meaning = sectionMeaning(sectionName);
    return meaning?.attachesByBtf || meaning?.progType === "struct_ops";
  });
  return {
    name: object.name,
    license: object.license,
    programs: programs.map(({ name, sectionName, insns, autoload }) => ({
      name,
      section: sectionName,
      progType: sectionMeaning(sectionName)?.progType ?? "",
      insns: insns.length,
      autoload,
    })),
    maps: maps.map((map, index) => ({
      ...mapAttr({ ...map, type: mapTypeById(map.type)?.name ?? String(map.type) }),
      origin: map.origin,
      pinned: map.pinned,
      frozen: map.frozen,
      bytes: toHex((map.data ?? new Uint8Array()).subarray(0, MAX_BYTES)),
      values: slots
        .filter((slot) => slot.map === index)
        .map(({ key, value }) => ({
          key,
          name: "map" in value ? maps[value.map]!.name : programs[value.program]!.name,
        })),
    })),
    externs: externs.map(({ name, kind, weak }) => ({ name, kind, weak })),
    functions: functions.all
      .filter(({ section }) => section === functions.text)
      .map(({ name, isGlobal, hidden, insns }) => ({ name, global: isGlobal && !hidden, insns: insns.length })),
    types: btf ? typesOf(btf) : [],
    needsKernel: relocated || byKernelType || externs.length > 0,
  };
}

function typesOf(btf: Btf): ObjectView["types"] {
  const found: { kind: string; name: string; size: number }[] = [];
  for (let id = 1; id < btf.count && found.length < MAX_TYPES; id++)
    if ((btf.isComposite(id) || btf.isEnum(id)) && btf.name(id) !== "")
      found.push({ kind: btf.kind(id), name: btf.name(id), size: btf.size(id) });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NAMES = { helperName };
const insnText = (insns: readonly Insn[], slot: number): string => formatInsn(insns[slot]!, insns[slot + 1], NAMES);

function loadView(state: SessionState, load: Load, kernel: Btf | undefined): ObjectLoadView {
  const { program } = load;
  const lines: SourceLineView[] = (program.lines ?? []).map(({ file, line, text }) => ({ file, line, text }));
  const base = {
    name: load.name,
    insns: insnViews(load, kernel),
    kernelFunctions: load.kernelFunctions,
    lines,
    relocations: load.relocations.map(relocationView),
    program: sourceOf(load),
  };
  const none = {
    notSimulated: null,
    insnsProcessed: 0,
    states: 0,
    log: [],
    logRefusal: -1,
    refusedAt: -1,
    explanation: null,
  };
  // libbpf creates all maps of an object before it loads a program.
  for (const map of load.maps) {
    const err = checkMapCreate(map);
    if (err < 0)
      return { ...base, ...none, verdict: "reject", ...errnoOf(-err), message: `map ${map.name}: ${errnoText(err)}` };
  }
  const watched = { now: state.now, trace: { maxVisits: MAX_VISITS }, progress: progressWatcher(state) };
  const loaded = inScratch((bpf) => {
    const fds = createMaps(bpf, program.maps);
    return Array.isArray(fds) ? loadWith(bpf, program, fds, { logLevel: LOG_LEVEL, watched }) : fds;
  });
  const verdict = "verdict" in loaded ? loaded.verdict : undefined;
  if (!verdict) return { ...base, ...none, verdict: "reject", ...errnoOf(-loaded.ret), message: errnoText(loaded.ret) };
  const { notSimulated, refusal } = verdict;
  const log = new LogText(verdict.log, verdict.logLines);
  const from = Math.max(0, log.count - MAX_LINES);
  const why = refusal === undefined ? -1 : verdict.logLines.kinds.lastIndexOf(codeOf.refusal);
  return {
    ...base,
    verdict: notSimulated === undefined ? verdict.verdict : "not simulated",
    ...errnoOf(verdict.errno),
    notSimulated: notSimulated ?? null,
    message: notSimulated ? "" : why >= 0 ? log.line(why) : verdict.errno === 0 ? "" : errnoText(verdict.errno),
    insnsProcessed: verdict.insnsProcessed,
    states: verdict.totalStates,
    log: log.lines(from, MAX_LINES),
    logRefusal: Math.max(-1, why - from),
    refusedAt: refusal?.slot ?? -1,
    explanation: refusal ? explain(refusal, verdict.trace, program.insns) : null,
  };
}

const errnoOf = (errno: number): Pick<ObjectLoadView, "errno" | "errnoName"> => ({
  errno,
  errnoName: errno === 0 ? "" : errnoName(errno),
});

/** As the log prints it, but with names of maps, functions and kernel functions in place of numbers that only this load has. */
function named({ program, parts }: Load, slot: number, kernel: Btf | undefined): string {
  const insn = program.insns[slot]!;
  const to = (target: string): string => `(${insn.code.toString(16)}) r${insn.dst} = ${target}`;
  const map = program.maps[program.mapRefs.get(slot) ?? -1];
  const offset = program.insns[slot + 1]?.imm ?? 0;
  if (map !== undefined)
    return to(insn.src === BPF_PSEUDO_MAP_VALUE ? `map[${map.name}][0]+${offset}` : `map[${map.name}]`);
  const part = parts.find(({ start }) => start === slot + insn.imm + 1);
  if (isLdImm64(insn) && insn.src === BPF_PSEUDO_FUNC && part) return to(`${part.func.name}()`);
  if (insn.code === CALL && insn.src === BPF_PSEUDO_CALL && part) return `(85) call ${part.func.name}()`;
  if (isLdImm64(insn) && insn.src === BPF_PSEUDO_BTF_ID && kernel?.has(insn.imm))
    return to(`&${kernel.name(insn.imm)}`);
  return formatInsn(insn, program.insns[slot + 1], {
    helperName,
    kfuncName: ({ imm }) => (kernel?.has(imm) ? kernel.name(imm) : undefined),
  });
}

function insnViews(load: Load, kernel: Btf | undefined): ObjectInsnView[] {
  const { program, parts } = load;
  const lineAt = new Map((program.lines ?? []).map(({ slot }, i) => [slot, i]));
  const functionAt = new Map(parts.map(({ func, start }) => [start, func.name]));
  const views: ObjectInsnView[] = [];
  for (let slot = 0; slot < program.insns.length; slot++) {
    views.push({
      slot,
      text: named(load, slot, kernel),
      line: lineAt.get(slot) ?? -1,
      function: functionAt.get(slot) ?? "",
    });
    if (isLdImm64(program.insns[slot]!)) slot++;
  }
  return views;
}

const relocationView = ({ slot, kind, asked, found, before, after, poisoned }: CoreRelocation): RelocationView => ({
  slot,
  kind,
  asked,
  found: found ?? null,
  before: insnText(before, 0),
  after: insnText(after, 0),
  poisoned,
});
