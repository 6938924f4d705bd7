// CO-RE: numbers in instructions that depend on the kernel's types (offsets, sizes, values of enums) are changed to fit this kernel. What
// was asked, what was found and the changed instruction are kept as a value. If something is not found, the instruction becomes one that
// no verifier accepts, unless it is dead code.
// @kernel libbpf relo_core.c bpf_core_calc_relo_insn, bpf_core_patch_insn
import { BPF_ALU, BPF_ALU64, BPF_LD, BPF_LDX, BPF_ST, BPF_STX, BPF_X, classOf, sizeOf } from "../../isa/codes.ts";
import { type Insn, imm64, isLdImm64 } from "../../isa/insn.ts";
import type { Btf } from "../btf/btf.ts";
import type { CoreRecord } from "../btf/ext.ts";
import { type RefusalArgs, type RefusalId, refuse } from "../refusal.ts";
import { sameKind } from "./compatible.ts";
import {
  CORE_KINDS,
  type CoreKind,
  isFieldKind,
  isTypeKind,
  matchSpec,
  parseSpec,
  type Spec,
  specText,
} from "./spec.ts";

export interface CoreRelocation {
  /** First slot of the instruction, counted in its function. */
  readonly slot: number;
  readonly kind: CoreKind;
  /** The path in the program's types: `struct task_struct.pid`. */
  readonly asked: string;
  /** The same path in the kernel's types. undefined: the kernel has none. */
  readonly found: string | undefined;
  /** The instruction's number before and after. */
  readonly from: bigint;
  readonly to: bigint;
  /** The instruction was made invalid, because what it needs does not exist or cannot be loaded with its size. */
  readonly poisoned: boolean;
  readonly before: readonly Insn[];
  readonly after: readonly Insn[];
}

/** The numbers of a relocation, in the program or in the kernel. @kernel struct bpf_core_relo_res */
interface Value {
  readonly value: bigint;
  /** How many bytes are loaded or stored. 0: not known. */
  readonly size: number;
  readonly type: number;
  /** Whether the instruction must hold the program's value before it is changed. */
  readonly checked: boolean;
}

interface ValueChange {
  readonly from: Value;
  /** undefined: the instruction is poisoned. */
  readonly to: Value | undefined;
  /** Whether the load or store cannot have the new size. */
  readonly wrongSize: boolean;
}

/** Type of the program → types of the kernel that it may be. Those that did not match are removed. */
export type Candidates = Map<number, readonly number[]>;

/** Number of a helper that does not exist. In hex it is 0xbad2310, "bad relo". */
const POISON = 195896080;
export const poisonInsn = (imm: number): Insn => ({ code: 0x85, dst: 0, src: 0, off: 0, imm });

/** Relocates the instruction at `slot` of `insns`. `prog`: the program's name for refusals. */
export function relocateCore(
  prog: string,
  insns: Insn[],
  slot: number,
  record: CoreRecord,
  btf: Btf,
  kernel: Btf | undefined,
  candidates: Candidates,
): CoreRelocation {
  const fail = (id: RefusalId, args: RefusalArgs): never => refuse(id, { name: prog, slot, ...args });
  const kind = CORE_KINDS[record.kind];
  if (kind === undefined) return fail("core-insn", { expected: "a kind from 0 to 12", found: `kind ${record.kind}` });
  const typeText = btf.has(record.type) ? `${btf.kind(record.type)} ${btf.name(record.type)}` : `type ${record.type}`;
  const local = btf.has(record.type) ? parseSpec(btf, record, kind) : undefined;
  if (local === undefined) return fail("core-spec", { spec: record.access || '""', type: typeText });
  const before = insns.slice(slot, slot + (isLdImm64(insns[slot]!) ? 2 : 1));

  let change: ValueChange;
  let found: Spec | undefined;
  if (kind === "local_type_id") {
    const value = { value: BigInt(local.root), size: 0, type: 0, checked: false };
    change = { from: value, to: value, wrongSize: false };
    found = local;
  } else {
    if (btf.name(local.root) === "") return fail("core-spec", { spec: record.access, type: "a type without a name" });
    if (kernel === undefined) return refuse("no-btf", { what: `CO-RE (${specText(local)})` });
    ({ change, found } = findInKernel(local, kernel, candidates, fail));
  }
  const { poisoned } = patch(insns, slot, change, fail);
  return {
    slot,
    kind,
    asked: specText(local),
    found: found && specText(found),
    from: change.from.value,
    to: change.to?.value ?? 0n,
    poisoned,
    before,
    after: insns.slice(slot, slot + before.length),
  };
}

type Fail = (id: RefusalId, args: RefusalArgs) => never;

function findInKernel(
  local: Spec,
  kernel: Btf,
  candidates: Candidates,
  fail: Fail,
): { change: ValueChange; found: Spec | undefined } {
  let ids = candidates.get(local.root);
  if (ids === undefined) {
    ids = kernel
      .withEssentialName(local.btf.name(local.root))
      .filter((id) => sameKind(kernel, id, local.btf, local.root));
    candidates.set(local.root, ids);
  }
  let first: { change: ValueChange; found: Spec } | undefined;
  const fitting: number[] = [];
  for (const id of ids) {
    const found = matchSpec(local, kernel, id);
    if (found === undefined) continue;
    const change = changeOf(local, found, fail);
    if (first === undefined) first = { change, found };
    else if (found.bitOffset !== first.found.bitOffset || change.to?.value !== first.change.to?.value)
      fail("core-ambiguous", {
        type: specText(found),
        first: String(first.change.to?.value ?? "nothing"),
        second: String(change.to?.value ?? "nothing"),
      });
    fitting.push(id);
  }
  if (first === undefined) return { change: changeOf(local, undefined, fail), found: undefined };
  candidates.set(local.root, fitting);
  return first;
}

function changeOf(local: Spec, found: Spec | undefined, fail: Fail): ValueChange {
  const from = valueIn(local, local, fail)!;
  const to = valueIn(local, found, fail);
  return { from, to, wrongSize: to !== undefined && isWrongSize(local.btf, from, found?.btf, to) };
}

/** Sizes may differ if the loaded value is extended with zeros: pointers, and unsigned numbers. */
function isWrongSize(btf: Btf, from: Value, kernel: Btf | undefined, to: Value): boolean {
  if (from.size === to.size || kernel === undefined) return false;
  const unsigned = (types: Btf, id: number): boolean => types.kind(id) === "int" && (types.word(id) >>> 24) % 2 === 0;
  if (btf.kind(from.type) === "ptr" && kernel.kind(to.type) === "ptr") return false;
  return !(unsigned(btf, from.type) && unsigned(kernel, to.type));
}

/** undefined: the instruction must be poisoned. `spec` undefined: the kernel does not have it. */
function valueIn(local: Spec, spec: Spec | undefined, fail: Fail): Value | undefined {
  const plain = (value: bigint | number, checked = true): Value => ({
    value: BigInt(value),
    size: 0,
    type: 0,
    checked,
  });
  const { kind } = local;
  if (isTypeKind(kind)) {
    if (spec === undefined) return plain(0);
    if (kind === "target_type_id") return plain(spec.root, false);
    if (kind !== "type_size") return plain(1);
    return plain(spec.btf.sizeOf(spec.root) ?? fail("core-spec", { spec: "size", type: specText(spec) }));
  }
  if (!isFieldKind(kind)) {
    if (kind === "enumval_exists") return plain(spec === undefined ? 0 : 1);
    const accessor = spec?.accessors[0];
    return spec && accessor && plain(spec.btf.enumerator(accessor.type, accessor.index).value);
  }
  if (kind === "field_exists") return plain(spec === undefined ? 0 : 1);
  return spec && fieldValue(spec, kind, fail);
}

function fieldValue(spec: Spec, kind: CoreKind, fail: Fail): Value {
  const { btf, bitOffset } = spec;
  const accessor = spec.accessors.at(-1)!;
  const wrong = (): never => fail("core-spec", { spec: kind, type: specText(spec) });
  if (accessor.name === undefined) {
    const size = btf.sizeOf(accessor.type) ?? wrong();
    if (kind === "byte_off") return { value: BigInt(bitOffset >> 3), size, type: accessor.type, checked: true };
    if (kind === "byte_sz") return { value: BigInt(size), size: 0, type: 0, checked: true };
    return wrong();
  }
  const member = btf.member(accessor.type, accessor.index);
  const type = btf.strip(member.type);
  let bits = member.bitSize;
  let bytes: number;
  let offset: number;
  const isBitField = bits > 0;
  if (isBitField) {
    // The smallest number that contains all bits of the field.
    bytes = btf.size(type) || wrong();
    const align = (): number => Math.floor(bitOffset / 8 / bytes) * bytes;
    offset = align();
    while (bitOffset + bits - offset * 8 > bytes * 8) {
      if (bytes >= 8) return wrong();
      bytes *= 2;
      offset = align();
    }
  } else {
    bytes = btf.sizeOf(type) ?? wrong();
    offset = Math.floor(bitOffset / 8);
    bits = bytes * 8;
  }
  const value = (number: bigint | number, checked: boolean): Value => ({
    value: BigInt(number),
    size: 0,
    type: 0,
    checked,
  });
  switch (kind) {
    case "byte_off":
      return { ...value(offset, !isBitField), ...(isBitField ? {} : { size: bytes, type }) };
    case "byte_sz":
      return value(bytes, !isBitField);
    case "signed":
      return value(
        Number(btf.isEnum(type) ? btf.kindFlag(type) : btf.kind(type) === "int" && (btf.word(type) >>> 24) % 2 === 1),
        true,
      );
    case "lshift_u64":
      return value(64 - (bitOffset + bits - offset * 8), !isBitField);
    default:
      return value(64 - bits, true);
  }
}

const SIZE_CODES: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };

function patch(insns: Insn[], slot: number, change: ValueChange, fail: Fail): { poisoned: boolean } {
  const insn = insns[slot]!;
  const { from, to, wrongSize } = change;
  const poison = (): { poisoned: true } => {
    const wide = isLdImm64(insn);
    insns[slot] = poisonInsn(POISON);
    if (wide) insns[slot + 1] = poisonInsn(POISON);
    return { poisoned: true };
  };
  const expect = (held: bigint): void => {
    if (from.checked && held !== from.value)
      fail("core-insn", { expected: from.value.toString(), found: held.toString() });
  };
  switch (classOf(insn.code)) {
    case BPF_ALU:
    case BPF_ALU64:
      if (insn.code & BPF_X) return fail("core-insn", { expected: "a number", found: "a register" });
      if (to === undefined) return poison();
      expect(BigInt.asUintN(64, BigInt(insn.imm)) === from.value ? from.value : BigInt(insn.imm));
      insns[slot] = { ...insn, imm: Number(BigInt.asIntN(32, to.value)) };
      return { poisoned: false };
    case BPF_LDX:
    case BPF_ST:
    case BPF_STX: {
      if (to === undefined) return poison();
      expect(BigInt(insn.off));
      if (to.value > 0x7fffn) fail("core-value", { value: to.value.toString() });
      if (wrongSize) return poison();
      let { code } = insn;
      if (from.size !== to.size) {
        const size = SIZE_CODES[to.size];
        if (sizeOf(code) !== from.size || size === undefined)
          return fail("core-insn", { expected: `${from.size} bytes`, found: `${sizeOf(code)} bytes, then ${to.size}` });
        code = (code & ~0x18) | size;
      }
      insns[slot] = { ...insn, code, off: Number(to.value) };
      return { poisoned: false };
    }
    case BPF_LD: {
      const high = insns[slot + 1];
      if (
        !isLdImm64(insn) ||
        insn.src !== 0 ||
        insn.off !== 0 ||
        !high ||
        high.code ||
        high.dst ||
        high.src ||
        high.off
      )
        return fail("core-insn", { expected: "a load of 64 bits", found: `opcode ${insn.code}` });
      if (to === undefined) return poison();
      expect(imm64(insn, high));
      insns[slot] = { ...insn, imm: Number(BigInt.asIntN(32, to.value)) };
      insns[slot + 1] = { ...high, imm: Number(BigInt.asIntN(32, to.value >> 32n)) };
      return { poisoned: false };
    }
    default:
      return fail("core-insn", { expected: "arithmetic, a load or a store", found: `opcode ${insn.code}` });
  }
}
