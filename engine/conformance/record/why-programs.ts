// Refused programs as people write them, one for each kind of mistake, with the true cause and the fix that an explanation must name.
// `root` is the line to change, marked by `/* root */`. `at` is the refused line, marked by `/* at */`.
import type { WhyMissed } from "../../verifier/explain/missed.ts";
import type { RefusalId } from "../../verifier/refusals.ts";

export interface WhyProgram {
  /** The program in macros, with `@prog` and `@map`. */
  readonly source: string;
  readonly rule: RefusalId;
  /** Comparisons that did not help, in the order of the path, with the reason. */
  readonly missed?: readonly WhyMissed[];
  /** Patterns that the reason must contain. */
  readonly says: readonly RegExp[];
  /** One of the fixes must match this. Absent: no fix is known. */
  readonly fix?: RegExp;
}

const LOOKUP = `BPF_ST_MEM(BPF_W, R10, -4, 0),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_LD_MAP_FD(R1, m),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_JMP_IMM(BPF_JEQ, R0, 0, out),
`;
const OUT = `
out:
BPF_MOV64_IMM(R0, 0),
BPF_EXIT_INSN(),
`;
/** The address of a value of 64 bytes in R0, then `lines`. */
const inValue = (lines: string): string =>
  `// @prog kprobe\n// @map m array key=4 value=64 entries=1\n${LOOKUP}${lines}${OUT}`;
/** R7 = data, R8 = data_end, then `lines`. */
const inPacket = (lines: string): string =>
  `// @prog xdp\nBPF_MOV64_REG(R6, R1),\nBPF_LDX_MEM(BPF_W, R7, R1, 0),\nBPF_LDX_MEM(BPF_W, R8, R1, 4),\n${lines}${OUT}`;
const plain = (progType: string, lines: string): string => `// @prog ${progType}\n${lines}${OUT}`;
/** R0 = a socket or NULL, R6 = the context. */
const SOCKET = `BPF_MOV64_REG(R6, R1),
BPF_ST_MEM(BPF_DW, R10, -8, 0),
BPF_ST_MEM(BPF_DW, R10, -16, 0),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -16),
BPF_MOV64_IMM(R3, 12),
BPF_MOV64_IMM(R4, -1),
BPF_MOV64_IMM(R5, 0),
BPF_EMIT_CALL(BPF_FUNC_sk_lookup_udp), `;

export const WHY_PROGRAMS: Readonly<Record<string, WhyProgram>> = {
  "a masked copy is compared, the register itself is used": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_MOV64_REG(R4, R3),
BPF_ALU64_IMM(BPF_AND, R4, 31),
BPF_JMP_IMM(BPF_JGT, R4, 7, out), /* root */
BPF_ALU64_IMM(BPF_LSH, R3, 3),
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_DW, R1, R0, 0), /* at */`),
    rule: "region-unbounded",
    missed: ["other-width"],
    says: [/R0/, /64 bytes/],
    fix: /Compare R3, which is used afterwards/,
  },
  "the value changes after it was compared": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JGT, R3, 60, out),
BPF_ALU32_IMM(BPF_SUB, R3, 4),
BPF_ALU64_REG(BPF_ADD, R0, R3), /* root */
BPF_LDX_MEM(BPF_B, R1, R0, 0), /* at */`),
    rule: "region-unbounded",
    missed: ["before-change"],
    says: [/4294967295/],
    fix: /R3 is above 63/,
  },
  "the access stands on the wrong side of the comparison": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JLT, R3, 56, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_DW, R1, R0, 0), /* at */`),
    rule: "region-unbounded",
    missed: ["wrong-side"],
    says: [/R0/],
    fix: /Turn the condition/,
  },
  "a signed comparison leaves negative numbers": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R5, R0, 8),
BPF_JMP_IMM(BPF_JSGT, R5, 40, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R5), /* at */
BPF_ST_MEM(BPF_B, R0, 0, 1),`),
    rule: "pointer-number-unbounded",
    missed: ["signed"],
    says: [/R5/, /negative/],
    fix: /Compare as unsigned/,
  },
  "the limit forgets the size of the access": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JGT, R3, 63, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_W, R1, R0, 0), /* at */`),
    rule: "region-max",
    missed: ["too-weak"],
    says: [/from 0 to 63/, /byte 67/, /64 bytes/],
    fix: /Compare with 60 instead of 63/,
  },
  "the limit does not count the scale": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JGT, R3, 15, out), /* root */
BPF_ALU64_IMM(BPF_LSH, R3, 3),
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_DW, R1, R0, 0), /* at */`),
    rule: "region-max",
    missed: ["weak-after"],
    says: [/from 0 to 120/, /byte 128/],
    fix: /Compare with 7 instead of 15/,
  },
  "equality is no limit": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JEQ, R3, 64, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_B, R1, R0, 0), /* at */`),
    rule: "region-unbounded",
    missed: ["one-value"],
    says: [/R0/],
    fix: /in bounds at 8/,
  },
  "a part of the number went through the stack": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R3, R0, 0),
BPF_STX_MEM(BPF_DW, R10, R3, -16),
BPF_LDX_MEM(BPF_W, R4, R10, -16),
BPF_JMP_IMM(BPF_JGT, R4, 63, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3), /* at */
BPF_LDX_MEM(BPF_B, R1, R0, 0),`),
    rule: "pointer-number-unbounded",
    missed: ["part-spilled"],
    says: [/R3/],
    fix: /Compare R3, which is used afterwards/,
  },
  "a remainder as a limit": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R3, R0, 0),
BPF_ALU64_IMM(BPF_MOD, R3, 64), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3), /* at */
BPF_LDX_MEM(BPF_B, R1, R0, 0),`),
    rule: "pointer-number-unbounded",
    says: [/remainder/],
    fix: /Mask R3 with/,
  },
  "an index one too large for an array on the stack": {
    source: plain(
      "kprobe",
      `BPF_LDX_MEM(BPF_DW, R3, R1, 112),
BPF_JMP_IMM(BPF_JGT, R3, 8, out), /* root */
BPF_ALU64_IMM(BPF_LSH, R3, 3),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -64),
BPF_ALU64_REG(BPF_ADD, R2, R3),
BPF_ST_MEM(BPF_DW, R2, 0, 0), /* at */`,
    ),
    rule: "stack-variable-range",
    missed: ["weak-after"],
    says: [/fp-64/, /fp\+0/],
    fix: /Compare with 7 instead of 8/,
  },
  "a mask forgets the size of the access": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_ALU64_IMM(BPF_AND, R3, 63), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3),
BPF_LDX_MEM(BPF_W, R1, R0, 0), /* at */`),
    rule: "region-max",
    says: [/byte 67/, /64 bytes/],
    fix: /Mask with 60 instead of 63/,
  },
  "the comparison looks at 32 bits, all 64 are used": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R3, R0, 0),
BPF_JMP32_IMM(BPF_JGT, R3, 32, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3), /* at */
BPF_ST_MEM(BPF_B, R0, 0, 1),`),
    rule: "pointer-number-unbounded",
    missed: ["width"],
    says: [/R3/],
    fix: /Compare all 64 bits/,
  },
  "the number is read from memory again after the comparison": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_JMP_IMM(BPF_JGT, R3, 32, out),
BPF_LDX_MEM(BPF_W, R4, R0, 0), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R4),
BPF_LDX_MEM(BPF_B, R1, R0, 0), /* at */`),
    rule: "region-unbounded",
    missed: ["read-again"],
    says: [/R0/],
    fix: /Use R3, which was compared/,
  },
  "the limit is a number that nothing limits": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R3, R0, 0),
BPF_LDX_MEM(BPF_DW, R4, R0, 8),
BPF_JMP_REG(BPF_JGT, R3, R4, out), /* root */
BPF_ALU64_REG(BPF_ADD, R0, R3), /* at */
BPF_LDX_MEM(BPF_B, R1, R0, 0),`),
    rule: "pointer-number-unbounded",
    missed: ["limit-unknown"],
    says: [/R3/],
    fix: /Leave where R3 is above/,
  },
  "a size that may be zero": {
    source: `// @prog sched_cls
// @map m array key=4 value=128 entries=1
BPF_MOV64_REG(R6, R1),
${LOOKUP}BPF_LDX_MEM(BPF_W, R4, R6, 0),
BPF_ALU64_IMM(BPF_AND, R4, 127), /* root */
BPF_MOV64_REG(R1, R6),
BPF_MOV64_IMM(R2, 0),
BPF_MOV64_REG(R3, R0),
BPF_EMIT_CALL(BPF_FUNC_skb_load_bytes), /* at */${OUT}`,
    rule: "size-zero",
    says: [/from 0 to 127/, /does not take 0/],
    fix: /Leave where R4 is 0/,
  },
  "a size that nothing limits": {
    source: plain(
      "kprobe",
      `BPF_LDX_MEM(BPF_DW, R3, R1, 96),
BPF_LDX_MEM(BPF_DW, R2, R1, 104),
BPF_MOV64_REG(R1, R10),
BPF_ALU64_IMM(BPF_ADD, R1, -32),
BPF_EMIT_CALL(BPF_FUNC_probe_read_kernel), /* at root */`,
    ),
    rule: "size-negative",
    says: [/R2/, /negative/],
    fix: /Leave where R2 is above 32/,
  },

  "packet bytes without a comparison": {
    source: inPacket(`BPF_LDX_MEM(BPF_H, R0, R7, 12), /* at root */`),
    rule: "packet-unchecked",
    says: [/2 bytes at offset 12/, /data_end/],
    fix: /Compare R7 \+ 14 with data_end/,
  },
  "fewer bytes compared than read": {
    source: inPacket(`BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 14),
BPF_JMP_REG(BPF_JGT, R2, R8, out), /* root */
BPF_LDX_MEM(BPF_W, R0, R7, 12), /* at */`),
    rule: "packet-short",
    missed: ["too-short"],
    says: [/16 bytes in all/, /prove 14/],
    fix: /16 bytes instead of 14/,
  },
  "another pointer computed from the same parts": {
    source: inPacket(`BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 1),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_LDX_MEM(BPF_B, R3, R7, 0),
BPF_ALU64_IMM(BPF_AND, R3, 28),
BPF_MOV64_REG(R4, R7),
BPF_ALU64_REG(BPF_ADD, R4, R3),
BPF_ALU64_IMM(BPF_ADD, R4, 8),
BPF_JMP_REG(BPF_JGT, R4, R8, out),
BPF_MOV64_REG(R5, R7),
BPF_ALU64_REG(BPF_ADD, R5, R3), /* root */
BPF_LDX_MEM(BPF_W, R0, R5, 4), /* at */`),
    rule: "packet-unchecked",
    missed: ["before-add", "recomputed"],
    says: [/R5/],
    fix: /Compare R5 \+ 8 with data_end/,
  },
  "compared before a variable was added": {
    source: inPacket(`BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 40),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_LDX_MEM(BPF_B, R3, R7, 0),
BPF_ALU64_IMM(BPF_AND, R3, 7),
BPF_ALU64_REG(BPF_ADD, R7, R3), /* root */
BPF_LDX_MEM(BPF_B, R0, R7, 20), /* at */`),
    rule: "packet-unchecked",
    missed: ["before-add"],
    says: [/R7/],
    fix: /Compare R7 \+ 21 with data_end/,
  },
  "the length is compared, not the pointer": {
    source: inPacket(`BPF_MOV64_REG(R3, R8),
BPF_ALU64_REG(BPF_SUB, R3, R7),
BPF_JMP_IMM(BPF_JLT, R3, 20, out), /* root */
BPF_LDX_MEM(BPF_B, R0, R7, 9), /* at */`),
    rule: "packet-unchecked",
    missed: ["length"],
    says: [/offset 9/],
    fix: /Compare R7 \+ 10 with data_end/,
  },
  "an offset beyond 65535 gives no credit": {
    source: inPacket(`BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),
BPF_ALU64_IMM(BPF_AND, R0, 0x1ffff),
BPF_ALU64_REG(BPF_ADD, R7, R0),
BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 1),
BPF_JMP_REG(BPF_JGT, R2, R8, out), /* root */
BPF_LDX_MEM(BPF_B, R0, R7, 0), /* at */`),
    rule: "packet-far",
    missed: ["too-far"],
    says: [/65535/, /131071/],
    fix: /Mask R0 with 16383/,
  },
  "a call moves the packet": {
    source: inPacket(`BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 4),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_MOV64_REG(R1, R6),
BPF_MOV64_IMM(R2, -4),
BPF_EMIT_CALL(BPF_FUNC_xdp_adjust_tail), /* root */
BPF_LDX_MEM(BPF_B, R0, R7, 3), /* at */`),
    rule: "not-a-pointer",
    says: [/move or resize the packet/],
    fix: /Load R7 from the context again/,
  },
  "the bytes are read where the packet has ended": {
    source: inPacket(`BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 2),
BPF_JMP_REG(BPF_JLE, R2, R8, out), /* root */
BPF_LDX_MEM(BPF_B, R0, R7, 1), /* at */`),
    rule: "packet-unchecked",
    missed: ["wrong-side"],
    says: [/offset 1/],
    fix: /Turn the condition/,
  },
  "the packet's end is moved": {
    source: inPacket(`BPF_ALU64_IMM(BPF_SUB, R8, 2), /* at root */
BPF_JMP_REG(BPF_JGT, R7, R8, out),
BPF_LDX_MEM(BPF_H, R0, R7, 0),`),
    rule: "pointer-arithmetic-type",
    says: [/end of the packet/, /instead/],
    fix: /compare R7 \+ 2 with it/,
  },
  "a pointer is cast to 32 bits": {
    source: inPacket(`BPF_ALU64_IMM(BPF_LSH, R8, 32), /* at root */
BPF_ALU64_IMM(BPF_RSH, R8, 32),
BPF_JMP_REG(BPF_JGE, R7, R8, out),
BPF_LDX_MEM(BPF_B, R0, R7, 0),`),
    rule: "pointer-arithmetic-type",
    says: [/cast to 32 bits/],
    fix: /Leave out the cast/,
  },
  "packet bytes as a map's value without a comparison": {
    source: `// @prog xdp
// @map m array key=4 value=16 entries=1
BPF_LDX_MEM(BPF_W, R7, R1, 0),
BPF_LDX_MEM(BPF_W, R8, R1, 4),
BPF_ST_MEM(BPF_W, R10, -4, 0),
BPF_LD_MAP_FD(R1, m),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_MOV64_REG(R3, R7),
BPF_MOV64_IMM(R4, 0),
BPF_EMIT_CALL(BPF_FUNC_map_update_elem), /* at root */${OUT}`,
    rule: "packet-unchecked",
    says: [/The call takes 16 bytes/],
    fix: /Compare R3 \+ 16 with data_end/,
  },
  "alignment counts the two bytes before the packet": {
    source: `// @prog xdp
// @flags BPF_F_STRICT_ALIGNMENT
BPF_LDX_MEM(BPF_W, R7, R1, 0),
BPF_LDX_MEM(BPF_W, R8, R1, 4),
BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 8),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_LDX_MEM(BPF_W, R0, R7, 4), /* at root */${OUT}`,
    rule: "misaligned-packet",
    says: [/NET_IP_ALIGN/, /2\+4/],
    fix: /2 loads of 2 bytes/,
  },

  "a lookup that is never compared with NULL": {
    source: `// @prog kprobe
// @map m hash key=4 value=8 entries=4
${LOOKUP.replace("BPF_JMP_IMM(BPF_JEQ, R0, 0, out),\n", "")}BPF_LDX_MEM(BPF_DW, R1, R0, 0), /* at root */${OUT}`,
    rule: "maybe-null",
    says: [/may be NULL/],
    fix: /Compare R0 with NULL/,
  },
  "the comparison with NULL the wrong way round": {
    source: `// @prog kprobe
// @map m hash key=4 value=8 entries=4
${LOOKUP.replace("JEQ, R0, 0, out),", "JNE, R0, 0, out), /* root */")}BPF_ST_MEM(BPF_W, R0, 0, 1), /* at */${OUT}`,
    rule: "null-pointer",
    missed: ["wrong-side"],
    says: [/wrong side of the check/],
    fix: /Turn the comparison with NULL/,
  },
  "only half of a pointer is compared with NULL": {
    source: `// @prog kprobe
// @map m hash key=4 value=8 entries=4
${LOOKUP.replace("BPF_JMP_IMM(BPF_JEQ, R0, 0, out),", "BPF_JMP32_IMM(BPF_JEQ, R0, 0, out), /* root */")}BPF_LDX_MEM(BPF_W, R1, R0, 4), /* at */${OUT}`,
    rule: "maybe-null",
    missed: ["half-null"],
    says: [/may be NULL/],
    fix: /all 64 bits/,
  },
  "the other lookup was compared with NULL": {
    source: `// @prog kprobe
// @map m hash key=4 value=8 entries=4
${LOOKUP.replace("BPF_JMP_IMM(BPF_JEQ, R0, 0, out),\n", "BPF_JMP_IMM(BPF_JEQ, R0, 0, out), /* root */\n")}BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_LD_MAP_FD(R1, m),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_LDX_MEM(BPF_W, R1, R0, 4), /* at */${OUT}`,
    rule: "maybe-null",
    missed: ["other-lookup"],
    says: [/may be NULL/],
    fix: /Compare R0 with NULL/,
  },
  "moved before it is compared with NULL": {
    source: `// @prog kprobe
// @map m hash key=4 value=16 entries=4
${LOOKUP.replace("BPF_JMP_IMM(BPF_JEQ, R0, 0, out),\n", "")}BPF_MOV64_REG(R6, R0),
BPF_ALU64_IMM(BPF_ADD, R6, 8), /* at root */
BPF_JMP_IMM(BPF_JEQ, R0, 0, out),
BPF_LDX_MEM(BPF_DW, R1, R6, 0),${OUT}`,
    rule: "pointer-arithmetic-null",
    says: [/NULL plus an offset/],
    fix: /Compare with NULL first/,
  },

  "a socket that is thrown away": {
    source: `// @prog sched_cls\n${SOCKET}/* root */\nBPF_MOV64_IMM(R0, 1),\nBPF_EXIT_INSN(), /* at */\n`,
    rule: "reference-leak",
    says: [/still held/],
    fix: /right behind the call/,
  },
  "a record that is not given back on one path": {
    source: `// @prog kprobe
// @map ring ringbuf key=0 value=0 entries=4096
BPF_MOV64_REG(R6, R1),
BPF_LD_MAP_FD(R1, ring),
BPF_MOV64_IMM(R2, 16),
BPF_MOV64_IMM(R3, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_reserve),
BPF_JMP_IMM(BPF_JEQ, R0, 0, out),
BPF_MOV64_REG(R7, R0),
BPF_LDX_MEM(BPF_DW, R2, R6, 112),
BPF_JMP_IMM(BPF_JEQ, R2, 0, out), /* root */
BPF_MOV64_REG(R1, R7),
BPF_MOV64_IMM(R2, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_submit),
out:
BPF_MOV64_IMM(R0, 0),
BPF_EXIT_INSN(), /* at */
`,
    rule: "reference-leak",
    says: [/still held/, /branch at 9/, /R7/],
    fix: /where the branch at 9 leads away: call bpf_ringbuf_discard/,
  },
  "a socket used after it was given back": {
    source: plain(
      "sched_cls",
      `${SOCKET}
BPF_JMP_IMM(BPF_JEQ, R0, 0, out),
BPF_MOV64_REG(R7, R0),
BPF_MOV64_REG(R1, R0),
BPF_EMIT_CALL(BPF_FUNC_sk_release), /* root */
BPF_LDX_MEM(BPF_W, R1, R7, 4), /* at */`,
    ),
    rule: "not-a-pointer",
    says: [/given back/],
    fix: /Release it behind/,
  },

  "a constant offset behind the value's end": {
    source: inValue(`BPF_LDX_MEM(BPF_DW, R1, R0, 60), /* at root */`),
    rule: "region-after",
    says: [/8 bytes at offset 60/, /64 bytes/, /byte 68/],
    fix: /offset 56/,
  },
  "a field behind the end of the reserved record": {
    source: `// @prog kprobe
// @map ring ringbuf key=0 value=0 entries=4096
BPF_LD_MAP_FD(R1, ring),
BPF_MOV64_IMM(R2, 24), /* root */
BPF_MOV64_IMM(R3, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_reserve),
BPF_JMP_IMM(BPF_JEQ, R0, 0, out),
BPF_ST_MEM(BPF_DW, R0, 24, 1), /* at */
BPF_MOV64_REG(R1, R0),
BPF_MOV64_IMM(R2, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_submit),${OUT}`,
    rule: "region-after",
    says: [/offset 24/, /24 bytes/, /byte 32/],
    fix: /Reserve 32 bytes instead of 24/,
  },
  "a key that does not fit where it lies": {
    source: `// @prog kprobe
// @map m hash key=16 value=8 entries=4
BPF_ST_MEM(BPF_DW, R10, -8, 0),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -8), /* root */
BPF_LD_MAP_FD(R1, m),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem), /* at */${OUT}`,
    rule: "stack-bounds",
    says: [/16 bytes/, /only 8/],
    fix: /Point to fp-16/,
  },
  "more than 512 bytes of stack": {
    source: plain("kprobe", `BPF_ST_MEM(BPF_DW, R10, -528, 0), /* at root */`),
    rule: "stack-bounds",
    says: [/512 bytes/, /per-CPU/],
    fix: /fp-512/,
  },
  "eight bytes four bytes off the grid": {
    source: plain("kprobe", `BPF_ST_MEM(BPF_DW, R10, -12, 0), /* at root */`),
    rule: "misaligned-stack",
    says: [/multiple of 8/, /-12/],
    fix: /offset -16/,
  },
  "a context pointer that was moved": {
    source: plain("kprobe", `BPF_ALU64_IMM(BPF_ADD, R1, 96), /* root */\nBPF_LDX_MEM(BPF_DW, R6, R1, 0), /* at */`),
    rule: "pointer-offset-modified",
    says: [/moved by 96/],
    fix: /offset 96 into the access/,
  },
  "one load for the context and for the stack": {
    source: `// @prog socket_filter
BPF_MOV64_REG(R6, R1),
BPF_ST_MEM(BPF_DW, R10, -8, 0),
BPF_LDX_MEM(BPF_W, R2, R1, 4),
BPF_JMP_IMM(BPF_JEQ, R2, 0, both),
BPF_MOV64_REG(R6, R10),
BPF_ALU64_IMM(BPF_ADD, R6, -8),
both:
BPF_LDX_MEM(BPF_W, R0, R6, 0), /* at root */
BPF_EXIT_INSN(),
`,
    rule: "same-insn-pointers",
    says: [/ctx/, /fp/],
    fix: /an access of its own/,
  },
  "a field of the context in another size": {
    source: plain("xdp", `BPF_LDX_MEM(BPF_DW, R2, R1, 4), /* at root */`),
    rule: "context-size",
    says: [/offset 4/, /8 bytes/],
    fix: /Access 4 bytes/,
  },
  "a mask on a pointer": {
    source: inValue(`BPF_LDX_MEM(BPF_W, R3, R0, 0),
BPF_ALU64_REG(BPF_ADD, R3, R0), /* root */
BPF_ALU64_IMM(BPF_AND, R3, 15), /* at */
BPF_LDX_MEM(BPF_B, R1, R3, 0),`),
    rule: "pointer-bitwise",
    says: [/before it is added/],
    fix: /Mask R3 before it is added/,
  },
  "two pointers added": {
    source: inValue(`BPF_MOV64_REG(R6, R0),
BPF_MOV64_REG(R7, R0),
BPF_ALU64_REG(BPF_ADD, R6, R7), /* at root */
BPF_LDX_MEM(BPF_B, R1, R6, 0),`),
    rule: "pointer-with-pointer",
    says: [/two pointers/, /R7/],
    fix: /the number that R7 points to/,
  },
  "half of a pointer read back from the stack": {
    source: inValue(`BPF_STX_MEM(BPF_DW, R10, R0, -16),
BPF_LDX_MEM(BPF_W, R3, R10, -16), /* at root */
BPF_LDX_MEM(BPF_B, R1, R3, 0),`),
    rule: "fill-size",
    says: [/8 bytes/, /a part of it/],
    fix: /Access 8 bytes/,
  },
  "a pointer on the stack that was written over": {
    source: inValue(`BPF_STX_MEM(BPF_DW, R10, R0, -16),
BPF_ST_MEM(BPF_W, R10, -12, 0), /* root */
BPF_LDX_MEM(BPF_DW, R3, R10, -16),
BPF_LDX_MEM(BPF_B, R1, R3, 0), /* at */`),
    rule: "not-a-pointer",
    says: [/wrote over a part/],
    fix: /away from the pointer/,
  },
  "a number as an address": {
    source: plain("kprobe", `BPF_LDX_MEM(BPF_DW, R2, R1, 112), /* root */\nBPF_LDX_MEM(BPF_DW, R3, R2, 0), /* at */`),
    rule: "not-a-pointer",
    says: [/loaded from memory/],
    fix: /bpf_probe_read_kernel/,
  },

  "a key handed over as a number": {
    source: `// @prog kprobe
// @map m hash key=8 value=8 entries=4
BPF_MOV64_IMM(R2, 3), /* root */
BPF_LD_MAP_FD(R1, m),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem), /* at */${OUT}`,
    rule: "helper-argument",
    says: [/its address is wanted/],
    fix: /Store the number in R2 on the stack/,
  },
  "a plain 0 where a map should be": {
    source: plain(
      "kprobe",
      `BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -8),
BPF_ST_MEM(BPF_DW, R10, -8, 0),
BPF_LD_IMM64(R1, 0), /* root */
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem), /* at */`,
    ),
    rule: "helper-argument",
    says: [/relocation/],
    fix: /BPF_LD_MAP_FD/,
  },
  "the context in the wrong place": {
    source: `// @prog sched_cls
// @map progs prog_array key=4 value=4 entries=2
BPF_MOV64_REG(R2, R1),
BPF_LD_MAP_FD(R1, progs), /* root */
BPF_MOV64_IMM(R3, 1),
BPF_EMIT_CALL(BPF_FUNC_tail_call), /* at */${OUT}`,
    rule: "helper-argument",
    says: [/context comes first/],
    fix: /Exchange R1 and R2/,
  },
  "a map of the wrong kind": {
    source: `// @prog kprobe
// @map ring ringbuf key=0 value=0 entries=4096
BPF_ST_MEM(BPF_DW, R10, -8, 0),
BPF_LD_MAP_FD(R2, ring),
BPF_MOV64_IMM(R3, 0),
BPF_MOV64_REG(R4, R10),
BPF_ALU64_IMM(BPF_ADD, R4, -8),
BPF_MOV64_IMM(R5, 8),
BPF_EMIT_CALL(BPF_FUNC_perf_event_output), /* at root */${OUT}`,
    rule: "helper-map",
    says: [/ringbuf/],
    fix: /bpf_ringbuf_output/,
  },
  "a result that was never set": {
    source: "// @prog xdp\nBPF_LDX_MEM(BPF_W, R2, R1, 0),\nBPF_EXIT_INSN(), /* at root */\n",
    rule: "unset-register",
    says: [/without a return value/],
    fix: /Set R0 to 0 before the exit/,
  },
  "a register that a call has cleared": {
    source: plain(
      "kprobe",
      `BPF_EMIT_CALL(BPF_FUNC_get_smp_processor_id),
BPF_LDX_MEM(BPF_DW, R2, R1, 112), /* at root */`,
    ),
    rule: "unset-register",
    says: [/R1/, /a call has cleared/],
    fix: /Keep R1 in R9 over the call/,
  },
  "a result out of range": {
    source: "// @prog cgroup_skb\nBPF_MOV64_IMM(R0, 7), /* root */\nBPF_EXIT_INSN(), /* at */\n",
    rule: "program-return-range",
    says: [/7/, /0 to 1/],
    fix: /Set R0 to 0/,
  },
  "a loop in which nothing changes": {
    source: inValue(`again:
BPF_LDX_MEM(BPF_B, R2, R0, 0),
BPF_JMP_IMM(BPF_JNE, R2, 7, again), /* at root */`),
    rule: "infinite-loop",
    says: [/no bound/],
    fix: /Count the rounds/,
  },
  "bytes of the packet written by a type that may not": {
    source: `// @prog cgroup_skb
BPF_LDX_MEM(BPF_W, R7, R1, 76),
BPF_LDX_MEM(BPF_W, R8, R1, 80),
BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 2),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_ST_MEM(BPF_H, R7, 0, 1), /* at root */${OUT}`,
    rule: "packet-write",
    says: [/read and not write/],
    fix: /on the stack/,
  },
  "code that nothing reaches": {
    source: plain("xdp", `BPF_JMP_A(1),\nBPF_MOV64_IMM(R6, 1), /* at root */`),
    rule: "unreachable",
    says: [/No path leads to instruction 1/],
    fix: /lead to the next instruction/,
  },
  "a jump past the end": {
    source: "// @prog xdp\nBPF_MOV64_IMM(R0, 0),\nBPF_JMP_IMM(BPF_JEQ, R0, 0, 7), /* at root */\nBPF_EXIT_INSN(),\n",
    rule: "jump-range",
    says: [/leads to 9/],
    fix: /to the exit/,
  },
  "a field that the instruction does not use": {
    source: "// @prog xdp\nBPF_RAW_INSN(BPF_ALU64 | BPF_MOV | BPF_K, R0, 0, 16, 1), /* at root */\nBPF_EXIT_INSN(),\n",
    rule: "reserved-fields",
    says: [/off is 16/, /takes a register/],
    fix: /does not use to 0/,
  },
};
