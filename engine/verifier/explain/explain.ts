// The explanation of a refusal: the rule it broke in both languages, and the story of the value that broke it. Reads the
// refusal and the trace; decides nothing.
import type { Insn } from "../../isa/insn.ts";
import type { Refusal } from "../refusals.ts";
import type { Trace } from "../trace.ts";
import { type CauseStep, causeOf, type Named } from "./cause.ts";
import type { Rule, Wording } from "./rule.ts";
import { RULE_OF, RULES } from "./rules.ts";

export interface Explanation {
  /** Name of the refusal. */
  readonly id: Refusal["id"];
  readonly en: Wording;
  readonly ja: Wording;
  /** The register that broke it, -1 where there is none. */
  readonly reg: number;
  /** How the value came to be what it is, to the refused instruction; [] where nothing was walked. */
  readonly steps: readonly CauseStep[];
}

export function explain(refusal: Refusal, trace?: Trace, insns: readonly Insn[] = []): Explanation {
  const { id, args } = refusal;
  const rule: Rule = RULES[RULE_OF[id]];
  const named = namedBy(refusal);
  const cause = trace && causeOf(trace, insns, named);
  return {
    id,
    en: filled(rule.en, args),
    ja: filled(rule.ja, args),
    reg: cause?.reg ?? named.reg ?? -1,
    steps: cause?.steps ?? [],
  };
}

/** What of a refusal's arguments leads to its cause. */
function namedBy({ id, args }: Refusal): Named {
  switch (id) {
    case "stack-unwritten":
      return { reg: args.reg, stackOff: args.off };
    case "reference-leak":
      return { taken: args.taken };
    case "infinite-loop":
      return { again: args.insn };
    case "too-complex":
    case "too-many-branches":
      return { busiest: true };
    default:
      return "reg" in args ? { reg: args.reg } : {};
  }
}

/** `text` with the arguments named in braces. */
const fill = (text: string, args: Refusal["args"]): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String((args as Readonly<Record<string, unknown>>)[name] ?? "…"));

const filled = (wording: Wording, args: Refusal["args"]): Wording => ({
  rule: fill(wording.rule, args),
  why: fill(wording.why, args),
  help: fill(wording.help, args),
});
