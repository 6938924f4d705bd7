// A pasted verifier's log that replaces our own verdict: its lines, states and path are shown. If our verifier refuses the rebuilt program
// in the same words, our refusal is explained. Otherwise the refusal is read from the log's sentence.
import { bug } from "../../base/bug.ts";
import { errnoName } from "../../facts/errno.ts";
import { helperName } from "../../facts/helpers.ts";
import { mapTypeById } from "../../facts/map-types.ts";
import { formOf } from "../../isa/forms.ts";
import { createMaps, loadWith } from "../../kernel/loader.ts";
import type { Registry } from "../../kernel/registry.ts";
import { inScratch } from "../../kernel/scratch.ts";
import { type Hints, hintsOf, normalizedMessage } from "../../pasted/hints.ts";
import type { PastedLog, PastedVisit, StateWords } from "../../pasted/log.ts";
import { readLog } from "../../pasted/log.ts";
import { ofType, type Rebuilt, rebuild, sourceOf } from "../../pasted/rebuild.ts";
import { refusalOfMessage } from "../../pasted/refusal.ts";
import { boundsOf, isNumber } from "../../pasted/state.ts";
import type { MapDef, Program } from "../../program/program.ts";
import { BPF_LOG_LEVEL2 } from "../../verifier/log/buffer.ts";
import { codeOf } from "../../verifier/log/kinds.ts";
import type { Refusal } from "../../verifier/refusals.ts";
import type { BeliefsView, BeliefView, CheckView, PastedView, VisitView } from "../views/check.ts";
import type { VisitSource } from "./beliefs.ts";
import { boundsView } from "./beliefs.ts";
import type { Checked } from "./check.ts";
import { LogText } from "./log-text.ts";

/** A log as a program for the editor. undefined: the text is no log. */
export function openLog(registry: Registry, text: string, progType: string): { readonly source: string } | undefined {
  const log = readLog(text);
  if (!log) return undefined;
  return { source: sourceWithFittingType(registry, log, rebuild(log), progType) };
}

/** Program types that pasted logs most often have, tried after the chosen one. */
const LIKELY_TYPES = ["socket_filter", "xdp", "sched_cls", "kprobe", "tracepoint", "raw_tracepoint", "cgroup_skb"];
const MOST_TRIES = 60;

/** The source with the type, maps and licence for which our verifier says what the log says, else with the likeliest ones. */
function sourceWithFittingType(registry: Registry, log: PastedLog, rebuilt: Rebuilt, progType: string): string {
  const isKnown = log.message !== "" && rebuilt.insns.length > 0;
  const named = registry.progTypes().filter(({ notSimulated }) => notSimulated === null);
  const hints = hintsOf(log);
  const { license } = hints;
  const known = hints.progType === undefined ? [] : [hints.progType];
  const others = hints.dependsOnProgType ? named.map(({ name }) => name) : [];
  const types = [...new Set([...known, progType, ...LIKELY_TYPES, ...others])];
  let left = isKnown && rebuilt.insns.length < 4096 ? MOST_TRIES : 0;
  for (const maps of mapChoices(rebuilt, hints)) {
    for (const type of types) {
      if (left-- <= 0) break;
      const program: Program = {
        insns: rebuilt.insns,
        maps: maps.map((map) => ({ ...map, named: true })),
        mapRefs: rebuilt.mapRefs,
        progType: type,
        expectedAttachType: registry.defaultAttachType(type),
        progFlags: 0,
        license,
      };
      const said = refusedWith(registry, program);
      if (said && isSameRefusal(said, log)) return sourceOf(log, { ...rebuilt, maps }, { progType: type, license });
    }
  }
  return sourceOf(log, rebuilt, { progType: hints.progType ?? progType, license });
}

/** The maps as rebuilt, then with the type or flags that only the refusal tells of one of them. */
function* mapChoices({ maps }: Rebuilt, { mapType = -1, mapFlags: flags }: Hints): Generator<readonly MapDef[]> {
  const type = mapTypeById(mapType)?.name;
  if (type !== undefined) for (let i = maps.length; i-- > 0; ) yield maps.with(i, ofType(maps[i] as MapDef, type));
  if (flags !== 0) for (let i = maps.length; i-- > 0; ) yield maps.with(i, { ...(maps[i] as MapDef), flags });
  yield maps;
}

interface OwnAnswer {
  readonly message: string;
  /** The line before the message. */
  readonly detail: string;
}

function refusedWith(registry: Registry, program: Program): OwnAnswer | undefined {
  return inScratch((bpf) => {
    const fds = createMaps(bpf, program.maps);
    if (!Array.isArray(fds)) return undefined;
    const { verdict } = loadWith(bpf, program, fds, { logLevel: BPF_LOG_LEVEL2, watched: stopEarly() });
    if (!verdict) return undefined;
    const log = new LogText(verdict.log, verdict.logLines);
    const line = verdict.logLines.kinds.lastIndexOf(codeOf.refusal);
    return line < 0 ? undefined : { message: log.line(line), detail: log.line(line - 1) };
  }, registry);
}

/** While the type of a program is being found, a verification stops after this many instructions. */
const MAX_INSNS_PER_TRY = 100_000;
const stopEarly = () => ({ progress: (insns: number): boolean => insns > MAX_INSNS_PER_TRY });

/** Kernel releases differ in the line that names the register. The line before it, with the numbers, is the same. */
const isSameRefusal = ({ message, detail }: OwnAnswer, log: PastedLog): boolean =>
  normalizedMessage(message) === normalizedMessage(log.message) || (log.detail !== "" && detail === log.detail);

/** The check of a program under its pasted log. `own`: our verifier's check of it. */
export function pastedCheck(text: string, own: Checked): Checked {
  const log = readLog(text);
  if (!log) throw bug("a log that was read once is none any more");
  const { verdict: said, message, messageLine } = own.view;
  const detail = messageLine > 0 ? (own.view.log.split("\n")[messageLine - 1] ?? "") : "";
  const sameRefusal = said === "reject" && isSameRefusal({ message, detail }, log);
  const shown = new LogText(log.text, log);
  const refusal = sameRefusal ? own.view.refusal : (refusalFromLog(log, own) ?? null);
  const errno = log.errno || (sameRefusal ? own.view.errno : 0);
  const verdict = log.message !== "" ? "reject" : log.complete ? "accept" : "error";
  const { text: lines, cut, head, lines: about } = shown.shown();
  const view: CheckView = {
    ...own.view,
    verdict,
    notSimulated: "",
    errno,
    errnoName: errno === 0 ? "" : errnoName(errno),
    message: verdict === "error" ? CUT_MESSAGE : log.message,
    messageLine: log.messageLine,
    messageSlot: log.messageSlot,
    refusal,
    refusedCall: null,
    log: lines,
    logCut: cut,
    logHead: head,
    logBrief: false,
    logKinds: about.kinds,
    logSlots: about.slots,
    logStates: about.stateColumns,
    insnsProcessed: Math.max(0, log.processed),
    us: 0,
    pasted: pastedView(log, sameRefusal),
  };
  const { verdict: walked, ...rest } = own;
  return {
    ...rest,
    view,
    // The beliefs and paths of a different refusal would explain this one wrongly.
    verdict: sameRefusal ? walked : undefined,
    log: shown,
    pastedVisits: new PastedVisits(log),
  };
}

const CUT_MESSAGE = "the pasted log ends before it says what became of the program";

const pastedView = (log: PastedLog, sameRefusal: boolean): PastedView => ({
  sameRefusal,
  missing: rebuild(log).missing,
  cutStart: log.cutStart,
  cutEnd: !log.complete,
});

function refusalFromLog(log: PastedLog, { program }: Checked): Refusal | undefined {
  const insn = program.insns[log.messageSlot];
  const form = insn && formOf(insn);
  const before = log.visits.at(-1)?.before;
  return refusalOfMessage([log.message, log.detail], {
    slot: log.messageSlot,
    words: (reg) => before?.get(`R${reg}`) ?? "",
    size: form && "size" in form ? form.size : 0,
    off: insn?.off ?? 0,
    before: log.text
      .split("\n")
      .slice(Math.max(0, log.messageLine - 8), log.messageLine + 1)
      .reverse(),
    func: form?.kind === "call" && form.target === "helper" ? `bpf_${helperName(insn?.imm ?? 0)}#${insn?.imm}` : "",
  });
}

/** The visits in the log, in its order. */
class PastedVisits implements VisitSource {
  readonly #visits: readonly PastedVisit[];
  /** The visits that follow each visit. */
  readonly #next = new Map<number, { readonly visit: number; readonly slot: number }[]>();

  /** The visits of each instruction. */
  readonly #bySlot = new Map<number, number[]>();

  constructor({ visits }: PastedLog) {
    this.#visits = visits;
    for (const [visit, { prev, slot }] of visits.entries()) {
      const here = this.#bySlot.get(slot);
      if (here) here.push(visit);
      else this.#bySlot.set(slot, [visit]);
      const known = this.#next.get(prev);
      if (known) known.push({ visit, slot });
      else this.#next.set(prev, [{ visit, slot }]);
    }
  }

  numbersOfSlot(slot: number): Int32Array {
    return Int32Array.from(this.#bySlot.get(slot) ?? []);
  }

  ofSlot(slot: number, limit: number): VisitView[] {
    return (this.#bySlot.get(slot) ?? []).slice(0, limit).map((visit) => this.at(visit) as VisitView);
  }

  at(number: number): VisitView | null {
    const visit = this.#visits[number];
    if (!visit) return null;
    const { slot, line, frame, before, after, prev, end } = visit;
    return {
      visit: number,
      slot,
      before: beliefs(before, frame),
      after: end === "refused" ? null : beliefs(after, frame),
      logLine: line,
      prev,
      prevSlot: this.#visits[prev]?.slot ?? -1,
      next: this.#next.get(number) ?? [],
      end: end === null ? null : end === "pruned" ? { kind: "pruned", by: -1 } : { kind: end },
    };
  }

  ofLine(slot: number, line: number): number {
    return this.#visits.findLastIndex((visit) => visit.slot === slot && visit.line <= line);
  }

  /** The last visit of a slot on the path with which the log ends. */
  readonly lastOnRefusedPath = (slot: number): number => {
    for (let at = this.#visits.length - 1; at >= 0; at = (this.#visits[at] as PastedVisit).prev)
      if (this.#visits[at]?.slot === slot) return at;
    return -1;
  };
}

const REGS = 11;

function beliefs(believed: StateWords, frame: number): BeliefsView {
  const stack = [...believed].flatMap(([name, words]) => {
    const off = /^fp(-\d+)$/.exec(name)?.[1];
    return off === undefined ? [] : [{ frame, off: Number(off), belief: belief(words) }];
  });
  const regs = Array.from({ length: REGS }, (_, reg) => {
    const words = believed.get(`R${reg}`);
    return words === undefined ? null : belief(words);
  });
  return { regs, stack };
}

function belief(text: string): BeliefView {
  if (!isNumber(text)) return { text, isNumber: false };
  return {
    text,
    isNumber: true,
    bounds: boundsView(boundsOf(text)),
  };
}
