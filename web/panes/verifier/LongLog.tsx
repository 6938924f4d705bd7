// Only the lines of a long log that are in sight. Loaded when the first long log appears.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect } from "react";

interface Props {
  readonly count: number;
  /** Line to bring into sight, -1: none. */
  readonly target: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly row: (index: number) => ReactNode;
}

export default function LongLog({ count, target, scroller, row }: Props) {
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
  });
  useEffect(() => {
    if (target >= 0) virtualizer.scrollToIndex(target, { align: "center" });
  }, [target, virtualizer]);
  return (
    <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          data-index={item.index}
          ref={virtualizer.measureElement}
          style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${item.start}px)` }}
        >
          {row(item.index)}
        </div>
      ))}
    </div>
  );
}
