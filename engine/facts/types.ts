// The types of the facts about Linux 6.18. No data here: the data is in recorded/, written by record/*.py from a running
// kernel. The rest of the engine reads it through helpers.ts, prog-types.ts, map-types.ts, errno.ts, uapi.ts, kernel.ts.

import type { Insn } from "../isa/insn.ts";
import type { NotSimulated } from "../program/not-simulated.ts";

/** Flag bits of an enum value, above its base type (enum bpf_type_flag): PTR_MAYBE_NULL, MEM_RDONLY, … See TYPE_FLAG. */
export type TypeFlags = number;

/** One argument of a helper: a value of enum bpf_arg_type, split into base type and flags. */
export interface HelperArg {
  /** Base type without flags: `ARG_CONST_MAP_PTR`. `ARG_DONTCARE`: the helper does not have this argument. */
  readonly kind: ArgKind;
  readonly flags: TypeFlags;
  /** Size in bytes of an ARG_PTR_TO_MEM with MEM_FIXED_SIZE. 0 for all others. */
  readonly size: number;
  /** The kernel struct that an ARG_PTR_TO_BTF_ID (or SOCK_COMMON, KPTR) points to: `task_struct`. */
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

/** A helper's prototype (struct bpf_func_proto). Program types may get different prototypes for the same number. */
export interface HelperProto {
  /** BPF_FUNC_… number. */
  readonly id: number;
  /** Spelled as in the kernel's enum, without prefix: `map_lookup_elem`. */
  readonly name: string;
  /** The kernel function behind it: `bpf_skb_event_output`. Two prototypes of the same number differ in it. */
  readonly func: string;
  readonly ret: RetKind;
  readonly retFlags: TypeFlags;
  /** The kernel struct that a returned RET_PTR_TO_BTF_ID points to. */
  readonly retBtf?: string;
  /** Always five, filled up with ARG_DONTCARE. */
  readonly args: readonly HelperArg[];
  readonly gplOnly: boolean;
  readonly pktAccess: boolean;
  readonly mightSleep: boolean;
  readonly allowFastcall: boolean;
  /** Name of a further kernel function that decides whether the program may call the helper (`fn->allowed`). */
  readonly allowed?: string;
}

/** Register types that a load of a context field can give (enum bpf_reg_type without flags). */
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

/** What is_valid_access tells about an access that it allows (struct bpf_insn_access_aux). */
export interface CtxAccess {
  readonly regType: CtxRegType;
  /** Flags of the register type, such as PTR_MAYBE_NULL. */
  readonly flags: TypeFlags;
  /** Size of the whole field in bytes, if narrower loads of it are rewritten to a load of the whole field (ctx_field_size). Else 0. */
  readonly fieldSize: number;
  /** Only for PTR_TO_BTF_ID: the kernel structure that it points to. */
  readonly btf?: string;
}

/** Allowed return values, both ends included. They are compared as s64, or as s32 if `bits` is 32. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
  readonly bits: 32 | 64;
}

export interface ProgType {
  /** enum bpf_prog_type. OREORE's is 32. */
  readonly id: number;
  /** Lower case without prefix: `socket_filter`. */
  readonly name: string;
  /** The UAPI struct of the context that the program sees, for offsetof and completion: `__sk_buff`. */
  readonly ctxStruct: string;
  /** What its programs need that is not simulated here. null: programs of this type are simulated. */
  readonly notSimulated: NotSimulated | null;
  /** For a type that is not simulated: the errno with which a load fails before the verifier starts. 0: the verifier does start. */
  errnoBeforeVerifier(expectedAttachType: number): number;
  /** Values of expected_attach_type that BPF_PROG_LOAD accepts. `undefined`: any, the field is not checked. */
  readonly attachTypes: readonly number[] | undefined;
  /**
   * The answer of is_valid_access. `undefined`: refused with `invalid bpf_context access off=%d size=%d`. `off` may be negative.
   * `signExtend`: the access is a BPF_MEMSX load.
   */
  ctxAccess(
    off: number,
    size: number,
    write: boolean,
    expectedAttachType: number,
    signExtend?: boolean,
  ): CtxAccess | undefined;
  /** The answer of get_func_proto. `undefined`: refused with `program of this type cannot use helper %s#%d`. */
  helper(id: number, expectedAttachType: number): HelperProto | undefined;
  /** Numbers of all helpers that this type may call, ascending. */
  helperIds(expectedAttachType: number): readonly number[];
  /** The range that check_return_code requires of R0 at exit. `undefined`: R0 must only be initialised. */
  returnRange(expectedAttachType: number): ReturnRange | undefined;
  /**
   * Every program with packet pointers may read through them. This says whether it may also pass them to helpers (write: false)
   * or write through them (write: true). @kernel may_access_direct_pkt_data
   */
  directPacket(write: boolean): boolean;
  /** Whether LD_ABS and LD_IND are allowed (may_access_skb). */
  readonly ldAbs: boolean;
  /** Has no convert_ctx_access: an access to the context stays as it is. */
  readonly plainCtx: boolean;
  /**
   * convert_ctx_access of a type defined here: the instructions to which an access is rewritten. `off` of the instruction is
   * the start of the field. Empty if no field starts there. Absent if accesses stay as they are, and for recorded types.
   */
  convertCtx?(insn: Insn, write: boolean): readonly Insn[];
}

/** One context field of a program type defined here (OREORE, or a reader's own). */
export interface CtxField {
  readonly name: string;
  readonly off: number;
  /** 1, 2, 4 or 8. */
  readonly size: 1 | 2 | 4 | 8;
  readonly writable: boolean;
  /** Whether aligned loads of a part of the field are allowed (bpf_ctx_narrow_access_ok). */
  readonly narrow?: boolean;
  /** The member of the kernel's struct behind the field. Either all fields of a context have one or none. */
  readonly kernel?: KernelMember;
}

/** A member of the struct that the kernel passes to bpf_prog_run(), if that is not the struct that programs see. */
export interface KernelMember {
  readonly name: string;
  readonly off: number;
  readonly size: 1 | 2 | 4 | 8;
}

/**
 * A program type as data, which decides the answers of is_valid_access, get_func_proto, check_return_code and the attach
 * check. OREORE is one of these; a reader's own types are others.
 */
export interface ProgTypeDefinition {
  readonly id: number;
  readonly name: string;
  readonly ctx: {
    readonly struct: string;
    readonly size: number;
    readonly fields: readonly CtxField[];
    /** kern_ctx_type, if it is another struct than prog_ctx_type. Then each field has a `kernel` member. */
    readonly kern?: { readonly struct: string; readonly size: number };
  };
  /** Name of a recorded set (`base`), numbers of helpers added to it, and numbers of helpers removed from it. */
  readonly helpers: { readonly set: string; readonly plus?: readonly number[]; readonly minus?: readonly number[] };
  readonly returnRange?: ReturnRange;
  /** The attach type. `requiredAtLoad`: expected_attach_type must be this one at load. Otherwise any is accepted. */
  readonly attach?: { readonly id: number; readonly name: string; readonly requiredAtLoad: boolean };
}

export interface MapType {
  /** enum bpf_map_type. */
  readonly id: number;
  /** Lower case without prefix: `percpu_array`. */
  readonly name: string;
  readonly simulated: boolean;
  /** Each element has a value for each CPU. */
  readonly perCpu: boolean;
  /** A full map evicts the least recently used element. */
  readonly lru: boolean;
}

/** A UAPI struct or union. `fields` is flat: members of an anonymous part count as the struct's own. Offsets are in bytes. */
export interface UapiStruct {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly UapiField[];
}

export interface UapiField {
  readonly name: string;
  readonly off: number;
  /** Bytes. For an array, of the whole array. */
  readonly size: number;
  /** The C type as a person would write it: `__u32`, `__be32[4]`, `struct bpf_sock *`. */
  readonly type: string;
  /** For bit-fields: the first bit, counted from bit `off` * 8, and the number of bits. */
  readonly bit?: readonly [start: number, width: number];
  /** For arrays: number of elements. 0 for a flexible array. */
  readonly count?: number;
  /** Name of the struct or union that the field (or its element) is, for nested offsetof. */
  readonly struct?: string;
}
