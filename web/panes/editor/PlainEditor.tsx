// The program in a plain text area: until Monaco is loaded, and on touch devices, which Monaco does not support. There ProgramLines draws
// the letters under the text area, with colours, signs and notes.
import { type CSSProperties, lazy, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useText } from "../../i18n/index.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { useEditorView } from "../../stores/page/editor-view.ts";
import { cursorMoved, evenLines, publishGeometry, useFocus } from "../../stores/page/focus.ts";
import { editSource, useProgram } from "../../stores/program/program.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { longestLine } from "./columns.ts";
import { jumpsOf, marginWidth } from "./jumps.ts";

const ProgramLines = lazy(() => import("./ProgramLines.tsx"));

/** Shorter pastes (in characters) are not read as another notation. */
export const LEAST_PASTE = 8;

interface Props {
  readonly readOnly?: boolean;
  /** It is the editor itself, not a stand-in until Monaco is loaded. */
  readonly stays: boolean;
}

export function PlainEditor({ readOnly = false, stays }: Props) {
  const text = useText();
  const source = useProgram((s) => s.source);
  const area = useRef<HTMLTextAreaElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [editing, edit] = useState(false);
  const reveal = useFocus((s) => s.reveal);

  useEffect(() => {
    const style = getComputedStyle(area.current as HTMLTextAreaElement);
    const lineHeight = Number.parseFloat(style.lineHeight);
    const topOf = evenLines(Number.parseFloat(style.paddingTop), lineHeight);
    publishGeometry({ scrollTop: scroller.current?.scrollTop ?? 0, lineHeight, topOf });
  }, []);

  useEffect(() => {
    const element = area.current;
    if (!reveal || !element) return;
    const { span, focus } = reveal;
    const { lineHeight, topOf } = useFocus.getState().geometry;
    element.setSelectionRange(span.start, focus ? span.end : span.start);
    if (focus) element.focus({ preventScroll: true });
    scroller.current?.scrollTo({ top: Math.max(0, topOf(span.line) - 2 * lineHeight) });
  }, [reveal]);

  const onSelect = (): void => {
    const at = area.current?.selectionStart ?? 0;
    let line = 1;
    for (let i = source.indexOf("\n"); i >= 0 && i < at; i = source.indexOf("\n", i + 1)) line++;
    cursorMoved(line);
  };

  const onPaste = (pasted: string): void => {
    if (!readOnly && pasted.trim().length >= LEAST_PASTE)
      void import("../../stores/check/pasted-log.ts").then(({ translatePaste }) => translatePaste(source, pasted));
  };

  /** A drawn line was pressed whose place differs from that in the text area: sets the cursor there. */
  const onPress = (line: number, column: number): void => {
    const lines = source.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const at = before + Math.min(column, lines[line - 1]?.length ?? 0);
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(at, at);
  };

  return (
    <div
      ref={scroller}
      className="plain"
      onScroll={({ currentTarget }) =>
        publishGeometry({ ...useFocus.getState().geometry, scrollTop: currentTarget.scrollTop })
      }
    >
      <ProgramText drawn={stays} scroller={scroller} text editing={editing} onPress={onPress}>
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
          onFocus={() => edit(true)}
          onBlur={() => edit(false)}
          onChange={(event) => editSource(event.currentTarget.value)}
          onPaste={(event) => onPaste(event.clipboardData.getData("text/plain"))}
          // The text area is as large as its text. The element around it scrolls.
          onScroll={({ currentTarget }) => currentTarget.scrollTo(0, 0)}
          onSelect={onSelect}
        />
      </ProgramText>
    </div>
  );
}

export interface LinesProps {
  readonly scroller: RefObject<HTMLElement | null>;
  /** A text area lies over the lines. It is what is read and edited, and other panes follow its lines. */
  readonly text?: boolean;
  /** The text area is being edited, so notes must not move lines. */
  readonly editing?: boolean;
  /** A line was pressed. `column`: number of characters before the place. */
  readonly onPress: (line: number, column: number) => void;
}

interface ProgramTextProps extends LinesProps {
  readonly drawn: boolean;
  readonly children?: ReactNode;
}

/** As large as the program. `scroller` scrolls it. */
export function ProgramText({ drawn, children, ...lines }: ProgramTextProps) {
  const columns = useProgram((s) => longestLine(s.source));
  const count = useProgram((s) => s.source.split("\n").length);
  const lanes = useVerdict((s) => jumpsOf(s.check).lanes);
  const arrows = useEditorView((s) => s.arrows);
  const style = {
    "--columns": columns,
    "--count": count,
    "--digits": String(count).length,
    "--jumps": `${arrows ? marginWidth(lanes) : 0}px`,
  } as CSSProperties;
  return (
    <div className="plain__program" style={style}>
      {drawn && (
        <LazyPart>
          <ProgramLines {...lines} />
        </LazyPart>
      )}
      {children}
    </div>
  );
}
