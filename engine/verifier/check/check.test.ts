// What is known after an instruction. The lines are those that Linux 6.18.44 printed for these programs.
import { expect, test } from "vitest";
import { assemble } from "../../asm/assemble.ts";
import { DEFAULT_LICENSE } from "../../program/program.ts";
import { verify } from "../verify.ts";

function logOf(body: string, progType = "socket_filter"): string {
  const { insns, ok, diagnostics } = assemble(`${body}\n BPF_MOV64_IMM(BPF_REG_0, 0), BPF_EXIT_INSN(),`);
  expect(ok, JSON.stringify(diagnostics)).toBe(true);
  const rest = { expectedAttachType: 0, progFlags: 0, maps: [], mapRefs: new Map(), license: DEFAULT_LICENSE };
  return verify({ insns, progType, ...rest }, { logLevel: 2 }).log;
}

const RANDOM = "BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),";

test.each([
  [
    "a byte swap moves known bits",
    `${RANDOM} BPF_ALU64_IMM(BPF_AND, BPF_REG_0, 255), BPF_RAW_INSN(BPF_ALU64 | BPF_END | BPF_TO_LE, 0, 0, 0, 32),`,
    "2: (d7) r0 = bswap32 r0               ; R0=scalar(smin=0,smax=umax=umax32=0xff000000,smax32=0x7f000000,var_off=(0x0; 0xff000000))",
  ],
  [
    "a value of 0 or -1 is masked as -1 first",
    `${RANDOM} BPF_ALU64_IMM(BPF_ARSH, BPF_REG_0, 63), BPF_ALU64_IMM(BPF_OR, BPF_REG_0, 15),`,
    "2: (47) r0 |= 15                      ; R0=-1",
  ],
  [
    "a value of 0 or -1 is masked as 0 next",
    `${RANDOM} BPF_ALU64_IMM(BPF_ARSH, BPF_REG_0, 63), BPF_ALU64_IMM(BPF_OR, BPF_REG_0, 15),`,
    "from 2 to 2: R0=0 R10=fp0\n2: R0=0 R10=fp0\n2: (47) r0 |= 15                      ; R0=15",
  ],
  [
    "a copy shares its id, and a constant distance from it",
    `${RANDOM} BPF_MOV64_REG(BPF_REG_6, BPF_REG_0), BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 4),`,
    "2: (07) r6 += 4                       ; R6=scalar(id=1+4)",
  ],
  [
    "a mask ends the distance, and the next copy starts another group",
    `${RANDOM} BPF_MOV64_REG(BPF_REG_6, BPF_REG_0), BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 4),
     BPF_ALU64_IMM(BPF_AND, BPF_REG_6, 255), BPF_MOV64_REG(BPF_REG_7, BPF_REG_6), BPF_ALU64_IMM(BPF_ADD, BPF_REG_7, 1),`,
    "5: (07) r7 += 1                       ; R7=scalar(id=2+1,smin=umin=smin32=umin32=1,smax=umax=smax32=umax32=256,var_off=(0x0; 0x1ff))",
  ],
  [
    "a branch on one scalar of a group narrows all that are used later",
    `${RANDOM} BPF_MOV64_REG(BPF_REG_6, BPF_REG_0), BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 4),
     BPF_JMP_IMM(BPF_JGT, BPF_REG_0, 10, 1), BPF_MOV64_REG(BPF_REG_7, BPF_REG_6),`,
    "4: (bf) r7 = r6                       ; R6=scalar(id=2,smin=umin=smin32=umin32=4,smax=umax=smax32=umax32=14,var_off=(0x0; 0xf)) R7=scalar(id=2,",
  ],
  [
    "a load of one byte takes it from the number that was spilled there",
    `BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 0x1234), BPF_LDX_MEM(BPF_B, BPF_REG_6, BPF_REG_10, -8),`,
    "1: (71) r6 = *(u8 *)(r10 -8)          ; R6=52 R10=fp0 fp-8=4660",
  ],
  [
    "a store into half of a spill makes the whole slot unknown",
    `BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 0), ${RANDOM} BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_0, -4),`,
    "2: (63) *(u32 *)(r10 -4) = r0         ; R0=scalar() R10=fp0 fp-8=mmmmmmmm\n",
  ],
  [
    "a pointer plus a small unknown number is a pointer with a range",
    `${RANDOM} BPF_ALU64_IMM(BPF_AND, BPF_REG_0, 7), BPF_MOV64_REG(BPF_REG_6, BPF_REG_10),
     BPF_ALU64_REG(BPF_ADD, BPF_REG_6, BPF_REG_0),`,
    "4: R0=scalar(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7)) R6=fp(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))\n",
  ],
])("%s", (_name, body, line) => expect(logOf(body)).toContain(line));

test("a comparison with the end of a packet proves how many bytes are there", () => {
  const log = logOf(
    `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct __sk_buff, data)),
     BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_1, offsetof(struct __sk_buff, data_end)),
     BPF_MOV64_REG(BPF_REG_4, BPF_REG_2), BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 8),
     BPF_JMP_REG(BPF_JGT, BPF_REG_4, BPF_REG_3, 1), BPF_LDX_MEM(BPF_DW, BPF_REG_5, BPF_REG_2, 0),`,
    "sched_cls",
  );
  expect(log).toContain("4: (2d) if r4 > r3 goto pc+1          ; R3=pkt_end() R4=pkt(off=8,r=8)");
  expect(log).toContain("5: (79) r5 = *(u64 *)(r2 +0)          ; R2=pkt(r=8) R5=scalar()");
});
