// Refused programs like those whose logs people paste, one of each common kind, written for this purpose. `rule`: our verifier's name
// for the refusal.
import type { RefusalId } from "../../verifier/refusals.ts";

export interface PastedProgram {
  readonly id: string;
  readonly rule: RefusalId;
  readonly source: string;
}

const END = "out:\nBPF_MOV64_IMM(R0, 0),\nBPF_EXIT_INSN(),";
const lookUp = (type: string, value = 16) => `// @map table ${type} key=4 value=${value} entries=8
BPF_ST_MEM(BPF_W, R10, -4, 3),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_LD_MAP_FD(R1, table),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),`;
const packet = (type: "xdp" | "sched_cls") => {
  const [data, end] = type === "xdp" ? [0, 4] : [76, 80];
  return `// @prog ${type}\nBPF_LDX_MEM(BPF_W, R2, R1, ${data}),\nBPF_LDX_MEM(BPF_W, R3, R1, ${end}),`;
};

export const PASTED_PROGRAMS: readonly PastedProgram[] = [
  {
    id: "a look-up that is not checked",
    rule: "maybe-null",
    source: `${lookUp("hash")}\nBPF_LDX_MEM(BPF_DW, R6, R0, 0),\n${END}`,
  },
  {
    id: "an index that may be too large",
    rule: "region-max",
    source: `${lookUp("hash")}\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_LDX_MEM(BPF_B, R1, R0, 0),\nBPF_ALU64_REG(BPF_ADD, R0, R1),\nBPF_LDX_MEM(BPF_B, R1, R0, 0),\n${END}`,
  },
  {
    id: "an index without any bound",
    rule: "region-unbounded",
    source: `${lookUp("hash", 64)}\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_LDX_MEM(BPF_W, R1, R0, 0),\nBPF_ALU64_REG(BPF_ADD, R0, R1),\nBPF_LDX_MEM(BPF_B, R1, R0, 0),\n${END}`,
  },
  {
    id: "behind the end of a value",
    rule: "region-after",
    source: `${lookUp("hash", 4)}\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_LDX_MEM(BPF_DW, R1, R0, 0),\n${END}`,
  },
  {
    id: "a packet that is not checked",
    rule: "packet-unchecked",
    source: `${packet("xdp")}\nBPF_LDX_MEM(BPF_B, R4, R2, 12),\n${END}`,
  },
  {
    id: "a packet that is checked too short",
    rule: "packet-short",
    source: `${packet("sched_cls")}\nBPF_MOV64_REG(R4, R2),\nBPF_ALU64_IMM(BPF_ADD, R4, 14),\nBPF_JMP_REG(BPF_JGT, R4, R3, out),\nBPF_LDX_MEM(BPF_W, R5, R2, 12),\n${END}`,
  },
  {
    id: "a register that one way leaves unset",
    rule: "unset-register",
    source:
      "BPF_LDX_MEM(BPF_W, R6, R1, 0),\nBPF_JMP_IMM(BPF_JGT, R6, 7, over),\nBPF_MOV64_IMM(R0, 1),\nBPF_JMP_IMM(BPF_JA, 0, 0, over),\nover:\nBPF_EXIT_INSN(),",
  },
  {
    id: "an argument after a call",
    rule: "unset-register",
    source: "BPF_MOV64_IMM(R2, 1),\nBPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_MOV64_REG(R0, R2),\nBPF_EXIT_INSN(),",
  },
  {
    id: "a number used as a pointer",
    rule: "not-a-pointer",
    source:
      "BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_MOV64_REG(R6, R0),\nBPF_LDX_MEM(BPF_W, R0, R6, 0),\nBPF_EXIT_INSN(),",
  },
  {
    id: "outside of the stack",
    rule: "stack-bounds",
    source: `BPF_MOV64_REG(R6, R10),\nBPF_ALU64_IMM(BPF_ADD, R6, -520),\nBPF_ST_MEM(BPF_DW, R6, 0, 1),\n${END}`,
  },
  {
    id: "a record that is not sent",
    rule: "reference-leak",
    source: `// @map events ringbuf key=0 value=0 entries=4096\nBPF_LD_MAP_FD(R1, events),\nBPF_MOV64_IMM(R2, 16),\nBPF_MOV64_IMM(R3, 0),\nBPF_EMIT_CALL(BPF_FUNC_ringbuf_reserve),\n${END}`,
  },
  {
    id: "a wrong argument",
    rule: "helper-argument",
    source: `// @map table array key=4 value=8 entries=4\nBPF_MOV64_IMM(R2, 0),\nBPF_LD_MAP_FD(R1, table),\nBPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),\n${END}`,
  },
  {
    id: "in a function of the program",
    rule: "unset-register",
    source:
      "BPF_MOV64_IMM(R6, 1),\nBPF_MOV64_IMM(R1, 7),\nBPF_CALL_REL(2),\nBPF_MOV64_IMM(R0, 0),\nBPF_EXIT_INSN(),\nBPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_JMP_IMM(BPF_JEQ, R0, 5, 1),\nBPF_LDX_MEM(BPF_W, R0, R6, 0),\nBPF_EXIT_INSN(),",
  },
  {
    id: "a pointer that may be null is moved",
    rule: "pointer-arithmetic-null",
    source: `${lookUp("hash")}\nBPF_ALU64_IMM(BPF_ADD, R0, 8),\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_LDX_MEM(BPF_DW, R1, R0, 0),\n${END}`,
  },
  {
    id: "a loop without an end",
    rule: "infinite-loop",
    source:
      "BPF_MOV64_IMM(R0, 0),\nagain:\nBPF_MOV64_IMM(R1, 5),\nBPF_JMP_IMM(BPF_JNE, R1, 4, again),\nBPF_EXIT_INSN(),",
  },
  {
    id: "a field that is not there",
    rule: "context-access",
    source: "// @prog xdp\nBPF_LDX_MEM(BPF_W, R0, R1, 44),\nBPF_EXIT_INSN(),",
  },
  {
    id: "on the second way of a branch",
    rule: "maybe-null",
    source: `${lookUp("hash")}\nBPF_MOV64_REG(R6, R0),\nBPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_JMP_IMM(BPF_JGT, R0, 9, far),\nBPF_MOV64_IMM(R0, 0),\nBPF_EXIT_INSN(),\nfar:\nBPF_LDX_MEM(BPF_DW, R7, R6, 0),\n${END}`,
  },
];
