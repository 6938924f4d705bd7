// Runs a program without a verifier and watches it: which registers and stack bytes were written, which packet pointers are older than
// the last move of the packet, what still has to be released. It ends at the first harm (harm.ts). It also keeps what helps to find other
// inputs: the comparisons that were made and the keys that were looked up. Mutable.
import { ACQUIRING, helperArgCount, helperChangesPktData, helperName, helperReturns } from "../facts/helpers.ts";
import { MAX_BPF_STACK } from "../isa/codes.ts";
import type { Form } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { registerUse } from "../isa/registers.ts";
import { type LoadedProgram, regIndex } from "./decode.ts";
import type { Harm, HarmKind } from "./harm.ts";
import { interpret } from "./interp.ts";
import * as layout from "./layout.ts";
import type { Machine } from "./machine.ts";
import { mapAt } from "./maps/map.ts";

export interface WatchOptions {
  /** Whether reading stack bytes that were not written is harm. The kernel allows it for privileged programs. */
  readonly checkStackReads: boolean;
  /** A run of more instructions than this is harm. undefined: no limit, because programs with callbacks or may_goto may run longer. */
  readonly maxInsns: number | undefined;
  /** Says what is wrong with a return value. undefined: nothing. */
  readonly checkResult?: (r0: bigint) => HarmKind | undefined;
}

/** Two values that a conditional jump compared and that differ. */
export interface Compared {
  readonly left: bigint;
  readonly right: bigint;
  /** Set if both are packet addresses: by how many bytes `left` is behind `right`. */
  readonly behind?: number;
}

export interface LookedUp {
  readonly map: string;
  readonly key: Uint8Array;
}

export interface WatchedRun {
  /** undefined: the run ended without harm, was given up, or reached something that is not simulated. */
  readonly harm: Harm | undefined;
  readonly steps: number;
  /** A conditional jump took a direction that `seen` did not contain. */
  readonly tookNewJump: boolean;
  readonly compared: readonly Compared[];
  readonly lookedUp: readonly LookedUp[];
}

/** How many steps are watched. A longer run continues unwatched, up to `maxInsns`. */
const WATCHED_STEPS = 40_000;
const MAX_COMPARED = 96;
const MAX_PER_SLOT = 3;
const MAX_LOOKED_UP = 8;

/** Helpers that release what argument 1 points to. */
const RELEASING = new Set(["sk_release", "ringbuf_submit", "ringbuf_discard"]);

const R10 = 1 << 10;
const ARGUMENT_REGS = 0b11_1110;
/** R0 … R10. */
const ALL_REGS = 0b111_1111_1111;
/** R1 and R10 are set when a program starts. */
const SET_AT_ENTRY = R10 | (1 << 1);

interface InsnUse {
  readonly insn: Insn;
  readonly form: Form | undefined;
  readonly reads: number;
  readonly writes: number;
}

const insnUsesOfPrograms = new WeakMap<LoadedProgram, readonly InsnUse[]>();

function insnUsesOf(program: LoadedProgram): readonly InsnUse[] {
  let plan = insnUsesOfPrograms.get(program);
  if (!plan) {
    plan = program.insns.map((insn, slot) => {
      const form = program.forms[slot];
      const { reads, writes } = registerUse(insn, helperArgCount);
      // A call within the program reads nothing itself. The reads of the called function are checked there.
      return { insn, form, reads: form?.kind === "call" && form.target === "local" ? 0 : reads, writes };
    });
    insnUsesOfPrograms.set(program, plan);
  }
  return plan;
}

interface SavedFrame {
  /** true: it called a function of the program. false: it called a helper, which calls back. */
  readonly isCall: boolean;
  readonly setRegs: number;
  readonly packetTags: number[];
}

/** A state that a loop may come back to. */
interface LoopMark {
  readonly step: number;
  readonly ip: number;
  readonly depth: number;
  readonly regs: Int32Array;
  readonly stack: Uint8Array;
}

const STACK_BYTES = layout.STACK_END - layout.STACK;
const REG0 = regIndex(0);

/** `seen`: two bytes for each slot, one for each direction of a jump. The caller keeps it between runs. */
export function runWatched(machine: Machine, seen: Uint8Array, options: WatchOptions): WatchedRun {
  return new Watcher(machine, seen, options).run();
}

class Watcher {
  readonly #machine: Machine;
  readonly #seenJumps: Uint8Array;
  readonly #options: WatchOptions;
  /** Bit n: Rn was written. */
  #setRegs = SET_AT_ENTRY;
  /** For each register: the number of the packet (from 1, see #packet) that it points into. 0: not a packet pointer. */
  #packetTags: number[] = new Array<number>(11).fill(0);
  #savedFrames: SavedFrame[] = [];
  #stackPacketTags = new Uint16Array(STACK_BYTES >>> 3);
  #writtenStack = new Uint8Array(STACK_BYTES);
  #currentPacket = 1;
  #packetMovedBy = { call: 0, func: "" };
  /** Address → the call that returned it, for references that are still held. */
  readonly #heldRefs = new Map<bigint, { readonly call: number; readonly func: string }>();
  readonly #releasedRefs = new Map<bigint, { readonly call: number; readonly func: string }>();
  #mark: LoopMark | undefined;
  /** Whether something other than registers and stack may have changed since the mark. */
  #dirty = false;
  #tookNewJump = false;
  readonly #compared: Compared[] = [];
  readonly #comparisonsAtSlot = new Map<number, number>();
  readonly #lookedUp: LookedUp[] = [];

  constructor(machine: Machine, seen: Uint8Array, options: WatchOptions) {
    this.#machine = machine;
    this.#seenJumps = seen;
    this.#options = options;
  }

  run(): WatchedRun {
    const m = this.#machine;
    const plan = insnUsesOf(m.program);
    const main = m.program;
    let steps = 0;
    const done = (harm?: HarmKind): WatchedRun => ({
      harm: harm && { ...harm, step: steps, slot: m.slot },
      steps,
      tookNewJump: this.#tookNewJump,
      compared: this.#compared,
      lookedUp: this.#lookedUp,
    });
    while (steps < WATCHED_STEPS) {
      const step = plan[m.slot];
      const harm = step ? (this.#checkBefore(step) ?? this.#checkEndless(steps)) : undefined;
      if (harm) return done(harm);
      const { ip, depth } = m;
      if (interpret(m, 1) === 0) return done(this.#faultAsHarm(step));
      steps++;
      if (m.exited) return done();
      // After a tail call another program runs. It has its own verdict.
      if (m.program !== main) return done();
      if (step) this.#recordAfter(step, ip >>> layout.SLOT_SHIFT, depth);
    }
    const { maxInsns } = this.#options;
    if (maxInsns === undefined) return done();
    steps += interpret(m, maxInsns - steps);
    if (m.fault) return done(this.#faultAsHarm(plan[m.slot]));
    return m.exited ? done() : done({ kind: "too-long" });
  }

  /** The machine's fault as harm. undefined: it only says that something is not simulated. */
  #faultAsHarm(step: InsnUse | undefined): HarmKind | undefined {
    const { fault } = this.#machine;
    if (!fault || fault.kind === "unsupported" || fault.kind === "budget") return undefined;
    const form = step?.form;
    const isAbsent =
      (form?.kind === "call" && form.target === "kfunc") ||
      form?.kind === "callx" ||
      form?.kind === "addr_space_cast" ||
      form?.kind === "ld_imm64";
    return fault.kind === "insn" && isAbsent ? undefined : { kind: "fault", fault };
  }

  #checkBefore({ insn, form, reads }: InsnUse): HarmKind | undefined {
    const m = this.#machine;
    const isExit = form?.kind === "exit";
    // A function of the program may return without a result.
    const missing = isExit && m.depth > 0 ? 0 : reads & ~this.#setRegs & ALL_REGS;
    if (missing !== 0) return { kind: "unset-register", reg: 31 - Math.clz32(missing & -missing) };
    if (isExit && m.depth === 0) {
      const [left] = this.#heldRefs.values();
      return left ? { kind: "leak", ...left } : this.#options.checkResult?.(m.reg(0));
    }
    switch (form?.kind) {
      case "ldx":
      case "load_acq":
        return this.#checkPointer(insn.src) ?? this.#checkWritten(insn.src, insn.off, form.size);
      case "st":
      case "stx":
      case "store_rel":
        return this.#checkPointer(insn.dst);
      case "atomic":
        return this.#checkPointer(insn.dst) ?? this.#checkWritten(insn.dst, insn.off, form.size);
      case "jmp":
        this.#recordComparison(insn, form);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Why the program may no longer use memory through this register. */
  #checkPointer(reg: number): HarmKind | undefined {
    const tag = this.#packetTags[reg] as number;
    if (tag !== 0 && tag < this.#currentPacket) return { kind: "moved-packet", reg, ...this.#packetMovedBy };
    const freed = this.#releasedRefs.size > 0 ? this.#releasedRefs.get(this.#machine.reg(reg)) : undefined;
    return freed && { kind: "released", reg, ...freed };
  }

  /** Offset within the stacks of a register plus an offset. -1: not on the stacks. */
  #stackOffset(reg: number, off: number): number {
    const { i32 } = this.#machine.memory;
    const at = ((i32[regIndex(reg)] as number) + off - layout.STACK) | 0;
    return i32[regIndex(reg) + 1] === layout.KERNEL_HI && at >= 0 && at < STACK_BYTES ? at : -1;
  }

  #checkWritten(reg: number, off: number, size: number): HarmKind | undefined {
    if (!this.#options.checkStackReads) return undefined;
    const at = this.#stackOffset(reg, off);
    if (at < 0) return undefined;
    for (let i = at; i < at + size; i++) {
      if (this.#writtenStack[i] === 0) return { kind: "unwritten-stack", off: (i % MAX_BPF_STACK) - MAX_BPF_STACK };
    }
    return undefined;
  }

  #recordComparison(insn: Insn, form: Form & { kind: "jmp" }): void {
    const { i32, u64 } = this.#machine.memory;
    const m = this.#machine;
    const src = m.program.code[m.ip + 2] as number;
    const dst = regIndex(insn.dst);
    const [low, high] = [i32[dst] as number, i32[dst + 1] as number];
    const [otherLow, otherHigh] = [i32[src] as number, i32[src + 1] as number];
    if (low === otherLow && (high === otherHigh || form.width === 32)) return;
    const { slot } = m;
    const times = this.#comparisonsAtSlot.get(slot) ?? 0;
    if (times >= MAX_PER_SLOT || this.#compared.length >= MAX_COMPARED) return;
    this.#comparisonsAtSlot.set(slot, times + 1);
    const isPacket = (lo: number, hi: number) =>
      hi === layout.KERNEL_HI && lo >= layout.PACKET - 0x10000 && lo < layout.PACKET_END + 0x10000;
    const behind = isPacket(low, high) && isPacket(otherLow, otherHigh) ? low - otherLow : undefined;
    const wide = form.width === 64;
    this.#compared.push({
      left: wide ? (u64[dst >>> 1] as bigint) : BigInt(low >>> 0),
      right: wide ? (u64[src >>> 1] as bigint) : BigInt(otherLow >>> 0),
      ...(behind !== undefined && { behind }),
    });
  }

  #recordAfter({ insn, form, writes }: InsnUse, slot: number, depthBefore: number): void {
    const m = this.#machine;
    if (m.depth !== depthBefore) {
      if (form?.kind === "call" && form.target === "helper") this.#recordHelper(insn, slot);
      if (m.depth > depthBefore) this.#enterFrame(form);
      else this.#leaveFrame(m.depth, form);
      return;
    }
    this.#setRegs |= writes;
    switch (form?.kind) {
      case "jmp": {
        const direction = 2 * slot + (m.slot === slot + 1 ? 0 : 1);
        if (this.#seenJumps[direction] === 0) {
          this.#seenJumps[direction] = 1;
          this.#tookNewJump = true;
        }
        return;
      }
      case "may_goto":
        this.#dirty = true;
        return;
      case "exit":
        // The callback's next turn, or a timer's callback, starts.
        this.#setRegs = R10 | ARGUMENT_REGS;
        this.#dirty = true;
        return;
      case "call":
        if (form.target === "helper") this.#recordHelper(insn, slot);
        return;
      case "ld_abs":
      case "ld_ind":
        this.#clobber();
        return;
      case "alu": {
        const { dst, src } = insn;
        const other = form.source === "reg" ? (this.#packetTags[src] as number) : 0;
        const moves = form.width === 64 && form.op === "mov";
        const adds = form.width === 64 && (form.op === "add" || form.op === "sub");
        this.#packetTags[dst] = moves ? other : adds ? Math.max(this.#packetTags[dst] as number, other) : 0;
        return;
      }
      case "ldx":
      case "load_acq":
        this.#packetTags[insn.dst] = this.#loadedTag(insn, form.size, slot);
        return;
      case "st":
      case "stx":
      case "store_rel":
      case "atomic": {
        const at = this.#stackOffset(insn.dst, insn.off);
        if (writes !== 0) this.#packetTags[insn.src] = 0;
        if (at < 0) this.#dirty = true;
        else {
          this.#writtenStack.fill(1, at, at + form.size);
          this.#stackPacketTags[at >>> 3] =
            form.kind === "stx" && form.size === 8 ? (this.#packetTags[insn.src] as number) : 0;
        }
        return;
      }
      default:
        if (writes !== 0) for (let reg = 0; reg < 10; reg++) if ((writes >> reg) & 1) this.#packetTags[reg] = 0;
    }
  }

  /** A loaded value is a packet pointer if it comes from the context, or was stored to the stack as one. */
  #loadedTag({ dst, src, off }: Insn, size: number, slot: number): number {
    const { i32 } = this.#machine.memory;
    // If the load overwrote its own base register, the place it read is unknown and does not count as the stack.
    const base = dst === src ? undefined : this.#stackOffset(src, off);
    if (size === 8 && base !== undefined && base >= 0) return this.#stackPacketTags[base >>> 3] as number;
    const [low, high] = [i32[regIndex(dst)] as number, i32[regIndex(dst) + 1] as number];
    const isPacket = size === 4 && high === layout.KERNEL_HI && low >= layout.PACKET && low <= layout.PACKET_END;
    return isPacket && this.#machine.program.forms[slot]?.kind === "ldx" ? this.#currentPacket : 0;
  }

  /** After a call, R1 … R5 hold nothing. */
  #clobber(): void {
    this.#setRegs &= ~ARGUMENT_REGS;
    for (let reg = 0; reg < 6; reg++) this.#packetTags[reg] = 0;
  }

  #recordHelper({ imm }: Insn, slot: number): void {
    const m = this.#machine;
    const { i32 } = m.memory;
    const name = helperName(imm) ?? "";
    this.#dirty = true;
    for (let reg = 1; reg <= 5; reg++) {
      // A helper may fill the memory that an argument points to. The rest of that stack frame counts as written.
      const at = this.#stackOffset(reg, 0);
      if (at >= 0) this.#writtenStack.fill(1, at, at - (at % MAX_BPF_STACK) + MAX_BPF_STACK);
    }
    if (name === "map_lookup_elem") this.#recordLookup();
    const first = m.reg(1);
    if (RELEASING.has(name)) {
      const giver = this.#heldRefs.get(first);
      if (giver) this.#releasedRefs.set(first, { call: slot, func: `bpf_${name}` });
      this.#heldRefs.delete(first);
    }
    if (ACQUIRING.has(imm) && (i32[REG0] !== 0 || i32[REG0 + 1] !== 0)) {
      this.#releasedRefs.delete(m.reg(0));
      this.#heldRefs.set(m.reg(0), { call: slot, func: `bpf_${name}` });
    }
    if (helperChangesPktData(imm)) {
      this.#currentPacket++;
      this.#packetMovedBy = { call: slot, func: `bpf_${name}` };
    }
    this.#clobber();
    if (helperReturns(imm)) this.#setRegs |= 1;
    else this.#setRegs &= ~1;
  }

  #recordLookup(): void {
    const { memory } = this.#machine;
    if (this.#lookedUp.length >= MAX_LOOKED_UP) return;
    const map = mapAt(memory, memory.offsetOf(this.#machine.reg(1)));
    const at = map ? memory.offsetOf(this.#machine.reg(2)) : -1;
    if (map && at >= 0) this.#lookedUp.push({ map: map.name, key: memory.copyOut(at, map.def.keySize) });
  }

  #enterFrame(form: Form | undefined): void {
    const m = this.#machine;
    const isCall = form?.kind === "call" && form.target === "local";
    this.#savedFrames.push({ isCall, setRegs: this.#setRegs, packetTags: this.#packetTags.slice() });
    // A callback's arguments were set by the helper.
    this.#setRegs = R10 | (isCall ? this.#setRegs & ARGUMENT_REGS : ARGUMENT_REGS);
    if (!isCall) this.#packetTags.fill(0);
    this.#packetTags.fill(0, 6);
    const top = STACK_BYTES - m.depth * layout.STACK_FRAME_BYTES;
    this.#writtenStack.fill(0, top - layout.STACK_FRAME_BYTES, top);
    this.#stackPacketTags.fill(0, (top - layout.STACK_FRAME_BYTES) >>> 3, top >>> 3);
  }

  #leaveFrame(depth: number, form: Form | undefined): void {
    // After `exit`, R0 is as the function left it. Otherwise a helper, or a packet load that failed, ended the frame and set R0.
    const [set, tag] = [form?.kind === "exit" ? this.#setRegs : 1, this.#packetTags[0] as number];
    let caller: SavedFrame | undefined;
    while (this.#savedFrames.length > depth) caller = this.#savedFrames.pop();
    if (!caller) return;
    this.#setRegs = (caller.setRegs & ~(ARGUMENT_REGS | 1)) | (caller.isCall ? set & 1 : 1);
    this.#packetTags = caller.packetTags;
    this.#clobber();
    this.#packetTags[0] = caller.isCall ? tag : 0;
  }

  /** Reports a loop when the state of the mark comes again. Marks are set at steps 2^n, so that a loop of any length is found. */
  #checkEndless(step: number): HarmKind | undefined {
    const m = this.#machine;
    const mark = this.#mark;
    const { memory } = m;
    const bottom = layout.STACK_END - (m.depth + 1) * layout.STACK_FRAME_BYTES;
    if (mark && !this.#dirty && mark.ip === m.ip && mark.depth === m.depth) {
      const same =
        mark.regs.every((word, i) => memory.i32[REG0 + i] === word) &&
        mark.stack.every((byte, i) => memory.u8[bottom + i] === byte);
      if (same) return { kind: "endless", since: mark.step };
    }
    if (step > 0 && (step & (step - 1)) === 0) {
      this.#dirty = false;
      this.#mark = {
        step,
        ip: m.ip,
        depth: m.depth,
        regs: memory.i32.slice(REG0, REG0 + 22),
        stack: memory.u8.slice(bottom, layout.STACK_END),
      };
    }
    return undefined;
  }
}
