// The messages between the page and the thread of the real machine. Each call is answered once, in order.
import type {
  CutOff,
  FileAnswer,
  KernelName,
  LoadAnswer,
  LogComparison,
  RealAnswer,
  RealLoadOptions,
  RealProgram,
} from "../../engine/index.ts";

/** The simulation's answer, to compare with the real one. */
export interface SimulatedAnswer extends LoadAnswer {
  readonly progType: string;
}

export interface ComparedAnswer {
  readonly answer: RealAnswer;
  readonly comparison: LogComparison;
  /** Milliseconds that the machine took to answer. */
  readonly ms: number;
}

/** The calls, each with the type of its answer. */
export interface MachineCalls {
  /** Fetches the files that are not on the device and starts the machine. Answers with the milliseconds that the start took after that. */
  start(kernel: KernelName): number;
  ask(program: RealProgram, ours: SimulatedAnswer): ComparedAnswer | CutOff;
  load(program: RealProgram, options: RealLoadOptions): RealAnswer | CutOff;
  attach(fd: number, type: number): number | CutOff;
  detach(type: number): number | CutOff;
  write(path: string, bytes: Uint8Array, create: boolean): FileAnswer | CutOff;
  read(path: string): FileAnswer | CutOff;
  /** Sends keys to the console. */
  type(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Goes back to the saved state. Answers with the milliseconds that it took. */
  reset(): number;
}
export type CallName = keyof MachineCalls;

export interface CallMessage {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export type MachineMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failed: string; readonly tooLarge: boolean }
  /** Bytes of the files that have arrived, and of all files together. */
  | { readonly fetched: number; readonly total: number }
  | { readonly console: Uint8Array };
