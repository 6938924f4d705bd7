// The engine's thread. All that is computed is computed here, so that the page never waits.
import { createSession, type Port, serve } from "../engine/index.ts";

const session = createSession({
  now: () => performance.now() * 1000,
  onProgress: (progress) => self.postMessage({ progress }),
});
serve(session, self as unknown as Port);
