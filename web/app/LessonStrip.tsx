// The lesson that is open: what it says, what to do, and the way to the next.
import { ChevronLeft, ChevronRight, RotateCcw, X } from "lucide-react";
import { useText } from "../i18n/index.ts";
import { LESSONS } from "../lessons/lessons.ts";
import { leaveLesson, openLesson, useProgram } from "../stores/program.ts";
import { useSettings } from "../stores/settings.ts";

export default function LessonStrip() {
  const text = useText();
  const number = useProgram((s) => s.lesson);
  const language = useSettings((s) => s.language);
  const lesson = LESSONS[number - 1];
  if (!lesson) return null;
  const step = (label: string, Icon: typeof X, act: () => void, off = false) => (
    <button
      type="button"
      className="button button--quiet button--icon"
      aria-label={label}
      title={label}
      disabled={off}
      onClick={act}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
  return (
    <section className="lesson" aria-label={text.panes.lesson}>
      <header className="lesson__head">
        <span className="hint">
          {text.lesson.of(number, LESSONS.length)}
          {lesson.slides && `, ${text.lesson.slides(...lesson.slides)}`}
        </span>
        <span className="spacer" />
        {step(text.lesson.again, RotateCcw, () => void openLesson(number))}
        {step(text.lesson.previous, ChevronLeft, () => void openLesson(number - 1), number === 1)}
        {step(text.lesson.next, ChevronRight, () => void openLesson(number + 1), number === LESSONS.length)}
        {step(text.lesson.leave, X, leaveLesson)}
      </header>
      <h2 className="lesson__title">{lesson.title[language]}</h2>
      <div className="lesson__columns">
        <div className="lesson__text">
          {lesson.text[language].map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
        <p className="lesson__task">{lesson.task[language]}</p>
      </div>
    </section>
  );
}
