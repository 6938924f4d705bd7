// What a lesson may ask, and the result of judging it: plain data. goals.ts judges.
import type { SyscallView } from "./kernel.ts";

export type Comparison = "<=" | ">=" | "==";

/** What the page can ask about a program, or about what the reader has done. */
export type Goal =
  | { readonly kind: "verdict"; readonly is: "accept" | "reject" }
  | { readonly kind: "errno"; readonly is: string }
  | { readonly kind: "message" | "log"; readonly has: string }
  /** The verifier refuses the program with the refusal of this name: `unset-register`. */
  | { readonly kind: "refused"; readonly is: string }
  /** `on`: texts written one after the other in one kernel, or one packet (a name of PACKETS, or hex). `is`: the last result. */
  | { readonly kind: "returns"; readonly on: readonly string[]; readonly is: number; readonly secret: boolean }
  /** A write of `on` fails with this errno. */
  | { readonly kind: "refuses"; readonly on: string; readonly is: string; readonly secret: boolean }
  /** The last of these runs writes this line to trace_pipe. */
  | { readonly kind: "traces"; readonly on: readonly string[]; readonly is: string; readonly secret: boolean }
  /** The last of these runs sends these bytes, hex, as a record of a ring buffer. */
  | { readonly kind: "records"; readonly on: readonly string[]; readonly is: string; readonly secret: boolean }
  /**
   * After these runs the map has this value under the key. Numbers have the map's sizes. Other bytes are hex behind `0x`, in memory order.
   */
  | {
      readonly kind: "keeps";
      readonly on: readonly string[];
      readonly map: string;
      readonly key: string;
      readonly is: string;
      readonly secret: boolean;
    }
  /** A packet (a name, or hex) leaves the program as these bytes, hex. */
  | { readonly kind: "sends"; readonly on: readonly string[]; readonly is: string; readonly secret: boolean }
  /** `insns`: instructions of the program. `walked`: instructions that the verifier processed. */
  | { readonly kind: "insns" | "walked"; readonly compare: Comparison; readonly than: number }
  | { readonly kind: "steps"; readonly on: string; readonly compare: Comparison; readonly than: number }
  /** Part of the kernel's disassembly: `call bpf_map_lookup_elem`, `goto`. */
  | { readonly kind: "uses" | "avoids"; readonly what: string }
  /** At every exit the verifier knows that the register is in this range, unsigned. */
  | { readonly kind: "knows"; readonly reg: number; readonly min: number; readonly max: number }
  /** The reader's own calls since the lesson was opened. `answer`: `ok` or an errno's name, and for `cat` the printed text. */
  | { readonly kind: "did"; readonly verb: Verb; readonly what: string; readonly answer: string }
  | { readonly kind: "attached"; readonly is: boolean }
  /** The reader's kernel has at least these steps of the recipe. */
  | { readonly kind: "applied"; readonly steps: readonly number[] }
  /** A map of the reader's kernel has this value under the key: see `keeps`. */
  | { readonly kind: "holds"; readonly map: string; readonly key: string; readonly is: string }
  /** The reader's run is at a step where this condition on the registers holds: `r0 == 52`. */
  | { readonly kind: "stands"; readonly where: string };

/** `test`: BPF_PROG_TEST_RUN. `update`, `delete`: an element of a map. */
export type Verb = "load" | "attach" | "detach" | "echo" | "cat" | "test" | "update" | "delete";

export interface GoalView {
  readonly met: boolean;
  /** The actual result: a number, an errno, the kernel's message. "": secret, or there was none. */
  readonly found: string;
  /** The input for which a goal about runs fails. null: the goal is met, or there was no run. */
  readonly counterExample: CounterExample | null;
  /** The step of the recipe without which the reader's kernel does not take the program. 0: it is not that. */
  readonly missingStep: number;
}

/** One input whose result differs from the wanted one. */
export interface CounterExample {
  readonly on: readonly string[];
  /** A number, bytes, a line, an errno. "": nothing. */
  readonly actual: string;
  readonly wanted: string;
}

/** What the reader has done: calls since the lesson was opened, and R0 … R10 (16 hex digits) at each step where the run stood. */
export interface ReaderRecord {
  readonly calls: readonly SyscallView[];
  readonly stepRegisters: readonly (readonly string[])[];
}
