// C's integer types and their arithmetic in constant expressions on x86-64 (LP64) (C17 6.3.1, 6.5).
// A value of a type of up to 32 bits is a JavaScript number, one of 64 bits a bigint. So most arithmetic uses numbers.
// `long` and `long long` are one type here, because constants cannot tell them apart.

export interface IntType {
  readonly kind: "int";
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bool?: true;
}

export interface StructField {
  readonly name: string;
  readonly off: number;
  readonly type: CType;
  /** Width of a bit-field. Bit-fields have no offsetof and no sizeof. */
  readonly bits?: number;
}
export interface StructType {
  readonly kind: "struct";
  /** Such as `struct __sk_buff` or `union bpf_attr`. Only the keyword if there is no tag. */
  readonly name: string;
  readonly size: number;
  readonly align: number;
  readonly fields: readonly StructField[];
}
export interface ArrayType {
  readonly kind: "array";
  readonly of: CType;
  readonly count: number;
}
export interface PointerType {
  readonly kind: "pointer";
  readonly to: CType | undefined;
}
/** A type without size: `void`, a function, or a type that was declared but not defined. */
export interface OpaqueType {
  readonly kind: "opaque";
  readonly name: string;
}
export type CType = IntType | StructType | ArrayType | PointerType | OpaqueType;

const int = (name: string, size: 1 | 2 | 4 | 8, signed: boolean): IntType => ({ kind: "int", name, size, signed });
export const S8 = int("signed char", 1, true);
export const U8 = int("unsigned char", 1, false);
export const S16 = int("short", 2, true);
export const U16 = int("unsigned short", 2, false);
export const S32 = int("int", 4, true);
export const U32 = int("unsigned int", 4, false);
export const S64 = int("long long", 8, true);
export const U64 = int("unsigned long long", 8, false);
export const BOOL: IntType = { kind: "int", name: "_Bool", size: 1, signed: false, bool: true };

/** Names of integer types that are not keywords of C. */
export const TYPEDEFS: Readonly<Record<string, IntType>> = {
  __u8: U8,
  __s8: S8,
  __u16: U16,
  __s16: S16,
  __u32: U32,
  __s32: S32,
  __u64: U64,
  __s64: S64,
  u8: U8,
  s8: S8,
  u16: U16,
  s16: S16,
  u32: U32,
  s32: S32,
  u64: U64,
  s64: S64,
  uint8_t: U8,
  int8_t: S8,
  uint16_t: U16,
  int16_t: S16,
  uint32_t: U32,
  int32_t: S32,
  uint64_t: U64,
  int64_t: S64,
  __be16: U16,
  __be32: U32,
  __be64: U64,
  __le16: U16,
  __le32: U32,
  __le64: U64,
  __wsum: U32,
  __sum16: U16,
  size_t: U64,
  ssize_t: S64,
  uintptr_t: U64,
  intptr_t: S64,
  ptrdiff_t: S64,
  __kernel_size_t: U64,
  loff_t: S64,
  pid_t: S32,
  uid_t: U32,
  gid_t: U32,
  bool: BOOL,
  uint: U32,
  ulong: U64,
  ushort: U16,
  uchar: U8,
};

export interface CValue {
  readonly type: IntType;
  /** In the range of the type: a number for types of up to 4 bytes, a bigint for 8 bytes. */
  readonly v: number | bigint;
}

export const sizeOfType = (type: CType): number | undefined => {
  switch (type.kind) {
    case "int":
      return type.size;
    case "pointer":
      return 8;
    case "struct":
      return type.size;
    case "array": {
      const of = sizeOfType(type.of);
      return of === undefined ? undefined : of * type.count;
    }
    case "opaque":
      return undefined;
  }
};

export const alignOfType = (type: CType): number =>
  type.kind === "int"
    ? type.size
    : type.kind === "pointer"
      ? 8
      : type.kind === "struct"
        ? type.align
        : type.kind === "array"
          ? alignOfType(type.of)
          : 1;

const SMALL: CValue[] = Array.from({ length: 1280 }, (_, i) => ({ type: S32, v: i - 256 }));
/** A value of type `int`. `v` must be in its range. */
export const intValue = (v: number): CValue => (v >= -256 && v < 1024 ? (SMALL[v + 256] as CValue) : { type: S32, v });

export const bigOf = (value: CValue): bigint => (typeof value.v === "bigint" ? value.v : BigInt(value.v));
export const truthy = (value: CValue): boolean => value.v !== 0 && value.v !== 0n;

/** Converts a value to a type (C17 6.3.1.3): modulo 2^n, two's complement. */
export function convert(value: CValue, type: IntType): CValue {
  if (value.type === type) return value;
  if (type.bool) return { type, v: truthy(value) ? 1 : 0 };
  if (type.size === 8) {
    const big = bigOf(value);
    return { type, v: type.signed ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big) };
  }
  const low = typeof value.v === "bigint" ? Number(BigInt.asIntN(32, value.v)) : value.v | 0;
  return { type, v: wrap(low, type) };
}

/** Wraps a number into the range of a type of up to 4 bytes. The number must be exact in its low 32 bits. */
function wrap(v: number, type: IntType): number {
  if (type.size === 4) return type.signed ? v | 0 : v >>> 0;
  if (type.size === 2) return type.signed ? (v << 16) >> 16 : v & 0xffff;
  return type.signed ? (v << 24) >> 24 : v & 0xff;
}

/** Integer promotion: types narrower than `int` become `int`. */
const promoted = (type: IntType): IntType => (type.size < 4 ? S32 : type);
export const promote = (value: CValue): CValue => (value.type.size < 4 ? { type: S32, v: value.v } : value);

/** The common type of two promoted types (the usual arithmetic conversions). */
const common = (a: IntType, b: IntType): IntType => {
  if (a.size !== b.size) return a.size > b.size ? a : b;
  return a.signed ? b : a;
};

/** The type to which both operands are converted. */
export const arithmeticType = (a: IntType, b: IntType): IntType => common(promoted(a), promoted(b));

export type UnaryOp = "-" | "+" | "~" | "!";
export type BinaryOp =
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | "<<"
  | ">>"
  | "<"
  | ">"
  | "<="
  | ">="
  | "=="
  | "!="
  | "&"
  | "^"
  | "|"
  | "&&"
  | "||";

export function unary(op: UnaryOp, operand: CValue): CValue {
  if (op === "!") return intValue(truthy(operand) ? 0 : 1);
  const value = promote(operand);
  if (op === "+") return value;
  if (typeof value.v === "bigint") return fromBig(op === "-" ? -value.v : ~value.v, value.type);
  return { type: value.type, v: wrap(op === "-" ? -value.v : ~value.v, value.type) };
}

/** `undefined`: a division or remainder by zero. Results wrap. */
export function binary(op: BinaryOp, left: CValue, right: CValue): CValue | undefined {
  if (op === "&&") return intValue(truthy(left) && truthy(right) ? 1 : 0);
  if (op === "||") return intValue(truthy(left) || truthy(right) ? 1 : 0);
  if (op === "<<" || op === ">>") return shift(op, promote(left), promote(right));
  const type = common(promoted(left.type), promoted(right.type));
  const a = convert(left, type);
  const b = convert(right, type);
  return type.size === 8
    ? binary64(op, a.v as bigint, b.v as bigint, type)
    : binary32(op, a.v as number, b.v as number, type);
}

function binary32(op: BinaryOp, a: number, b: number, type: IntType): CValue | undefined {
  switch (op) {
    case "+":
      return { type, v: wrap(a + b, type) };
    case "-":
      return { type, v: wrap(a - b, type) };
    case "*":
      return { type, v: wrap(Math.imul(a, b), type) };
    case "/":
      return b === 0 ? undefined : { type, v: wrap(Math.trunc(a / b), type) };
    case "%":
      return b === 0 ? undefined : { type, v: wrap(a % b, type) };
    case "&":
      return { type, v: wrap(a & b, type) };
    case "|":
      return { type, v: wrap(a | b, type) };
    case "^":
      return { type, v: wrap(a ^ b, type) };
    default:
      return intValue(compare(op, a, b) ? 1 : 0);
  }
}

function binary64(op: BinaryOp, a: bigint, b: bigint, type: IntType): CValue | undefined {
  switch (op) {
    case "+":
      return fromBig(a + b, type);
    case "-":
      return fromBig(a - b, type);
    case "*":
      return fromBig(a * b, type);
    case "/":
      return b === 0n ? undefined : fromBig(a / b, type);
    case "%":
      return b === 0n ? undefined : fromBig(a % b, type);
    case "&":
      return fromBig(a & b, type);
    case "|":
      return fromBig(a | b, type);
    case "^":
      return fromBig(a ^ b, type);
    default:
      return intValue(compare(op, a, b) ? 1 : 0);
  }
}

function compare<T extends number | bigint>(op: BinaryOp, a: T, b: T): boolean {
  switch (op) {
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    default:
      return a !== b;
  }
}

/**
 * A shift has the type of its left side. C does not define a count outside [0, width). Here the result is gcc's: a left shift by
 * width or more gives 0, a right shift by that much gives the sign, and a negative count shifts the other way.
 */
function shift(op: "<<" | ">>", left: CValue, right: CValue): CValue {
  const count = bigOf(right);
  const bits = left.type.size * 8;
  const rightwards = (op === ">>") !== count < 0n;
  const by = Number(count < 0n ? (-count > 64n ? 64n : -count) : count > 64n ? 64n : count);
  if (typeof left.v === "bigint") {
    if (by >= bits) return fromBig(rightwards && left.v < 0n ? -1n : 0n, left.type);
    return fromBig(rightwards ? left.v >> BigInt(by) : left.v << BigInt(by), left.type);
  }
  const { v, type } = left;
  if (by >= bits) return { type, v: wrap(rightwards && v < 0 ? -1 : 0, type) };
  return { type, v: wrap(rightwards ? (type.signed ? v >> by : v >>> by) : v << by, type) };
}

const fromBig = (v: bigint, type: IntType): CValue => ({
  type,
  v: type.signed ? BigInt.asIntN(64, v) : BigInt.asUintN(64, v),
});

/** A value whose type is not known (a recorded constant): the first of int, unsigned, long, unsigned long that can hold it. */
export function plainValue(big: bigint): CValue {
  if (big >= -0x8000_0000n && big <= 0x7fff_ffffn) return intValue(Number(big));
  if (big >= 0n && big <= 0xffff_ffffn) return { type: U32, v: Number(big) };
  return big < 1n << 63n ? fromBig(big, S64) : fromBig(big, U64);
}

const NUMBER = /^(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*))([uUlLzZ]*)$/;
const SUFFIX = /^(?:(u)?(l|ll|z)?|(l|ll|z)u)$/i;

const DECIMAL = /^(?:0|[1-9][0-9]*)$/;

/** An integer constant with its type (C17 6.4.4.1). `undefined`: the text is none, or needs more than 64 bits. */
export function parseNumber(text: string): CValue | undefined {
  if (text.length < 8 && DECIMAL.test(text)) return intValue(Number(text));
  const match = NUMBER.exec(text.includes("'") ? text.replaceAll("'", "") : text);
  if (!match) return undefined;
  const [, hex, bin, oct, dec, suffix = ""] = match;
  if (suffix !== "" && !SUFFIX.test(suffix)) return undefined;
  const lower = suffix.toLowerCase();
  const unsigned = lower.includes("u");
  const long = /[lz]/.test(lower);
  const digits = hex ?? bin ?? oct ?? (dec as string);
  if (digits.length > 80) return undefined;
  if (!long && digits.length <= 7) {
    const v = Number.parseInt(digits, hex !== undefined ? 16 : bin !== undefined ? 2 : oct !== undefined ? 8 : 10);
    return unsigned ? { type: U32, v } : intValue(v);
  }
  const big = BigInt(
    hex !== undefined ? `0x${hex}` : bin !== undefined ? `0b${bin}` : oct !== undefined ? `0o${oct}` : digits,
  );
  if (big >= 1n << 64n) return undefined;
  const decimal = dec !== undefined;
  if (!long) {
    if (!unsigned && big <= 0x7fff_ffffn) return intValue(Number(big));
    if ((unsigned || !decimal) && big <= 0xffff_ffffn) return { type: U32, v: Number(big) };
  }
  if (!unsigned && big < 1n << 63n) return { type: S64, v: big };
  // A decimal constant above the range of long long has no type in C. gcc takes it as unsigned and warns.
  return { type: U64, v: big };
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  "\\": 92,
  "'": 39,
  '"': 34,
  "?": 63,
};

/** The bytes of a string or character constant, given with its quotes. `undefined`: it has an escape that C does not know. */
export function stringBytes(quoted: string): number[] | undefined {
  const bytes: number[] = [];
  const text = quoted.slice(1, -1);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c !== 0x5c) {
      // gcc reads sources as UTF-8.
      for (const byte of c < 128 ? [c] : utf8(text.codePointAt(i) as number)) bytes.push(byte);
      if ((text.codePointAt(i) as number) > 0xffff) i++;
      continue;
    }
    const rest = text.slice(i + 1);
    const numeric = /^(?:x([0-9a-fA-F]+)|([0-7]{1,3}))/.exec(rest);
    if (numeric) {
      bytes.push(Number.parseInt(numeric[1] ?? (numeric[2] as string), numeric[1] ? 16 : 8) & 0xff);
      i += numeric[0].length;
      continue;
    }
    const byte = ESCAPES[rest.charAt(0)];
    if (byte === undefined) return undefined;
    bytes.push(byte);
    i++;
  }
  return bytes;
}

const utf8 = (c: number): number[] =>
  c < 0x800
    ? [0xc0 | (c >> 6), 0x80 | (c & 63)]
    : c < 0x10000
      ? [0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)]
      : [0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63)];

/** A character constant: `'a'`, `'\n'`, `'ab'`. As in gcc: the low 32 bits of the bytes from left to right. One byte is a signed char. */
export function parseChar(quoted: string): CValue | undefined {
  const bytes = stringBytes(quoted);
  if (!bytes || bytes.length === 0) return undefined;
  if (bytes.length === 1) return intValue(((bytes[0] as number) << 24) >> 24);
  let v = 0;
  for (const byte of bytes) v = (v << 8) | byte;
  return intValue(v | 0);
}
