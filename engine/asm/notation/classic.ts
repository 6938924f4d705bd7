// Translates a classic filter as the kernel does: A in R0, X in R7, the context in R6, the scratch words on the stack. Packet loads
// stay BPF_LD_ABS and BPF_LD_IND, which the kernel rewrites later.
// @kernel net/core/filter.c bpf_convert_filter, convert_bpf_extensions
import { helperId } from "../../facts/helpers.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { type ClassicInsn, LEN, MISC, MSH, RET } from "./classic-text.ts";

const A = 0;
const TMP = 2;
const CTX = 6;
const X = 7;
const make = (code: number, fields: Partial<Insn> = {}): Insn => ({ code, dst: 0, src: 0, off: 0, imm: 0, ...fields });
const mov64 = (dst: number, src: number): Insn => make(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, { dst, src });
const mov32 = (dst: number, imm: number): Insn => make(c.BPF_ALU | c.BPF_MOV | c.BPF_K, { dst, imm: imm | 0 });
const zero = (dst: number): Insn => make(c.BPF_ALU | c.BPF_XOR | c.BPF_X, { dst, src: dst });
const EXIT = make(c.BPF_JMP | c.BPF_EXIT);

/** SKF_AD_OFF */
const EXTENSIONS = -0x1000;
/** Offset from SKF_AD_OFF → field of struct __sk_buff. */
const FIELDS: Readonly<Record<number, string>> = {
  0: "protocol",
  4: "pkt_type",
  8: "ifindex",
  20: "mark",
  24: "queue_mapping",
  32: "hash",
  44: "vlan_tci",
  48: "vlan_present",
  60: "vlan_proto",
};
/** Fields that struct __sk_buff has in network byte order. */
const BIG_ENDIAN = new Set(["protocol", "vlan_proto"]);
const HELPERS: Readonly<Record<number, string>> = { 36: "get_smp_processor_id", 56: "get_prandom_u32" };
const ALU_XOR_X = 40;

const field = (name: string): number => uapiStruct("__sk_buff")?.fields.find((one) => one.name === name)?.off ?? 0;

export interface Translated {
  readonly insns: readonly Insn[];
  /** First slot of each classic instruction. */
  readonly slots: readonly number[];
}

/** The filter as an eBPF socket filter. undefined: it uses an extension that programs cannot use, or jumps out of the filter. */
export function translate(filter: readonly ClassicInsn[]): Translated | undefined {
  // The kernel writes `w0 ^= w0` instead. In a program from user space the verifier would refuse that, because R0 is not set yet.
  const insns: Insn[] = [mov32(A, 0), mov32(X, 0), mov64(CTX, 1)];
  const slots: number[] = [];
  /** Each jump: its slot, and the classic instruction that it leads to. */
  const jumps: (readonly [slot: number, target: number])[] = [];
  for (const [i, insn] of filter.entries()) {
    slots.push(insns.length);
    const part = convert(insn, i);
    if (!part) return undefined;
    for (const [at, target] of part.jumps) jumps.push([insns.length + at, target]);
    insns.push(...part.insns);
  }
  for (const [slot, target] of jumps) {
    const to = slots[target];
    if (to === undefined) return undefined;
    insns[slot] = { ...(insns[slot] as Insn), off: to - slot - 1 };
  }
  return { insns, slots };
}

interface Part {
  readonly insns: readonly Insn[];
  readonly jumps: readonly (readonly [at: number, target: number])[];
}

const plain = (...insns: Insn[]): Part => ({ insns, jumps: [] });

function convert({ code, jt, jf, k }: ClassicInsn, i: number): Part | undefined {
  const imm = k | 0;
  const isX = (code & c.BPF_X) !== 0;
  switch (c.classOf(code)) {
    case c.BPF_ALU: {
      const op = code & 0xf0;
      const does = make(code, { dst: A, ...(op === c.BPF_NEG ? {} : isX ? { src: X } : { imm }) });
      if (!isX || (op !== c.BPF_DIV && op !== c.BPF_MOD)) return plain(does);
      // A division by zero ends the filter with result 0.
      return plain(
        make(c.BPF_ALU | c.BPF_MOV | c.BPF_X, { dst: X, src: X }),
        make(c.BPF_JMP | c.BPF_JNE | c.BPF_K, { dst: X, off: 2 }),
        zero(A),
        EXIT,
        does,
      );
    }
    case c.BPF_JMP:
      return jumpOf(code, jt, jf, k, i);
    case RET:
      return (code & 0x18) === c.BPF_K ? plain(mov32(A, imm), EXIT) : plain(EXIT);
    case c.BPF_ST:
    case c.BPF_STX:
      return plain(
        make(c.BPF_STX | c.BPF_MEM | c.BPF_W, {
          dst: c.BPF_REG_FP,
          src: c.classOf(code) === c.BPF_ST ? A : X,
          off: -(4 * k + 4),
        }),
      );
    case MISC:
      return plain((code & 0xf8) === 0 ? mov64(X, A) : mov64(A, X));
    default:
      return load(code, k);
  }
}

/** The opposite of each jump, for a jump whose true branch is the next instruction. */
const TURNED: Readonly<Record<number, number>> = {
  [c.BPF_JEQ]: c.BPF_JNE,
  [c.BPF_JGT]: c.BPF_JLE,
  [c.BPF_JGE]: c.BPF_JLT,
};

function jumpOf(code: number, jt: number, jf: number, k: number, i: number): Part {
  const ja = make(c.BPF_JMP | c.BPF_JA);
  const op = code & 0xf0;
  if (op === c.BPF_JA) return { insns: [ja], jumps: [[0, i + k + 1]] };
  const isX = (code & c.BPF_X) !== 0;
  // Immediates are signed in eBPF, so a large one is compared by way of a register.
  const isLarge = !isX && k > 0x7fff_ffff;
  const before = isLarge ? [mov32(TMP, k)] : [];
  const source = isX || isLarge ? { src: isX ? X : TMP } : { imm: k };
  const jump = (by: number): Insn => make(c.BPF_JMP | by | (isX || isLarge ? c.BPF_X : c.BPF_K), { dst: A, ...source });
  const at = before.length;
  if (jf === 0) return { insns: [...before, jump(op)], jumps: [[at, i + jt + 1]] };
  const turned = TURNED[op];
  if (jt === 0 && turned !== undefined) return { insns: [...before, jump(turned)], jumps: [[at, i + jf + 1]] };
  return {
    insns: [...before, jump(op), ja],
    jumps: [
      [at, i + jt + 1],
      [at + 1, i + jf + 1],
    ],
  };
}

function load(code: number, k: number): Part | undefined {
  const isLdx = c.classOf(code) === c.BPF_LDX;
  const dst = isLdx ? X : A;
  const word = (src: number, off: number): Insn => make(c.BPF_LDX | c.BPF_MEM | c.BPF_W, { dst, src, off });
  switch (code & 0xe0) {
    case c.BPF_IMM:
      return plain(mov32(dst, k));
    case c.BPF_MEM:
      return plain(word(c.BPF_REG_FP, -(4 * k + 4)));
    case LEN:
      return plain(word(CTX, field("len")));
    case MSH:
      return plain(
        mov64(X, A),
        make(c.BPF_LD | c.BPF_ABS | c.BPF_B, { imm: k | 0 }),
        make(c.BPF_ALU | c.BPF_AND | c.BPF_K, { dst: A, imm: 0xf }),
        make(c.BPF_ALU | c.BPF_LSH | c.BPF_K, { dst: A, imm: 2 }),
        mov64(TMP, X),
        mov64(X, A),
        mov64(A, TMP),
      );
    case c.BPF_IND:
      return plain(make(code, { src: X, imm: k | 0 }));
    default:
      return (
        extension((k | 0) - EXTENSIONS) ??
        ((k | 0) >= EXTENSIONS && (k | 0) < 0 ? undefined : plain(make(code, { imm: k | 0 })))
      );
  }
}

function extension(off: number): Part | undefined {
  const name = FIELDS[off];
  if (name !== undefined) {
    const loaded = make(c.BPF_LDX | c.BPF_MEM | c.BPF_W, { dst: A, src: CTX, off: field(name) });
    if (!BIG_ENDIAN.has(name)) return plain(loaded);
    return plain(loaded, make(c.BPF_ALU | c.BPF_END | c.BPF_TO_BE, { dst: A, imm: 16 }));
  }
  if (off === ALU_XOR_X) return plain(make(c.BPF_ALU | c.BPF_XOR | c.BPF_X, { dst: A, src: X }));
  const helper = HELPERS[off];
  return helper === undefined ? undefined : plain(make(c.BPF_JMP | c.BPF_CALL, { imm: helperId(helper) ?? 0 }));
}
