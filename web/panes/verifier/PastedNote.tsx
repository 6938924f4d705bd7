// Shown above a pasted log: that it is not this page's answer, what it does not tell about its program, and a link to our own answer.
import type { PastedView } from "../../../engine/index.ts";
import { usePastedTexts } from "../../i18n/pasted.ts";
import { leaveLog } from "../../stores/program/program.ts";

export default function PastedNote({ pasted }: { readonly pasted: PastedView }) {
  const text = usePastedTexts();
  const { sameRefusal, missing, cutStart, cutEnd } = pasted;
  const slots = missing.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
  return (
    <p className="log__note" data-testid="pasted-note" data-ours={sameRefusal}>
      <strong>{text.what}</strong> {sameRefusal ? text.ours : text.notOurs} {slots !== "" && text.missing(slots)}{" "}
      {cutStart && text.cutStart} {cutEnd && text.cutEnd}{" "}
      <button type="button" className="link" onClick={leaveLog}>
        {text.verify}
      </button>
    </p>
  );
}
