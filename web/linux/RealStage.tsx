// The switch between the simulated kernel and the real one, above the buttons that act on it; and the real one's console.
import { SquareTerminal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLinuxTexts } from "../i18n/linux.ts";
import { takeHome, useKernel } from "../stores/kernel.ts";
import { type Stage, useStage } from "../stores/stage.ts";
import { Segments } from "../ui/Segments.tsx";
import { Progress } from "./RealPanel.tsx";
import { goReal, goSimulated, isOwnType } from "./stage.ts";

const RealConsole = lazy(() => import("./RealConsole.tsx"));
const STAGES: readonly Stage[] = ["simulated", "real"];

export default function RealStage() {
  const text = useLinuxTexts();
  const stage = useStage((s) => s.stage);
  const own = useKernel(isOwnType);
  const [console, setConsole] = useState(false);
  return (
    <div className="real-stage" data-stage={stage}>
      <div className="real-stage__row">
        <Segments
          label={text.stage}
          name="kernel-stage"
          choices={STAGES}
          chosen={stage}
          words={text.stages}
          onChoose={(choice) => (choice === "real" ? void goReal() : goSimulated())}
        />
        {stage === "real" && (
          <button
            type="button"
            className="button button--quiet"
            aria-expanded={console}
            data-testid="linux-console-open"
            onClick={() => setConsole(!console)}
          >
            <SquareTerminal size={15} aria-hidden="true" /> {text.console}
          </button>
        )}
      </div>
      {stage === "real" && (
        <>
          <p className="real__note">{text.stageNote}</p>
          {own && (
            <p className="real__note">
              {text.reasons["own type"]}{" "}
              <button type="button" className="button" onClick={() => void takeHome()}>
                {text.takeHome}
              </button>
            </p>
          )}
          <Progress />
          {console && (
            <Suspense>
              <RealConsole />
            </Suspense>
          )}
        </>
      )}
    </div>
  );
}
