// A list of values with one stop for the Tab key. The arrow keys go from value to value, W goes back to the value's last write, C on to
// where a register changes.
import { type KeyboardEvent, useState } from "react";
import { lastWrite, type Target, untilChange } from "../../stores/run/travel.ts";

/** `names`: in the order of drawing. */
export function useRovingFocus(names: readonly string[]) {
  const [chosen, setChosen] = useState("");
  const here = names.includes(chosen) ? chosen : names[0];
  return (name: string, target: Target) => ({
    tabIndex: name === here ? 0 : -1,
    "data-rove": name,
    onFocus: () => setChosen(name),
    onKeyDown: (event: KeyboardEvent<HTMLElement>): void => {
      const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === "w" && isPlain) void lastWrite(target);
      else if (event.key === "c" && isPlain && "reg" in target) void untilChange(target.reg);
      else if (by === 0) return;
      else {
        const next = names[names.indexOf(name) + by];
        const list = event.currentTarget.closest("table, section, .frames");
        if (next !== undefined) list?.querySelector<HTMLElement>(`[data-rove="${CSS.escape(next)}"]`)?.focus();
      }
      event.preventDefault();
    },
  });
}
