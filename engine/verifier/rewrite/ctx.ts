// Accesses to a context, as the kernel makes them on its own struct. For the kernel's program types they were recorded. For types that
// are defined here the type's definition gives them. @kernel verifier.c convert_ctx_accesses
import { fromHex } from "../../base/bytes.ts";
import { callOffsets, ctxRewrites } from "../../facts/recorded/rewrites.ts";
import type { ProgType } from "../../facts/types.ts";
import * as I from "../../isa/codes.ts";
import { decodeInsns, type Insn } from "../../isa/insn.ts";
import type { InsnAux } from "../state/env.ts";
import * as T from "../state/regtype.ts";
import type { Code, Node } from "./code.ts";

const SIZES: Readonly<Record<number, 1 | 2 | 4 | 8>> = { [I.BPF_B]: 1, [I.BPF_H]: 2, [I.BPF_W]: 4, [I.BPF_DW]: 8 };
const CODES = { 1: I.BPF_B, 2: I.BPF_H, 4: I.BPF_W, 8: I.BPF_DW } as const;

const TABLES = new Map(ctxRewrites.flatMap(([types, rows]) => types.split(" ").map((type) => [type, rows] as const)));
/** Name of the recorded accesses, by the type of the pointer. */
const SOCKETS: ReadonlyMap<number, string> = new Map([
  [T.PTR_TO_SOCKET, "sock"],
  [T.PTR_TO_SOCK_COMMON, "sock"],
  [T.PTR_TO_TCP_SOCK, "tcp_sock"],
  [T.PTR_TO_XDP_SOCK, "xdp_sock"],
]);

export function convertCtx(code: Code, aux: readonly InsnAux[], progType: ProgType): void {
  code.replace((node) => {
    const { insn, slot } = node;
    const kind = I.classOf(insn.code);
    const mode = insn.code & 0xe0;
    if (slot < 0 || (kind !== I.BPF_LDX && kind !== I.BPF_STX && kind !== I.BPF_ST)) return undefined;
    if (mode !== I.BPF_MEM && mode !== I.BPF_MEMSX) return undefined;
    const { ptrType, ctxFieldSize } = aux[slot] as InsnAux;
    const base = T.baseType(ptrType);
    const made =
      base === T.PTR_TO_CTX ? accessBecomes(progType, insn, ctxFieldSize) : byRecording(SOCKETS.get(base), insn);
    if (!made) return undefined;
    const all = mode === I.BPF_MEMSX ? [...made, signExtended(insn)] : made;
    return all.map((one, i): Node => ({ insn: one, slot: i === all.length - 1 ? slot : -1 }));
  });
}

/** `fieldSize`: bytes of the field that is read in part, else 0. undefined: the access is not changed. */
export const accessBecomes = (progType: ProgType, insn: Insn, fieldSize: number): readonly Insn[] | undefined =>
  byDefinition(progType, insn, fieldSize) ?? byRecording(progType.name, insn);

const sizeOf = ({ code }: Insn) => SIZES[code & 0x18] as 1 | 2 | 4 | 8;
const signExtended = (insn: Insn): Insn => ({
  code: I.BPF_ALU64 | I.BPF_MOV | I.BPF_X,
  dst: insn.dst,
  src: insn.dst,
  off: 8 * sizeOf(insn),
  imm: 0,
});

/** A load of a part of a field becomes a load of the whole field, which is shifted and masked. */
function byDefinition(progType: ProgType, insn: Insn, fieldSize: number): readonly Insn[] | undefined {
  if (!progType.convertCtx) return undefined;
  const write = I.classOf(insn.code) !== I.BPF_LDX;
  const size = sizeOf(insn);
  if (size >= fieldSize) return progType.convertCtx(insn, write);
  const whole = {
    ...insn,
    code: I.BPF_LDX | I.BPF_MEM | CODES[fieldSize as 1 | 2 | 4 | 8],
    off: insn.off & -fieldSize,
  };
  const shift = 8 * (insn.off & (fieldSize - 1));
  const on = fieldSize <= 4 ? I.BPF_ALU : I.BPF_ALU64;
  const part = (code: number, imm: number): Insn => ({ code, dst: insn.dst, src: 0, off: 0, imm });
  return [
    ...progType.convertCtx(whole, write),
    ...(shift > 0 ? [part(on | I.BPF_RSH | I.BPF_K, shift)] : []),
    part(I.BPF_ALU | I.BPF_AND | I.BPF_K, size === 4 ? -1 : 2 ** (8 * size) - 1),
  ];
}

/** The recorded instructions use R6 for the context and R7 for the value. */
function byRecording(type: string | undefined, insn: Insn): readonly Insn[] | undefined {
  const kind = I.classOf(insn.code);
  const hex = TABLES.get(type ?? "")?.[`${kind === I.BPF_LDX ? "r" : "w"}${sizeOf(insn)} ${insn.off}`];
  if (hex === undefined) return undefined;
  const [ctx, value] = kind === I.BPF_LDX ? [insn.src, insn.dst] : [insn.dst, insn.src];
  const reg = (n: number) => (n === 6 ? ctx : n === 7 ? value : n);
  const made = decodeInsns(fromHex(hex) as Uint8Array).map((one) => {
    const named = { ...one, dst: reg(one.dst), src: reg(one.src) };
    // If a constant is stored, the last store takes the constant instead of the register.
    const stores = I.classOf(one.code) === I.BPF_STX && one.src === 7;
    return kind === I.BPF_ST && stores
      ? { ...named, code: (one.code & ~0x07) | I.BPF_ST, src: 0, imm: insn.imm }
      : named;
  });
  return made;
}

/** Bytes from __bpf_call_base to a kernel function. 0: not known. */
export const callOffset = (name: string): number => callOffsets[name] ?? 0;
