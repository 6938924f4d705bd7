// The thread of the real machine: the emulator, its files, and the answers to the page's calls.
import {
  compareAnswers,
  isCutOff,
  type KernelName,
  RealLinux,
  type RealProgram,
  RequestTooLarge,
  startV86,
  thrownText,
  type V86Class,
} from "../../engine/index.ts";
import { fetchFiles } from "./files.ts";
import type { CallMessage, CallName, MachineCalls, MachineMessage, SimulatedAnswer } from "./messages.ts";
import { TickClock } from "./ticks.ts";

const post = (message: MachineMessage): void => self.postMessage(message);

let machine: RealLinux | undefined;
const running = (): RealLinux => {
  if (!machine) throw new Error("the machine has not been started");
  return machine;
};

type Answers = {
  readonly [Name in CallName]: (...args: Parameters<MachineCalls[Name]>) => Promise<ReturnType<MachineCalls[Name]>>;
};

const ANSWERS: Answers = {
  async start(kernel: KernelName) {
    const [wasm, state] = await fetchFiles(kernel, (fetched, total) => post({ fetched, total }));
    const began = performance.now();
    // v86 makes a Worker from a blob as its clock, which the page's policy forbids. So our own class takes the name `Worker`.
    Object.assign(self, { Worker: TickClock });
    const { V86 } = await import("v86");
    const module = await WebAssembly.compile(wasm);
    const emulator = await startV86(V86 as unknown as V86Class, {
      wasm: async (imports) => (await WebAssembly.instantiate(module, imports as WebAssembly.Imports)).exports,
      state,
    });
    machine = new RealLinux(emulator, {
      later: (ms, action) => {
        const timer = setTimeout(action, ms);
        return () => clearTimeout(timer);
      },
      onConsole: (bytes) => post({ console: bytes }),
    });
    return performance.now() - began;
  },
  async ask(program: RealProgram, ours: SimulatedAnswer) {
    const began = performance.now();
    const answer = await running().ask(program, { logLevel: 2 });
    if (isCutOff(answer)) return answer;
    return { answer, comparison: compareAnswers(ours, answer, ours.progType), ms: performance.now() - began };
  },
  load: (program, options) => running().load(program, options),
  attach: (fd, type) => running().attach(fd, type),
  detach: (type) => running().detach(type),
  write: (path, bytes, create) => running().write(path, bytes, create),
  read: (path) => running().read(path),
  async type(bytes) {
    running().type(bytes);
  },
  resize: (columns, rows) => running().resize(columns, rows),
  async reset() {
    const began = performance.now();
    await running().reset();
    return performance.now() - began;
  },
};

self.onmessage = async ({ data }: MessageEvent<CallMessage>) => {
  const { id, name, args } = data;
  try {
    const answer = ANSWERS[name] as (...args: readonly unknown[]) => Promise<unknown>;
    post({ id, value: await answer(...args) });
  } catch (error) {
    post({ id, failed: thrownText(error), tooLarge: error instanceof RequestTooLarge });
  }
};
