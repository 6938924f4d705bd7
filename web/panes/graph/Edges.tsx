// The edges between blocks. Solid and heavier: passed. Thin: not passed. Dashed: leads back. The words of a branch are at its start. Calls
// are dotted.
import type { FlowEdgeView, FlowView, TrafficView } from "../../../engine/index.ts";
import type { GraphTexts } from "../../i18n/graph.ts";
import type { PathKind } from "./Block.tsx";
import { FAR, METRICS } from "./metrics.ts";
import type { Zoom } from "./zoom.ts";

interface Props {
  readonly flow: FlowView;
  readonly traffic: TrafficView | null;
  readonly zoom: Zoom;
  readonly text: GraphTexts;
  /** The highlighted path. */
  readonly path: PathKind;
}

const ROUND = 7;

/** A line through the corners, each of them rounded. */
function pathOf(points: FlowEdgeView["points"]): string {
  return points
    .map(([x, y], i) => {
      const before = points[i - 1];
      const after = points[i + 1];
      if (!before) return `M${x} ${y}`;
      if (!after) return `L${x} ${y - 5}`;
      const radius = Math.min(ROUND, length(before, [x, y]) / 2, length([x, y], after) / 2);
      const [ax, ay] = towards([x, y], before, radius);
      const [bx, by] = towards([x, y], after, radius);
      return `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`;
    })
    .join("");
}

type Point = readonly [number, number];
const length = ([ax, ay]: Point, [bx, by]: Point): number => Math.abs(ax - bx) + Math.abs(ay - by);
const towards = ([x, y]: Point, [tx, ty]: Point, by: number): Point => [
  x + Math.sign(tx - x) * by,
  y + Math.sign(ty - y) * by,
];

const boxOf = (points: FlowEdgeView["points"]) => {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
};

export function Edges({ flow, traffic, zoom, text, path: kind }: Props) {
  const edges = flow.functions.flatMap((one) => one.edges).filter(({ points }) => zoom.sees(boxOf(points)));
  const timesOf = (from: number, to: number): number => traffic?.edges.get(`${from} ${to}`) ?? 0;
  const onPath = (from: number, to: number): boolean =>
    kind !== "" && (traffic?.pathEdges.has(`${from} ${to}`) ?? false);
  const ordered = edges
    .map((edge) => ({ edge, times: timesOf(edge.from, edge.to), path: onPath(edge.from, edge.to) }))
    .sort((a, b) => Number(a.path) - Number(b.path) || a.times - b.times);
  const most = Math.max(1, ...(traffic?.edges.values() ?? []));
  const boxes = new Map(flow.functions.flatMap((one) => one.blocks).map((block) => [block.start, block]));
  const frames = new Map(flow.functions.map((one) => [one.entry, one]));
  return (
    <svg className="edges" width={flow.w} height={flow.h} aria-hidden="true">
      {flow.calls.map(({ slot, from, to }) => {
        const block = boxes.get(from);
        const frame = frames.get(to);
        if (!block || !frame) return null;
        const line = Math.max(0, block.lines.indexOf(slot));
        const [x1, y1] = [block.x + block.w, block.y + METRICS.head + METRICS.lineHeight * (line + 0.5)];
        const [x2, y2] = [frame.x, frame.y + 15];
        const bend = Math.max(30, Math.abs(x2 - x1) / 2);
        return (
          <g key={slot} className="edge" data-walked={timesOf(from, to) > 0 || undefined}>
            <path className="edge__call" d={`M${x1 + 3} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 8} ${y2}`} />
            <path className="edge__tip" d={`M${x2} ${y2}l-8 -4.5v9z`} />
          </g>
        );
      })}
      {ordered.map(({ edge, times, path }) => {
        const [x, y] = edge.points.at(-1) as Point;
        return (
          <g
            key={`${edge.from} ${edge.to} ${edge.kind}`}
            className="edge"
            data-walked={times > 0 || undefined}
            data-back={edge.back || undefined}
            data-path={path ? kind : undefined}
            data-aside={(kind !== "" && !path) || undefined}
            style={{ strokeWidth: times > 0 ? 1.5 + (1.5 * Math.log1p(times)) / Math.log1p(most) : 1.25 }}
          >
            <path d={pathOf(edge.points)} />
            <path className="edge__tip" d={`M${x} ${y}l-4.5 -8h9z`} />
          </g>
        );
      })}
      {zoom.scale >= FAR &&
        edges.map((edge) => {
          const word = text.kind[edge.kind];
          if (word === "") return null;
          const [x, y] = edge.points[0] as Point;
          const block = boxes.get(edge.from);
          // Beside its line, on the side away from the other edge.
          const other = edges.find((one) => one.from === edge.from && one !== edge)?.points[0]?.[0];
          const isLeft = other !== undefined ? x < other : block !== undefined && x < block.x + block.w / 2 - 1;
          return (
            <text
              key={`${edge.from} ${edge.to} ${edge.kind}`}
              className="edge__word"
              data-walked={timesOf(edge.from, edge.to) > 0 || undefined}
              x={isLeft ? x - 5 : x + 5}
              y={y + 11}
              textAnchor={isLeft ? "end" : "start"}
            >
              {word}
            </text>
          );
        })}
    </svg>
  );
}
