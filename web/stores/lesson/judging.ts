// Judges a class's answers to the open lesson, one after the other, in an engine of its own. Loaded when a reader judges.
import { create } from "zustand";
import { nameOf } from "../../lessons/index.ts";
import { type Judged, judgeAnswer, readLine } from "../../lessons/judging.ts";
import { stageEngine } from "../../stage/stage-engine.ts";
import { useSettings } from "../page/settings.ts";
import { useLesson } from "./lesson.ts";

export interface JudgingState {
  readonly rows: readonly Judged[];
  /** Number of lines to judge. */
  readonly lineCount: number;
  readonly busy: boolean;
}

const NONE: JudgingState = { rows: [], lineCount: 0, busy: false };
export const useJudging = create<JudgingState>()(() => NONE);
const { getState: get, setState: set } = useJudging;

const FAULT = {
  en: "this answer could not be judged: the fault is the page's, not the link's",
  ja: "この解答は採点できませんでした。原因はリンクではなくこのページにあります",
};

let judgings = 0;

/** `text`: one link per line. */
export async function judgeLines(text: string): Promise<void> {
  const { lesson, number } = useLesson.getState();
  if (!lesson) return;
  const mine = ++judgings;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  set({ rows: [], lineCount: lines.length, busy: true });
  const judging = {
    lesson,
    name: number > 0 ? nameOf(lesson.id) : "",
    language: useSettings.getState().language,
    engine: stageEngine(),
  };
  for (const line of lines) {
    const row = await judgeAnswer(line, judging).catch((): Judged => ({ ...readLine(line), ok: false, error: FAULT }));
    if (mine !== judgings) return;
    set({ rows: [...get().rows, row] });
  }
  set({ busy: false });
}

export function stopJudging(): void {
  judgings++;
  set({ busy: false });
}

/** A table for a spreadsheet: tabs between cells, one line per row. */
export function asTable(rows: readonly Judged[], words: TableWords): string {
  const goals = rows.find((row) => row.ok)?.goals ?? [];
  const head = [
    words.columns.who,
    words.columns.solved,
    ...goals.map(({ text }) => text),
    words.columns.now,
    words.columns.link,
  ];
  const body = rows.map((row) => [
    row.who,
    row.ok ? mark(row.solved, words) : "",
    ...goals.map((_, i) => (row.ok ? mark(row.goals[i]?.met === true, words) : "")),
    unmetText(row, words.language),
    row.link,
  ]);
  return [head, ...body].map((cells) => cells.map(cell).join("\t")).join("\n");
}

export interface TableWords {
  readonly language: "en" | "ja";
  readonly yes: string;
  readonly no: string;
  readonly columns: { readonly who: string; readonly solved: string; readonly now: string; readonly link: string };
}

const mark = (met: boolean, { yes, no }: TableWords): string => (met ? yes : no);

/** The goals that an answer does not meet, or what is wrong with it, in words. */
export function unmetText(row: Judged, language: "en" | "ja"): string {
  if (!row.ok) return row.error[language];
  return row.goals
    .filter(({ met }) => !met)
    .map(({ text, now }) => (now === "" ? text : `${text} (${now})`))
    .join("; ");
}

/** A cell's text without tabs and line breaks. A link may hold any text, so nothing may look like a formula to a spreadsheet. */
const cell = (text: string): string => text.replace(/[\t\r\n]+/g, " ").replace(/^(?=[=+\-@])/, "'");
