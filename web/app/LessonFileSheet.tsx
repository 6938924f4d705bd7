// A teacher's lesson: dropped, chosen or pasted. Opens it if it has no fault, otherwise lists the faults by line.
import { type ChangeEvent, type DragEvent, useEffect, useRef, useState } from "react";
import { useLessonText } from "../i18n/lessons.ts";
import type { LessonFault } from "../lessons/lesson.ts";
import { forgetDropped, lastDropped, textsOf } from "../stores/lesson/dropped-lessons.ts";
import { type LessonFile, openLessonFiles } from "../stores/lesson/lesson.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { Sheet } from "../ui/Sheet.tsx";
import "./lesson.css";

/** File name of a lesson that came as text. */
const PASTED = "lesson";

export default function LessonFileSheet() {
  const words = useLessonText();
  const text = words.file;
  const language = useSettings((s) => s.language);
  const [dropped] = useState(lastDropped);
  const [file, setFile] = useState(dropped ?? { name: PASTED, text: "", faults: [] as readonly LessonFault[] });
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => forgetDropped, []);

  const open = async (files: readonly LessonFile[]): Promise<void> => {
    const faulty = await openLessonFiles(files);
    if (faulty) setFile(faulty);
    else closeDialog();
  };
  const take = async (list: FileList | null): Promise<void> => {
    if (list && list.length > 0) await open(await textsOf([...list]));
  };
  return (
    <Sheet title={text.title} closeLabel={text.close} onClose={closeDialog}>
      <p>{text.about}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping has its twin in the button and the text below */}
      <div
        className="lesson-file"
        data-over={over || undefined}
        onDragOver={(event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event: DragEvent) => {
          event.preventDefault();
          event.stopPropagation();
          setOver(false);
          void take(event.dataTransfer.files);
        }}
      >
        <textarea
          className="lesson-file__text"
          aria-label={text.paste}
          placeholder={"---\ntitle.ja: …\ntitle.en: …\n---"}
          spellCheck={false}
          value={file.text}
          onChange={(event: ChangeEvent<HTMLTextAreaElement>) =>
            setFile({ ...file, text: event.currentTarget.value, faults: [] })
          }
        />
      </div>
      <div className="lesson-file__row">
        <input
          ref={chooser}
          type="file"
          multiple
          accept=".md,.markdown,.txt"
          hidden
          data-testid="lesson-file"
          onChange={(event) => void take(event.currentTarget.files)}
        />
        <button type="button" className="button" onClick={() => chooser.current?.click()}>
          {text.choose}
        </button>
        <button
          type="button"
          className="button button--main"
          disabled={file.text.trim() === ""}
          onClick={() => void open([{ name: file.name, text: file.text }])}
        >
          {text.open}
        </button>
      </div>
      <div role="status">
        {file.faults.length > 0 && (
          <>
            <h3 className="lesson-file__count">
              {file.name !== PASTED && <code>{file.name} </code>}
              {text.faults(file.faults.length)}
            </h3>
            <ol className="lesson-file__faults" data-testid="lesson-faults">
              {file.faults.map(({ line, found, expected }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as a whole
                <li key={i}>
                  <span className="lesson-file__line">{text.line(line)}</span>
                  <span>
                    {found !== "" && <code className="lesson-file__found">{found}</code>}
                    <span>
                      {text.expected}: {expected[language]}
                    </span>
                  </span>
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </Sheet>
  );
}
