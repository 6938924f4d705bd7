// The page's engine: one worker, which loads while the page is drawn.
import { connect, type WorkerLike } from "../engine/index.ts";
import { startEngine } from "./stores/engine.ts";

export const startWorker = (): void =>
  startEngine((told) =>
    connect({
      spawn: () =>
        new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "oreore-engine" }) as WorkerLike,
      ...told,
    }),
  );
