// A machine: one program on one CPU, its registers and frames in the shared buffer. It does what the interpreter's loop leaves out:
// calls, atomics, accesses that need the slow path, and the program's exit. Mutable. Helpers are in helpers/, contexts and packets in
// events/, stepping back in timeline.ts.
import { asU64, lowU32 } from "../base/u64.ts";
import { ATOMIC_OPS, type Form, formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { atomicOnPairs } from "./atomic.ts";
import type { CtxAccessor } from "./ctx.ts";
import { type LoadedProgram, regIndex, secondHalves } from "./decode.ts";
import { type Env, randomState } from "./env.ts";
import { accessFault, type Fault, type FaultKind, faultTexts } from "./fault.ts";
import type { Caller } from "./helpers/call.ts";
import { continueCallback, revokeReadGrants } from "./helpers/callbacks.ts";
import { callHelper } from "./helpers/helpers.ts";
import { fireNextTimer } from "./helpers/timer.ts";
import { type InterpreterHost, interpret } from "./interp.ts";
import * as layout from "./layout.ts";
import { loadLittleEndian, storeLittleEndian } from "./little-endian.ts";
import type { Memory, MemoryOwner, Region } from "./memory.ts";
import { loadPacketBytes } from "./packet.ts";
import { type ALU, ATOMIC, aluResult, loadResult } from "./semantics.ts";
import { taskRegions } from "./task.ts";

/** How a run ended. `paused`: it has not ended; the budget is used up. */
export type Outcome =
  | { readonly kind: "exit"; readonly r0: bigint }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "paused" };

/** The frame of a function. Lists of frames put the innermost last. */
export interface Frame {
  readonly frame: number;
  /** Guest address just above the 512 bytes of its stack: R10. */
  readonly top: bigint;
  /** In the innermost frame: slot of the next instruction. In the others: slot of the call. */
  readonly slot: number;
  readonly prog: number;
  /** The frame's R6 … R9. */
  readonly saved: readonly bigint[];
  readonly callback: boolean;
}

export interface MachineOptions {
  readonly memory: Memory;
  readonly program: LoadedProgram;
  readonly env: Env;
  /** Finds the programs that prog_array maps hold, by id. */
  readonly findProgram?: (id: number) => LoadedProgram | undefined;
}

/**
 * How many instructions the loop runs at a time. The count must be a small integer. It is low so that a stretch ends soon: then a long
 * run continues in code that the JavaScript engine compiled for the whole loop, and not for one place within it.
 */
const INTERPRET_BUDGET = 1 << 16;

/** How often a may_goto loops in each function before it ends the loop (BPF_MAX_LOOPS). */
const MAY_GOTO_TURNS = 8 * 1024 * 1024;

export class Machine implements MemoryOwner, InterpreterHost, Caller {
  readonly memory: Memory;
  readonly env: Env;
  readonly #findProgram: (id: number) => LoadedProgram | undefined;
  /** Programs by id, as first looked up in this run. So running it again gives the same programs. */
  readonly #programsById = new Map<number, LoadedProgram | undefined>();
  readonly #main: LoadedProgram;
  /** The running program. A tail call changes it. */
  program: LoadedProgram;
  /** Position of the next instruction: slot times SLOT_WORDS. */
  ip = 0;
  exited = false;
  fault: Fault | undefined;
  /** How many instructions ran since reset(). */
  executed = 0;
  /** Reads and writes context fields that are not plain memory. */
  ctx: CtxAccessor | undefined;
  /** Address of the kernel function that a kprobe is attached to, for bpf_get_func_ip. */
  funcIp = 0n;
  /** Which kind of packet the context describes, if any. */
  packetKind: "skb" | "xdp" | undefined;

  constructor(options: MachineOptions) {
    this.memory = options.memory;
    this.env = options.env;
    this.#findProgram = options.findProgram ?? (() => undefined);
    this.#main = options.program;
    this.program = options.program;
    this.reset();
  }

  /** Sets registers, stacks and clock as at the entry of a program. An event sets R1 afterwards. */
  reset(): void {
    const { memory, env } = this;
    memory.journal = undefined;
    for (const owner of memory.owners) if (owner instanceof Machine) memory.owners.delete(owner);
    memory.owners.add(this);
    revokeReadGrants(memory);
    memory.u8.fill(0, layout.RUN_STATE, layout.STACK_END);
    memory.shadow.fill(0, layout.RUN_STATE >>> 3, layout.HEAP >>> 3);
    memory.permit(layout.STACK_END - layout.STACK_FRAME_BYTES, layout.STACK_FRAME_BYTES);
    this.program = this.#main;
    memory.w32(layout.CURRENT_PROG, this.program.id);
    memory.w32(layout.MAY_GOTO, MAY_GOTO_TURNS);
    memory.w64(layout.CLOCK, env.bootTime);
    memory.w32(layout.NEXT_OBJECT, layout.OBJECTS);
    randomState(env.seed).forEach((word, i) => {
      memory.w32(layout.RANDOM_STATE + 4 * i, word);
    });
    this.setPointer(10, layout.STACK_END);
    this.ip = 0;
    this.exited = false;
    this.fault = undefined;
    this.executed = 0;
    this.#programsById.clear();
    this.ctx = undefined;
    this.packetKind = undefined;
    this.funcIp = 0n;
  }

  get isXdp(): boolean {
    return this.packetKind === "xdp";
  }
  get isPacketProgram(): boolean {
    return this.packetKind !== undefined;
  }

  /** Runs up to `budget` more instructions without recording. */
  run(budget: number): Outcome {
    for (let left = budget; left > 0 && !this.exited && this.fault === undefined; left -= INTERPRET_BUDGET) {
      this.executed += interpret(this, Math.min(left, INTERPRET_BUDGET));
    }
    return this.outcome;
  }

  get outcome(): Outcome {
    if (this.fault !== undefined) return { kind: "fault", fault: this.fault };
    return this.exited ? { kind: "exit", r0: this.reg(0) } : { kind: "paused" };
  }

  /** Slot of the next instruction, or of the one that faulted, or of the last one. */
  get slot(): number {
    return this.ip >>> layout.SLOT_SHIFT;
  }

  reg(n: number): bigint {
    return this.memory.u64[regIndex(n) >>> 1] as bigint;
  }
  setReg(n: number, value: bigint): void {
    this.memory.w64(layout.REGS + 8 * n, value);
  }
  /** Sets register n to a guest pointer. `off` 0 is NULL. */
  setPointer(n: number, off: number): void {
    this.memory.wPointer(layout.REGS + 8 * n, off);
  }

  /** Writes a u32 key where map code can read it, and returns its offset. */
  stageKey(index: number): number {
    const at = this.memory.scratch(0, 4);
    this.memory.w32(at, index);
    return at;
  }
  /** Allows a packet to grow up to `end`. false: the packet area has no room. */
  growTailroom(end: number): boolean {
    if (end > layout.PACKET_END) return false;
    this.memory.w32(layout.PKT_HARD_END, end);
    return true;
  }

  /** The bytes at a guest address. undefined: not all of them may be read. */
  read(address: bigint, size: number): Uint8Array | undefined {
    const at = this.memory.offsetOf(address);
    return at >= 0 && this.memory.allows(at, size, false) ? this.memory.copyOut(at, size) : undefined;
  }

  get depth(): number {
    return this.memory.r32(layout.DEPTH);
  }

  frames(): Frame[] {
    const { memory, depth } = this;
    const frames: Frame[] = [];
    for (let frame = 0; frame <= depth; frame++) {
      // If the function called another one, that call saved its R6 … R9.
      const saved = frame < depth ? layout.FRAMES + frame * layout.FRAME_BYTES : 0;
      const regs = [6, 7, 8, 9].map((n, i) =>
        saved === 0 ? this.reg(n) : memory.r64(saved + layout.FRAME.regs + 8 * i),
      );
      frames.push({
        frame,
        top: layout.addressOf(layout.STACK_END - frame * layout.STACK_FRAME_BYTES),
        slot: saved === 0 ? this.slot : (memory.r32(saved + layout.FRAME.ip) >>> layout.SLOT_SHIFT) - 1,
        prog: saved === 0 ? this.program.id : memory.r32(saved + layout.FRAME.prog),
        saved: regs,
        callback:
          frame === 0
            ? memory.r32(layout.TIMER.running) !== 0
            : memory.r32(layout.FRAMES + (frame - 1) * layout.FRAME_BYTES + layout.FRAME.kind) !==
              layout.FRAME_KIND.call,
      });
    }
    return frames;
  }

  *bufferRegions() {
    const { memory } = this;
    for (let frame = 0; frame <= this.depth; frame++) {
      const start = layout.STACK_END - (frame + 1) * layout.STACK_FRAME_BYTES;
      const name = frame === 0 ? "stack" : `stack of frame ${frame}`;
      yield { name, kind: "stack" as const, start, size: layout.STACK_FRAME_BYTES, writable: true, frame };
    }
    if (this.ctx !== undefined) yield* this.ctx.bufferRegions(memory);
    yield* taskRegions(memory);
  }

  /** All memory that the program can see, by address. */
  regions(): Region[] {
    return this.memory.regions();
  }

  // ---- called by the interpreter's loop; `ip` is the position of the current instruction ----

  /** Ends the loop at an instruction that did not happen. Returns `done`. */
  stop(ip: number, done: number): number {
    this.ip = ip;
    return done;
  }

  /** Stops with a fault at the instruction. Returns false, for callers whose result says whether the instruction happened. */
  raise(kind: FaultKind, ip: number, message: string): false {
    const slot = ip >>> layout.SLOT_SHIFT;
    this.fault = { kind, prog: this.program.id, slot, ...faultTexts(slot, message) };
    return false;
  }

  raiseAccess(ip: number, address: bigint, size: number, write: boolean, what?: string): false {
    const at = { prog: this.program.id, slot: ip >>> layout.SLOT_SHIFT };
    this.fault = accessFault(this.memory, at, address, size, write, what);
    return false;
  }

  raiseInvalidInsn(ip: number): void {
    const slot = ip >>> layout.SLOT_SHIFT;
    const insn = this.program.insns[slot];
    if (insn === undefined) {
      this.raise("insn", ip, "the program ran past its last instruction");
      return;
    }
    const { insns, forms } = this.program;
    if (secondHalves(insns).has(slot)) {
      this.raise("insn", ip, "the program went to the second half of an LD_IMM64");
    } else if (forms[slot]?.slots === 2 && insns[slot + 1] === undefined) {
      this.raise("insn", ip, "the second half of LD_IMM64 is missing");
    } else this.raise("insn", ip, invalidInsnMessage(insn, forms[slot]));
  }

  /** Division of numbers that are too large for doubles, and signed division. */
  aluSlow(ip: number): void {
    const form = this.program.forms[ip >>> layout.SLOT_SHIFT] as Form & { kind: "alu"; op: keyof typeof ALU };
    const { code } = this.program;
    const u64 = this.memory.u64;
    const dst = (code[ip + 1] as number) >>> 1;
    u64[dst] = aluResult(form.op, form.width, u64[dst] as bigint, u64[(code[ip + 2] as number) >>> 1] as bigint);
  }

  /** Loads that cross granules, loads of context fields, and loads that are not allowed. */
  loadSlow(ip: number): boolean {
    const { code, forms } = this.program;
    const { memory } = this;
    const form = forms[ip >>> layout.SLOT_SHIFT] as Form & { size: 1 | 2 | 4 | 8 };
    const signed = form.kind === "ldx" && form.signed;
    if (form.size === 4 && !signed && this.#loadPacketPointer(ip)) return true;
    const address = asU64((memory.u64[(code[ip + 2] as number) >>> 1] as bigint) + BigInt(code[ip + 3] as number));
    const value = this.loadAt(address, form.size);
    if (value === undefined) return this.raiseAccess(ip, address, form.size, false);
    memory.u64[(code[ip + 1] as number) >>> 1] = loadResult(form.size, signed, value);
    return true;
  }

  /** Loads data, data_end or data_meta without making bigints. Every packet program starts with these loads. */
  #loadPacketPointer(ip: number): boolean {
    const pointers = this.ctx?.pointers;
    if (pointers === undefined) return false;
    const { code } = this.program;
    const { memory } = this;
    const src = code[ip + 2] as number;
    const off = ((memory.i32[src] as number) + (code[ip + 3] as number) - layout.CTX) | 0;
    if (memory.i32[src + 1] !== layout.KERNEL_HI || (off & 3) !== 0 || off < 0 || off >>> 2 >= pointers.length)
      return false;
    const word = pointers[off >>> 2] as number;
    if (word === 0) return false;
    const dst = code[ip + 1] as number;
    memory.i32[dst] = memory.i32[word >>> 2] as number;
    memory.i32[dst + 1] = layout.KERNEL_HI;
    return true;
  }

  /** The bytes at a guest address as an unsigned number. Context fields are converted. undefined: a fault. */
  loadAt(address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined {
    const at = this.memory.offsetOf(address);
    if (at < 0) return undefined;
    const field = this.ctx?.load(this.memory, at, size);
    if (field !== undefined) return field;
    if (!this.memory.allows(at, size, false)) return undefined;
    return loadLittleEndian(this.memory.view, at, size);
  }

  storeSlow(ip: number): boolean {
    const { code } = this.program;
    const { memory } = this;
    const size = code[ip + 7] as 1 | 2 | 4 | 8;
    const address = asU64((memory.u64[(code[ip + 1] as number) >>> 1] as bigint) + BigInt(code[ip + 3] as number));
    const value = memory.u64[(code[ip + 2] as number) >>> 1] as bigint;
    return this.storeAt(address, size, value) || this.raiseAccess(ip, address, size, true);
  }

  /** false: a fault. The journal gets nothing: the timeline keeps what a store overwrites. */
  storeAt(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): boolean {
    const at = this.memory.offsetOf(address);
    if (at < 0) return false;
    if (this.ctx?.store(this.memory, at, size, value)) return true;
    if (!this.memory.allows(at, size, true)) return false;
    storeLittleEndian(this.memory.view, at, size, value);
    return true;
  }

  atomic(ip: number): boolean {
    const { code } = this.program;
    const { memory } = this;
    const m = memory.i32;
    const dst = code[ip + 1] as number;
    const at = ((m[dst] as number) + (code[ip + 3] as number)) | 0;
    const size = code[ip + 7] as 4 | 8;
    const allowed = memory.shadow[at >>> 3] as number;
    const isFast =
      m[dst + 1] === layout.KERNEL_HI && (at & (size - 1)) === 0 && allowed <= 8 && allowed >= (at & 7) + size;
    if (!isFast) return this.#atomicSlow(ip);
    return atomicOnPairs(memory, code[ip + 4] as number, at >>> 2, code[ip + 2] as number, size === 8);
  }

  /** An atomic at an address that is not aligned, or not allowed. */
  #atomicSlow(ip: number): boolean {
    const { code, forms, insns } = this.program;
    const { memory } = this;
    const form = forms[ip >>> layout.SLOT_SHIFT] as Form & { kind: "atomic" };
    const insn = insns[ip >>> layout.SLOT_SHIFT] as Insn;
    const address = asU64(this.reg(insn.dst) + BigInt(code[ip + 3] as number));
    const at = memory.offsetOf(address);
    if (at < 0 || !memory.allows(at, form.size, true)) return this.raiseAccess(ip, address, form.size, true);
    const old = loadLittleEndian(memory.view, at, form.size);
    const cut = (x: bigint) => BigInt.asUintN(form.size * 8, x);
    const after = cut(ATOMIC[form.op](old, cut(this.reg(insn.src)), cut(this.reg(0))));
    memory.journal?.save(at, form.size);
    storeLittleEndian(memory.view, at, form.size, after);
    if (form.op === "cmpxchg") this.setReg(0, old);
    else if (ATOMIC_OPS[form.op].fetch) this.setReg(insn.src, old);
    return true;
  }

  /** Saves the caller of a call within the program. The loop itself continues at the target. */
  enterFunction(ip: number): boolean {
    return this.pushFrame(ip, ip + layout.SLOT_WORDS, layout.FRAME_KIND.call) !== 0;
  }

  /** Saves the caller's frame. Returns the offset of the saved frame, or 0 after a fault. R1 … R5 do not change. */
  pushFrame(ip: number, returnIp: number, kind: number): number {
    const { memory, depth } = this;
    if (depth + 1 >= layout.MAX_FRAMES) {
      this.raise(
        "frames",
        ip,
        `the call stack of ${depth + 2} frames is too deep; the kernel allows ${layout.MAX_FRAMES}`,
      );
      return 0;
    }
    const frame = layout.FRAMES + depth * layout.FRAME_BYTES;
    memory.journal?.save(frame, layout.FRAME_BYTES);
    const { view } = memory;
    view.setUint32(frame + layout.FRAME.ip, returnIp, true);
    view.setUint32(frame + layout.FRAME.kind, kind, true);
    view.setUint32(frame + layout.FRAME.mayGoto, memory.r32(layout.MAY_GOTO), true);
    view.setUint32(frame + layout.FRAME.prog, this.program.id, true);
    memory.u8.copyWithin(frame + layout.FRAME.regs, layout.REGS + 8 * 6, layout.REGS + 8 * 11);
    memory.w32(layout.DEPTH, depth + 1);
    memory.w32(layout.MAY_GOTO, MAY_GOTO_TURNS);
    const top = layout.STACK_END - (depth + 1) * layout.STACK_FRAME_BYTES;
    memory.permit(top - layout.STACK_FRAME_BYTES, layout.STACK_FRAME_BYTES);
    this.setPointer(10, top);
    return frame;
  }

  /** Does `exit`: returns to the caller, starts a callback's next turn or a timer's callback, or ends the run. false: a fault happened. */
  leaveFunction(): boolean {
    const { memory, depth } = this;
    if (depth === 0) {
      if (memory.r32(layout.LOCK_HELD) !== 0)
        return this.raise("deadlock", this.ip, "the program ends with a lock held");
      this.exited = !fireNextTimer(this);
      return true;
    }
    const frame = layout.FRAMES + (depth - 1) * layout.FRAME_BYTES;
    const kind = memory.r32(frame + layout.FRAME.kind);
    if (kind !== layout.FRAME_KIND.call && continueCallback(this, frame)) return true;
    this.popFrame(frame);
    return true;
  }

  popFrame(frame: number): void {
    const { memory, depth } = this;
    memory.copyWithin(layout.REGS + 8 * 6, frame + layout.FRAME.regs, 40);
    memory.w32(layout.MAY_GOTO, memory.r32(frame + layout.FRAME.mayGoto));
    memory.w32(layout.DEPTH, depth - 1);
    const top = layout.STACK_END - depth * layout.STACK_FRAME_BYTES;
    memory.forbid(top - layout.STACK_FRAME_BYTES, layout.STACK_FRAME_BYTES);
    this.ip = memory.r32(frame + layout.FRAME.ip);
    const prog = memory.r32(frame + layout.FRAME.prog);
    if (prog !== this.program.id) this.switchProgram(prog);
  }

  callHelper(ip: number): boolean {
    return callHelper(this, ip);
  }

  /** Continues in another program. false: there is no program with this id. */
  switchProgram(id: number): boolean {
    const next = this.#programOf(id);
    if (next === undefined) return false;
    this.memory.w32(layout.CURRENT_PROG, id);
    this.program = next;
    return true;
  }

  /** Sets `program` again after CURRENT_PROG was changed directly (a step was undone). */
  syncProgram(): void {
    const id = this.memory.r32(layout.CURRENT_PROG);
    if (id !== this.program.id) this.program = this.#programOf(id) ?? this.#main;
  }

  #programOf(id: number): LoadedProgram | undefined {
    if (id === this.#main.id) return this.#main;
    if (!this.#programsById.has(id)) this.#programsById.set(id, this.#findProgram(id));
    return this.#programsById.get(id);
  }

  /** LD_ABS and LD_IND: R0 gets packet bytes in host order. Outside the packet, the function returns 0. */
  loadPacket(ip: number): boolean {
    const { code } = this.program;
    const insn = this.program.insns[ip >>> layout.SLOT_SHIFT] as Insn;
    const form = this.program.forms[ip >>> layout.SLOT_SHIFT] as Form;
    const index = form.kind === "ld_ind" ? lowU32(this.reg(insn.src)) : 0;
    const offset = (insn.imm + index) | 0;
    const value = loadPacketBytes(this.memory, offset, code[ip + 7] as 1 | 2 | 4);
    if (value !== undefined) {
      this.memory.wNumber(layout.REGS, value);
      this.ip = ip + layout.SLOT_WORDS;
      return true;
    }
    this.memory.wNumber(layout.REGS, 0);
    return this.leaveFunction();
  }
}

/** Compiled code can go from one function of a program to another only by a call. The kernel allows nothing else either. */
const ENTERED_WITHOUT_CALL = "the program went into another function without calling it";

function invalidInsnMessage(insn: Insn, form: Form | undefined): string {
  const code = `0x${insn.code.toString(16).padStart(2, "0")}`;
  if (form === undefined) {
    if (insn.dst > 10 || insn.src > 10) return `R${Math.max(insn.dst, insn.src)} does not exist`;
    if (formOf(insn) !== undefined) return "R10, the frame pointer, is read-only";
    return `opcode ${code} (off ${insn.off}, imm ${insn.imm}) is no instruction`;
  }
  switch (form.kind) {
    case "call":
      if (form.target !== "kfunc") return ENTERED_WITHOUT_CALL;
      return `kernel function with BTF id ${insn.imm} is not simulated`;
    case "callx":
      return "a call to the address in a register is refused by the kernel";
    case "addr_space_cast":
      return "arenas, and so casts between address spaces, are not simulated";
    case "ld_imm64":
      if (form.pseudo === "imm") return ENTERED_WITHOUT_CALL;
      return form.pseudo === "btf_id"
        ? "addresses of kernel variables are not simulated"
        : "this LD_IMM64 names a map that the program does not have, or one whose values have no fixed address";
    default:
      return ENTERED_WITHOUT_CALL;
  }
}
