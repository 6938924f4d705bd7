// Shown while a verification takes longer than a moment: its progress, and a button to stop it. Also shown after it was stopped.
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { checkAgain, useVerdict } from "../../stores/check/verdict.ts";
import { cancelRequest } from "../../stores/engine.ts";

/** Instructions after which the kernel gives up. */
const LIMIT = 1_000_000;

export default function Walking() {
  const text = useVerifierTexts();
  const walked = useVerdict((s) => s.insnsProcessed);
  const stopped = useVerdict((s) => s.stopped);
  return (
    <div className="walking" data-testid="walking">
      {stopped ? (
        <>
          <span>{text.walking.stopped}</span>
          <button type="button" className="button" onClick={checkAgain}>
            {text.walking.again}
          </button>
        </>
      ) : (
        <>
          <progress className="walking__bar" aria-label={text.walking.label} max={LIMIT} value={walked} />
          <span className="walking__count">{text.walking.walked(walked)}</span>
          <button type="button" className="button" onClick={cancelRequest}>
            {text.walking.stop}
          </button>
        </>
      )}
    </div>
  );
}
