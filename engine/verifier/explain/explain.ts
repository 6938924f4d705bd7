// The explanation of a rejection: the rule it broke in both languages, and where the value that broke it came from.
// Reads the verdict and its trace; decides nothing.
import type { Trace, Visit } from "../trace.ts";
import { RULES, type Wording } from "./rules.ts";

export interface Explanation {
  /** Name of the rule. */
  readonly id: string;
  readonly en: Wording;
  readonly ja: Wording;
  /** The register that broke it, -1 where the message names none. */
  readonly reg: number;
  /** Slots on the failing path that made that register's value, the latest first; a copy leads to its source. */
  readonly origin: readonly number[];
}

/** How many steps back a value is followed. */
const MAX_ORIGIN = 8;

/** `undefined` for a message that no rule knows: the kernel's words stand alone then. */
export function explain(message: string, trace: Trace | undefined): Explanation | undefined {
  for (const { id, match, en, ja } of RULES) {
    const groups = match.exec(message)?.groups;
    if (groups === undefined && !match.test(message)) continue;
    const reg = Number(groups?.reg ?? -1);
    return { id, en: filled(en, groups), ja: filled(ja, groups), reg, origin: originOf(trace, reg) };
  }
  return undefined;
}

const fill = (text: string, groups: Record<string, string | undefined> = {}): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => groups[name] ?? "…");

const filled = (wording: Wording, groups: Record<string, string | undefined> | undefined): Wording => ({
  rule: fill(wording.rule, groups),
  why: fill(wording.why, groups),
  help: fill(wording.help, groups),
});

/** Walks the failing path backwards and notes each visit that changed the register. */
function originOf(trace: Trace | undefined, reg: number): number[] {
  if (trace === undefined || reg < 0 || reg > 10) return [];
  const { visits } = trace;
  let visit: Visit | undefined = visits.findLast(({ end }) => end?.kind === "refused");
  const slots: number[] = [];
  while (visit !== undefined && visit.prev >= 0 && slots.length < MAX_ORIGIN) {
    visit = visits[visit.prev];
    if (visit?.after === undefined) continue;
    if (valueAt(visit.before, reg) !== valueAt(visit.after, reg)) slots.push(visit.insnIdx);
  }
  return slots;
}

/** Register states are immutable and shared, so that the same object is the same value. */
const valueAt = (state: Visit["before"], reg: number): unknown => state.frames[state.curframe]?.regs[reg];
