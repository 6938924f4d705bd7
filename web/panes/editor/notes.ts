// What the editors draw at the lines of a program: marks for the line about to run, the refused one, the faulting one, and notes behind or
// below a line. Draws nothing itself.
import type { CheckView, RunView, SpanView, StepView } from "../../../engine/index.ts";
import type { Language, NumberBase } from "../../stores/page/settings.ts";
import { lineOfSlot } from "../../stores/program/lines.ts";
import type { Breakpoint } from "../../stores/run/breakpoints.ts";
import { formatValue } from "../machine/format.ts";
import { columnsOf, GAP } from "./columns.ts";

/** Lines of one instruction, from 1. */
export interface Mark {
  readonly line: number;
  readonly endLine: number;
  readonly kind: "refused" | "fault" | "current";
  /** It has the sign ✕ or ▶ beside the line. A line has at most one. */
  readonly signed: boolean;
}

export interface Note {
  readonly line: number;
  /** The verifier's message, the values that the last step wrote, the assembler's problem. */
  readonly kind: "message" | "values" | "problem";
  readonly text: string;
}

/** The run and its current step, as the machine's store has them. */
export interface Moment {
  readonly run: RunView | null;
  readonly view: StepView | null;
}

const spanOf = (check: CheckView, slot: number): SpanView | null =>
  check.slots.find((one) => one.slot === slot)?.span ?? null;

/** A line that was refused or faults keeps that sign even if it is about to run. */
export function marksOf(check: CheckView | null, { run, view }: Moment): readonly Mark[] {
  if (!check) return [];
  const marks: Mark[] = [];
  const mark = (kind: Mark["kind"], slot: number): void => {
    const span = spanOf(check, slot);
    if (!span) return;
    const { line, endLine } = span;
    const signed = !marks.some((other) => other.line <= endLine && line <= other.endLine);
    marks.push({ line, endLine, kind, signed });
  };
  if (check.verdict === "reject") mark("refused", check.messageSlot);
  else if (run?.end.kind === "fault" && view?.slot === run.end.slot) mark("fault", run.end.slot);
  if (run && view && view.slot >= 0) mark("current", view.slot);
  return marks;
}

/** The most registers in one note. The machine's pane shows all. */
const MOST_VALUES = 3;

/** The verifier's sentence, and what the last step wrote: `R0 = 0x34`. */
export function notesOf(check: CheckView | null, { run, view }: Moment, base: NumberBase): readonly Note[] {
  if (!check) return [];
  const notes: Note[] = [];
  const note = (kind: Note["kind"], slot: number, text: string): void => {
    const line = lineOfSlot(check, slot);
    if (line > 0) notes.push({ line, kind, text });
  };
  if (check.verdict === "reject") note("message", check.messageSlot, check.message);
  if (run && view && view.prog === 0 && view.changed.length > 0) {
    const values = view.changed.slice(0, MOST_VALUES);
    const text = values.map((one) => `R${one.reg} = ${formatValue(one.new, base)}`).join("  ");
    note("values", view.lastSlot, text);
  }
  return notes;
}

/** The assembler's problems, the first of each line. */
export function problemsOf(check: CheckView | null, language: Language): readonly Note[] {
  const byLine = new Map<number, Note>();
  for (const { severity, span, messages } of check?.diagnostics ?? [])
    if (severity !== "hint" && !byLine.has(span.line))
      byLine.set(span.line, { line: span.line, kind: "problem", text: messages[language] });
  return [...byLine.values()];
}

/** The class of a line number with a breakpoint: full, with a condition, or hollow if the line makes no instruction. */
export const breakpointClass = ({ when }: Breakpoint, hasInsn: boolean): string =>
  `breakpoint${when.trim() === "" ? "" : " breakpoint--when"}${hasInsn ? "" : " breakpoint--none"}`;

/** A note with its place. */
export interface Placed extends Note {
  /** Rows below the line. []: the note is behind the line. */
  readonly rows: readonly string[];
}

/** A note is behind its line if it is fully visible there, else complete below it. `end`: columns of a line. `columns`: visible columns. */
export const place = (notes: readonly Note[], end: (line: number) => number, columns: number): readonly Placed[] =>
  notes
    .map((note) => {
      const fits = end(note.line) + GAP + columnsOf(note.text) <= columns;
      return { ...note, rows: fits ? [] : rowsOf(note.text, columns) };
    })
    .toSorted((a, b) => a.line - b.line);

/** The least columns of a row. With less room, the text is cut. */
const LEAST = 12;

/** A text in rows, broken at blanks where possible. */
export function rowsOf(text: string, columns: number): readonly string[] {
  const most = Math.max(LEAST, columns);
  const rows: string[] = [];
  let row = "";
  for (const word of text.split(/(?<=\s)/)) {
    if (row !== "" && columnsOf(row + word.trimEnd()) > most) {
      rows.push(row.trimEnd());
      row = "";
    }
    row += word;
    // A word longer than a row, or a sentence without blanks.
    while (columnsOf(row.trimEnd()) > most) {
      let cut = 0;
      for (let width = 0; width <= most; cut++) width = columnsOf(row.slice(0, cut + 1));
      rows.push(row.slice(0, cut - 1));
      row = row.slice(cut - 1);
    }
  }
  return row.trim() === "" ? rows : [...rows, row.trimEnd()];
}
