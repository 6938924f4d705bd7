// Inside another page: program and machine, the verdict between them, and a way to the whole playground.
import { ExternalLink } from "lucide-react";
import { type MouseEvent, useEffect } from "react";
import { useText } from "../i18n/index.ts";
import { linkTo } from "../links/share.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { useProgram } from "../stores/program.ts";
import { useSettings } from "../stores/settings.ts";
import { askForHeight } from "./embed.ts";
import "./embed.css";

export default function Embed({ phone }: { readonly phone: boolean }) {
  const text = useText();
  const height = useHeight(phone);
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    void linkTo(true).then((link) => window.open(link, "_blank", "noopener"));
  };
  return (
    <div className="embed" data-auto={height !== null || undefined} style={height === null ? undefined : { height }}>
      <div className="embed__write">
        <EditorPane phone={phone} />
        <VerifierPane />
      </div>
      <div className="embed__run">
        <MachinePane />
      </div>
      <a className="embed__open" href="./" target="_blank" rel="noopener" onClick={open}>
        <ExternalLink size={14} aria-hidden="true" />
        {text.header.openPlayground}
      </a>
    </div>
  );
}

/** Lines of a program that are shown without scrolling, at least and at most. */
const LINES = [6, 24] as const;
const LINE = 22;
/** Pixels of all that is not the program: title, foot and padding of its pane, the verifier's pane, the gaps. */
const BESIDES = 330;
/** Controls and eleven registers. */
const MACHINE = 460;
/** The listing, which stands below the program where there is no room beside it. */
const LISTING = 130;

/** Pixels the whole takes for the program as it stands, told to the page around; null: the frame's height is given. */
function useHeight(phone: boolean): number | null {
  const wanted = useSettings((s) => s.autoHeight);
  const lines = useProgram((s) => s.source.split("\n").length);
  const write = BESIDES + LINE * Math.min(LINES[1], Math.max(LINES[0], lines));
  const height = phone ? write + MACHINE + LISTING : Math.max(write, MACHINE + 60);
  useEffect(() => {
    if (wanted) askForHeight(height);
  }, [wanted, height]);
  return wanted ? height : null;
}
