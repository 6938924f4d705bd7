// Turns a kernel's sentence into a refusal, with the values that the sentence tells. It is used if the rebuilt program is not refused
// by our verifier in the same words. Only common sentences are known. If a sentence has several causes that only the kernel's
// check can distinguish, the refusal is the most general one.
import { type Refusal, type RefusalArgs, type RefusalId, refusalOf } from "../verifier/refusals.ts";
import { boundsOf } from "./state.ts";

/** What the log tells about the instruction that a sentence refuses. */
export interface RefusalContext {
  readonly slot: number;
  /** The log's words about a register before the instruction. */
  readonly words: (reg: number) => string;
  /** Number of bytes that the instruction accesses. 0: it accesses no memory. */
  readonly size: number;
  /** Offset of the instruction's access. 0: it accesses no memory. */
  readonly off: number;
  /** The log's lines before the sentence, the last one first. */
  readonly before: readonly string[];
  /** The called helper, `bpf_map_lookup_elem#1`. "": the instruction calls none. */
  readonly func: string;
}

type Row = readonly [
  pattern: RegExp,
  read: (groups: readonly string[], context: RefusalContext) => Refusal | undefined,
];

const row = <Id extends RefusalId>(
  pattern: RegExp,
  id: Id,
  args: (groups: readonly string[], context: RefusalContext) => RefusalArgs<Id>,
): Row => [pattern, (groups, context) => refusalOf(id, args(groups, context), context.slot)];

const n = (groups: readonly string[], at: number): number => Number(groups[at] ?? 0);
const t = (groups: readonly string[], at: number): string => groups[at] ?? "";
const access = (groups: readonly string[], { off, size }: RefusalContext) => ({ reg: n(groups, 1), off, size });

/** Arguments of a refusal about a block of memory, from the register's words: `map_value(off=4,ks=4,vs=48,umax=255)`. */
function block(groups: readonly string[], context: RefusalContext) {
  const reg = n(groups, 1);
  const words = context.words(reg);
  const { smin, umax } = boundsOf(words);
  const fixed = BigInt(/\boff=(-?\d+)/.exec(words)?.[1] ?? 0) + BigInt(context.off);
  const total = Number(/\bvs=(\d+)|\bmem_size=(\d+)|\bsz=(\d+)/.exec(words)?.slice(1).find(Boolean) ?? 0);
  return {
    reg,
    off: Number(fixed),
    size: context.size,
    total,
    what: /^mem/.test(words) ? "mem" : "map value",
    low: fixed + (smin > -(1n << 62n) ? smin : 0n),
    high: fixed + (umax < 1n << 62n ? umax : 0n),
  };
}

const ROWS: readonly Row[] = [
  row(/^R(\d+) !read_ok$/, "unset-register", (g) => ({ reg: n(g, 1) })),
  [
    /^R(\d+) invalid mem access '([^']*)'/,
    (g, context) => {
      const args = access(g, context);
      const type = t(g, 2);
      const value = context.words(args.reg);
      if (/^(?:scalar|inv)$/.test(type))
        return value === "0"
          ? refusalOf("null-pointer", { ...args, value }, context.slot)
          : refusalOf("not-a-pointer", { ...args, value }, context.slot);
      if (type.endsWith("_or_null")) return refusalOf("maybe-null", { ...args, type }, context.slot);
      return refusalOf("pointer-type-access", { ...args, type }, context.slot);
    },
  ],
  [
    /^invalid access to packet, off=(-?\d+) size=(\d+), R(\d+)\(id=(\d+),off=(-?\d+),r=(-?\d+)\)/,
    (g, { slot }) => {
      const range = n(g, 6);
      const args = { reg: n(g, 3), off: n(g, 1), size: n(g, 2), range, id: n(g, 4) };
      return refusalOf(range > 0 ? "packet-short" : range < 0 ? "packet-beyond" : "packet-unchecked", args, slot);
    },
  ],
  [
    /^R(\d+) min value is outside of the (?:allowed|array)/,
    (g, context) => {
      const args = block(g, context);
      const isVariable = /\b[us](?:min|max)|var_off/.test(context.words(args.reg));
      const id = args.low < 0n ? "region-before" : isVariable ? "region-min-after" : "region-after";
      return refusalOf(id, args, context.slot);
    },
  ],
  row(/^R(\d+) max value is outside of the (?:allowed|array)/, "region-max", block),
  row(/^R(\d+) unbounded memory access/, "region-unbounded", block),
  row(/^R(\d+) min value is negative, either/, "region-negative", block),
  row(
    /^invalid access to (map value|mem(?:ory)?|ringbuf)\S*, \w+_?size=(\d+) off=(-?\d+) size=(\d+)/,
    "region-after",
    (g) => ({
      reg: -1,
      what: t(g, 1),
      total: n(g, 2),
      off: n(g, 3),
      size: n(g, 4),
      low: BigInt(n(g, 3)),
      high: BigInt(n(g, 3)),
    }),
  ),
  row(/^invalid bpf_context access off=(-?\d+) size=(\d+)/, "context-access", (g) => ({
    reg: -1,
    off: n(g, 1),
    size: n(g, 2),
    progType: "",
  })),
  row(/^dereference of modified (\S+) ptr R(\d+) off=(-?\d+)/, "pointer-offset-modified", (g) => ({
    type: t(g, 1),
    reg: n(g, 2),
    off: n(g, 3),
  })),
  row(
    /^(?:invalid (?:read|write|unbounded|variable-offset|zero-sized|indirect)\S* .*stack R(\d+) off=?(-?\d+))/,
    "stack-bounds",
    (g, { size, off }) => ({
      reg: n(g, 1),
      off: n(g, 2) || off,
      size,
      verb: "access",
    }),
  ),
  row(/^invalid (?:indirect )?read from stack (?:R(\d+) )?off (-?\d+)\+(\d+) size (\d+)/, "stack-unwritten", (g) => ({
    reg: g[1] === undefined ? 10 : n(g, 1),
    off: n(g, 2),
    byte: n(g, 3),
    size: n(g, 4),
  })),
  row(/^misaligned (\w+(?: \w+)?) access off (\S+) size (\d+)/, "misaligned", (g, { off }) => ({
    reg: -1,
    what: t(g, 1),
    variable: t(g, 2),
    off,
    size: n(g, 3),
  })),
  row(/^(\S+) uses reserved fields/, "reserved-fields", (g) => ({ insn: t(g, 1) })),
  row(/^unknown opcode ([0-9a-f]+)/, "unknown-opcode", (g) => ({ code: Number.parseInt(t(g, 1), 16) })),
  row(/^R(\d+) is invalid/, "no-such-register", (g) => ({ reg: n(g, 1) })),
  row(/^invalid bpf_ld_imm64 insn/, "imm64-incomplete", () => ({})),
  row(/^fd (-?\d+) is not pointing to valid bpf_map/, "map-missing", (g) => ({ fd: n(g, 1) })),
  row(/^frame pointer is read only/, "frame-pointer", () => ({ reg: 10 })),
  row(/^div by zero/, "division-by-zero", () => ({ reg: -1 })),
  row(/^unreachable insn (\d+)/, "unreachable", (g) => ({ insn: n(g, 1) })),
  row(/^back-edge from insn \d+ to (\d+)/, "infinite-loop", (g) => ({ insn: n(g, 1) })),
  row(/^infinite loop detected at insn (\d+)/, "infinite-loop", (g) => ({ insn: n(g, 1) })),
  row(/^BPF program is too large\. Processed (\d+) insn/, "too-complex", (g) => ({ count: n(g, 1) })),
  row(/^The sequence of (\d+) jumps is too complex/, "too-many-branches", (g) => ({ branches: n(g, 1) })),
  row(/^jump out of range from insn (\d+) to (\d+)/, "jump-range", (g) => ({ from: n(g, 1), to: n(g, 2) })),
  row(/^last insn is not an exit or jmp/, "no-exit", () => ({})),
  row(/^the call stack of (\d+) frames is too deep/, "call-depth", (g) => ({ frames: n(g, 1) })),
  row(/^combined stack size of (\d+) calls is (\d+)/, "stack-depth", (g) => ({ calls: n(g, 1), bytes: n(g, 2) })),
  row(/^R(\d+) type=(\S+) expected=(.*)$/, "helper-argument", (g, { func }) => ({
    reg: n(g, 1),
    type: t(g, 2),
    wanted: t(g, 3),
    func,
  })),
  row(/^(?:unknown func|program of this type cannot use helper) (\S+)/, "helper-not-for-type", (g) => ({
    func: t(g, 1),
    type: 0,
  })),
  row(/^cannot call GPL-restricted function/, "gpl-only", (_, { func }) => ({ func })),
  row(/^cannot pass map_type (\d+) into func (\S+)/, "helper-map", (g) => ({ type: n(g, 1), name: t(g, 2), map: "" })),
  row(/^R(\d+) pointer arithmetic on (\S+) prohibited, null-check it first/, "pointer-arithmetic-null", (g) => ({
    reg: n(g, 1),
    type: t(g, 2),
  })),
  row(/^R(\d+) pointer arithmetic on (\S+) prohibited/, "pointer-arithmetic-type", (g) => ({
    reg: n(g, 1),
    type: t(g, 2),
  })),
  row(/^R(\d+) (\S+) operator on pointer prohibited/, "pointer-operator", (g) => ({
    reg: n(g, 1),
    op: t(g, 2),
    type: "",
  })),
  row(/^R(\d+) bitwise operator (\S+) on pointer prohibited/, "pointer-bitwise", (g) => ({
    reg: n(g, 1),
    op: t(g, 2),
    type: "",
  })),
  row(/^math between (\S+) pointer and register with unbounded min value/, "pointer-number-unbounded", (g) => ({
    reg: -1,
    type: t(g, 1),
    number: -1,
  })),
  row(/^math between (\S+) pointer and (-?\d+) is not allowed/, "pointer-number-large", (g) => ({
    reg: -1,
    type: t(g, 1),
    number: -1,
    value: BigInt(t(g, 2)),
  })),
  row(/^R(\d+) cannot write into (\S+)/, "memory-readonly", (g) => ({ reg: n(g, 1), type: t(g, 2) })),
  row(/^write into map forbidden, value_size=\d+ off=(-?\d+) size=(\d+)/, "map-write", (g) => ({
    reg: -1,
    off: n(g, 1),
    size: n(g, 2),
    map: "",
  })),
  row(/^same insn cannot be used with different pointers/, "same-insn-pointers", () => ({
    reg: -1,
    type: "",
    before: "",
  })),
  row(
    /^(?:At program exit|In .*) the register R(\d+) (?:has|is) (?:not )?.*?(?:value|smin=|unknown).*?should have been in \[(-?\d+), (-?\d+)\]/,
    "program-return-range",
    (g) => ({
      reg: n(g, 1),
      what: "",
      min: n(g, 2),
      max: n(g, 3),
      low: 0n,
      high: 0n,
    }),
  ),
  [
    /reference leak|^Unreleased reference/,
    (_, { slot, before }) => {
      const found = before.map((line) => /^Unreleased reference id=(\d+) alloc_insn=(\d+)/.exec(line)).find(Boolean);
      if (!found) return undefined;
      const args = { ref: Number(found[1]), taken: Number(found[2]), what: "", count: 1 };
      return refusalOf("reference-leak", args, slot);
    },
  ],
];

/** This sentence tells more than the line below it, which since Linux 7.2 is the same for every block of memory. */
const OF_PACKET = /^invalid access to packet/;

/** The refusal of the first known sentence. `sentences`: all lines of one refusal. undefined: none is known. */
export function refusalOfMessage(sentences: readonly string[], context: RefusalContext): Refusal | undefined {
  for (const sentence of sentences.toSorted((a, b) => Number(OF_PACKET.test(b)) - Number(OF_PACKET.test(a))))
    for (const [pattern, read] of ROWS) {
      const match = pattern.exec(sentence);
      const refusal = match && read(match, context);
      if (refusal) return refusal;
    }
  return undefined;
}
