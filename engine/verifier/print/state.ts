// States in the log: registers, stack slots, references, and their position on the line of their instruction.
// @kernel log.c reg_type_str, print_scalar_ranges, print_reg_state, print_verifier_state, print_insn_state
import type { Scalar } from "../domain/scalar.ts";
import type { LineKind } from "../log/kinds.ts";
import { type Env, isRegScratched, isSlotScratched, scratchNone } from "../state/env.ts";
import { BPF_ADD_CONST, type RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import * as stack from "../state/stack.ts";
import type { FuncState, VerifierState } from "../state/state.ts";
import { isSnumDecimal, snumText, tnumText, unumText } from "./number.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [t.NOT_INIT]: "?",
  [t.SCALAR_VALUE]: "scalar",
  [t.PTR_TO_CTX]: "ctx",
  [t.CONST_PTR_TO_MAP]: "map_ptr",
  [t.PTR_TO_MAP_VALUE]: "map_value",
  [t.PTR_TO_STACK]: "fp",
  [t.PTR_TO_PACKET]: "pkt",
  [t.PTR_TO_PACKET_META]: "pkt_meta",
  [t.PTR_TO_PACKET_END]: "pkt_end",
  [t.PTR_TO_FLOW_KEYS]: "flow_keys",
  [t.PTR_TO_SOCKET]: "sock",
  [t.PTR_TO_SOCK_COMMON]: "sock_common",
  [t.PTR_TO_TCP_SOCK]: "tcp_sock",
  [t.PTR_TO_TP_BUFFER]: "tp_buffer",
  [t.PTR_TO_XDP_SOCK]: "xdp_sock",
  [t.PTR_TO_BTF_ID]: "ptr_",
  [t.PTR_TO_MEM]: "mem",
  [t.PTR_TO_ARENA]: "arena",
  [t.PTR_TO_BUF]: "buf",
  [t.PTR_TO_FUNC]: "func",
  [t.PTR_TO_MAP_KEY]: "map_key",
  [t.CONST_PTR_TO_DYNPTR]: "dynptr_ptr",
};

/** In the order in which they are written before the type's name. */
const PREFIXES: readonly (readonly [number, string])[] = [
  [t.MEM_RDONLY, "rdonly_"],
  [t.MEM_RINGBUF, "ringbuf_"],
  [t.MEM_USER, "user_"],
  [t.MEM_PERCPU, "percpu_"],
  [t.MEM_RCU, "rcu_"],
  [t.PTR_UNTRUSTED, "untrusted_"],
  [t.PTR_TRUSTED, "trusted_"],
];

/** `map_value_or_null`, `rdonly_mem`, … */
export function regTypeStr(type: number): string {
  let text = TYPE_NAMES[t.baseType(type)] ?? "?";
  if (type & t.PTR_MAYBE_NULL) text += t.baseType(type) === t.PTR_TO_BTF_ID ? "or_null_" : "_or_null";
  if (type <= t.BASE_TYPE_MASK) return text;
  for (const [flag, prefix] of [...PREFIXES].reverse()) if (type & flag) text = prefix + text;
  return text;
}

const DYNPTR_NAMES = ["<invalid>", "local", "ringbuf", "skb", "xdp", "skb_meta"];
/** Number of stack slots that a dynptr takes. */
const BPF_DYNPTR_NR_SLOTS = 2;

/** `1`, `P0x10000`, `fp-8`, `map_value(ks=4,vs=48,off=8)`. `frameno`: the frame that the register belongs to. */
export function formatReg(reg: RegState, frameno: number): string {
  const { type, val } = reg;
  const isScalar = type === t.SCALAR_VALUE;
  const isConst = val.varOff.mask === 0n;
  let text = isScalar && reg.precise ? "P" : "";
  if (isScalar && isConst) return text + snumText(val.varOff.value);

  text += regTypeStr(type);
  if (type === t.PTR_TO_ARENA) return text;
  if (type === t.PTR_TO_STACK) {
    if (reg.frameno !== frameno) text += `[${reg.frameno}]`;
    if (isConst) return text + snumText(val.varOff.value + BigInt(reg.off));
  }
  if (t.baseType(type) === t.PTR_TO_BTF_ID) text += reg.btfName ?? "";
  return `${text}(${attributesOf(reg).join(",")})`;
}

/** As formatReg. For a number that is not constant it is only what is known of it: `smin=0,smax=9` instead of `scalar(smin=0,smax=9)`. */
export function formatRange(reg: RegState, frameno: number): string {
  const isRange = reg.type === t.SCALAR_VALUE && !reg.precise && reg.val.varOff.mask !== 0n;
  const attributes = isRange ? attributesOf(reg) : [];
  return attributes.length > 0 ? attributes.join(",") : formatReg(reg, frameno);
}

function attributesOf(reg: RegState): string[] {
  const { type, val } = reg;
  const isScalar = type === t.SCALAR_VALUE;
  const base = t.baseType(type);
  const attributes: string[] = [];
  if (reg.id !== 0) {
    const distance = reg.id & BPF_ADD_CONST ? (reg.off < 0 ? `${reg.off}` : `+${reg.off}`) : "";
    attributes.push(`id=${reg.id & ~BPF_ADD_CONST}${distance}`);
  }
  if (reg.refObjId !== 0) attributes.push(`ref_obj_id=${reg.refObjId}`);
  if (type & t.NON_OWN_REF) attributes.push("non_own_ref");
  if (reg.map !== null && (base === t.CONST_PTR_TO_MAP || base === t.PTR_TO_MAP_KEY || base === t.PTR_TO_MAP_VALUE)) {
    if (reg.map.name !== "") attributes.push(`map=${reg.map.name}`);
    attributes.push(`ks=${reg.map.keySize},vs=${reg.map.valueSize}`);
  }
  if (!isScalar && reg.off !== 0) attributes.push(`off=${snumText(BigInt(reg.off))}`);
  if (base === type && (type === t.PTR_TO_PACKET || type === t.PTR_TO_PACKET_META)) {
    attributes.push(`r=${unumText(BigInt.asUintN(64, BigInt(reg.range)))}`);
  }
  if (base === t.PTR_TO_MEM) attributes.push(`sz=${unumText(BigInt(reg.memSize))}`);
  if (type === t.CONST_PTR_TO_DYNPTR) attributes.push(`type=${DYNPTR_NAMES[reg.dynptr?.type ?? 0]}`);
  if (val.varOff.mask === 0n) {
    if (val.varOff.value !== 0n) attributes.push(`imm=${snumText(val.varOff.value)}`);
  } else {
    pushRanges(attributes, val);
    if (val.varOff.mask !== ALL_BITS) attributes.push(`var_off=${tnumText(val.varOff)}`);
  }
  return attributes;
}

const ALL_BITS = 0xffff_ffff_ffff_ffffn;

/** A bound that excludes something: its name, its 64 bits to compare with others, and whether it is negative. */
interface Bound {
  readonly name: string;
  readonly bits: bigint;
  readonly negative: boolean;
  taken: boolean;
}

/**
 * `smin=smin32=0,smax=umax=smax32=umax32=1`: bounds that exclude nothing are left out. Bounds of the same kind (min or max) with the
 * same value are written together, at the first of them.
 */
function pushRanges(attributes: string[], s: Scalar): void {
  const bounds: (Bound | undefined)[] = [
    s.smin === S64_MIN ? undefined : bound("smin", s.smin),
    s.smax === S64_MAX ? undefined : bound("smax", s.smax),
    s.umin === 0n ? undefined : bound("umin", s.umin),
    s.umax === ALL_BITS ? undefined : bound("umax", s.umax),
    s.s32min === -0x8000_0000 ? undefined : bound32("smin32", s.s32min),
    s.s32max === 0x7fff_ffff ? undefined : bound32("smax32", s.s32max),
    s.u32min === 0 ? undefined : bound("umin32", BigInt(s.u32min)),
    s.u32max === 0xffff_ffff ? undefined : bound("umax32", BigInt(s.u32max)),
  ];
  for (let i = 0; i < bounds.length; i++) {
    const first = bounds[i];
    if (first === undefined || first.taken) continue;
    let names = `${first.name}=`;
    for (let j = i + 2; j < bounds.length; j += 2) {
      const other = bounds[j];
      if (other === undefined || other.taken) continue;
      if (other.bits !== first.bits || other.negative !== first.negative) continue;
      other.taken = true;
      names += `${other.name}=`;
    }
    attributes.push(names + (first.name.startsWith("s") ? snumText(first.bits) : unumText(first.bits)));
  }
}

const S64_MIN = -0x8000_0000_0000_0000n;
const S64_MAX = 0x7fff_ffff_ffff_ffffn;

function bound(name: string, value: bigint): Bound {
  const bits = BigInt.asUintN(64, value);
  return { name, bits, negative: name.startsWith("s") && bits >> 63n !== 0n, taken: false };
}

/** A 32-bit bound that is written in hex is not sign-extended: `smin32=0x80000001`. */
function bound32(name: string, value: number): Bound {
  const signed = BigInt(value);
  return bound(name, isSnumDecimal(signed) ? signed : BigInt.asUintN(32, signed));
}

const SLOT_CHARS = ["?", "r", "m", "0", "d", "i", "f"];

/** ` fp-8=mmmm????`, or "" for a slot that was never written. */
function formatSlot(slot: stack.StackSlot, spi: number, frameno: number): string {
  if (slot.types === 0) return "";
  let types = "";
  let spillAt = stack.BPF_REG_SIZE;
  for (let i = 0; i < stack.BPF_REG_SIZE; i++) {
    const type = stack.slotType(slot, i);
    if (type === stack.STACK_SPILL && i < spillAt) spillAt = i;
    types += SLOT_CHARS[type];
  }
  const name = ` fp${(-spi - 1) * stack.BPF_REG_SIZE}`;
  if (stack.slotType(slot, 7) === stack.STACK_SPILL) {
    return `${name}=${types.slice(0, spillAt)}${formatReg(slot.spilled, frameno)}`;
  }
  return `${name}=${types}`;
}

function formatDynptr(reg: RegState, spi: number): string {
  const attributes: string[] = [];
  if (reg.id !== 0) attributes.push(`id=${reg.id}`);
  if (reg.refObjId !== 0) attributes.push(`ref_id=${reg.refObjId}`);
  if (reg.dynptrId !== 0) attributes.push(`dynptr_id=${reg.dynptrId}`);
  return ` fp${(-spi - 1) * 8}=dynptr_${DYNPTR_NAMES[reg.dynptr?.type ?? 0]}(${attributes.join(",")})`;
}

function formatFrame(env: Env, state: VerifierState, func: FuncState, all: boolean): string {
  let text = func.frameno !== 0 ? ` frame${func.frameno}:` : "";
  for (let i = 0; i < func.regs.length; i++) {
    const reg = func.regs[i]!;
    if (reg.type === t.NOT_INIT || (!all && !isRegScratched(env, i))) continue;
    text += ` R${i}=${formatReg(reg, func.frameno)}`;
  }
  for (let i = 0; i < func.stack.length; i++) {
    if (!all && !isSlotScratched(env, i)) continue;
    const type = stack.slotType(func.stack[i]!, 7);
    if (type === stack.STACK_DYNPTR) {
      // The dynptr's own attributes are in its upper slot.
      i += BPF_DYNPTR_NR_SLOTS - 1;
      const upper = func.stack[i];
      if (upper !== undefined) text += formatDynptr(upper.spilled, i);
      continue;
    }
    // Only the first slot of an iterator has a reference. Iterators need kernel functions, which are not simulated.
    if (type === stack.STACK_ITER) continue;
    text += formatSlot(func.stack[i]!, i, func.frameno);
  }
  if (state.refs.length > 0 && state.refs[0]!.id !== 0) {
    const ids = state.refs.map((ref) => ref.id);
    text += ` refs=${ids.filter((id, i) => i === 0 || id !== 0).join(",")}`;
  }
  if (func.inCallbackFn) text += " cb";
  if (func.inAsyncCallbackFn) text += " async_cb";
  return text;
}

/**
 * Writes one frame and a newline: everything if `all`, otherwise only what was touched since the last time. `kind` and `slot` count if
 * the text begins a line. Usually it continues one.
 */
export function printVerifierState(
  env: Env,
  state: VerifierState,
  frameno: number,
  all: boolean,
  kind: LineKind = "state",
  slot: number = env.insnIdx,
): void {
  if (env.log.level !== 0) env.log.append(`${formatFrame(env, state, state.frames[frameno]!, all)}\n`, kind, slot);
  if (!all) scratchNone(env);
}

const BPF_LOG_MIN_ALIGNMENT = 8;
const BPF_LOG_ALIGNMENT = 40;

/** Number of columns to fill after a text of `width` columns, so that the states line up. */
export function logAlignment(width: number): number {
  const wanted = Math.max(width + BPF_LOG_MIN_ALIGNMENT / 2, BPF_LOG_ALIGNMENT);
  return Math.ceil(wanted / BPF_LOG_MIN_ALIGNMENT) * BPF_LOG_MIN_ALIGNMENT - width - 1;
}

/** Writes what an instruction changed: on the instruction's line if that is still the end of the log, otherwise on a line of its own. */
export function printInsnState(env: Env, state: VerifierState, frameno: number): void {
  if (env.prevLogPos !== 0 && env.prevLogPos === env.log.endPos) {
    env.log.reset(env.prevLogPos - 1);
    env.log.append(`${" ".repeat(logAlignment(env.prevInsnPrintPos))};`, "insn", env.insnIdx);
  } else {
    env.log.append(`${env.slotNumber(env.insnIdx)}:`, "state", env.insnIdx);
  }
  printVerifierState(env, state, frameno, false);
}
