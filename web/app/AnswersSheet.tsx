// The answers of a class, pasted as links. Each is judged here, and the table can be copied into a spreadsheet.
import { useEffect, useState } from "react";
import { useAnswerTexts } from "../i18n/answers.ts";
import { textOf } from "../lessons/index.ts";
import { asTable, judgeLines, stopJudging, unmetText, useJudging } from "../stores/lesson/judging.ts";
import { useLesson } from "../stores/lesson/lesson.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { copyText } from "../ui/copy.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import "./lesson.css";

export default function AnswersSheet() {
  const words = useAnswerTexts();
  const language = useSettings((s) => s.language);
  const lesson = useLesson((s) => s.lesson);
  const { rows, lineCount, busy } = useJudging();
  const [text, setText] = useState("");
  const [copied, setCopied] = useState("");
  useEffect(() => stopJudging, []);
  const copy = async (): Promise<void> => {
    const done = await copyText(asTable(rows, { ...words, language }));
    setCopied(done ? words.tableCopied : words.notCopied);
  };
  return (
    <Sheet title={words.title} closeLabel={words.close} className="answers" onClose={closeDialog}>
      <p>{words.about((lesson && textOf(lesson, language)?.title) ?? "")}</p>
      <textarea
        className="lesson-file lesson-file__text"
        aria-label={words.paste}
        placeholder={"Sato\thttps://…#v1.…"}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="lesson-file__row">
        <button
          type="button"
          className="button button--main"
          disabled={!busy && text.trim() === ""}
          onClick={() => (busy ? stopJudging() : void judgeLines(text))}
        >
          {busy ? words.stop : words.start}
        </button>
        <span role="status" className="hint">
          {copied || (lineCount > 0 && words.judged(rows.length, lineCount))}
        </span>
        <button type="button" className="button" disabled={rows.length === 0} onClick={() => void copy()}>
          {words.copyTable}
        </button>
      </div>
      {rows.length > 0 && (
        <ScrollRegion className="answers__table" aria-label={words.title}>
          <table data-testid="answers">
            <thead>
              <tr>
                <th scope="col">{words.columns.who}</th>
                <th scope="col">{words.columns.solved}</th>
                <th scope="col">{words.columns.now}</th>
                <th scope="col">{words.columns.link}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their places
                <tr key={i} data-solved={row.ok && row.solved}>
                  <th scope="row">{row.who || i + 1}</th>
                  <td>{row.ok ? (row.solved ? words.yes : words.no) : "–"}</td>
                  <td>{unmetText(row, language)}</td>
                  <td>
                    {row.ok && (
                      <a href={row.link.slice(Math.max(0, row.link.indexOf("#")))} target="_blank" rel="noopener">
                        {words.open}
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Sheet>
  );
}
