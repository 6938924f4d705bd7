// The engine's thread. All that is computed is computed here, so that the page never waits.
import { createLanguage, createSession, type Port, serve } from "../engine/index.ts";

serve({ ...createSession(), ...createLanguage() }, self as unknown as Port);
