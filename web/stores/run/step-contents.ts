// What maps and the packet hold at the reader's step, and what the run printed or sent. Asked for only while it is shown. While an answer
// is awaited, only the newest step waits, so that quick steps never queue up.
import { create } from "zustand";
import type { MapAtView, MapWindow, OutputView, PacketAtView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { useMachine } from "./machine.ts";

export interface StepContentsState {
  readonly maps: readonly MapAtView[];
  /** The shown parts of large maps. */
  readonly windows: readonly MapWindow[];
  readonly packet: PacketAtView | null;
  readonly outputs: readonly OutputView[];
}

type ContentKind = "maps" | "packet" | "outputs";

export const useStepContents = create<StepContentsState>()(() => ({
  maps: [],
  windows: [],
  packet: null,
  outputs: [],
}));
const { getState: get, setState: set } = useStepContents;

const ASK: Readonly<Record<ContentKind, (run: number, step: number) => Promise<Partial<StepContentsState>>>> = {
  maps: async (run, step) => ({ maps: await engine().api.runs.mapsAt(run, step, get().windows) }),
  packet: async (run, step) => ({ packet: await engine().api.runs.packetAt(run, step) }),
  outputs: async (run) => ({ outputs: await engine().api.runs.outputs(run) }),
};

const watched = new Map<ContentKind, number>();
const asking = new Set<ContentKind>();

/** Keeps a part up to date until the returned function is called. */
export function followContents(part: ContentKind): () => void {
  watched.set(part, (watched.get(part) ?? 0) + 1);
  void refresh(part);
  return () => void watched.set(part, (watched.get(part) ?? 1) - 1);
}

export function showWindow(window: MapWindow): void {
  const { windows } = get();
  const known = windows.find(({ map }) => map === window.map);
  if (known?.from === window.from && known.count === window.count) return;
  set({ windows: [...windows.filter(({ map }) => map !== window.map), window] });
  void refresh("maps");
}

async function refresh(part: ContentKind): Promise<void> {
  if (asking.has(part)) return; // the loop below takes the newest step
  asking.add(part);
  const where = () => {
    const { run, view } = useMachine.getState();
    return run && view ? { run: run.run, step: part === "outputs" ? 0 : view.step, windows: get().windows } : null;
  };
  const same = (a: ReturnType<typeof where>, b: ReturnType<typeof where>): boolean =>
    a?.run === b?.run && a?.step === b?.step && (part !== "maps" || a?.windows === b?.windows);
  try {
    for (let done = false; !done; ) {
      const asked = where();
      const found = asked ? await answered(ASK[part](asked.run, asked.step)) : EMPTY;
      done = same(asked, where()) || found === undefined;
      if (found) set(found);
    }
  } finally {
    asking.delete(part);
  }
}

const EMPTY: Partial<StepContentsState> = { maps: [], packet: null, outputs: [] };

useMachine.subscribe((now, before) => {
  if (now.view === before.view) return;
  if (now.run !== before.run) set({ windows: [] });
  for (const [part, count] of watched)
    if (count > 0 && (part !== "outputs" || now.run !== before.run)) void refresh(part);
});
