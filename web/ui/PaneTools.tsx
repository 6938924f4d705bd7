// The buttons at the end of a pane's title line: unfold the pane, give it the whole space. Visible only in the workbench (theme/base.css).
import { ChevronUp, Maximize2, Minimize2 } from "lucide-react";
import { useText } from "../i18n/index.ts";
import { fold, maximise, type Pane, useLayout } from "../stores/page/layout.ts";

export function PaneTools({ pane }: { readonly pane: Pane }) {
  const text = useText();
  const folded = useLayout((s) => s.folded.includes(pane));
  const maximised = useLayout((s) => s.maximised === pane);
  const tool = (label: string, Icon: typeof ChevronUp, act: () => void) => (
    <button
      type="button"
      className="button button--quiet pane-tools__one"
      aria-label={`${label}: ${text.panes[pane]}`}
      title={label}
      onClick={act}
    >
      <Icon size={14} aria-hidden="true" />
    </button>
  );
  return (
    <span className="pane-tools">
      {folded && tool(text.panes.unfold, ChevronUp, () => fold(pane, false))}
      {maximised
        ? tool(text.panes.restore, Minimize2, () => maximise(pane))
        : tool(text.panes.maximise, Maximize2, () => maximise(pane))}
    </span>
  );
}
