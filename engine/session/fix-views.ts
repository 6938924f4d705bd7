// Fixes of the program in the editor, as the page shows and applies them.

import type { Registry } from "../kernel/registry.ts";
import { remedies } from "../remedy/remedy.ts";
import { findingsOf } from "../verifier/explain/findings.ts";
import { assembleText, type Checked } from "./check.ts";
import { fixText } from "./fix-edits.ts";
import type { DiffLineView, FixView } from "./views.ts";

/** Unchanged lines shown around a change. */
const AROUND = 1;
/** Lines compared with each other, one text's times the other's: beyond that the whole stretch counts as changed. */
const MAX_COMPARED = 1_000_000;

/** `now`: milliseconds. */
export function fixViews(
  registry: Registry,
  now: () => number,
  { input, view, assembly, program, verdict }: Checked,
): FixView[] {
  if (!view.refusal) return [];
  const found = findingsOf(view.refusal, verdict?.trace, program.insns);
  return remedies(program, found, { registry, now }).map((fix) => {
    const text = fixText(input.source, assembly, fix, (source) => assembleText(registry, input, source));
    return {
      en: fix.en,
      ja: fix.ja,
      outcome: fix.outcome,
      source: text?.source ?? null,
      diff: text ? diffLines(input.source.split("\n"), text.source.split("\n")) : [],
    };
  });
}

/** The lines that differ, each stretch with a line around it. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLineView[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const middle = between(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const all: DiffLineView[] = [
    ...before.slice(0, start).map((text): DiffLineView => ({ kind: "same", text })),
    ...middle,
    ...before.slice(before.length - end).map((text): DiffLineView => ({ kind: "same", text })),
  ];
  const near = all.map((_, i) =>
    all.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(({ kind }) => kind !== "same"),
  );
  const shown: DiffLineView[] = [];
  all.forEach((line, i) => {
    if (near[i]) shown.push(line);
    else if (near[i - 1] && near.indexOf(true, i) >= 0) shown.push({ kind: "gap", text: "" });
  });
  return shown;
}

/** By the longest common run of lines. */
function between(before: readonly string[], after: readonly string[]): DiffLineView[] {
  const out = (text: string): DiffLineView => ({ kind: "out", text });
  const put = (text: string): DiffLineView => ({ kind: "in", text });
  if (before.length * after.length > MAX_COMPARED) return [...before.map(out), ...after.map(put)];
  const width = after.length + 1;
  const common = new Int32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: DiffLineView[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: "same", text: before[i]! });
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push(out(before[i++]!));
    else lines.push(put(after[j++]!));
  }
  return lines;
}
