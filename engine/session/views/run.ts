// Runs and the steps of a run as the page is told them: plain data that crosses a Worker boundary.

import type { LayerView } from "../../packets/headers.ts";
import type { MapAttr } from "../../program/program.ts";
import type { Hex64, SlotView } from "./program.ts";

/** Bytes in memory order, two lower-case digits each. */
type Hex = string;

export type RunEnd =
  | {
      readonly kind: "exit";
      readonly r0: Hex64;
      /** Low 32 bits of R0. */
      readonly retval: number;
      /** What the program type calls that value: `XDP_DROP`. "": no name. */
      readonly action: string;
    }
  | {
      readonly kind: "fault";
      readonly slot: number;
      readonly message: string;
      readonly fault: string;
      /** For a wrong access: the wanted address, and the nearest memory. Otherwise null. */
      readonly access: FaultAccess | null;
    }
  /** The step budget was used up. The recorded steps can be walked. */
  | { readonly kind: "budget"; readonly slot: number; readonly steps: number };

export interface FaultAccess {
  readonly address: Hex64;
  readonly size: number;
  readonly write: boolean;
  /** `end` excluded. null: the program has no memory at all. */
  readonly nearest: { readonly name: string; readonly start: Hex64; readonly end: Hex64 } | null;
}

/** A recorded run. Steps 0 … length: at step 0 nothing has run, at step `length` the program has ended. */
export interface RunView {
  /** Number of the run in later questions. The session keeps the last run of the kernel and the last of `runOnce`. */
  readonly run: number;
  /** Instructions executed. */
  readonly length: number;
  readonly end: RunEnd;
  /** The program that ran. It may differ from the editor's after an edit: compare `insns` with the check's slots. */
  readonly insns: string;
  readonly slots: readonly SlotView[];
  /** Lines that the run wrote to trace_pipe. */
  readonly trace: readonly string[];
  /** Packet or context after the run, hex. "": nothing to show. */
  readonly out: string;
  /** Microseconds to run and record. */
  readonly us: number;
}

/** What happens in a step, as bits: marks of the timeline. */
export const MARK = {
  branch: 1,
  call: 2,
  load: 4,
  store: 8,
  helper: 16,
  fault: 32,
  exit: 64,
  breakpoint: 128,
} as const;

/** Many steps at once, for a slider, without stacks and memory. All arrays can be transferred. */
export interface TimelineChunk {
  readonly run: number;
  readonly from: number;
  readonly count: number;
  /** Slot about to run at each step. -1: after the end. */
  readonly slots: Int32Array;
  /** 11 registers for each of the `count` steps. */
  readonly regs: BigUint64Array;
  /** Bit n: Rn has another value than one step before. */
  readonly changed: Uint16Array;
  /** Call depth, 0 … 7. */
  readonly frames: Uint8Array;
  /** MARK bits of the instruction about to run. */
  readonly marks: Uint8Array;
}

/** A line of the stack pane: 8 bytes. */
export interface StackRowView {
  readonly frame: number;
  /** -8, -16, … */
  readonly off: number;
  readonly address: Hex64;
  /** 16 hex digits in memory order (lowest address first). */
  readonly bytes: string;
  /** The same 8 bytes as a little-endian number. */
  readonly value: Hex64;
  /** Bit i: byte i (from the lowest address) was written since the frame was entered. */
  readonly used: number;
  /** Bit i: byte i was written by the last instruction. */
  readonly changed: number;
}

export interface MemoryChangeView {
  /** `ctx`, `stack`, `packet`, or the name of a map. */
  readonly region: string;
  readonly address: Hex64;
  /** Offset from the start of the region. On the stack: negative, from the frame pointer. */
  readonly off: number;
  readonly old: string;
  readonly new: string;
}

export interface MapEventView {
  readonly map: string;
  /** `update`, `delete`, `push`, `pop`, … */
  readonly op: string;
  readonly key: string;
  readonly old: string;
  readonly new: string;
}

export interface FrameView {
  readonly depth: number;
  /** Slot after the call in the caller. -1: the outermost frame. */
  readonly returnSlot: number;
  /** In the innermost frame: the slot about to run. In the others: the slot of the call. */
  readonly slot: number;
  /** R6 … R9 as this frame holds them. For the innermost frame: the registers themselves. */
  readonly saved: readonly Hex64[];
  /** A helper called it: bpf_loop, bpf_for_each_map_elem. */
  readonly callback: boolean;
  /** R10 of the frame. */
  readonly top: Hex64;
}

/** Bytes that an instruction loads or stores. */
export interface AccessView {
  readonly write: boolean;
  /** True for a load. An atomic instruction does both. */
  readonly read: boolean;
  readonly address: Hex64;
  readonly size: number;
  /** `stack`, `ctx`, `packet`, the name of a map. "": there is no memory. */
  readonly region: string;
}

/** One moment: the registers before the instruction at `slot` runs, and what the instruction before did. */
export interface StepView {
  readonly run: number;
  readonly step: number;
  /** Slot about to run. -1: after the end. After a fault or a used up budget: the slot where the run stopped. */
  readonly slot: number;
  /** Slot that ran last. -1: at step 0. */
  readonly lastSlot: number;
  readonly regs: readonly Hex64[];
  /** The changed registers, with their values one step before and now. */
  readonly changed: readonly { readonly reg: number; readonly old: Hex64; readonly new: Hex64 }[];
  /** Bit n: the last instruction wrote Rn, even if to the same value. */
  readonly written: number;
  /** Bit n: Rn has a value, set by the program or at its entry. */
  readonly regsSet: number;
  /** Bit n: the instruction about to run reads / will write Rn. */
  readonly reads: number;
  readonly writes: number;
  readonly frames: readonly FrameView[];
  readonly stack: readonly StackRowView[];
  readonly memory: readonly MemoryChangeView[];
  /** What the step just done did to maps and printed, and which helper it called with which arguments. */
  readonly maps: readonly MapEventView[];
  readonly trace: readonly string[];
  readonly call: { readonly name: string; readonly args: readonly Hex64[]; readonly ret: Hex64 } | null;
  /** Memory that the instruction about to run will touch. null: none. Does not include what a helper touches. */
  readonly access: AccessView | null;
  /** Memory that the step just done stored to, even if no byte changed. null: it stored nothing. */
  readonly stored: AccessView | null;
  /** The instruction about to run, as the log prints it. "": after the end. */
  readonly text: string;
  /** 0: the run's own program. Otherwise the number of a program that a tail call entered. Slots are that program's. */
  readonly prog: number;
  /** One English sentence about the step just done: `R0: 0x0 → 0xa`. "": at step 0. */
  readonly caption: string;
}

/** An element of a map at a step. Queues, stacks and ring buffers have no keys: "". */
export interface MapEntryView {
  readonly key: Hex;
  /** One value. For a per-CPU map: one per CPU. */
  readonly values: readonly Hex[];
  /** Address of each value. []: programs cannot point into it. */
  readonly addresses: readonly Hex64[];
  /** What a value stands for that is the number of an object: the name of a map, `prog 3`. "": not such a value. */
  readonly label: string;
  /** Values before the last step, if it changed them. []: it made the element. null: it did not touch the element. */
  readonly was: readonly Hex[] | null;
}

/** A map at a step. `entries`: those of the window asked for, beginning with number `from`. */
export interface MapAtView extends MapAttr {
  readonly id: number;
  /** -1: no descriptor leads to it any more. */
  readonly fd: number;
  readonly count: number;
  readonly from: number;
  readonly entries: readonly MapEntryView[];
  /** Elements that the last step removed. */
  readonly removed: readonly { readonly key: Hex; readonly values: readonly Hex[] }[];
  /** Index of the first element that the last step changed or made. -1: none. */
  readonly changedAt: number;
}

/** Part of a map's elements. */
export interface MapWindow {
  readonly map: number;
  readonly from: number;
  readonly count: number;
}

/** The packet at a step: from its metadata to its end. If programs see only what is behind the link header, from that header. */
export interface PacketAtView {
  readonly bytes: Hex;
  readonly address: Hex64;
  /** Positions in `bytes`. Without metadata, dataMeta = data. */
  readonly dataMeta: number;
  readonly data: number;
  readonly link: number;
  /** By how many bytes the packet could grow in front and behind. */
  readonly headroom: number;
  readonly tailroom: number;
  /** Ranges that the last step changed. */
  readonly changed: readonly { readonly at: number; readonly old: Hex; readonly new: Hex }[];
  readonly layers: readonly LayerView[];
}

/** Something that a run printed or sent. */
export interface OutputView {
  /** The first step after the output. */
  readonly step: number;
  readonly kind: "trace" | "ringbuf" | "perf";
  /** Name of the map. "": the trace pipe. */
  readonly map: string;
  /** A line of trace_pipe. "": a record. */
  readonly text: string;
  /** Position in it where the program's own text begins, after task, CPU, flags, time and function. */
  readonly textStart: number;
  /** The record's bytes. "": a line. */
  readonly hex: Hex;
}

/** What makes a run repeatable: everything that a program can see of time, random numbers and CPU. */
export interface EnvironmentInput {
  /** Seed of bpf_get_prandom_u32: 0 … 2^32 - 1. */
  readonly seed: number;
  /** 0 … 3 */
  readonly cpu: number;
  /** Nanoseconds since boot when a run starts. Absent: one day. */
  readonly bootTime?: number;
  /** Whether a look-up for a socket finds one. Absent: it does not. */
  readonly sockets?: boolean;
}

/** Where to go from a step. `write`: back to the last change of a register, a stack row or a byte in memory. */
export type Seek =
  | { readonly to: "next-visit" | "previous-visit"; readonly slot: number }
  | { readonly to: "last-write"; readonly reg: number }
  | { readonly to: "last-write"; readonly address: Hex64; readonly size: number };

/** Where the way ended: at one of the given stops, or at the end (or start) of the run. */
export interface WayEndView {
  readonly step: number;
  /** Index in the list of stops. -1: none of them holds there. */
  readonly stopIndex: number;
}

export type StopInput =
  /** `when`: `r0 == 5 && r1 s< 0`. See checkCondition. */
  | { readonly kind: "breakpoint"; readonly slot: number; readonly when?: string }
  | { readonly kind: "cursor"; readonly slot: number }
  /** The step before changed a register or some bytes. A register also counts when it is set for the first time. */
  | { readonly kind: "watch"; readonly reg: number }
  | { readonly kind: "watch"; readonly address: Hex64; readonly size: number }
  /** `over`: not deeper in calls than at the start. `out`: less deep. */
  | { readonly kind: "over" }
  | { readonly kind: "out" };

/** Many runs of a program in one way. */
export interface EngineSpeedView {
  readonly runs: number;
  /** Instructions of one run. */
  readonly insns: number;
  /** Nanoseconds, including entry and exit. */
  readonly nsPerRun: number;
  /** R0 of the last run. "": it did not exit. */
  readonly result: Hex64 | "";
  /** Sentence of a fault, or `budget` if a run was too long. "": no fault. */
  readonly fault: string;
}

/** The same program in the interpreter and compiled to WebAssembly. */
export interface SpeedView {
  readonly interp: EngineSpeedView;
  /** The loop is inside the compiled code. null: the program's end needs the machine each time. */
  readonly inside: EngineSpeedView | null;
  /** Also compiled, but entered from JavaScript for each run, as one write to the hook's file does. */
  readonly entered: EngineSpeedView;
  /** The cost of one entry, measured with a program that does nothing. */
  readonly crossingNs: number;
  /** Milliseconds of our compiler and the browser's together. */
  readonly compileMs: number;
  readonly wasmBytes: number;
  /** WebAssembly text, with the slots as comments. */
  readonly wasmText: string;
  readonly layouts: readonly { readonly name: string; readonly layout: "structured" | "dispatch" }[];
}

/** The fields of a context: of `pt_regs`, or of a tracepoint's record as its format file gives them. */
export interface EventFormatView {
  /** `pt_regs`, `sched:sched_switch` */
  readonly name: string;
  readonly size: number;
  readonly fields: readonly {
    readonly name: string;
    readonly off: number;
    readonly size: number;
    /** Characters, not a number. */
    readonly text: boolean;
  }[];
}
