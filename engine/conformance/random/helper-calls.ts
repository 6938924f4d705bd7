// Statements that call helpers with the arguments that each needs.
import * as c from "../../isa/codes.ts";
import type { Builder } from "./builder.ts";
import { ARRAY, HASH, PERCPU, PROGS, QUEUE, RING, SIZES } from "./builder.ts";

function storeKey(builder: Builder, map: number): void {
  const off = map === HASH ? -8 * builder.rng.between(1, 8) : -4 * builder.rng.between(1, 16);
  const scalar = builder.rng.chance(50) ? builder.find("scalar", "small") : -1;
  const size = map === HASH ? c.BPF_DW : c.BPF_W;
  if (!builder.isCareless) {
    if (scalar >= 0) builder.emit(c.BPF_STX | c.BPF_MEM | size, 10, scalar, off);
    else builder.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, builder.rng.below(6));
    builder.stack[((-off - 1) / 8) | 0] = "scalar";
  }
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 2, 10);
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, 2, 0, 0, off);
}

export function lookup(builder: Builder): void {
  builder.keepCtx();
  const map = builder.rng.pick([ARRAY, ARRAY, HASH, HASH, PERCPU]);
  storeKey(builder, map);
  builder.loadMap(1, map);
  builder.call(1, "maybe");
  if (builder.rng.chance(40)) {
    const keep = builder.rng.between(7, 9);
    builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, keep, 0);
    builder.regs[keep] = "maybe";
  }
  if (builder.rng.chance(92)) builder.nullCheck();
}

type Call = (builder: Builder) => void;

const CALLS = {
  random: [4, (builder) => builder.call(7, "scalar")],
  time: [2, (builder) => builder.call(builder.rng.pick([5, 8, 14, 125]), "scalar")],
  update: [2, update],
  remove: [1, remove],
  ring: [2, ringbuf],
  printk: [1, printk],
  bytes: [2, loadBytes],
  queue: [1, callQueue],
  readKernel: [1, readKernel],
  sum: [1, checksum],
  tail: [1, tailCall],
  socket: [2, lookUpSocket],
  pull: [1, movePacket],
} as const satisfies Record<string, readonly [number, Call]>;

const WEIGHTS = Object.fromEntries(Object.entries(CALLS).map(([name, [weight]]) => [name, weight])) as Record<
  keyof typeof CALLS,
  number
>;

/** One call of a helper. */
export function helper(builder: Builder): void {
  builder.keepCtx();
  CALLS[builder.rng.weighted(WEIGHTS)][1](builder);
}

/** Two 8-byte words at fp-16. */
function fillBuffer(builder: Builder): void {
  for (const off of [-16, -8]) builder.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, builder.imm());
  builder.stack[0] = builder.stack[1] = "scalar";
}

function pointTo(builder: Builder, reg: number, off: number): void {
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, reg, 10);
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, reg, 0, 0, off);
  builder.regs[reg] = "fp";
}

function argument(builder: Builder, reg: number, value: number): void {
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, reg, 0, 0, value);
}

/** R1 = the context, if it was saved. false: it was not, and there is no call. */
function withCtx(builder: Builder): boolean {
  const ctx = builder.regs.indexOf("ctx", 6);
  if (ctx < 0) return false;
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, ctx);
  return true;
}

function update(builder: Builder): void {
  const map = builder.rng.pick([HASH, HASH, PERCPU]);
  const value = builder.regs.indexOf("value", 6);
  if (value >= 0 && map === HASH) builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, value);
  else {
    fillBuffer(builder);
    if (map === PERCPU) builder.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -24, 0);
    pointTo(builder, 3, map === PERCPU ? -24 : -16);
  }
  builder.regs[3] = "value";
  storeKey(builder, map);
  builder.loadMap(1, map);
  argument(builder, 4, builder.rng.below(3));
  builder.call(2, "scalar");
}

function remove(builder: Builder): void {
  const map = builder.rng.pick([ARRAY, HASH]);
  storeKey(builder, map);
  builder.loadMap(1, map);
  builder.call(3, "scalar");
}

/** Push, pop or peek of a queue. */
function callQueue(builder: Builder): void {
  builder.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -8, builder.imm());
  builder.stack[0] = "scalar";
  pointTo(builder, 2, builder.isCareless ? -4 : -8);
  builder.loadMap(1, QUEUE);
  argument(builder, 3, 0);
  builder.call(builder.rng.pick([87, 88, 89]), "scalar");
}

/** bpf_probe_read_kernel into the stack, or bpf_get_current_comm. */
function readKernel(builder: Builder): void {
  if (builder.rng.chance(50)) {
    pointTo(builder, 1, -16);
    argument(builder, 2, builder.isCareless ? 20 : 16);
    builder.call(16, "scalar");
  } else {
    const from = builder.scalar();
    if (from === 1 || from === 2) return;
    builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, from);
    sizedArgs(builder, 1, 2, 16);
    builder.call(113, "scalar");
  }
  builder.stack[0] = builder.stack[1] = "scalar";
}

/** bpf_csum_diff. A buffer may be null if its size is zero. */
function checksum(builder: Builder): void {
  fillBuffer(builder);
  if (builder.rng.chance(40)) {
    argument(builder, 1, 0);
    argument(builder, 2, builder.isCareless ? 4 : 0);
  } else sizedArgs(builder, 1, 2, 16);
  pointTo(builder, 3, -8);
  argument(builder, 4, builder.rng.pick([0, 4, 8]));
  argument(builder, 5, 0);
  builder.call(28, "scalar");
}

function tailCall(builder: Builder): void {
  if (!withCtx(builder)) return;
  builder.loadMap(2, PROGS);
  argument(builder, 3, builder.rng.below(3));
  builder.call(12, "none");
}

/** Looks up a socket. A careful program releases it on every path. */
function lookUpSocket(builder: Builder): void {
  if (builder.shape.progType !== "sched_cls" && builder.shape.progType !== "xdp") return builder.call(7, "scalar");
  if (!withCtx(builder)) return;
  fillBuffer(builder);
  pointTo(builder, 2, -16);
  argument(builder, 3, builder.isCareless ? 40 : 12);
  argument(builder, 4, -1);
  argument(builder, 5, 0);
  builder.call(builder.rng.pick([84, 85]), "none");
  if (!builder.isCareless) builder.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, 0, 0, 0);
  if (builder.rng.chance(30)) builder.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_W, 7, 0, builder.rng.pick([0, 4, 12, 24]));
  builder.regs[7] = "none";
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 0);
  if (!builder.isCareless) builder.call(86, "none");
}

/** Calls a helper that moves the packet, which makes pointers into it invalid. */
function movePacket(builder: Builder): void {
  if (!builder.shape.packet || !withCtx(builder)) return;
  argument(builder, 2, builder.rng.between(0, 8));
  builder.call(builder.shape.skb ? 39 : 44, "scalar");
  if (!builder.isCareless)
    builder.regs = builder.regs.map((kind) => (kind === "packet" || kind === "end" ? "none" : kind));
  builder.stack = builder.stack.map((kind) => (kind === "packet" || kind === "end" ? "none" : kind));
}

function ringbuf(builder: Builder): void {
  builder.loadMap(1, RING);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 16);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 3, 0, 0, 0);
  builder.call(131, "none");
  builder.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, 0, 0, 0);
  const size = builder.rng.pick(SIZES);
  builder.emit(
    c.BPF_ST | c.BPF_MEM | size,
    0,
    0,
    builder.isCareless ? 14 : c.sizeOf(size) * builder.rng.below(16 / c.sizeOf(size)),
    7,
  );
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 0);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 0);
  if (!builder.isCareless) builder.call(builder.rng.pick([132, 133]), "none");
}

/** bpf_trace_printk with text on the stack and a size that may be variable. */
function printk(builder: Builder): void {
  for (const off of [-16, -8]) builder.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, 0x41414141);
  builder.stack[0] = builder.stack[1] = "scalar";
  sizedArgs(builder, 1, 2, 16);
  builder.call(6, "scalar");
}

/** bpf_skb_load_bytes into the stack. */
function loadBytes(builder: Builder): void {
  const ctx = builder.regs.indexOf("ctx", 6);
  if (!builder.shape.skb || ctx < 0) return;
  sizedArgs(builder, 3, 4, 16);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, ctx);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, builder.rng.below(20));
  builder.call(26, "scalar");
  builder.stack[0] = builder.stack[1] = "scalar";
}

/** Sets R`ptr` to fp-`room`, and R`size` to a number of bytes from there. */
function sizedArgs(builder: Builder, ptr: number, size: number, room: number): void {
  if (builder.rng.chance(50)) {
    const reg = builder.bound(room);
    if (reg !== size) builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, size, reg);
    if (!builder.isCareless) builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, size, 0, 0, 1);
  } else
    builder.emit(
      c.BPF_ALU64 | c.BPF_MOV | c.BPF_K,
      size,
      0,
      0,
      builder.isCareless ? builder.rng.between(-1, 24) : builder.rng.between(1, room),
    );
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, ptr, 10);
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, ptr, 0, 0, -room);
}
