// Prints system calls as strace(1) does: `bpf(BPF_PROG_ATTACH, {target_fd=0, …}, 32) = 0`. Pointers are printed as `…`, because
// there is no user memory here. Only this file makes text of a call, and nothing reads that text back.
import { fromHex, latin1 } from "../base/bytes.ts";
import { errnoName, errnoText } from "../facts/errno.ts";
import type { Registry } from "./registry.ts";
import {
  O_APPEND,
  O_CREAT,
  O_TRUNC,
  O_WRONLY,
  type Syscall,
  type SyscallRecord,
  type SyscallResult,
} from "./syscall.ts";

export interface StraceLine {
  /** `close(3) = 0` */
  readonly text: string;
  /** Index in `text` at which the result begins, with its leading space: ` = 0`. */
  readonly resultAt: number;
}

/** `registry` gives the names of program and attach types. */
export function straceLine(record: SyscallRecord, registry: Registry): StraceLine {
  const draw = LINES[record.call] as (record: SyscallRecord, registry: Registry) => string;
  const call = draw(record, registry);
  return { text: call + resultText(record), resultAt: call.length };
}

const resultText = ({ ret, errno }: SyscallResult): string =>
  errno === 0 ? ` = ${ret}` : ` = -1 ${errnoName(errno)} (${errnoText(errno)})`;

/** Size of union bpf_attr that libbpf passes for each command, in bytes. */
const SIZE = { load: 144, attach: 32, map: 72, element: 32, testRun: 80 } as const;

const quoted = (text: string): string => JSON.stringify(text);
/** strace prints at most this many bytes of a string. */
const SHOWN_BYTES = 32;
/**
 * Bytes as strace prints a string: with the usual C escapes, and octal for other bytes that are not printable. Before a digit the octal
 * number has three digits.
 */
function cString(hex: string): string {
  const bytes = fromHex(hex.slice(0, 2 * SHOWN_BYTES)) ?? new Uint8Array();
  const shown = latin1(bytes).replace(/["\\]|[^ -~]/g, (char, at: number, text: string) => {
    const octal = char.charCodeAt(0).toString(8);
    return ESCAPES[char] ?? `\\${/^[0-9]/.test(text.slice(at + 1)) ? octal.padStart(3, "0") : octal}`;
  });
  return `"${shown}"${hex.length > 2 * SHOWN_BYTES ? "..." : ""}`;
}
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\v": "\\v",
  "\f": "\\f",
};
const sizeOf = (hex: string): number => hex.length / 2;

const attachType = (registry: Registry, id: number): string =>
  registry.attachTypeName(id) ?? `0x${id.toString(16)} /* BPF_??? */`;
const progType = (registry: Registry, id: number): string => {
  const type = registry.progType(id);
  return type ? `BPF_PROG_TYPE_${type.name.toUpperCase()}` : `0x${id.toString(16)} /* BPF_PROG_TYPE_??? */`;
};

type Line<Call extends Syscall["call"]> = (
  record: Extract<SyscallRecord, { call: Call }>,
  registry: Registry,
) => string;

const LINES: { readonly [Call in Syscall["call"]]: Line<Call> } = {
  "prog-load": (a, registry) =>
    `bpf(BPF_PROG_LOAD, {prog_type=${progType(registry, a.progType)}, insn_cnt=${a.insnCnt}, insns=…, license=${quoted(a.license)}, ` +
    `log_level=${a.logLevel}, log_buf=…, prog_flags=${a.progFlags}, prog_name=${quoted(a.progName)}, ` +
    `expected_attach_type=${attachType(registry, a.expectedAttachType)}}, ${SIZE.load})`,
  "prog-attach": (a, registry) =>
    `bpf(BPF_PROG_ATTACH, {target_fd=${a.targetFd}, attach_bpf_fd=${a.attachBpfFd}, ` +
    `attach_type=${attachType(registry, a.attachType)}, attach_flags=${a.attachFlags}}, ${SIZE.attach})`,
  "prog-detach": (a, registry) =>
    `bpf(BPF_PROG_DETACH, {target_fd=${a.targetFd}, attach_type=${attachType(registry, a.attachType)}}, ${SIZE.attach})`,
  "prog-test-run": (a) =>
    `bpf(BPF_PROG_TEST_RUN, {test={prog_fd=${a.progFd}, data_size_in=${sizeOf(a.data)}, data_in=…, repeat=1}}, ${SIZE.testRun})`,
  "map-create": (a) =>
    `bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_${a.mapType.toUpperCase()}, key_size=${a.keySize}, value_size=${a.valueSize}, ` +
    `max_entries=${a.maxEntries}, map_flags=${a.mapFlags}, inner_map_fd=${a.innerMapFd}, map_name=${quoted(a.mapName)}}, ${SIZE.map})`,
  "map-update": (a) =>
    `bpf(BPF_MAP_UPDATE_ELEM, {map_fd=${a.mapFd}, key=0x${a.key}, value=0x${a.value}, flags=${a.flags}}, ${SIZE.element})`,
  "map-delete": (a) => `bpf(BPF_MAP_DELETE_ELEM, {map_fd=${a.mapFd}, key=0x${a.key}}, ${SIZE.element})`,
  openat: ({ path, flags }) =>
    `openat(AT_FDCWD, ${quoted(path)}, ${flags & O_WRONLY ? "O_WRONLY" : "O_RDONLY"}${flags & O_CREAT ? "|O_CREAT" : ""}${
      flags & O_TRUNC ? "|O_TRUNC" : ""
    }${flags & O_APPEND ? "|O_APPEND" : ""}${flags & O_CREAT ? ", 0666" : ""})`,
  write: ({ fd, data }) => `write(${fd}, ${cString(data)}, ${sizeOf(data)})`,
  read: ({ fd, data, count, errno }) => `read(${fd}, ${errno ? "…" : cString(data)}, ${count})`,
  close: ({ fd }) => `close(${fd})`,
};
