// Squiggles: the assembler's findings, and the verifier's reason on the line that caused it.

import { useVerdict } from "../stores/check/verdict.ts";
import { useSettings } from "../stores/page/settings.ts";
import { monaco } from "./core.ts";

const SEVERITY = {
  error: monaco.MarkerSeverity.Error,
  warning: monaco.MarkerSeverity.Warning,
  hint: monaco.MarkerSeverity.Hint,
} as const;

/** Markers for the current check. Monaco clips spans from an older text. */
export function markersOf(): monaco.editor.IMarkerData[] {
  const { check } = useVerdict.getState();
  const { language } = useSettings.getState();
  if (!check) return [];
  const markers: monaco.editor.IMarkerData[] = check.diagnostics.map(({ span, severity, messages, code }) => ({
    severity: SEVERITY[severity],
    message: messages[language],
    code,
    startLineNumber: span.line,
    startColumn: span.column,
    endLineNumber: span.endLine,
    endColumn: Math.max(span.endColumn, span.line === span.endLine ? span.column + 1 : 1),
  }));
  const span = check.slots.find((slot) => slot.slot === check.messageSlot)?.span;
  // A refusal of the program as a whole is about no line.
  if (check.verdict === "reject" && span) {
    markers.push({
      severity: monaco.MarkerSeverity.Error,
      message: check.message,
      source: "verifier",
      code: check.errnoName,
      startLineNumber: span.line,
      startColumn: span.column,
      endLineNumber: span.endLine,
      endColumn: span.endColumn,
    });
  }
  return markers;
}
