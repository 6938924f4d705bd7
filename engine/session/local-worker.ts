// A worker without a thread, for tests and for environments without workers: both ends of the protocol in one thread.
import type { Remote } from "./api.ts";
import { type Port, serve, type WorkerLike } from "./protocol.ts";

export interface LocalOptions {
  /** Copies a message as posting it would: structuredClone. */
  readonly copy: (message: unknown) => unknown;
  /** Calls soon, but not at once: setTimeout. */
  readonly later: (call: () => void) => void;
}

export function localWorker(session: Remote, { copy, later }: LocalOptions): WorkerLike {
  let alive = true;
  const inside: Port = { onmessage: null, postMessage: (message) => deliver(outside, message) };
  const outside: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (message) => deliver(inside, message),
    terminate: () => {
      alive = false;
    },
  };
  const deliver = (port: Port, message: unknown): void => {
    const data = copy(message);
    later(() => {
      if (alive) port.onmessage?.({ data });
    });
  };
  serve(session, inside);
  return outside;
}
