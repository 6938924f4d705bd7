// The verifier's log, line by line. A click on a line shows its source line, and the cursor's source line lights up its log lines. Paths
// fold. Short logs are in the document completely. LongLog and LogSearch load for longer ones, for searching, and for the parts left out of
// very long ones.
import { ChevronDown, ChevronRight, ChevronsDownUp, ChevronsUpDown, ListCollapse, Search } from "lucide-react";
import { type KeyboardEvent, lazy, memo, type ReactNode, useEffect, useMemo, useRef } from "react";
import { beginsPath, type CheckView, lineCodeOf, type VisitView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { foldAll, searchLog, setLogOpen, toggleFold, useLog } from "../../stores/check/log.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { hoverSlot, useFocus } from "../../stores/page/focus.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { slotsOnLine } from "../../stores/program/lines.ts";
import { useShownVisit } from "../../stores/run/beliefs.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { useLateCheck } from "../../ui/useLateCheck.ts";

/** Up to this many lines are all in the document, so that they can be searched and read out as one text. */
const WHOLE = 400;
const LongLog = lazy(() => import("./LongLog.tsx"));
const LogSearch = lazy(() => import("./LogSearch.tsx"));
const LogNote = lazy(() => import("./LogNote.tsx"));
/** Milliseconds after which the pane has all its parts: fixes are tried before they appear. */
const SETTLED = 5000;
const NO_LINES: readonly string[] = [];

/** `views`: the control that chooses between this and the other views. */
export function Log({ views }: { readonly views: ReactNode }) {
  const text = useText();
  const language = useSettings((s) => s.language);
  const check = useLateCheck();
  const log = check?.log ?? "";
  const lines = useMemo(() => (log === "" ? NO_LINES : log.replace(/\n$/, "").split("\n")), [log]);
  const shown = useShownVisit();
  const now = useMemo(() => (check && shown ? lineOfVisit(check, shown) : -1), [check, shown]);
  const atCursor = useSlotsAtCursor(check);
  const cursor = useMemo(() => (shown ? new Set([shown.slot]) : atCursor), [shown, atCursor]);
  const hovered = useFocus((s) => s.hoveredSlot);
  const { query, folded, open, lineRequest, foundLine } = useLog();
  const scroller = useRef<HTMLElement>(null);
  const sections = useMemo(
    () => lines.flatMap((_, i) => (beginsPath(check?.logKinds[i] ?? -1) ? [i] : [])),
    [check, lines],
  );
  const reason = check?.messageLine ?? -1;
  const isLong = lines.length > WHOLE;
  const isFolded = open !== true;
  const all = lines.length + Math.max(0, (check?.logCut ?? 0) - 1);

  const line = useFocus((s) => s.line);
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the cursor was when the verdict came
  const lineBefore = useMemo(() => useFocus.getState().line, [check]);

  // The reason is scrolled into view with the verdict, later the lines of the cursor. The log never takes the focus.
  const target = useMemo(() => {
    if (!check || lines.length === 0) return -1;
    if (now >= 0) return now;
    if (reason >= 0 && (line === lineBefore || cursor.has(check.logSlots[reason] ?? -1))) return reason;
    const about = (index: number): boolean => cursor.has(check.logSlots[index] ?? -1);
    // The line where the verifier processes the instruction says more than the line with its live registers.
    const walked = lines.findIndex((_, index) => about(index) && check.logKinds[index] === lineCodeOf.insn);
    const first = walked >= 0 ? walked : lines.findIndex((_, index) => about(index));
    return first >= 0 ? first : reason;
  }, [check, lines, cursor, now, reason, line, lineBefore]);
  useEffect(() => {
    const element = scroller.current;
    if (target < 0 || isLong || !element) return;
    // Parts that appear above (such as the explanation) push the line away. So it is kept visible for a moment, or as long as the log is
    // folded.
    const sizes = new ResizeObserver(() => scrollIntoView(element, target));
    sizes.observe(element);
    const timer = isFolded ? undefined : setTimeout(() => sizes.disconnect(), SETTLED);
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
    };
  }, [target, isLong, isFolded]);
  useEffect(() => {
    if (lineRequest.nonce > 0 && !isLong) scrollIntoView(scroller.current, lineRequest.line);
  }, [lineRequest, isLong]);

  const hidden = hiddenLines(sections, folded, lines.length);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "f" || (!event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    searchLog(query ?? "");
  };
  const allFolded = sections.length > 0 && sections.every((first) => folded.has(first));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+F from anywhere in the log, beside its button
    <div className="log" data-folded={isFolded || undefined} onKeyDown={onKeyDown}>
      <header className="log__head">
        <h3 className="visually-hidden">{text.verdict.log}</h3>
        {views}
        {all > 0 && (
          <button
            type="button"
            className="button button--quiet log__open"
            aria-expanded={!isFolded}
            title={isFolded ? text.verdict.unfoldLog : text.verdict.foldLog}
            onClick={() => setLogOpen(isFolded)}
          >
            {isFolded ? (
              <ChevronsUpDown size={14} aria-hidden="true" />
            ) : (
              <ChevronsDownUp size={14} aria-hidden="true" />
            )}
            {text.verdict.logSize(all)}
          </button>
        )}
        <span className="spacer" />
        {sections.length > 0 && !check?.logCut && (
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={text.verdict.fold}
            title={text.verdict.fold}
            aria-pressed={allFolded}
            onClick={() => foldAll(allFolded ? [] : sections)}
          >
            <ListCollapse size={15} aria-hidden="true" />
          </button>
        )}
        {lines.length > 0 && (
          <>
            <button
              type="button"
              className="button button--quiet button--icon"
              aria-label={text.verdict.search}
              title={text.verdict.search}
              aria-expanded={query !== null}
              onClick={() => searchLog(query === null ? "" : null)}
            >
              <Search size={15} aria-hidden="true" />
            </button>
            <CopyButton label={text.verdict.copyLog} make={() => wholeLog(check)} />
          </>
        )}
      </header>
      {query !== null && check && (
        <LazyPart>
          <LogSearch check={check} lines={lines} onClose={() => scroller.current?.focus()} />
        </LazyPart>
      )}
      {check?.logBrief && (
        <LazyPart>
          <LogNote />
        </LazyPart>
      )}
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
        {isLong && check ? (
          <LazyPart>
            <LongLog check={check} lines={lines} hidden={hidden} target={target} scroller={scroller} cursor={cursor} />
          </LazyPart>
        ) : (
          lines.map((line, index) => (
            <LogLine
              // biome-ignore lint/suspicious/noArrayIndexKey: a log line is its number
              key={index}
              line={line}
              index={index}
              slot={check?.logSlots[index] ?? -1}
              isReason={index === reason}
              isNow={index === now}
              isAside={isFolded && PREAMBLE.has(check?.logKinds[index] ?? -1)}
              isCursor={cursor.has(check?.logSlots[index] ?? -1) && !PREAMBLE.has(check?.logKinds[index] ?? -1)}
              isHovered={hovered >= 0 && check?.logSlots[index] === hovered}
              query={query ?? ""}
              found={index === foundLine}
              stateAt={check?.logStates[index] ?? 0}
              fold={beginsPath(check?.logKinds[index] ?? -1) ? (folded.has(index) ? "folded" : "open") : ""}
              hidden={hidden?.has(index) ?? false}
            />
          ))
        )}
      </ScrollRegion>
    </div>
  );
}

/** What the verifier writes before it explores the program. Folded away until the whole log is asked for. */
const PREAMBLE: ReadonlySet<number> = new Set([
  lineCodeOf.function,
  lineCodeOf["live-registers"],
  lineCodeOf["live-stack"],
]);

/** The line of the instruction itself. A visit may first write the state before it. */
function lineOfVisit(check: CheckView, { slot, logLine }: VisitView): number {
  for (let line = logLine; line >= 0 && line < check.logSlots.length && line < logLine + 8; line++)
    if (check.logSlots[line] === slot && check.logKinds[line] === lineCodeOf.insn) return line;
  return logLine;
}

/** Of a long log the page has only a part, so the rest is asked for. */
async function wholeLog(check: CheckView | null): Promise<string> {
  if (!check) return "";
  return check.logCut > 0 ? (await import("../../stores/check/log-pages.ts")).wholeText(check.revision) : check.log;
}

/** Lines under the first line of a folded section. undefined: nothing is folded. */
function hiddenLines(
  sections: readonly number[],
  folded: ReadonlySet<number>,
  count: number,
): ReadonlySet<number> | undefined {
  const hidden = new Set<number>();
  sections.forEach((first, i) => {
    if (folded.has(first)) for (let line = first + 1; line < (sections[i + 1] ?? count); line++) hidden.add(line);
  });
  return hidden.size > 0 ? hidden : undefined;
}

function useSlotsAtCursor(check: CheckView | null): ReadonlySet<number> {
  const line = useFocus((s) => s.line);
  return useMemo(() => new Set(slotsOnLine(check, line).map(({ slot }) => slot)), [check, line]);
}

/** Scrolls only the log, never the elements around it. */
function scrollIntoView(scroller: HTMLElement | null, index: number): void {
  const row = scroller?.querySelector<HTMLElement>(`[data-line="${index}"]`);
  if (!scroller || !row) return;
  const place = scroller.getBoundingClientRect();
  const { top, bottom } = row.getBoundingClientRect();
  const margin = Math.min(8, Math.max(0, (scroller.clientHeight - (bottom - top)) / 2));
  if (top < place.top) scroller.scrollTop += top - place.top - margin;
  else if (bottom > place.top + scroller.clientHeight)
    scroller.scrollTop += bottom - place.top - scroller.clientHeight + margin;
}

interface LineProps {
  readonly line: string;
  readonly index: number;
  readonly slot: number;
  /** The column where the state begins behind an instruction. 0: no state. */
  readonly stateAt: number;
  readonly isReason: boolean;
  /** The visit that all panes show wrote the line. */
  readonly isNow?: boolean;
  /** Hidden as part of the preamble, though it stays in the text. */
  readonly isAside?: boolean;
  readonly isCursor: boolean;
  readonly isHovered: boolean;
  /** Marked wherever it occurs in the line. */
  readonly query: string;
  /** The search shows this line. */
  readonly found: boolean;
  /** Whether a path begins here, and whether it is folded. */
  readonly fold: "" | "open" | "folded";
  readonly hidden: boolean;
}

/** One line. Drawn again only if something about it changed. */
export const LogLine = memo(function LogLine(props: LineProps) {
  const text = useText();
  const { line, index, slot, stateAt } = props;
  if (props.hidden) return null;
  const state = {
    "data-line": index,
    "data-reason": props.isReason || undefined,
    "data-now": props.isNow || undefined,
    ...(props.isAside && { "data-aside": true, inert: true }),
    "data-cursor": props.isCursor || undefined,
    "data-hovered": props.isHovered || undefined,
    "data-found": props.found || undefined,
  };
  const words = marked(line, stateAt, props.query);
  if (slot < 0)
    return (
      <div className="log__line" {...state}>
        {line === "" ? " " : words}
      </div>
    );
  const row = (
    <button
      type="button"
      className="log__line log__line--link"
      {...state}
      onClick={() => {
        revealSlot(slot, false);
        void import("../../stores/run/visits.ts").then(({ showLine }) => showLine(slot, index));
      }}
      onPointerEnter={() => hoverSlot(slot)}
      onPointerLeave={() => hoverSlot(-1)}
    >
      {words}
    </button>
  );
  if (props.fold === "") return row;
  const Icon = props.fold === "folded" ? ChevronRight : ChevronDown;
  return (
    <div className="log__section">
      <button
        type="button"
        className="log__fold"
        aria-expanded={props.fold === "open"}
        aria-label={text.verdict.foldPath(stateAt > 0 ? line.slice(0, stateAt - 1) : line)}
        onClick={() => toggleFold(index)}
      >
        <Icon size={14} aria-hidden="true" />
      </button>
      {row}
    </div>
  );
});

/** The instruction in ink, the state after it in grey: the two halves of a line at log level 2. Found text is marked. */
function marked(line: string, stateAt: number, query: string): ReactNode {
  if (stateAt === 0) return found(line, query);
  // The spaces between them belong to neither: they go where the state stands below the instruction.
  const state = line.slice(stateAt).trimStart();
  const at = line.length - state.length;
  return (
    <>
      {found(line.slice(0, at), query)}
      <span className="log__state">{found(state, query)}</span>
    </>
  );
}

function found(text: string, query: string): ReactNode {
  if (query === "") return text;
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  const parts: ReactNode[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)];
}
