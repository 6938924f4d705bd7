// What a program can do to the kernel that no verified program does: a fault of the machine, or something that the machine itself does
// not notice. It is a value; whoever shows it chooses the words.
import type { Fault } from "./fault.ts";

/** `step`: how many instructions ran before. `slot`: the instruction that does the harm; it has not run yet. */
export type Harm = HarmKind & { readonly step: number; readonly slot: number };

export type HarmKind =
  /** Memory that does not belong to the program, a jump to nowhere, a lock that is already held … */
  | { readonly kind: "fault"; readonly fault: Fault }
  /** Use of a register that nothing has written. */
  | { readonly kind: "unset-register"; readonly reg: number }
  /** Read of a stack byte that nothing has written. `off` is relative to the frame pointer. */
  | { readonly kind: "unwritten-stack"; readonly off: number }
  /** Use of a packet pointer from before the call at slot `call`, which may have moved the packet. */
  | { readonly kind: "moved-packet"; readonly reg: number; readonly call: number; readonly func: string }
  /** Use of something that the call at slot `call` released. */
  | { readonly kind: "released"; readonly reg: number; readonly call: number; readonly func: string }
  /** The program ends, and what the call at slot `call` returned was not released. */
  | { readonly kind: "leak"; readonly call: number; readonly func: string }
  /** A return value outside the range that the caller of the program understands. */
  | { readonly kind: "result"; readonly value: number; readonly min: number; readonly max: number }
  /** An address of the kernel as the return value. */
  | { readonly kind: "pointer-result" }
  /** The same registers, stack and memory as at the earlier step `since`: the program loops for ever. */
  | { readonly kind: "endless"; readonly since: number }
  /** More instructions than any verified program without callbacks runs. */
  | { readonly kind: "too-long" };
