// What the rest of the engine may ask about Linux 6.18: shapes only, no data. The data is in recorded/, written by
// record/*.py from a running kernel; the doors are helpers.ts, prog-types.ts, map-types.ts, errno.ts, uapi.ts, kernel.ts.

import type { Insn } from "../isa/insn.ts";

/** Flag bits above the base of an enum value (enum bpf_type_flag): PTR_MAYBE_NULL, MEM_RDONLY, … See TYPE_FLAG. */
export type TypeFlags = number;

/** One argument of a helper, enum bpf_arg_type split in base and flags. */
export interface HelperArg {
  /** Base name without flags: `ARG_CONST_MAP_PTR`; the five are padded with `ARG_DONTCARE`. */
  readonly kind: ArgKind;
  readonly flags: TypeFlags;
  /** Bytes of an ARG_PTR_TO_MEM with MEM_FIXED_SIZE; 0 otherwise. */
  readonly size: number;
  /** Kernel struct that an ARG_PTR_TO_BTF_ID (or SOCK_COMMON, KPTR) points to: `task_struct`. */
  readonly btf?: string;
}

export type ArgKind =
  | "ARG_DONTCARE"
  | "ARG_CONST_MAP_PTR"
  | "ARG_PTR_TO_MAP_KEY"
  | "ARG_PTR_TO_MAP_VALUE"
  | "ARG_PTR_TO_MEM"
  | "ARG_PTR_TO_ARENA"
  | "ARG_CONST_SIZE"
  | "ARG_CONST_SIZE_OR_ZERO"
  | "ARG_PTR_TO_CTX"
  | "ARG_ANYTHING"
  | "ARG_PTR_TO_SPIN_LOCK"
  | "ARG_PTR_TO_SOCK_COMMON"
  | "ARG_PTR_TO_SOCKET"
  | "ARG_PTR_TO_BTF_ID"
  | "ARG_PTR_TO_RINGBUF_MEM"
  | "ARG_CONST_ALLOC_SIZE_OR_ZERO"
  | "ARG_PTR_TO_BTF_ID_SOCK_COMMON"
  | "ARG_PTR_TO_PERCPU_BTF_ID"
  | "ARG_PTR_TO_FUNC"
  | "ARG_PTR_TO_STACK"
  | "ARG_PTR_TO_CONST_STR"
  | "ARG_PTR_TO_TIMER"
  | "ARG_KPTR_XCHG_DEST"
  | "ARG_PTR_TO_DYNPTR";

export type RetKind =
  | "RET_INTEGER"
  | "RET_VOID"
  | "RET_PTR_TO_MAP_VALUE"
  | "RET_PTR_TO_SOCKET"
  | "RET_PTR_TO_TCP_SOCK"
  | "RET_PTR_TO_SOCK_COMMON"
  | "RET_PTR_TO_MEM"
  | "RET_PTR_TO_MEM_OR_BTF_ID"
  | "RET_PTR_TO_BTF_ID";

/** A helper as one program type gets it (struct bpf_func_proto). Types may get different ones under one number. */
export interface HelperProto {
  /** BPF_FUNC_… number. */
  readonly id: number;
  /** Without the bpf_ prefix, as the kernel's enum has it: `map_lookup_elem`. */
  readonly name: string;
  /** The kernel function behind it: `bpf_skb_event_output`; tells apart two prototypes of one number. */
  readonly func: string;
  readonly ret: RetKind;
  readonly retFlags: TypeFlags;
  /** Kernel struct of a returned pointer (RET_PTR_TO_BTF_ID). */
  readonly retBtf?: string;
  /** Always five. */
  readonly args: readonly HelperArg[];
  readonly gplOnly: boolean;
  readonly pktAccess: boolean;
  readonly mightSleep: boolean;
  readonly allowFastcall: boolean;
  /** The kernel asks one more function whether this program may call it (`fn->allowed`); its name. */
  readonly allowed?: string;
}

/** Register types that a context field can have (enum bpf_reg_type without flags). */
export type CtxRegType =
  | "SCALAR_VALUE"
  | "PTR_TO_PACKET"
  | "PTR_TO_PACKET_META"
  | "PTR_TO_PACKET_END"
  | "PTR_TO_FLOW_KEYS"
  | "PTR_TO_SOCKET"
  | "PTR_TO_SOCK_COMMON"
  | "PTR_TO_TCP_SOCK"
  | "PTR_TO_XDP_SOCK"
  | "PTR_TO_TP_BUFFER"
  | "PTR_TO_BUF"
  | "PTR_TO_BTF_ID";

/** The kernel's answer where is_valid_access says yes (struct bpf_insn_access_aux). */
export interface CtxAccess {
  readonly regType: CtxRegType;
  /** Flags on it, PTR_MAYBE_NULL among them. */
  readonly flags: TypeFlags;
  /** Bytes of the field read in full where a narrower load is rewritten (ctx_field_size); 0 where none. */
  readonly fieldSize: number;
  /** PTR_TO_BTF_ID: the kernel structure pointed to. */
  readonly btf?: string;
}

/** Both ends included. Compared as s64, or as s32 where `bits` is 32. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
  readonly bits: 32 | 64;
}

export interface ProgType {
  /** enum bpf_prog_type; 32 for OREORE. */
  readonly id: number;
  /** Lower case without prefix: `socket_filter`. */
  readonly name: string;
  /** UAPI struct of the context as the program sees it, for offsetof and completion: `__sk_buff`. */
  readonly ctxStruct: string;
  /** May the program be simulated here; where not, `why` is a sentence. */
  readonly simulated: boolean;
  readonly why?: string;
  /** The errno with which a type that is not simulated is refused unseen; 0: the verifier looks at the program. */
  refusedUnseen(expectedAttachType: number): number;
  /** Expected attach types that BPF_PROG_LOAD takes; `undefined`: any (the field is not looked at). */
  readonly attachTypes: readonly number[] | undefined;
  /** What is_valid_access answers; `undefined`: `invalid bpf_context access off=%d size=%d`. `off` may be negative.
   * `signExtend`: the load is one of BPF_MEMSX. */
  ctxAccess(
    off: number,
    size: number,
    write: boolean,
    expectedAttachType: number,
    signExtend?: boolean,
  ): CtxAccess | undefined;
  /** get_func_proto; `undefined`: `program of this type cannot use helper %s#%d`. */
  helper(id: number, expectedAttachType: number): HelperProto | undefined;
  /** All helper numbers this type may call, ascending. */
  helperIds(expectedAttachType: number): readonly number[];
  /** What check_return_code asks of R0 at exit; `undefined`: nothing but being initialised. */
  returnRange(expectedAttachType: number): ReturnRange | undefined;
  /** What programs with packet pointers may do besides reading: hand them to helpers (write: false), write (true). @kernel may_access_direct_pkt_data */
  directPacket(write: boolean): boolean;
  /** LD_ABS and LD_IND allowed (may_access_skb). */
  readonly ldAbs: boolean;
  /**
   * convert_ctx_access of a type made here: what an access to the field that begins at its `off` is rewritten to; empty
   * where there is no such field. Absent: accesses stay as they are, or the type is a recorded one.
   */
  convertCtx?(insn: Insn, write: boolean): readonly Insn[];
}

/** One field of a context in a program type defined here (OREORE, or a reader's own). */
export interface CtxField {
  readonly name: string;
  readonly off: number;
  /** 1, 2, 4 or 8. */
  readonly size: 1 | 2 | 4 | 8;
  readonly writable: boolean;
  /** Narrower aligned loads allowed (bpf_ctx_narrow_access_ok). */
  readonly narrow?: boolean;
  /** The member of the kernel's struct that it stands for; in all fields of a context or in none. */
  readonly kernel?: KernelMember;
}

/** A member of the struct that the kernel hands to bpf_prog_run(), where that is not the one programs see. */
export interface KernelMember {
  readonly name: string;
  readonly off: number;
  readonly size: 1 | 2 | 4 | 8;
}

/**
 * A program type as data: what is_valid_access, get_func_proto, check_return_code and the attach check answer.
 * OREORE is one of these; a reader's own types are others.
 */
export interface ProgTypeDefinition {
  readonly id: number;
  readonly name: string;
  readonly ctx: {
    readonly struct: string;
    readonly size: number;
    readonly fields: readonly CtxField[];
    /** kern_ctx_type, where it is another struct than prog_ctx_type; each field then has its member. */
    readonly kern?: { readonly struct: string; readonly size: number };
  };
  /** Name of a recorded set (`base`), and numbers added to it and taken from it. */
  readonly helpers: { readonly set: string; readonly plus?: readonly number[]; readonly minus?: readonly number[] };
  readonly returnRange?: ReturnRange;
  /** Load asks for expected_attach_type to be this one, or any where undefined. */
  readonly attach?: { readonly id: number; readonly name: string; readonly requiredAtLoad: boolean };
}

export interface MapType {
  /** enum bpf_map_type. */
  readonly id: number;
  /** Lower case without prefix: `percpu_array`. */
  readonly name: string;
  readonly simulated: boolean;
}

/** A UAPI struct or union: `fields` flat, anonymous members lifted; offsets in bytes. */
export interface UapiStruct {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly UapiField[];
}

export interface UapiField {
  readonly name: string;
  readonly off: number;
  /** Bytes, arrays in full. */
  readonly size: number;
  /** C type as a reader would write it: `__u32`, `__be32[4]`, `struct bpf_sock *`. */
  readonly type: string;
  /** For bit-fields: first bit counted from `off` * 8, and how many. */
  readonly bit?: readonly [start: number, width: number];
  /** Elements, for arrays; 0 for a flexible one. */
  readonly count?: number;
  /** Name of the struct or union the field (or its element) is, for nested offsetof. */
  readonly struct?: string;
}
