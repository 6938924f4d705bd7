// For tests: the whole state of a machine at a moment, and the differences between two. Nothing is left out or summarised.
import type { LoadedProgram } from "./decode.ts";
import type { Fault } from "./fault.ts";
import { addressOf, RUN_STATE } from "./layout.ts";
import type { Machine } from "./machine.ts";
import type { MemorySnapshot } from "./memory.ts";

export interface WholeState {
  readonly memory: MemorySnapshot;
  readonly program: LoadedProgram;
  readonly ip: number;
  readonly exited: boolean;
  readonly fault: Fault | undefined;
  readonly executed: number;
  /** What an event sets: the context's accessor, the kind of packet and the function. */
  readonly entered: readonly unknown[];
}

export const wholeState = (machine: Machine): WholeState => ({
  memory: machine.memory.snapshot(),
  program: machine.program,
  ip: machine.ip,
  exited: machine.exited,
  fault: machine.fault,
  executed: machine.executed,
  entered: [machine.ctx, machine.packetKind, machine.funcIp],
});

/** A sentence for each part that differs. Empty: the states are equal. */
export function differences(a: WholeState, b: WholeState): string[] {
  const found: string[] = [];
  const byte = firstDifference(a.memory.bytes, b.memory.bytes);
  if (byte >= 0) {
    const [was, is] = [a.memory.bytes[byte], b.memory.bytes[byte]];
    found.push(`the byte at ${RUN_STATE + byte} (RUN_STATE + 0x${byte.toString(16)}) was ${was}, is ${is}`);
  }
  const granule = firstDifference(a.memory.shadow, b.memory.shadow);
  if (granule >= 0) {
    const address = addressOf(RUN_STATE + 8 * granule).toString(16);
    found.push(`the shadow of 0x${address} was ${a.memory.shadow[granule]}, is ${b.memory.shadow[granule]}`);
  }
  const same = <T>(what: string, of: (state: WholeState) => readonly T[]) => {
    const [was, is] = [of(a), of(b)];
    if (was.length !== is.length || was.some((one, i) => one !== is[i])) found.push(`${what}: was ${was}, is ${is}`);
  };
  same("owners of memory", (state) => state.memory.owners);
  same("maps", (state) => state.memory.maps);
  same("trace pipe", (state) => state.memory.trace);
  same("records sent", (state) => state.memory.output.map(({ map, cpu, data }) => `${map} on CPU ${cpu}: ${data}`));
  same("program", (state) => [state.program]);
  same("ip, exited, executed", (state) => [state.ip, state.exited, state.executed]);
  same("fault", (state) => [state.fault?.message]);
  same("what the event set", (state) => state.entered);
  return found;
}

/** Index of the first byte that differs, or -1. If one array is longer, they differ where the shorter one ends. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const words = (bytes: Uint8Array) => new Int32Array(bytes.buffer, 0, bytes.length >>> 2);
  const [wordsA, wordsB] = [words(a), words(b)];
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length >>> 2 && wordsA[at] === wordsB[at]) at++;
  for (at *= 4; at < length; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? -1 : length;
}
