// Statements that call helpers with the arguments that each needs.
import * as c from "../../isa/codes.ts";
import type { Builder } from "./builder.ts";
import { ARRAY, HASH, PERCPU, PROGS, QUEUE, RING, SIZES } from "./builder.ts";

export function key(g: Builder, map: number): void {
  const off = map === HASH ? -8 * g.r.between(1, 8) : -4 * g.r.between(1, 16);
  const scalar = g.r.chance(50) ? g.find("scalar", "small") : -1;
  const size = map === HASH ? c.BPF_DW : c.BPF_W;
  if (!g.isCareless) {
    if (scalar >= 0) g.emit(c.BPF_STX | c.BPF_MEM | size, 10, scalar, off);
    else g.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, g.r.below(6));
    g.stack[((-off - 1) / 8) | 0] = "scalar";
  }
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 2, 10);
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, 2, 0, 0, off);
}

export function lookup(g: Builder): void {
  g.keepCtx();
  const map = g.r.pick([ARRAY, ARRAY, HASH, HASH, PERCPU]);
  key(g, map);
  g.loadMap(1, map);
  g.call(1, "maybe");
  if (g.r.chance(40)) {
    const keep = g.r.between(7, 9);
    g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, keep, 0);
    g.regs[keep] = "maybe";
  }
  if (g.r.chance(92)) g.nullCheck();
}

type Call = (g: Builder) => void;

const CALLS = {
  random: [4, (g) => g.call(7, "scalar")],
  time: [2, (g) => g.call(g.r.pick([5, 8, 14, 125]), "scalar")],
  update: [2, update],
  remove: [1, remove],
  ring: [2, ringbuf],
  printk: [1, printk],
  bytes: [2, loadBytes],
  queue: [1, queue],
  readKernel: [1, readKernel],
  sum: [1, sum],
  tail: [1, tailCall],
  socket: [2, socket],
  pull: [1, pull],
} as const satisfies Record<string, readonly [number, Call]>;

const WEIGHTS = Object.fromEntries(Object.entries(CALLS).map(([name, [weight]]) => [name, weight])) as Record<
  keyof typeof CALLS,
  number
>;

/** One call of a helper. */
export function helper(g: Builder): void {
  g.keepCtx();
  CALLS[g.r.weighted(WEIGHTS)][1](g);
}

/** Two 8-byte words at fp-16. */
function fillBuffer(g: Builder): void {
  for (const off of [-16, -8]) g.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, g.imm());
  g.stack[0] = g.stack[1] = "scalar";
}

function pointTo(g: Builder, reg: number, off: number): void {
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, reg, 10);
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, reg, 0, 0, off);
  g.regs[reg] = "fp";
}

function argument(g: Builder, reg: number, value: number): void {
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, reg, 0, 0, value);
}

/** R1 = the context, if it was saved. false: it was not, and there is no call. */
function withCtx(g: Builder): boolean {
  const ctx = g.regs.indexOf("ctx", 6);
  if (ctx < 0) return false;
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, ctx);
  return true;
}

function update(g: Builder): void {
  const map = g.r.pick([HASH, HASH, PERCPU]);
  const value = g.regs.indexOf("value", 6);
  if (value >= 0 && map === HASH) g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, value);
  else {
    fillBuffer(g);
    if (map === PERCPU) g.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -24, 0);
    pointTo(g, 3, map === PERCPU ? -24 : -16);
  }
  g.regs[3] = "value";
  key(g, map);
  g.loadMap(1, map);
  argument(g, 4, g.r.below(3));
  g.call(2, "scalar");
}

function remove(g: Builder): void {
  const map = g.r.pick([ARRAY, HASH]);
  key(g, map);
  g.loadMap(1, map);
  g.call(3, "scalar");
}

/** Push, pop or peek of a queue. */
function queue(g: Builder): void {
  g.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -8, g.imm());
  g.stack[0] = "scalar";
  pointTo(g, 2, g.isCareless ? -4 : -8);
  g.loadMap(1, QUEUE);
  argument(g, 3, 0);
  g.call(g.r.pick([87, 88, 89]), "scalar");
}

/** bpf_probe_read_kernel into the stack, or bpf_get_current_comm. */
function readKernel(g: Builder): void {
  if (g.r.chance(50)) {
    pointTo(g, 1, -16);
    argument(g, 2, g.isCareless ? 20 : 16);
    g.call(16, "scalar");
  } else {
    const from = g.scalar();
    if (from === 1 || from === 2) return;
    g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, from);
    sizedArgs(g, 1, 2, 16);
    g.call(113, "scalar");
  }
  g.stack[0] = g.stack[1] = "scalar";
}

/** bpf_csum_diff. A buffer may be null if its size is zero. */
function sum(g: Builder): void {
  fillBuffer(g);
  if (g.r.chance(40)) {
    argument(g, 1, 0);
    argument(g, 2, g.isCareless ? 4 : 0);
  } else sizedArgs(g, 1, 2, 16);
  pointTo(g, 3, -8);
  argument(g, 4, g.r.pick([0, 4, 8]));
  argument(g, 5, 0);
  g.call(28, "scalar");
}

function tailCall(g: Builder): void {
  if (!withCtx(g)) return;
  g.loadMap(2, PROGS);
  argument(g, 3, g.r.below(3));
  g.call(12, "none");
}

/** Looks up a socket. A careful program releases it on every path. */
function socket(g: Builder): void {
  if (g.shape.progType !== "sched_cls" && g.shape.progType !== "xdp") return g.call(7, "scalar");
  if (!withCtx(g)) return;
  fillBuffer(g);
  pointTo(g, 2, -16);
  argument(g, 3, g.isCareless ? 40 : 12);
  argument(g, 4, -1);
  argument(g, 5, 0);
  g.call(g.r.pick([84, 85]), "none");
  if (!g.isCareless) g.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, 0, 0, 0);
  if (g.r.chance(30)) g.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_W, 7, 0, g.r.pick([0, 4, 12, 24]));
  g.regs[7] = "none";
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 0);
  if (!g.isCareless) g.call(86, "none");
}

/** Calls a helper that moves the packet, which makes pointers into it invalid. */
function pull(g: Builder): void {
  if (!g.shape.packet || !withCtx(g)) return;
  argument(g, 2, g.r.between(0, 8));
  g.call(g.shape.skb ? 39 : 44, "scalar");
  if (!g.isCareless) g.regs = g.regs.map((kind) => (kind === "packet" || kind === "end" ? "none" : kind));
  g.stack = g.stack.map((kind) => (kind === "packet" || kind === "end" ? "none" : kind));
}

export function ringbuf(g: Builder): void {
  g.loadMap(1, RING);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 16);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 3, 0, 0, 0);
  g.call(131, "none");
  g.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, 0, 0, 0);
  const size = g.r.pick(SIZES);
  g.emit(c.BPF_ST | c.BPF_MEM | size, 0, 0, g.isCareless ? 14 : c.sizeOf(size) * g.r.below(16 / c.sizeOf(size)), 7);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 0);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 0);
  if (!g.isCareless) g.call(g.r.pick([132, 133]), "none");
}

/** bpf_trace_printk with text on the stack and a size that may be variable. */
export function printk(g: Builder): void {
  for (const off of [-16, -8]) g.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, 0x41414141);
  g.stack[0] = g.stack[1] = "scalar";
  sizedArgs(g, 1, 2, 16);
  g.call(6, "scalar");
}

/** bpf_skb_load_bytes into the stack. */
export function loadBytes(g: Builder): void {
  const ctx = g.regs.indexOf("ctx", 6);
  if (!g.shape.skb || ctx < 0) return;
  sizedArgs(g, 3, 4, 16);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, ctx);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, g.r.below(20));
  g.call(26, "scalar");
  g.stack[0] = g.stack[1] = "scalar";
}

/** Sets R`ptr` to fp-`room`, and R`size` to a number of bytes from there. */
export function sizedArgs(g: Builder, ptr: number, size: number, room: number): void {
  if (g.r.chance(50)) {
    const reg = g.bound(room);
    if (reg !== size) g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, size, reg);
    if (!g.isCareless) g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, size, 0, 0, 1);
  } else
    g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, size, 0, 0, g.isCareless ? g.r.between(-1, 24) : g.r.between(1, room));
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, ptr, 10);
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, ptr, 0, 0, -room);
}
