// What goes over the second serial line to the agent inside the real Linux: a request is a list of steps over a piece of the
// agent's memory (the arena), its answer what the steps give, in their order. The agent's side, and the bytes in words, are in
// conformance/real-linux (agent.c, PROTOCOL.md).
import { viewOf } from "../base/bytes.ts";

/** Address of the arena in the agent; its pages are zero until something is put there. */
export const ARENA = 0x1000_0000;
/** Bytes. */
export const ARENA_BYTES = 20 << 20;
/** Largest request in bytes, without its length. */
export const FRAME_MAX = 4 << 20;
/** Calls in one request. */
export const RESULTS_MAX = 256;
/** After each so many bytes of a frame the agent says ACK, and gets no more before. */
export const CHUNK = 4096;
export const ACK = 6;
/** Ends an answer. */
export const END = 4;
/** What the agent says once, when it begins to listen. */
export const READY = "ready";

/** The result of an earlier call of the same request, by its index among the calls. */
export interface Ref {
  readonly result: number;
}
export type Arg = number | Ref;

/** `at`: offset in the arena. */
export type Step =
  | { readonly op: "put"; readonly at: number; readonly bytes: Uint8Array }
  /** A system call of Linux for i386; its answer is what it returned: negative errno, or 0 and more. */
  | { readonly op: "call"; readonly nr: number; readonly args: readonly Arg[] }
  /** Writes a result into the arena as an s32. */
  | { readonly op: "store"; readonly at: number; readonly from: Ref }
  | { readonly op: "get"; readonly at: number; readonly length: number }
  /** Up to the first zero byte, or `max` bytes. */
  | { readonly op: "text"; readonly at: number; readonly max: number };

/** Of a `call` a number, of `get` and `text` bytes, in the order of the steps. */
export type Output = number | Uint8Array;

const OPS = { put: 1, call: 2, store: 3, get: 4, text: 5 } as const satisfies Record<Step["op"], number>;
const ARGS = 6;

const sizeOf = (step: Step): number => {
  switch (step.op) {
    case "put":
      return 9 + step.bytes.length;
    case "call":
      return 6 + 4 * ARGS;
    default:
      return 9;
  }
};

/** The frame: its length as u32, then the steps. All numbers are little-endian. */
export function encodeRequest(steps: readonly Step[]): Uint8Array {
  const length = steps.reduce((sum, step) => sum + sizeOf(step), 0);
  const bytes = new Uint8Array(4 + length);
  const view = viewOf(bytes);
  let at = 0;
  const word = (value: number) => {
    view.setUint32(at, value >>> 0, true);
    at += 4;
  };
  word(length);
  for (const step of steps) {
    bytes[at++] = OPS[step.op];
    switch (step.op) {
      case "put":
        word(step.at);
        word(step.bytes.length);
        bytes.set(step.bytes, at);
        at += step.bytes.length;
        break;
      case "call": {
        word(step.nr);
        bytes[at++] = step.args.reduce<number>((bits, arg, i) => bits | (typeof arg === "number" ? 0 : 1 << i), 0);
        for (let i = 0; i < ARGS; i++) {
          const arg = step.args[i] ?? 0;
          word(typeof arg === "number" ? arg : arg.result);
        }
        break;
      }
      case "store":
        word(step.at);
        word(step.from.result);
        break;
      case "get":
        word(step.at);
        word(step.length);
        break;
      case "text":
        word(step.at);
        word(step.max);
    }
  }
  return bytes;
}

/** Takes an answer apart as its bytes come. */
export class AnswerReader {
  readonly #shapes: readonly ("call" | "bytes")[];
  readonly #outputs: Output[] = [];
  /** Bytes of the piece that is being read. */
  #held = new Uint8Array(4);
  #filled = 0;
  #inBytes = false;
  #done = false;

  constructor(steps: readonly Step[]) {
    this.#shapes = steps.flatMap(({ op }) =>
      op === "call" ? ["call" as const] : op === "get" || op === "text" ? ["bytes" as const] : [],
    );
  }

  get done(): boolean {
    return this.#done;
  }

  /** Complete once `done`. */
  get outputs(): readonly Output[] {
    return this.#outputs;
  }

  /** `false`: the byte cannot stand there; the other side lost its place. */
  push(byte: number): boolean {
    const shape = this.#shapes[this.#outputs.length];
    if (this.#done) return false;
    if (shape === undefined) {
      this.#done = byte === END;
      return this.#done;
    }
    this.#held[this.#filled++] = byte;
    if (this.#filled < this.#held.length) return true;
    if (this.#inBytes) this.#finish(this.#held);
    else if (shape === "call") this.#finish(viewOf(this.#held).getInt32(0, true));
    else {
      const length = viewOf(this.#held).getUint32(0, true);
      if (length > ARENA_BYTES) return false;
      if (length === 0) this.#finish(new Uint8Array());
      else this.#expect(length, true);
    }
    return true;
  }

  #finish(output: Output): void {
    this.#outputs.push(output);
    this.#expect(4, false);
  }

  #expect(length: number, inBytes: boolean): void {
    this.#held = new Uint8Array(length);
    this.#filled = 0;
    this.#inBytes = inBytes;
  }
}
