// Programs on the device: opens and saves files, and lists the last fifty programs.
import { Download, FolderOpen, X } from "lucide-react";
import { useEffect } from "react";
import { useFilesTexts } from "../i18n/files.ts";
import { askForFile, saveProgram } from "../links/files.ts";
import { forgetProgram, loadRecent, useRecent } from "../stores/history/recent.ts";
import { type KeptProgram, nameOf } from "../stores/history/recent-list.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { openDraft } from "../stores/program/program.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import "./files.css";

const FORMS = ["source", "hex", "json"] as const;

export default function FilesSheet() {
  const words = useFilesTexts();
  const { programs, failed } = useRecent();
  useEffect(() => void loadRecent(), []);
  return (
    <Sheet title={words.title} closeLabel={words.close} onClose={closeDialog}>
      <div className="files__row">
        <button
          type="button"
          className="button button--main"
          onClick={() => {
            closeDialog();
            askForFile();
          }}
        >
          <FolderOpen size={14} aria-hidden="true" />
          {words.open}
        </button>
        <span className="hint">{words.openAbout}</span>
      </div>
      <div className="files__row">
        <span className="files__label">{words.save}</span>
        {FORMS.map((form) => (
          <button
            key={form}
            type="button"
            className="button"
            title={words.formAbout[form]}
            onClick={() => void saveProgram(form)}
          >
            <Download size={14} aria-hidden="true" />
            {words.form[form]}
          </button>
        ))}
      </div>
      <h3 className="files__title">{words.last}</h3>
      {failed && <p className="files__failed">{words.failed}</p>}
      {programs.length === 0 ? (
        <p className="hint">{words.none}</p>
      ) : (
        <ScrollRegion className="files__list" aria-label={words.last}>
          <ul>
            {programs.map((program) => (
              <One key={program.id} program={program} />
            ))}
          </ul>
        </ScrollRegion>
      )}
    </Sheet>
  );
}

function One({ program: { id, at, draft } }: { readonly program: KeptProgram }) {
  const words = useFilesTexts();
  const language = useSettings((s) => s.language);
  const name = nameOf(draft.source);
  return (
    <li className="files__one">
      <button
        type="button"
        className="files__open"
        title={draft.source.slice(0, 400)}
        onClick={() => {
          closeDialog();
          openDraft(draft);
        }}
      >
        <span className="files__name">{name}</span>
        <span className="hint">
          {draft.progType}, {words.lines(draft.source.trimEnd().split("\n").length)}, {ago(at, language)}
        </span>
      </button>
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={words.forget(name)}
        title={words.forget(name)}
        onClick={() => void forgetProgram(id)}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </li>
  );
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** `at` in ms since 1970. */
function ago(at: number, language: Language): string {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? (["minute", 60] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}
