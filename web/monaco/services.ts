// What the engine knows about the text, as Monaco's providers.

import { useSettings } from "../stores/settings.ts";
import { useVerdict } from "../stores/verdict.ts";
import { monaco } from "./core.ts";
import { LANGUAGE } from "./language.ts";

export function registerServices(): void {
  monaco.languages.registerCodeActionProvider(LANGUAGE, {
    provideCodeActions(model, range) {
      const { check } = useVerdict.getState();
      const actions: monaco.languages.CodeAction[] = [];
      for (const diagnostic of check?.diagnostics ?? []) {
        const { span, fixes } = diagnostic;
        if (!range.intersectRanges(rangeOf(span)) && !rangeOf(span).containsRange(range)) continue;
        for (const fix of fixes)
          actions.push({
            title: fix.title[useSettings.getState().language],
            kind: "quickfix",
            isPreferred: fixes.length === 1,
            edit: {
              edits: fix.edits.map(({ span: at, text }) => ({
                resource: model.uri,
                versionId: model.getVersionId(),
                textEdit: { range: rangeOf(at), text },
              })),
            },
          });
      }
      return { actions, dispose: () => {} };
    },
  });
}

const rangeOf = (span: {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}): monaco.Range => new monaco.Range(span.line, span.column, span.endLine, span.endColumn);
