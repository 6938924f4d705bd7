// The switch between the simulated and the real kernel, without a browser: a worker in the machine's place answers when the test says.
import { expect, test, vi } from "vitest";
import { inThread } from "../stores/engine-in-thread.ts";
import type { CallMessage, MachineMessage } from "./messages.ts";

/** Calls that were not answered yet. */
const open: (() => void)[] = [];
class TestWorker {
  onmessage: ((event: { readonly data: MachineMessage }) => void) | null = null;
  postMessage({ id, name }: CallMessage): void {
    const value = name === "load" ? { maps: [], fd: 7, errno: 0, log: "" } : 0;
    open.push(() => this.onmessage?.({ data: { id, value } }));
  }
  terminate(): void {}
}
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("matchMedia", () => ({ matches: false }));
vi.stubGlobal("Worker", TestWorker);

const { startEngine } = await import("../stores/engine.ts");
const kernel = await import("../stores/kernel/kernel.ts");
const { openProgram } = await import("../stores/program/program.ts");
const { whichKernel } = await import("../stores/kernel/which-kernel.ts");
const { goReal, goSimulated } = await import("./real-kernel.ts");
const { endMachine } = await import("./store.ts");

startEngine(inThread());
await kernel.startKernel();
openProgram(
  { source: "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n", progType: "oreore", maps: [], input: "10" },
  {},
);

/** Answers the machine's calls until a request of the kernel is done. `before`: called before each answer. */
async function answerUntil(done: Promise<unknown>, before = (_nth: number): void => {}): Promise<number> {
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  let nth = 0;
  while (!isDone) {
    const answer = open.shift();
    if (answer) before(nth++);
    answer?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return nth;
}
const shown = () => {
  const { fd, loaded, calls, lastCalls, output, kernel: view } = kernel.useKernel.getState();
  return { fd, loaded, calls, lastCalls, output, kernel: view };
};

test("what the real kernel answers after the reader went back does not change the simulated one", async () => {
  await kernel.load();
  const simulated = shown();
  expect(simulated.calls).toHaveLength(1);
  await goReal();
  // The start of the machine, the program's file, and the load.
  expect(await answerUntil(kernel.load())).toBe(3);
  expect(shown()).toMatchObject({ fd: 7, calls: [{ call: "prog-load" }] });
  await answerUntil(kernel.attach());
  expect(shown().kernel?.attachments[0]?.progId).toBe(1);
  goSimulated();
  expect(shown()).toEqual(simulated);
  for (const act of [kernel.load, kernel.attach, kernel.detach, kernel.write, kernel.read])
    for (const back of [0, 1, 2, 3]) {
      endMachine();
      await goReal();
      const asked = act();
      await answerUntil(asked, (nth) => nth === back && goSimulated());
      goSimulated();
      expect(shown()).toEqual(simulated);
    }
  expect(whichKernel()).toBe("simulated");
});
