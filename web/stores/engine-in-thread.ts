// For the tests of stores: an engine in their own thread, as `startEngine` wants one.
import { connect, createSession, localWorker } from "../../engine/index.ts";
import type { startEngine } from "./engine.ts";

/** `make`: the session; it is called anew after a cancelled call, as a new worker is. */
export const inThread =
  (make = createSession): Parameters<typeof startEngine>[0] =>
  (told) =>
    connect({
      spawn: () => localWorker(make(), { copy: structuredClone, later: (call) => setTimeout(call, 0) }),
      ...told,
    });
