// The open lesson, beside the panes: its text, what to predict, what to do, and which goals are met.
import {
  ChevronLeft,
  ChevronRight,
  Circle,
  CircleCheck,
  FolderOpen,
  List,
  PanelLeftClose,
  PanelLeftOpen,
  Printer,
  RotateCcw,
  X,
} from "lucide-react";
import { lazy, useEffect, useMemo, useRef, useState } from "react";
import { goalTexts } from "../i18n/goals.ts";
import { type LessonTexts, useLessonText } from "../i18n/lessons.ts";
import { ORDER, placeOf } from "../lessons/course.ts";
import { textOf } from "../lessons/index.ts";
import type { Lesson, LessonText, Point, Solution } from "../lessons/lesson.ts";
import { Acting, Markdown } from "../lessons/Markdown.tsx";
import { Predict } from "../lessons/Predict.tsx";
import { actText } from "../lessons/parse-act.ts";
import { slidesText } from "../lessons/parse-scene.ts";
import { useGoals } from "../stores/lesson/goals.ts";
import { moreHints, neighbour, restartLesson, uncover, useLesson } from "../stores/lesson/lesson.ts";
import { NO_PROGRESS, useProgress } from "../stores/lesson/progress.ts";
import { openDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { leaveLesson, OWN_LESSON } from "../stores/program/program.ts";
import { moveTo } from "../stores/run/machine.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { LazyPart } from "../ui/LazyPart.tsx";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { CopyAnswer } from "./CopyAnswer.tsx";
import "./lesson.css";

const LessonList = lazy(() => import("./LessonList.tsx"));

interface Props {
  /** On a phone the lesson has its own tab and cannot be folded. */
  readonly phone?: boolean;
}

export default function LessonPanel({ phone = false }: Props) {
  const text = useLessonText();
  const language = useSettings((s) => s.language);
  const { lesson, number, list: course, at } = useLesson();
  const listed =
    course && `${course.title[language] ?? course.title.ja ?? course.title.en ?? ""} ${at} / ${course.entries.length}`;
  const [list, setList] = useState(false);
  const [folded, setFolded] = useState(false);
  const shown = lesson && textOf(lesson, language);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another lesson takes the list's place
  useEffect(() => setList(false), [lesson]);
  if (!lesson || !shown) return null;
  if (folded && !phone)
    return (
      <section className="lesson lesson--folded" aria-label={text.panel}>
        <IconButton size={16} label={text.unfold} Icon={PanelLeftOpen} act={() => setFolded(false)} />
        <span className="lesson__spine">{shown.title}</span>
      </section>
    );
  return (
    <section className="lesson" aria-label={text.panel} data-testid="lesson">
      <header className="lesson__head">
        <button type="button" className="button button--quiet lesson__of" onClick={() => setList(!list)}>
          <List size={15} aria-hidden="true" />
          {list ? text.back : (listed ?? (number === OWN_LESSON ? text.own : text.of(placeOf(number), ORDER.length)))}
        </button>
        <span className="spacer" />
        <IconButton size={16} label={text.again} Icon={RotateCcw} act={() => void restartLesson()} />
        <IconButton size={16} label={text.print} Icon={Printer} act={() => openDialog("print")} />
        {!phone && <IconButton size={16} label={text.fold} Icon={PanelLeftClose} act={() => setFolded(true)} />}
        <IconButton size={16} label={text.leave} Icon={X} act={leaveLesson} />
      </header>
      {list ? (
        <LazyPart>
          <LessonList />
        </LazyPart>
      ) : (
        <>
          <Body lesson={lesson} shown={shown} />
          <Foot lesson={lesson} number={number} text={text} />
        </>
      )}
    </section>
  );
}

interface BodyProps {
  readonly lesson: Lesson;
  readonly shown: LessonText;
}

function Body({ lesson, shown }: BodyProps) {
  const text = useLessonText();
  const uncovered = useLesson((s) => s.uncovered);
  const top = useRef<HTMLElement>(null);
  const doing = useMemo(() => ({ uncovered, uncover, goTo: (step: number) => void moveTo(step) }), [uncovered]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a lesson begins at its top
  useEffect(() => {
    top.current?.scrollTo({ top: 0 });
  }, [lesson]);
  return (
    <ScrollRegion ref={top} className="lesson__body" aria-label={shown.title}>
      {lesson.slides.length > 0 && <p className="lesson__slides">{text.slides(slidesText(lesson.slides))}</p>}
      <h2 className="lesson__title">{shown.title}</h2>
      <Acting value={doing}>
        {shown.points.map((one, i) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: the points of a lesson do not move
            key={i}
            className="lesson__point"
          >
            <PointView point={one} place={i} id={lesson.id} />
          </div>
        ))}
        <Hints lesson={lesson} shown={shown} />
      </Acting>
    </ScrollRegion>
  );
}

function PointView({ point, place, id }: { readonly point: Point; readonly place: number; readonly id: string }) {
  return point.kind === "text" ? (
    <Markdown tokens={point.tokens} name={String(place)} />
  ) : (
    <Predict prediction={point} place={place} id={id} />
  );
}

function Hints({ lesson, shown }: { readonly lesson: Lesson; readonly shown: LessonText }) {
  const text = useLessonText();
  const taken = useProgress((s) => (s.lessons[lesson.id] ?? NO_PROGRESS).hints);
  const { hints } = shown;
  if (hints.length === 0) return null;
  return (
    <div className="lesson__hints">
      {hints.slice(0, taken).map((tokens, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stages keep their order
        <div key={i} className="lesson__hint">
          <span className="lesson__label">{text.hint(i + 1, hints.length)}</span>
          <Markdown tokens={tokens} name={`hint${i}`} />
        </div>
      ))}
      {taken < hints.length ? (
        <button type="button" className="button" onClick={moreHints}>
          {text.hint(taken + 1, hints.length)}
        </button>
      ) : (
        lesson.solution && <SolutionView key={lesson.id} solution={lesson.solution} />
      )}
    </div>
  );
}

/** The solution of the lesson, offered after all hints: the acts, and the program if one is written. */
function SolutionView({ solution }: { readonly solution: Solution }) {
  const text = useLessonText();
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {text.solution}
      </button>
    );
  const acts = solution.acts.filter((act) => act.do !== "write");
  return (
    <div className="lesson__hint" data-testid="solution">
      {acts.length > 0 && (
        <p>
          {text.solutionActs} <code>{acts.map(actText).join(", ")}</code>
        </p>
      )}
      {solution.source !== "" && (
        <pre className="lesson__code">
          <code>{solution.source}</code>
        </pre>
      )}
    </div>
  );
}

interface FootProps {
  readonly lesson: Lesson;
  readonly number: number;
  readonly text: LessonTexts;
}

/** Always visible: the goals, and the button to the next lesson. */
function Foot({ lesson, number, text }: FootProps) {
  const goals = useGoals((s) => s.views);
  const language = useSettings((s) => s.language);
  const list = useLesson((s) => s.list);
  const [previous, next] = [neighbour(-1), neighbour(1)];
  const shown = goalTexts(lesson.goals, goals, language);
  const met = shown.filter((one) => one.met).length;
  const solved = shown.length > 0 && met === shown.length;
  return (
    <footer className="lesson__foot" data-solved={solved || undefined}>
      {shown.length > 0 && (
        <div className="lesson__goal" data-testid="goals" data-met={met} data-of={shown.length}>
          <h3 className="lesson__label">
            {text.goal}
            <span role="status" className="lesson__state">
              {solved ? text.goalMet : text.goalOf(met, shown.length)}
            </span>
          </h3>
          <ul>
            {shown.map((goal) => (
              <li key={goal.text} data-met={goal.met || undefined}>
                {goal.met ? <CircleCheck size={14} aria-hidden="true" /> : <Circle size={14} aria-hidden="true" />}
                <span>
                  {goal.text}
                  <span className="visually-hidden">: {goal.met ? text.met : text.unmet}</span>
                  {goals && goal.now !== "" && <span className="lesson__now"> {goal.now}</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {shown.length > 0 && <CopyAnswer />}
      {(number > 0 || list) && (
        <nav className="lesson__ways">
          <IconButton label={text.previous} Icon={ChevronLeft} act={() => void previous?.()} off={!previous} />
          <span className="spacer" />
          <button
            type="button"
            className={`button${solved ? " button--main" : ""}`}
            aria-label={text.next}
            disabled={!next}
            onClick={() => void next?.()}
          >
            {text.next}
            <ChevronRight size={15} aria-hidden="true" />
          </button>
        </nav>
      )}
      {number === OWN_LESSON && !list && (
        <nav className="lesson__ways">
          <button type="button" className="button" onClick={() => openDialog("lesson-file")}>
            <FolderOpen size={15} aria-hidden="true" />
            {text.openFile}
          </button>
        </nav>
      )}
    </footer>
  );
}
