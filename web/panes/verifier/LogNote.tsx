// Shown above the log of a long verification of which only the result was written: why, and how to get the rest.
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { writeLog } from "../../stores/check/verdict.ts";

export default function LogNote() {
  const text = useVerifierTexts();
  return (
    <p className="log__note">
      {text.log.tooLong}{" "}
      <button type="button" className="link" onClick={() => void writeLog()}>
        {text.log.whole}
      </button>
    </p>
  );
}
