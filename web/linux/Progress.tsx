// What the real machine needs, how much of its files has arrived, and why it is not running.
import { LoaderCircle } from "lucide-react";
import { useLinuxTexts } from "../i18n/linux.ts";
import { endMachine, useReal } from "./store.ts";
import "./linux.css";

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** `onConsent`: the reader agrees to fetch the files, or wants another try. */
export function Progress({ onConsent }: { readonly onConsent: () => void }) {
  const text = useLinuxTexts();
  const { phase, fetched, total, failure, asking, bytesToFetch } = useReal();
  switch (phase) {
    case "consent":
      return (
        <p className="real__note">
          {text.needs(megabytes(bytesToFetch))}{" "}
          <button type="button" className="button" data-testid="linux-fetch" onClick={onConsent}>
            {text.fetch(megabytes(bytesToFetch))}
          </button>
        </p>
      );
    case "fetching":
    case "starting":
      return (
        <div className="real__note" role="status">
          {bytesToFetch > 0 && <p>{text.needs(megabytes(bytesToFetch))}</p>}
          <p className="real__progress">
            {phase === "starting" ? (
              <>
                <LoaderCircle className="spin" size={15} aria-hidden="true" /> {text.starting}
              </>
            ) : (
              <>
                <progress
                  value={fetched}
                  max={total || 1}
                  aria-label={text.fetching(megabytes(fetched), megabytes(total))}
                />{" "}
                {total > 0 && text.fetching(megabytes(fetched), megabytes(total))}
              </>
            )}
            <button type="button" className="button" data-testid="linux-cancel" onClick={endMachine}>
              {text.cancel}
            </button>
          </p>
        </div>
      );
    case "failed":
      return (
        <p className="real__note" role="alert">
          {text.failed(failure)}{" "}
          <button type="button" className="button" onClick={onConsent}>
            {text.retry}
          </button>
        </p>
      );
    default:
      return asking ? (
        <p className="real__note" role="status">
          <LoaderCircle className="spin" size={15} aria-hidden="true" /> {text.asking}
        </p>
      ) : null;
  }
}
