// The switch between the simulated kernel and the real one, above the buttons that act on it.
import { lazy, Suspense } from "react";
import { useLinuxTexts } from "../i18n/linux.ts";
import { inTurn } from "../stores/kernel.ts";
import { type Stage, useStage } from "../stores/stage.ts";
import { Segments } from "../ui/Segments.tsx";

const RealStage = lazy(() => import("./RealStage.tsx"));
const STAGES: readonly Stage[] = ["simulated", "real"];

/** What is pressed after the switch to the real kernel goes there. The way back waits for nothing. */
async function choose(stage: Stage): Promise<void> {
  if (stage === "real") return inTurn(async () => (await import("./stage.ts")).goReal());
  (await import("./stage.ts")).goSimulated();
}

export default function StageSwitch() {
  const text = useLinuxTexts();
  const stage = useStage((s) => s.stage);
  return (
    <>
      <div className="kernel-pane__stage" data-stage={stage}>
        <Segments
          label={text.stage}
          name="kernel-stage"
          choices={STAGES}
          chosen={stage}
          words={text.stages}
          onChoose={(choice) => void choose(choice)}
        />
      </div>
      {stage === "real" && (
        <Suspense>
          <RealStage />
        </Suspense>
      )}
    </>
  );
}
