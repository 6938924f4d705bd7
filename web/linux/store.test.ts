// The store of the real Linux without a browser: a worker that answers as the test wants.
import { expect, test, vi } from "vitest";
import type { CallMessage, MachineMessage } from "./messages.ts";

/** Starts, and answers every other call as `answer` says. */
class TestWorker {
  static answer: object | "stop" = {};
  static readonly alive = new Set<TestWorker>();
  /** The most that were alive at once. */
  static most = 0;
  constructor() {
    TestWorker.alive.add(this);
    TestWorker.most = Math.max(TestWorker.most, TestWorker.alive.size);
  }
  onmessage: ((event: { readonly data: MachineMessage }) => void) | null = null;
  onerror: (() => void) | null = null;
  postMessage({ id, name }: CallMessage): void {
    const { answer } = TestWorker;
    queueMicrotask(() => {
      if (name === "start") this.onmessage?.({ data: { id, value: 1 } });
      else if (answer === "stop") this.onerror?.();
      else this.onmessage?.({ data: { id, ...answer } as MachineMessage });
    });
  }
  terminate(): void {
    TestWorker.alive.delete(this);
  }
}
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("matchMedia", () => ({ matches: false }));
vi.stubGlobal("Worker", TestWorker);

const { chooseKernel, endMachine, runningMachine, useReal, withMachine, withOwnMachine } = await import("./store.ts");
const { MachineEnded } = await import("./client.ts");

test.each([
  [
    "what is too large is said to be so, for which the page has words in each language",
    { failed: "program and maps are 5000000 bytes", tooLarge: true },
    { tooLarge: true, text: "program and maps are 5000000 bytes" },
  ],
  [
    "another failure is kept as its text",
    { failed: "output 3 of the agent is no result", tooLarge: false },
    { tooLarge: false, text: "output 3 of the agent is no result" },
  ],
  ["a thread that stops is a failure", "stop" as const, { tooLarge: false, text: "the thread of the machine stopped" }],
])("%s", async (_, answer, actFailure) => {
  TestWorker.answer = answer;
  useReal.setState({ refused: { revision: 1, reason: "type" }, askFailure: "of the panel" });
  expect(await withMachine((machine) => machine.read("/proc/version"))).toBeUndefined();
  // What the panel beside the verdict says of its own question stays.
  expect(useReal.getState()).toMatchObject({ actFailure, refused: { reason: "type" }, askFailure: "of the panel" });
  TestWorker.answer = { value: { bytes: new Uint8Array() } };
  await withMachine((machine) => machine.read("/proc/version"));
  expect(useReal.getState().actFailure).toBeNull();
  endMachine();
});

test("a call to a machine that was ended rejects", async () => {
  const done = withMachine(async (machine) => {
    endMachine();
    await expect(machine.read("/proc/version")).rejects.toBeInstanceOf(MachineEnded);
    return "told";
  });
  expect(await done).toBe("told");
});

test("another kernel chosen while one starts: only the machine of that kernel runs", async () => {
  TestWorker.most = 0;
  const first = runningMachine();
  await Promise.all([chooseKernel("7.3"), chooseKernel("oreore-6.1"), chooseKernel("7.3")]);
  const second = runningMachine();
  expect([await first, (await second)?.kernel]).toEqual([undefined, "7.3"]);
  expect([TestWorker.alive.size, TestWorker.most]).toEqual([1, 1]);
  expect(useReal.getState()).toMatchObject({ kernel: "7.3", phase: "ready" });
  endMachine();
  expect(TestWorker.alive.size).toBe(0);
});

test("a start that is cancelled before it began is given up", async () => {
  const start = runningMachine();
  endMachine();
  expect(await start).toBeUndefined();
  expect(TestWorker.alive.size).toBe(0);
  expect(useReal.getState().phase).toBe("off");
});

test("a machine for one action and the page's own never run at once", async () => {
  TestWorker.most = 0;
  const act = vi.fn(async () => "done");
  const page = runningMachine();
  expect(await withOwnMachine("oreore-6.1", act)).toBe("done");
  expect(await page).toBeUndefined();
  await withOwnMachine("oreore-6.1", async () => void (await runningMachine()));
  expect(TestWorker.most).toBe(1);
  expect(TestWorker.alive.size).toBe(1);
  endMachine();
});
