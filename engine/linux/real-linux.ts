// A real Linux that answers bpf(2): a small interface to the machine, for the page's Worker and for Node.
import {
  askProgram,
  attach,
  detach,
  type FileAnswer,
  type RealAnswer,
  type RealLoadOptions,
  type RequestWithReader,
  readFile,
  resizeConsole,
  writeFile,
} from "./calls.ts";
import type { Emulator } from "./emulator.ts";
import { AgentLine } from "./line.ts";
import type { RealProgram } from "./program.ts";
import { FRAME_MAX, lengthOf, RequestTooLarge } from "./protocol.ts";

/** Time limit of a call in milliseconds. After it the machine goes back to its saved state. */
const CUT_OFF_MS = 10_000;

/**
 * The machine did not answer within `ms`, or the reader reset it meanwhile (`ms` is undefined then). It is back in its saved state:
 * descriptors and attachments are gone.
 */
export interface CutOff {
  readonly cutOff: true;
  readonly ms?: number;
}
export const isCutOff = (answer: object | number): answer is CutOff => typeof answer === "object" && "cutOff" in answer;

export interface RealLinuxOptions {
  /** Does something after so many milliseconds. Returns a function that cancels it. This room has no clock. */
  readonly later: (ms: number, action: () => void) => () => void;
  /** Gets the bytes that the console prints. */
  readonly onConsole?: (bytes: Uint8Array) => void;
  readonly cutOffMs?: number;
}

export class RealLinux {
  readonly #emulator: Emulator;
  readonly #line: AgentLine;
  readonly #cutOffMs: number;
  readonly #later: RealLinuxOptions["later"];
  /** Each call waits here for the calls before it. */
  #queue: Promise<unknown> = Promise.resolve();
  /** The way back to the saved state of the last reset. A call waits for it before it asks anything. */
  #restored: Promise<void> = Promise.resolve();
  #resets = 0;
  #isDisposed = false;

  /** `emulator` must be running, in its saved state. */
  constructor(emulator: Emulator, { later, onConsole = () => {}, cutOffMs = CUT_OFF_MS }: RealLinuxOptions) {
    this.#emulator = emulator;
    this.#later = later;
    this.#cutOffMs = cutOffMs;
    this.#line = new AgentLine((bytes) => emulator.send(1, bytes));
    emulator.listen(1, (byte) => this.#line.receive(byte));
    emulator.listen(0, inBatches(later, onConsole));
  }

  /** How often the machine went back to its saved state. Descriptors from before are not valid after it. */
  get resets(): number {
    return this.#resets;
  }

  // A request that is too large is noticed while it is built. The methods are async so that it becomes a rejection: RequestTooLarge.

  /** Loads a program with its maps, runs it, and closes everything. So an answer does not depend on earlier programs. */
  async ask(program: RealProgram, options: RealLoadOptions): Promise<RealAnswer | CutOff> {
    return this.#call(askProgram(program, options));
  }

  /** Loads a program and keeps its descriptor open: `fd` of the answer. */
  async load(program: RealProgram, options: RealLoadOptions): Promise<RealAnswer | CutOff> {
    return this.#call(askProgram(program, { ...options, keepOpen: true }));
  }

  /** 0 or a negative errno. */
  async attach(fd: number, type: number): Promise<number | CutOff> {
    return this.#call(attach(fd, type));
  }

  /** 0 or a negative errno. */
  async detach(type: number): Promise<number | CutOff> {
    return this.#call(detach(type));
  }

  /** One write(2) to the file. `create`: the file is made if missing, and emptied. */
  async write(path: string, bytes: Uint8Array, create = false): Promise<FileAnswer | CutOff> {
    return this.#call(writeFile(path, bytes, create));
  }

  /** One read(2) of the file, of at most a page. */
  async read(path: string): Promise<FileAnswer | CutOff> {
    return this.#call(readFile(path));
  }

  /** Sends keys to the console. */
  type(bytes: Uint8Array): void {
    this.#emulator.send(0, bytes);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#call(resizeConsole(columns, rows));
  }

  /** Goes back to the saved state at once, whatever runs. A call that waits for its answer gets a CutOff. */
  async reset(): Promise<void> {
    if (this.#isDisposed) return;
    this.#resets++;
    this.#line.giveUp();
    this.#restored = this.#restored.catch(() => {}).then(() => this.#emulator.restore());
    await this.#restored;
  }

  /** Ends the machine. Calls that wait get a CutOff. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#line.giveUp();
    await this.#restored.catch(() => {});
    await this.#emulator.destroy();
  }

  async #call<T>({ request, read }: RequestWithReader<T>): Promise<T | CutOff> {
    const length = lengthOf(request.steps);
    if (length > FRAME_MAX)
      throw new RequestTooLarge(`program and maps are ${length} bytes; this Linux is asked with ${FRAME_MAX} at most`);
    const answered = this.#queue.then(async (): Promise<T | CutOff> => {
      await this.#restored;
      if (this.#isDisposed) return { cutOff: true };
      let late = false as boolean;
      const inTime = this.#later(this.#cutOffMs, () => {
        late = true;
        this.reset().catch(() => {}); // the call rejects with it, below
      });
      const outputs = await this.#line.request(request.steps);
      inTime();
      if (typeof outputs !== "string") return read(outputs);
      if (outputs === "out of step") await this.reset();
      else await this.#restored;
      return { cutOff: true, ...(late && { ms: this.#cutOffMs }) };
    });
    // A call that fails is no reason for the next one to fail.
    this.#queue = answered.catch(() => {});
    return answered;
  }
}

/** Collects the bytes of 4 ms and delivers them as one piece. */
function inBatches(later: RealLinuxOptions["later"], deliver: (bytes: Uint8Array) => void): (byte: number) => void {
  let held: number[] = [];
  return (byte) => {
    if (held.length === 0)
      later(4, () => {
        const bytes = Uint8Array.from(held);
        held = [];
        deliver(bytes);
      });
    held.push(byte);
  };
}
