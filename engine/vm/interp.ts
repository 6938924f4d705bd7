// The interpreter's loop: one function, one switch, all state in typed arrays. 64-bit registers are pairs of s32 (lower half first), so
// that nothing is allocated. Mutable and hot. The function is long so that there is one jump table.
// `| 0` keeps counters and positions 32-bit integers. A lower half has an even index, so `| 1` gives the index of the upper half. A slot
// starts at a multiple of 8, so `ip | 5` is int 5 of the current slot. Unlike a sum, `|` cannot exceed the small-integer range, so the
// JavaScript engine need not check for that.
//
//   m, sh, view   the buffer as s32, its shadow bytes, the buffer as a DataView
//   d, s          indices in m of the lower halves of the destination and of the source
//   a, b          lower halves of both operands; ah, bh: their upper halves
//   ip            position of the current instruction: slot times SLOT_WORDS
//
// Case numbers are those of decode.ts. The machine does what is rare (division of large numbers, atomics, calls, context fields) outside
// this loop. Recording is not done here either: the timeline does it around single steps.
import type { LoadedProgram } from "./decode.ts";
import { KERNEL_HI, MAY_GOTO, SLOT_WORDS } from "./layout.ts";
import type { Memory } from "./memory.ts";

const TWO32 = 0x1_0000_0000;

const swap32 = (x: number): number => ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);

/** The machine, as far as the loop needs it: its state, and the work that the loop leaves to it. */
export interface InterpreterHost {
  readonly memory: Memory;
  readonly program: LoadedProgram;
  ip: number;
  readonly exited: boolean;
  /** Division of numbers that are too large for doubles, and signed division. */
  aluSlow(ip: number): void;
  // The methods below that return a boolean say whether the instruction happened. false: a fault.
  loadSlow(ip: number): boolean;
  storeSlow(ip: number): boolean;
  atomic(ip: number): boolean;
  /** Saves the caller of a call within the program. The loop itself then continues at the target. */
  enterFunction(ip: number): boolean;
  callHelper(ip: number): boolean;
  leaveFunction(): boolean;
  loadPacket(ip: number): boolean;
  /** Makes the fault of a slot that holds no valid instruction. */
  raiseInvalidInsn(ip: number): void;
  /** Ends the loop at an instruction that did not happen. Returns `done`. */
  stop(ip: number, done: number): number;
}

/**
 * Runs at most `budget` (an s32) instructions from machine.ip. Afterwards machine.exited or machine.fault is set, or the budget is used
 * up. Returns how many instructions were executed. An instruction that faults is not counted and changes nothing.
 */
export function interpret(machine: InterpreterHost, budget: number): number {
  const memory = machine.memory;
  let code = machine.program.code;
  let m = memory.i32;
  let sh = memory.shadow;
  let view = memory.view;
  // Local copies: an imported constant would be read again each time.
  const step = SLOT_WORDS | 0;
  const kernel = KERNEL_HI | 0;
  let ip = machine.ip | 0;
  let left = budget | 0;

  while (left > 0) {
    left = (left - 1) | 0;
    const d = code[ip | 1] as number;
    const s = code[ip | 2] as number;
    switch (code[ip]) {
      // 64-bit arithmetic
      case 0: {
        // add
        const a = m[d] as number;
        const lo = (a + (m[s] as number)) | 0;
        m[d | 1] = (m[d | 1] as number) + (m[s | 1] as number) + (lo >>> 0 < a >>> 0 ? 1 : 0);
        m[d] = lo;
        ip = (ip + step) | 0;
        break;
      }
      case 1: {
        // sub
        const a = m[d] as number;
        const b = m[s] as number;
        m[d | 1] = (m[d | 1] as number) - (m[s | 1] as number) - (a >>> 0 < b >>> 0 ? 1 : 0);
        m[d] = a - b;
        ip = (ip + step) | 0;
        break;
      }
      case 2: {
        // mul
        const a = m[d] as number;
        const b = m[s] as number;
        const lo = Math.imul(a, b);
        // As a double, the product of the lower halves is wrong by 2^11 at most. Product minus `lo` is a multiple of 2^32, so rounding
        // gives it exactly.
        const carried = (((a >>> 0) * (b >>> 0) - (lo >>> 0)) / TWO32 + 0.5) | 0;
        m[d | 1] = carried + Math.imul(m[d | 1] as number, b) + Math.imul(a, m[s | 1] as number);
        m[d] = lo;
        ip = (ip + step) | 0;
        break;
      }
      case 3: {
        // div; below 2^52 the rounded-down quotient of two doubles is exact
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        if (ah >>> 20 === 0 && bh >>> 20 === 0) {
          const b = bh * TWO32 + ((m[s] as number) >>> 0);
          const q = b === 0 ? 0 : Math.floor((ah * TWO32 + ((m[d] as number) >>> 0)) / b);
          m[d] = q;
          m[d | 1] = q / TWO32;
        } else machine.aluSlow(ip);
        ip = (ip + step) | 0;
        break;
      }
      case 4: // or
        m[d] = (m[d] as number) | (m[s] as number);
        m[d | 1] = (m[d | 1] as number) | (m[s | 1] as number);
        ip = (ip + step) | 0;
        break;
      case 5: // and
        m[d] = (m[d] as number) & (m[s] as number);
        m[d | 1] = (m[d | 1] as number) & (m[s | 1] as number);
        ip = (ip + step) | 0;
        break;
      case 6: {
        // lsh
        const n = (m[s] as number) & 63;
        const lo = m[d] as number;
        if (n >= 32) {
          m[d | 1] = lo << n;
          m[d] = 0;
        } else if (n !== 0) {
          m[d | 1] = ((m[d | 1] as number) << n) | (lo >>> (32 - n));
          m[d] = lo << n;
        }
        ip = (ip + step) | 0;
        break;
      }
      case 7: {
        // rsh
        const n = (m[s] as number) & 63;
        const hi = m[d | 1] as number;
        if (n >= 32) {
          m[d] = hi >>> n;
          m[d | 1] = 0;
        } else if (n !== 0) {
          m[d] = ((m[d] as number) >>> n) | (hi << (32 - n));
          m[d | 1] = hi >>> n;
        }
        ip = (ip + step) | 0;
        break;
      }
      case 8: {
        // neg
        const lo = m[d] as number;
        m[d] = -lo;
        m[d | 1] = ~(m[d | 1] as number) + (lo === 0 ? 1 : 0);
        ip = (ip + step) | 0;
        break;
      }
      case 9: {
        // mod
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        if (ah >>> 20 === 0 && bh >>> 20 === 0) {
          const b = bh * TWO32 + ((m[s] as number) >>> 0);
          if (b !== 0) {
            const r = (ah * TWO32 + ((m[d] as number) >>> 0)) % b;
            m[d] = r;
            m[d | 1] = r / TWO32;
          }
        } else machine.aluSlow(ip);
        ip = (ip + step) | 0;
        break;
      }
      case 10: // xor
        m[d] = (m[d] as number) ^ (m[s] as number);
        m[d | 1] = (m[d | 1] as number) ^ (m[s | 1] as number);
        ip = (ip + step) | 0;
        break;
      case 11: {
        // mov
        const hi = m[s | 1] as number;
        m[d] = m[s] as number;
        m[d | 1] = hi;
        ip = (ip + step) | 0;
        break;
      }
      case 12: {
        // arsh
        const n = (m[s] as number) & 63;
        const hi = m[d | 1] as number;
        if (n >= 32) {
          m[d] = hi >> n;
          m[d | 1] = hi >> 31;
        } else if (n !== 0) {
          m[d] = ((m[d] as number) >>> n) | (hi << (32 - n));
          m[d | 1] = hi >> n;
        }
        ip = (ip + step) | 0;
        break;
      }
      case 13: // bswap16, 32, 64
      case 47: {
        // be16, 32, 64 (on a little-endian machine)
        const bits = code[ip | 4];
        const swapped = swap32(m[d] as number);
        if (bits === 64) {
          m[d] = swap32(m[d | 1] as number);
          m[d | 1] = swapped;
        } else {
          m[d] = bits === 16 ? swapped >>> 16 : swapped;
          m[d | 1] = 0;
        }
        ip = (ip + step) | 0;
        break;
      }
      case 14: // sdiv
      case 15: // smod
      case 30: // sdiv32
      case 31: // smod32
        machine.aluSlow(ip);
        ip = (ip + step) | 0;
        break;

      // 32-bit arithmetic: the upper half becomes zero
      case 16: // add32
        m[d] = (m[d] as number) + (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 17: // sub32
        m[d] = (m[d] as number) - (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 18: // mul32
        m[d] = Math.imul(m[d] as number, m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 19: {
        // div32
        const b = (m[s] as number) >>> 0;
        m[d] = b === 0 ? 0 : Math.floor(((m[d] as number) >>> 0) / b);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      }
      case 20: // or32
        m[d] = (m[d] as number) | (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 21: // and32
        m[d] = (m[d] as number) & (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 22: // lsh32
        m[d] = (m[d] as number) << (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 23: // rsh32
        m[d] = (m[d] as number) >>> (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 24: // neg32
        m[d] = -(m[d] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 25: {
        // mod32
        const b = (m[s] as number) >>> 0;
        if (b !== 0) m[d] = ((m[d] as number) >>> 0) % b;
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      }
      case 26: // xor32
        m[d] = (m[d] as number) ^ (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 27: // mov32
        m[d] = m[s] as number;
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 28: // arsh32
        m[d] = (m[d] as number) >> (m[s] as number);
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 29: {
        // le16, 32, 64
        const bits = code[ip | 4];
        if (bits === 16) m[d] = (m[d] as number) & 0xffff;
        if (bits !== 64) m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      }

      // jumps on 64 bits
      case 32: // ja
        ip = code[ip | 5] as number;
        break;
      case 33: // jeq
        ip = m[d] === m[s] && m[d | 1] === m[s | 1] ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 34: {
        // jgt
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 > (m[s] as number) >>> 0 : ah >>> 0 > bh >>> 0;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 35: {
        // jge
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 >= (m[s] as number) >>> 0 : ah >>> 0 > bh >>> 0;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 36: // jset
        ip =
          (((m[d] as number) & (m[s] as number)) | ((m[d | 1] as number) & (m[s | 1] as number))) !== 0
            ? (code[ip | 5] as number)
            : (ip + step) | 0;
        break;
      case 37: // jne
        ip = m[d] !== m[s] || m[d | 1] !== m[s | 1] ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 38: {
        // jsgt
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 > (m[s] as number) >>> 0 : ah > bh;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 39: {
        // jsge
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 >= (m[s] as number) >>> 0 : ah > bh;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 42: {
        // jlt
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 < (m[s] as number) >>> 0 : ah >>> 0 < bh >>> 0;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 43: {
        // jle
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 <= (m[s] as number) >>> 0 : ah >>> 0 < bh >>> 0;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 44: {
        // jslt
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 < (m[s] as number) >>> 0 : ah < bh;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 45: {
        // jsle
        const ah = m[d | 1] as number;
        const bh = m[s | 1] as number;
        const yes = ah === bh ? (m[d] as number) >>> 0 <= (m[s] as number) >>> 0 : ah < bh;
        ip = yes ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      }
      case 46: // may_goto
        if ((m[MAY_GOTO >>> 2] as number) === 0) ip = code[ip | 5] as number;
        else {
          memory.w32(MAY_GOTO, (m[MAY_GOTO >>> 2] as number) - 1);
          ip = (ip + step) | 0;
        }
        break;

      // jumps on 32 bits
      case 49: // jeq32
        ip = m[d] === m[s] ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 50: // jgt32
        ip = (m[d] as number) >>> 0 > (m[s] as number) >>> 0 ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 51: // jge32
        ip = (m[d] as number) >>> 0 >= (m[s] as number) >>> 0 ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 52: // jset32
        ip = ((m[d] as number) & (m[s] as number)) !== 0 ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 53: // jne32
        ip = m[d] !== m[s] ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 54: // jsgt32
        ip = (m[d] as number) > (m[s] as number) ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 55: // jsge32
        ip = (m[d] as number) >= (m[s] as number) ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 58: // jlt32
        ip = (m[d] as number) >>> 0 < (m[s] as number) >>> 0 ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 59: // jle32
        ip = (m[d] as number) >>> 0 <= (m[s] as number) >>> 0 ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 60: // jslt32
        ip = (m[d] as number) < (m[s] as number) ? (code[ip | 5] as number) : (ip + step) | 0;
        break;
      case 61: // jsle32
        ip = (m[d] as number) <= (m[s] as number) ? (code[ip | 5] as number) : (ip + step) | 0;
        break;

      // loads: the common case lies in one granule, and its shadow byte allows it
      case 64: {
        // ldx4
        const at = ((m[s] as number) + (code[ip | 3] as number)) | 0;
        if (m[s | 1] === kernel && ((sh[at >>> 3] as number) & 15) >= (at & 7) + 4) {
          m[d] = view.getInt32(at, true);
          m[d | 1] = 0;
        } else if (!machine.loadSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 65: {
        // ldx2
        const at = ((m[s] as number) + (code[ip | 3] as number)) | 0;
        if (m[s | 1] === kernel && ((sh[at >>> 3] as number) & 15) >= (at & 7) + 2) {
          m[d] = view.getUint16(at, true);
          m[d | 1] = 0;
        } else if (!machine.loadSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 66: {
        // ldx1
        const at = ((m[s] as number) + (code[ip | 3] as number)) | 0;
        if (m[s | 1] === kernel && ((sh[at >>> 3] as number) & 15) > (at & 7)) {
          m[d] = view.getUint8(at);
          m[d | 1] = 0;
        } else if (!machine.loadSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 67: {
        // ldx8
        const at = ((m[s] as number) + (code[ip | 3] as number)) | 0;
        if (m[s | 1] === kernel && (at & 7) === 0 && ((sh[at >>> 3] as number) & 15) === 8) {
          const word = at >>> 2;
          const hi = m[word | 1] as number;
          m[d] = m[word] as number;
          m[d | 1] = hi;
        } else if (!machine.loadSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 68: // ldxsx4
      case 69: // ldxsx2
      case 70: {
        // ldxsx1
        const at = ((m[s] as number) + (code[ip | 3] as number)) | 0;
        const size = code[ip | 7] as number;
        if (m[s | 1] === kernel && ((sh[at >>> 3] as number) & 15) >= (at & 7) + size) {
          const value = size === 4 ? view.getInt32(at, true) : size === 2 ? view.getInt16(at, true) : view.getInt8(at);
          m[d] = value;
          m[d | 1] = value >> 31;
        } else if (!machine.loadSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }

      // stores: a read-only granule has a shadow byte above 8
      case 72: {
        // stx4
        const at = ((m[d] as number) + (code[ip | 3] as number)) | 0;
        const allowed = sh[at >>> 3] as number;
        if (m[d | 1] === kernel && allowed >= (at & 7) + 4 && allowed <= 8) view.setInt32(at, m[s] as number, true);
        else if (!machine.storeSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 73: {
        // stx2
        const at = ((m[d] as number) + (code[ip | 3] as number)) | 0;
        const allowed = sh[at >>> 3] as number;
        if (m[d | 1] === kernel && allowed >= (at & 7) + 2 && allowed <= 8) view.setInt16(at, m[s] as number, true);
        else if (!machine.storeSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 74: {
        // stx1
        const at = ((m[d] as number) + (code[ip | 3] as number)) | 0;
        const allowed = sh[at >>> 3] as number;
        if (m[d | 1] === kernel && allowed > (at & 7) && allowed <= 8) view.setInt8(at, m[s] as number);
        else if (!machine.storeSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }
      case 75: {
        // stx8
        const at = ((m[d] as number) + (code[ip | 3] as number)) | 0;
        if (m[d | 1] === kernel && (at & 7) === 0 && sh[at >>> 3] === 8) {
          const word = at >>> 2;
          m[word] = m[s] as number;
          m[word | 1] = m[s | 1] as number;
        } else if (!machine.storeSlow(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;
      }

      case 76: // ld_imm64
        m[d] = m[s] as number;
        m[d | 1] = m[s | 1] as number;
        ip = (ip + 2 * step) | 0;
        break;
      case 77: {
        // movsx8
        const value = ((m[s] as number) << 24) >> 24;
        m[d] = value;
        m[d | 1] = value >> 31;
        ip = (ip + step) | 0;
        break;
      }
      case 78: {
        // movsx16
        const value = ((m[s] as number) << 16) >> 16;
        m[d] = value;
        m[d | 1] = value >> 31;
        ip = (ip + step) | 0;
        break;
      }
      case 79: {
        // movsx32
        const value = m[s] as number;
        m[d] = value;
        m[d | 1] = value >> 31;
        ip = (ip + step) | 0;
        break;
      }
      case 80: // movsx8, 32 bits wide
        m[d] = ((m[s] as number) << 24) >> 24;
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;
      case 81: // movsx16, 32 bits wide
        m[d] = ((m[s] as number) << 16) >> 16;
        m[d | 1] = 0;
        ip = (ip + step) | 0;
        break;

      case 82: // atomic
        if (!machine.atomic(ip)) return machine.stop(ip, budget - left - 1);
        ip = (ip + step) | 0;
        break;

      // instructions that can change the program, the frame or the buffer itself
      case 41: // exit
        machine.ip = ip;
        if (!machine.leaveFunction()) return machine.stop(ip, budget - left - 1);
        if (machine.exited) return budget - left;
        ip = machine.ip | 0;
        if (m !== memory.i32) ({ i32: m, shadow: sh, view } = memory);
        code = machine.program.code;
        break;
      case 62: // call of a function in the program
        if (!machine.enterFunction(ip)) return machine.stop(ip, budget - left - 1);
        ip = code[ip | 5] as number;
        break;
      case 63: // call of a helper
        machine.ip = ip + step;
        if (!machine.callHelper(ip)) return machine.stop(ip, budget - left - 1);
        ip = machine.ip | 0;
        if (m !== memory.i32) ({ i32: m, shadow: sh, view } = memory);
        code = machine.program.code;
        break;
      case 84: // ld_abs
      case 85: // ld_ind
        machine.ip = ip;
        if (!machine.loadPacket(ip)) return machine.stop(ip, budget - left - 1);
        if (machine.exited) return budget - left;
        ip = machine.ip | 0;
        break;
      default:
        machine.raiseInvalidInsn(ip);
        return machine.stop(ip, budget - left - 1);
    }
  }
  machine.ip = ip;
  return budget;
}
