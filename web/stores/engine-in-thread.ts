// For tests of stores: an engine in the same thread, in the form that `startEngine` takes.
import { connect, createSession, localWorker } from "../../engine/index.ts";
import type { startEngine } from "./engine.ts";

/** `make` makes the session. It is called again after a cancelled call, as a new worker would be. */
export const inThread =
  (make = createSession): Parameters<typeof startEngine>[0] =>
  (told) =>
    connect({
      spawn: () => localWorker(make(), { copy: structuredClone, later: (call) => setTimeout(call, 0) }),
      ...told,
    });
