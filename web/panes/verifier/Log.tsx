// The verifier's log, line by line. Lines and source lead to each other: a click shows the source line, the cursor's
// line lights up its log lines. Long logs are virtualised.
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { point, revealSlot, useFocus } from "../../stores/focus.ts";
import { useSettings } from "../../stores/settings.ts";
import { useVerdict } from "../../stores/verdict.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { CopyButton } from "./VerifierPane.tsx";

/** Up to so many lines all stand in the document, so that they can be searched and read out as one text. */
const WHOLE = 400;
const LongLog = lazy(() => import("./LongLog.tsx"));
const NO_LINES: readonly string[] = [];

/** `views`: the control that chooses between this and the other views. */
export function Log({ views }: { readonly views: ReactNode }) {
  const text = useText();
  const language = useSettings((s) => s.language);
  const check = useVerdict((s) => s.check);
  const log = check?.log ?? "";
  const lines = useMemo(() => (log === "" ? NO_LINES : log.replace(/\n$/, "").split("\n")), [log]);
  const cursor = useSlotsAtCursor(check);
  const hovered = useFocus((s) => s.hovered);
  const scroller = useRef<HTMLElement>(null);
  const slotOf = (index: number): number => check?.logSlots[index] ?? -1;

  // The cursor's line or the reason comes into sight; the log never takes the focus.
  const target = useMemo(() => {
    if (!check || lines.length === 0) return -1;
    if (check.messageLine >= 0 && cursor.has(check.logSlots[check.messageLine] ?? -1)) return check.messageLine;
    const about = (index: number): boolean => cursor.has(check.logSlots[index] ?? -1);
    // Where the verifier walks over it says more than where it lists what is live.
    const walked = lines.findIndex((line, index) => about(index) && /^\d+: \(/.test(line));
    const first = walked >= 0 ? walked : lines.findIndex((_, index) => about(index));
    return first >= 0 ? first : check.messageLine;
  }, [check, lines, cursor]);
  const long = lines.length > WHOLE;
  useEffect(() => {
    if (target >= 0 && !long) scrollIntoView(scroller.current, target);
  }, [target, long]);

  const row = (index: number): ReactNode => {
    const slot = slotOf(index);
    const line = lines[index] ?? "";
    const state = {
      "data-reason": check?.messageLine === index || undefined,
      "data-cursor": (slot >= 0 && cursor.has(slot)) || undefined,
      "data-hovered": (slot >= 0 && slot === hovered) || undefined,
    };
    return slot >= 0 ? (
      <button
        type="button"
        className="log__line log__line--link"
        {...state}
        onClick={() => revealSlot(slot, false)}
        onPointerEnter={() => point(slot)}
        onPointerLeave={() => point(-1)}
      >
        {highlight(line)}
      </button>
    ) : (
      <div className="log__line" {...state}>
        {line === "" ? " " : line}
      </div>
    );
  };

  return (
    <div className="log">
      <header className="log__head">
        <h3 className="visually-hidden">{text.verdict.log}</h3>
        {views}
        {lines.length > 0 && <span className="hint">{text.verdict.logSize(lines.length)}</span>}
        <span className="spacer" />
        {lines.length > 0 && <CopyButton label={text.verdict.copyLog} make={() => log} />}
      </header>
      <ScrollRegion
        ref={scroller}
        className="log__body"
        data-testid="verifier-log"
        aria-label={text.verdict.log}
        lang="en"
      >
        {lines.length === 0 && (
          <p className="hint log__empty" lang={language}>
            {text.verdict.logEmpty}
          </p>
        )}
        {long ? (
          <Suspense>
            <LongLog count={lines.length} target={target} scroller={scroller} row={row} />
          </Suspense>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a log line is its number
          lines.map((_, index) => <div key={index}>{row(index)}</div>)
        )}
      </ScrollRegion>
    </div>
  );
}

function useSlotsAtCursor(check: CheckView | null): ReadonlySet<number> {
  const line = useFocus((s) => s.line);
  return useMemo(
    () =>
      new Set(check?.slots.filter((s) => s.span && s.span.line <= line && line <= s.span.endLine).map((s) => s.slot)),
    [check, line],
  );
}

/** Scrolls only the log, never what it lies in. */
function scrollIntoView(scroller: HTMLElement | null, index: number): void {
  const row = scroller?.children[index] as HTMLElement | undefined;
  if (!scroller || !row) return;
  const top = row.offsetTop - scroller.offsetTop;
  if (top < scroller.scrollTop) scroller.scrollTop = top - 8;
  else if (top + row.offsetHeight > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = top + row.offsetHeight - scroller.clientHeight + 8;
}

/** The instruction in ink, the state after it in grey: the two halves of a line at log level 2. */
function highlight(line: string): ReactNode {
  const at = line.indexOf(" ; ");
  if (at < 0) return line;
  return (
    <>
      {line.slice(0, at)}
      <span className="log__state">{line.slice(at)}</span>
    </>
  );
}
