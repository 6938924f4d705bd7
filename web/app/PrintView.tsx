// A lesson on paper: a handout with room for the answers, or one with the answers, or all lessons, one after the other. Without a lesson:
// the program alone. The browser prints it or makes a PDF.
import { Printer, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { StepView, Texts } from "../../engine/index.ts";
import { goalTexts } from "../i18n/goals.ts";
import { useText } from "../i18n/index.ts";
import { useLessonText } from "../i18n/lessons.ts";
import { COURSE, ORDER } from "../lessons/course.ts";
import { loadLesson, textOf } from "../lessons/index.ts";
import type { Lesson, Point } from "../lessons/lesson.ts";
import { Acting, Markdown } from "../lessons/Markdown.tsx";
import { actText } from "../lessons/parse-act.ts";
import { slidesText } from "../lessons/parse-scene.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { useLesson } from "../stores/lesson/lesson.ts";
import { printedSteps } from "../stores/lesson/printing.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { useProgram } from "../stores/program/program.ts";
import { useMachine } from "../stores/run/machine.ts";
import "./lesson.css";
import "./print.css";

/** Blanks on paper: room to write in, or the answer. */
const COVERED = { uncovered: new Set<string>(), uncover: () => {}, goTo: () => {} };
const OPEN = { ...COVERED, uncovered: null };

export default function PrintView() {
  const text = useLessonText();
  const page = useText();
  const language = useSettings((s) => s.language);
  const lesson = useLesson((s) => s.lesson);
  const { source, title, progType, input } = useProgram();
  const run = useMachine((s) => s.run);
  const check = useVerdict((s) => s.check);
  const [steps, setSteps] = useState<readonly StepView[] | null>(null);
  const [answers, setAnswers] = useState(false);
  const [whole, setWhole] = useState(false);
  const [lessons, setLessons] = useState<readonly CourseLesson[] | null>(null);

  useEffect(() => {
    let here = true;
    void printedSteps(run ? (lesson?.state.print ?? []) : []).then((views) => here && setSteps(views));
    return () => {
      here = false;
    };
  }, [lesson, run]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => void (event.key === "Escape" && closeDialog());
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  // A program without a lesson asks nothing, so everything known about it is printed.
  const all = answers || !lesson;
  // A handout contains the lesson's program, because the reader's may be the answer.
  const printed = all || !lesson ? source : lesson.state.source;
  const course = whole ? lessons : null;
  return (
    <Acting value={all ? OPEN : COVERED}>
      <section className="print" aria-label={text.printed.title} data-testid="print" data-answers={all || undefined}>
        <div className="print__tools">
          <button type="button" className="button button--main" disabled={!steps} onClick={() => window.print()}>
            <Printer size={15} aria-hidden="true" />
            {text.printed.title}
          </button>
          {lesson && (
            <label className="check">
              <input type="checkbox" checked={answers} onChange={() => setAnswers(!answers)} />
              {text.printed.answers}
            </label>
          )}
          {lesson && (
            <label className="check">
              <input
                type="checkbox"
                checked={whole}
                onChange={() => {
                  setWhole(!whole);
                  if (!lessons) void allLessons().then(setLessons);
                }}
              />
              {text.printed.course}
            </label>
          )}
          <span className="spacer" />
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={text.printed.close}
            onClick={closeDialog}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
        {course ? (
          course.map(({ lesson: one, part }, i) => (
            <article key={one.id} className="print__page lesson__body">
              <p className="hint print__part">{`${part[language]} · ${text.of(i + 1, ORDER.length)}`}</p>
              <PrintedLesson lesson={one} answers={answers} />
              <Program source={one.state.source} progType={one.state.progType} />
              {answers && <PrintedSolution lesson={one} />}
            </article>
          ))
        ) : (
          <article className="print__page lesson__body">
            {lesson ? (
              <PrintedLesson lesson={lesson} answers={answers} />
            ) : (
              <h1>{title?.[language] ?? page.header.ownProgram}</h1>
            )}
            <Program source={printed} progType={progType}>
              {all && check && (
                <p className="print__verdict">
                  <strong>{page.verdict[check.verdict]}</strong>
                  {check.errnoName && ` (-${check.errnoName})`} {check.message && <code>{check.message}</code>}
                </p>
              )}
            </Program>
            {steps && steps.length > 0 && printed === source && (
              <Registers steps={steps} title={`${text.printed.registers} (${input})`} filled={all} />
            )}
            {answers && lesson && <PrintedSolution lesson={lesson} />}
            {lesson && lesson.slides.length > 0 && <p className="hint print__source-of">{text.printed.source}</p>}
          </article>
        )}
      </section>
    </Acting>
  );
}

interface CourseLesson {
  readonly lesson: Lesson;
  /** Title of the part of the course. */
  readonly part: Texts;
}

/** In the order of the course. */
async function allLessons(): Promise<readonly CourseLesson[]> {
  const parsed = await Promise.all(
    COURSE.flatMap(({ title: part, lessons }) =>
      lessons.map(async (number) => ({ part, read: await loadLesson(number) })),
    ),
  );
  return parsed.flatMap(({ part, read }) => (read?.ok ? [{ lesson: read.lesson, part }] : []));
}

interface LessonProps {
  readonly lesson: Lesson;
  readonly answers: boolean;
}

/** Title, text and goals. */
function PrintedLesson({ lesson, answers }: LessonProps) {
  const text = useLessonText();
  const language = useSettings((s) => s.language);
  const shown = textOf(lesson, language);
  return (
    <>
      <h1>{shown?.title}</h1>
      {lesson.slides.length > 0 && <p className="hint">{text.slides(slidesText(lesson.slides))}</p>}
      {shown?.points.map((point, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the points of a lesson do not move
        <div key={i} className="print__point">
          <PrintedPoint point={point} name={`print.${lesson.id}.${i}`} label={text.guess} answers={answers} />
        </div>
      ))}
      {lesson.goals.length > 0 && (
        <div className="print__together">
          <h2>{text.goal}</h2>
          <ul className="print__goals">
            {goalTexts(lesson.goals, null, language).map((goal) => (
              <li key={goal.text}>{goal.text}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** The acts in order, and their program. */
function PrintedSolution({ lesson: { solution } }: { readonly lesson: Lesson }) {
  const text = useLessonText();
  if (!solution) return null;
  const acts = solution.acts.filter((act) => act.do !== "write");
  return (
    <Program source={solution.source} title={text.printed.solution}>
      {acts.length > 0 && (
        <>
          <h3>{text.solutionActs}</h3>
          <ol className="print__acts">
            {acts.map((act, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: acts do not move
              <li key={i}>
                <code>{actText(act)}</code>
              </li>
            ))}
          </ol>
        </>
      )}
    </Program>
  );
}

interface ProgramProps {
  readonly source: string;
  readonly progType?: string;
  readonly title?: string;
  /** Shown directly below it. */
  readonly children?: ReactNode;
}

function Program({ source, progType, title, children }: ProgramProps) {
  const text = useLessonText();
  return (
    <div className="print__together">
      <h2>
        {title ?? text.printed.program} {progType && <code>{progType}</code>}
      </h2>
      {source !== "" && (
        <pre className="print__source">
          <code>{source}</code>
        </pre>
      )}
      {children}
    </div>
  );
}

interface PointProps {
  readonly point: Point;
  readonly name: string;
  readonly label: string;
  readonly answers: boolean;
}

function PrintedPoint({ point, name, label, answers }: PointProps) {
  if (point.kind === "text") return <Markdown tokens={point.tokens} name={name} />;
  return (
    <div className="predict">
      <span className="lesson__label">{label}</span>
      <Markdown tokens={point.question} name={name} />
      {point.choices.length > 0 ? (
        <ul className="print__choices">
          {point.choices.map((choice, i) => (
            <li key={choice} data-right={(answers && i === point.answer) || undefined}>
              {choice.replace(/`/g, "")}
            </li>
          ))}
        </ul>
      ) : (
        <p className="print__room">{answers && point.answer}</p>
      )}
      {answers && <Markdown tokens={point.because} name={`${name}.why`} />}
    </div>
  );
}

interface RegistersProps {
  readonly steps: readonly StepView[];
  readonly title: string;
  /** False: leaves room to write the values into. */
  readonly filled: boolean;
}

/** One column per step. Only the registers that the program sets. */
function Registers({ steps, title, filled }: RegistersProps) {
  const text = useLessonText();
  const rows = Array.from({ length: 11 }, (_, n) => n).filter(
    (n) =>
      n === 1 ||
      n === 10 ||
      steps.some(({ changed, regs }) => changed.some(({ reg }) => reg === n) || regs[n] !== steps[0]?.regs[n]),
  );
  /** What a register holds at a step. A register that was not written yet holds nothing. */
  const cell = (n: number, { step, regs }: StepView): string => {
    const hex = regs[n] ?? "0";
    const set = n === 1 || n === 10 || steps.some((one) => one.step <= step && (one.written >> n) & 1);
    if (!set && hex === steps[0]?.regs[n]) return text.printed.unset;
    const value = BigInt(`0x${hex}`);
    return value < 0x1_0000_0000n ? String(value) : `0x${value.toString(16)}`;
  };
  return (
    <div className="print__together">
      <h2>{title}</h2>
      <table className="print__registers">
        <thead>
          <tr>
            <td />
            {steps.map(({ step }) => (
              <th key={step} scope="col">
                {text.printed.step} {step}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((n) => (
            <tr key={n}>
              <th scope="row">R{n}</th>
              {steps.map((view) => (
                <td key={view.step} data-changed={(filled && view.changed.some(({ reg }) => reg === n)) || undefined}>
                  {filled && cell(n, view)}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{text.present.comes}</th>
            {steps.map(({ step, text: insn }) => (
              <td key={step} className="print__next">
                {insn}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
