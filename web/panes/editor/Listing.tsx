// Beside each line: its slot, and the bytes and the kernel's disassembly of its instruction, or the same in plain words. Follows the
// editor's scrolling and folding.
import { memo, useEffect } from "react";
import type { CheckView, SlotView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { followWords, usePlainWords } from "../../stores/check/plain-words.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { hoverSlot, useFocus } from "../../stores/page/focus.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { useLateCheck } from "../../ui/useLateCheck.ts";
import { groupBytes } from "./bytes.ts";

interface Props {
  /** Each row is beside its source line. Otherwise the rows form a list (phone). */
  readonly aligned: boolean;
  readonly view: "bytes" | "words";
}

export function Listing({ aligned, view }: Props) {
  const text = useText();
  const check = useLateCheck();
  const { scrollTop, lineHeight, topOf } = useFocus((s) => s.geometry);
  const current = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const hovered = useFocus((s) => s.hoveredSlot);
  const cursor = useFocus((s) => s.line);
  useEffect(() => (view === "words" ? followWords() : undefined), [view]);
  const refused = check?.verdict === "reject" ? check.messageSlot : -1;
  const rows = byLine(check);
  const broken = new Set(
    check?.diagnostics
      .filter(({ severity, code }) => severity === "error" && code !== "kernel-notation")
      .map(({ span }) => span.line),
  );
  const height = window.innerHeight;
  let above = -1;
  return (
    <div className="listing" data-aligned={aligned} data-view={view}>
      <ol
        className="listing__rows"
        aria-label={text.editor.listing}
        style={aligned ? { transform: `translateY(${-scrollTop}px)` } : undefined}
      >
        {rows.map(({ line, slots, map }) => {
          const top = aligned ? topOf(line) : 0;
          const folded = aligned && top === above;
          above = top;
          if (folded || (aligned && (top < scrollTop - 200 || top > scrollTop + height))) return null;
          const has = (slot: number): boolean => slots.some((s) => s.slot === slot);
          return (
            <Row
              key={slots[0]?.slot ?? `map ${map}`}
              slots={slots}
              map={map}
              view={broken.has(line) ? "none" : view}
              top={aligned ? top : -1}
              height={lineHeight}
              current={has(current)}
              refused={has(refused)}
              hovered={has(hovered)}
              cursor={line === cursor}
            />
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps {
  /** []: the line only declares a map. */
  readonly slots: readonly SlotView[];
  /** The map that the line declares or loads. "": none. */
  readonly map: string;
  readonly view: Props["view"] | "none";
  /** Pixels. -1: the list sets the place. */
  readonly top: number;
  readonly height: number;
  readonly current: boolean;
  readonly refused: boolean;
  readonly hovered: boolean;
  readonly cursor: boolean;
}

/** Drawn again only if what it shows has changed: after a key press, that is one row of all. */
const Row = memo(function Row({ slots, map, view, top, height, current, refused, hovered, cursor }: RowProps) {
  const text = useText();
  const first = slots[0];
  return (
    <li
      className="listing__row"
      style={top >= 0 ? { top, minHeight: height } : undefined}
      data-current={current || undefined}
      data-refused={refused || undefined}
      data-hovered={hovered || undefined}
      data-cursor={cursor || undefined}
      onPointerEnter={() => hoverSlot(first?.slot ?? -1)}
      onPointerLeave={() => hoverSlot(-1)}
    >
      {first ? (
        <button type="button" className="listing__slot" onClick={() => goTo(first.slot)}>
          <span className="visually-hidden">{text.editor.slot} </span>
          {first.slot}
        </button>
      ) : (
        <span />
      )}
      {!first ? null : view === "none" ? (
        <span className="listing__none">{text.editor.noBytes}</span>
      ) : view === "words" ? (
        <RowWords slots={slots} />
      ) : (
        <RowBytes slots={slots} />
      )}
      {map !== "" && (
        <button
          type="button"
          className="listing__map"
          title={text.editor.showMap(map)}
          onClick={() => void import("../../stores/kernel/shown-map.ts").then(({ showMap }) => showMap(map))}
        >
          {map}
        </button>
      )}
    </li>
  );
}, sameRow);

/** Moves the text and the moment to the instruction. */
function goTo(slot: number): void {
  revealSlot(slot);
  void import("../../stores/run/visits.ts").then(({ showSlot }) => showSlot(slot));
}

function sameRow({ slots, ...before }: RowProps, { slots: others, ...now }: RowProps): boolean {
  return (
    slots.length === others.length &&
    slots.every((slot, i) => slot.slot === others[i]?.slot && slot.hex === others[i]?.hex) &&
    (Object.keys(before) as (keyof typeof before)[]).every((key) => before[key] === now[key])
  );
}

/** How many more instructions the line has. */
function More({ slots }: { readonly slots: readonly SlotView[] }) {
  const text = useText();
  return slots.length > 1 ? <span className="listing__more"> {text.editor.moreOnLine(slots.length - 1)}</span> : null;
}

function RowBytes({ slots }: { readonly slots: readonly SlotView[] }) {
  const text = useText();
  const first = slots[0] as SlotView;
  return (
    <>
      <code className="listing__bytes" title={first.slots === 2 ? `${first.hex} (${text.editor.wide})` : first.hex}>
        {groupBytes(first.hex)}
      </code>
      <code className="listing__text" title={slots.map((s) => `${s.slot}: ${s.text}`).join("\n")}>
        {first.text}
        <More slots={slots} />
      </code>
    </>
  );
}

/** One line high, but shown in full where the pointer, the cursor or the run is. */
function RowWords({ slots }: { readonly slots: readonly SlotView[] }) {
  const language = useSettings((s) => s.language);
  const bySlot = usePlainWords((s) => s.bySlot);
  const first = slots[0] as SlotView;
  return (
    <span className="listing__words">
      {bySlot.get(first.slot)?.[language] ?? ""}
      <More slots={slots} />
    </span>
  );
}

interface Line {
  readonly line: number;
  readonly slots: SlotView[];
  map: string;
}

/** Lines with instructions, and lines that declare a map, in order. */
function byLine(check: CheckView | null): readonly Line[] {
  if (!check) return [];
  const rows: Line[] = [];
  const mapOf = new Map(
    check.mapPlaces.flatMap(({ uses }, i) => uses.map((slot) => [slot, check.maps[i]?.name ?? ""])),
  );
  for (const slot of check.slots) {
    const line = slot.span?.line ?? (rows.at(-1)?.line ?? 0) + 1;
    const last = rows.at(-1);
    const map = mapOf.get(slot.slot) ?? "";
    if (last && last.line === line) {
      last.slots.push(slot);
      last.map ||= map;
    } else rows.push({ line, slots: [slot], map });
  }
  check.mapPlaces.forEach(({ declared }, i) => {
    const known = rows.find(({ line }) => line === declared?.line);
    const map = check.maps[i]?.name ?? "";
    if (known) known.map ||= map;
    else if (declared) rows.push({ line: declared.line, slots: [], map });
  });
  return rows.sort((a, b) => a.line - b.line);
}
