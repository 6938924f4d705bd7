// A system call as a value: command, arguments, result. Plain data; bytes are hex text. strace.ts makes its text.

import type { Cause } from "./cause.ts";

/** Flags of openat(2), by their x86-64 values. */
export const O_WRONLY = 0o1;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;

/** The call and its arguments, named as in union bpf_attr. `path` is the file behind the descriptor, "" if no file is open there. */
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
      /** 0: none was given. */
      readonly attachBpfFd: number;
      readonly attachType: number;
      readonly attachFlags: number;
    }
  /** `data`: the bytes on which the program was run. */
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
  /** `flags`: O_WRONLY, O_CREAT …, or'ed together. 0: for reading. */
  | { readonly call: "openat"; readonly path: string; readonly flags: number }
  /** `data`: all bytes that were given, even those that the file did not take. */
  | { readonly call: "write"; readonly fd: number; readonly path: string; readonly data: string }
  /** `data`: the bytes read, "" if the call failed. `count`: how many bytes were asked for. */
  | {
      readonly call: "read";
      readonly fd: number;
      readonly path: string;
      readonly data: string;
      readonly count: number;
    }
  | { readonly call: "close"; readonly fd: number; readonly path: string };

/** The result, as the C library returns it. */
export interface SyscallResult {
  /** -1 if the call failed. */
  readonly ret: number;
  /** Positive. 0 if the call succeeded. */
  readonly errno: number;
  /** Why the call failed, if more than the errno is known. */
  readonly cause?: Cause;
}

export type SyscallRecord = Syscall & SyscallResult;

/** `result`: what the kernel returned, which may be a negative errno. */
export const recordOf = (call: Syscall, result: number, cause?: Cause): SyscallRecord => ({
  ...call,
  ret: result < 0 ? -1 : result,
  errno: result < 0 ? -result : 0,
  ...(cause && { cause }),
});
