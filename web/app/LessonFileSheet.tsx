// A teacher's lesson: dropped, chosen or pasted; opened where it has no fault, else its faults by line.
import { type ChangeEvent, type DragEvent, useEffect, useRef, useState } from "react";
import { useLessonText } from "../i18n/lessons.ts";
import type { LessonFault } from "../lessons/lesson.ts";
import { closeDialog } from "../stores/dialog.ts";
import { forgetDropped, lastDropped } from "../stores/dropped.ts";
import { openLessonFile } from "../stores/lesson.ts";
import { useSettings } from "../stores/settings.ts";
import { Sheet } from "../ui/Sheet.tsx";
import "./lesson.css";

export default function LessonFileSheet() {
  const words = useLessonText();
  const text = words.file;
  const language = useSettings((s) => s.language);
  const [dropped] = useState(lastDropped);
  const [file, setFile] = useState(dropped ?? { name: "lesson", text: "", faults: [] as readonly LessonFault[] });
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => forgetDropped, []);

  const open = async (name: string, body: string): Promise<void> => {
    const faults = await openLessonFile(name, body);
    setFile({ name, text: body, faults });
    if (faults.length === 0) closeDialog();
  };
  const take = async (list: FileList | null): Promise<void> => {
    const first = list?.[0];
    if (first) await open(first.name, await first.text());
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
          onClick={() => void open(file.name, file.text)}
        >
          {text.open}
        </button>
      </div>
      <div role="status">
        {file.faults.length > 0 && (
          <>
            <h3 className="lesson-file__count">{text.faults(file.faults.length)}</h3>
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
