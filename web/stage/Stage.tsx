// The stage: one sentence, one or two pictures, and what the last press did. It fills the window and takes the clicker's keys.
// All of it is drawn from one frame of the film.
import { MonitorSpeaker, X } from "lucide-react";
import { type CSSProperties, useEffect } from "react";
import { slidesText } from "../lessons/parse-scene.ts";
import { blanksIn, type Picture, type PictureKind } from "../lessons/scene.ts";
import { leaveStage, startPresenting, usePresent } from "../stores/lesson/present.ts";
import { openSpeaker } from "../stores/lesson/speaker.ts";
import { useSettings } from "../stores/page/settings.ts";
import { captionOf, partOfSlides } from "./caption.ts";
import type { Frame } from "./film.ts";
import { PictureView } from "./PictureView.tsx";
import { Sentence } from "./Sentence.tsx";
import { frameAt } from "./speaker-view.ts";
import { useArea } from "./useArea.ts";
import { useStageText } from "./useStageText.ts";
import "./stage.css";

export default function Stage() {
  const text = useStageText();
  const state = usePresent();
  const { ref, area } = useArea<HTMLElement>();
  useEffect(startPresenting, []);
  const { press, presses, black, frames } = state;
  const frame = frameAt(state);
  return (
    <section
      ref={ref}
      className="stage"
      aria-label={text.stage}
      data-testid="stage"
      data-wide={area.width > area.height * 1.5 || undefined}
      style={{ "--stage": `${area.height}px` } as CSSProperties}
    >
      {frame && area.height > 0 ? (
        <Scene frame={frame} press={Math.min(press, frames.length - 1)} presses={presses} stageHeight={area.height} />
      ) : (
        <p className="stage__loading" role="status">
          {text.loading}
        </p>
      )}
      {black && <div className="stage__black" role="status" aria-label={text.black} data-testid="black" />}
      <div className="stage__tools">
        <Tool label={text.speaker} act={openSpeaker} Icon={MonitorSpeaker} />
        <Tool label={text.leave} act={() => void leaveStage()} Icon={X} />
      </div>
    </section>
  );
}

interface ToolProps {
  readonly label: string;
  readonly act: () => void;
  readonly Icon: typeof X;
}

/** A button for those who present without a clicker. It is hidden until the mouse comes near. */
const Tool = ({ label, act, Icon }: ToolProps) => (
  <button type="button" className="stage__tool" aria-label={label} title={label} onClick={act}>
    <Icon aria-hidden="true" />
  </button>
);

/** Pictures whose lines need the whole width. If the first picture is one of these, the second stands below it. */
const TEXTUAL: ReadonlySet<PictureKind> = new Set(["program", "log", "code", "listing"]);

interface SceneProps {
  readonly frame: Frame;
  readonly press: number;
  readonly presses: number;
  /** Pixels. */
  readonly stageHeight: number;
}

function Scene({ frame, press, presses, stageHeight }: SceneProps) {
  const text = useStageText();
  const language = useSettings((s) => s.language);
  const { scene, sceneIndex, shown } = frame;
  const [first, second] = scene.fill;
  const { call, failed, words } = captionOf(frame, language);
  const slides = slidesText(scene.slides);
  const heading = scene.says[language];
  // Presses open the blanks of the caption if it has some, else those of the heading.
  const inCaption = blanksIn(words) > 0;
  return (
    <div
      className="scene"
      key={sceneIndex}
      data-testid="scene"
      data-scene={first.kind}
      data-beside={second?.kind}
      data-slides={slides}
      data-press={press}
      data-presses={presses}
    >
      {first.kind !== "title" && first.kind !== "question" && (
        <h2 className="scene__says">
          <Sentence text={heading} open={inCaption ? Number.POSITIVE_INFINITY : shown.openBlanks} />
        </h2>
      )}
      <div
        className="scene__pictures"
        data-two={second !== undefined || undefined}
        data-stacked={(second && TEXTUAL.has(first.kind)) || undefined}
      >
        {scene.fill.map((picture: Picture) => (
          <PictureView key={picture.kind} picture={picture} frame={frame} stageHeight={stageHeight} />
        ))}
      </div>
      <div className="scene__caption" role="status" data-testid="caption" data-failed={failed || undefined}>
        {call !== "" && (
          <code className="scene__call" key={`call ${press}`}>
            {call}
          </code>
        )}
        {words !== "" && (
          <p className="scene__words" key={words}>
            <Sentence text={words} open={inCaption ? shown.openBlanks : Number.POSITIVE_INFINITY} />
          </p>
        )}
      </div>
      <div className="scene__foot">
        <span className="scene__bar" style={{ inlineSize: `${presses === 0 ? 100 : (100 * press) / presses}%` }} />
        {slides !== "" && (
          <span className="scene__slides">{text.slides(slides, ...partOfSlides(scene, frame.lesson.scenes))}</span>
        )}
      </div>
    </div>
  );
}
