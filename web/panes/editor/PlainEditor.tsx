// The program in a plain text area: before Monaco is there, and on touch devices, which Monaco does not support.
import { lazy, Suspense, type UIEvent, useEffect, useRef } from "react";
import { useText } from "../../i18n/index.ts";
import { cursorMoved, evenLines, publishGeometry, useFocus } from "../../stores/focus.ts";
import { useMachine } from "../../stores/machine.ts";
import { editSource, useProgram } from "../../stores/program.ts";
import { useVerdict } from "../../stores/verdict.ts";

const JumpMargin = lazy(() => import("./JumpMargin.tsx"));

/** Characters of a paste that may be a program in another notation. */
const LEAST = 8;

export function PlainEditor({ readOnly = false }: { readonly readOnly?: boolean }) {
  const text = useText();
  const source = useProgram((s) => s.source);
  const area = useRef<HTMLTextAreaElement>(null);
  const scrollTop = useFocus((s) => s.geometry.scrollTop);
  const lineHeight = useFocus((s) => s.geometry.lineHeight);
  const check = useVerdict((s) => s.check);
  const slot = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const reveal = useFocus((s) => s.reveal);

  useEffect(() => {
    const style = getComputedStyle(area.current as HTMLTextAreaElement);
    const height = Number.parseFloat(style.lineHeight);
    publishGeometry({
      scrollTop: area.current?.scrollTop ?? 0,
      lineHeight: height,
      topOf: evenLines(Number.parseFloat(style.paddingTop), height),
    });
  }, []);

  useEffect(() => {
    const element = area.current;
    if (!reveal || !element) return;
    const { span, focus } = reveal;
    element.setSelectionRange(span.start, focus ? span.end : span.start);
    element.scrollTop = Math.max(0, (span.line - 3) * lineHeight);
    if (focus) element.focus();
  }, [reveal, lineHeight]);

  const onScroll = (event: UIEvent<HTMLTextAreaElement>): void =>
    publishGeometry({ ...useFocus.getState().geometry, scrollTop: event.currentTarget.scrollTop });
  const onSelect = (): void => {
    const at = area.current?.selectionStart ?? 0;
    let line = 1;
    for (let i = source.indexOf("\n"); i >= 0 && i < at; i = source.indexOf("\n", i + 1)) line++;
    cursorMoved(line);
  };

  const onPaste = (pasted: string): void => {
    if (!readOnly && pasted.trim().length >= LEAST)
      void import("../../stores/pasted.ts").then(({ translate }) => translate(source, pasted));
  };

  const spanOf = (s: number) => check?.slots.find((other) => other.slot === s)?.span;
  const current = slot >= 0 ? spanOf(slot) : undefined;
  const refused = check?.verdict === "reject" ? spanOf(check.messageSlot) : undefined;
  const lines = source.split("\n");
  const wrong = new Set(check?.diagnostics.filter((d) => d.severity === "error").map((d) => d.span.line));
  return (
    <div className="plain">
      <div className="plain__marks" aria-hidden="true" style={{ transform: `translateY(${-scrollTop}px)` }}>
        {lines.map((_, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            key={index}
            className="plain__line"
            data-current={current?.line === index + 1 || undefined}
            data-refused={refused?.line === index + 1 || wrong.has(index + 1) || undefined}
          >
            {index + 1}
          </div>
        ))}
      </div>
      <Suspense>
        <JumpMargin />
      </Suspense>
      <textarea
        ref={area}
        className="plain__area"
        aria-label={text.editor.label}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        wrap="off"
        readOnly={readOnly}
        value={source}
        onChange={(event) => editSource(event.currentTarget.value)}
        onPaste={(event) => onPaste(event.clipboardData.getData("text/plain"))}
        onScroll={onScroll}
        onSelect={onSelect}
      />
    </div>
  );
}
