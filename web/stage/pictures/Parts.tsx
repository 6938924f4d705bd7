// The parts of the extended kernel, and the path of the last call through them. The parts on the way light up one after another.
// A part that no step of the recipe has made yet is a gap.

import { callPathOf, PARTS, type Part, STEP_OF } from "../../panes/kernel/parts-of-call.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";
import type { World } from "../world.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}
/** Start and width of each column, as fractions of the drawing's width. The second has long names, the last the longest. */
const COLUMNS = [
  [0, 0.2],
  [0.215, 0.33],
  [0.56, 0.44],
] as const;
/** First column, number of columns, and row of each part. */
const PLACES: Readonly<Record<Part, readonly [column: number, columns: number, row: number]>> = {
  user: [0, 3, 0],
  syscall: [0, 1, 1],
  sysfs: [2, 1, 1],
  verifier: [0, 1, 2],
  attach: [1, 1, 2],
  module: [2, 1, 2],
  program: [0, 2, 3],
};
/** Pairs of parts that a line connects. */
const LINES: readonly (readonly [Part, Part])[] = [
  ["user", "syscall"],
  ["user", "sysfs"],
  ["syscall", "verifier"],
  ["syscall", "attach"],
  ["sysfs", "module"],
  ["module", "attach"],
  ["verifier", "program"],
  ["attach", "program"],
];
/** Parts whose names are code, and are drawn in the font of code. */
const NAMED_IN_CODE: ReadonlySet<Part> = new Set(["syscall", "attach", "sysfs", "module"]);

export function PartsPicture({ frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { world, shown } = frame;
  const { width, height } = area;
  // If there is little room, the boxes stand closer together.
  const boxHeight = Math.min(0.135 * stageHeight, height / (height < 0.4 * stageHeight ? 4.5 : 5.2));
  const gap = (height - 4 * boxHeight - 4) / 3;
  const boxOf = (part: Part): Box => {
    const [column, columns, row] = PLACES[part];
    const [from] = COLUMNS[column] as readonly [number, number];
    const [start, wide] = COLUMNS[column + columns - 1] as readonly [number, number];
    return { x: from * width + 2, y: row * (boxHeight + gap) + 2, w: (start + wide - from) * width - 4 };
  };
  const path = lastCallPath(world);
  const positionOf = (part: Part): number => path?.parts.indexOf(part) ?? -1;
  const refused = path && path.errnoName !== "" ? path.parts.at(-1) : undefined;
  const visible = (part: Part): boolean => shown.parts === null || shown.parts.includes(part);
  const missing = (part: Part): boolean => {
    const step = STEP_OF[part];
    return step !== undefined && !world.recipe[step - 1];
  };
  // Names are as large as the last column allows: its longest name has fifteen letters of code.
  const size = Math.max(0.036, Math.min(0.05, (width * COLUMNS[2][1]) / stageHeight / 9)) * stageHeight;
  const twoLines = boxHeight > 0.085 * stageHeight;
  const border = boxHeight + gap / 2 + 2;
  return (
    <svg className="stage-parts" width={width} height={height} fontSize={size} role="img" aria-label={text.map}>
      {visible("user") && <path className="stage-parts__border" d={`M0 ${border}H${width}`} />}
      {LINES.map(([from, to]) => (
        <path
          key={from + to}
          className="stage-parts__line"
          data-shown={(visible(from) && visible(to)) || undefined}
          data-lit={(positionOf(from) >= 0 && positionOf(to) === positionOf(from) + 1) || undefined}
          style={{ transitionDelay: `calc(${Math.max(0, positionOf(to))} * var(--stage-move) / 2)` }}
          d={lineOf(boxOf(from), boxOf(to), boxHeight)}
        />
      ))}
      {PARTS.map((part) => {
        const { x, y, w } = boxOf(part);
        const n = positionOf(part);
        const detail = part === refused ? `✕ ${path?.errnoName}` : detailOf(part, world, missing(part), text);
        return (
          <g
            key={part}
            className="stage-parts__part"
            data-part={part}
            data-shown={visible(part) || undefined}
            data-lit={n >= 0 || undefined}
            data-refused={part === refused || undefined}
            data-gap={missing(part) || undefined}
            style={{ transitionDelay: `calc(${Math.max(0, n)} * var(--stage-move) / 2)` }}
          >
            <rect x={x} y={y} width={w} height={boxHeight} rx={0.012 * stageHeight} />
            <text
              className={NAMED_IN_CODE.has(part) ? "stage-parts__name stage-parts__name--code" : "stage-parts__name"}
              x={x + w / 2}
              y={y + boxHeight * (twoLines && detail !== "" ? 0.34 : 0.52)}
              dominantBaseline="central"
              textAnchor="middle"
            >
              {text.parts[part]}
            </text>
            {(twoLines || part === refused) && detail !== "" && (
              <text
                className="stage-parts__detail"
                x={x + w / 2}
                y={y + boxHeight * (twoLines ? 0.84 : 0.95)}
                textAnchor="middle"
              >
                {detail}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** SVG path of the line between two boxes. It starts at the side of `from` that faces `to`. */
function lineOf(from: Box, to: Box, boxHeight: number): string {
  const level = Math.abs(from.y - to.y) < 1;
  if (level) {
    const [left, right] = from.x < to.x ? [from, to] : [to, from];
    return `M${left.x + left.w} ${from.y + boxHeight / 2}H${right.x}`;
  }
  const x = Math.max(from.x, to.x) + Math.min(from.w, to.w) / 2;
  if (x > from.x + from.w) return `M${from.x + from.w} ${from.y + boxHeight / 2}H${x}V${to.y}`;
  return `M${x} ${from.y + boxHeight}V${to.y}`;
}

function lastCallPath({ lastResult, recipe, kernel }: World) {
  if (!lastResult) return undefined;
  return callPathOf(lastResult.calls, { steps: recipe, files: [kernel.own.path] });
}

function detailOf(part: Part, world: World, gap: boolean, text: ReturnType<typeof useStageText>): string {
  const step = STEP_OF[part];
  if (gap && step !== undefined) return text.gap(step);
  const { kernel, fd } = world;
  const attached = kernel.attachments.some(({ progId }) => progId !== 0);
  if (part === "attach") return attached ? `→ ${text.parts.program}` : "NULL";
  if (part === "program") return kernel.progs.length > 0 && fd >= 0 ? `fd ${fd}` : text.nothing;
  return "";
}
