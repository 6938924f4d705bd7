// What the editor marks in its lines: the line about to run, the refused one, the faulting one, breakpoints, and the places that write or
// read the searched register.
import { machineTexts } from "../i18n/machine.ts";
import { columnsOf, GAP, HINT } from "../panes/editor/columns.ts";
import { jumpsOf } from "../panes/editor/jumps.ts";
import { breakpointClass, type Mark, marksOf, notesOf, type Placed, place } from "../panes/editor/notes.ts";
import { placesOf, useRegisterSearch } from "../stores/check/register-search.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { mapLines } from "../stores/kernel/shown-map.ts";
import { useEditorView } from "../stores/page/editor-view.ts";
import { useSettings } from "../stores/page/settings.ts";
import { slotOfLine, slotsOnLine } from "../stores/program/lines.ts";
import { type Breakpoint, moveBreakpoints, useBreakpoints } from "../stores/run/breakpoints.ts";
import { useMachine } from "../stores/run/machine.ts";
import { monaco } from "./core.ts";

type Model = monaco.editor.ITextModel;
type Decoration = monaco.editor.IModelDeltaDecoration;

const LOOK: Readonly<Record<Mark["kind"], string>> = { refused: "refused", fault: "refused", current: "current" };

/** The line about to run, the refused line, the line of a fault, and the notes behind lines. */
function lineDecorations(model: Model, notes: readonly Placed[]): Decoration[] {
  const moment = useMachine.getState();
  const end = moment.run?.end;
  const lines = marksOf(useVerdict.getState().check, moment)
    .filter(({ endLine }) => endLine <= model.getLineCount())
    .map(({ line, endLine, kind, signed }): Decoration => {
      const options = {
        isWholeLine: true,
        className: `line-${LOOK[kind]}`,
        marginClassName: `bar-${LOOK[kind]}`,
        ...(signed && { linesDecorationsClassName: `glyph-${LOOK[kind]}` }),
        ...(kind === "current" && { zIndex: 5 }),
        ...(kind === "fault" && end?.kind === "fault" && { hoverMessage: { value: plain(end.message) } }),
      };
      return { range: new monaco.Range(line, 1, endLine, 1), options };
    });
  const behind = (line: number, text: string, inlineClassName: string): Decoration => {
    const column = model.getLineMaxColumn(line);
    const after = { content: `${" ".repeat(GAP)}${text}`, inlineClassName };
    return { range: new monaco.Range(line, column, line, column), options: { showIfCollapsed: true, after } };
  };
  const maps = [...mapLines(useVerdict.getState().check).keys()].filter((line) => line <= model.getLineCount());
  return [
    ...lines,
    ...maps.map((line) => behind(line, wayToMap(), "line-map")),
    ...notes.filter(({ rows }) => rows.length === 0).map(({ line, kind, text }) => behind(line, text, `line-${kind}`)),
  ];
}

/** The name of the view in the machine's choice of views. */
const wayToMap = (): string => `→ ${machineTexts(useSettings.getState().language).view.maps}`;

/** Escapes words, so that nothing in them is markup. */
const plain = (words: string): string => words.replace(/[\\`*_{}[\]<>()#+\-.!|]/g, "\\$&");

/** The notes at the lines, each with its place. Hints in a line take room as well. */
function notesIn(editor: monaco.editor.ICodeEditor, model: Model): readonly Placed[] {
  const { check } = useVerdict.getState();
  const { hints } = useEditorView.getState();
  const notes = notesOf(check, useMachine.getState(), useSettings.getState().base);
  const hinted = (line: number): number => {
    const jumps = hints.target && jumpsOf(check).list.some(({ fromLine }) => fromLine === line);
    const kernel = hints.kernel ? slotsOnLine(check, line).reduce((sum, { text }) => sum + GAP + text.length, 0) : 0;
    const map = mapLines(check).has(line) ? GAP + columnsOf(wayToMap()) : 0;
    return (jumps ? HINT : 0) + (hints.slot ? HINT : 0) + kernel + map;
  };
  return place(
    notes.filter(({ line }) => line <= model.getLineCount()),
    (line) => columnsOf(model.getLineContent(line), hinted(line)),
    editor.getLayoutInfo().viewportColumn,
  );
}

/** Draws all marks and notes at the lines. The returned function draws them again. `moved`: called when lines have new positions. */
export function drawLines(editor: monaco.editor.ICodeEditor, model: Model, moved: () => void): () => void {
  const inLines = editor.createDecorationsCollection();
  let zones: string[] = [];
  let drawn = "";
  return () => {
    const notes = notesIn(editor, model);
    inLines.set(lineDecorations(model, notes));
    const below = notes.filter(({ rows }) => rows.length > 0);
    const now = JSON.stringify(below);
    if (now === drawn) return;
    drawn = now;
    editor.changeViewZones((change) => {
      for (const zone of zones) change.removeZone(zone);
      zones = below.map(({ line, kind, rows }) => {
        const domNode = document.createElement("div");
        domNode.className = `line-note line-${kind}`;
        domNode.textContent = rows.join("\n");
        editor.applyFontInfo(domNode);
        return change.addZone({ afterLineNumber: line, heightInLines: rows.length, domNode });
      });
    });
    moved();
  };
}

function breakpointDecorations(points: readonly Breakpoint[]): Decoration[] {
  const { check } = useVerdict.getState();
  return points.map((point) => ({
    range: new monaco.Range(point.line, 1, point.line, 1),
    options: {
      stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
      lineNumberClassName: breakpointClass(point, slotOfLine(check, point.line) >= 0),
      ...(point.when.trim() === "" ? {} : { lineNumberHoverMessage: { value: `\`${point.when}\`` } }),
    },
  }));
}

/** Draws the breakpoints of the store, and tells the store where they move when the text is edited. */
export function followBreakpoints(editor: monaco.editor.ICodeEditor, model: Model): () => void {
  const collection = editor.createDecorationsCollection();
  const draw = (): void => void collection.set(breakpointDecorations(useBreakpoints.getState().breakpoints));
  draw();
  const edits = model.onDidChangeContent(() => {
    const { breakpoints } = useBreakpoints.getState();
    if (breakpoints.length === 0) return;
    const ranges = collection.getRanges();
    const lines = new Map(breakpoints.map(({ line }, i) => [line, ranges[i]?.startLineNumber ?? 0]));
    moveBreakpoints((line) => lines.get(line) ?? 0);
  });
  const stops = [useBreakpoints.subscribe(draw), useVerdict.subscribe(draw)];
  return () => {
    edits.dispose();
    for (const stop of stops) stop();
  };
}

/** Other names of registers in a source. */
const ALIASES: Readonly<Record<number, string>> = {
  0: "|BPF_REG_A",
  1: "|BPF_REG_ARG1",
  2: "|BPF_REG_ARG2",
  3: "|BPF_REG_ARG3",
  4: "|BPF_REG_ARG4",
  5: "|BPF_REG_ARG5",
  6: "|BPF_REG_CTX",
  10: "|BPF_REG_FP",
};

/** For each place, the register's names. If it is not named there (a call, an exit), the first word of the instruction. */
export function registerDecorations(model: Model): Decoration[] {
  const { reg, shownSlot } = useRegisterSearch.getState();
  const name = new RegExp(`\\b(?:(?:BPF_REG_|[Rrw])${reg}${ALIASES[reg] ?? ""})\\b`, "g");
  return placesOf(useVerdict.getState().check, reg).flatMap(({ slot, reads, writes }) => {
    const { span } = slot;
    if (!span || span.endLine > model.getLineCount()) return [];
    const text = model.getValueInRange(new monaco.Range(span.line, span.column, span.endLine, span.endColumn));
    const found = [...text.matchAll(name)];
    const marks = found.length > 0 ? found : [...text.matchAll(/^\W*\w+/g)];
    const from = model.getOffsetAt({ lineNumber: span.line, column: span.column });
    const inlineClassName = `${reads ? "use-reads " : ""}${writes ? "use-writes " : ""}${slot.slot === shownSlot ? "use-here" : ""}`;
    return marks.map((mark) => ({
      range: monaco.Range.fromPositions(
        model.getPositionAt(from + mark.index),
        model.getPositionAt(from + mark.index + mark[0].length),
      ),
      options: { inlineClassName },
    }));
  });
}

/** The register named at a place. -1: none. */
export function registerAt(model: Model, position: monaco.IPosition): number {
  const word = model.getWordAtPosition(position)?.word ?? "";
  const number = /^(?:BPF_REG_|[Rrw])(10|[0-9])$/.exec(word)?.[1];
  if (number !== undefined) return Number(number);
  const alias = Object.entries(ALIASES).find(([, name]) => name === `|${word}`);
  return alias ? Number(alias[0]) : -1;
}
