// From a source text to what the page shows beside it: assembles, verifies, and finds the instruction of every line of the log.

import { assemble } from "../../asm/assemble.ts";
import { type Assembly, programOf } from "../../asm/assembly.ts";
import { bug } from "../../base/bug.ts";
import { ERRNO } from "../../facts/errno.ts";
import { attachTypeAtLoad } from "../../kernel/attach-types.ts";
import { ctxStructOf } from "../../kernel/definition.ts";
import type { Registry } from "../../kernel/registry.ts";
import { inScratch } from "../../kernel/scratch.ts";
import { DEFAULT_LICENSE, type MapDef, mapAttr, type Program } from "../../program/program.ts";
import type { Verdict } from "../../verifier/verify.ts";
import type { CheckView, MapPlaceView } from "../views/check.ts";
import type { MapInput, ProgramInput, SlotView } from "../views/program.ts";
import type { VisitSource } from "./beliefs.ts";
import { type Clock, type LoadResult, loadWhole, loadWithLog } from "./load.ts";
import { LogText } from "./log-text.ts";
import { assemblySpan, diagnosticView, slotViews, spanViews } from "./source.ts";
import { loadedView, notAssembledView } from "./verdict.ts";

export type { Clock };

export interface Checked {
  readonly input: ProgramInput;
  readonly view: CheckView;
  readonly assembly: Assembly;
  /** The program as bpf(2) gets it, except for the descriptors of maps. */
  readonly program: Program;
  /** undefined: the program did not get as far as the verifier. */
  readonly verdict: Verdict | undefined;
  readonly log: LogText;
  /** Position in the whole log → line of the shown log. -1: the line is not shown. */
  readonly lineAt: (position: number) => number;
  /** The visits that a pasted log tells. Absent: the visits are those of `verdict`. See visitsOf (beliefs.ts). */
  readonly pastedVisits?: VisitSource;
}

/** The most visits that one verification keeps. Visits beyond that are only counted. */
const MAX_VISITS = 1_000_000;
/** The longest log, in characters, that is written without being asked for. */
const MAX_LOG = 4 << 20;

function mapDefOf(input: MapInput): MapDef {
  const { init, inner, ...rest } = input;
  return { ...rest, ...(init && { init }), ...(inner && { inner: mapDefOf(inner) }) };
}

const mapInputOf = (map: MapDef): MapInput => ({
  ...mapAttr(map),
  ...(map.inner && { inner: mapInputOf(map.inner) }),
});

export interface Assembled {
  readonly input: ProgramInput;
  readonly assembly: Assembly;
  readonly program: Program;
  readonly slots: readonly SlotView[];
  readonly attach: CheckView["attach"];
  readonly diagnostics: CheckView["diagnostics"];
}

/** Assembles `source` with the input's maps and definition. */
export const assembleText = (registry: Registry, input: ProgramInput, source: string, incremental = false): Assembly =>
  assemble(source, { maps: input.maps.map(mapDefOf), incremental, struct: ctxStructOf(registry.definition) });

export function assembleInput(registry: Registry, input: ProgramInput): Assembled {
  const assembly = assembleText(registry, input, input.source, true);
  const spanView = spanViews(input.source);
  const named = programOf(assembly, {
    progType: input.progType,
    expectedAttachType: input.expectedAttachType ?? registry.defaultAttachType(assembly.progType ?? input.progType),
    progFlags: input.progFlags ?? 0,
    license: input.license ?? DEFAULT_LICENSE,
  });
  // The kernel gets what is in the text: an empty text means no instructions. (test_verifier would load one empty slot for it.)
  const { empty } = assembly;
  const maps = named.maps.map((map) => withName(withContents(map, input.contents)));
  const program = { ...named, ...(empty && { insns: [] }), maps, ...(input.funcInfo && { funcInfo: true }) };
  return {
    input,
    assembly,
    program,
    attach: attachView(registry, assembly, program),
    slots: empty ? [] : slotViews(assembly.insns, assemblySpan(assembly, spanView)),
    diagnostics: assembly.diagnostics.map((diagnostic) => diagnosticView(diagnostic, spanView)),
  };
}

function attachView(registry: Registry, assembly: Assembly, { progType, expectedAttachType }: Program) {
  const id = attachTypeAtLoad(progType, expectedAttachType);
  const directive = assembly.attachDirective !== undefined;
  const saidBy = directive ? "directive" : assembly.expectedAttachType === undefined ? "" : "record";
  const type = registry.progTypes().find(({ name }) => name === progType);
  const isOne = saidBy !== "" || (type !== undefined && registry.attachTypes(type).includes(id));
  return { id, name: isOne ? (registry.attachTypeName(id) ?? String(id)) : "", saidBy } as const;
}

const withContents = (map: MapDef, contents: ProgramInput["contents"]): MapDef =>
  contents && Object.hasOwn(contents, map.name) ? { ...map, init: { ...map.init, ...contents[map.name] } } : map;

/** The maps of the page are created with their names. */
const withName = (map: MapDef): MapDef => ({ ...map, named: true, ...(map.inner && { inner: withName(map.inner) }) });

/** `watch` is called once per verification: see VerifyOptions.progress. */
export function check(
  registry: Registry,
  input: ProgramInput,
  revision: number,
  now: Clock,
  watch: () => (insnsProcessed: number) => boolean,
): Checked {
  const assembled = assembleInput(registry, input);
  const trace = { maxVisits: MAX_VISITS };
  const loaded = assembled.assembly.ok
    ? inScratch((bpf) => loadWithLog(bpf, assembled.program, { now, watch, trace, maxLog: MAX_LOG }), registry)
    : undefined;
  return checkedOf(assembled, loaded, revision);
}

function mapPlaces({ maps, declaredMaps, mapRefs }: Assembly, source: string): MapPlaceView[] {
  if (maps.length === 0) return [];
  const spanView = spanViews(source);
  const uses = [...mapRefs].sort(([a], [b]) => a - b);
  return maps.map((map, index) => {
    const span = declaredMaps.find(({ def }) => def === map)?.span;
    return {
      declared: span ? spanView(span) : null,
      uses: uses.flatMap(([slot, of]) => (of === index ? [slot] : [])),
    };
  });
}

/** `loaded`: undefined if the source does not assemble. */
export function checkedOf(assembled: Assembled, loaded: LoadResult | undefined, revision: number): Checked {
  const { input, assembly, program, slots, attach, diagnostics } = assembled;
  const verdict = loaded && "verdict" in loaded ? loaded.verdict : undefined;
  const log = new LogText(verdict?.log, verdict?.logLines);
  const resultOnly = loaded?.resultOnly ?? false;
  const base = {
    revision,
    diagnostics,
    slots,
    typeInSource: assembly.progType ?? "",
    attach,
    maps: assembly.maps.map(mapInputOf),
    mapPlaces: mapPlaces(assembly, input.source),
    pasted: null,
  };
  const view = { ...base, ...(loaded ? loadedView(loaded, log) : notAssembledView(diagnostics)) };
  const lineAt = resultOnly ? () => -1 : (position: number) => log.lineAt(position);
  return { input, view, assembly, program, verdict, log, lineAt };
}

/** The same check with its log: the last part of it that fits into a buffer of the usual size. */
export function withLog(
  registry: Registry,
  checked: Checked,
  now: Clock,
  onProgress: (insnsProcessed: number) => void,
): Checked {
  const { view, program, verdict } = checked;
  if (!verdict) return checked;
  const progress = (insns: number): boolean => {
    onProgress(insns);
    return false;
  };
  const watched = { now, progress, trace: { maxVisits: MAX_VISITS } };
  const written = loadWhole(registry, program, watched);
  if (!written?.verdict) throw bug("a program that was verified did not get as far again");
  const lost = written.verdict.errno === ERRNO.ENOSPC;
  // A log that does not fit would itself be a refusal, so the refusal of the first verification is kept.
  const firstRefusal = verdict.refusal && { refusal: verdict.refusal };
  const { refusal: _, ...loaded } = written;
  const { refusal: __, ...again } = written.verdict;
  const whole: Verdict = { ...again, verdict: verdict.verdict, errno: verdict.errno, ...firstRefusal };
  const log = new LogText(whole.log, whole.logLines);
  const lineAt = lost ? () => -1 : (position: number) => log.lineAt(position);
  return {
    ...checked,
    view: { ...view, ...loadedView({ ...loaded, verdict: whole, resultOnly: false, ...firstRefusal }, log) },
    verdict: whole,
    log,
    lineAt,
  };
}

/** Lines of a log, each with the slot it is about and the column at which a state begins. */
export function logLines(log: LogText, from: number, count: number) {
  const { slots, stateColumns } = log.lineFacts(from, count);
  return { lines: log.lines(from, count), slots, states: stateColumns };
}
