// The explanation of a refusal: the broken rule in both languages, and the story of the value that broke it. It reads the refusal and
// the trace; it decides nothing.
import type { Insn } from "../../isa/insn.ts";
import type { Refusal } from "../refusals.ts";
import type { Trace } from "../trace.ts";
import { busiestOf } from "./busiest.ts";
import { type CauseHints, type CauseStep, causeOf } from "./cause.ts";
import { withBranches } from "./events.ts";
import { type Findings, findingsOf } from "./findings.ts";
import { leavingBranch } from "./leak.ts";
import { ancestors } from "./lineage.ts";
import type { MissedCheck } from "./missed.ts";
import { regOf } from "./path.ts";
import { type Phrase, valuePhrase } from "./phrase.ts";
import { reasonOf } from "./reason.ts";
import { rootOf } from "./root.ts";
import type { Rule, Wording } from "./rule.ts";
import { RULE_OF, RULES } from "./rules.ts";

export interface Explanation {
  /** Name of the refusal. */
  readonly id: Refusal["id"];
  readonly en: Wording;
  readonly ja: Wording;
  /** Slot of the refused instruction. -1: the program as a whole was refused. */
  readonly at: number;
  /** Slot of the instruction to change. -1: there is none. */
  readonly root: number;
  /** What is wrong, with the values. */
  readonly reason: Phrase;
  /** The register that broke the rule. -1: there is none. */
  readonly reg: number;
  /**
   * How the value became what it is, with the branches that were taken. The last step is the refused instruction. [] if no instruction
   * was walked.
   */
  readonly steps: readonly CauseStep[];
  /** Comparisons on the path that were meant to protect the refused instruction and did not. */
  readonly missed: readonly MissedCheck[];
}

/** An explanation with the findings that it was made from. */
export interface Diagnosis extends Findings {
  readonly explanation: Explanation;
}

export const explain = (refusal: Refusal, trace?: Trace, insns: readonly Insn[] = []): Explanation =>
  diagnose(refusal, trace, insns).explanation;

export function diagnose(refusal: Refusal, trace?: Trace, insns: readonly Insn[] = []): Diagnosis {
  const findings = findingsOf(refusal, trace, insns);
  const { path, lineage, missed, fate, at } = findings;
  const { id, args } = refusal;
  const rule: Rule = RULES[RULE_OF[id]];
  const named = namedBy(refusal);
  const cause = trace && causeOf(trace, insns, named);
  const busiest = trace && named.busiest ? busiestOf(trace, insns) : undefined;
  const last = path.at(-1);
  const said =
    busiest?.reason ??
    reasonOf(refusal, {
      is: (reg) => last && regOf(last.before, reg),
      phrase(reg) {
        const is = last && regOf(last.before, reg);
        return is ? valuePhrase(is, last.before.curframe) : { en: "unknown", ja: "不明な値" };
      },
      fate,
      leaving: (ref, taken) => leavingBranch(path, ref, taken),
      madeBy: (reg) => lineage.reg(path.length - 1, reg)?.op,
      givenBy(reg) {
        const node = lineage.reg(path.length - 1, reg);
        return node && ancestors(node).find(({ kind, step }) => kind === "call" && step >= 0)?.slot;
      },
      insn: insns[at],
      next: insns[at + 1],
      at,
    });
  const en = filled(rule.en, args);
  const ja = filled(rule.ja, args);
  const explanation = {
    id,
    en,
    ja,
    at,
    root: busiest ? busiest.slot : rootOf(findings),
    reason: said ? { en: `${said.en}.`, ja: `${said.ja}。` } : { en: en.why, ja: ja.why },
    reg: cause?.reg ?? named.reg ?? -1,
    steps: withBranches(cause?.steps ?? [], findings),
    missed,
  };
  return { ...findings, explanation };
}

/** The arguments of a refusal that lead to its cause. */
function namedBy({ id, args }: Refusal): CauseHints {
  switch (id) {
    case "stack-unwritten":
      return { reg: args.reg, stackOff: args.off };
    case "reference-leak":
      return { acquiredAt: args.taken };
    case "infinite-loop":
      return { loopSlot: args.insn };
    case "too-complex":
    case "too-many-branches":
      return { busiest: true };
    case "pointer-number-unbounded":
    case "pointer-number-large":
    case "pointer-number-range":
    case "pointer-with-pointer":
      return { reg: args.number >= 0 ? args.number : args.reg };
    default:
      return "reg" in args ? { reg: args.reg } : {};
  }
}

/** Replaces each `{name}` in `text` by the argument of that name. */
const fill = (text: string, args: Refusal["args"]): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String((args as Readonly<Record<string, unknown>>)[name] ?? "…"));

const filled = (wording: Wording, args: Refusal["args"]): Wording => ({
  rule: fill(wording.rule, args),
  why: fill(wording.why, args),
  help: fill(wording.help, args),
});
