// Two logs side by side. Lines that say the same stand beside each other. Lines that differ are marked.
import { useRef } from "react";
import type { LogComparison } from "../../engine/index.ts";
import { useLinuxTexts } from "../i18n/linux.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";

/** Most lines that are drawn. A longer log is cut and says so. */
const MAX_LINES = 2000;

interface Props {
  readonly lines: LogComparison["lines"];
  readonly here: string;
  readonly there: string;
}

export function Logs({ lines, here, there }: Props) {
  const text = useLinuxTexts();
  const left = useRef<HTMLElement>(null);
  const right = useRef<HTMLElement>(null);
  const follow = (from: HTMLElement | null, to: HTMLElement | null): void => {
    if (from && to && to.scrollTop !== from.scrollTop) to.scrollTop = from.scrollTop;
  };
  const shown = lines.slice(0, MAX_LINES);
  const column = (side: "ours" | "theirs") =>
    shown.map(({ state, ...line }, i) => {
      const said = line[side];
      return (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its place
          key={i}
          className="real__line"
          data-state={state}
          title={state === "same" ? undefined : text.causes[state]}
        >
          {said === undefined ? "" : `${said}\n`}
        </span>
      );
    });
  return (
    <details className="real__logs" open>
      <summary>{text.logs}</summary>
      <div className="real__columns" lang="en">
        <div>
          <h4>{here}</h4>
          <ScrollRegion
            ref={left}
            className="real__log"
            aria-label={here}
            onScroll={() => follow(left.current, right.current)}
          >
            <pre>{column("ours")}</pre>
          </ScrollRegion>
        </div>
        <div>
          <h4>{there}</h4>
          <ScrollRegion
            ref={right}
            className="real__log"
            aria-label={there}
            onScroll={() => follow(right.current, left.current)}
          >
            <pre data-testid="linux-log">{column("theirs")}</pre>
          </ScrollRegion>
        </div>
      </div>
      {lines.length > MAX_LINES && <p className="real__note">… +{lines.length - MAX_LINES}</p>}
    </details>
  );
}
