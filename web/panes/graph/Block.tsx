// A basic block: its instructions, how often it was passed, and whether it is the head of a loop.
import { Repeat } from "lucide-react";
import type { KeyboardEvent, MouseEvent } from "react";
import { memo } from "react";
import type { FlowBlockView, FlowLoopView } from "../../../engine/index.ts";
import type { GraphTexts } from "../../i18n/graph.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { hoverSlot } from "../../stores/page/focus.ts";
import { compareRounds } from "../../stores/run/graph.ts";
import { showSlot } from "../../stores/run/visits.ts";

/** The path to the refusal, or to the shown visit. */
export type PathKind = "" | "visit" | "refused";

interface Props {
  readonly block: FlowBlockView;
  readonly textOf: ReadonlyMap<number, string>;
  readonly loop: FlowLoopView | undefined;
  readonly times: number;
  /** There are counts, so a block without one was never passed. */
  readonly counted: boolean;
  /** 0 … 1 */
  readonly heat: number;
  /** Marked slots in this block. -1: none. */
  readonly current: number;
  readonly cursor: number;
  readonly hovered: number;
  readonly refused: number;
  /** The highlighted path that contains the block. */
  readonly path: PathKind;
  /** The scale if text would be too small to read. 0: it is readable. */
  readonly far: number;
  readonly focusable: boolean;
  readonly text: GraphTexts;
  readonly onArrow: (event: KeyboardEvent, block: FlowBlockView) => void;
  readonly onFocus: (start: number) => void;
}

const slotUnder = (event: MouseEvent, otherwise: number): number => {
  const line = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-slot]") : null;
  return line ? Number(line.dataset.slot) : otherwise;
};

export const Block = memo(function Block(props: Props) {
  const { block, textOf, loop, times, counted, heat, current, cursor, hovered, refused, path, far, text } = props;
  const { start, last, x, y, w, h } = block;
  const marks = [
    current >= 0 ? text.current : "",
    refused >= 0 ? text.refused : "",
    counted ? (times > 0 ? text.times(times) : text.never) : "",
  ].filter((word) => word !== "");
  return (
    <div className="graph__place" style={{ left: x, top: y, width: w, height: h }}>
      <button
        type="button"
        className="block"
        data-start={start}
        data-current={current >= 0 || undefined}
        data-refused={refused >= 0 || undefined}
        data-path={path || undefined}
        data-never={(counted && times === 0) || undefined}
        tabIndex={props.focusable ? 0 : -1}
        aria-label={[text.block(start, last), ...marks].join(", ")}
        style={{ "--heat": `${Math.round(14 * heat)}%` } as React.CSSProperties}
        onClick={(event) => {
          const slot = slotUnder(event, start);
          revealSlot(slot, false);
          void showSlot(slot);
        }}
        onPointerMove={(event) => hoverSlot(slotUnder(event, -1))}
        onPointerLeave={() => hoverSlot(-1)}
        onKeyDown={(event) => props.onArrow(event, block)}
        onFocus={() => props.onFocus(start)}
      >
        <span className="block__head">
          <span className="block__slots">{start === last ? start : `${start}–${last}`}</span>
          {counted && (
            <span className="block__times" data-never={times === 0 || undefined}>
              {times > 0 ? text.times(times) : text.never}
            </span>
          )}
        </span>
        {far > 0 ? (
          <span className="block__far" style={{ fontSize: Math.min(h * 0.5, 13 / far) }}>
            {start}
          </span>
        ) : (
          block.lines.map((slot) =>
            slot < 0 ? (
              <span key="left" className="block__line block__line--left">
                {text.left(block.count - block.lines.length + 1)}
              </span>
            ) : (
              <span
                key={slot}
                className="block__line"
                data-slot={slot}
                data-current={slot === current || undefined}
                data-refused={slot === refused || undefined}
                data-cursor={slot === cursor || undefined}
                data-hovered={slot === hovered || undefined}
              >
                <span className="block__slot">{slot}</span>
                {textOf.get(slot)}
              </span>
            ),
          )
        )}
      </button>
      {loop && (
        <button
          type="button"
          className="block__loop"
          aria-label={`${text.rounds.title(loop.head)}: ${text.rounds.open(times)}`}
          title={text.rounds.title(loop.head)}
          onClick={() => compareRounds(loop)}
        >
          <Repeat size={12} aria-hidden="true" />
        </button>
      )}
    </div>
  );
});
