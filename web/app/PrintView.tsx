// A lesson on paper: its text with room for the answers, the program, what the verifier says, registers at its steps.
// Without a lesson: the program alone. The browser makes paper or a PDF of it.
import { Printer, X } from "lucide-react";
import { useEffect, useState } from "react";
import type { StepView } from "../../engine/index.ts";
import { useText } from "../i18n/index.ts";
import { goalText, useLessonText } from "../i18n/lessons.ts";
import { textOf } from "../lessons/index.ts";
import type { Point } from "../lessons/lesson.ts";
import { Acting, Markdown } from "../lessons/Markdown.tsx";
import { slidesText } from "../lessons/parse-scene.ts";
import { closeDialog } from "../stores/dialog.ts";
import { useLesson } from "../stores/lesson.ts";
import { useMachine } from "../stores/machine.ts";
import { printedSteps } from "../stores/printing.ts";
import { useProgram } from "../stores/program.ts";
import { useSettings } from "../stores/settings.ts";
import { useVerdict } from "../stores/verdict.ts";
import "./lesson.css";
import "./print.css";

const COVERED = { uncovered: new Set<string>(), uncover: () => {}, goTo: () => {} };

export default function PrintView() {
  const text = useLessonText();
  const page = useText();
  const language = useSettings((s) => s.language);
  const lesson = useLesson((s) => s.lesson);
  const { source, title, progType, input } = useProgram();
  const run = useMachine((s) => s.run);
  const check = useVerdict((s) => s.check);
  const [steps, setSteps] = useState<readonly StepView[] | null>(null);
  const shown = lesson && textOf(lesson, language);

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

  return (
    <Acting value={COVERED}>
      <section className="print" aria-label={text.printed.title} data-testid="print">
        <div className="print__tools">
          <button type="button" className="button button--main" disabled={!steps} onClick={() => window.print()}>
            <Printer size={15} aria-hidden="true" />
            {text.printed.title}
          </button>
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={text.printed.close}
            onClick={closeDialog}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
        <article className="print__page lesson__body">
          <h1>{shown?.title ?? title?.[language] ?? page.header.ownProgram}</h1>
          {lesson && lesson.slides.length > 0 && <p className="hint">{text.slides(slidesText(lesson.slides))}</p>}
          {shown?.points.map((point, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the points of a lesson do not move
            <div key={i} className="print__point">
              <PrintedPoint point={point} name={`print.${i}`} label={text.guess} />
            </div>
          ))}
          {lesson && lesson.goals.length > 0 && (
            <>
              <h2>{text.goal}</h2>
              <ul className="print__goals">
                {[...new Set(lesson.goals.map((goal) => goalText(text, goal)))].map((goal) => (
                  <li key={goal}>{goal}</li>
                ))}
              </ul>
            </>
          )}
          <h2>
            {text.printed.program} <code>{progType}</code>
          </h2>
          <pre className="print__source">
            <code>{source}</code>
          </pre>
          {check && (
            <p className="print__verdict">
              <strong>{page.verdict[check.verdict]}</strong>
              {check.errnoName && ` (-${check.errnoName})`} {check.message && <code>{check.message}</code>}
            </p>
          )}
          {steps && steps.length > 0 && <Registers steps={steps} title={`${text.printed.registers} (${input})`} />}
          {lesson && lesson.slides.length > 0 && <p className="hint print__source-of">{text.printed.source}</p>}
        </article>
      </section>
    </Acting>
  );
}

interface PointProps {
  readonly point: Point;
  readonly name: string;
  readonly label: string;
}

function PrintedPoint({ point, name, label }: PointProps) {
  if (point.kind === "text") return <Markdown tokens={point.tokens} name={name} />;
  return (
    <div className="predict">
      <span className="lesson__label">{label}</span>
      <Markdown tokens={point.question} name={name} />
      {point.choices.length > 0 ? (
        <ul className="print__choices">
          {point.choices.map((choice) => (
            <li key={choice}>{choice.replace(/`/g, "")}</li>
          ))}
        </ul>
      ) : (
        <p className="print__room" />
      )}
    </div>
  );
}

/** A column a step; only the registers that the program sets. */
function Registers({ steps, title }: { readonly steps: readonly StepView[]; readonly title: string }) {
  const text = useLessonText();
  const rows = Array.from({ length: 11 }, (_, n) => n).filter(
    (n) =>
      n === 1 ||
      n === 10 ||
      steps.some(({ changed, regs }) => changed.some(({ reg }) => reg === n) || regs[n] !== steps[0]?.regs[n]),
  );
  const short = (hex = ""): string => {
    const value = BigInt(`0x${hex || "0"}`);
    return value < 0x1_0000_0000n ? String(value) : `0x${value.toString(16)}`;
  };
  return (
    <>
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
              {steps.map(({ step, regs, changed }) => (
                <td key={step} data-changed={changed.some(({ reg }) => reg === n) || undefined}>
                  {short(regs[n])}
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
    </>
  );
}
