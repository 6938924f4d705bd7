// The stage's own worker. This file is loaded when someone presents.
import { connect, type Remote, type WorkerLike } from "../../engine/index.ts";

let engine: Remote | undefined;

export function stageEngine(): Remote {
  engine ??= connect({
    spawn: () =>
      new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "oreore-stage" }) as WorkerLike,
  }).api;
  return engine;
}
