// Requests and answers over postMessage. Each request is answered once, and the worker does one after the other. Cancelling ends the worker
// (whatever it runs cannot prevent that), starts a new one and repeats the calls that made the old one's state.
import { thrownText } from "../base/bug.ts";
import { type Group, type Method, type Remote, remote } from "./api.ts";
import { CallsToRepeat } from "./calls-to-repeat.ts";

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** `bug`: the text of an exception. The engine throws only for its own mistakes. */
export type Response = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly bug: string };

/** Sent while a request is worked on: how many instructions the verifier has processed so far. */
export interface Progress {
  readonly progress: number;
}

/** The common part of both ends of a Worker. The DOM's Worker and DedicatedWorkerGlobalScope fit. */
export interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

export interface WorkerLike extends Port {
  onerror: ((event: unknown) => void) | null;
  terminate(): void;
}

/** Inside the worker: answers every request that comes through `port`, one after the other. */
export function serve(session: Remote, port: Port): void {
  let before: Promise<void> = Promise.resolve();
  port.onmessage = ({ data }) => {
    const request = data as Request;
    before = before.then(async () => {
      const answered = await answer(session, request);
      try {
        port.postMessage(answered);
      } catch (error) {
        // A value that cannot be copied. The next request must still be answered.
        port.postMessage({ id: request.id, bug: `${request.method}: ${thrownText(error)}` } satisfies Response);
      }
    });
  };
}

async function answer(session: Remote, { id, method, args }: Request): Promise<Response> {
  try {
    const [group, name] = method.split(".") as [Group, never];
    const call = session[group][name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await call(...args) };
  } catch (error) {
    return { id, bug: error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error) };
  }
}

/** The error of promises that cancel() rejects. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

export interface Client {
  readonly api: Remote;
  /** Ends the running request. It and all waiting requests are rejected with Cancelled. Effects of earlier answers stay. */
  cancel(): void;
  /** True while an answer is awaited. `onBusy` is called when it changes. */
  readonly busy: boolean;
  dispose(): void;
}

export interface ClientOptions {
  /** Makes a worker that calls `serve`. */
  readonly spawn: () => WorkerLike;
  readonly onBusy?: (busy: boolean) => void;
  /** Called with what the side of `serve` posts as Progress. */
  readonly onProgress?: (insnsProcessed: number) => void;
}

interface Pending {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function connect({ spawn, onBusy, onProgress }: ClientOptions): Client {
  let nextId = 1;
  const journal = new CallsToRepeat();
  const pending = new Map<number, Pending>();
  /** Undefined after one that never said anything, until the next request. */
  let worker: WorkerLike | undefined = start();

  function start(): WorkerLike {
    const fresh = spawn();
    let isHeard = false;
    fresh.onmessage = ({ data }) => {
      isHeard = true;
      const message = data as Response | Progress;
      if ("progress" in message) onProgress?.(message.progress);
      else settle(message);
    };
    // One that never answered could not be loaded. The next one would not be either: it waits until someone asks again.
    fresh.onerror = () =>
      isHeard
        ? fail(new Error("the engine stopped unexpectedly"), again)
        : fail(new Error("the engine could not be loaded"), () => undefined);
    return fresh;
  }

  /** A new worker in the state of the ended one. */
  function again(): WorkerLike {
    const fresh = start();
    for (const { method, args } of journal.calls()) fresh.postMessage({ id: 0, method, args } satisfies Request);
    return fresh;
  }

  function settle(response: Response): void {
    const waiting = pending.get(response.id);
    if (!waiting) return; // the answer to a repeated call
    pending.delete(response.id);
    if (pending.size === 0) onBusy?.(false);
    if ("bug" in response) {
      waiting.reject(new Error(response.bug));
    } else {
      journal.remember(waiting.request, runOf(response.value));
      waiting.resolve(response.value);
    }
  }

  function fail(error: Error, next: () => WorkerLike | undefined): void {
    worker?.terminate();
    const rejected = [...pending.values()];
    pending.clear();
    worker = next();
    if (rejected.length > 0) onBusy?.(false);
    for (const { reject } of rejected) reject(error);
  }

  const api = remote(
    (method: Method, args: readonly unknown[]) =>
      new Promise((resolve, reject) => {
        const request: Request = { id: nextId++, method, args };
        pending.set(request.id, { request, resolve, reject });
        if (pending.size === 1) {
          onBusy?.(true);
        }
        worker ??= again();
        worker.postMessage(request);
      }),
  );

  return {
    api,
    cancel: () => fail(new Cancelled("cancelled"), again),
    get busy() {
      return pending.size > 0;
    },
    dispose() {
      worker?.terminate();
      for (const { reject } of pending.values()) reject(new Cancelled("closed"));
      pending.clear();
    },
  };
}

/** The number of the run that a call made, read from its answer. */
const runOf = (answer: unknown): number | undefined =>
  (answer as { readonly run?: { readonly run?: number } | null } | null)?.run?.run;
