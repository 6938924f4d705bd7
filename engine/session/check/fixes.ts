// Fixes of the program in the editor, as the page shows and applies them.

import { alignment, commonPairs } from "../../base/diff.ts";
import type { Registry } from "../../kernel/registry.ts";
import { remedies } from "../../remedy/remedy.ts";
import { findingsOf } from "../../verifier/explain/findings.ts";
import type { DiffLineView, FixView } from "../views/check.ts";
import { assembleText, type Checked } from "./check.ts";
import { editedText } from "./fix-edits.ts";

/** Unchanged lines shown around a change. */
const AROUND = 1;
/** `now`: a clock in milliseconds. */
export function fixViews(
  registry: Registry,
  now: () => number,
  { input, view, assembly, program, verdict }: Checked,
): FixView[] {
  if (!view.refusal) return [];
  const found = findingsOf(view.refusal, verdict?.trace, program.insns);
  return remedies(program, found, { registry, now }).map((fix) => {
    const text = editedText(input.source, assembly, fix, (source) => assembleText(registry, input, source));
    return {
      en: fix.en,
      ja: fix.ja,
      outcome: fix.outcome,
      source: text?.source ?? null,
      diff: text ? diffLines(input.source.split("\n"), text.source.split("\n")) : [],
    };
  });
}

/** The lines that differ, with one unchanged line around each stretch. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLineView[] {
  const line = (kind: DiffLineView["kind"], text = ""): DiffLineView => ({ kind, text });
  const all = alignment(before.length, after.length, commonPairs(before, after)).flatMap((one) =>
    one.kind === "same"
      ? [line("same", before[one.a])]
      : [...one.a.map((i) => line("out", before[i])), ...one.b.map((j) => line("in", after[j]))],
  );
  const near = all.map((_, i) =>
    all.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(({ kind }) => kind !== "same"),
  );
  return all.flatMap((one, i) => {
    if (near[i]) return [one];
    return near[i - 1] && near.indexOf(true, i) >= 0 ? [line("gap")] : [];
  });
}
