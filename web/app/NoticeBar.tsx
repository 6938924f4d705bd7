// One sentence about what just happened to the program, with a button to the program before. Loaded with the first one.
import { X } from "lucide-react";
import { type NoticeTexts, useNoticeTexts } from "../i18n/notice.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { dismissNotice, type Notice, openExample, restoreSetAside } from "../stores/program/program.ts";
import { Prose } from "../ui/Prose.tsx";
import "./notice.css";

export default function NoticeBar({ notice }: { readonly notice: Notice }) {
  const text = useNoticeTexts();
  const language = useSettings((s) => s.language);
  return (
    <div className="notice" data-kind={notice.kind} data-bad={(notice.kind === "said" && notice.bad) || undefined}>
      <span>
        <Prose text={sentence(notice, text, language)} />
      </span>
      {notice.kind === "set-aside" && (
        <button type="button" className="button" onClick={restoreSetAside}>
          {text.takeBack}
        </button>
      )}
      {notice.kind === "edited-example" && (
        <button type="button" className="button" onClick={() => void openExample(notice.name)}>
          {text.openExample}
        </button>
      )}
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={text.dismiss}
        onClick={dismissNotice}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

function sentence(notice: Notice, text: NoticeTexts, language: Language): string {
  switch (notice.kind) {
    case "link-fault":
      return text.fault[notice.fault];
    case "no-example":
      return text.noExample(notice.name);
    case "no-lesson":
      return text.noLesson(notice.name);
    case "pasted":
      return text.pasted(notice.name[language]);
    case "edited-example":
      return text.editedExample;
    case "set-aside":
      return text.setAside;
    case "not-copied":
      return text.notCopied;
    case "said":
      return notice.words[language];
  }
}
