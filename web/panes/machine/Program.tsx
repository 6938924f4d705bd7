// On a phone the machine's pane shows the program too, so that what runs and what it changes are visible together. A press on a line goes
// to it, a press on its number sets a breakpoint. The program is edited in its own tab.
import { useRef } from "react";
import { useText } from "../../i18n/index.ts";
import { cursorMoved } from "../../stores/page/focus.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { ProgramText } from "../editor/PlainEditor.tsx";

export default function Program() {
  const text = useText();
  const scroller = useRef<HTMLElement>(null);
  const go = (line: number): void => {
    cursorMoved(line);
    void import("../../stores/run/visits.ts").then(({ showSourceLine }) => showSourceLine(line));
  };
  return (
    <ScrollRegion
      ref={scroller}
      className="plain machine-pane__program"
      data-testid="machine-program"
      data-sideways
      aria-label={text.panes.editor}
    >
      <ProgramText drawn scroller={scroller} onPress={go} />
    </ScrollRegion>
  );
}
