// Puts the decisive branches of the refused path among the steps of the story: the branches that look at the values of the story. If
// the path lacks something (a value, a release), the last branches that led to this path are added too.
import { formOf } from "../../isa/forms.ts";
import type { Refusal } from "../refusals.ts";
import type { CauseStep } from "./cause.ts";
import type { Findings } from "./findings.ts";
import { ancestors, beforeNarrowing, type ValueNode } from "./lineage.ts";
import { jumped, lastOfEach, testText } from "./path.ts";
import type { Phrase } from "./phrase.ts";

/** At most this many branches are added, the last ones. */
const MAX_BRANCHES = 5;

/** Refusals because this path lacks something. */
const MISSING_ON_PATH: ReadonlySet<Refusal["id"]> = new Set<Refusal["id"]>([
  "unset-register",
  "stack-unwritten",
  "reference-leak",
  "program-return-range",
  "lock-held",
  "region-held",
  "same-insn-pointers",
]);

export function withBranches(steps: readonly CauseStep[], findings: Findings): CauseStep[] {
  const { path, lineage, need, missed } = findings;
  const { id, args } = findings.refusal;
  const told = new Set(steps.map(({ visit }) => visit));
  const end = path.length - 1;
  // The number that was needed, and the pointer that it was added to.
  const pointer = "reg" in args && end >= 0 ? lineage.reg(end, args.reg) : undefined;
  const followed = new Set<ValueNode>([need?.node, pointer].flatMap((node) => (node ? ancestors(node) : [])));
  const branches: CauseStep[] = [];
  path.forEach(({ insn, slot, visit }, at) => {
    const form = formOf(insn);
    const taken = jumped(path, at);
    if (form?.kind !== "jmp" || taken === undefined || told.has(visit)) return;
    const seen = [insn.dst, ...(form.source === "reg" ? [insn.src] : [])].map((n) => lineage.reg(at, n));
    const looksAtIt = seen.some((one) => one && (followed.has(one) || followed.has(beforeNarrowing(one))));
    const isMissed = missed.some((check) => check.slot === slot);
    if (!looksAtIt && !isMissed && !MISSING_ON_PATH.has(id)) return;
    const test = testText(insn);
    branches.push({
      slot,
      visit,
      ...(isMissed ? passed(test, taken) : chosen(test, taken)),
    });
  });
  const place = new Map(path.map(({ visit }, i) => [visit, i]));
  const added = lastOfEach(branches).slice(-MAX_BRANCHES);
  // The steps are in order already, except the note about steps that were left out: it stays behind the step before it.
  const result = [...steps];
  for (const branch of added) {
    const where = place.get(branch.visit)!;
    const behind = result.findIndex(({ visit }) => visit >= 0 && (place.get(visit) ?? -1) > where);
    result.splice(behind < 0 ? result.length : behind, 0, branch);
  }
  return result;
}

const chosen = (test: string, taken: boolean): Phrase =>
  taken
    ? { en: `Here \`${test}\` holds, and the path jumps.`, ja: `ここで \`${test}\` が成り立ち、ジャンプします。` }
    : {
        en: `Here \`${test}\` does not hold, and the path goes on.`,
        ja: `ここで \`${test}\` は成り立たず、次へ進みます。`,
      };

const passed = (test: string, taken: boolean): Phrase => ({
  en: `Here \`${test}\` was looked at (it ${taken ? "holds" : "does not hold"}), and it does not protect what follows.`,
  ja: `ここで \`${test}\` を調べています (${taken ? "成立" : "不成立"}) が、後のアクセスを守りません。`,
});
