// All lessons, which of them are solved, and a button to open a lesson from a file.
import { Check, FolderOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useAnswerTexts } from "../i18n/answers.ts";
import { useLessonText } from "../i18n/lessons.ts";
import { COURSE } from "../lessons/course.ts";
import { LESSON_IDS, type LessonEntry, lessonList } from "../lessons/index.ts";
import { slidesText } from "../lessons/parse-scene.ts";
import { openLesson, useLesson } from "../stores/lesson/lesson.ts";
import { forgetProgress, progressFile, readProgress, takeProgress, useProgress } from "../stores/lesson/progress.ts";
import { openDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { saveFile } from "../ui/save.ts";

/** The largest file that is read, in bytes. */
const MOST_PROGRESS = 5_000_000;
const saveProgress = (): void => saveFile("oreore-progress.json", progressFile(), "application/json");

export default function LessonList() {
  const text = useLessonText();
  const language = useSettings((s) => s.language);
  const progress = useProgress((s) => s.lessons);
  const open = useLesson((s) => s.number);
  const [entries, setEntries] = useState<readonly LessonEntry[]>([]);
  const [sure, setSure] = useState(false);
  const words = useAnswerTexts();
  const chooser = useRef<HTMLInputElement>(null);
  const [taken, setTaken] = useState("");
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const lessons = readProgress(file.size > MOST_PROGRESS ? "" : await file.text());
    if (lessons) takeProgress(lessons);
    setTaken(lessons ? words.loaded(Object.keys(lessons).length) : words.notLoaded);
  };
  useEffect(() => {
    let here = true;
    void lessonList().then((list) => here && setEntries(list));
    return () => {
      here = false;
    };
  }, []);
  const solved = LESSON_IDS.filter((id) => progress[id]?.solved).length;
  return (
    <>
      <ScrollRegion className="lesson__body" aria-label={text.list}>
        <h2 className="lesson__title">{text.listTitle}</h2>
        <p className="hint">{text.listAbout}</p>
        {COURSE.map(({ title, lessons }) => (
          <section key={title.en} className="lesson-list__part">
            <h3 className="lesson__label">{title[language]}</h3>
            <ol className="lesson-list">
              {entries
                .filter(({ number }) => lessons.includes(number))
                .map((entry) => (
                  <Entry key={entry.id} entry={entry} isOpen={entry.number === open} />
                ))}
            </ol>
          </section>
        ))}
      </ScrollRegion>
      <footer className="lesson__foot">
        <p className="hint lesson-list__sum">
          {text.solvedOf(solved, LESSON_IDS.length)}
          {solved > 0 && (
            <button
              type="button"
              className="button button--quiet"
              onClick={() => {
                if (sure) forgetProgress();
                setSure(!sure);
              }}
            >
              {sure ? text.resetSure : text.reset}
            </button>
          )}
        </p>
        <div className="lesson-list__ways">
          <button type="button" className="button button--quiet" onClick={saveProgress}>
            {words.save}
          </button>
          <button type="button" className="button button--quiet" onClick={() => chooser.current?.click()}>
            {words.load}
          </button>
          <button type="button" className="button button--quiet" onClick={() => openDialog("answers")}>
            {words.judge}
          </button>
          <input
            ref={chooser}
            type="file"
            accept=".json"
            hidden
            data-testid="progress-file"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </div>
        <p role="status" className="hint">
          {taken}
        </p>
        <button type="button" className="button" onClick={() => openDialog("lesson-file")}>
          <FolderOpen size={15} aria-hidden="true" />
          {text.openFile}
        </button>
      </footer>
    </>
  );
}

/** A lesson of the list, with its place in the course. */
function Entry({ entry, isOpen }: { readonly entry: LessonEntry; readonly isOpen: boolean }) {
  const text = useLessonText();
  const language = useSettings((s) => s.language);
  const { id, number, place, title, slides } = entry;
  const solved = useProgress((s) => s.lessons[id]?.solved ?? false);
  return (
    <li>
      <button
        type="button"
        className="lesson-list__one"
        aria-current={isOpen || undefined}
        onClick={() => void openLesson(number)}
      >
        <span className="lesson-list__number">{place}</span>
        <span className="lesson-list__title">
          {title[language]}
          {slides.length > 0 && <span className="hint">{text.slides(slidesText(slides))}</span>}
        </span>
        {solved && <Check size={16} className="lesson-list__done" role="img" aria-label={text.solved} />}
      </button>
    </li>
  );
}
