// One sentence about what just happened to the program, with a button to the program before.
import { X } from "lucide-react";
import type { Dictionary } from "../i18n/en.ts";
import { useText } from "../i18n/index.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { dismissNotice, type Notice, openExample, takeBack, useProgram } from "../stores/program/program.ts";
import { Prose } from "../ui/Prose.tsx";

export function NoticeBar() {
  const text = useText();
  const language = useSettings((s) => s.language);
  const notice = useProgram((s) => s.notice);
  return (
    <div role="status" className="notice-place">
      {notice && (
        <div className="notice" data-kind={notice.kind} data-bad={(notice.kind === "said" && notice.bad) || undefined}>
          <span>
            <Prose text={sentence(notice, text, language)} />
          </span>
          {notice.kind === "set-aside" && (
            <button type="button" className="button" onClick={takeBack}>
              {text.notice.takeBack}
            </button>
          )}
          {notice.kind === "edited-example" && (
            <button type="button" className="button" onClick={() => void openExample(notice.name)}>
              {text.notice.openExample}
            </button>
          )}
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={text.notice.dismiss}
            onClick={dismissNotice}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </div>
      )}
    </div>
  );
}

function sentence(notice: Notice, text: Dictionary, language: Language): string {
  switch (notice.kind) {
    case "link-fault":
      return text.notice.fault[notice.fault];
    case "no-example":
      return text.notice.noExample(notice.name);
    case "no-lesson":
      return text.notice.noLesson(notice.name);
    case "pasted":
      return text.notice.pasted(notice.name[language]);
    case "edited-example":
      return text.notice.editedExample;
    case "set-aside":
      return text.notice.setAside;
    case "said":
      return notice.words[language];
  }
}
