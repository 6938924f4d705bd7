// Everything that the verifier refuses, by name, with the arguments of each refusal. The kernel's message is not here: it is written
// where the check is made (refuse.ts). Names are stable, because explanations, goals and tests use them. If one message of the kernel
// has several causes that the check can tell apart, each cause has a name of its own.

/** The kinds of arguments, and the type of each. */
interface Kinds {
  /** Register number, 0 to 10. -1: none. */
  readonly reg: number;
  /** Slot of another instruction that is involved. -1: not known. */
  readonly slot: number;
  /** Bytes, offsets, counts, ids. */
  readonly num: number;
  /** A 64-bit bound. */
  readonly wide: bigint;
  /** A name, or a text of the kernel: `map_value_or_null`, `bpf_map_lookup_elem#1`. */
  readonly text: string;
}

const reg = "reg";
const slot = "slot";
const num = "num";
const wide = "wide";
const text = "text";

/** A register with a value of this type. */
const typed = { reg, type: text } as const;
/** An access to `size` bytes through `reg`. `off` is the constant part of the offset. */
const access = { reg, off: num, size: num } as const;
/**
 * A block of `total` bytes. `what` is the kernel's name for it: `map value`. The whole offset is from `low` to `high`. `off` is the end
 * of this range that is refused, if it is one end.
 */
const block = { ...access, total: num, what: text, low: wide, high: wide } as const;
/** R`number` (-1: a constant) is added to a pointer of this type or subtracted from it, into `reg`. */
const moved = { reg, type: text, number: reg } as const;
/** Bytes of the stack. `off` counts from the frame pointer. `verb`: what is done with them. */
const onStack = { ...access, verb: text } as const;
/** `range`: number of bytes, from the pointer's variable part on, that a comparison has proven to be in the packet. */
const inPacket = { ...access, range: num, id: num } as const;
/** `what`: the end of the kernel's message. */
const result = { reg, what: text } as const;
const resultRange = { ...result, low: wide, high: wide, min: num, max: num } as const;
/** The name of a helper in messages: `bpf_map_lookup_elem#1`. */
const func = { func: text } as const;
/** `what`: the struct of the field, or the helper that needs one. */
const field = { reg, map: text, what: text } as const;
const held = { what: text, region: text } as const;

export const REFUSALS = {
  // Before the verifier looks at the program, and afterwards.
  "map-create": { map: text, errno: text },
  "map-update": { map: text, key: text, errno: text },
  "program-size": { insns: num },
  "load-attributes": { errno: text },
  "log-full": { size: num },
  "verifier-bug": { bug: text },
  "bounds-contradiction": { where: text, problem: text },

  // Instructions and their order.
  "unknown-opcode": { code: num },
  "unknown-alu-op": { op: num },
  "unknown-jump-op": { op: num },
  "unknown-load-mode": { mode: num },
  "unknown-atomic-op": { op: num },
  "atomic-size": { size: num },
  "load-constant-size": {},
  "reserved-fields": { insn: text },
  "imm64-incomplete": {},
  "imm64-unknown": { pseudo: num },
  "imm64-middle": {},
  "may-goto": { imm: num },
  "no-exit": {},
  "jump-range": { from: slot, to: num },
  unreachable: { insn: slot },
  "jump-register": {},
  "walk-outside": { insn: num },
  "infinite-loop": { insn: slot },
  "too-complex": { count: num },
  "too-many-branches": { branches: num },
  "call-range": { to: num },
  "too-many-functions": { limit: num },
  "stack-depth": { calls: num, bytes: num },
  "stack-depth-private": { subprog: num, bytes: num },
  "stack-depth-tail-call": { subprog: num, bytes: num },
  "call-depth": { frames: num },
  "exception-callback-call": {},

  // Registers and arithmetic.
  "no-such-register": { reg },
  "unset-register": { reg },
  "frame-pointer": { reg },
  "division-by-zero": { reg },
  shift: { reg, by: num, width: num },
  "address-space": { imm: num },
  "address-space-arena": {},
  "pointer-with-pointer": { ...moved, op: text },
  "pointer-arithmetic-32": typed,
  "pointer-arithmetic-null": typed,
  "pointer-arithmetic-type": typed,
  "pointer-bitwise": { ...typed, op: text },
  "pointer-operator": { ...typed, op: text },
  "pointer-from-number": { ...moved },
  "stack-pointer-subtract": { ...moved },
  "pointer-number-large": { ...moved, value: wide },
  "pointer-number-unbounded": { ...moved },
  "pointer-number-range": { ...moved, value: wide },
  "pointer-offset-large": { ...moved, off: num },

  // What a function may return.
  "program-return-type": { ...result, type: text },
  "program-return-range": resultRange,
  "callback-return-type": { reg, type: text },
  "callback-return-range": resultRange,
  "async-callback-return-type": { ...result, type: text },
  "async-callback-return-range": resultRange,
  "function-return-type": { ...result, type: text },
  "stack-pointer-returned": { reg },

  // Memory by the type of its pointer.
  "null-pointer": { ...access, value: text },
  "not-a-pointer": { ...access, value: text },
  "maybe-null": { ...access, type: text },
  "pointer-type-access": { ...access, type: text },
  "same-insn-pointers": { reg, type: text, before: text },
  "memory-readonly": typed,
  misaligned: { ...access, what: text, variable: text },
  "misaligned-stack": { ...access, what: text, variable: text },
  /** `off` does not include the two bytes `added` (NET_IP_ALIGN). */
  "misaligned-packet": { ...access, variable: text, added: num },
  "atomic-target": { ...typed, what: text },

  // Context.
  "context-access": { ...access, progType: text },
  /** These bytes are read-only. */
  "context-write": { ...access, progType: text },
  /** These bytes may be accessed, but with another size. */
  "context-size": { ...access, progType: text },
  /** A pointer cannot be sign-extended. */
  "context-sign-extend": { ...access, progType: text },
  "pointer-offset-negative": { ...typed, off: num },
  "pointer-offset-modified": { ...typed, off: num },
  "pointer-offset-variable": { ...typed, variable: text },

  // Blocks of known size: map values and keys, ring buffer records, memory of global functions.
  /** The variable part of the offset may be negative. */
  "region-negative": block,
  /** The constant part of the offset is negative. */
  "region-before": block,
  /** The offset is constant, and the access ends beyond the block. */
  "region-after": block,
  /** Even with the smallest offset the access ends beyond the block. */
  "region-min-after": block,
  /** The access has no bytes, but must have at least one. */
  "region-empty": block,
  "region-unbounded": block,
  "region-max": block,
  "map-write": { ...access, map: text },
  "map-read": { ...access, map: text },
  "map-key-write": { reg },
  "constant-load": { ...access, map: text },
  "map-helper-write": { ...func, map: text },
  "special-field": { ...access, field: text, at: num },
  "kptr-helper": { ...access, field: text, at: num },
  "kptr-variable": { ...access, field: text, at: num },
  "kptr-misaligned": { ...access, field: text, at: num },
  "kptr-size": { ...access, field: text, at: num },
  "size-negative": { reg, low: wide },
  "size-zero": { reg, low: wide, high: wide },
  "size-unbounded": { reg, high: wide },

  // Packets.
  "packet-negative": { ...inPacket, low: wide },
  /** Nothing is proven for this pointer: it was not compared, another copy was compared, or the packet may have moved since. */
  "packet-unchecked": inPacket,
  /** The pointer may be more than 65535 bytes into the packet. Comparisons prove nothing then. */
  "packet-far": { ...inPacket, high: wide },
  /** Fewer bytes are proven than the access needs. */
  "packet-short": inPacket,
  /** The access begins before the pointer's variable part. */
  "packet-before": inPacket,
  /** On this side of the comparison the pointer is at or beyond the end. */
  "packet-beyond": inPacket,
  "packet-write": { reg },
  "packet-helper": { reg, ...func },
  "packet-load-type": { progType: text },
  "packet-load-context": { reg, type: text },
  "packet-load-function": { subprog: num },

  // Other memory.
  "flow-keys-access": { ...access, total: num, what: text },
  "socket-negative": { reg, low: wide },
  "socket-access": { ...access, type: text },
  "buffer-negative": { ...access, kind: text },
  "buffer-variable": { reg, off: num, variable: text },
  "kernel-struct-license": { reg, struct: text },
  "kernel-struct-negative": { reg, struct: text, off: num },
  "kernel-struct-variable": { reg, struct: text, off: num, variable: text },
  "kernel-struct-write": { reg, struct: text },
  "kernel-struct-type": { reg, type: text, wanted: text },
  "map-struct-negative": { reg, struct: text, off: num },
  "map-struct-write": { reg, struct: text },
  "direct-value-limit": { off: num },
  "direct-value-map": { map: text },
  /** The array has more than one entry. */
  "direct-value-entries": { off: num, total: num, what: text },
  "direct-value-range": { off: num, total: num, what: text },

  // The stack.
  "stack-bounds": onStack,
  "stack-unbounded": { ...onStack, low: wide, high: wide },
  "stack-variable-range": { ...onStack, low: wide, high: wide },
  "stack-variable-helper": { ...onStack, variable: text },
  "stack-empty": access,
  /** Byte number `byte` of the access was never written. */
  "stack-unwritten": { ...access, byte: num },
  "stack-unwritten-variable": { ...access, byte: num, variable: text },
  "stack-too-small": access,
  "fill-size": { ...access, type: text },
  "spill-size": { ...access, reg, type: text },
  "stack-pointer-spill": { reg },

  // Calls of helpers.
  "helper-number": func,
  "helper-unknown": func,
  "helper-probe": func,
  "helper-sleeps": func,
  "helper-sleeps-region": { ...func, region: text },
  "helper-not-for-type": { ...func, type: num },
  "gpl-only": func,
  "helper-argument": { ...typed, wanted: text, ...func },
  /** The type would fit if the pointer had been compared with NULL. */
  "helper-argument-null": { ...typed, wanted: text, ...func },
  "helper-argument-memory": { ...typed, wanted: text },
  "helper-null": { arg: num, reg, type: text },
  "helper-writes-readonly": { ...typed, name: text },
  "helper-map": { name: text, type: num, map: text },
  "helper-references": { reg, ref: num, other: num },
  "socket-map-update": { name: text, map: text },
  "socket-map-value": func,
  "tail-call-map": { name: text, type: num, map: text },
  "constant-argument": { reg },
  "storage-flags": { reg },
  "readonly-string": { reg },
  "string-address": { reg },
  "string-map": { reg, map: text },
  "string-value": { reg, map: text },
  "string-end": { reg },
  "format-string": { reg },
  "format-arguments": { reg },
  "callback-map": { map: text },
  "function-info": {},
  "tail-call-function": { subprog: num },

  // References and locks. `taken`: slot of the instruction that acquired the reference or lock.
  "reference-leak": { ref: num, taken: slot, what: text, count: num },
  "release-moved": { reg, off: num },
  "release-unreferenced": { ...typed, ...func },
  "release-dynptr": { reg, ...func },
  "reference-not-acquired": { ...func, ref: num },
  "lock-held": { what: text, region: text, taken: slot },
  "region-held": held,
  "lock-call": { taken: slot },
  "lock-global-call": { func: num, name: text, taken: slot },
  "lock-offset": { reg },
  "lock-second": { reg, taken: slot },
  "unlock-without-lock": { reg },
  "unlock-other": { reg, taken: slot },
  "unlock-order": { reg, taken: slot },
  "timer-offset": { reg },
  "timer-map": { reg, uid: num, mapUid: num },
  "map-needs-btf": field,
  "lock-field-missing": field,
  "lock-field-offset": { ...field, off: num, at: num },
  "timer-field-missing": field,
  "timer-field-offset": { ...field, off: num, at: num },

  // Dynptrs.
  "dynptr-argument": typed,
  "dynptr-constant": { reg },
  "dynptr-uninitialized": { reg },
  "dynptr-type": { reg, wanted: text },
  "dynptr-occupied": { reg },
  "dynptr-overwritten": { off: num, taken: slot },
  "dynptr-raw-write": { ...access, at: num },
  "dynptr-release-constant": { reg },
  "dynptr-variable": { off: num, variable: text },
  "dynptr-offset": { off: num },
  "dynptr-memory": typed,

  // The program's own functions.
  "global-arguments": { func: num, name: text },
  "global-sleeps": { func: num, name: text },
  "global-too-many-arguments": { name: text, count: num },
  "global-returns-void": { name: text },
  "global-argument-size": { name: text, arg: num },
  "global-argument-tags": { name: text, arg: num },
  "exception-callback-arguments": { name: text, count: num },
  "global-argument-type": { name: text, arg: num },
  "argument-not-number": typed,
  "argument-not-context": { ...typed, arg: num },
  "argument-null": { ...typed, arg: num },

  // Maps and kernel objects that the program refers to.
  "map-missing": { fd: num },
  "map-index": {},
  "too-many-maps": { limit: num },
  "map-struct-ops": { map: text },
  "map-cgroup-storage": { map: text },
  "map-not-for-type": { kind: text, what: text },
  "map-not-sleepable": { map: text },
  "sleepable-type": { progType: text },
  "sleepable-syscall": {},
  "btf-module": { fd: num },
  "btf-id": { id: num },
  "btf-void": {},
  "kfunc-license": {},
  "kfunc-module": { off: num },
  "kfunc-id": { id: num },
  "kfunc-reached": {},
  "attach-btf-id": { progType: text },
} as const satisfies Readonly<Record<string, Readonly<Record<string, keyof Kinds>>>>;

export type RefusalId = keyof typeof REFUSALS;

export type RefusalArgs<Id extends RefusalId> = {
  readonly [Name in keyof (typeof REFUSALS)[Id]]: (typeof REFUSALS)[Id][Name] extends keyof Kinds
    ? Kinds[(typeof REFUSALS)[Id][Name]]
    : never;
};

/** One refusal, as plain data that can be sent to or from a Worker. */
export type Refusal = { [Id in RefusalId]: RefusalOf<Id> }[RefusalId];

export interface RefusalOf<Id extends RefusalId> {
  readonly id: Id;
  readonly args: RefusalArgs<Id>;
  /** Slot of the instruction that it is about. -1: the program as a whole. */
  readonly slot: number;
  /** What a check inside this one had refused before. null: nothing. */
  readonly innerRefusal: Refusal | null;
}

/** A refusal that does not come from the verifier's checks: of a map, or of the attributes of BPF_PROG_LOAD. */
export const refusalOf = <Id extends RefusalId>(id: Id, args: RefusalArgs<Id>, slot = -1): Refusal =>
  ({ id, args, slot, innerRefusal: null }) as unknown as Refusal;
