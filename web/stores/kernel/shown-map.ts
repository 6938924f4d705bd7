// Leads from a line of the program to its map: shows the view of the maps and goes to the map there.
import { create } from "zustand";
import type { CheckView } from "../../../engine/index.ts";
import { showView } from "../page/layout.ts";

/** The map to show, until its view has shown it. "": none. */
export const useShownMap = create<{ readonly name: string }>()(() => ({ name: "" }));

export function showMap(name: string): void {
  useShownMap.setState({ name });
  showView("machine", "maps");
}

/** Lines of the text that declare or load a map, with the map's name. */
export function mapLines(check: CheckView | null): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  check?.maps.forEach(({ name }, i) => {
    const { declared, uses = [] } = check.mapPlaces[i] ?? {};
    const loads = check.slots.flatMap(({ slot, span }) => (span && uses.includes(slot) ? [span.line] : []));
    for (const line of [...(declared ? [declared.line] : []), ...loads]) if (!lines.has(line)) lines.set(line, name);
  });
  return lines;
}
