// The page's end of the real machine: a worker that is there while it is used, and ended after that, with all its memory.
import type { KernelName } from "../../engine/index.ts";
import type { Call, CallName, Calls, FromMachine } from "./messages.ts";

/** Milliseconds without a call after which the machine is ended. */
const UNUSED = 5 * 60_000;

/** The machine was ended before it answered. */
export class Ended extends Error {
  override readonly name = "Ended";
}

export type RealMachine = {
  readonly [Name in Exclude<CallName, "start">]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>;
};

export interface MachineEvents {
  onProgress(fetched: number, of: number): void;
  onConsole(bytes: Uint8Array): void;
  /** It is gone, asked for or after a long rest; descriptors of it mean nothing any more. */
  onEnd(): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class MachineThread {
  readonly kernel: KernelName;
  readonly #worker: Worker;
  readonly #events: MachineEvents;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** While true the machine is not ended for being unused: a console is open. */
  watched = false;

  /** Resolves when the machine runs. */
  readonly started: Promise<number>;
  readonly machine: RealMachine;

  constructor(kernel: KernelName, events: MachineEvents) {
    this.kernel = kernel;
    this.#events = events;
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), { type: "module", name: "oreore-linux" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromMachine>) => this.#take(data);
    this.#worker.onerror = () => this.end("the thread of the machine stopped");
    this.machine = new Proxy({} as RealMachine, {
      get: (_, name) => (name === "then" ? undefined : (...args: unknown[]) => this.#call(name as CallName, args)),
    });
    this.started = this.#call("start", [kernel]) as Promise<number>;
    this.started.catch(() => this.end("it did not start"));
  }

  end(why = "the machine was ended"): void {
    clearTimeout(this.#rest);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Ended(why));
    this.#waiting.clear();
    this.#events.onEnd();
  }

  #call(name: CallName, args: readonly unknown[]): Promise<unknown> {
    clearTimeout(this.#rest);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args } satisfies Call);
    });
  }

  #take(message: FromMachine): void {
    if ("console" in message) return this.#events.onConsole(message.console);
    if ("fetched" in message) return this.#events.onProgress(message.fetched, message.of);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#restFrom();
    if ("failed" in message) waiting?.reject(new Error(message.failed));
    else waiting?.resolve(message.value);
  }

  #restFrom(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => (this.watched ? this.#restFrom() : this.end()), UNUSED);
  }
}
