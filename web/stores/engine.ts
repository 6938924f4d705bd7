// The page's end of the engine: one worker, started with the page. Stores call it; components never do.
import { Cancelled, type Client, connect, type WorkerLike } from "../../engine/index.ts";

let client: Client | undefined;
const listeners = new Set<(busy: boolean) => void>();
const progressListeners = new Set<(insnsProcessed: number) => void>();

export function engine(): Client {
  client ??= connect({
    spawn: () =>
      new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "oreore-engine" }) as WorkerLike,
    onBusy: (busy) => {
      for (const listener of listeners) listener(busy);
    },
    onProgress: (insnsProcessed) => {
      for (const listener of progressListeners) listener(insnsProcessed);
    },
  });
  return client;
}

/** Told now and then how many instructions a verification under way has walked. */
export const onEngineProgress = (listener: (insnsProcessed: number) => void): void =>
  void progressListeners.add(listener);

export const onEngineBusy = (listener: (busy: boolean) => void): void => void listeners.add(listener);

const bugListeners = new Set<(text: string) => void>();
export const onEngineBug = (listener: (text: string) => void): void => void bugListeners.add(listener);

/** Waits for what was asked; undefined where the reader ended it or the engine failed (which the page then says). */
export async function answered<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof Cancelled))
      for (const listener of bugListeners) listener(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
