// What the editor marks in its lines: the one about to run, the one refused, the one that faulted, breakpoints, and the places
// that write or read the register looked for.
import type { StepView } from "../../engine/index.ts";
import { machineTexts } from "../i18n/machine.ts";
import { formatValue } from "../panes/machine/format.ts";
import { type Breakpoint, moveBreakpoints, slotOfLine, useBreakpoints } from "../stores/breakpoints.ts";
import { lineOfSlot } from "../stores/lines.ts";
import { useMachine } from "../stores/machine.ts";
import { placesOf, useRegisterSearch } from "../stores/register-search.ts";
import { useSettings } from "../stores/settings.ts";
import { mapLines } from "../stores/shown-map.ts";
import { useVerdict } from "../stores/verdict.ts";
import { monaco } from "./core.ts";

type Model = monaco.editor.ITextModel;
type Decoration = monaco.editor.IModelDeltaDecoration;

/** The line about to run, the line the verifier refused, the line of a fault. */
export function lineDecorations(model: Model): Decoration[] {
  const { check } = useVerdict.getState();
  const { run, view } = useMachine.getState();
  if (!check) return [];
  const made: Decoration[] = [];
  const whole = (slot: number, options: monaco.editor.IModelDecorationOptions): void => {
    const span = check.slots.find((s) => s.slot === slot)?.span;
    if (span && span.endLine <= model.getLineCount())
      made.push({ range: new monaco.Range(span.line, 1, span.endLine, 1), options: { isWholeLine: true, ...options } });
  };
  if (check.verdict === "reject") {
    whole(check.messageSlot, {
      className: "line-refused",
      linesDecorationsClassName: "glyph-refused",
    });
    made.push(...behind(model, lineOfSlot(check, check.messageSlot), check.message, "line-message"));
  } else if (run?.end.kind === "fault" && view?.slot === run.end.slot)
    whole(run.end.slot, {
      className: "line-refused",
      linesDecorationsClassName: "glyph-refused",
      hoverMessage: { value: run.end.message.replace(/[\\`*_{}[\]<>()#+\-.!|]/g, "\\$&") },
    });
  // A line that faults, or was refused and is run all the same, keeps the sign of that.
  const signed = made.some(({ range }) => range.startLineNumber === lineOfSlot(check, view?.slot ?? -1));
  if (run && view && view.slot >= 0)
    whole(view.slot, {
      className: "line-current",
      ...(!signed && { linesDecorationsClassName: "glyph-current" }),
      zIndex: 5,
    });
  for (const line of mapLines(check).keys()) made.push(...behind(model, line, `→ ${mapsWord()}`, "line-map"));
  if (run && view && view.prog === 0 && view.changed.length > 0)
    made.push(...behind(model, lineOfSlot(check, view.lastSlot), valuesOf(view), "line-values"));
  return made;
}

/** What the last step changed: `R0 = 0x34`. */
const valuesOf = ({ changed }: StepView): string =>
  changed
    .slice(0, 3)
    .map((one) => `R${one.reg} = ${formatValue(one.new, useSettings.getState().base)}`)
    .join("  ");

/** As the machine's own choice of views calls them. */
const mapsWord = (): string => machineTexts(useSettings.getState().language).view.maps;

/** Words behind the end of a line. */
function behind(model: Model, line: number, message: string, inlineClassName: string): Decoration[] {
  if (line < 1 || line > model.getLineCount()) return [];
  const end = model.getLineMaxColumn(line);
  const after = { content: `   ${message}`, inlineClassName };
  return [{ range: new monaco.Range(line, end, line, end), options: { showIfCollapsed: true, after } }];
}

/** On the number of their line: full, with a condition, or hollow where the line makes no instruction. */
function breakpointDecorations(points: readonly Breakpoint[]): Decoration[] {
  return points.map(({ line, when }) => ({
    range: new monaco.Range(line, 1, line, 1),
    options: {
      stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
      lineNumberClassName: `breakpoint${when.trim() === "" ? "" : " breakpoint--when"}${slotOfLine(line) < 0 ? " breakpoint--none" : ""}`,
      ...(when.trim() === "" ? {} : { lineNumberHoverMessage: { value: `\`${when}\`` } }),
    },
  }));
}

/** Draws the breakpoints of the store, and tells the store where they go as the text is edited. */
export function followBreakpoints(editor: monaco.editor.ICodeEditor, model: Model): () => void {
  const collection = editor.createDecorationsCollection();
  const draw = (): void => void collection.set(breakpointDecorations(useBreakpoints.getState().points));
  draw();
  const edits = model.onDidChangeContent(() => {
    const { points } = useBreakpoints.getState();
    if (points.length === 0) return;
    const ranges = collection.getRanges();
    const lines = new Map(points.map(({ line }, i) => [line, ranges[i]?.startLineNumber ?? 0]));
    moveBreakpoints((line) => lines.get(line) ?? 0);
  });
  const stops = [useBreakpoints.subscribe(draw), useVerdict.subscribe(draw)];
  return () => {
    edits.dispose();
    for (const stop of stops) stop();
  };
}

/** Names that a register goes by in a source. */
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

/** Of each place the register's names, or, where it is not named (a call, an exit), what the instruction begins with. */
export function registerDecorations(model: Model): Decoration[] {
  const { reg, at } = useRegisterSearch.getState();
  const name = new RegExp(`\\b(?:(?:BPF_REG_|[Rrw])${reg}${ALIASES[reg] ?? ""})\\b`, "g");
  return placesOf(useVerdict.getState().check, reg).flatMap(({ slot, reads, writes }) => {
    const { span } = slot;
    if (!span || span.endLine > model.getLineCount()) return [];
    const text = model.getValueInRange(new monaco.Range(span.line, span.column, span.endLine, span.endColumn));
    const found = [...text.matchAll(name)];
    const marks = found.length > 0 ? found : [...text.matchAll(/^\W*\w+/g)];
    const from = model.getOffsetAt({ lineNumber: span.line, column: span.column });
    const inlineClassName = `${reads ? "use-reads " : ""}${writes ? "use-writes " : ""}${slot.slot === at ? "use-here" : ""}`;
    return marks.map((mark) => ({
      range: monaco.Range.fromPositions(
        model.getPositionAt(from + mark.index),
        model.getPositionAt(from + mark.index + mark[0].length),
      ),
      options: { inlineClassName },
    }));
  });
}

/** The register named at a place; -1 where none is. */
export function registerAt(model: Model, position: monaco.IPosition): number {
  const word = model.getWordAtPosition(position)?.word ?? "";
  const number = /^(?:BPF_REG_|[Rrw])(10|[0-9])$/.exec(word)?.[1];
  if (number !== undefined) return Number(number);
  const alias = Object.entries(ALIASES).find(([, name]) => name === `|${word}`);
  return alias ? Number(alias[0]) : -1;
}
