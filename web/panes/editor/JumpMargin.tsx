// Jumps drawn beside the text, from the line of the jump to its target. Jumps that the shown run has taken are strong. Calls, and functions
// whose address is taken, are dashed. Only for sight: the hints in the text say the same.
import { useEffect, useMemo } from "react";
import { useEditorView } from "../../stores/page/editor-view.ts";
import { type EditorGeometry, useFocus } from "../../stores/page/focus.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { followTaken, useTakenJumps } from "../../stores/run/taken-jumps.ts";
import { useLateCheck } from "../../ui/useLateCheck.ts";
import { HEAD, type Jump, jumpsOf, marginWidth, STEP } from "./jumps.ts";

/** Jumps further than this (pixels) from the visible part are not drawn. */
const NEAR = 600;

interface Props {
  /** Pixels from the left of the parent element. */
  readonly left?: number;
  /** Positions of the lines that it scrolls with. Absent: those of the editor under it. */
  readonly geometry?: EditorGeometry;
}

export default function JumpMargin({ left, geometry }: Props) {
  const check = useLateCheck();
  const shown = useEditorView((s) => s.arrows);
  const over = useFocus((s) => s.geometry);
  const { scrollTop, lineHeight, topOf } = geometry ?? over;
  const line = useFocus((s) => s.line);
  const hovered = useFocus((s) => s.hoveredSlot);
  const current = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const taken = useTakenJumps((s) => s.edges);
  useEffect(followTaken, []);
  const { list, lanes } = jumpsOf(check);
  const width = marginWidth(lanes);
  const part = Math.floor(scrollTop / NEAR) * NEAR;
  const near = useMemo(() => {
    const from = part - NEAR;
    const to = part + window.innerHeight + 2 * NEAR;
    return list
      .map((jump) => ({ jump, y1: topOf(jump.fromLine), y2: topOf(jump.toLine) }))
      .filter(
        ({ jump, y1, y2 }) =>
          (y1 !== y2 || jump.fromLine === jump.toLine) && Math.max(y1, y2) > from && Math.min(y1, y2) < to,
      );
  }, [list, part, topOf]);
  if (!shown || lanes === 0) return null;
  // Where two jumps run together, the taken one is drawn on top.
  const rank = (jump: Jump): number => (taken.has(edgeKey(jump)) ? 1 : 0);
  return (
    <svg className="jumps" width={width} height="100%" style={{ left }} aria-hidden="true">
      <g transform={geometry ? undefined : `translate(0 ${-scrollTop})`}>
        {near
          .toSorted((a, b) => rank(a.jump) - rank(b.jump))
          .map(({ jump, y1, y2 }) => (
            <g
              key={`${jump.from} ${jump.to}`}
              className="jumps__one"
              data-kind={jump.kind}
              data-taken={taken.has(edgeKey(jump)) || undefined}
              data-near={
                jump.fromLine === line ||
                jump.toLine === line ||
                jump.from === hovered ||
                jump.to === hovered ||
                undefined
              }
              data-current={jump.from === current || undefined}
            >
              <path d={path(jump, y1, y2, width, lineHeight)} />
              <path className="jumps__head" d={head(y2, width, lineHeight)} />
            </g>
          ))}
      </g>
    </svg>
  );
}

const edgeKey = ({ from, to }: Jump): string => `${from} ${to}`;

/**
 * A jump leaves below the middle of its line and arrives above the middle of the other, so that a line with both keeps them apart. Parts of
 * the line's height.
 */
const LEAVES = 0.64;
const ARRIVES = 0.4;

function path({ lane }: Jump, y1: number, y2: number, width: number, lineHeight: number): string {
  const x = width - HEAD - STEP * lane - 4.5;
  const from = Math.round(y1 + lineHeight * LEAVES) + 0.5;
  const to = Math.round(y2 + lineHeight * ARRIVES) + 0.5;
  const bend = from < to ? 3 : -3;
  return `M${width - 1} ${from}H${x + 3}Q${x} ${from} ${x} ${from + bend}V${to - bend}Q${x} ${to} ${x + 3} ${to}H${width - HEAD}`;
}

function head(y2: number, width: number, lineHeight: number): string {
  const y = Math.round(y2 + lineHeight * ARRIVES) + 0.5;
  return `M${width - 0.5} ${y}l-${HEAD} -3.5v7z`;
}
