// The protocol of the second serial line, to the agent inside the real Linux. A request is a list of steps that work on a part of the
// agent's memory (the arena). The answer has the outputs of the steps, in order. The agent and the description of the bytes are in
// conformance/real-linux (agent.c, PROTOCOL.md).
import { viewOf } from "../base/bytes.ts";

/** Address of the arena in the agent. Its pages are zero until something is written there. */
export const ARENA = 0x1000_0000;
export const ARENA_BYTES = 20 << 20;
/** Most bytes of a request, its length left out. The agent skips a longer one without an answer. */
export const FRAME_MAX = 4 << 20;
/** Most calls in one request. */
export const RESULTS_MAX = 256;
/** The agent sends ACK after each chunk of this many bytes. The next chunk is sent only then. */
export const CHUNK = 4096;
export const ACK = 6;
/** Last byte of an answer. */
export const END_BYTE = 4;
/** The agent sends this once, when it begins to listen. */
export const READY = "ready";

/** What was asked is more than one request can hold, so it was not sent. */
export class RequestTooLarge extends RangeError {
  override readonly name = "RequestTooLarge";
}

/** The result of an earlier call of the same request, by its index among the calls. */
export interface ResultRef {
  readonly result: number;
}
export type Arg = number | ResultRef;

/** `at`: offset in the arena, in bytes. */
export type Step =
  | { readonly op: "put"; readonly at: number; readonly bytes: Uint8Array }
  /** A system call of Linux on i386. Its output is the result: 0 or more, or a negative errno. */
  | { readonly op: "call"; readonly nr: number; readonly args: readonly Arg[] }
  /** Writes the result of an earlier call into the arena as an s32. */
  | { readonly op: "store"; readonly at: number; readonly from: ResultRef }
  | { readonly op: "get"; readonly at: number; readonly length: number }
  /** Reads up to the first zero byte, at most `max` bytes. */
  | { readonly op: "text"; readonly at: number; readonly max: number };

/** A `call` gives a number, `get` and `text` give bytes. Other steps give nothing. */
export type Output = number | Uint8Array;

const OPS = { put: 1, call: 2, store: 3, get: 4, text: 5 } as const satisfies Record<Step["op"], number>;
const CALL_ARGS = 6;

const sizeOf = (step: Step): number => {
  switch (step.op) {
    case "put":
      return 9 + step.bytes.length;
    case "call":
      return 6 + 4 * CALL_ARGS;
    default:
      return 9;
  }
};

/** Bytes of the steps of a request. */
export const lengthOf = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + sizeOf(step), 0);

/** The bytes of a request: its length as u32, then the steps. All numbers are little-endian. */
export function encodeRequest(steps: readonly Step[]): Uint8Array {
  const length = lengthOf(steps);
  const bytes = new Uint8Array(4 + length);
  const view = viewOf(bytes);
  let at = 0;
  const putU32 = (value: number) => {
    view.setUint32(at, value >>> 0, true);
    at += 4;
  };
  putU32(length);
  for (const step of steps) {
    bytes[at++] = OPS[step.op];
    switch (step.op) {
      case "put":
        putU32(step.at);
        putU32(step.bytes.length);
        bytes.set(step.bytes, at);
        at += step.bytes.length;
        break;
      case "call": {
        putU32(step.nr);
        bytes[at++] = step.args.reduce<number>((bits, arg, i) => bits | (typeof arg === "number" ? 0 : 1 << i), 0);
        for (let i = 0; i < CALL_ARGS; i++) {
          const arg = step.args[i] ?? 0;
          putU32(typeof arg === "number" ? arg : arg.result);
        }
        break;
      }
      case "store":
        putU32(step.at);
        putU32(step.from.result);
        break;
      case "get":
        putU32(step.at);
        putU32(step.length);
        break;
      case "text":
        putU32(step.at);
        putU32(step.max);
    }
  }
  return bytes;
}

/** Reads an answer byte by byte. */
export class AnswerReader {
  readonly #outputKinds: readonly ("call" | "bytes")[];
  readonly #outputs: Output[] = [];
  /** Bytes of the output that is being read. */
  #held = new Uint8Array(4);
  #filled = 0;
  #inBytes = false;
  #done = false;

  constructor(steps: readonly Step[]) {
    this.#outputKinds = steps.flatMap(({ op }) =>
      op === "call" ? ["call" as const] : op === "get" || op === "text" ? ["bytes" as const] : [],
    );
  }

  get done(): boolean {
    return this.#done;
  }

  /** The outputs read so far. All are there once `done`. */
  get outputs(): readonly Output[] {
    return this.#outputs;
  }

  /** `false`: the byte is not allowed there, so the two sides are out of step. */
  push(byte: number): boolean {
    const kind = this.#outputKinds[this.#outputs.length];
    if (this.#done) return false;
    if (kind === undefined) {
      this.#done = byte === END_BYTE;
      return this.#done;
    }
    this.#held[this.#filled++] = byte;
    if (this.#filled < this.#held.length) return true;
    if (this.#inBytes) this.#finish(this.#held);
    else if (kind === "call") this.#finish(viewOf(this.#held).getInt32(0, true));
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
