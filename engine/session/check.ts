// From a source text to what the page shows beside it: assembled, verified, every line of the log led to its instruction.

import { assemble } from "../asm/assemble.ts";
import { type Assembly, programOf } from "../asm/assembly.ts";
import { ERRNO, errnoName, errnoText } from "../facts/errno.ts";
import { checkMapCreate } from "../facts/map-create.ts";
import type { ProgType } from "../facts/types.ts";
import { admit } from "../kernel/admit.ts";
import { ctxStructOf } from "../kernel/definition.ts";
import type { Registry } from "../kernel/registry.ts";
import { DEFAULT_LICENSE, type MapDef, type Program } from "../program/program.ts";
import { BPF_LOG_STATS } from "../verifier/log/buffer.ts";
import { codeOf } from "../verifier/log/kinds.ts";
import { type Refusal, refusalOf } from "../verifier/refusals.ts";
import { refusedUnseen } from "../verifier/refuse.ts";
import { type Verdict, verify } from "../verifier/verify.ts";
import { LogText } from "./long-log.ts";
import { assemblySpan, diagnosticView, slotViews, spanViews } from "./source-views.ts";
import type { CheckView, MapInput, ProgramInput, SlotView } from "./views.ts";

/** Microseconds from any start. */
export type Clock = () => number;

export interface Checked {
  readonly view: CheckView;
  readonly assembly: Assembly;
  /** As bpf(2) would get it, but for descriptors of maps. */
  readonly program: Program;
  /** Where the program got as far as the verifier. */
  readonly verdict: Verdict | undefined;
  readonly log: LogText;
  /** Position in the verdict's log → line. */
  readonly lineAt: (position: number) => number;
}

/** Visits kept of one verification; what is beyond is counted only. */
const MAX_VISITS = 20_000;
/** Characters of a log that is written down without being asked for. */
const MAX_LOG = 4 << 20;

export function mapDefOf(input: MapInput): MapDef {
  const { init, inner, ...rest } = input;
  return { ...rest, ...(init && { init }), ...(inner && { inner: mapDefOf(inner) }) };
}

const mapInputOf = ({ name, type, keySize, valueSize, maxEntries, flags, inner }: MapDef): MapInput => ({
  name,
  type,
  keySize,
  valueSize,
  maxEntries,
  flags,
  ...(inner && { inner: mapInputOf(inner) }),
});

export interface Assembled {
  readonly assembly: Assembly;
  readonly program: Program;
  readonly slots: readonly SlotView[];
  readonly diagnostics: CheckView["diagnostics"];
}

export function assembleInput(registry: Registry, input: ProgramInput): Assembled {
  const assembly = assemble(input.source, {
    maps: input.maps.map(mapDefOf),
    incremental: true,
    struct: ctxStructOf(registry.definition),
  });
  const spanView = spanViews(input.source);
  const named = programOf(assembly, {
    progType: input.progType,
    expectedAttachType: input.expectedAttachType ?? registry.defaultAttachType(assembly.progType ?? input.progType),
    progFlags: input.progFlags ?? 0,
    license: input.license ?? DEFAULT_LICENSE,
  });
  const filled = input.contents
    ? { ...named, maps: named.maps.map((map) => withContents(map, input.contents)) }
    : named;
  const program = input.funcInfo ? { ...filled, funcInfo: true } : filled;
  return {
    assembly,
    program,
    slots: slotViews(assembly.insns, assemblySpan(assembly, spanView)),
    diagnostics: assembly.diagnostics.map((diagnostic) => diagnosticView(diagnostic, spanView)),
  };
}

const withContents = (map: MapDef, contents: ProgramInput["contents"]): MapDef =>
  contents && Object.hasOwn(contents, map.name) ? { ...map, init: { ...map.init, ...contents[map.name] } } : map;

/** `watch` is made for each verification: see VerifyOptions.progress. */
export function check(
  registry: Registry,
  input: ProgramInput,
  revision: number,
  now: Clock,
  watch: () => (insnsProcessed: number) => boolean,
): Checked {
  const { assembly, program, slots, diagnostics } = assembleInput(registry, input);
  const saidType = assembly.progType ?? "";
  const base = { revision, diagnostics, slots, saidType, maps: assembly.maps.map(mapInputOf) };
  const done = (answer: Answer, verdict?: Verdict, brief = false): Checked => {
    const log = new LogText(verdict?.log, verdict?.logLines);
    const view = { ...base, ...answerView(answer, log, brief) };
    return { view, assembly, program, verdict, log, lineAt: brief ? () => -1 : (position) => log.lineAt(position) };
  };

  if (!assembly.ok) {
    return done({ verdict: "error", message: diagnostics.find(({ severity }) => severity === "error")?.message ?? "" });
  }
  const admitted = admit(registry, {
    progType: registry.progTypeId(program.progType) ?? -1,
    insnCnt: program.insns.length,
    progFlags: program.progFlags,
    progName: "",
    expectedAttachType: program.expectedAttachType,
  });
  if (typeof admitted === "number") {
    const refusal = refusedUnseen(-admitted, program.insns.length);
    return done({ verdict: "reject", errno: -admitted, message: errnoText(admitted), refusal });
  }
  for (const map of program.maps) {
    const refused = checkMapCreate(map);
    if (refused < 0) {
      const args = { map: map.name, errno: errnoText(refused) };
      const message = `map ${args.map}: ${args.errno}`;
      return done({ verdict: "reject", errno: -refused, message, refusal: refusalOf("map-create", args) });
    }
  }
  const start = now();
  const { verdict, brief } = verifyBriefly(
    { ...program, expectedAttachType: admitted.expectedAttachType },
    admitted.type,
    watch(),
  );
  return done({ verdict: verdict.verdict, us: now() - start, of: verdict }, verdict, brief);
}

/** With all states in the log; where that gets long, once more with the result only: to write it would take most of the time. */
function verifyBriefly(program: Program, progType: ProgType, watch: (insnsProcessed: number) => boolean) {
  const options = { progType, trace: { maxVisits: MAX_VISITS } };
  let brief = false;
  const progress = (insns: number, chars: number): boolean => {
    if (watch(insns)) return true;
    brief = chars > MAX_LOG;
    return brief;
  };
  const verdict = verify(program, { ...options, progress, logLevel: 2 });
  return {
    brief,
    verdict: brief ? verify(program, { ...options, progress: watch, logLevel: BPF_LOG_STATS }) : verdict,
  };
}

/** The same check with its log: the last that a buffer of the usual size holds. */
export function withLog(
  registry: Registry,
  checked: Checked,
  now: Clock,
  onProgress: (insnsProcessed: number) => void,
): Checked {
  const { view, program, assembly, verdict } = checked;
  const progType = registry.progType(registry.progTypeId(program.progType) ?? -1);
  if (!verdict || !progType) return checked;
  const start = now();
  const progress = (insns: number): boolean => {
    onProgress(insns);
    return false;
  };
  const written = verify(program, { progType, progress, logLevel: 2, trace: { maxVisits: MAX_VISITS } });
  const lost = written.errno === ERRNO.ENOSPC;
  // A log that does not fit would be a refusal of its own; what was said before stands.
  const { refusal } = verdict;
  const of = { ...written, verdict: verdict.verdict, errno: verdict.errno, ...(refusal && { refusal }) };
  const log = new LogText(of.log, of.logLines);
  const answer = { verdict: of.verdict, us: now() - start, of };
  return {
    view: { ...view, ...answerView(answer, log, false) },
    assembly,
    program,
    verdict: of,
    log,
    lineAt: lost ? () => -1 : (position) => log.lineAt(position),
  };
}

/** Lines of a log with the slots they are about. */
export const linesOf = (log: LogText, from: number, count: number) => ({
  lines: log.lines(from, count),
  slots: log.slots(from, count),
});

/**
 * The view of a verdict given by another path: BPF_PROG_LOAD. `why`: a sentence where there is no log, because the
 * program did not get as far as the verifier.
 */
export function checkedView(
  checked: Assembled,
  verdict: Verdict | undefined,
  errno: number,
  us: number,
  why = errnoText(errno),
): CheckView {
  const base = {
    revision: -1,
    diagnostics: checked.diagnostics,
    slots: checked.slots,
    saidType: checked.assembly.progType ?? "",
    maps: checked.assembly.maps.map(mapInputOf),
  };
  if (!checked.assembly.ok)
    return { ...base, ...answerView({ verdict: "error", message: checked.diagnostics[0]?.message ?? "" }) };
  if (!verdict) return { ...base, ...answerView({ verdict: "reject", errno, message: why }) };
  return { ...base, ...answerView({ verdict: verdict.verdict, of: verdict, us }) };
}

interface Answer {
  readonly verdict: CheckView["verdict"];
  readonly errno?: number;
  /** Where no log says it. */
  readonly message?: string;
  readonly us?: number;
  readonly of?: Verdict;
  /** Where the verifier did not see the program. */
  readonly refusal?: Refusal;
}

function answerView(
  answer: Answer,
  log: LogText = new LogText(answer.of?.log, answer.of?.logLines),
  logBrief = false,
): Omit<CheckView, "revision" | "diagnostics" | "slots" | "saidType" | "maps"> {
  const { of: verdict } = answer;
  const errno = verdict?.errno ?? answer.errno ?? 0;
  const shown = log.shown();
  const { kinds, slots } = shown.lines;
  const refusal = verdict?.refusal ?? answer.refusal ?? null;
  const why = refusal === null || refusal.id === "log-full" ? -1 : kinds.lastIndexOf(codeOf.refusal);
  const unsupported = verdict?.unsupported ?? "";
  if (verdict?.errno === ERRNO.EAGAIN) return stoppedView(verdict, log, answer.us);
  return {
    verdict: unsupported === "" ? answer.verdict : "error",
    unsupported,
    errno,
    errnoName: errno === 0 ? "" : errnoName(errno),
    message:
      unsupported !== ""
        ? `not simulated here: ${unsupported}`
        : why >= 0
          ? (shown.text.split("\n")[why] as string)
          : errno !== 0 && verdict
            ? errnoText(errno)
            : (answer.message ?? ""),
    messageLine: why,
    messageSlot: refusal?.slot ?? -1,
    refusal,
    log: shown.text,
    logCut: shown.cut,
    logHead: shown.head,
    logBrief,
    logKinds: kinds,
    logSlots: slots,
    insnsProcessed: verdict?.insnsProcessed ?? 0,
    us: Math.round(answer.us ?? 0),
  };
}

/** Neither yes nor no: it took too long. */
const stoppedView = ({ insnsProcessed }: Verdict, log: LogText, us = 0): ReturnType<typeof answerView> => ({
  verdict: "error",
  unsupported: "",
  errno: ERRNO.EAGAIN,
  errnoName: "EAGAIN",
  message: `the verification was stopped after ${insnsProcessed} instructions: it takes too long here`,
  messageLine: -1,
  messageSlot: -1,
  refusal: null,
  log: log.shown().text,
  logCut: log.shown().cut,
  logHead: log.shown().head,
  logBrief: false,
  logKinds: log.shown().lines.kinds,
  logSlots: log.shown().lines.slots,
  insnsProcessed,
  us: Math.round(us),
});
