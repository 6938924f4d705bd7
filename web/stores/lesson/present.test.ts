// A lesson on stage without a browser: the film is made in this thread, and the real Linux does what the test wants.
import { beforeEach, expect, test, vi } from "vitest";
import { createSession } from "../../../engine/index.ts";
import { loadLesson } from "../../lessons/index.ts";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("BroadcastChannel", undefined);

const { withOwnMachine } = vi.hoisted(() => ({ withOwnMachine: vi.fn() }));
const session = createSession();
vi.mock("../../stage/stage-engine.ts", () => ({ stageEngine: () => session }));
vi.mock("../../linux/store.ts", () => ({ withOwnMachine }));

const { startPresenting, usePresent } = await import("./present.ts");
const { useLesson } = await import("./lesson.ts");
const { useProgram } = await import("../program/program.ts");

/** A lesson with a scene on the real Linux. */
const LESSON = 5;
const states = (): string[] => usePresent.getState().frames.flatMap(({ real }) => (real ? [real.state] : []));

beforeEach(async () => {
  const parsed = await loadLesson(LESSON);
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed?.faults));
  useLesson.setState({ lesson: parsed.lesson, number: LESSON });
  useProgram.setState({ lesson: LESSON });
  usePresent.setState({ frames: [] });
});

test.each([
  ["its files are not here", "missing", async () => undefined],
  ["it stops before it answers", "failed", async () => Promise.reject(new Error("the thread of the machine stopped"))],
])("a scene on the real Linux stays on the simulation and says so: %s", async (_, state, act) => {
  withOwnMachine.mockImplementation(act);
  const stop = startPresenting();
  await vi.waitFor(() => expect([...new Set(states())]).toEqual([state]), 20_000);
  stop();
});
