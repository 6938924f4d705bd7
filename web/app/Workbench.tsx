// Four panes in two columns, arranged for the current task. Each of them can be folded or given the whole space.
import { useEffect, useRef } from "react";
import {
  Group,
  type GroupImperativeHandle,
  Panel,
  type PanelImperativeHandle,
  Separator,
  type Layout as Sizes,
} from "react-resizable-panels";
import { useText } from "../i18n/index.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { showTab, useFocus } from "../stores/page/focus.ts";
import { fold, PANES, type Pane, useLayout } from "../stores/page/layout.ts";
import { Segments } from "../ui/Segments.tsx";
import { type Arrangement, mainPane, readSizes, saveSizes, useArrangement } from "./arrangements.ts";
import { useHasLesson } from "./Lesson.tsx";
import { type Hosts, Place, useHosts } from "./panes.tsx";
import { useMedia } from "./useMedia.ts";

/** Pixels of a folded pane: its title line, or for the verifier the verdict. */
const FOLDED: Readonly<Record<Pane, number>> = { editor: 42, verifier: 66, machine: 42, kernel: 42 };
const LEAST: Readonly<Record<Pane, number>> = { editor: 160, verifier: 130, machine: 190, kernel: 150 };

export function Workbench() {
  const text = useText();
  const [hosts, panes] = useHosts();
  const beside = useBeside();
  // Beside a lesson two panes are placed one above the other, so that the program keeps the width it needs.
  const lesson = useHasLesson();
  const upright = (useMedia("(max-width: 1024px) and (orientation: portrait)") || lesson) && beside !== null;
  const [name, { share, left, right }] = useArrangement(beside, lesson);
  const maximised = useLayout((s) => s.maximised);
  const sizes = useSizes(upright ? `${name}-upright` : name, "columns", { left: share, right: 100 - share });
  return (
    <div className="workbench" data-maximised={maximised ?? undefined}>
      <Group
        id="group-columns"
        className="workbench__columns"
        orientation={upright ? "vertical" : "horizontal"}
        inert={maximised !== null}
        {...sizes}
      >
        <Panel id="left" minSize={320}>
          <div className="workbench__left">
            <Column name={name} side="left" column={left} hosts={hosts} />
          </div>
        </Panel>
        <Separator
          className={`split split--${upright ? "rows" : "columns"}`}
          aria-label={upright ? text.resize.rows : text.resize.columns}
        />
        <Panel id="right" minSize={300}>
          <div className="workbench__right">
            {beside && name === "two" && <Beside chosen={beside} />}
            <Column name={name} side="right" column={right} hosts={hosts} />
          </div>
        </Panel>
      </Group>
      {maximised && (
        <div className="workbench__all">
          <Place key={maximised} host={hosts[maximised]} />
        </div>
      )}
      {panes}
    </div>
  );
}

/** The pane beside the program if there is room for two. null: there is room for all. */
function useBeside(): Exclude<Pane, "editor"> | null {
  const narrow = useMedia("(max-width: 1024px)");
  const tab = useFocus((s) => s.tab);
  const layout = useLayout((s) => s.layout);
  const last = useRef<Exclude<Pane, "editor"> | null>(null);
  if (tab !== "editor") last.current = tab;
  useEffect(() => {
    if (narrow) showTab(mainPane(layout));
  }, [layout, narrow]);
  return narrow ? (last.current ?? mainPane(layout)) : null;
}

const BESIDE = PANES.filter((pane) => pane !== "editor");

function Beside({ chosen }: { readonly chosen: Exclude<Pane, "editor"> }) {
  const text = useText();
  const verdict = useVerdict((s) => s.check?.verdict);
  const words = { ...text.panes, ...(verdict && { verifier: text.verdict[verdict] }) };
  return (
    <div className="workbench__beside" data-verdict-kind={verdict}>
      <Segments
        label={text.panes.beside}
        name="beside"
        choices={BESIDE}
        chosen={chosen}
        words={words}
        onChoose={showTab}
      />
    </div>
  );
}

interface ColumnProps {
  readonly name: string;
  readonly side: "left" | "right";
  readonly column: Arrangement["left"];
  readonly hosts: Hosts;
}

function Column({ name, side, column, hosts }: ColumnProps) {
  const text = useText();
  const [upper, lower] = Object.entries(column) as [pane: Pane, share: number][];
  const sizes = useSizes(name, side, { upper: upper?.[1] ?? 100, ...(lower && { lower: lower[1] }) });
  return (
    <Group
      // With another number of panes the group is made anew, because sizes for two do not fit one.
      key={lower ? 2 : 1}
      id={`group-${side}`}
      className="workbench__rows"
      orientation="vertical"
      {...sizes}
    >
      {upper && <Row id="upper" pane={upper[0]} host={hosts[upper[0]]} />}
      {lower && <Separator className="split split--rows" aria-label={text.resize.rows} />}
      {lower && <Row id="lower" pane={lower[0]} host={hosts[lower[0]]} />}
    </Group>
  );
}

function Row({ id, pane, host }: { readonly id: string; readonly pane: Pane; readonly host: HTMLElement }) {
  const panel = useRef<PanelImperativeHandle>(null);
  const folded = useLayout((s) => s.folded.includes(pane));
  const elsewhere = useLayout((s) => s.maximised === pane);
  const held = useRef<Pane | null>(null);
  useEffect(() => {
    host.toggleAttribute("data-folded", folded);
    if (held.current === pane) {
      if (folded) panel.current?.collapse();
      else panel.current?.expand();
      return;
    }
    // A pane that has just arrived takes its size from the arrangement, after the group has laid it out.
    held.current = pane;
    const frame = requestAnimationFrame(() => fold(pane, panel.current?.isCollapsed() ?? false));
    return () => cancelAnimationFrame(frame);
  }, [folded, host, pane]);
  return (
    <Panel
      id={id}
      panelRef={panel}
      collapsible
      collapsedSize={FOLDED[pane]}
      minSize={LEAST[pane]}
      onResize={(size) => fold(pane, size.inPixels <= FOLDED[pane] + 1)}
    >
      {!elsewhere && <Place key={pane} host={host} />}
    </Panel>
  );
}

/** The sizes of a group: those of the arrangement, or those that the reader has dragged. */
function useSizes(arrangement: string, group: string, given: Readonly<Record<string, number>>) {
  const handle = useRef<GroupImperativeHandle>(null);
  const wanted = { ...given, ...pick(readSizes(arrangement, group), Object.keys(given)) };
  const shown = useRef(arrangement);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes of an arrangement are taken when it comes
  useEffect(() => {
    if (shown.current === arrangement) return;
    shown.current = arrangement;
    handle.current?.setLayout(wanted);
  }, [arrangement]);
  return {
    groupRef: handle,
    defaultLayout: wanted,
    onLayoutChanged: (layout: Sizes, { isUserInteraction }: { readonly isUserInteraction: boolean }) => {
      if (isUserInteraction) saveSizes(arrangement, group, layout);
    },
  };
}

/** The sizes for all of `keys`, or {}: sizes only make sense together. */
const pick = (sizes: Readonly<Record<string, number>>, keys: readonly string[]): Readonly<Record<string, number>> =>
  keys.every((key) => key in sizes) ? sizes : {};
