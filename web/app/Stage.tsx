// While presenting: the last step as a large caption below the panes, with the few controls that a speaker needs.
import { AArrowDown, AArrowUp, CircleQuestionMark, MonitorSpeaker, X } from "lucide-react";
import { useEffect } from "react";
import { useText } from "../i18n/index.ts";
import { useLessonText } from "../i18n/lessons.ts";
import { useMachine } from "../stores/machine.ts";
import {
  openSpeaker,
  resize,
  SCALES,
  showValue,
  startPresenting,
  toggleAsking,
  usePresent,
} from "../stores/present.ts";
import { setScale } from "../stores/scale.ts";
import { useSettings } from "../stores/settings.ts";
import { useVerdict } from "../stores/verdict.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { LanguageButton } from "./Header.tsx";
import "./stage.css";

export default function Stage() {
  const text = useLessonText();
  const set = useSettings((s) => s.set);
  const { scale, ask, covered } = usePresent();
  useEffect(startPresenting, []);
  useEffect(() => {
    setScale(scale);
  }, [scale]);
  useEffect(() => () => setScale(null), []);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.covered = covered < 0 ? "" : `r${covered}`;
    return () => {
      delete dataset.covered;
    };
  }, [covered]);
  return (
    <footer className="stage" data-testid="stage">
      <Caption />
      <div className="stage__tools">
        <IconButton
          size={18}
          label={text.present.smaller}
          act={() => resize(-1)}
          off={scale <= SCALES.least}
          Icon={AArrowDown}
        />
        <IconButton
          size={18}
          label={text.present.bigger}
          act={() => resize(1)}
          off={scale >= SCALES.most}
          Icon={AArrowUp}
        />
        <IconButton size={18} label={text.present.ask} act={toggleAsking} on={ask} Icon={CircleQuestionMark} />
        <IconButton size={18} label={text.present.speaker} act={openSpeaker} Icon={MonitorSpeaker} />
        <LanguageButton />
        <IconButton size={18} label={text.present.leave} act={() => set({ present: false })} Icon={X} />
      </div>
    </footer>
  );
}

function Caption() {
  const text = useLessonText();
  const language = useSettings((s) => s.language);
  const { run, position, view } = useMachine();
  const { said, covered } = usePresent();
  const check = useVerdict((s) => s.check);
  const page = useText();
  const sentence = said?.[language] ?? "";
  if (!run && check && check.verdict !== "accept")
    return (
      <div className="stage__caption" data-testid="caption">
        <p className="stage__place">
          {page.verdict[check.verdict]} {check.errnoName && `-${check.errnoName}`}
        </p>
        <p className="stage__said" role="status" lang="en" data-verdict={check.verdict}>
          {check.message}
        </p>
      </div>
    );
  const question = covered >= 0 ? said?.upTo?.[language] : undefined;
  return (
    <div className="stage__caption" data-testid="caption">
      <p className="stage__place">
        {run ? text.present.step(position, run.length) : text.present.start}
        {view && view.slot >= 0 && position > 0 && (
          <>
            <span className="stage__comes">{text.present.comes}</span>
            <code className="stage__next">{view.text}</code>
          </>
        )}
      </p>
      <p className="stage__said" role="status">
        {question === undefined ? (
          sentence && (position === 0 ? `${text.present.comes}: ${sentence}` : sentence)
        ) : (
          <>
            {question}
            <button type="button" className="stage__blank" aria-label={text.present.reveal} onClick={showValue}>
              {text.present.whatIs(`R${covered}`)}
            </button>
          </>
        )}
      </p>
    </div>
  );
}
