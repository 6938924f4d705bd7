// Requests and answers over postMessage. Each request is answered once; the worker does one after the other.
// Cancelling ends the worker (nothing it runs can refuse), starts a new one and repeats the calls that made its state.
import { type Group, type Method, type Remote, remote } from "./api.ts";

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** `bug`: the text of an exception; the engine throws only for its own mistakes. */
export type Response = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly bug: string };

/** Sent while a request is worked on: instructions that the verifier has walked so far. */
export interface Progress {
  readonly progress: number;
}

/** What both ends of a Worker have; the DOM's Worker and DedicatedWorkerGlobalScope fit. */
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
    before = before.then(async () => port.postMessage(await answer(session, data as Request)));
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

/** Why a promise of the client was not kept: someone called cancel(). */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Why a promise of the client was not kept: no answer within the limit. The worker was ended as by cancel(). */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/** Calls after which the worker holds something that the page relies on; repeated in order by a new worker. */
const STATEFUL: ReadonlySet<Method> = new Set([
  "check.check",
  "kernel.load",
  "kernel.attach",
  "kernel.detach",
  "kernel.close",
  "kernel.writeFile",
  "kernel.testRun",
  "kernel.updateMap",
  "kernel.deleteMap",
  "kernel.shell",
  "kernel.patch",
  "kernel.define",
  "kernel.restart",
  "kernel.setEnvironment",
  "runs.runOnce",
] as const);

export interface Client {
  readonly api: Remote;
  /** Ends what is running. Its promise and all that wait are rejected with Cancelled; what was answered before holds. */
  cancel(): void;
  /** True while an answer is awaited; `onBusy` is told when it turns. */
  readonly busy: boolean;
  dispose(): void;
}

export interface ClientOptions {
  /** Makes a worker that calls `serve`. */
  readonly spawn: () => WorkerLike;
  readonly onBusy?: (busy: boolean) => void;
  /** Told what `serve`'s side posts as Progress. */
  readonly onProgress?: (insnsProcessed: number) => void;
  /** Longest wait for one answer; `after` calls back once, and gives a function that calls it off (setTimeout, clearTimeout). */
  readonly limit?: { readonly ms: number; readonly after: (ms: number, call: () => void) => () => void };
}

/** A call to repeat, and the number of the run it made. */
interface Entry {
  readonly request: Request;
  readonly run: number | undefined;
}

/** Calls that only make something happen: forgetting an old one loses what it left in maps, not a descriptor. */
const EVENTS: ReadonlySet<string> = new Set<Method>([
  "kernel.writeFile",
  "kernel.readFile",
  "kernel.testRun",
  "kernel.shell",
]);
const REBOOTS: ReadonlySet<string> = new Set<Method>(["kernel.define", "kernel.patch", "kernel.restart"]);
const ONLY_LAST: ReadonlySet<string> = new Set<Method>([
  "check.check",
  "kernel.define",
  "kernel.restart",
  "runs.runOnce",
]);
const SETTINGS: ReadonlySet<string> = new Set<Method>([
  "kernel.define",
  "kernel.patch",
  "kernel.restart",
  "kernel.setEnvironment",
  "check.check",
]);
const KEPT_EVENTS = 200;
/** As many descriptors as a process may have. */
const KEPT_CALLS = 1024;

interface Pending {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function connect({ spawn, onBusy, onProgress, limit }: ClientOptions): Client {
  let worker = start();
  let nextId = 1;
  let journal: Entry[] = [];
  const pending = new Map<number, Pending>();
  let callOff: (() => void) | undefined;

  /** The clock runs for the oldest request that has no answer. */
  function watch(): void {
    callOff?.();
    callOff =
      pending.size > 0 ? limit?.after(limit.ms, () => fail(new TooLong(`no answer within ${limit.ms} ms`))) : undefined;
  }

  function start(): WorkerLike {
    const fresh = spawn();
    fresh.onmessage = ({ data }) => {
      const message = data as Response | Progress;
      if ("progress" in message) onProgress?.(message.progress);
      else settle(message);
    };
    fresh.onerror = () => fail(new Error("the engine stopped unexpectedly"));
    return fresh;
  }

  function settle(response: Response): void {
    const waiting = pending.get(response.id);
    if (!waiting) return; // an answer to a repeated call
    pending.delete(response.id);
    watch();
    if (pending.size === 0) onBusy?.(false);
    if ("bug" in response) {
      waiting.reject(new Error(response.bug));
    } else {
      remember(waiting.request, response.value);
      waiting.resolve(response.value);
    }
  }

  function remember(request: Request, value: unknown): void {
    const { method } = request;
    if (!STATEFUL.has(method)) return;
    // A fresh kernel: of what came before only how it is built is left.
    if (REBOOTS.has(method)) journal = journal.filter((entry) => SETTINGS.has(entry.request.method));
    // A definition takes the place of the one before; of checks and trial runs only the last is ever asked about.
    if (ONLY_LAST.has(method)) journal = journal.filter((entry) => entry.request.method !== method);
    // Of a step that was switched to and fro, how it stands.
    if (method === "kernel.patch")
      journal = journal.filter(
        ({ request: { method, args } }) => method !== "kernel.patch" || args[0] !== request.args[0],
      );
    const run = (value as { run?: { run?: number } | null } | null)?.run?.run;
    journal.push({ request, run });
    if (EVENTS.has(method)) forget(EVENTS, KEPT_EVENTS);
    forget(STATEFUL, KEPT_CALLS);
  }

  /** Drops the oldest of these calls where there are more than `most`. */
  function forget(methods: ReadonlySet<string>, most: number): void {
    const those = journal.filter(({ request: { method } }) => methods.has(method) && !REBOOTS.has(method));
    if (those.length > most) journal.splice(journal.indexOf(those[0] as Entry), 1);
  }

  function fail(error: Error): void {
    worker.terminate();
    const rejected = [...pending.values()];
    pending.clear();
    watch();
    worker = start();
    for (const { request, run } of journal) {
      // Runs keep their numbers, whatever was forgotten before them.
      if (run !== undefined) worker.postMessage({ id: 0, method: "runs.runsFrom", args: [run] } satisfies Request);
      worker.postMessage({ ...request, id: 0 });
    }
    if (rejected.length > 0) onBusy?.(false);
    for (const { reject } of rejected) reject(error);
  }

  const api = remote(
    (method: Method, args: readonly unknown[]) =>
      new Promise((resolve, reject) => {
        const request: Request = { id: nextId++, method, args };
        pending.set(request.id, { request, resolve, reject });
        if (pending.size === 1) {
          watch();
          onBusy?.(true);
        }
        worker.postMessage(request);
      }),
  );

  return {
    api,
    cancel: () => fail(new Cancelled("cancelled")),
    get busy() {
      return pending.size > 0;
    },
    dispose() {
      worker.terminate();
      callOff?.();
      for (const { reject } of pending.values()) reject(new Cancelled("closed"));
      pending.clear();
    },
  };
}
