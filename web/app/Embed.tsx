// The page inside another page: program and run in every frame from 400 × 320 pixels, the verdict between them, and a link to the whole
// playground. With little room the verifier shows only its verdict, until the reader asks for the log.
import { ExternalLink, ScrollText } from "lucide-react";
import { type MouseEvent, useEffect, useState } from "react";
import { useText } from "../i18n/index.ts";
import { linkTo } from "../links/share.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { useSettings } from "../stores/page/settings.ts";
import { useProgram } from "../stores/program/program.ts";
import { askForHeight } from "./embed.ts";
import { Lesson, useHasLesson } from "./Lesson.tsx";
import { Phone } from "./Phone.tsx";
import { useMedia } from "./useMedia.ts";
import "./embed.css";

export default function Embed({ phone }: { readonly phone: boolean }) {
  const text = useText();
  const short = useMedia("(max-height: 519px)");
  const small = useMedia("(max-width: 1099px)");
  const [asked, ask] = useState<boolean | null>(null);
  const lesson = useHasLesson();
  const log = asked ?? !(phone || short || (lesson && small));
  const height = useHeight(phone, log);
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    void linkTo(true).then((link) => window.open(link, "_blank", "noopener"));
  };
  // There is no room for a lesson beside the program: it is one of the phone's tabs.
  if (phone && lesson)
    return (
      <div className="embed embed--tabs" style={height === null ? undefined : { height }}>
        <Phone />
        <div className="embed__foot">
          <span className="spacer" />
          <OpenInPlayground open={open} />
        </div>
      </div>
    );
  return (
    <div
      className="embed"
      data-log={log || undefined}
      data-lesson={lesson || undefined}
      style={height === null ? undefined : { height }}
    >
      {lesson && (
        <div className="embed__lesson">
          <Lesson phone />
        </div>
      )}
      <div className="embed__program">
        <EditorPane phone={phone} />
      </div>
      <div className="embed__verdict">
        <VerifierPane />
      </div>
      <div className="embed__run">
        <MachinePane />
      </div>
      <div className="embed__foot">
        <button type="button" className="button button--quiet" aria-pressed={log} onClick={() => ask(!log)}>
          <ScrollText size={14} aria-hidden="true" />
          {text.verdict.log}
        </button>
        <span className="spacer" />
        <OpenInPlayground open={open} />
      </div>
    </div>
  );
}

function OpenInPlayground({ open }: { readonly open: (event: MouseEvent) => void }) {
  const text = useText();
  return (
    <a className="embed__open target" href="./" target="_blank" rel="noopener" onClick={open}>
      <ExternalLink size={14} aria-hidden="true" />
      {text.header.openPlayground}
    </a>
  );
}

/** The least and the most lines of a program that are shown without scrolling. */
const LINES = [6, 24] as const;
const LINE = 22;
/** Pixels. program: title, foot and padding. machine: controls and eleven registers. LOG: the verdict's log. FOOT: foot and gaps. */
const WIDE = { program: 100, verdict: 66, machine: 450 } as const;
/** One below the other: without a title, the registers in two columns (embed.css). */
const NARROW = { program: 58, verdict: 40, machine: 270 } as const;
const LOG = 150;
const FOOT = 60;

/** Pixels that the page needs for the current program, told to the page around it. null: the frame has a fixed height. */
function useHeight(phone: boolean, log: boolean): number | null {
  const wanted = useSettings((s) => s.autoHeight);
  const lines = useProgram((s) => s.source.split("\n").length);
  const { program, verdict, machine } = phone ? NARROW : WIDE;
  const write = program + LINE * Math.min(LINES[1], Math.max(LINES[0], lines)) + verdict;
  const height = FOOT + (phone ? write + machine : Math.max(write + (log ? LOG : 0), machine));
  useEffect(() => {
    if (wanted) askForHeight(height);
  }, [wanted, height]);
  return wanted ? height : null;
}
