// A long log: only the visible lines are in the document. If the page has only a part of the log, the rest is asked for when it comes into
// view. Loaded when the first long log appears.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useMemo } from "react";
import { beginsPath, type CheckView } from "../../../engine/index.ts";
import { useLog } from "../../stores/check/log.ts";
import { PAGE, useLogPages, wantLines, wholeNumber } from "../../stores/check/log-pages.ts";
import { useFocus } from "../../stores/page/focus.ts";
import { LogLine } from "./Log.tsx";

interface Props {
  readonly check: CheckView;
  /** The part of the log that the page has. */
  readonly lines: readonly string[];
  readonly hidden: ReadonlySet<number> | undefined;
  /** The line to scroll to. -1: none. */
  readonly target: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly cursor: ReadonlySet<number>;
}

export default function LongLog({ check, lines, hidden, target, scroller, cursor }: Props) {
  const hovered = useFocus((s) => s.hoveredSlot);
  const { query, folded, lineRequest, foundLine } = useLog();
  const pages = useLogPages((s) => s.pages);
  const cut = check.logCut;
  const total = cut > 0 ? lines.length + cut - 1 : lines.length;
  const visible = useMemo(
    () => (hidden ? lines.flatMap((_, i) => (hidden.has(i) ? [] : [i])) : undefined),
    [lines, hidden],
  );
  const count = visible?.length ?? total;
  const rowOf = (line: number): number => (visible ? visible.findLastIndex((one) => one <= line) : line);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 24,
    overscan: 20,
  });
  const goal = target < 0 ? -1 : wholeNumber(check, target);
  // biome-ignore lint/correctness/useExhaustiveDependencies: folding moves no line into sight
  useEffect(() => {
    if (goal >= 0) virtualizer.scrollToIndex(rowOf(goal), { align: "center" });
  }, [goal, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each request
  useEffect(() => {
    if (lineRequest.nonce > 0) virtualizer.scrollToIndex(rowOf(lineRequest.line), { align: "center" });
  }, [lineRequest, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (cut > 0) wantLines(check, first, last);
  }, [check, cut, first, last]);

  const held = (line: number) => ({
    line: lines[line] ?? "",
    slot: check.logSlots[line] ?? -1,
    stateAt: check.logStates[line] ?? 0,
  });
  const at = (row: number): { line: string; slot: number; stateAt: number; index: number } => {
    const index = visible?.[row] ?? row;
    if (cut === 0 || index < check.logHead) return { ...held(index), index };
    const behind = index - cut + 1;
    if (behind > check.logHead) return { ...held(behind), index };
    const page = pages.get(Math.floor(index / PAGE));
    const line = index % PAGE;
    return { line: page?.lines[line] ?? "…", slot: page?.slots[line] ?? -1, stateAt: page?.states[line] ?? 0, index };
  };
  const reason = check.messageLine < 0 ? -1 : wholeNumber(check, check.messageLine);

  return (
    <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
      {items.map((item) => {
        const { line, slot, stateAt, index } = at(item.index);
        const isPath = cut === 0 && beginsPath(check.logKinds[index] ?? -1);
        return (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtualizer.measureElement}
            style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${item.start}px)` }}
          >
            <LogLine
              line={line}
              index={index}
              slot={slot}
              stateAt={stateAt}
              isReason={index === reason}
              isNow={index === goal && goal !== reason}
              isCursor={cursor.has(slot)}
              isHovered={hovered >= 0 && slot === hovered}
              query={query ?? ""}
              found={index === foundLine}
              fold={isPath ? (folded.has(index) ? "folded" : "open") : ""}
              hidden={false}
            />
          </div>
        );
      })}
    </div>
  );
}
