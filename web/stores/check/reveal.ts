// Shows places of the verdict in the editor: the line of an instruction, the next problem.
import { revealSpan, useFocus } from "../page/focus.ts";
import { useVerdict } from "./verdict.ts";

/** Shows the line that made an instruction. */
export function revealSlot(slot: number, focus = true): void {
  const span = useVerdict
    .getState()
    .check?.slots.find((s) => s.slot === slot || (s.slots === 2 && s.slot + 1 === slot))?.span;
  if (span) revealSpan(span, focus);
}

/** F8: shows the next diagnostic after the cursor, around the end. Without diagnostics: the line that the verifier refused. */
export function nextProblem(): void {
  const { check } = useVerdict.getState();
  if (!check) return;
  const spans = check.diagnostics.filter((d) => d.severity !== "hint").map((d) => d.span);
  const { line } = useFocus.getState();
  const next = spans.find((span) => span.line > line) ?? spans[0];
  if (next) revealSpan(next);
  else if (check.messageSlot >= 0) revealSlot(check.messageSlot);
}
