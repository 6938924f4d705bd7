// The control-flow graph on the page: its layout, how often the run and the verifier passed each block, and the loop whose rounds are
// compared. Asks the engine only while the graph is shown.
import { create } from "zustand";
import type { FlowLoopView, FlowMetrics, FlowView, RoundsView, TrafficView } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { shownVisit, useBeliefs } from "./beliefs.ts";
import { useMachine } from "./machine.ts";

/** Whose path through the graph is drawn. */
export const WALKERS = ["run", "verifier"] as const;
export type Walker = (typeof WALKERS)[number];

export interface GraphState {
  /** null: nothing to draw. `tooLarge`: the graph is too large to draw. */
  readonly flow: FlowView | null;
  readonly tooLarge: boolean;
  readonly walker: Walker;
  /** null: neither a run nor the verifier passed. */
  readonly traffic: TrafficView | null;
  /** The loop whose rounds are shown. */
  readonly loop: FlowLoopView | null;
  readonly rounds: RoundsView | null;
}

export const useGraph = create<GraphState>()(() => ({
  flow: null,
  tooLarge: false,
  walker: "run",
  traffic: null,
  loop: null,
  rounds: null,
}));

const { getState: get, setState: set } = useGraph;

/** The most rounds of a loop that are fetched. Later ones are not shown. */
const MAX_ROUNDS = 200;

/** Keeps the graph up to date until the returned function is called. */
export function watchGraph(metrics: FlowMetrics): () => void {
  let asked = 0;
  const draw = async (): Promise<void> => {
    const mine = ++asked;
    const { check } = useVerdict.getState();
    if (!check || check.revision < 0) return;
    const flow = (await answered(engine().api.check.flow(check.revision, metrics))) ?? null;
    if (mine !== asked) return;
    const { loop } = get();
    const kept = flow?.functions.flatMap(({ loops }) => loops).find(({ head }) => head === loop?.head) ?? null;
    // While a program does not assemble, its last graph stays.
    if (flow || check.slots.length > 0)
      set({ flow, loop: kept, tooLarge: !flow && check.verdict !== "error" && check.slots.length > 0 });
    void count();
  };
  let counted = 0;
  const count = async (): Promise<void> => {
    const mine = ++counted;
    const { check } = useVerdict.getState();
    const { run } = useMachine.getState();
    const { loop, flow } = get();
    // Without a run, only the verifier's path can be drawn.
    const walker = run ? get().walker : "verifier";
    const { api } = engine();
    const revision = check?.revision ?? -1;
    if (!flow || revision < 0) return set({ traffic: null, rounds: null });
    // The verifier's path to this visit is highlighted. -1: none.
    const shown = shownVisit(useBeliefs.getState())?.visit ?? -1;
    const [traffic, rounds] = await Promise.all([
      answered(walker === "run" && run ? api.runs.traffic(run.run) : api.check.traffic(revision, shown)),
      loop &&
        answered(
          walker === "run" && run
            ? api.runs.rounds(run.run, loop, MAX_ROUNDS)
            : api.check.rounds(revision, loop, MAX_ROUNDS),
        ),
    ]);
    if (mine === counted) set({ traffic: traffic ?? null, rounds: rounds ?? null });
  };
  const stops = [
    useVerdict.subscribe((now, before) => now.check !== before.check && void draw()),
    useMachine.subscribe((now, before) => now.run !== before.run && void count()),
    useBeliefs.subscribe(
      (now, before) =>
        (now.visit !== before.visit || now.separateVisit !== before.separateVisit) && isVerifier() && void count(),
    ),
    useGraph.subscribe((now, before) => (now.walker !== before.walker || now.loop !== before.loop) && void count()),
  ];
  void draw();
  return () => {
    asked++;
    counted++;
    for (const stop of stops) stop();
  };
}

const isVerifier = (): boolean => get().walker === "verifier" || !useMachine.getState().run;

export const showWalker = (walker: Walker): void => set({ walker });

export const compareRounds = (loop: FlowLoopView | null): void => set({ loop, rounds: null });
