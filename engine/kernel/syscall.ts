// A system call as a value: command, arguments, result. Plain data, bytes as hex text. strace.ts draws the line of it.

import type { Cause } from "./cause.ts";

/** Flags of openat(2), by their x86-64 values. */
export const O_WRONLY = 0o1;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;

/** What was asked for. Names as in union bpf_attr; a `path` is that of the file behind the descriptor, "" where none is open. */
export type Syscall =
  | {
      readonly call: "prog-load";
      /** enum bpf_prog_type */
      readonly progType: number;
      readonly insnCnt: number;
      readonly license: string;
      readonly logLevel: number;
      readonly progFlags: number;
      readonly progName: string;
      readonly expectedAttachType: number;
    }
  | {
      readonly call: "prog-attach";
      readonly targetFd: number;
      readonly attachBpfFd: number;
      /** enum bpf_attach_type */
      readonly attachType: number;
      readonly attachFlags: number;
    }
  | {
      readonly call: "prog-detach";
      readonly targetFd: number;
      /** 0 where none is said. */
      readonly attachBpfFd: number;
      readonly attachType: number;
      readonly attachFlags: number;
    }
  /** `data`: what the program was run on. */
  | { readonly call: "prog-test-run"; readonly progFd: number; readonly data: string }
  | {
      readonly call: "map-create";
      /** enum bpf_map_type in lower case without its prefix: `hash`. */
      readonly mapType: string;
      readonly keySize: number;
      readonly valueSize: number;
      readonly maxEntries: number;
      readonly mapFlags: number;
      /** 0: none. */
      readonly innerMapFd: number;
      readonly mapName: string;
    }
  | {
      readonly call: "map-update";
      readonly mapFd: number;
      readonly key: string;
      readonly value: string;
      readonly flags: number;
    }
  | { readonly call: "map-delete"; readonly mapFd: number; readonly key: string }
  /** `flags`: O_WRONLY, O_CREAT …, or'ed; 0: for reading. */
  | { readonly call: "openat"; readonly path: string; readonly flags: number }
  /** `data`: all that was given, taken or not. */
  | { readonly call: "write"; readonly fd: number; readonly path: string; readonly data: string }
  /** `data`: what came, "" where the call failed; `count`: how much was asked for. */
  | {
      readonly call: "read";
      readonly fd: number;
      readonly path: string;
      readonly data: string;
      readonly count: number;
    }
  | { readonly call: "close"; readonly fd: number; readonly path: string };

/** What came back, as the C library has it. */
export interface SyscallResult {
  /** -1 where the call failed. */
  readonly ret: number;
  /** Positive; 0 where it succeeded. */
  readonly errno: number;
  /** Why it failed, where more than the errno is known. */
  readonly cause?: Cause;
}

export type SyscallRecord = Syscall & SyscallResult;

/** `result`: what the kernel returned, a negative errno among it. */
export const recordOf = (call: Syscall, result: number, cause?: Cause): SyscallRecord => ({
  ...call,
  ret: result < 0 ? -1 : result,
  errno: result < 0 ? -result : 0,
  ...(cause && { cause }),
});
