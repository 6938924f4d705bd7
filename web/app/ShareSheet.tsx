// The link to what stands on the page. Opening the sheet makes it and puts it into the address.
import { useEffect, useState } from "react";
import { useText } from "../i18n/index.ts";
import { copyText, makeLink } from "../links/share.ts";
import { closeDialog } from "../stores/dialog.ts";
import { useMachine } from "../stores/machine.ts";
import { useProgram } from "../stores/program.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { Sheet } from "../ui/Sheet.tsx";

export default function ShareSheet() {
  const text = useText();
  const run = useMachine((s) => s.run);
  const position = useMachine((s) => s.position);
  const program = useProgram((s) => `${s.revision} ${s.input}`);
  const [withStep, setWithStep] = useState(position > 0);
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState<boolean | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is made anew when what it holds has changed
  useEffect(() => {
    let gone = false;
    void makeLink(withStep).then((made) => {
      if (gone) return;
      setLink(made);
      setCopied(null);
    });
    return () => {
      gone = true;
    };
  }, [withStep, position, program]);

  const size = link.length;
  const verdict = size < 2000 ? text.share.fits : size < 8000 ? text.share.long : text.share.tooLong;
  const embed = `<iframe src="${link.replace("#", "?embed=1#")}" width="100%" height="480" loading="lazy" title="Oreore"></iframe>`;
  return (
    <Sheet title={text.share.title} closeLabel={text.share.close} modal={false} onClose={closeDialog}>
      <p className="hint">{text.share.about}</p>
      <label className="check">
        <input
          type="checkbox"
          checked={withStep}
          disabled={!run}
          onChange={(event) => setWithStep(event.currentTarget.checked)}
        />
        {text.share.withStep} ({text.machine.at(position, run?.length ?? 0)})
      </label>
      <ScrollRegion className="share__link" data-testid="share-link" aria-label={text.share.link}>
        {link}
      </ScrollRegion>
      <div className="share__row">
        <span data-size={size < 2000 ? "fits" : size < 8000 ? "long" : "too-long"} className="share__size">
          {text.share.length(size)} {verdict}
        </span>
        <span className="spacer" />
        <span role="status">{copied === null ? "" : copied ? text.share.copied : text.share.notCopied}</span>
        <button type="button" className="button button--main" onClick={() => void copyText(link).then(setCopied)}>
          {text.share.copy}
        </button>
      </div>
      <details className="share__embed">
        <summary>{text.share.embed}</summary>
        <ScrollRegion aria-label={text.share.embed}>
          <pre>{embed}</pre>
        </ScrollRegion>
      </details>
    </Sheet>
  );
}
