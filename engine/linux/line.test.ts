// Both ends of the serial line. The agent here follows PROTOCOL.md in a few lines. It does every step except system calls, whose
// results are given to it. Bytes arrive one at a time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { viewOf } from "../base/bytes.ts";
import { AgentLine } from "./line.ts";
import { ACK, CHUNK, END_BYTE, encodeRequest, type Output, type Step } from "./protocol.ts";
import { addressOf, RequestBuilder } from "./request.ts";

class Agent {
  readonly arena = new Uint8Array(1 << 16);
  readonly asked: { readonly nr: number; readonly args: readonly number[] }[] = [];
  readonly #results: readonly number[];
  readonly #say: (byte: number) => void;
  #frame: number[] = [];

  constructor(results: readonly number[], say: (byte: number) => void) {
    this.#results = results;
    this.#say = say;
  }

  hear(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#frame.push(byte);
      const steps = this.#frame.length - 4;
      if (steps < 0) continue;
      const length = viewOf(Uint8Array.from(this.#frame.slice(0, 4))).getUint32(0, true);
      if (steps === length) this.#do(Uint8Array.from(this.#frame.splice(0)).slice(4));
      else if (steps > 0 && steps % CHUNK === 0) this.#say(ACK);
    }
  }

  #do(steps: Uint8Array): void {
    const view = viewOf(steps);
    let at = 0;
    let made = 0;
    const word = () => view.getUint32((at += 4) - 4, true);
    const answer = (bytes: Uint8Array) => {
      const head = new Uint8Array(4);
      viewOf(head).setUint32(0, bytes.length, true);
      for (const byte of [...head, ...bytes]) this.#say(byte);
    };
    while (at < steps.length) {
      const op = steps[at++];
      if (op === 1) {
        const to = word();
        const length = word();
        this.arena.set(steps.subarray(at, at + length), to);
        at += length;
      } else if (op === 2) {
        const nr = word();
        const mask = steps[at++] as number;
        const args = Array.from({ length: 6 }, (_, i) => {
          const arg = word();
          return mask & (1 << i) ? (this.#results[arg] as number) : arg;
        });
        this.asked.push({ nr, args });
        const head = new Uint8Array(4);
        viewOf(head).setInt32(0, this.#results[made++] as number, true);
        for (const byte of head) this.#say(byte);
      } else if (op === 3) viewOf(this.arena).setInt32(word(), this.#results[word()] as number, true);
      else if (op === 4) {
        const from = word();
        answer(this.arena.slice(from, from + word()));
      } else {
        const from = word();
        const all = this.arena.slice(from, from + word());
        const end = all.indexOf(0);
        answer(end < 0 ? all : all.slice(0, end));
      }
    }
    this.#say(END_BYTE);
  }
}

function joined(results: readonly number[]) {
  const line: AgentLine = new AgentLine((bytes) => agent.hear(bytes));
  const agent: Agent = new Agent(results, (byte) => queueMicrotask(() => line.receive(byte)));
  return { line, agent };
}

test("results, stored results and texts come back in order", async () => {
  const { line, agent } = joined([7, -13]);
  const request = new RequestBuilder();
  const name = request.putText("/sys/oreore/bpf");
  const opened = request.call(5, addressOf(name), 1);
  const buffer = request.reserve(8);
  request.store(buffer + 4, opened);
  const written = request.call(4, opened, addressOf(buffer), 8);
  const text = request.getText(name, 64);
  const bytes = request.get(buffer, 8);
  const outputs = (await line.request(request.steps)) as readonly Output[];
  expect(outputs[opened.output]).toBe(7);
  expect(outputs[written.output]).toBe(-13);
  expect(new TextDecoder().decode(outputs[text.output] as Uint8Array)).toBe("/sys/oreore/bpf");
  expect([...(outputs[bytes.output] as Uint8Array)]).toEqual([0, 0, 0, 0, 7, 0, 0, 0]);
  expect(agent.asked[1]?.args.slice(0, 3)).toEqual([7, 0x1000_0000 + buffer, 8]);
});

test("requests of any length arrive completely, chunk by chunk", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4 * CHUNK }), fc.integer({ min: 0, max: 255 }), async (length, byte) => {
      const { line } = joined([]);
      const bytes = new Uint8Array(length).fill(byte);
      const steps: Step[] = [
        { op: "put", at: 0, bytes },
        { op: "get", at: 0, length },
      ];
      expect(await line.request(steps)).toEqual([bytes]);
    }),
    {
      numRuns: 10,
      examples: [
        [CHUNK - 18, 1],
        [CHUNK - 17, 1],
        [2 * CHUNK - 18, 1],
      ],
    },
  );
});

test("a byte that the protocol does not allow ends the request, and so does giving up", async () => {
  let sent = 0;
  const line = new AgentLine((bytes) => {
    sent += bytes.length;
  });
  const first = line.request([]);
  line.receive(9);
  expect(await first).toBe("out of step");
  const second = line.request([{ op: "call", nr: 20, args: [] }]);
  line.giveUp();
  expect(await second).toBe("given up");
  expect(sent).toBe(4 + encodeRequest([{ op: "call", nr: 20, args: [] }]).length);
});
