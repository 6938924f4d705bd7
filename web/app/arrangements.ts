// Where the panes are in each layout, and how much room each has. The program never moves, because everything is about it.

import { keep, readKept } from "../stores/page/device.ts";
import { isExtending, type Layout, type Pane, useLayout } from "../stores/page/layout.ts";
import { useMedia } from "./useMedia.ts";

/** One or two panes from top to bottom, with their share of the height in percent. 0: folded to its title line. */
type Column = Readonly<Partial<Record<Pane, number>>>;

export interface Arrangement {
  /** Share of the left column in percent of the width (on a tablet held upright: of the height). */
  readonly share: number;
  readonly left: Column;
  readonly right: Column;
}

/** Each layout has each pane (arrangements.test.ts). */
export const ARRANGEMENTS: Readonly<Record<Layout, Arrangement>> = {
  write: { share: 59, left: { editor: 56, verifier: 44 }, right: { machine: 57, kernel: 43 } },
  step: { share: 46, left: { editor: 68, verifier: 32 }, right: { machine: 100, kernel: 0 } },
  verify: { share: 47, left: { editor: 50, machine: 50 }, right: { verifier: 100, kernel: 0 } },
  teach: { share: 54, left: { editor: 100, verifier: 0 }, right: { machine: 62, kernel: 38 } },
};

/** In a low window the verifier needs more of the height to show the reason and what helps. */
const LOW: Readonly<Partial<Record<Layout, Arrangement>>> = {
  write: { ...ARRANGEMENTS.write, left: { editor: 48, verifier: 52 } },
};

/** If the kernel is extended beside a lesson, Load and the steps are in sight together. */
const EXTENDING: Arrangement = { ...ARRANGEMENTS.write, right: { machine: 36, kernel: 64 } };
const EXTENDING_LOW: Arrangement = { ...ARRANGEMENTS.write, right: { machine: 0, kernel: 100 } };

/** The current arrangement and its name. If there is room for two panes only: the program and `beside`. `lesson`: one is open. */
export function useArrangement(beside: Pane | null, lesson: boolean): readonly [name: string, Arrangement] {
  const layout = useLayout((s) => s.layout);
  const low = useMedia("(max-height: 799px)");
  const extending = useLayout((s) => isExtending(s.views)) && lesson && layout === "write";
  if (beside) return ["two", { share: 52, left: { editor: 100 }, right: { [beside]: 100 } }];
  if (extending) return low ? ["extend-low", EXTENDING_LOW] : ["extend", EXTENDING];
  const lower = low ? LOW[layout] : undefined;
  return lower ? [`${layout}-low`, lower] : [layout, ARRANGEMENTS[layout]];
}

/** The main pane of a layout, if only one fits beside the program. */
export const mainPane = (layout: Layout): Exclude<Pane, "editor"> =>
  layout === "step" || layout === "teach" ? "machine" : "verifier";

/** Sizes in percent by the panels' names, as the reader left them. {}: nothing was moved yet. */
export function readSizes(arrangement: string, group: string): Readonly<Record<string, number>> {
  const saved = readKept(sizesKey(arrangement, group)) ?? {};
  const entries = Object.entries(saved).filter(([, size]) => typeof size === "number" && size >= 0);
  return Object.fromEntries(entries) as Record<string, number>;
}

export const saveSizes = (arrangement: string, group: string, sizes: Readonly<Record<string, number>>): void =>
  keep(sizesKey(arrangement, group), sizes);

const sizesKey = (arrangement: string, group: string): string => `oreore.sizes.${arrangement}.${group}`;
