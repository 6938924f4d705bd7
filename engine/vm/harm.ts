// What a program can do to the kernel that no verified program does: a fault of the machine, or something that the machine
// by itself lets pass. A value; who shows it finds the words.
import type { Fault } from "./fault.ts";

/** `step`: instructions that ran before. `slot`: of the instruction that does it, which is still to run. */
export type Harm = HarmKind & { readonly step: number; readonly slot: number };

export type HarmKind =
  /** Memory that is not the program's, a jump to nowhere, a lock that is held already … */
  | { readonly kind: "fault"; readonly fault: Fault }
  /** A register that nothing has written. */
  | { readonly kind: "unset-register"; readonly reg: number }
  /** A byte of the stack that nothing has written; `off` from the frame pointer. */
  | { readonly kind: "unwritten-stack"; readonly off: number }
  /** A pointer into the packet from before the call at slot `call`, which may have moved the packet. */
  | { readonly kind: "moved-packet"; readonly reg: number; readonly call: number; readonly func: string }
  /** What the call at slot `call` released. */
  | { readonly kind: "released"; readonly reg: number; readonly call: number; readonly func: string }
  /** The program ends and what the call at slot `call` gave was not released. */
  | { readonly kind: "leak"; readonly call: number; readonly func: string }
  /** A result that whoever runs the program does not understand. */
  | { readonly kind: "result"; readonly value: number; readonly min: number; readonly max: number }
  /** An address of the kernel as the result. */
  | { readonly kind: "pointer-result" }
  /** The same registers, stack and memory as at an earlier step: it goes round for ever. */
  | { readonly kind: "endless"; readonly since: number }
  /** More instructions than any verified program without callbacks runs. */
  | { readonly kind: "too-long" };
