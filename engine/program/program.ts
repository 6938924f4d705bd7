// A program as bpf(2) takes it: its instructions, its type, and the maps that its LD_IMM64 instructions load.
import type { Insn } from "../isa/insn.ts";
import type { NotSimulated } from "./not-simulated.ts";

/** What BPF_MAP_CREATE is asked for (union bpf_attr). */
export interface MapAttr {
  /** A C identifier. The source and the page call the map by it. */
  readonly name: string;
  /** enum bpf_map_type in lower case without its prefix: `hash`, `percpu_array`. */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** map_flags of BPF_MAP_CREATE (BPF_F_…). */
  readonly flags: number;
}

/** These of a map's properties alone. */
export const mapAttr = ({ name, type, keySize, valueSize, maxEntries, flags }: MapAttr): MapAttr => ({
  name,
  type,
  keySize,
  valueSize,
  maxEntries,
  flags,
});

/** A map to create before the program is loaded. */
export interface MapDef extends MapAttr {
  /** Contents from the start: key → value in hex. A key is in hex too, or, as in the recordings, a u32 in decimal. */
  readonly init?: Readonly<Record<string, string>>;
  /** The map is frozen after it was filled (BPF_MAP_FREEZE): user space can no longer write to it. */
  readonly frozen?: boolean;
  /** The map is created with its name (bpf_attr.map_name). Then the verifier's log prints the name. */
  readonly named?: boolean;
  /** The map is created with BTF types of key and value, as is a map with `fields`. Some types of map need them. */
  readonly typed?: boolean;
  /** map_extra of BPF_MAP_CREATE: number of hash functions of a bloom filter, address of an arena. */
  readonly extra?: number;
  /** Special fields of the value, which BTF would describe, with their byte offsets: `{ bpf_spin_lock: 4, bpf_timer: 8 }`. */
  readonly fields?: Readonly<Record<string, number>>;
  /** For array_of_maps and hash_of_maps: the kind of map that they hold. */
  readonly inner?: MapDef;
}

/** What BTF says about one parameter of a function. */
export type FuncParam =
  /** A number. */
  | "int"
  /** A pointer to the program's context. */
  | "ctx"
  /** A pointer to `mem` bytes of memory. */
  | { readonly mem: number; readonly nonnull?: boolean }
  /** A pointer to something of unknown size: kind and name of that type, `FWD sock`, `UNKNOWN `. */
  | { readonly unsized: string }
  /** A value of another kind: `STRUCT`. */
  | { readonly unsupported: string }
  /** Declaration tags that do not go together: the end of the kernel's sentence about them. */
  | { readonly badTags: string }
  /** Something that is not simulated here. */
  | { readonly notSimulated: NotSimulated };

/** A function of the program, as its BTF describes it. */
export interface FuncInfo {
  readonly name: string;
  /** A global function is verified once, for all arguments that fit its parameters. Others are verified at each call. */
  readonly global: boolean;
  readonly params: readonly FuncParam[];
  /** Indices of the parameters with declaration tags (`arg:ctx`). A `nonnull` parameter has one even if it is not listed. */
  readonly tagged?: readonly number[];
  /** First slot of the function that runs when the program throws an exception (BTF's tag `exception_callback:`). */
  readonly throwsTo?: number;
  /** `void` also stands for any other type that is not a number. */
  readonly returns: "int" | "void";
}

/** The source line from which the instructions from `slot` on were made. */
export interface LineInfo {
  /** First slot. */
  readonly slot: number;
  /** File name as in BTF. It may be a path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. 0: not known. */
  readonly column: number;
  /** The line itself, with its indentation. Empty if the compiler had no text. */
  readonly text: string;
}

export interface Program {
  readonly insns: readonly Insn[];
  /** enum bpf_prog_type in lower case without its prefix: `socket_filter`, `oreore`. */
  readonly progType: string;
  /** enum bpf_attach_type as a number. 0: none was asked for. */
  readonly expectedAttachType: number;
  /** prog_flags of BPF_PROG_LOAD (BPF_F_STRICT_ALIGNMENT = 1, BPF_F_ANY_ALIGNMENT = 2, …). */
  readonly progFlags: number;
  readonly maps: readonly MapDef[];
  /**
   * First slot of an LD_IMM64 with src BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE → index into `maps`. If its descriptor is
   * not that of a map: → the negative errno.
   */
  readonly mapRefs: ReadonlyMap<number, number>;
  /**
   * The program comes with BTF that names each of its functions, as a compiler's output does. Functions that `functions`
   * does not list are static and have no parameters. Programs with callbacks, or with tail calls in functions, need it.
   */
  readonly funcInfo?: boolean;
  /** Only with funcInfo: the program's functions in order of their first slots, the main one first. */
  readonly functions?: readonly FuncInfo[];
  /** Source lines in order of their first slots, at most one per slot. */
  readonly lines?: readonly LineInfo[];
  /** License text given to bpf(2). GPL-only helpers need one that is GPL-compatible. */
  readonly license: string;
}

export const DEFAULT_LICENSE = "GPL";
