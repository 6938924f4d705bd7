// Writes calls of bpf(2) and of files as steps of a request. Offsets in union bpf_attr are those of include/uapi/linux/bpf.h.
// Pointers are u64 there; the upper half of a 32-bit pointer is zero.
import { latin1, utf8Encode, viewOf } from "../base/bytes.ts";
import { BPF_PSEUDO_KFUNC_CALL } from "../isa/codes.ts";
import { INSN_BYTES } from "../isa/insn.ts";
import { PAGE_BYTES } from "./emulator.ts";
import type { RealMap, RealProgram } from "./program.ts";
import type { Output, ResultRef } from "./protocol.ts";
import { addressOf, bytesOf, type OutputRef, RequestBuilder, resultOf, structBytes } from "./request.ts";

/** Numbers of Linux's system calls on i386. */
const NR = { read: 3, write: 4, open: 5, close: 6, ioctl: 54, bpf: 357 } as const;
const CMD = {
  mapCreate: 0,
  mapUpdate: 2,
  progLoad: 5,
  progAttach: 8,
  progDetach: 9,
  testRun: 10,
  mapFreeze: 22,
} as const;
/** Size of the attributes that is passed, as libraries do it. Fields that a release does not know are zero. */
const ATTR_BYTES = 152;
/** Flags of open(2) on i386. */
const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_NOCTTY = 0o400;
const O_TRUNC = 0o1000;
/** Size of the log in bytes, unless the caller gives another. */
export const LOG_BYTES = 16 << 20;

function addBpf(
  request: RequestBuilder,
  cmd: number,
  words: Readonly<Record<number, number>>,
  refs: Readonly<Record<number, ResultRef>> = {},
) {
  const attr = request.put(structBytes(ATTR_BYTES, words));
  for (const [at, ref] of Object.entries(refs)) request.store(attr + Number(at), ref);
  return { attr, ret: request.call(NR.bpf, cmd, addressOf(attr), ATTR_BYTES) };
}

/**
 * Types of maps whose key is struct bpf_cgroup_storage_key, a u64 and a u32. It has 16 bytes on 64 bits, and 12 on i386, where a
 * u64 is aligned to 4 bytes.
 */
const CGROUP_STORAGE_TYPES: ReadonlySet<number> = new Set([19, 21]);
const keySizeOf = ({ type, keySize }: RealMap): number =>
  CGROUP_STORAGE_TYPES.has(type) && keySize === 16 ? 12 : keySize;

interface MapCalls {
  readonly fd: ResultRef & OutputRef;
  /** All calls that must succeed before the map can be used. */
  readonly calls: readonly OutputRef[];
  readonly toClose: readonly ResultRef[];
}

function addMap(request: RequestBuilder, map: RealMap, program: RealProgram): MapCalls {
  const inner = map.inner && addMap(request, map.inner, program);
  const attr = structBytes(ATTR_BYTES, {
    0: map.type,
    4: keySizeOf(map),
    8: map.valueSize,
    12: map.maxEntries,
    16: map.flags,
  });
  for (let i = 0; i < Math.min(map.name.length, 15); i++) attr[28 + i] = map.name.charCodeAt(i);
  const at = request.put(attr);
  if (inner) request.store(at + 20, inner.fd);
  const fd = request.call(NR.bpf, CMD.mapCreate, addressOf(at), ATTR_BYTES);
  const calls: OutputRef[] = [...(inner?.calls ?? []), fd];
  const toClose: ResultRef[] = [...(inner?.toClose ?? []), fd];
  const update = (key: number, value: number) =>
    calls.push(addBpf(request, CMD.mapUpdate, { 8: addressOf(key), 16: addressOf(value) }, { 0: fd }).ret);
  for (const { key, value } of map.entries) update(request.put(key), request.put(value));
  for (const { index, insns, refs } of map.programs ?? []) {
    const code = request.put(insns);
    for (const slot of refs) request.store(code + slot * INSN_BYTES + 4, fd);
    const loaded = addLoad(request, program, code, insns.length, 0, 0).ret;
    const value = request.put(new Uint8Array(4));
    request.store(value, loaded);
    update(request.put(structBytes(4, { 0: index })), value);
    calls.push(loaded);
    toClose.push(loaded);
  }
  if (map.frozen) calls.push(addBpf(request, CMD.mapFreeze, {}, { 0: fd }).ret);
  return { fd, calls, toClose };
}

function addLoad(
  request: RequestBuilder,
  { type, license, flags, expectedAttachType }: Pick<RealProgram, "type" | "license" | "flags" | "expectedAttachType">,
  insns: number,
  bytes: number,
  logLevel: number,
  log: number,
  logBytes = 0,
) {
  return addBpf(request, CMD.progLoad, {
    0: type,
    4: bytes / INSN_BYTES,
    8: addressOf(insns),
    16: addressOf(request.putText(license)),
    24: logLevel,
    28: logBytes,
    32: logBytes === 0 ? 0 : addressOf(log),
    44: flags,
    68: expectedAttachType,
  });
}

export interface RealRun {
  readonly dataIn?: Uint8Array;
  readonly ctxIn?: Uint8Array;
}
/** `errno` 0: the program ran, and `retval` is the lower half of R0. */
export interface RealRunAnswer {
  readonly errno: number;
  readonly retval: number;
}

export interface RealLoadOptions {
  /** BPF_LOG_LEVEL1 = 1, BPF_LOG_LEVEL2 = 2, BPF_LOG_STATS = 4. */
  readonly logLevel: number;
  readonly logBytes?: number;
  readonly runs?: readonly RealRun[];
  /** The program's descriptor stays open. It is `fd` of the answer. */
  readonly keepOpen?: boolean;
}

export interface RealAnswer {
  readonly verdict: "accept" | "reject";
  /** Positive. 0: accepted. */
  readonly errno: number;
  readonly log: string;
  readonly runs: readonly RealRunAnswer[];
  /** The program's descriptor, if it was to be kept. */
  readonly fd?: number;
  /** For each map, in order: its descriptor during the call, or a negative errno if it could not be made. */
  readonly maps: readonly number[];
}

/** A request, and the function that reads its answer from the outputs. */
export interface RequestWithReader<T> {
  readonly request: RequestBuilder;
  read(outputs: readonly Output[]): T;
}

const JIT_SWITCH = "/proc/sys/net/core/bpf_jit_enable";

/**
 * Whether the program calls a kernel function, which Linux allows only with the JIT. For all else the JIT stays off: on 32 bits it
 * does without atomics of 64 bits.
 */
function callsKernelFunction(insns: Uint8Array): boolean {
  for (let at = 0; at < insns.length; at += INSN_BYTES)
    if (insns[at] === 0x85 && (insns[at + 1] as number) >> 4 === BPF_PSEUDO_KFUNC_CALL) return true;
  return false;
}

/** Makes the maps, loads the program, runs it once for each of `runs`, and closes everything. */
export function askProgram(
  program: RealProgram,
  { logLevel, logBytes = LOG_BYTES, runs = [], keepOpen = false }: RealLoadOptions,
): RequestWithReader<RealAnswer> {
  const request = new RequestBuilder();
  const maps = program.maps.map((map) => addMap(request, map, program));
  const insns = request.put(program.insns);
  for (const [slot, map] of program.mapRefs) {
    const made = maps[map];
    if (made) request.store(insns + slot * INSN_BYTES + 4, made.fd);
  }
  const log = request.put(new Uint8Array(1));
  const size = logLevel === 0 ? 0 : logBytes;
  request.reserve(size);
  const jit = callsKernelFunction(program.insns);
  if (jit) addWrite(request, JIT_SWITCH, utf8Encode("1"), O_WRONLY);
  const { ret } = addLoad(request, program, insns, program.insns.length, logLevel, log, size);
  if (jit) addWrite(request, JIT_SWITCH, utf8Encode("0"), O_WRONLY);
  const text = size === 0 ? undefined : request.getText(log, size);
  const started = runs.map((run) => testRun(request, ret, run));
  if (!keepOpen) request.call(NR.close, ret);
  for (const { toClose } of maps) for (const fd of toClose) request.call(NR.close, fd);
  return {
    request,
    read: (outputs) => {
      const made = maps.map(({ fd, calls }) => {
        const refusal = calls.find((call) => resultOf(outputs, call) < 0);
        return resultOf(outputs, refusal ?? fd);
      });
      const refused = made.find((result) => result < 0);
      if (refused !== undefined) return { verdict: "reject", errno: -refused, log: "", runs: [], maps: made };
      const fd = resultOf(outputs, ret);
      return {
        verdict: fd < 0 ? "reject" : "accept",
        errno: Math.max(0, -fd),
        log: text ? latin1(bytesOf(outputs, text)) : "",
        runs: fd < 0 ? [] : started.map((run) => readRun(outputs, run)),
        maps: made,
        ...(keepOpen && fd >= 0 && { fd }),
      };
    },
  };
}

interface RunCalls {
  readonly ret: OutputRef;
  readonly attr: OutputRef;
}

function testRun(request: RequestBuilder, prog: ResultRef, { dataIn, ctxIn }: RealRun): RunCalls {
  const data = dataIn && dataIn.length > 0 ? { at: request.put(dataIn), bytes: dataIn.length } : undefined;
  const ctx = ctxIn && ctxIn.length > 0 ? { at: request.put(ctxIn), bytes: ctxIn.length } : undefined;
  const { attr, ret } = addBpf(
    request,
    CMD.testRun,
    {
      ...(data && { 8: data.bytes, 16: addressOf(data.at) }),
      // `repeat` must be 0 for a program that gets only a context. It then runs once.
      32: ctx && !data ? 0 : 1,
      ...(ctx && { 40: ctx.bytes, 48: addressOf(ctx.at) }),
    },
    { 0: prog },
  );
  return { ret, attr: request.get(attr, ATTR_BYTES) };
}

function readRun(outputs: readonly Output[], { ret, attr }: RunCalls): RealRunAnswer {
  return { errno: Math.max(0, -resultOf(outputs, ret)), retval: viewOf(bytesOf(outputs, attr)).getUint32(4, true) };
}

const resultRequest = (request: RequestBuilder, ret: OutputRef): RequestWithReader<number> => ({
  request,
  read: (outputs) => resultOf(outputs, ret),
});

/** BPF_PROG_ATTACH without a target, as the hook of the talk's program type wants it. */
export function attach(fd: number, type: number): RequestWithReader<number> {
  const request = new RequestBuilder();
  return resultRequest(request, addBpf(request, CMD.progAttach, { 4: fd, 8: type }).ret);
}

export function detach(type: number): RequestWithReader<number> {
  const request = new RequestBuilder();
  return resultRequest(request, addBpf(request, CMD.progDetach, { 8: type }).ret);
}

/** Results of the calls on a file. */
export interface FileAnswer {
  /** The descriptor during the call. Negative errno: the file was not opened. */
  readonly fd: number;
  /** Count of read or written bytes, or a negative errno if this call or the open before it failed. */
  readonly ret: number;
  /** The bytes that were read. */
  readonly bytes: Uint8Array;
}

function addWrite(
  request: RequestBuilder,
  path: string,
  bytes: Uint8Array,
  flags: number,
): { fd: OutputRef; written: OutputRef } {
  const fd = request.call(NR.open, addressOf(request.putText(path)), flags, 0o644);
  const written = request.call(NR.write, fd, addressOf(request.put(bytes)), bytes.length);
  request.call(NR.close, fd);
  return { fd, written };
}

/** Opens the file for writing, makes one write(2), closes it. `create`: the file is made if missing, and emptied. */
export function writeFile(path: string, bytes: Uint8Array, create = false): RequestWithReader<FileAnswer> {
  const request = new RequestBuilder();
  const { fd, written } = addWrite(request, path, bytes, create ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY);
  return {
    request,
    read: (outputs) => {
      const opened = resultOf(outputs, fd);
      return { fd: opened, ret: opened < 0 ? opened : resultOf(outputs, written), bytes: new Uint8Array() };
    },
  };
}

/** Opens the file, makes one read(2) of at most a page, closes it. */
export function readFile(path: string): RequestWithReader<FileAnswer> {
  const request = new RequestBuilder();
  const buffer = request.reserve(PAGE_BYTES);
  const fd = request.call(NR.open, addressOf(request.putText(path)), 0, 0);
  const got = request.call(NR.read, fd, addressOf(buffer), PAGE_BYTES);
  const bytes = request.get(buffer, PAGE_BYTES);
  request.call(NR.close, fd);
  return {
    request,
    read: (outputs) => {
      const opened = resultOf(outputs, fd);
      const ret = opened < 0 ? opened : resultOf(outputs, got);
      return { fd: opened, ret, bytes: bytesOf(outputs, bytes).slice(0, Math.max(0, ret)) };
    },
  };
}

/** Tells the console's terminal its size. The kernel tells the programs on it (SIGWINCH). */
export function resizeConsole(columns: number, rows: number): RequestWithReader<number> {
  const TIOCSWINSZ = 0x5414;
  const request = new RequestBuilder();
  const size = new Uint8Array(8);
  viewOf(size).setUint16(0, rows, true);
  viewOf(size).setUint16(2, columns, true);
  const at = request.put(size);
  const fd = request.call(NR.open, addressOf(request.putText("/dev/ttyS0")), 2 | O_NOCTTY, 0);
  const set = request.call(NR.ioctl, fd, TIOCSWINSZ, addressOf(at));
  request.call(NR.close, fd);
  return resultRequest(request, set);
}
