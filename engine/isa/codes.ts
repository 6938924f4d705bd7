// The numbers that opcodes are made of. Sources: RFC 9669 and include/uapi/linux/{bpf,bpf_common}.h.
//
//   alu/jmp class      7 6 5 4   3   2 1 0        load/store class   7 6 5   4 3   2 1 0
//                      [ op  ] [src] [class]                        [mode]  [size] [class]

export const BPF_LD = 0x00;
export const BPF_LDX = 0x01;
export const BPF_ST = 0x02;
export const BPF_STX = 0x03;
export const BPF_ALU = 0x04;
export const BPF_JMP = 0x05;
export const BPF_JMP32 = 0x06;
export const BPF_ALU64 = 0x07;

export const BPF_W = 0x00;
export const BPF_H = 0x08;
export const BPF_B = 0x10;
export const BPF_DW = 0x18;

export const BPF_IMM = 0x00;
export const BPF_ABS = 0x20;
export const BPF_IND = 0x40;
export const BPF_MEM = 0x60;
export const BPF_MEMSX = 0x80;
export const BPF_ATOMIC = 0xc0;

export const BPF_ADD = 0x00;
export const BPF_SUB = 0x10;
export const BPF_MUL = 0x20;
export const BPF_DIV = 0x30;
export const BPF_OR = 0x40;
export const BPF_AND = 0x50;
export const BPF_LSH = 0x60;
export const BPF_RSH = 0x70;
export const BPF_NEG = 0x80;
export const BPF_MOD = 0x90;
export const BPF_XOR = 0xa0;
export const BPF_MOV = 0xb0;
export const BPF_ARSH = 0xc0;
export const BPF_END = 0xd0;

export const BPF_JA = 0x00;
export const BPF_JEQ = 0x10;
export const BPF_JGT = 0x20;
export const BPF_JGE = 0x30;
export const BPF_JSET = 0x40;
export const BPF_JNE = 0x50;
export const BPF_JSGT = 0x60;
export const BPF_JSGE = 0x70;
export const BPF_CALL = 0x80;
export const BPF_EXIT = 0x90;
export const BPF_JLT = 0xa0;
export const BPF_JLE = 0xb0;
export const BPF_JSLT = 0xc0;
export const BPF_JSLE = 0xd0;
export const BPF_JCOND = 0xe0;

export const BPF_K = 0x00;
export const BPF_X = 0x08;
export const BPF_TO_LE = 0x00;
export const BPF_TO_BE = 0x08;

/** The flag and operations in the imm of an atomic instruction (RFC 9669 section 5.3; LOAD_ACQ and STORE_REL: Linux 6.15). */
export const BPF_FETCH = 0x01;
export const BPF_XCHG = 0xe0 | BPF_FETCH;
export const BPF_CMPXCHG = 0xf0 | BPF_FETCH;
export const BPF_LOAD_ACQ = 0x100;
export const BPF_STORE_REL = 0x110;

/** Values of src in a BPF_LD | BPF_IMM | BPF_DW. They say what the 64-bit immediate stands for. */
export const BPF_PSEUDO_MAP_FD = 1;
export const BPF_PSEUDO_MAP_VALUE = 2;
export const BPF_PSEUDO_BTF_ID = 3;
export const BPF_PSEUDO_FUNC = 4;
export const BPF_PSEUDO_MAP_IDX = 5;
export const BPF_PSEUDO_MAP_IDX_VALUE = 6;

/** Values of src in a BPF_CALL. They say what is called (0: a helper, by number). */
export const BPF_PSEUDO_CALL = 1;
export const BPF_PSEUDO_KFUNC_CALL = 2;

/** Value of src in a BPF_JMP | BPF_JCOND. */
export const BPF_MAY_GOTO = 0;

/** Value of off in a BPF_MOV from a register that casts between address spaces (arena). */
export const BPF_ADDR_SPACE_CAST = 1;

/** Number of registers: R0 … R10. R10 is the read-only frame pointer. */
export const MAX_BPF_REG = 11;
export const BPF_REG_FP = 10;
/** Stack of one frame, in bytes. */
export const MAX_BPF_STACK = 512;

export const classOf = (code: number): number => code & 0x07;
/** Bytes moved by a load or store of this code: 1, 2, 4 or 8. */
export const sizeOf = (code: number): 1 | 2 | 4 | 8 => SIZES[(code >> 3) & 3] as 1 | 2 | 4 | 8;
const SIZES = [4, 2, 1, 8] as const;
