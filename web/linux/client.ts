// The page's side of the real machine. Its worker is ended when it is not used any more, which frees its memory.
import { type KernelName, RequestTooLarge } from "../../engine/index.ts";
import type { CallMessage, CallName, MachineCalls, MachineMessage } from "./messages.ts";

/** The machine is ended after this many milliseconds without a call. */
const UNUSED_MS = 5 * 60_000;

/** The machine was ended before it answered. */
export class MachineEnded extends Error {
  override readonly name = "Ended";
}

export type RealMachine = {
  readonly [Name in Exclude<CallName, "start">]: (
    ...args: Parameters<MachineCalls[Name]>
  ) => Promise<ReturnType<MachineCalls[Name]>>;
};

export interface MachineEvents {
  onProgress(fetched: number, total: number): void;
  onConsole(bytes: Uint8Array): void;
  /** The machine was ended, on request or because it was not used. Its descriptors are no longer valid. */
  onEnd(): void;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class MachineThread {
  readonly kernel: KernelName;
  readonly #worker: Worker;
  readonly #events: MachineEvents;
  readonly #waiting = new Map<number, PendingCall>();
  #nextId = 1;
  #unusedTimer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  /** A console is open. While true, the machine is not ended for being unused. */
  hasConsole = false;

  /** Resolves when the machine runs, with the milliseconds that the start took. */
  readonly started: Promise<number>;
  readonly machine: RealMachine;

  constructor(kernel: KernelName, events: MachineEvents) {
    this.kernel = kernel;
    this.#events = events;
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), { type: "module", name: "oreore-linux" });
    this.#worker.onmessage = ({ data }: MessageEvent<MachineMessage>) => this.#receive(data);
    this.#worker.onerror = () => this.end(new Error("the thread of the machine stopped"));
    this.machine = new Proxy({} as RealMachine, {
      get: (_, name) => (name === "then" ? undefined : (...args: unknown[]) => this.#call(name as CallName, args)),
    });
    this.started = this.#call("start", [kernel]) as Promise<number>;
    this.started.catch(() => this.end(new MachineEnded("it did not start")));
  }

  /** Calls that wait for their answer reject with `why`, later ones with MachineEnded. */
  end(why: Error = new MachineEnded("the machine was ended")): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#unusedTimer);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
    this.#events.onEnd();
  }

  #call(name: CallName, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(new MachineEnded("the machine was ended"));
    clearTimeout(this.#unusedTimer);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args } satisfies CallMessage);
    });
  }

  #receive(message: MachineMessage): void {
    if ("console" in message) return this.#events.onConsole(message.console);
    if ("fetched" in message) return this.#events.onProgress(message.fetched, message.total);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#restartUnusedTimer();
    if ("failed" in message) waiting?.reject(new (message.tooLarge ? RequestTooLarge : Error)(message.failed));
    else waiting?.resolve(message.value);
  }

  #restartUnusedTimer(): void {
    clearTimeout(this.#unusedTimer);
    this.#unusedTimer = setTimeout(() => (this.hasConsole ? this.#restartUnusedTimer() : this.end()), UNUSED_MS);
  }
}
