// One statement in the kernel's or LLVM's notation → instruction slots. Most statements are written alike in both, and no
// statement means two things, so one table reads both. Rows are tried in order. If none fits, the result is `undefined`.
// Sources: Linux 6.18 kernel/bpf/disasm.c, LLVM 20 BPFInstrInfo.td.

import { fromHex } from "../base/bytes.ts";
import { helperId } from "../facts/helpers.ts";
import * as c from "../isa/codes.ts";
import { ALU_OPS, JMP_OPS } from "../isa/forms.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";

export interface Statement {
  readonly insns: readonly Insn[];
  /** A label to jump to or to call. Its distance goes into this field of the first slot. */
  readonly target?: { readonly name: string; readonly field: "off" | "imm" };
  /** Name of the map that the load refers to. */
  readonly map?: string;
}

const insn = (code: number, fields: Partial<Insn> = {}): Insn => ({ code, dst: 0, src: 0, off: 0, imm: 0, ...fields });
const one = (code: number, fields: Partial<Insn> = {}): Statement => ({ insns: [insn(code, fields)] });

// Parts of the patterns. Each captures what the matching reader below takes.
const R = "(r(?:10|[0-9])|fp)";
const ANY = "(r(?:10|[0-9])|w(?:10|[0-9])|fp)";
const N = "([-+]? ?(?:0x[0-9a-f]+|[0-9]+))";
const DISPLACEMENT = "(?: ?([-+]) ?(0x[0-9a-f]+|[0-9]+))?";
const PLACE = `\\( ?${R}${DISPLACEMENT} ?\\)`;
const TYPE = "\\( ?([us](?:8|16|32|64)) ?\\* ?\\)";
const TARGET =
  "(?:pc ?)?([0-9]+[fb](?![0-9a-f])|[-+] ?(?:0x[0-9a-f]+|[0-9]+)|[a-z_.$%][\\w.$%=]*|0x[0-9a-f]+)(?: ?<[^>]*>)?";

const registerOf = (text: string): number => (text.toLowerCase() === "fp" ? 10 : Number(text.slice(1)));
const isWide = (text: string): boolean => !/^w/i.test(text);
/** The value of a literal. Bits above 64 are cut off. */
const big = (text: string): bigint => {
  const plain = text.replace(/[\s+]/g, "");
  return plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain);
};
const s32 = (text: string): number => Number(BigInt.asIntN(32, big(text)));
const fits32 = (value: bigint): boolean => value >= -0x8000_0000n && value <= 0xffff_ffffn;
const displacement = (sign: string | undefined, digits: string | undefined): number | undefined => {
  const off = digits === undefined ? 0 : Number(digits) * (sign === "-" ? -1 : 1);
  return off >= -0x8000 && off <= 0x7fff ? off : undefined;
};
const SIZES: Readonly<Record<string, number>> = { "8": c.BPF_B, "16": c.BPF_H, "32": c.BPF_W, "64": c.BPF_DW };
const sizeOfType = (type: string): number => SIZES[type.slice(1)] as number;

const ALU = new Map<string, { readonly code: number; readonly off?: number }>(
  Object.values(ALU_OPS)
    .filter((row) => !row.symbol.startsWith("= (") && row.symbol !== "-")
    .map((row) => [row.symbol, row] as const),
);
const JMP = new Map<string, number>(Object.values(JMP_OPS).map((row) => [row.symbol, row.code]));
const ATOMIC_OP: Readonly<Record<string, number>> = {
  "+=": c.BPF_ADD,
  "|=": c.BPF_OR,
  "&=": c.BPF_AND,
  "^=": c.BPF_XOR,
};
const FETCH_OP: Readonly<Record<string, number>> = { add: c.BPF_ADD, or: c.BPF_OR, and: c.BPF_AND, xor: c.BPF_XOR };
const alternatives = (texts: Iterable<string>): string =>
  [...texts]
    .toSorted((a, b) => b.length - a.length)
    .map((text) => text.replace(/[|^*+/%]/g, "\\$&"))
    .join("|");

/** A jump. `target`: a distance, or the name of a label. */
function jump(code: number, field: "off" | "imm", target: string, fields: Partial<Insn> = {}): Statement | undefined {
  if (!/^[-+0-9]/.test(target) || /^[0-9]+[fb]$/.test(target))
    return { insns: [insn(code, fields)], target: { name: target, field } };
  const value = Number(big(target));
  if (field === "off" && (value < -0x8000 || value > 0x7fff)) return undefined;
  return one(code, { ...fields, [field]: value | 0 });
}

function wide(dst: number, src: number, value: bigint): Statement {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { insns: [insn(c.BPF_LD | c.BPF_DW | c.BPF_IMM, { dst, src, imm: low }), insn(0, { imm: high })] };
}

type Groups = readonly (string | undefined)[];
type Row = readonly [pattern: RegExp, read: (groups: Groups, opcode: number | undefined) => Statement | undefined];
const row = (pattern: string, read: Row[1]): Row => [new RegExp(`^${pattern}$`, "i"), read];
const at = (groups: Groups, index: number): string => groups[index] ?? "";

/** A memory access: its address, and the other fields. */
function memory(
  code: number,
  sign: string | undefined,
  digits: string | undefined,
  fields: Partial<Insn>,
): Statement | undefined {
  const off = displacement(sign, digits);
  return off === undefined ? undefined : one(code, { ...fields, off });
}
const atomic = (type: string, imm: number, g: Groups, from: number, src: number) =>
  memory(c.BPF_STX | c.BPF_ATOMIC | sizeOfType(type), g[from + 1], g[from + 2], {
    dst: registerOf(at(g, from)),
    src,
    imm,
  });

const ROWS: readonly Row[] = [
  row("exit", () => one(c.BPF_JMP | c.BPF_EXIT)),
  row(`goto ${TARGET}`, (g) => jump(c.BPF_JMP | c.BPF_JA, "off", at(g, 1))),
  row(`gotol ${TARGET}`, (g) => jump(c.BPF_JMP32 | c.BPF_JA, "imm", at(g, 1))),
  row(`may_goto ${TARGET}`, (g) => jump(c.BPF_JMP | c.BPF_JCOND, "off", at(g, 1), { src: c.BPF_MAY_GOTO })),
  row(`if ${ANY} (${alternatives(JMP.keys())}) ?(?:${ANY}|${N}) goto ${TARGET}`, (g) => {
    const cls = isWide(at(g, 1)) ? c.BPF_JMP : c.BPF_JMP32;
    const op = JMP.get(at(g, 2).toLowerCase()) as number;
    const dst = registerOf(at(g, 1));
    if (g[3] !== undefined) {
      if (isWide(g[3]) !== isWide(at(g, 1))) return undefined;
      return jump(cls | op | c.BPF_X, "off", at(g, 5), { dst, src: registerOf(g[3]) });
    }
    return fits32(big(at(g, 4))) ? jump(cls | op | c.BPF_K, "off", at(g, 5), { dst, imm: s32(at(g, 4)) }) : undefined;
  }),
  row("callx (r(?:10|[0-9]))", (g) => one(c.BPF_JMP | c.BPF_CALL | c.BPF_X, { dst: registerOf(at(g, 1)) })),
  row("call kernel-function ?# ?([0-9]+)", (g) =>
    one(c.BPF_JMP | c.BPF_CALL, { src: c.BPF_PSEUDO_KFUNC_CALL, imm: s32(at(g, 1)) }),
  ),
  row("call (?:[a-z_][\\w.]*) ?# ?(-?[0-9]+)", (g) => one(c.BPF_JMP | c.BPF_CALL, { imm: s32(at(g, 1)) })),
  row("call pc ?([-+] ?[0-9]+)", (g) => one(c.BPF_JMP | c.BPF_CALL, { src: c.BPF_PSEUDO_CALL, imm: s32(at(g, 1)) })),
  row(`call ${N}`, (g) => one(c.BPF_JMP | c.BPF_CALL, { imm: s32(at(g, 1)) })),
  row("call ([a-z_.$][\\w.$]*)", (g) => {
    const name = at(g, 1);
    const id = name.startsWith("bpf_") ? helperId(name.slice(4)) : undefined;
    if (id !== undefined) return one(c.BPF_JMP | c.BPF_CALL, { imm: id });
    return { insns: [insn(c.BPF_JMP | c.BPF_CALL, { src: c.BPF_PSEUDO_CALL })], target: { name, field: "imm" } };
  }),
  row(`r0 = \\* ?${TYPE} ?skb ?\\[ ?${N} ?\\]`, (g) =>
    one(c.BPF_LD | c.BPF_ABS | sizeOfType(at(g, 1)), { imm: s32(at(g, 2)) }),
  ),
  row(`r0 = \\* ?${TYPE} ?skb ?\\[ ?${R}(?: ?([-+]) ?(-?[0-9]+))? ?\\]`, (g) => {
    const imm = Number(g[4] ?? 0) * (g[3] === "-" ? -1 : 1);
    return one(c.BPF_LD | c.BPF_IND | sizeOfType(at(g, 1)), { src: registerOf(at(g, 2)), imm: imm | 0 });
  }),
  row(`${ANY} = \\* ?${TYPE} ?${PLACE}`, (g) => {
    const type = at(g, 2);
    const mode = type.startsWith("s") ? c.BPF_MEMSX : c.BPF_MEM;
    return memory(c.BPF_LDX | mode | sizeOfType(type), g[4], g[5], {
      dst: registerOf(at(g, 1)),
      src: registerOf(at(g, 3)),
    });
  }),
  row(`\\* ?${TYPE} ?${PLACE} = ${ANY}`, (g) =>
    memory(c.BPF_STX | c.BPF_MEM | sizeOfType(at(g, 1)), g[3], g[4], {
      dst: registerOf(at(g, 2)),
      src: registerOf(at(g, 5)),
    }),
  ),
  row(`\\* ?${TYPE} ?${PLACE} = ${N}`, (g) =>
    fits32(big(at(g, 5)))
      ? memory(c.BPF_ST | c.BPF_MEM | sizeOfType(at(g, 1)), g[3], g[4], {
          dst: registerOf(at(g, 2)),
          imm: s32(at(g, 5)),
        })
      : undefined,
  ),
  row(`lock \\* ?${TYPE} ?${PLACE} ([+|&^]=) ${ANY}`, (g) =>
    atomic(at(g, 1), ATOMIC_OP[at(g, 5)] as number, g, 2, registerOf(at(g, 6))),
  ),
  row(`${ANY} = atomic(?:64)?_fetch_(add|or|and|xor) ?\\( ?${TYPE} ?${PLACE} ?, ?${ANY} ?\\)`, (g) => {
    if (registerOf(at(g, 1)) !== registerOf(at(g, 7))) return undefined;
    return atomic(at(g, 3), (FETCH_OP[at(g, 2).toLowerCase()] as number) | c.BPF_FETCH, g, 4, registerOf(at(g, 7)));
  }),
  row(`${ANY} = atomic(?:64)?_xchg ?\\( ?${TYPE} ?${PLACE} ?, ?${ANY} ?\\)`, (g) => {
    if (registerOf(at(g, 1)) !== registerOf(at(g, 6))) return undefined;
    return atomic(at(g, 2), c.BPF_XCHG, g, 3, registerOf(at(g, 6)));
  }),
  row(`[rw]0 = atomic(?:64)?_cmpxchg ?\\( ?${TYPE} ?${PLACE} ?, ?[rw]0 ?, ?${ANY} ?\\)`, (g) =>
    atomic(at(g, 1), c.BPF_CMPXCHG, g, 2, registerOf(at(g, 5))),
  ),
  row(`${ANY} = xchg(?:_64|32_32) ?${PLACE.replace(" ?\\)", "")} ?, ?${ANY} ?\\)`, (g) => {
    if (registerOf(at(g, 1)) !== registerOf(at(g, 5))) return undefined;
    return atomic(isWide(at(g, 1)) ? "u64" : "u32", c.BPF_XCHG, g, 2, registerOf(at(g, 5)));
  }),
  row(`([rw])0 = cmpxchg(?:_64|32_32) ?${PLACE.replace(" ?\\)", "")} ?, ?[rw]0 ?, ?${ANY} ?\\)`, (g) =>
    atomic(at(g, 1).toLowerCase() === "r" ? "u64" : "u32", c.BPF_CMPXCHG, g, 2, registerOf(at(g, 5))),
  ),
  row(`${ANY} = load_acquire ?\\( ?${TYPE} ?${PLACE} ?\\)`, (g) =>
    memory(c.BPF_STX | c.BPF_ATOMIC | sizeOfType(at(g, 2)), g[4], g[5], {
      dst: registerOf(at(g, 1)),
      src: registerOf(at(g, 3)),
      imm: c.BPF_LOAD_ACQ,
    }),
  ),
  row(`store_release ?\\( ?${TYPE} ?${PLACE} ?, ?${ANY} ?\\)`, (g) =>
    atomic(at(g, 1), c.BPF_STORE_REL, g, 2, registerOf(at(g, 5))),
  ),
  row(`${R} = ${N} ?ll`, (g) => wide(registerOf(at(g, 1)), 0, big(at(g, 2)))),
  row(`${R} = map ?\\[ ?id ?: ?([0-9]+) ?\\](?: ?\\[ ?0 ?\\] ?\\+ ?([0-9]+))?`, (g) => {
    const src = g[3] === undefined ? c.BPF_PSEUDO_MAP_FD : c.BPF_PSEUDO_MAP_VALUE;
    return { ...wide(registerOf(at(g, 1)), src, BigInt(g[3] ?? 0) << 32n), map: `map_${at(g, 2)}` };
  }),
  row(`${R} = (?:&)?([a-z_][\\w.]*) ?ll`, (g) => ({
    ...wide(registerOf(at(g, 1)), c.BPF_PSEUDO_MAP_FD, 0n),
    map: at(g, 2),
  })),
  row(`${R} = ([bl]e|bswap) ?(16|32|64) ${R}`, (g) => {
    if (at(g, 1) !== at(g, 4)) return undefined;
    const order = at(g, 2).toLowerCase();
    const code = order === "bswap" ? c.BPF_ALU64 : c.BPF_ALU | (order === "be" ? c.BPF_TO_BE : c.BPF_TO_LE);
    return one(code | c.BPF_END, { dst: registerOf(at(g, 1)), imm: Number(g[3]) });
  }),
  row(`${R} = addr_space_cast ?\\( ?${R} ?, ?([0-9]+) ?, ?([0-9]+) ?\\)`, (g) =>
    one(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, {
      dst: registerOf(at(g, 1)),
      src: registerOf(at(g, 2)),
      off: c.BPF_ADDR_SPACE_CAST,
      imm: (Number(g[3]) << 16) | Number(g[4]),
    }),
  ),
  row(`${ANY} = ?- ?${ANY}`, (g) =>
    at(g, 1) === at(g, 2)
      ? one((isWide(at(g, 1)) ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_NEG, { dst: registerOf(at(g, 1)) })
      : undefined,
  ),
  row(`${ANY} = ?\\( ?s(8|16|32) ?\\) ?${ANY}`, (g) => {
    if (isWide(at(g, 1)) !== isWide(at(g, 3))) return undefined;
    const cls = isWide(at(g, 1)) ? c.BPF_ALU64 : c.BPF_ALU;
    return one(cls | c.BPF_MOV | c.BPF_X, { dst: registerOf(at(g, 1)), src: registerOf(at(g, 3)), off: Number(g[2]) });
  }),
  row(`${ANY} (${alternatives(ALU.keys())}) ?(?:${ANY}|${N})`, (g, opcode) => {
    const symbol = at(g, 2).toLowerCase();
    const op = ALU.get(symbol);
    if (!op) return undefined;
    const wideDst = isWide(at(g, 1));
    const cls = wideDst ? c.BPF_ALU64 : c.BPF_ALU;
    const dst = registerOf(at(g, 1));
    const off = op.off ?? 0;
    if (g[3] !== undefined) {
      return isWide(g[3]) === wideDst ? one(cls | op.code | c.BPF_X, { dst, src: registerOf(g[3]), off }) : undefined;
    }
    const value = big(at(g, 4));
    if (symbol === "=" && wideDst && (opcode === 0x18 || value < -0x8000_0000n || value > 0x7fff_ffffn))
      return wide(dst, 0, value);
    return fits32(value) ? one(cls | op.code | c.BPF_K, { dst, imm: s32(at(g, 4)), off }) : undefined;
  }),
  row("\\.(?:8byte|quad) (0x[0-9a-f]{1,16})", (g) => {
    const digits = at(g, 1).slice(2).padStart(16, "0");
    const bytes = fromHex(digits)?.reverse();
    return bytes && { insns: decodeInsns(bytes) };
  }),
];

/**
 * `text` must have no comments and separators. `opcode`: the number in parentheses before it, which distinguishes the kernel's
 * `(18) r1 = 0x5` (two slots) from `(b7) r1 = 5`.
 */
export function parseStatement(text: string, opcode?: number): Statement | undefined {
  const plain = text.trim().replace(/\s+/g, " ");
  if (plain === "" || plain.length > 200) return undefined;
  for (const [pattern, read] of ROWS) {
    const groups = pattern.exec(plain);
    if (groups) {
      const statement = read(groups, opcode);
      if (statement) return statement;
    }
  }
  return undefined;
}
