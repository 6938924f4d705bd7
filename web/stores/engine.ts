// The page's end of the engine: one worker, started with the page. Stores call it; components never do.
import { type Client, connect, type WorkerLike } from "../../engine/index.ts";

let client: Client | undefined;
const listeners = new Set<(busy: boolean) => void>();

export function engine(): Client {
  client ??= connect({
    spawn: () =>
      new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "oreore-engine" }) as WorkerLike,
    onBusy: (busy) => {
      for (const listener of listeners) listener(busy);
    },
  });
  return client;
}

export const onEngineBusy = (listener: (busy: boolean) => void): void => void listeners.add(listener);
