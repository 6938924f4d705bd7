// Written by ../record/macros.py: the instruction macros of the kernel's headers, Linux 6.12. Not to be edited.

export interface RecordedMacro {
  readonly params: readonly string[];
  /** Fields of each slot as C expressions over the parameters; an absent one is 0. */
  readonly slots: readonly {
    readonly code: string;
    readonly dst?: string;
    readonly src?: string;
    readonly off?: string;
    readonly imm?: string;
  }[];
  readonly from: "tools" | "kernel";
  /** File and line in the kernel's tree. */
  readonly source: string;
}

export const RECORDED_MACROS = {
  BPF_ALU32_IMM: {
    params: ["OP", "DST", "IMM"],
    slots: [{ code: "BPF_ALU | BPF_OP(OP) | BPF_K", dst: "DST", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:60",
  },
  BPF_ALU32_IMM_OFF: {
    params: ["OP", "DST", "IMM", "OFF"],
    slots: [{ code: "BPF_ALU | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    from: "kernel",
    source: "include/linux/filter.h:137",
  },
  BPF_ALU32_REG: {
    params: ["OP", "DST", "SRC"],
    slots: [{ code: "BPF_ALU | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC" }],
    from: "tools",
    source: "tools/include/linux/filter.h:42",
  },
  BPF_ALU32_REG_OFF: {
    params: ["OP", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_ALU | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "kernel",
    source: "include/linux/filter.h:114",
  },
  BPF_ALU64_IMM: {
    params: ["OP", "DST", "IMM"],
    slots: [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_K", dst: "DST", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:52",
  },
  BPF_ALU64_IMM_OFF: {
    params: ["OP", "DST", "IMM", "OFF"],
    slots: [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    from: "kernel",
    source: "include/linux/filter.h:127",
  },
  BPF_ALU64_REG: {
    params: ["OP", "DST", "SRC"],
    slots: [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC" }],
    from: "tools",
    source: "tools/include/linux/filter.h:34",
  },
  BPF_ALU64_REG_OFF: {
    params: ["OP", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_ALU64 | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "kernel",
    source: "include/linux/filter.h:103",
  },
  BPF_ATOMIC_OP: {
    params: ["SIZE", "OP", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_ATOMIC", dst: "DST", src: "SRC", off: "OFF", imm: "OP" }],
    from: "tools",
    source: "tools/include/linux/filter.h:205",
  },
  BPF_BSWAP: {
    params: ["DST", "LEN"],
    slots: [{ code: "BPF_ALU64 | BPF_END | BPF_SRC(BPF_TO_LE)", dst: "DST", imm: "LEN" }],
    from: "kernel",
    source: "include/linux/filter.h:159",
  },
  BPF_CALL_REL: {
    params: ["TGT"],
    slots: [{ code: "BPF_JMP | BPF_CALL", src: "BPF_PSEUDO_CALL", imm: "TGT" }],
    from: "tools",
    source: "tools/include/linux/filter.h:341",
  },
  BPF_EMIT_CALL: {
    params: ["FUNC"],
    slots: [{ code: "BPF_JMP | BPF_CALL", imm: "((FUNC) - BPF_FUNC_unspec)" }],
    from: "tools",
    source: "tools/include/linux/filter.h:278",
  },
  BPF_ENDIAN: {
    params: ["TYPE", "DST", "LEN"],
    slots: [{ code: "BPF_ALU | BPF_END | BPF_SRC(TYPE)", dst: "DST", imm: "LEN" }],
    from: "tools",
    source: "tools/include/linux/filter.h:70",
  },
  BPF_EXIT_INSN: {
    params: [],
    slots: [{ code: "BPF_JMP | BPF_EXIT" }],
    from: "tools",
    source: "tools/include/linux/filter.h:351",
  },
  BPF_JMP32_A: {
    params: ["IMM"],
    slots: [{ code: "BPF_JMP32 | BPF_JA", imm: "IMM" }],
    from: "kernel",
    source: "include/linux/filter.h:443",
  },
  BPF_JMP32_IMM: {
    params: ["OP", "DST", "IMM", "OFF"],
    slots: [{ code: "BPF_JMP32 | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:258",
  },
  BPF_JMP32_REG: {
    params: ["OP", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_JMP32 | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:238",
  },
  BPF_JMP_A: {
    params: ["OFF"],
    slots: [{ code: "BPF_JMP | BPF_JA", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:268",
  },
  BPF_JMP_IMM: {
    params: ["OP", "DST", "IMM", "OFF"],
    slots: [{ code: "BPF_JMP | BPF_OP(OP) | BPF_K", dst: "DST", off: "OFF", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:248",
  },
  BPF_JMP_REG: {
    params: ["OP", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_JMP | BPF_OP(OP) | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:228",
  },
  BPF_LDX_MEM: {
    params: ["SIZE", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_LDX | BPF_SIZE(SIZE) | BPF_MEM", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:172",
  },
  BPF_LDX_MEMSX: {
    params: ["SIZE", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_LDX | BPF_SIZE(SIZE) | BPF_MEMSX", dst: "DST", src: "SRC", off: "OFF" }],
    from: "kernel",
    source: "include/linux/filter.h:336",
  },
  BPF_LD_ABS: {
    params: ["SIZE", "IMM"],
    slots: [{ code: "BPF_LD | BPF_SIZE(SIZE) | BPF_ABS", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:152",
  },
  BPF_LD_IMM64: {
    params: ["DST", "IMM"],
    slots: [{ code: "BPF_LD | BPF_DW | BPF_IMM", dst: "DST", imm: "(__u32) (IMM)" }, { code: "0", imm: "((__u64) (IMM)) >> 32" }],
    from: "tools",
    source: "tools/include/linux/filter.h:298",
  },
  BPF_LD_IMM64_RAW: {
    params: ["DST", "SRC", "IMM"],
    slots: [{ code: "BPF_LD | BPF_DW | BPF_IMM", dst: "DST", src: "SRC", imm: "(__u32) (IMM)" }, { code: "0", imm: "((__u64) (IMM)) >> 32" }],
    from: "tools",
    source: "tools/include/linux/filter.h:301",
  },
  BPF_LD_IMM64_RAW_FULL: {
    params: ["DST", "SRC", "OFF1", "OFF2", "IMM1", "IMM2"],
    slots: [{ code: "BPF_LD | BPF_DW | BPF_IMM", dst: "DST", src: "SRC", off: "OFF1", imm: "IMM1" }, { code: "0", off: "OFF2", imm: "IMM2" }],
    from: "tools",
    source: "tools/include/linux/filter.h:315",
  },
  BPF_LD_IND: {
    params: ["SIZE", "SRC", "IMM"],
    slots: [{ code: "BPF_LD | BPF_SIZE(SIZE) | BPF_IND", src: "SRC", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:162",
  },
  BPF_LD_MAP_FD: {
    params: ["DST", "MAP_FD"],
    slots: [{ code: "BPF_LD | BPF_DW | BPF_IMM", dst: "DST", src: "BPF_PSEUDO_MAP_FD", imm: "MAP_FD" }, { code: "0" }],
    from: "tools",
    source: "tools/include/linux/filter.h:331",
  },
  BPF_LD_MAP_VALUE: {
    params: ["DST", "MAP_FD", "VALUE_OFF"],
    slots: [{ code: "BPF_LD | BPF_DW | BPF_IMM", dst: "DST", src: "BPF_PSEUDO_MAP_VALUE", imm: "MAP_FD" }, { code: "0", imm: "VALUE_OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:335",
  },
  BPF_MOV32_IMM: {
    params: ["DST", "IMM"],
    slots: [{ code: "BPF_ALU | BPF_MOV | BPF_K", dst: "DST", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:106",
  },
  BPF_MOV32_RAW: {
    params: ["TYPE", "DST", "SRC", "IMM"],
    slots: [{ code: "BPF_ALU | BPF_MOV | BPF_SRC(TYPE)", dst: "DST", src: "SRC", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:142",
  },
  BPF_MOV32_REG: {
    params: ["DST", "SRC"],
    slots: [{ code: "BPF_ALU | BPF_MOV | BPF_X", dst: "DST", src: "SRC" }],
    from: "tools",
    source: "tools/include/linux/filter.h:88",
  },
  BPF_MOV64_IMM: {
    params: ["DST", "IMM"],
    slots: [{ code: "BPF_ALU64 | BPF_MOV | BPF_K", dst: "DST", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:98",
  },
  BPF_MOV64_PERCPU_REG: {
    params: ["DST", "SRC"],
    slots: [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", dst: "DST", src: "SRC", off: "BPF_ADDR_PERCPU" }],
    from: "kernel",
    source: "include/linux/filter.h:191",
  },
  BPF_MOV64_RAW: {
    params: ["TYPE", "DST", "SRC", "IMM"],
    slots: [{ code: "BPF_ALU64 | BPF_MOV | BPF_SRC(TYPE)", dst: "DST", src: "SRC", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:134",
  },
  BPF_MOV64_REG: {
    params: ["DST", "SRC"],
    slots: [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", dst: "DST", src: "SRC" }],
    from: "tools",
    source: "tools/include/linux/filter.h:80",
  },
  BPF_MOVSX32_REG: {
    params: ["DST", "SRC", "OFF"],
    slots: [{ code: "BPF_ALU | BPF_MOV | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:124",
  },
  BPF_MOVSX64_REG: {
    params: ["DST", "SRC", "OFF"],
    slots: [{ code: "BPF_ALU64 | BPF_MOV | BPF_X", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:116",
  },
  BPF_RAW_INSN: {
    params: ["CODE", "DST", "SRC", "OFF", "IMM"],
    slots: [{ code: "CODE", dst: "DST", src: "SRC", off: "OFF", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:288",
  },
  BPF_STX_MEM: {
    params: ["SIZE", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_MEM", dst: "DST", src: "SRC", off: "OFF" }],
    from: "tools",
    source: "tools/include/linux/filter.h:182",
  },
  BPF_STX_XADD: {
    params: ["SIZE", "DST", "SRC", "OFF"],
    slots: [{ code: "BPF_STX | BPF_SIZE(SIZE) | BPF_ATOMIC", dst: "DST", src: "SRC", off: "OFF", imm: "BPF_ADD" }],
    from: "tools",
    source: "tools/include/linux/filter.h:214",
  },
  BPF_ST_MEM: {
    params: ["SIZE", "DST", "OFF", "IMM"],
    slots: [{ code: "BPF_ST | BPF_SIZE(SIZE) | BPF_MEM", dst: "DST", off: "OFF", imm: "IMM" }],
    from: "tools",
    source: "tools/include/linux/filter.h:218",
  },
  BPF_ST_NOSPEC: {
    params: [],
    slots: [{ code: "BPF_ST | BPF_NOSPEC" }],
    from: "kernel",
    source: "include/linux/filter.h:495",
  },
  BPF_ZEXT_REG: {
    params: ["DST"],
    slots: [{ code: "BPF_ALU | BPF_MOV | BPF_X", dst: "DST", src: "DST", imm: "1" }],
    from: "kernel",
    source: "include/linux/filter.h:241",
  },
} as const satisfies Record<string, RecordedMacro>;
