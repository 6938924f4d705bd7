// printf in BPF: bpf_trace_printk prints into the trace pipe, bpf_snprintf into memory. The whole format is checked before anything is
// printed. An unknown conversion gives -EINVAL.
// @kernel kernel/bpf/helpers.c bpf_bprintf_prepare, kernel/trace/bpf_trace.c
import { asS64 } from "../../base/u64.ts";
import { ERRNO } from "../../facts/errno.ts";
import { parseFormat, takesArgument } from "../../facts/printf.ts";
import { jhash } from "../maps/jhash.ts";
import { type Caller, cString, type Helper, memArg, ret, u32Arg, u64Arg } from "./call.ts";

/** How many arguments bpf_snprintf and bpf_trace_vprintk take at most (MAX_BPRINTF_VARARGS). */
const MAX_ARGS = 12;
/** Length of a line of the trace pipe, including its NUL (MAX_BPRINTF_BUF). */
const MAX_LINE = 1024;

/** Conversions that the kernel turns into text beforehand. It leaves them out if the buffer is already full. */
const PREPARED = /^p([iI][46]|B)$/;

/**
 * The formatted text, or -EINVAL. Strings and addresses that arguments point to are read from the machine's memory. `bufferBytes`: size of the
 * buffer in bytes. The returned text may be longer.
 */
export function format(m: Caller, text: string, args: readonly bigint[], bufferBytes: number): string | number {
  let out = "";
  let used = 0;
  const pieces = parseFormat(text);
  if (pieces === undefined || pieces.filter(takesArgument).length > args.length) return -ERRNO.EINVAL;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      out += piece;
      continue;
    }
    const { flags, width, type } = piece;
    if (type === undefined) {
      out += "%";
      continue;
    }
    const arg = args[used++] as bigint;
    if (PREPARED.test(type)) out += out.length < bufferBytes ? convert(m, type, flags, arg) : "";
    else out += pad(convert(m, type, flags, arg), flags, width);
  }
  return out;
}

function pad(text: string, flags: string, width: number): string {
  if (text.length >= width) return text;
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0")) return text.padStart(width);
  const sign = /^[+\- ]/.test(text) ? 1 : 0;
  return text.slice(0, sign) + text.slice(sign).padStart(width - sign, "0");
}

function convert(m: Caller, type: string, flags: string, arg: bigint): string {
  const memory = m.memory;
  switch (type) {
    case "s":
    case "pks":
      return cString(m, Math.max(0, memory.offsetOf(arg)), MAX_LINE) ?? "";
    case "pus":
      return "";
    case "c":
      return String.fromCharCode(Number(arg & 0xffn));
    case "pi4":
    case "pI4": {
      const octets = [...bytesAt(m, arg, 4)].map(String);
      return octets.map((octet) => (type === "pi4" ? octet.padStart(3, "0") : octet)).join(".");
    }
    case "pi6":
    case "pI6": {
      const hex = [...bytesAt(m, arg, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return type === "pi6" ? hex : (hex.match(/.{4}/g) as string[]).join(":");
    }
    case "px":
    case "pK":
      return arg.toString(16).padStart(16, "0");
    case "ps":
    case "pS":
    case "pB":
      return `0x${arg.toString(16)}`;
    case "p":
      return hashedPointer(m, arg);
  }
  const long = type.startsWith("l");
  const kind = type.at(-1) as string;
  if (kind === "x") return (long ? arg : arg & 0xffff_ffffn).toString(16);
  if (kind === "X") return (long ? arg : arg & 0xffff_ffffn).toString(16).toUpperCase();
  if (kind === "u") return String(long ? arg : arg & 0xffff_ffffn);
  const value = long ? asS64(arg) : BigInt.asIntN(32, arg);
  const sign = value < 0n ? "" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  return sign + String(value);
}

function bytesAt(m: Caller, address: bigint, size: number): Uint8Array {
  return m.read(address, size) ?? new Uint8Array(size);
}

/** %p never shows an address but a 32-bit number made from it. The same address always gives the same number. */
function hashedPointer(m: Caller, address: bigint): string {
  if (address === 0n) return "(null)".padStart(16);
  const at = m.memory.scratch(0, 8);
  m.memory.w64(at, address);
  return (jhash(m.memory.view, at, 8, 0x5eed) >>> 0).toString(16).padStart(16, "0");
}

/** Adds one line to the trace pipe, in ftrace's format. */
function printTraceLine(m: Caller, text: string): void {
  const ns = m.memory.readClock(m.env.tick);
  const seconds = String(ns / 1_000_000_000n).padStart(5);
  const micros = String((ns / 1000n) % 1_000_000n).padStart(6, "0");
  const task = `${m.env.comm.slice(0, 15).padStart(16)}-${String(m.env.pid).padEnd(7)}`;
  const cpu = String(m.env.cpu).padStart(3, "0");
  const head = `${task} [${cpu}] ....1 ${seconds}.${micros}: bpf_trace_printk: `;
  m.memory.addTraceLine(head + text, head.length);
}

/** Reads the format at argument `formatArg`, prints it and sets the helper's return value. */
function printTrace(m: Caller, ip: number, formatArg: number, sizeArg: number, args: readonly bigint[]): boolean {
  const size = u32Arg(m, sizeArg);
  const at = memArg(m, ip, formatArg, size, false);
  if (at < 0) return false;
  const text = cString(m, at, size);
  const printed = text === undefined ? -ERRNO.EINVAL : format(m, text, args, MAX_LINE);
  if (typeof printed === "number") return ret(m, printed);
  const line = printed.slice(0, MAX_LINE - 1);
  printTraceLine(m, line);
  return ret(m, printed.length);
}

/** The u64 values at the address in argument n; argument n + 1 is their size in bytes. -EINVAL: wrong size. undefined: a fault happened. */
function vargs(m: Caller, ip: number, n: number): bigint[] | number | undefined {
  const bytes = u32Arg(m, n + 1);
  if (bytes % 8 !== 0 || bytes > MAX_ARGS * 8) return -ERRNO.EINVAL;
  const at = memArg(m, ip, n, bytes, false);
  if (at < 0) return undefined;
  return Array.from({ length: bytes / 8 }, (_, i) => m.memory.r64(at + 8 * i));
}

export const FORMAT_HELPERS = {
  trace_printk: (m, ip) => printTrace(m, ip, 1, 2, [u64Arg(m, 3), u64Arg(m, 4), u64Arg(m, 5)]),

  trace_vprintk: (m, ip) => {
    const args = vargs(m, ip, 3);
    if (args === undefined) return false;
    return typeof args === "number" ? ret(m, args) : printTrace(m, ip, 1, 2, args);
  },

  // Returns the length of the whole text with its NUL, even if less was written.
  snprintf: (m, ip) => {
    const size = u32Arg(m, 2);
    const at = memArg(m, ip, 1, size, true);
    if (at < 0) return false;
    const args = vargs(m, ip, 4);
    if (args === undefined) return false;
    if (typeof args === "number") return ret(m, args);
    const text = cString(m, Math.max(0, m.memory.offsetOf(u64Arg(m, 3))), 4096);
    const printed = text === undefined ? -ERRNO.EINVAL : format(m, text, args, size);
    if (typeof printed === "number") return ret(m, printed);
    if (size > 0) {
      const bytes = Uint8Array.from(printed.slice(0, size - 1), (char) => char.charCodeAt(0) & 0xff);
      m.memory.copyIn(at, bytes);
      m.memory.w8(at + bytes.length, 0);
    }
    return ret(m, printed.length + 1);
  },
} satisfies Record<string, Helper>;
