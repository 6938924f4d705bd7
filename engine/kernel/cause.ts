// Why a system call was refused before anything ran: the check that said no, with what a sentence about it needs. Plain data;
// the errno stands beside it. The words are the reader's: nothing here is a sentence.

export type Cause =
  // BPF_PROG_LOAD, in the kernel's order
  /** `flags`: those that the kernel does not know. */
  | { readonly check: "prog-flags"; readonly flags: number }
  | { readonly check: "insn-cnt"; readonly count: number; readonly most: number }
  /** `step`: of the recipe, that would have made it. */
  | { readonly check: "prog-type"; readonly progType: number; readonly step?: 1 }
  /** What the program would have to bring, as a phrase: it is not simulated. */
  | { readonly check: "needs"; readonly what: string }
  | { readonly check: "expected-attach-type"; readonly given: number; readonly taken: readonly number[] }
  | { readonly check: "prog-name"; readonly name: string }
  | { readonly check: "log"; readonly level: number; readonly size: number }
  /** The verdict says more. */
  | { readonly check: "verifier" }
  /** All descriptors are in use. */
  | { readonly check: "descriptors" }
  // BPF_MAP_CREATE
  | { readonly check: "map-type"; readonly type: string }
  /** A map of maps without one to take after. */
  | { readonly check: "inner-map" }
  /** Sizes, number of entries and flags do not fit the type, or each other. */
  | { readonly check: "map-sizes" }
  | { readonly check: "memory" }
  | { readonly check: "map-name"; readonly name: string }
  // calls on a descriptor
  | { readonly check: "bad-fd"; readonly fd: number }
  | { readonly check: "not-a-map"; readonly fd: number }
  | { readonly check: "not-a-program"; readonly fd: number }
  /** BPF_F_RDONLY: user space may only read. */
  | { readonly check: "map-access" }
  /** The map itself refused: no such key, no room, flags that it does not take. */
  | { readonly check: "element" }
  // BPF_PROG_ATTACH, BPF_PROG_DETACH
  | { readonly check: "attach-type"; readonly attachType: number; readonly step?: 2 }
  | { readonly check: "attach-flags"; readonly flags: number }
  | { readonly check: "other-prog-type"; readonly has: string; readonly wants: string }
  | { readonly check: "other-attach-type"; readonly loadedFor: number; readonly given: number }
  /** What programs of this type are attached to is not simulated. */
  | { readonly check: "no-target"; readonly progType: string }
  // openat, write
  | { readonly check: "no-file"; readonly step?: 3 }
  /** A text that the file does not take. */
  | { readonly check: "input" }
  | { readonly check: "nothing-attached" }
  /** A map of the program is not in the machine's memory: it does not fit, or its kind is not simulated. */
  | { readonly check: "absent-map" };

/** What a system call returned, and why where it was refused. */
export interface Answer {
  /** A descriptor, a count or 0; or a negative errno. */
  readonly ret: number;
  /** Of a negative errno, where more than the number is known. */
  readonly cause?: Cause;
}

/** `errno`: positive. */
export const refused = (errno: number, cause: Cause): Answer => ({ ret: -errno, cause });
