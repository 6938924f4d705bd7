// Runs and the moments of a run as the page is told them: plain data that crosses a Worker boundary.
import type { LayerView } from "../../packets/headers.ts";
import type { Hex64, SlotView } from "./program.ts";

/** Bytes in memory order, two lower-case digits each. */
type Hex = string;

export type RunEnd =
  | {
      readonly kind: "exit";
      readonly r0: Hex64;
      /** Low 32 bits of R0. */
      readonly retval: number;
      /** What the program type calls that value: `XDP_DROP`; "" where it has no name. */
      readonly action: string;
    }
  | {
      readonly kind: "fault";
      readonly slot: number;
      readonly message: string;
      readonly fault: string;
      /** Where it was a wrong access: what was asked for, and the memory closest to it. */
      readonly access: FaultAccess | null;
    }
  /** The step budget was used up; what was recorded can be walked. */
  | { readonly kind: "budget"; readonly slot: number; readonly steps: number };

export interface FaultAccess {
  readonly address: Hex64;
  readonly size: number;
  readonly write: boolean;
  /** `end` excluded; null: the program has no memory at all. */
  readonly nearest: { readonly name: string; readonly start: Hex64; readonly end: Hex64 } | null;
}

/** A recorded run. Steps 0 … length: at step 0 nothing has run, at step `length` the program has ended. */
export interface RunView {
  /** Name of the run in later questions. The session keeps the last run of the kernel and the last of `runOnce`. */
  readonly run: number;
  /** Instructions executed. */
  readonly length: number;
  readonly end: RunEnd;
  /** The program that ran: not the editor's, once that was edited. Compare `insns` with the check's slots. */
  readonly insns: string;
  readonly slots: readonly SlotView[];
  /** Lines the run wrote to trace_pipe. */
  readonly trace: readonly string[];
  /** Packet or context after the run, hex; "" where there is none to see. */
  readonly out: string;
  /** Microseconds it took to run and record. */
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

/** Many steps at once, for a slider: no stacks and memory. All arrays can be transferred. */
export interface TimelineChunk {
  readonly run: number;
  readonly from: number;
  readonly count: number;
  /** Slot about to run at each step; -1 after the end. */
  readonly slots: Int32Array;
  /** count × 11. */
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
  /** Offset from the start of the region; negative from the frame pointer on the stack. */
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
  /** Slot after the call in the caller; -1 for the outermost. */
  readonly returnSlot: number;
  /** About to run in the innermost frame; where the call stands in the others. */
  readonly slot: number;
  /** R6 … R9 as this frame holds them; the innermost's are the registers themselves. */
  readonly saved: readonly Hex64[];
  /** Called by a helper: bpf_loop, bpf_for_each_map_elem. */
  readonly callback: boolean;
  /** R10 of the frame. */
  readonly top: Hex64;
}

/** Bytes that an instruction loads or stores. */
export interface AccessView {
  readonly write: boolean;
  /** An atomic instruction does both. */
  readonly read: boolean;
  readonly address: Hex64;
  readonly size: number;
  /** `stack`, `ctx`, `packet`, the name of a map; "" where there is no memory. */
  readonly region: string;
}

/** One moment: registers before the instruction at `slot` runs, and what the instruction before did. */
export interface StepView {
  readonly run: number;
  readonly step: number;
  /** About to run; -1 after the end. After a fault or a used up budget: the slot it stopped at. */
  readonly slot: number;
  /** Executed to get here; -1 at step 0. */
  readonly lastSlot: number;
  readonly regs: readonly Hex64[];
  /** Values one step before, for those that changed. */
  readonly changed: readonly { readonly reg: number; readonly old: Hex64; readonly new: Hex64 }[];
  /** Bit n: the last instruction wrote Rn, even if to the same value. */
  readonly written: number;
  /** Bit n: Rn has a value: the program set it, or was entered with it. */
  readonly set: number;
  /** Bit n: the instruction about to run reads Rn / will write Rn. */
  readonly reads: number;
  readonly writes: number;
  readonly frames: readonly FrameView[];
  readonly stack: readonly StackRowView[];
  readonly memory: readonly MemoryChangeView[];
  /** What the step just done did to maps, what it printed, and which helper it called with what. */
  readonly maps: readonly MapEventView[];
  readonly trace: readonly string[];
  readonly call: { readonly name: string; readonly args: readonly Hex64[]; readonly ret: Hex64 } | null;
  /** Memory that the instruction about to run will touch; null where it touches none. What a helper does is not told. */
  readonly access: AccessView | null;
  /** Memory that the step just done stored to, whether its bytes changed or not; null where it stored nothing. */
  readonly stored: AccessView | null;
  /** The instruction about to run, as the log writes it; "" after the end. */
  readonly text: string;
  /** 0: the run's own program; else the number of one that a tail call went to. Slots are that program's. */
  readonly prog: number;
  /** One sentence of the step just done, English: `R0: 0x0 → 0xa`; "" at step 0. */
  readonly caption: string;
}

/** An element of a map at a step. Queues, stacks and ring buffers have no keys: "". */
export interface MapEntryView {
  readonly key: Hex;
  /** One; of a per-CPU map one a CPU. */
  readonly values: readonly Hex[];
  /** Where each value lies; [] where programs cannot point into it. */
  readonly addresses: readonly Hex64[];
  /** What a value that is a number of an object stands for: the name of a map, `prog 3`; "". */
  readonly label: string;
  /** Values before the last step where it changed them; [] where it made the element; null where it did not touch it. */
  readonly was: readonly Hex[] | null;
}

/** A map at a step. `entries`: those of the window asked for, from the `from`th on. */
export interface MapAtView {
  readonly id: number;
  /** -1: no descriptor leads to it any more. */
  readonly fd: number;
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly count: number;
  readonly from: number;
  readonly entries: readonly MapEntryView[];
  /** Elements that the last step took out. */
  readonly gone: readonly { readonly key: Hex; readonly values: readonly Hex[] }[];
  /** Place of the first element that the last step changed or made; -1: none. */
  readonly changedAt: number;
}

/** Part of a map's elements. */
export interface MapWindow {
  readonly map: number;
  readonly from: number;
  readonly count: number;
}

/** The packet at a step: from its metadata (or link header, where programs see what is behind it) to its end. */
export interface PacketAtView {
  readonly bytes: Hex;
  readonly address: Hex64;
  /** Places in `bytes`; dataMeta = data where there is no metadata. */
  readonly dataMeta: number;
  readonly data: number;
  readonly link: number;
  /** Bytes it could grow by in front and behind. */
  readonly headroom: number;
  readonly tailroom: number;
  /** Ranges that the last step changed. */
  readonly changed: readonly { readonly at: number; readonly old: Hex; readonly new: Hex }[];
  readonly layers: readonly LayerView[];
}

/** Something that a run sent out. */
export interface OutputView {
  /** The step after which it was there. */
  readonly step: number;
  readonly kind: "trace" | "ringbuf" | "perf";
  /** Name of the map; "" for the trace pipe. */
  readonly map: string;
  /** A line of trace_pipe; "" for records. */
  readonly text: string;
  /** Where in it begins what the program printed; before it stand task, CPU, flags, time and function. */
  readonly said: number;
  /** The record's bytes; "" for lines. */
  readonly hex: Hex;
}

/** What repeats a run: everything that a program can see of time and chance. */
export interface EnvironmentInput {
  /** Of bpf_get_prandom_u32; 0 … 2^32 - 1. */
  readonly seed: number;
  /** 0 … 3 */
  readonly cpu: number;
  /** Nanoseconds since boot when a run starts; left out: a day. */
  readonly bootTime?: number;
  /** A look-up for a socket finds one; left out: none. */
  readonly sockets?: boolean;
}

/** Where to go from a step. `write`: back to the last change of a register, a stack row or a byte in memory. */
export type Seek =
  | { readonly to: "next-visit" | "previous-visit"; readonly slot: number }
  | { readonly to: "last-write"; readonly reg: number }
  | { readonly to: "last-write"; readonly address: Hex64; readonly size: number };

/** Where a way ended: at which of the stops it was given, or at the end (or start) of the run. */
export interface WayView {
  readonly step: number;
  /** Place in the list of stops; -1: none of them holds there. */
  readonly by: number;
}

export type StopInput =
  /** `when`: `r0 == 5 && r1 s< 0`; see checkCondition. */
  | { readonly kind: "breakpoint"; readonly slot: number; readonly when?: string }
  | { readonly kind: "cursor"; readonly slot: number }
  /** A register or some bytes were changed by the step before; a register also where it was set for the first time. */
  | { readonly kind: "watch"; readonly reg: number }
  | { readonly kind: "watch"; readonly address: Hex64; readonly size: number }
  /** Not deeper in calls than where it started (step over), or less deep (step out). */
  | { readonly kind: "over" }
  | { readonly kind: "out" };

/** Runs of a program in one way. */
export interface EngineSpeedView {
  readonly runs: number;
  /** Instructions of one run. */
  readonly insns: number;
  /** Nanoseconds, entry and exit included. */
  readonly nsPerRun: number;
  /** R0 of the last run; "" where it did not exit. */
  readonly result: Hex64 | "";
  /** Sentence of a fault, `budget` where a run was too long; "". */
  readonly fault: string;
}

/** The same program in the interpreter and compiled to WebAssembly. */
export interface SpeedView {
  readonly interp: EngineSpeedView;
  /** Repeated inside the compiled code; null where the program's end needs the machine each time. */
  readonly inside: EngineSpeedView | null;
  /** Compiled too, but entered from JavaScript for each run, as one write to the hook's file does. */
  readonly entered: EngineSpeedView;
  /** What one entry costs by itself, measured with a program that does nothing. */
  readonly crossingNs: number;
  /** Milliseconds, our compiler and the browser's together. */
  readonly compileMs: number;
  readonly wasmBytes: number;
  /** WebAssembly text, with the slots as comments. */
  readonly wasmText: string;
  readonly layouts: readonly { readonly name: string; readonly layout: "structured" | "dispatch" }[];
}

/** Bytes of a context by fields: `pt_regs`, or a tracepoint's record as its format file tells it. */
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
