// The engine that the stores ask. Set once at the start: on the page a worker's (web/start-engine.ts), in a test one in the same thread.
// Stores call engine(), components do not.
import { Cancelled, type Client, type ClientOptions, thrownText } from "../../engine/index.ts";

export type Engine = Pick<Client, "api" | "cancel">;

let given: Engine | undefined;
const listeners = new Set<(busy: boolean) => void>();
const progressListeners = new Set<(insnsProcessed: number) => void>();
const bugListeners = new Set<(text: string) => void>();

/** Sets the engine that the stores ask. `make` gets the functions that the engine calls when it becomes busy and when it makes progress. */
export function startEngine(make: (told: Required<Pick<ClientOptions, "onBusy" | "onProgress">>) => Engine): void {
  given = make({
    onBusy: (busy) => {
      for (const listener of listeners) listener(busy);
    },
    onProgress: (insnsProcessed) => {
      for (const listener of progressListeners) listener(insnsProcessed);
    },
  });
}

export function engine(): Engine {
  if (!given) throw new Error("a store asked before startEngine()");
  return given;
}

/** Ends what the engine is doing. Effects of earlier answers stay, and so do these answers on the page. */
export const cancelRequest = (): void => engine().cancel();

/** The listener gets the number of instructions that a running verification has processed so far. */
export const onEngineProgress = (listener: (insnsProcessed: number) => void): void =>
  void progressListeners.add(listener);

export const onEngineBusy = (listener: (busy: boolean) => void): void => void listeners.add(listener);

export const onEngineBug = (listener: (text: string) => void): void => void bugListeners.add(listener);

/** Waits for an answer. undefined: the reader cancelled the request, or the engine failed (which the page then shows). */
export async function answered<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof Cancelled)) for (const listener of bugListeners) listener(thrownText(error));
    return undefined;
  }
}
