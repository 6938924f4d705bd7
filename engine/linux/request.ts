// Builds a request: gives out places in the arena and refers to results. Each output is read by the part of the code that asked for it.
import { bug } from "../base/bug.ts";
import { utf8Encode, viewOf } from "../base/bytes.ts";
import {
  ARENA,
  ARENA_BYTES,
  type Arg,
  type Output,
  RESULTS_MAX,
  RequestTooLarge,
  type ResultRef,
  type Step,
} from "./protocol.ts";

/** Index of an output in the answer. */
export interface OutputRef {
  readonly output: number;
}

/** Throws RequestTooLarge when there are more calls than RESULTS_MAX, or when the arena is full. */
export class RequestBuilder {
  readonly steps: Step[] = [];
  #calls = 0;
  #outputs = 0;
  #used = 0;

  /** Reserves so many bytes and returns their offset, a multiple of 8. They still hold what earlier requests left. */
  reserve(length: number): number {
    const at = this.#used;
    this.#used = (at + length + 7) & ~7;
    if (this.#used > ARENA_BYTES)
      throw new RequestTooLarge(`program and maps need ${this.#used} bytes of the agent's ${ARENA_BYTES}`);
    return at;
  }

  put(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    this.steps.push({ op: "put", at, bytes });
    return at;
  }

  /** Puts a text into the arena, with a zero byte at its end. */
  putText(text: string): number {
    return this.put(utf8Encode(`${text}\0`));
  }

  call(nr: number, ...args: readonly Arg[]): ResultRef & OutputRef {
    if (this.#calls === RESULTS_MAX)
      throw new RequestTooLarge(`program and maps need more than the ${RESULTS_MAX} calls of one request`);
    this.steps.push({ op: "call", nr, args });
    return { result: this.#calls++, output: this.#outputs++ };
  }

  store(at: number, from: ResultRef): void {
    this.steps.push({ op: "store", at, from });
  }

  get(at: number, length: number): OutputRef {
    this.steps.push({ op: "get", at, length });
    return { output: this.#outputs++ };
  }

  getText(at: number, max: number): OutputRef {
    this.steps.push({ op: "text", at, max });
    return { output: this.#outputs++ };
  }
}

/** Address of an offset in the arena. */
export const addressOf = (at: number): number => ARENA + at;

export function resultOf(outputs: readonly Output[], { output }: OutputRef): number {
  const value = outputs[output];
  if (typeof value !== "number") throw bug(`output ${output} of the agent is no result`);
  return value;
}

export function bytesOf(outputs: readonly Output[], { output }: OutputRef): Uint8Array {
  const value = outputs[output];
  if (typeof value !== "object") throw bug(`output ${output} of the agent is no bytes`);
  return value;
}

/** A struct with these u32 numbers at these offsets. The rest is zero. */
export function structBytes(size: number, words: Readonly<Record<number, number>>): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value >>> 0, true);
  return bytes;
}
