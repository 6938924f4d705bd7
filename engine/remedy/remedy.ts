// Fixes for a refused program. Every change is made, loaded and verified before it is offered. If a change only leads to another
// refusal, the next change is searched from there, a few changes deep. The numbers of trials and of walked instructions are limited, so
// that the same program gets the same fixes. For programs that are slow to verify the time is limited too.

import type { Texts } from "../base/language.ts";
import { formOf } from "../isa/forms.ts";
import { createMaps, loadWith } from "../kernel/loader.ts";
import type { Registry } from "../kernel/registry.ts";
import { inScratch } from "../kernel/scratch.ts";
import type { Program } from "../program/program.ts";
import { type Findings, findingsOf } from "../verifier/explain/findings.ts";
import type { Refusal } from "../verifier/refusals.ts";
import type { Trace } from "../verifier/trace.ts";
import { candidatesFor } from "./candidates/all.ts";
import { loopCandidates } from "./candidates/form.ts";
import { Draft, firstVersion, type Version } from "./draft.ts";
import { lossesOf } from "./losses.ts";
import { type Candidate, Scene } from "./scene.ts";

export interface Fix extends Texts {
  /** Accepted by the verifier, or refused at a later place. */
  readonly outcome: "accepted" | "further";
  /** The whole program with the fix. */
  readonly program: Program;
  /** For each of its slots the slot in the refused program. -1: the instruction is new. */
  readonly origins: readonly number[];
  /** Only for "further": the new refusal. */
  readonly refusal?: Refusal;
  /** Slots of the refused program whose work is lost. */
  readonly losses: readonly number[];
}

const MAX_FIXES = 3;
/** At most this many programs are verified for one refusal. */
const MAX_TRIALS = 48;
/** At most this many changes follow one another. */
const MAX_DEPTH = 4;
/** Number of visits kept in a trial. If a trial has more, its refusal cannot be explained further. */
const MAX_VISITS = 3000;
/** Limit of walked instructions in all trials together. */
const MAX_WALKED = 100_000;
/** Limit of walked instructions in one trial. */
const MAX_WALKED_ONCE = 1 << 14;

interface PendingVersion {
  /** The program was not verified to its end, because it takes too long. */
  readonly long?: true;
  readonly version: Version;
  readonly findings: Findings;
  readonly words: readonly Texts[];
  readonly losses: readonly number[];
  /** How many of the changes took work away. */
  readonly taking: number;
}

/** A fix may take work away in one place at most. */
const MAX_TAKING = 1;

/** Default of RemedyOptions.patience. */
const TIME_LIMIT_MS = 1000;

export interface RemedyOptions {
  /** The known program types. Default: OREORE with all steps of the recipe. */
  readonly registry?: Registry;
  /** A clock in milliseconds. Without it only trials and instructions are limited. */
  readonly now?: () => number;
  /** Milliseconds after which no further change is tried. Default: 1000. */
  readonly timeLimitMs?: number;
}

export function remedies(
  program: Program,
  findings: Findings,
  { registry, now, timeLimitMs = TIME_LIMIT_MS }: RemedyOptions = {},
): Fix[] {
  const started = now?.() ?? 0;
  const isLate = (): boolean => now !== undefined && now() - started > timeLimitMs;
  const accepted: Fix[] = [];
  const refusedLater: Fix[] = [];
  const groups = new Set<string>();
  const first = firstVersion(program);
  const seen = new Set<string>([keyOf(first)]);
  let trials = 0;
  let walked = 0;
  const isSpent = (): boolean =>
    trials >= MAX_TRIALS || walked >= MAX_WALKED || accepted.length >= MAX_FIXES || isLate();
  let level: PendingVersion[] = [{ version: first, findings, words: [], losses: [], taking: 0 }];
  for (let depth = 0; depth < MAX_DEPTH && accepted.length === 0; depth++) {
    const next: PendingVersion[] = [];
    for (const pending of level) {
      if (isSpent()) break;
      const scene = new Scene(pending.version.program, pending.findings);
      for (const candidate of pending.long ? loopCandidates(scene) : candidatesFor(scene)) {
        if (isSpent()) break;
        if (candidate.group !== undefined && groups.has(candidate.group)) continue;
        const draft = new Draft(pending.version);
        candidate.apply(draft);
        const version = draft.version();
        if (!version) continue;
        const key = keyOf(version);
        if (seen.has(key)) continue;
        seen.add(key);
        trials++;
        const tried = tryOut(version.program, MAX_WALKED - walked, registry);
        walked += tried.walked;
        const words = [...pending.words, inFirstNumbers(candidate, pending.version.origins)];
        const losses = lossesOf(program, version).filter((slot) => !isUnwanted(candidate, pending.version, slot));
        const taking = pending.taking + (losses.length > pending.losses.length ? 1 : 0);
        const fix = { ...joined(words, losses), program: version.program, origins: version.origins, losses };
        const isFix = taking <= MAX_TAKING;
        if (tried.verdict === "accept") {
          if (!isFix || !stillReachesRefused(version, findings, program, tried.trace)) continue;
          accepted.push({ ...fix, outcome: "accepted" });
          if (candidate.group !== undefined) groups.add(candidate.group);
        } else if (tried.refusal) {
          const later = findingsOf(tried.refusal, tried.trace, version.program.insns);
          if (isFix && isFurther(version, later, findings))
            refusedLater.push({ ...fix, outcome: "further", refusal: tried.refusal });
          if (isFix) next.push({ version, findings: later, words, losses, taking });
        } else if (tried.walked >= MAX_WALKED_ONCE && !pending.long && isFix) {
          next.push({ version, findings: pending.findings, words, losses, taking, long: true });
        }
      }
    }
    level = next.slice(0, 12);
  }
  return accepted.length > 0 ? keepingFirst(accepted) : keepingFirst(refusedLater).slice(0, 2);
}

/** Fixes that take work away come last. */
const keepingFirst = (fixes: readonly Fix[]): Fix[] =>
  fixes.toSorted((a, b) => Number(a.losses.length > 0) - Number(b.losses.length > 0));

/** Whether the change takes `slot` of the refused program out on purpose. */
const isUnwanted = ({ unwanted = [] }: Candidate, { origins }: Version, slot: number): boolean =>
  unwanted.some((one) => origins[one] === slot);

const keyOf = ({ program: { insns, maps } }: Version): string =>
  `${insns.map(({ code, dst, src, off, imm }) => `${code}.${dst}.${src}.${off}.${imm}`).join()} ${JSON.stringify(maps)}`;

/** Replaces `@slot` by the slot number in the reader's program. */
function inFirstNumbers({ en, ja }: Texts, origins: readonly number[]): Texts {
  const put = (text: string, added: string): string =>
    text.replaceAll(/@(\d+)/g, (_, slot: string) => {
      const origin = origins[Number(slot)] ?? -1;
      return origin < 0 ? added : String(origin);
    });
  return { en: put(en, "the new instruction"), ja: put(ja, "新しい命令") };
}

/** The sentences of several changes that follow one another. The last sentence says what is lost. */
const joined = (words: readonly Texts[], losses: readonly number[]): Texts => {
  const some = losses.slice(0, MAX_NAMED);
  const more = losses.length > MAX_NAMED;
  const loss =
    losses.length === 0
      ? { en: "", ja: "" }
      : {
          en: ` This takes away what ${some.join(", ")}${more ? " and more" : ""} did.`,
          ja: `${some.join("、")}${more ? " など" : ""} の処理はなくなります。`,
        };
  return {
    en: words.map(({ en }) => en).join(" Then: ") + loss.en,
    ja: words.map(({ ja }) => ja).join("さらに: ") + loss.ja,
  };
};

/** At most this many lost instructions are named. */
const MAX_NAMED = 4;

interface Tried {
  readonly verdict: "accept" | "reject" | "unknown";
  readonly refusal: Refusal | undefined;
  readonly trace: Trace | undefined;
  readonly walked: number;
}

function tryOut(program: Program, budget: number, registry: Registry | undefined): Tried {
  let walked = 0;
  const progress = (insns: number): boolean => {
    walked = insns;
    return insns >= Math.min(budget, MAX_WALKED_ONCE);
  };
  return inScratch((bpf): Tried => {
    const none = { refusal: undefined, trace: undefined, walked: 0 };
    const fds = createMaps(bpf, program.maps);
    if (!Array.isArray(fds)) return { verdict: "unknown", ...none };
    const loaded = loadWith(bpf, program, fds, {
      logLevel: 0,
      watched: { trace: { maxVisits: MAX_VISITS }, progress },
    });
    const { verdict: seen } = loaded;
    if (!seen) return { verdict: "unknown", ...none };
    walked = Math.max(walked, seen.insnsProcessed);
    const trace = seen.trace;
    if (loaded.ret >= 0) return { verdict: "accept", refusal: undefined, trace, walked };
    return { verdict: loaded.refusal ? "reject" : "unknown", refusal: loaded.refusal, trace, walked };
  }, registry);
}

/** Whether the refused instruction still exists and is reached. */
function stillReachesRefused(
  version: Version,
  { at, path }: Findings,
  program: Program,
  trace: Trace | undefined,
): boolean {
  const insn = program.insns[at];
  // If the program was refused for its form or for unreachable code, there is no place to keep.
  if (!insn || path.length === 0) return version.program.insns.length >= 2;
  const kind = formOf(insn)?.kind;
  // Arithmetic exists only for its later use, so it may go.
  if (kind === "alu" || kind === "end" || kind === undefined) return true;
  const slot = version.origins.indexOf(at);
  if (slot < 0) return false;
  return trace === undefined || trace.dropped > 0 || trace.visits.hasVisitOf(slot);
}

/** Whether the program is now refused at another instruction, after the one that was refused before. */
function isFurther(version: Version, later: Findings, { at }: Findings): boolean {
  const origin = version.origins[later.at] ?? -1;
  return origin !== at && later.path.length > 0 && version.origins.slice(0, later.at).includes(at);
}
