// Random calls of helpers: any helper of any program type, with arguments that mostly fit its prototype and sometimes do not. The
// program then uses the result.

import { PROG_FLAGS } from "../../facts/flags.ts";
import { HELPER_PROTOS } from "../../facts/helpers.ts";
import { PROG_TYPES } from "../../facts/prog-types.ts";
import type { ArgKind, HelperProto, ProgType } from "../../facts/types.ts";
import * as c from "../../isa/codes.ts";
import type { MapDef, Program } from "../../program/program.ts";
import { mapDef } from "../map-def.ts";
import { Emitter } from "./emit.ts";
import { Rng } from "./rng.ts";

const map = (type: string, keySize: number, valueSize: number, maxEntries: number, flags = 0): MapDef =>
  mapDef(`m_${type}${flags || ""}`, type, keySize, valueSize, maxEntries, flags);

const MAPS = [
  map("hash", 8, 16, 4),
  map("array", 4, 48, 2),
  map("percpu_array", 4, 8, 2),
  map("lru_hash", 4, 64, 8),
  map("prog_array", 4, 4, 4),
  map("ringbuf", 0, 0, 4096),
  map("perf_event_array", 4, 4, 2),
  map("stack_trace", 4, 40, 2),
  map("cgroup_array", 4, 4, 1),
  map("sockmap", 4, 4, 1),
  map("sockhash", 4, 4, 1),
  map("devmap", 4, 4, 1),
  map("cpumap", 4, 4, 1),
  map("xskmap", 4, 4, 1),
  map("queue", 0, 8, 4),
  map("stack", 0, 8, 4),
  map("bloom_filter", 0, 8, 4),
  map("lpm_trie", 8, 8, 4, 1),
  map("user_ringbuf", 0, 0, 4096),
  map("cgroup_storage", 16, 8, 0),
  map("reuseport_sockarray", 4, 8, 1),
  map("array", 4, 48, 2, 128),
  map("array", 4, 48, 2, 256),
] as const;
const PLAIN = MAPS.filter((m) => /^(hash|array|percpu_array|lru_hash)$/.test(m.type));

/** Helpers that need a map of their own kind: pattern of names → map types. */
const FITTING: readonly (readonly [RegExp, RegExp])[] = [
  [/^tail_call$/, /^prog_array$/],
  [/^ringbuf_/, /^ringbuf$/],
  [/^(perf_event_|skb_output|xdp_output)/, /^perf_event_array$/],
  [/^get_stackid$/, /^stack_trace$/],
  [/^redirect_map$/, /^(devmap|cpumap|xskmap)$/],
  [/^get_local_storage$/, /^cgroup_storage$/],
  [/under_cgroup$/, /^cgroup_array$/],
  [/^(sk_redirect_map|msg_redirect_map|sock_map_update)$/, /^sockmap$/],
  [/^(sk_redirect_hash|msg_redirect_hash|sock_hash_update)$/, /^sockhash$/],
  [/^sk_select_reuseport$/, /^(reuseport_sockarray|sockmap|sockhash)$/],
  [/^map_(push|pop|peek)_elem$/, /^(queue|stack|bloom_filter)$/],
  [/^map_lookup_percpu_elem$/, /^percpu_array$/],
];

const SIZES = [0, 0, 1, 4, 8, 8, 16, 16, 32, 64, 64, 100, -1, 0x7fff_ffff, 513];
const STACK_OFFSETS = [-8, -16, -32, -64, -64, -72, -12, -512, -4, -24, 0, 8, -520];
const NUMBERS = [0, 0, 0, 1, 2, -1, 64, 4096];
const SK_RELEASE = 86;
const RINGBUF_SUBMIT = 132;
const PRANDOM = 7;

/** A field of the context with this pointer type. undefined: there is none. */
function ctxFieldOf(type: ProgType, attach: number, regType: string): { off: number; size: number } | undefined {
  for (let off = 0; off < 256; off += 4) {
    for (const size of [8, 4]) {
      if (type.ctxAccess(off, size, false, attach)?.regType === regType) return { off, size };
    }
  }
  return undefined;
}

/** What the program has in registers besides R6, which holds the context. */
interface HeldValues {
  value: boolean;
  packet: boolean;
  number: boolean;
}

const [CTX, VALUE, PACKET, NUMBER] = [6, 7, 8, 9];

export function anyCallProgram(seed: number): Program {
  const rng = new Rng(seed);
  const emitter = new Emitter();
  const type = rng.pick(PROG_TYPES.filter((t) => t.notSimulated === null && t.name !== "oreore"));
  const attach = type.attachTypes ? rng.pick(type.attachTypes) : 0;
  const own = type.helperIds(attach).map((id) => type.helper(id, attach)!);
  const proto = rng.pick(rng.chance(95) ? own : HELPER_PROTOS);
  emitter.mov(CTX, 1);
  const have = prepare(emitter, rng, type, attach);
  proto.args.forEach((arg, i) => {
    if (arg.kind !== "ARG_DONTCARE") argument(emitter, rng, proto, arg.kind, i + 1, have, type, attach);
  });
  emitter.helper(proto.id);
  afterCall(emitter, rng, proto, have);
  if (rng.chance(95)) emitter.set(0, rng.pick([0, 0, 0, 1]));
  emitter.exit();
  const progFlags = type.name === "syscall" ? PROG_FLAGS.SLEEPABLE : 0;
  return emitter.program({ progType: type.name, expectedAttachType: attach, progFlags });
}

function prepare(emitter: Emitter, rng: Rng, type: ProgType, attach: number): HeldValues {
  const have = { value: false, packet: false, number: false };
  if (rng.chance(60)) {
    for (let off = -64; off < 0; off += 8) if (rng.chance(85)) emitter.store(c.BPF_DW, 10, off, rng.pick([0, 0, 1, 5]));
  }
  const data = ctxFieldOf(type, attach, "PTR_TO_PACKET");
  const end = ctxFieldOf(type, attach, "PTR_TO_PACKET_END");
  if (data && end && rng.chance(50)) {
    have.packet = true;
    const size = data.size === 8 ? c.BPF_DW : c.BPF_W;
    emitter.load(size, PACKET, CTX, data.off);
    emitter.load(size, 3, CTX, end.off);
    emitter.mov(4, PACKET);
    emitter.add(4, rng.pick([8, 14, 64]));
    emitter.emit(c.BPF_JMP | c.BPF_JLE | c.BPF_X, 4, 3, 2);
    emitter.leave(0);
  }
  if (rng.chance(50)) {
    have.value = true;
    emitter.store(c.BPF_DW, 10, -8, rng.pick([0, 0, 1, 3]));
    emitter.lookup(VALUE, rng.pick(PLAIN), rng.chance(90));
  }
  if (rng.chance(60)) {
    have.number = true;
    emitter.helper(PRANDOM);
    emitter.mov(NUMBER, 0);
    if (rng.chance(50)) emitter.and(NUMBER, rng.pick([7, 0x3f, 0xff]));
  }
  return have;
}

const OBJECT =
  /^ARG_PTR_TO_(MAP_KEY|MAP_VALUE|MEM|DYNPTR|STACK|CONST_STR|RINGBUF_MEM|TIMER|SPIN_LOCK)$|^ARG_KPTR_XCHG_DEST$/;
const CARELESS: readonly ArgKind[] = [
  "ARG_CONST_MAP_PTR",
  "ARG_PTR_TO_MEM",
  "ARG_ANYTHING",
  "ARG_PTR_TO_CTX",
  "ARG_CONST_SIZE",
];

function argument(
  emitter: Emitter,
  rng: Rng,
  proto: HelperProto,
  wanted: ArgKind,
  reg: number,
  have: HeldValues,
  type: ProgType,
  attach: number,
): void {
  const kind = rng.chance(7) ? rng.pick(CARELESS) : wanted;
  if (rng.chance(1)) return; // the register stays as it is
  if (kind === "ARG_CONST_MAP_PTR") {
    const fitting = FITTING.find(([names]) => names.test(proto.name))?.[1];
    const good = fitting ? MAPS.filter((m) => fitting.test(m.type)) : PLAIN;
    emitter.loadMap(reg, rng.pick(rng.chance(80) ? good : MAPS));
  } else if (OBJECT.test(kind)) memory(emitter, rng, reg, have);
  else if (kind.startsWith("ARG_CONST_")) {
    if (have.number && rng.chance(40)) emitter.mov(reg, NUMBER);
    else emitter.set(reg, rng.pick(SIZES));
  } else if (kind === "ARG_PTR_TO_CTX") {
    emitter.mov(reg, CTX);
    if (rng.chance(5)) emitter.add(reg, rng.pick([4, 8, -4]));
  } else if (kind.includes("SOCK") || kind === "ARG_PTR_TO_BTF_ID") {
    const sock = ctxFieldOf(type, attach, "PTR_TO_SOCKET") ?? ctxFieldOf(type, attach, "PTR_TO_SOCK_COMMON");
    if (!sock || rng.chance(30)) return rng.chance(50) ? emitter.set(reg, 0) : emitter.mov(reg, CTX);
    emitter.load(c.BPF_DW, reg, CTX, sock.off);
    if (rng.chance(80)) {
      emitter.ifNotEqual(reg, 0, 2);
      emitter.leave(0);
    }
  } else if (have.number && rng.chance(30)) emitter.mov(reg, NUMBER);
  else if (rng.chance(10)) emitter.mov(reg, 10);
  else emitter.set(reg, rng.pick(NUMBERS));
}

function memory(emitter: Emitter, rng: Rng, reg: number, have: HeldValues): void {
  const where = rng.weighted({
    stack: 4,
    null: 1,
    variable: 1,
    value: have.value ? 3 : 0,
    variableValue: have.value ? 1 : 0,
    packet: have.packet ? 3 : 0,
    ctx: 1,
  });
  if (where === "stack") emitter.stackPointer(reg, rng.pick(STACK_OFFSETS));
  else if (where === "null") emitter.set(reg, 0);
  else if (where === "ctx") emitter.mov(reg, CTX);
  else if (where === "packet") {
    emitter.mov(reg, PACKET);
    if (rng.chance(30)) emitter.add(reg, rng.pick([4, 8, 14, -4]));
  } else if (where === "variable") emitter.stackPointer(reg, -64);
  else {
    emitter.mov(reg, VALUE);
    if (rng.chance(30)) emitter.add(reg, rng.pick([4, 8, 16, -4, 40]));
  }
  if (where.startsWith("variable") && have.number) emitter.addReg(reg, NUMBER);
}

/** Uses R0, or registers that the call should preserve. */
function afterCall(emitter: Emitter, rng: Rng, proto: HelperProto, have: HeldValues): void {
  if (proto.ret.startsWith("RET_PTR")) {
    if (rng.chance(75)) {
      emitter.ifNotEqual(0, 0, 1);
      emitter.exit();
    }
    if (rng.chance(50)) emitter.load(rng.pick([c.BPF_B, c.BPF_W, c.BPF_DW]), 1, 0, rng.pick([0, 4, 8, 40]));
    if (rng.chance(20)) emitter.store(c.BPF_DW, 0, rng.pick([0, 8]), 1);
    const release =
      proto.name === "ringbuf_reserve" ? RINGBUF_SUBMIT + rng.below(2) : /SOCK/.test(proto.ret) ? SK_RELEASE : 0;
    if (release !== 0 && rng.chance(80)) {
      emitter.mov(1, 0);
      emitter.set(2, 0);
      emitter.helper(release);
    }
    return;
  }
  if (rng.chance(25)) {
    emitter.mov(1, 10);
    emitter.addReg(1, 0);
    emitter.load(c.BPF_B, 1, 1, -64);
  }
  if (have.packet && rng.chance(30)) emitter.load(c.BPF_B, 1, PACKET, 0);
  if (rng.chance(20)) emitter.load(c.BPF_B, 1, 10, rng.pick([-8, -64, -16]));
  if (have.value && rng.chance(20)) emitter.load(c.BPF_B, 1, VALUE, 0);
}
