// The store of the real Linux without a browser: a worker that answers as the test wants.
import { expect, test, vi } from "vitest";
import type { CallMessage, MachineMessage } from "./messages.ts";

/** Starts, and refuses every other call. */
class RefusingWorker {
  static tooLarge = true;
  onmessage: ((event: { readonly data: MachineMessage }) => void) | null = null;
  postMessage({ id, name }: CallMessage): void {
    const { tooLarge } = RefusingWorker;
    const answer = name === "start" ? { id, value: 1 } : { id, failed: "program and maps are 5000000 bytes", tooLarge };
    queueMicrotask(() => this.onmessage?.({ data: answer }));
  }
  terminate(): void {}
}
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
vi.stubGlobal("matchMedia", () => ({ matches: false }));
vi.stubGlobal("Worker", RefusingWorker);

const { endMachine, useReal, withMachine } = await import("./store.ts");

test("a program that is too large is a reason, for which the page has words in each language", async () => {
  useReal.setState({ reason: null, failure: "" });
  expect(await withMachine((machine) => machine.read("/proc/version"))).toBeUndefined();
  expect(useReal.getState()).toMatchObject({ reason: "too large", failure: "" });
  endMachine();
});

test("another failure is kept as its text", async () => {
  RefusingWorker.tooLarge = false;
  useReal.setState({ reason: null, failure: "" });
  expect(await withMachine((machine) => machine.read("/proc/version"))).toBeUndefined();
  expect(useReal.getState()).toMatchObject({ reason: null, failure: "program and maps are 5000000 bytes" });
  endMachine();
});
