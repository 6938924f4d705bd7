// Why a system call was refused: the check that failed, and the values that a sentence about it needs. It is plain data beside
// the errno. No sentences here: the page writes them in the reader's language.
import type { NotSimulated } from "../program/not-simulated.ts";

export type Cause =
  // BPF_PROG_LOAD, in the kernel's order
  /** `flags`: only the flags that the kernel does not know. */
  | { readonly check: "prog-flags"; readonly flags: number }
  | { readonly check: "insn-cnt"; readonly count: number; readonly most: number }
  /** The kernel does not have this type. `step`: the step of the recipe that adds it. */
  | { readonly check: "prog-type"; readonly progType: number; readonly step?: 1 }
  /** Programs of this type are not simulated. `what`: what they need. */
  | { readonly check: "not-simulated"; readonly what: NotSimulated }
  | { readonly check: "expected-attach-type"; readonly given: number; readonly taken: readonly number[] }
  | { readonly check: "prog-name"; readonly name: string }
  | { readonly check: "log"; readonly level: number; readonly size: number }
  /** The verifier refused the program. The verdict says why. */
  | { readonly check: "verifier" }
  /** All descriptors are in use. */
  | { readonly check: "descriptors" }
  // BPF_MAP_CREATE
  | { readonly check: "map-type"; readonly type: string }
  /** A map of maps was asked for, but no inner map was given. */
  | { readonly check: "inner-map" }
  /** Sizes, number of entries and flags do not fit the type or each other. */
  | { readonly check: "map-sizes" }
  | { readonly check: "memory" }
  | { readonly check: "map-name"; readonly name: string }
  // Calls on a descriptor
  | { readonly check: "bad-fd"; readonly fd: number }
  | { readonly check: "not-a-map"; readonly fd: number }
  | { readonly check: "not-a-program"; readonly fd: number }
  /** The map has BPF_F_RDONLY: user space may only read it. */
  | { readonly check: "map-access" }
  /** The map itself refused: no such key, no room, or flags that it does not accept. */
  | { readonly check: "element" }
  // BPF_PROG_ATTACH, BPF_PROG_DETACH
  /** The kernel does not have this attach type. `step`: the step of the recipe that adds it. */
  | { readonly check: "attach-type"; readonly attachType: number; readonly step?: 2 }
  | { readonly check: "attach-flags"; readonly flags: number }
  | { readonly check: "other-prog-type"; readonly has: string; readonly wants: string }
  | { readonly check: "other-attach-type"; readonly loadedFor: number; readonly given: number }
  /** The thing to which programs of this type are attached is not simulated. */
  | { readonly check: "no-target"; readonly progType: string }
  // openat, write
  /** No such file. `step`: the step of the recipe that adds it. */
  | { readonly check: "no-file"; readonly step?: 3 }
  /** The file does not accept the text that was written. */
  | { readonly check: "input" }
  | { readonly check: "nothing-attached" }
  /** A map of the program is not in the machine's memory, because it does not fit or its type is not simulated. */
  | { readonly check: "absent-map" };

/** What a system call returned, and if it was refused, why. */
export interface Answer {
  /** A descriptor, a count or 0. If the call was refused: a negative errno. */
  readonly ret: number;
  /** Only with a negative errno, and only if more than the errno is known. */
  readonly cause?: Cause;
}

/** A refused call. `errno` is positive. */
export const refused = (errno: number, cause: Cause): Answer => ({ ret: -errno, cause });
