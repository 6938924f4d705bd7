// What the page and the thread of the real machine say to each other. Calls are answered once each, in their order.
import type {
  CutOff,
  FileAnswer,
  KernelName,
  LoadOptions,
  LogComparison,
  RealAnswer,
  RealProgram,
} from "../../engine/index.ts";

/** The simulation's side of a comparison. */
export interface Ours {
  readonly verdict: "accept" | "reject";
  readonly errno: number;
  readonly log: string;
  readonly progType: string;
}

export interface Asked {
  readonly answer: RealAnswer;
  readonly comparison: LogComparison;
  /** Milliseconds that the machine took. */
  readonly ms: number;
}

/** Each with its answer. */
export interface Calls {
  /** Fetches what is not on the device yet, and starts the machine. Milliseconds from the last byte to the running machine. */
  start(kernel: KernelName): number;
  ask(program: RealProgram, ours: Ours): Asked | CutOff;
  load(program: RealProgram, options: LoadOptions): RealAnswer | CutOff;
  attach(fd: number, type: number): number | CutOff;
  detach(type: number): number | CutOff;
  write(path: string, bytes: Uint8Array, create: boolean): FileAnswer | CutOff;
  read(path: string): FileAnswer | CutOff;
  /** Keys of the console. */
  type(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Back to the saved state; milliseconds it took. */
  reset(): number;
}
export type CallName = keyof Calls;

export interface Call {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export type FromMachine =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failed: string }
  /** Bytes of the files that are here, of all. */
  | { readonly fetched: number; readonly of: number }
  | { readonly console: Uint8Array };
