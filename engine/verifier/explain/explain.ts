// The explanation of a rejection: the rule it broke in both languages, and the story of the value that broke it.
// Reads the verdict and its trace; decides nothing.
import type { Insn } from "../../isa/insn.ts";
import type { Trace } from "../trace.ts";
import { type Cause, type CauseStep, causeOf } from "./cause.ts";
import type { Rule, Wording } from "./rule.ts";
import { RULES } from "./rules.ts";

export interface Explanation {
  /** Name of the rule. */
  readonly id: string;
  readonly en: Wording;
  readonly ja: Wording;
  /** The register that broke it, -1 where there is none. */
  readonly reg: number;
  /** How the value came to be what it is, to the refused instruction; [] where nothing was walked. */
  readonly steps: readonly CauseStep[];
}

/** `undefined` for a message that no rule knows: the kernel's words stand alone then. */
export function explain(message: string, trace?: Trace, insns: readonly Insn[] = []): Explanation | undefined {
  const rule = RULES.find(({ match }) => match.test(message));
  if (!rule) return undefined;
  const groups = rule.match.exec(message)?.groups ?? {};
  const cause = trace && causeFor(rule, groups, trace, insns);
  return {
    id: rule.id,
    en: filled(rule.en, groups),
    ja: filled(rule.ja, groups),
    reg: cause?.reg ?? Number(groups.reg ?? -1),
    steps: cause?.steps ?? [],
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

function causeFor({ id }: Rule, groups: Groups, trace: Trace, insns: readonly Insn[]): Cause | undefined {
  const named = (name: string): number | undefined => (groups[name] === undefined ? undefined : Number(groups[name]));
  const reg = named("reg");
  const stackOff = id === "stack-unwritten" ? named("off") : undefined;
  const taken = id === "reference-leak" ? named("insn") : undefined;
  const again = id === "infinite-loop" ? named("insn") : undefined;
  return causeOf(trace, insns, {
    ...(reg !== undefined && { reg }),
    ...(stackOff !== undefined && { stackOff }),
    ...(taken !== undefined && { taken }),
    ...(again !== undefined && { again }),
    ...(id === "too-complex" && { busiest: true }),
  });
}

const fill = (text: string, groups: Groups): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => groups[name] ?? "…");

const filled = (wording: Wording, groups: Groups): Wording => ({
  rule: fill(wording.rule, groups),
  why: fill(wording.why, groups),
  help: fill(wording.help, groups),
});
