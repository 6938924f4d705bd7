// The host's end of the agent's serial line. It sends one request at a time, in chunks as the agent takes them, and reads the answer.
import { ACK, AnswerReader, CHUNK, encodeRequest, type Output, type Step } from "./protocol.ts";

/** Why a request has no answer: the caller gave it up, or a byte came that the protocol does not allow there. */
export type LineFailure = "given up" | "out of step";

interface Pending {
  readonly frame: Uint8Array;
  /** Bytes sent so far. */
  sent: number;
  readonly reader: AnswerReader;
  readonly settle: (outcome: readonly Output[] | LineFailure) => void;
}

/** Bytes of the length. The agent reads length and steps separately, so chunks are counted from the first byte of the steps. */
const LENGTH_BYTES = 4;

export class AgentLine {
  readonly #send: (bytes: Uint8Array) => void;
  #pending: Pending | undefined;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Sends a request. The caller must wait for its answer before sending the next. */
  request(steps: readonly Step[]): Promise<readonly Output[] | LineFailure> {
    return new Promise((resolve) => {
      const frame = encodeRequest(steps);
      this.#pending = { frame, sent: 0, reader: new AnswerReader(steps), settle: resolve };
      this.#sendChunk(this.#pending, LENGTH_BYTES + CHUNK);
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

  /** Forgets the waiting request, because the machine goes back to its saved state. */
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
