// The panel of the real Linux beside the verdict: what must be fetched, how far the start is, and its answer beside ours. Each
// difference is named.
import { Ban, CircleCheck, Cpu, X } from "lucide-react";
import { useEffect } from "react";
import { isCutOff, KERNELS, type KernelName } from "../../engine/index.ts";
import { useLinuxTexts } from "../i18n/linux.ts";
import { takeHome } from "../stores/kernel/kernel.ts";
import { useProgram } from "../stores/program/program.ts";
import { Segments } from "../ui/Segments.tsx";
import { manifestOf } from "./files.ts";
import { Logs } from "./Logs.tsx";
import type { ComparedAnswer } from "./messages.ts";
import { Progress } from "./Progress.tsx";
import { closeRealPanel, useRealPanel } from "./panel-open.ts";
import { ask, chooseKernel, endMachine, learnBytesToFetch, setAuto, useReal } from "./store.ts";

const NAMES = Object.keys(KERNELS) as KernelName[];

export default function RealPanel() {
  const text = useLinuxTexts();
  const { kernel, auto, phase, asking, result, refused, askFailure } = useReal();
  const revision = useProgram((s) => s.revision);
  const reason = refused?.revision === revision ? refused.reason : undefined;
  const asked = useRealPanel((s) => s.asked);
  useEffect(() => {
    if (asked > 0) void ask();
  }, [asked]);
  useEffect(() => void learnBytesToFetch(), []);
  return (
    <section className="real" aria-label={text.title}>
      <header className="real__head">
        <Cpu size={16} aria-hidden="true" />
        <h3 className="real__title">{text.title}</h3>
        <Segments
          label={text.which}
          name="real-kernel"
          choices={NAMES}
          chosen={kernel}
          words={text.kernels}
          onChoose={(name) => void chooseKernel(name).then(() => ask())}
        />
        <label className="real__auto">
          <input type="checkbox" checked={auto} onChange={(event) => setAuto(event.currentTarget.checked)} />
          {text.auto}
        </label>
        <button
          type="button"
          className="button real__again"
          data-testid="linux-again"
          onClick={() => void ask(true)}
          disabled={asking}
        >
          {text.again}
        </button>
        <button
          type="button"
          className="button button--quiet button--icon"
          aria-label={text.close}
          title={text.close}
          onClick={() => {
            closeRealPanel();
            if (phase === "fetching" || phase === "starting") endMachine();
          }}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </header>
      <Progress onConsent={() => void ask(true)} />
      {reason && (
        <p className="real__note">
          {text.reasons[reason]}{" "}
          {reason === "own type" && (
            <button type="button" className="button" onClick={() => void takeHome()}>
              {text.takeHome}
            </button>
          )}
        </p>
      )}
      {askFailure !== "" && (
        <p className="real__note" role="alert">
          {text.noAnswer(askFailure)}
        </p>
      )}
      {result && <Result />}
      <p className="real__note">
        <a href="./linux/NOTICE.md">{text.notice}</a>
      </p>
    </section>
  );
}

function Result() {
  const text = useLinuxTexts();
  const revision = useProgram((s) => s.revision);
  const result = useReal((s) => s.result);
  if (!result) return null;
  const { asked, kernel } = result;
  if (isCutOff(asked))
    return <p className="real__note">{asked.ms === undefined ? text.wasReset : text.cutOff(asked.ms / 1000)}</p>;
  const { version } = manifestOf(kernel);
  return (
    <div className="real__result" data-old={revision !== result.revision || undefined}>
      {revision !== result.revision && <p className="real__note">{text.old}</p>}
      <Answer asked={asked} kernel={kernel} />
      {result.leavesBtf && <p className="real__note">{text.noBtf}</p>}
      {asked.comparison.differences.length > 0 && <Differences asked={asked} />}
      {asked.comparison.diagnosis !== "" && (
        <section className="real__diagnosis">
          <h4>{text.diagnosis(version)}</h4>
          <pre lang="en">{asked.comparison.diagnosis}</pre>
        </section>
      )}
      <Logs lines={asked.comparison.lines} here={text.here} there={`Linux ${version}`} />
    </div>
  );
}

function Answer({ asked, kernel }: { readonly asked: ComparedAnswer; readonly kernel: KernelName }) {
  const text = useLinuxTexts();
  const { answer, comparison, ms } = asked;
  const { verdict, errno } = answer;
  const Icon = verdict === "accept" ? CircleCheck : Ban;
  const { same, identical } = comparison;
  return (
    <div
      className="real__answer"
      data-testid="linux-verdict"
      data-kernel={kernel}
      data-verdict={verdict}
      data-same={same}
      data-verdict-kind={verdict}
      role="status"
    >
      <Icon className="verdict__icon" size={18} strokeWidth={2.2} aria-hidden="true" />
      <p>
        {text.says(manifestOf(kernel).version)}: <strong>{text.verdict[verdict]}</strong>
        {errno !== 0 && <code className="verdict__errno"> -{comparison.errnoName}</code>}{" "}
        <span className="real__same" data-same={same}>
          {identical ? text.identical : same ? text.same : text.differs}
        </span>
        {verdict === "reject" && (
          <code className="real__message" lang="en">
            {comparison.message}
          </code>
        )}
      </p>
      <span className="verdict__stats">{text.took(ms)}</span>
    </div>
  );
}

function Differences({ asked }: { readonly asked: ComparedAnswer }) {
  const text = useLinuxTexts();
  return (
    <table className="real__differences">
      <caption>{text.table}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{text.here}</th>
          <th scope="col">{text.there}</th>
          <th scope="col">{text.cause}</th>
        </tr>
      </thead>
      <tbody>
        {asked.comparison.differences.map(({ what, ours, theirs, cause }) => (
          <tr key={what} data-cause={cause}>
            <th scope="row">{text.what[what]}</th>
            <td lang="en">{ours || text.none}</td>
            <td lang="en">{theirs || text.none}</td>
            <td>{text.causes[cause]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
