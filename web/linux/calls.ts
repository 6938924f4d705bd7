// Makes the system calls of the demo on a real machine and records them in the simulation's form, so that the page and the stage
// show both in the same way. `undefined`: the machine was reset before it answered.
import {
  isCutOff,
  O_WRONLY,
  PAGE_BYTES,
  type RealProgramView,
  type SyscallRecord,
  type SyscallView,
  toHex,
} from "../../engine/index.ts";
import type { RealMachine } from "./client.ts";

/** The file from which `loader` on the console reads the page's program. */
const PROGRAM_FILE = "/root/program";

export interface RealCallResult {
  readonly records: readonly SyscallRecord[];
  /** Result of the main call. If a call failed, its negative errno. */
  readonly ret: number;
  /** The bytes that were read. */
  readonly bytes: Uint8Array;
}
/** The part of a machine that this file uses. */
export type RealCallTarget = Pick<RealMachine, "load" | "attach" | "detach" | "write" | "read">;
type PendingResult = Promise<RealCallResult | undefined>;

const NOTHING = new Uint8Array();
const result = (ret: number): { ret: number; errno: number } => ({ ret: Math.max(-1, ret), errno: Math.max(0, -ret) });

/** Writes the program's file for the console, makes the maps and loads the program. */
export async function load(machine: RealCallTarget, { program, calls }: RealProgramView): PendingResult {
  await machine.write(PROGRAM_FILE, program.insns, true);
  const answer = await machine.load(program, { logLevel: 2 });
  if (isCutOff(answer)) return undefined;
  const results = [...answer.maps, ...(answer.maps.some((fd) => fd < 0) ? [] : [answer.fd ?? -answer.errno])];
  const failed = results.findIndex((ret) => ret < 0);
  const made = failed < 0 ? results : results.slice(0, failed + 1);
  const cause = answer.log === "" ? {} : { cause: { check: "verifier" } as const };
  const records = made.map((ret, i) => ({ ...(calls[i] as SyscallView), ...result(ret), ...(ret < 0 && cause) }));
  return { records, ret: made.at(-1) ?? -1, bytes: NOTHING };
}

export async function attach(machine: RealCallTarget, fd: number, attachType: number): PendingResult {
  const ret = await machine.attach(fd, attachType);
  if (isCutOff(ret)) return undefined;
  const call = { call: "prog-attach", targetFd: 0, attachBpfFd: fd, attachType, attachFlags: 0 } as const;
  return { records: [{ ...call, ...result(ret) }], ret, bytes: NOTHING };
}

export async function detach(machine: RealCallTarget, attachType: number): PendingResult {
  const ret = await machine.detach(attachType);
  if (isCutOff(ret)) return undefined;
  const call = { call: "prog-detach", targetFd: 0, attachBpfFd: 0, attachType, attachFlags: 0 } as const;
  return { records: [{ ...call, ...result(ret) }], ret, bytes: NOTHING };
}

/** Does what `echo INPUT > PATH` does. */
export const echo = (machine: RealCallTarget, path: string, input: string): PendingResult =>
  callFile(machine, path, new TextEncoder().encode(`${input}\n`));

/** Does what `cat PATH` does, for at most one page. */
export const cat = (machine: RealCallTarget, path: string): PendingResult => callFile(machine, path);

/** Opens the file, writes `data`, or reads if there is no `data`, and closes it. */
async function callFile(machine: RealCallTarget, path: string, data?: Uint8Array): PendingResult {
  const answer = await (data ? machine.write(path, data, false) : machine.read(path));
  if (isCutOff(answer)) return undefined;
  const { fd, ret, bytes } = answer;
  const open: SyscallRecord = { call: "openat", path, flags: data ? O_WRONLY : 0, ...result(fd) };
  const call: SyscallRecord = data
    ? { call: "write", fd, path, data: toHex(data), ...result(ret) }
    : { call: "read", fd, path, data: toHex(bytes), count: PAGE_BYTES, ...result(ret) };
  const close: SyscallRecord = { call: "close", fd, path, ret: 0, errno: 0 };
  return { records: fd < 0 ? [open] : [open, call, close], ret, bytes };
}
