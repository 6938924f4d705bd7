// From a line of the program to the map that it speaks of: the view of the maps comes into sight and goes there.
import { create } from "zustand";
import type { CheckView } from "../../../engine/index.ts";
import { showView } from "../page/layout.ts";

/** The map that was asked for, until its view has gone there; "": none. */
export const useShownMap = create<{ readonly name: string }>()(() => ({ name: "" }));

export function showMap(name: string): void {
  useShownMap.setState({ name });
  showView("machine", "maps");
}

/** Lines of the text that declare or load a map, with its name. */
export function mapLines(check: CheckView | null): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  check?.maps.forEach(({ name }, i) => {
    const { declared, uses = [] } = check.mapPlaces[i] ?? {};
    const loads = check.slots.flatMap(({ slot, span }) => (span && uses.includes(slot) ? [span.line] : []));
    for (const line of [...(declared ? [declared.line] : []), ...loads]) if (!lines.has(line)) lines.set(line, name);
  });
  return lines;
}
