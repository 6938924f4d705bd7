// Handing in: copies the link to the reader's answer, or shows it if the browser does not allow copying.
import { ClipboardCopy } from "lucide-react";
import { useState } from "react";
import { useAnswerTexts } from "../i18n/answers.ts";
import { linkTo } from "../links/share.ts";
import { copyText } from "../ui/copy.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";

export function CopyAnswer() {
  const text = useAnswerTexts();
  const [made, setMade] = useState<{ readonly link: string; readonly copied: boolean } | null>(null);
  const copy = async (): Promise<void> => {
    const link = await linkTo(true);
    setMade({ link, copied: await copyText(link) });
  };
  return (
    <div className="lesson__answer">
      <button type="button" className="button button--quiet" onClick={() => void copy()}>
        <ClipboardCopy size={15} aria-hidden="true" />
        {text.copy}
      </button>
      <div role="status">{made && <p className="hint">{made.copied ? text.copied : text.notCopied}</p>}</div>
      {made && (
        <ScrollRegion className="lesson__link" data-testid="answer-link" lang="en" aria-label={text.link}>
          {made.link}
        </ScrollRegion>
      )}
    </div>
  );
}
