// The engine's thread. All that is computed is computed here, so that the page never waits.
import { createLanguage, createSession, type EditorContext, type Port, serve } from "../engine/index.ts";

let context: EditorContext = {};
const session = createSession({
  onContext: (now) => {
    context = now;
  },
  now: () => performance.now() * 1000,
  onProgress: (progress) => self.postMessage({ progress }),
});
serve({ ...session, ...createLanguage(() => context) }, self as unknown as Port);
