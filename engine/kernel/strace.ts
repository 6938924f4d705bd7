// System calls in the words of strace(1): `bpf(BPF_PROG_ATTACH, {target_fd=0, …}, 32) = 0`. Pointers are left as `…`: there
// is no user memory here to point to.
import { latin1, toHex } from "../base/bytes.ts";
import { errnoName, errnoText } from "../facts/errno.ts";
import type { MapDef } from "../program/program.ts";
import { O_CREAT, O_TRUNC, O_WRONLY } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import type { ProgAttachAttr, ProgLoadAttr } from "./prog.ts";

export interface SyscallRecord {
  readonly name: string;
  /** With its return value, as one line. */
  readonly text: string;
  /** What the C library returns: -1 where the call failed. */
  readonly ret: number;
  /** Positive; 0 where it succeeded. */
  readonly errno: number;
}

/** `result`: what the kernel returned, a negative errno among it. */
export function record(name: string, args: string, result: number): SyscallRecord {
  const errno = result < 0 ? -result : 0;
  const end = errno ? `-1 ${errnoName(errno) ?? errno} (${errnoText(errno) ?? "Unknown error"})` : String(result);
  return { name, text: `${name}(${args}) = ${end}`, ret: errno ? -1 : result, errno };
}

/** Sizes of union bpf_attr as libbpf passes them for each command. */
const SIZE = { load: 144, attach: 32, map: 72, element: 32, testRun: 80 } as const;

const quoted = (text: string): string => JSON.stringify(text);
/** A string as strace prints it: the usual escapes, others in octal, at most 32 bytes. */
function cString(bytes: Uint8Array): string {
  const shown = latin1(bytes.subarray(0, 32)).replace(/["\\]|[^ -~]/g, (char) => {
    const known = ESCAPES[char];
    return known ?? `\\${char.charCodeAt(0).toString(8)}`;
  });
  return `"${shown}"${bytes.length > 32 ? "..." : ""}`;
}
const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

const attachType = (kernel: Kernel, id: number): string =>
  kernel.attachTypeName(id) ?? `0x${id.toString(16)} /* BPF_??? */`;
const progType = (kernel: Kernel, id: number): string => {
  const type = kernel.progType(id);
  return type ? `BPF_PROG_TYPE_${type.name.toUpperCase()}` : `0x${id.toString(16)} /* BPF_PROG_TYPE_??? */`;
};

export const args = {
  progLoad: (kernel: Kernel, a: ProgLoadAttr) =>
    `BPF_PROG_LOAD, {prog_type=${progType(kernel, a.progType)}, insn_cnt=${a.insns.length}, insns=…, license=${quoted(a.license)}, ` +
    `log_level=${a.logLevel}, log_buf=…, prog_flags=${a.progFlags}, prog_name=${quoted(a.progName)}, ` +
    `expected_attach_type=${attachType(kernel, a.expectedAttachType)}}, ${SIZE.load}`,
  progAttach: (kernel: Kernel, a: ProgAttachAttr) =>
    `BPF_PROG_ATTACH, {target_fd=${a.targetFd ?? 0}, attach_bpf_fd=${a.attachBpfFd}, ` +
    `attach_type=${attachType(kernel, a.attachType)}, attach_flags=${a.attachFlags ?? 0}}, ${SIZE.attach}`,
  progDetach: (kernel: Kernel, a: Omit<ProgAttachAttr, "attachBpfFd">) =>
    `BPF_PROG_DETACH, {target_fd=${a.targetFd ?? 0}, attach_type=${attachType(kernel, a.attachType)}}, ${SIZE.attach}`,
  mapCreate: (def: MapDef, innerFd: number) =>
    `BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_${def.type.toUpperCase()}, key_size=${def.keySize}, value_size=${def.valueSize}, ` +
    `max_entries=${def.maxEntries}, map_flags=${def.flags}, inner_map_fd=${innerFd}, map_name=${quoted(def.name)}}, ${SIZE.map}`,
  mapUpdate: (fd: number, key: Uint8Array, value: Uint8Array, flags: number) =>
    `BPF_MAP_UPDATE_ELEM, {map_fd=${fd}, key=0x${toHex(key)}, value=0x${toHex(value)}, flags=${flags}}, ${SIZE.element}`,
  mapDelete: (fd: number, key: Uint8Array) =>
    `BPF_MAP_DELETE_ELEM, {map_fd=${fd}, key=0x${toHex(key)}}, ${SIZE.element}`,
  testRun: (fd: number, size: number) =>
    `BPF_PROG_TEST_RUN, {test={prog_fd=${fd}, data_size_in=${size}, data_in=…, repeat=1}}, ${SIZE.testRun}`,
  openat: (path: string, flags: number) =>
    `AT_FDCWD, ${quoted(path)}, ${flags & O_WRONLY ? "O_WRONLY" : "O_RDONLY"}${flags & O_CREAT ? "|O_CREAT" : ""}${
      flags & O_TRUNC ? "|O_TRUNC" : ""
    }${flags & O_CREAT ? ", 0666" : ""}`,
  write: (fd: number, bytes: Uint8Array) => `${fd}, ${cString(bytes)}, ${bytes.length}`,
  read: (fd: number, bytes: Uint8Array | number, count: number) =>
    `${fd}, ${typeof bytes === "number" ? "…" : cString(bytes)}, ${count}`,
  close: (fd: number) => String(fd),
} as const;
