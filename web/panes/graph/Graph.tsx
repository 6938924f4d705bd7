// The program as a graph of basic blocks, beside the text, with the path of the run or the verifier. The picture scrolls and zooms. Only
// its visible part is in the document, except for a list that says everything in words.
import { Maximize, Minus, Plus } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { CheckView, FlowBlockView, FlowView, TrafficView } from "../../../engine/index.ts";
import { type GraphTexts, useGraphTexts } from "../../i18n/graph.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { useFocus } from "../../stores/page/focus.ts";
import { slotsOnLine } from "../../stores/program/lines.ts";
import { useShownVisit } from "../../stores/run/beliefs.ts";
import { showWalker, useGraph, WALKERS, watchGraph } from "../../stores/run/graph.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { Block } from "./Block.tsx";
import { Edges } from "./Edges.tsx";
import { FAR, METRICS } from "./metrics.ts";
import { Rounds } from "./Rounds.tsx";
import { useZoom, type Zoom } from "./zoom.ts";
import "./graph.css";

/** Empty space around the picture. */
const MARGIN = 20;

export default function Graph() {
  const text = useGraphTexts();
  useEffect(() => watchGraph(METRICS), []);
  const flow = useGraph((s) => s.flow);
  const tooLarge = useGraph((s) => s.tooLarge);
  const traffic = useGraph((s) => s.traffic);
  const walker = useGraph((s) => s.walker);
  const loop = useGraph((s) => s.loop);
  const run = useMachine((s) => s.run);
  const check = useVerdict((s) => s.check);
  const scroller = useRef<HTMLElement>(null);
  const zoom = useZoom(scroller, flow, MARGIN);
  const blocks = flow?.functions.reduce((sum, one) => sum + one.blocks.length, 0) ?? 0;
  const loops = flow?.functions.reduce((sum, one) => sum + one.loops.length, 0) ?? 0;

  return (
    <div className="graph" data-testid="graph">
      <header className="graph__head">
        <h3 className="visually-hidden">{text.title}</h3>
        {run && (
          <Segments
            label={text.walkers}
            name="graph-walker"
            choices={WALKERS}
            chosen={walker}
            words={text.walker}
            onChoose={showWalker}
          />
        )}
        {flow && <span className="hint graph__size">{text.size(blocks, loops)}</span>}
        {traffic !== null && traffic.dropped > 0 && (
          <span className="hint graph__size">{text.dropped(traffic.dropped)}</span>
        )}
        <span className="spacer" />
        <ZoomButtons zoom={zoom} text={text} />
      </header>
      <ScrollRegion
        ref={scroller}
        className="graph__view"
        aria-label={`${text.title}. ${text.help}`}
        onKeyDown={(event) => onKeys(event, zoom)}
        {...zoom.dragging}
      >
        {flow ? (
          <Picture flow={flow} traffic={traffic} check={check} zoom={zoom} text={text} />
        ) : (
          <p className="hint graph__empty">{tooLarge ? text.tooLarge : text.empty}</p>
        )}
      </ScrollRegion>
      {flow && <Words flow={flow} traffic={traffic} text={text} />}
      {loop && <Rounds loop={loop} walker={run ? walker : "verifier"} text={text} />}
    </div>
  );
}

function ZoomButtons({ zoom, text }: { readonly zoom: Zoom; readonly text: GraphTexts }) {
  const buttons = [
    [text.zoomOut, Minus, () => zoom.by(1 / 1.25)],
    [text.fit, Maximize, zoom.fit],
    [text.zoomIn, Plus, () => zoom.by(1.25)],
  ] as const;
  return (
    <div className="graph__zoom">
      {buttons.map(([label, Icon, act]) => (
        <IconButton key={label} label={label} Icon={Icon} act={act} />
      ))}
    </div>
  );
}

function onKeys(event: KeyboardEvent, zoom: Zoom): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") zoom.by(1.25);
  else if (event.key === "-") zoom.by(1 / 1.25);
  else if (event.key === "0") zoom.fit();
  else return;
  event.preventDefault();
}

interface PictureProps {
  readonly flow: FlowView;
  readonly traffic: TrafficView | null;
  readonly check: CheckView | null;
  readonly zoom: Zoom;
  readonly text: GraphTexts;
}

function Picture({ flow, traffic, check, zoom, text }: PictureProps) {
  const { functions } = flow;
  const stepped = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const shown = useShownVisit();
  const refused = check?.verdict === "reject" ? check.messageSlot : -1;
  const isRun = useGraph((s) => s.walker === "run") && useMachine.getState().run !== null;
  // The verifier explores many paths. The one to the shown visit or to the refusal is highlighted.
  const path = isRun ? "" : shown ? "visit" : refused >= 0 ? "refused" : "";
  const current = isRun ? stepped : (shown?.slot ?? stepped);
  const cursor = useCursorSlot(check);
  const hovered = useFocus((s) => s.hoveredSlot);
  const textOf = useMemo(() => new Map(check?.slots.map(({ slot, text }) => [slot, text])), [check]);
  const blocks = useMemo(() => functions.flatMap((one) => one.blocks), [functions]);
  const loops = useMemo(
    () => new Map(functions.flatMap((one) => one.loops).map((one) => [one.head, one])),
    [functions],
  );
  const most = useMemo(() => Math.max(1, ...(traffic?.blocks.values() ?? [])), [traffic]);
  const holds = (block: FlowBlockView, slot: number): boolean => slot >= block.start && slot <= block.last + 1;
  const [stop, setStop] = useState(0);
  const active = blocks.some(({ start }) => start === stop) ? stop : (blocks[0]?.start ?? 0);
  const plane = useRef<HTMLDivElement>(null);

  // While stepping, the instruction about to run stays visible. Without a run: the refused one.
  const goal = current >= 0 ? current : refused;
  const at = blocks.find((block) => goal >= 0 && holds(block, goal));
  const { reveal } = zoom;
  useLayoutEffect(() => {
    if (at) reveal(at);
  }, [at, reveal]);

  const go = (start: number): void => {
    const block = blocks.find((one) => one.start === start);
    if (!block) return;
    setStop(start);
    reveal(block);
    requestAnimationFrame(() => plane.current?.querySelector<HTMLElement>(`[data-start="${start}"]`)?.focus());
  };
  const onArrow = (event: KeyboardEvent, block: FlowBlockView): void => {
    const next = neighbour(flow, block.start, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(next);
  };
  const inSight = blocks.filter((block) => zoom.sees(block));

  return (
    <div className="graph__room" style={{ width: zoom.width, height: zoom.height }}>
      <div
        ref={plane}
        className="graph__plane"
        data-far={zoom.scale < FAR || undefined}
        style={
          {
            width: flow.w,
            height: flow.h,
            transform: `translate(${zoom.left}px, ${zoom.top}px) scale(${zoom.scale})`,
            "--slot-chars": flow.slotChars,
          } as CSSProperties
        }
      >
        {functions.length > 1 &&
          functions.map(({ entry, x, y, w, h }) => (
            <div key={entry} className="graph__function" style={{ left: x, top: y, width: w, height: h }}>
              <span className="graph__name">{entry === 0 ? text.main : text.function(entry)}</span>
            </div>
          ))}
        <Edges flow={flow} traffic={traffic} zoom={zoom} text={text} path={path} />
        {inSight.map((block) => (
          <Block
            key={block.start}
            block={block}
            textOf={textOf}
            loop={loops.get(block.start)}
            times={traffic?.blocks.get(block.start) ?? 0}
            counted={traffic !== null && traffic.blocks.size > 0}
            heat={Math.log1p(traffic?.blocks.get(block.start) ?? 0) / Math.log1p(most)}
            current={holds(block, current) ? current : -1}
            cursor={holds(block, cursor) ? cursor : -1}
            hovered={holds(block, hovered) ? hovered : -1}
            refused={holds(block, refused) ? refused : -1}
            path={traffic?.pathBlocks.has(block.start) ? path : ""}
            far={zoom.scale < FAR ? zoom.scale : 0}
            focusable={block.start === active}
            text={text}
            onArrow={onArrow}
            onFocus={setStop}
          />
        ))}
      </div>
    </div>
  );
}

function useCursorSlot(check: CheckView | null): number {
  const line = useFocus((s) => s.line);
  return slotsOnLine(check, line)[0]?.slot ?? -1;
}

/**
 * Where a key leads: down along the first edge, right along the second (or the call), up to the block before, Home to the program's start.
 */
function neighbour({ functions, calls }: FlowView, start: number, key: string): number | undefined {
  const edges = functions.flatMap((one) => one.edges);
  const out = edges.filter(({ from }) => from === start).sort((a, b) => rank(a.kind) - rank(b.kind));
  switch (key) {
    case "ArrowDown":
      return out[0]?.to;
    case "ArrowRight":
      return out[1]?.to ?? calls.find(({ from }) => from === start)?.to;
    case "ArrowUp":
      return (edges.find(({ to, back }) => to === start && !back) ?? calls.find(({ to }) => to === start))?.from;
    case "Home":
      return 0;
    default:
      return undefined;
  }
}
const rank = (kind: string): number => (kind === "taken" ? 1 : 0);

/** The picture in words, for screen readers. */
function Words({
  flow,
  traffic,
  text,
}: {
  readonly flow: FlowView;
  readonly traffic: TrafficView | null;
  readonly text: GraphTexts;
}) {
  const rows = flow.functions.flatMap(({ entry, blocks, edges }) =>
    blocks.slice(0, 400).map(({ start, last }) => {
      const ways = edges
        .filter(({ from }) => from === start)
        .map(({ kind, to, back }) => text.leads(kind, to, back, traffic?.edges.get(`${start} ${to}`) ?? 0));
      const name = start === entry && entry > 0 ? `${text.function(entry)}. ` : "";
      return { start, words: `${name}${text.block(start, last)}: ${ways.join("; ") || text.ends}` };
    }),
  );
  return (
    <ul className="visually-hidden" aria-label={text.list}>
      {rows.map(({ start, words }) => (
        <li key={start}>{words}</li>
      ))}
    </ul>
  );
}
