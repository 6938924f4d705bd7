// Beside each line: slot, bytes and the kernel's disassembly of what it made. Follows the editor's scrolling.

import type { SlotView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { point, revealSlot, useFocus } from "../../stores/focus.ts";
import { useMachine } from "../../stores/machine.ts";
import { useVerdict } from "../../stores/verdict.ts";
import { groupBytes } from "./bytes.ts";

/** `aligned`: rows stand at their source lines; otherwise one below the other (phone). */
export function Listing({ aligned }: { readonly aligned: boolean }) {
  const text = useText();
  const check = useVerdict((s) => s.check);
  const { scrollTop, lineHeight, paddingTop } = useFocus((s) => s.geometry);
  const current = useMachine((s) => (s.run ? (s.view?.slot ?? -1) : -1));
  const hovered = useFocus((s) => s.hovered);
  const refused = check?.verdict === "reject" ? check.messageSlot : -1;
  const rows = byLine(check?.slots ?? []);
  const broken = new Set(check?.diagnostics.filter((d) => d.severity === "error").map((d) => d.span.line));
  const height = window.innerHeight * 1.5;
  return (
    <div className="listing" data-aligned={aligned}>
      <ol
        className="listing__rows"
        aria-label={text.editor.listing}
        style={aligned ? { transform: `translateY(${paddingTop - scrollTop}px)` } : undefined}
      >
        {rows.map(({ line, slots }) => {
          const top = (line - 1) * lineHeight;
          if (aligned && (top < scrollTop - 200 || top > scrollTop + height)) return null;
          const first = slots[0] as SlotView;
          const has = (slot: number): boolean => slots.some((s) => s.slot === slot);
          return (
            <li
              key={first.slot}
              className="listing__row"
              style={aligned ? { top, height: lineHeight } : undefined}
              data-current={has(current) || undefined}
              data-refused={has(refused) || undefined}
              data-hovered={has(hovered) || undefined}
              onPointerEnter={() => point(first.slot)}
              onPointerLeave={() => point(-1)}
            >
              <button type="button" className="listing__slot" onClick={() => revealSlot(first.slot)}>
                <span className="visually-hidden">{text.editor.slot} </span>
                {first.slot}
              </button>
              {broken.has(line) ? (
                <span className="listing__none">{text.editor.noBytes}</span>
              ) : (
                <>
                  <code
                    className="listing__bytes"
                    title={first.slots === 2 ? `${first.hex} (${text.editor.wide})` : first.hex}
                  >
                    {groupBytes(first.hex)}
                  </code>
                  <code className="listing__text" title={slots.map((s) => `${s.slot}: ${s.text}`).join("\n")}>
                    {first.text}
                    {slots.length > 1 && (
                      <span className="listing__more"> {text.editor.moreOnLine(slots.length - 1)}</span>
                    )}
                  </code>
                </>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function byLine(slots: readonly SlotView[]): { readonly line: number; readonly slots: SlotView[] }[] {
  const rows: { line: number; slots: SlotView[] }[] = [];
  for (const slot of slots) {
    const line = slot.span?.line ?? (rows.at(-1)?.line ?? 0) + 1;
    const last = rows.at(-1);
    if (last && last.line === line) last.slots.push(slot);
    else rows.push({ line, slots: [slot] });
  }
  return rows;
}
