// Below the program: Run, and the result of the last act beside it.
import { Play } from "lucide-react";
import { lazy } from "react";
import { Keys } from "../../app/Keys.tsx";
import { useText } from "../../i18n/index.ts";
import { nextProblem } from "../../stores/check/reveal.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { runAll } from "../../stores/kernel/kernel.ts";
import { showTab } from "../../stores/page/focus.ts";
import { showPane } from "../../stores/page/layout.ts";
import { type Result, resultOf, useLastAct } from "../../stores/run/result.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { returnText } from "../machine/format.ts";
import "./run-bar.css";

const CauseText = lazy(() => import("../../ui/CauseText.tsx"));

export function RunBar({ phone }: { readonly phone: boolean }) {
  const text = useText();
  const check = useVerdict((s) => s.check);
  const problems = check?.diagnostics.filter(({ severity }) => severity !== "hint").length ?? 0;
  const insns = check?.slots.reduce((sum, slot) => sum + slot.slots, 0) ?? 0;
  return (
    <footer className="run-bar">
      <button
        type="button"
        className="button button--main"
        data-testid="run"
        title={text.editor.runTitle}
        onClick={() => void runAll().then((ok) => ok || nextProblem())}
      >
        <Play size={13} fill="currentColor" aria-hidden="true" />
        {text.editor.run} {!phone && <Keys names={["C-Enter"]} />}
      </button>
      <ResultStrip />
      {problems > 0 && (
        <button type="button" className="link" onClick={nextProblem}>
          {text.editor.problems(problems)} <Keys names={["F8"]} />
        </button>
      )}
      <span className="run-bar__count" title={text.editor.leave}>
        {text.editor.insns(insns)}
      </span>
    </footer>
  );
}

function ResultStrip() {
  const text = useText();
  const acts = useLastAct();
  const check = useVerdict((s) => s.check);
  const result = resultOf(acts, check);
  return (
    <div className="run-bar__result" role="status">
      {result && (
        <button
          type="button"
          className="result"
          data-testid="result"
          data-state={BAD.has(result.kind) ? "error" : "ok"}
          title={text.result.more(text.panes[result.pane])}
          onClick={() => {
            showTab(result.pane);
            showPane(result.pane);
          }}
        >
          <Words result={result} />
        </button>
      )}
    </div>
  );
}

const BAD: ReadonlySet<Result["kind"]> = new Set(["refused", "failed", "stopped"]);

/** Commands and errnos as in a terminal, in a sentence in the reader's language. */
function Words({ result }: { readonly result: Result }) {
  const { result: words } = useText();
  switch (result.kind) {
    case "refused":
      return (
        <>
          <code className="result__main">-{result.errnoName}</code>
          {result.line > 0 && <span>{words.line(result.line)}</span>}
          {result.cause ? (
            <span className="result__rest result__rest--whole">
              <LazyPart>
                <CauseText cause={result.cause} inline />
              </LazyPart>
            </span>
          ) : (
            <code className="result__rest">{result.message}</code>
          )}
        </>
      );
    case "failed":
      return (
        <>
          <code>{result.command}</code>
          <Arrow />
          <code className="result__main">{result.errnoName}</code>
          <span className="result__rest">{result.errnoText}</span>
        </>
      );
    case "file":
      return (
        <>
          <code>{result.input === null ? "cat" : `echo ${result.input}`}</code>
          <Arrow />
          {result.output === null ? (
            <span>{words.written}</span>
          ) : (
            <code className="result__main">{result.output}</code>
          )}
          <Printed line={result.printed} />
        </>
      );
    case "returned":
      return (
        <>
          <code className="result__main">{returnText(result)}</code>
          <Printed line={result.printed} />
        </>
      );
    case "stopped":
      return (
        <>
          <span className="result__main">{words.stopped}</span>
          <code className="result__rest">{result.fault}</code>
        </>
      );
    case "done":
      return <span>{words.done[result.what](result.fd)}</span>;
  }
}

const Arrow = () => (
  <span aria-hidden="true" className="result__arrow">
    →
  </span>
);

/** The last line that the run wrote to trace_pipe. */
const Printed = ({ line }: { readonly line: string }) =>
  line === "" ? null : <code className="result__rest">{line}</code>;
