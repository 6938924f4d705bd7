// The worker behind the stage. Loaded when someone presents.
import { connect, type WorkerLike } from "../../engine/index.ts";
import type { StageEngine } from "./engine.ts";

let engine: StageEngine | undefined;

export function stageEngine(): StageEngine {
  engine ??= connect({
    spawn: () =>
      new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "oreore-stage" }) as WorkerLike,
  }).api;
  return engine;
}
