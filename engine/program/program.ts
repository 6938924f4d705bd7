// A program as bpf(2) takes it: instructions, type, and the maps that its LD_IMM64 slots load.
import type { Insn } from "../isa/insn.ts";

/** A map to create before the program is loaded (union bpf_attr, BPF_MAP_CREATE). */
export interface MapDef {
  /** A C identifier; how the source and the page speak of it. */
  readonly name: string;
  /** enum bpf_map_type in lower case without its prefix: `hash`, `percpu_array`. */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_… of BPF_MAP_CREATE. */
  readonly flags: number;
  /** First contents. Keys of the recordings are u32 numbers in decimal; values are hex bytes. */
  readonly init?: Readonly<Record<string, string>>;
  /** Frozen once it was filled (BPF_MAP_FREEZE): nobody outside the kernel can write it any more. */
  readonly frozen?: boolean;
  /** Created with its name (bpf_attr.map_name), which the verifier's log then prints. */
  readonly named?: boolean;
  /** Byte offsets in the value of fields that BTF would announce: `{ bpf_spin_lock: 4, bpf_timer: 8 }`. */
  readonly fields?: Readonly<Record<string, number>>;
  /** For array_of_maps and hash_of_maps: what an inner map looks like. */
  readonly inner?: MapDef;
}

/**
 * What BTF says of one parameter: a number, the program's context, memory of so many bytes, memory whose size cannot be said
 * (kind and name of what is pointed to: `FWD sock`, `UNKNOWN `), another kind of value (`STRUCT`), declaration tags that
 * make no sense together (the end of the kernel's sentence), or what is not simulated, as a phrase.
 */
export type FuncParam =
  | "int"
  | "ctx"
  | { readonly mem: number; readonly nonnull?: boolean }
  | { readonly unsized: string }
  | { readonly unsupported: string }
  | { readonly badTags: string }
  | { readonly beyond: string };

/** A function of the program as its BTF has it. */
export interface FuncInfo {
  readonly name: string;
  /** Verified once for any arguments that fit, not at each call. */
  readonly global: boolean;
  readonly params: readonly FuncParam[];
  /** Which of the parameters have declaration tags (`arg:ctx`); those that are `nonnull` have one anyway. */
  readonly tagged?: readonly number[];
  /** `void` stands for whatever is no number. */
  readonly returns: "int" | "void";
}

/** A line of the source, which the instructions from a slot on were made of. */
export interface LineInfo {
  /** First slot. */
  readonly slot: number;
  /** As BTF has it, which may be a path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 where it is not known. */
  readonly column: number;
  /** The line itself, with its indentation; empty where the compiler had no text. */
  readonly text: string;
}

export interface Program {
  readonly insns: readonly Insn[];
  /** enum bpf_prog_type in lower case without its prefix: `socket_filter`, `oreore`. */
  readonly progType: string;
  /** enum bpf_attach_type as a number; 0 where nothing was asked for. */
  readonly expectedAttachType: number;
  /** BPF_F_… of BPF_PROG_LOAD (BPF_F_STRICT_ALIGNMENT = 1, BPF_F_ANY_ALIGNMENT = 2, …). */
  readonly progFlags: number;
  readonly maps: readonly MapDef[];
  /** First slot of an LD_IMM64 with src BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE → index into `maps`, or the negative errno of a descriptor that is no map's. */
  readonly mapRefs: ReadonlyMap<number, number>;
  /**
   * The program comes with BTF that names each of its functions, as compilers write it; those that `functions` does not
   * speak of are static and have no parameters. Callbacks and tail calls out of functions ask for it.
   */
  readonly funcInfo?: boolean;
  /** With funcInfo: the program's functions in order of their first slots, the main one first. */
  readonly functions?: readonly FuncInfo[];
  /** Source lines in order of their first slots, at most one a slot. */
  readonly lines?: readonly LineInfo[];
  /** License text given to bpf(2); GPL-only helpers ask for a compatible one. */
  readonly license: string;
}

export const DEFAULT_LICENSE = "GPL";
