// Stands above the buttons while they act on the real kernel: how far the machine's start is, and its console.
import { SquareTerminal } from "lucide-react";
import { lazy, useState } from "react";
import { useLinuxTexts } from "../i18n/linux.ts";
import { takeHome, useKernel } from "../stores/kernel/kernel.ts";
import { LazyPart } from "../ui/LazyPart.tsx";
import { Progress } from "./Progress.tsx";
import { isOwnType } from "./real-kernel.ts";
import { runningMachine, useReal } from "./store.ts";

const RealConsole = lazy(() => import("./RealConsole.tsx"));

export default function RealKernel() {
  const text = useLinuxTexts();
  const own = useKernel(isOwnType);
  const failure = useReal((s) => s.actFailure);
  const reason = own ? "own type" : failure?.tooLarge ? "too large" : null;
  const [isConsoleOpen, openConsole] = useState(false);
  return (
    <div className="real-kernel">
      <div className="real__note real-kernel__where">
        <p role="status">{reason ? text.reasons[reason] : text.realNote}</p>
        {own && (
          <button type="button" className="button" onClick={() => void takeHome()}>
            {text.takeHome}
          </button>
        )}
      </div>
      <button
        type="button"
        className="button button--quiet real-kernel__console"
        aria-expanded={isConsoleOpen}
        data-testid="linux-console-open"
        onClick={() => openConsole(!isConsoleOpen)}
      >
        <SquareTerminal size={15} aria-hidden="true" /> {text.console}
      </button>
      <Progress onConsent={() => void runningMachine(true)} />
      {failure && !failure.tooLarge && (
        <p className="real__note" role="alert">
          {text.noAnswer(failure.text)}
        </p>
      )}
      {isConsoleOpen && (
        <LazyPart>
          <RealConsole />
        </LazyPart>
      )}
    </div>
  );
}
