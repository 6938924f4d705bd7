// The host's end of the agent's serial line: one request at a time, sent in chunks as the agent takes them, and its answer.
import { ACK, AnswerReader, CHUNK, encodeRequest, FRAME_MAX, type Output, type Step } from "./protocol.ts";

/** Why a request has no answer: it was given up from outside, or a byte came that cannot be. */
export type LineFailure = "given up" | "out of step";

interface Pending {
  readonly frame: Uint8Array;
  /** Bytes sent. */
  sent: number;
  readonly reader: AnswerReader;
  readonly settle: (outcome: readonly Output[] | LineFailure) => void;
}

/** The length and the steps are two frames to the agent: chunks are counted from the first byte of the steps. */
const HEAD = 4;

export class AgentLine {
  readonly #send: (bytes: Uint8Array) => void;
  #pending: Pending | undefined;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Bytes that a request of these steps would take, and whether the agent takes so many. */
  static fits(steps: readonly Step[]): boolean {
    return encodeRequest(steps).length - HEAD <= FRAME_MAX;
  }

  /** One at a time; the caller waits for the answer before the next. */
  request(steps: readonly Step[]): Promise<readonly Output[] | LineFailure> {
    return new Promise((resolve) => {
      const frame = encodeRequest(steps);
      this.#pending = { frame, sent: 0, reader: new AnswerReader(steps), settle: resolve };
      this.#sendChunk(this.#pending, HEAD + CHUNK);
    });
  }

  receive(byte: number): void {
    const pending = this.#pending;
    if (!pending) return;
    if (pending.sent < pending.frame.length) {
      if (byte === ACK) this.#sendChunk(pending, CHUNK);
      else this.#settle("out of step");
      return;
    }
    if (!pending.reader.push(byte)) this.#settle("out of step");
    else if (pending.reader.done) this.#settle(pending.reader.outputs);
  }

  /** Forgets the request that waits: the machine goes back to its saved state. */
  giveUp(): void {
    this.#settle("given up");
  }

  #sendChunk(pending: Pending, length: number): void {
    const chunk = pending.frame.subarray(pending.sent, pending.sent + length);
    pending.sent += chunk.length;
    this.#send(chunk);
  }

  #settle(outcome: readonly Output[] | LineFailure): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.settle(outcome);
  }
}
