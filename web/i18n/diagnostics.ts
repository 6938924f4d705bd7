// A diagnostic's sentence in the reader's language.
import type { DiagnosticView } from "../../engine/index.ts";
import type { Language } from "../stores/settings.ts";

export function diagnosticText(diagnostic: DiagnosticView, _language: Language): string {
  return diagnostic.message;
}
