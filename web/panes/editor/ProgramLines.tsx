// The lines of the program, drawn where Monaco is not used: coloured, with number, breakpoint and sign, jumps beside them, notes behind or
// below them. Drawn under a text area that shows only its cursor, or alone for reading.
import { type CSSProperties, type MouseEvent, memo, useEffect, useMemo, useRef, useState } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { type EditorGeometry, publishGeometry, useFocus } from "../../stores/page/focus.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { slotOfLine } from "../../stores/program/lines.ts";
import { useProgram } from "../../stores/program/program.ts";
import { moveBreakpoints, toggleBreakpoint, useBreakpoints } from "../../stores/run/breakpoints.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { ADVANCE, columnsOf } from "./columns.ts";
import JumpMargin from "./JumpMargin.tsx";
import { lineMoves } from "./line-moves.ts";
import { breakpointClass, type Mark, marksOf, notesOf, type Placed, place, problemsOf } from "./notes.ts";
import type { LinesProps } from "./PlainEditor.tsx";
import { type Kind, LOOKS, partsOf } from "./tokens.ts";
import "./program-lines.css";

/** Lines are drawn this many pixels above and below the visible part. */
const BEYOND = 400;

interface View {
  readonly width: number;
  readonly height: number;
  /** Pixels: of a line, of the room above the first line, of a column, of everything left of the text. */
  readonly line: number;
  readonly padding: number;
  readonly column: number;
  readonly gutter: number;
}

export default function ProgramLines({ scroller, text = false, editing = false, onPress }: LinesProps) {
  const root = useRef<HTMLDivElement>(null);
  const view = useView(scroller, root);
  const top = useTop(scroller);
  const source = useProgram((s) => s.source);
  const check = useVerdict((s) => s.check);
  const points = useBreakpoints((s) => s.breakpoints);
  const lines = useMemo(() => source.split("\n"), [source]);
  const inComment = useMemo(() => commentsOf(source, lines), [source, lines]);
  const wrong = useMemo(() => wrongOf(check), [check]);
  const { marks, notes } = useNotes(lines, editing ? Number.POSITIVE_INFINITY : columnsIn(view));
  const geometry = useMemo(() => geometryOf(notes, view, top), [notes, view, top]);
  const said = useMemo(() => byLine(notes), [notes]);
  const { topOf } = geometry;
  useMoves(source, text);

  useEffect(() => {
    if (text && view.width > 0)
      publishGeometry({ scrollTop: useFocus.getState().geometry.scrollTop, lineHeight: view.line, topOf });
  }, [text, view, topOf]);

  const current = marks.find(({ kind }) => kind === "current")?.line ?? 0;
  // Scrolls the line about to run into view, but not while the text is edited.
  useEffect(() => {
    const element = scroller.current;
    if (current === 0 || editing || !element || view.height === 0) return;
    const y = topOf(current);
    if (y < element.scrollTop || y + view.line > element.scrollTop + element.clientHeight)
      element.scrollTop = y - (element.clientHeight - view.line) / 2;
  }, [current, editing, scroller, topOf, view]);

  const first = lineAt(top - BEYOND, lines.length, geometry);
  const last = lineAt(top + view.height + BEYOND, lines.length, geometry);
  // In a hidden tab nothing is drawn.
  const numbers = view.height === 0 ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const marked = (line: number): Mark | undefined =>
    marks.findLast((mark) => mark.line <= line && line <= mark.endLine);
  const style = (y: number): CSSProperties => ({ transform: `translateY(${y}px)` });
  const rows = (line: number): number => said.get(line)?.flatMap((note) => note.rows).length ?? 0;
  return (
    <div
      ref={root}
      className="code"
      style={{ height: topOf(lines.length + 1) + view.padding }}
      aria-hidden={text || undefined}
    >
      <div className="code__bars">
        {marks.map(({ kind, line, endLine }) => (
          <div
            key={kind}
            className={`code__bar line-${LINE[kind]}`}
            style={{ top: topOf(line), height: topOf(endLine + 1) - topOf(line) }}
          />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the keyboard has the text area and the timeline */}
      <div className="code__text" style={style(topOf(first))} onClick={(event) => press(event, onPress)}>
        {numbers.map((line) => (
          <Line
            key={line}
            line={line}
            text={lines[line - 1] ?? ""}
            inComment={inComment?.[line - 1] ?? false}
            wrong={wrong.get(line) ?? NOTHING}
            notes={said.get(line) ?? NOTHING}
          />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the keyboard has F9 */}
      <div className="code__margin" onClick={toggleAt}>
        <ol className="code__numbers" aria-hidden="true" style={style(topOf(first))}>
          {numbers.map((line) => {
            const mark = marked(line);
            const sign = marks.find((one) => one.line === line && one.signed)?.kind;
            const point = points.find((one) => one.line === line);
            return (
              <li key={line} data-number={line} className={mark && `line-${LINE[mark.kind]}`}>
                <span className={sign && `glyph-${LINE[sign]}`} />
                <span className={point && breakpointClass(point, slotOfLine(check, line) >= 0)}>{line}</span>
                {rows(line) > 0 && <div style={{ height: rows(line) * view.line }} />}
              </li>
            );
          })}
        </ol>
        <JumpMargin geometry={geometry} />
      </div>
    </div>
  );
}

const LINE: Readonly<Record<Mark["kind"], string>> = { refused: "refused", fault: "refused", current: "current" };

/** Marks and notes. After an edit the new check comes in a moment. Until then, notes at lines that are gone are not shown. */
function useNotes(lines: readonly string[], columns: number) {
  const check = useVerdict((s) => s.check);
  const run = useMachine((s) => s.run);
  const view = useMachine((s) => s.view);
  const base = useSettings((s) => s.base);
  const language = useSettings((s) => s.language);
  return useMemo(() => {
    const said = [...notesOf(check, { run, view }, base), ...problemsOf(check, language)];
    const there = said.filter(({ line }) => line <= lines.length);
    return {
      marks: marksOf(check, { run, view }),
      notes: place(there, (line) => columnsOf(lines[line - 1] ?? ""), columns),
    };
  }, [check, run, view, base, language, lines, columns]);
}

function byLine(notes: readonly Placed[]): ReadonlyMap<number, readonly Placed[]> {
  const found = new Map<number, Placed[]>();
  for (const note of notes) found.set(note.line, [...(found.get(note.line) ?? []), note]);
  return found;
}

/** Free columns behind the last one: a letter at the very edge is hard to read. */
const SPARE = 1;
const columnsIn = ({ width, gutter, column }: View): number =>
  width === 0 ? Number.POSITIVE_INFINITY : Math.floor((width - gutter) / column) - SPARE;

function geometryOf(notes: readonly Placed[], { line: lineHeight, padding }: View, scrollTop: number): EditorGeometry {
  const below = notes.filter(({ rows }) => rows.length > 0);
  const rowsBefore = (line: number): number =>
    below.reduce((sum, note) => sum + (note.line < line ? note.rows.length : 0), 0);
  return { scrollTop, lineHeight, topOf: (line) => padding + (line - 1 + rowsBefore(line)) * lineHeight };
}

/** The line at a height. */
function lineAt(y: number, count: number, { lineHeight, topOf }: EditorGeometry): number {
  let line = Math.min(count, Math.max(1, Math.ceil(y / lineHeight)));
  while (line > 1 && topOf(line) > y) line--;
  return line;
}

function useView(scroller: LinesProps["scroller"], root: { readonly current: HTMLElement | null }): View {
  const [view, setView] = useState<View>({ width: 0, height: 0, line: 22, padding: 10, column: 9, gutter: 44 });
  useEffect(() => {
    const outer = scroller.current;
    const inner = root.current;
    if (!outer || !inner) return;
    const measure = (): void => {
      const style = getComputedStyle(inner);
      const margin = inner.querySelector(".code__margin");
      setView({
        width: outer.clientWidth,
        height: outer.clientHeight,
        line: Number.parseFloat(style.lineHeight),
        padding: Number.parseFloat(style.getPropertyValue("--padding")),
        column: Number.parseFloat(style.fontSize) * ADVANCE,
        gutter: margin?.getBoundingClientRect().width ?? 0,
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(outer);
    for (const margin of inner.querySelectorAll(".code__margin")) observer.observe(margin);
    return () => observer.disconnect();
  }, [scroller, root]);
  return view;
}

/** The scroll position in coarse steps. That is enough, because lines beyond the visible part are drawn too. */
function useTop(scroller: LinesProps["scroller"]): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    const look = (): void => setTop(Math.floor((element?.scrollTop ?? 0) / (BEYOND / 2)) * (BEYOND / 2));
    element?.addEventListener("scroll", look, { passive: true });
    return () => element?.removeEventListener("scroll", look);
  }, [scroller]);
  return top;
}

/** Moves breakpoints with their lines when the text is edited. */
function useMoves(source: string, wanted: boolean): void {
  const before = useRef(source);
  useEffect(() => {
    const was = before.current;
    before.current = source;
    if (wanted && was !== source) moveBreakpoints(lineMoves(was, source));
  }, [source, wanted]);
}

/** For each line, whether it begins inside a block comment. undefined: the text has none. */
function commentsOf(source: string, lines: readonly string[]): readonly boolean[] | undefined {
  if (!source.includes("/*")) return undefined;
  let open = false;
  return lines.map((line) => {
    const before = open;
    open = partsOf(line, open).inComment;
    return before;
  });
}

type Wrong = readonly [from: number, to: number];

/** Line → what is underlined: the assembler's findings, what the verifier refused. */
function wrongOf(check: CheckView | null): ReadonlyMap<number, readonly Wrong[]> {
  const refused = check?.verdict === "reject" && check.slots.find(({ slot }) => slot === check.messageSlot)?.span;
  const spans = (check?.diagnostics ?? []).filter(({ severity }) => severity !== "hint").map(({ span }) => span);
  const found = new Map<number, Wrong[]>();
  for (const { line, endLine, column, endColumn } of [...spans, ...(refused ? [refused] : [])])
    for (let at = line; at <= endLine; at++) {
      const from = at === line ? column - 1 : 0;
      const to = at === endLine ? Math.max(endColumn - 1, from + 1) : Number.POSITIVE_INFINITY;
      found.set(at, [...(found.get(at) ?? []), [from, to]]);
    }
  return found;
}

const NOTHING: readonly never[] = [];

interface LineProps {
  readonly line: number;
  readonly text: string;
  readonly inComment: boolean;
  readonly wrong: readonly Wrong[];
  readonly notes: readonly Placed[];
}

/** Drawn again only if something about it changed. */
const Line = memo(function Line({ line, text, inComment, wrong, notes }: LineProps) {
  return (
    <>
      <div className="code__line" data-line={line}>
        {piecesOf(text, inComment, wrong).map(({ start, end, kind, isWrong }) => (
          <span
            key={start}
            className={isWrong ? "code__wrong" : undefined}
            style={kind === "" ? undefined : STYLE[kind]}
          >
            {text.slice(start, end)}
          </span>
        ))}
        {notes
          .filter(({ rows }) => rows.length === 0)
          .map((note) => (
            <span key={note.kind} className={`code__behind line-${note.kind}`}>
              {note.text}
            </span>
          ))}
      </div>
      {notes.map(
        ({ kind, rows }) =>
          rows.length > 0 && (
            <div key={kind} className="code__note" data-line={line}>
              <span className={`line-${kind}`}>{rows.join("\n")}</span>
            </div>
          ),
      )}
    </>
  );
});

const STYLE = Object.fromEntries(
  Object.entries(LOOKS).map(([kind, look]) => {
    const cut = "cut" in look ? look.cut : undefined;
    const style: CSSProperties = {
      color: `var(--${look.color})`,
      ...(cut === "bold" && { fontWeight: 600 }),
      ...(cut === "italic" && { fontStyle: "italic" }),
    };
    return [kind, style];
  }),
) as Readonly<Record<Kind, CSSProperties>>;

/** The parts of a line, cut where an underline begins or ends. */
function piecesOf(text: string, inComment: boolean, wrong: readonly Wrong[]) {
  const { parts } = partsOf(text, inComment);
  const cuts = new Set([0, ...parts.map(({ start }) => start), ...wrong.flat()]);
  const starts = [...cuts].filter((at) => at < text.length).sort((a, b) => a - b);
  return starts.map((start, i) => ({
    start,
    end: starts[i + 1] ?? text.length,
    kind: parts.findLast((part) => part.start <= start)?.kind ?? ("" as const),
    isWrong: wrong.some(([from, to]) => from <= start && start < to),
  }));
}

function toggleAt({ target }: MouseEvent): void {
  const number = target instanceof Element ? target.closest("[data-number]")?.getAttribute("data-number") : null;
  if (number) toggleBreakpoint(Number(number));
}

/** Finds the pressed line and the place in it. */
function press({ target, clientX, clientY }: MouseEvent, act: LinesProps["onPress"]): void {
  const line = target instanceof Element ? target.closest("[data-line]") : null;
  if (!line) return;
  act(Number(line.getAttribute("data-line")), columnAt(line, clientX, clientY));
}

function columnAt(line: Element, x: number, y: number): number {
  const at = document.caretPositionFromPoint?.(x, y);
  const range = document.createRange();
  range.setStart(line, 0);
  if (at && line.contains(at.offsetNode)) range.setEnd(at.offsetNode, at.offset);
  else range.setEndAfter(line);
  return range.toString().length;
}
