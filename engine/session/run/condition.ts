// Conditions of breakpoints: `r0 == 5`, `r1 & 0xff > 3 && r2 s< -1`. Unsigned 64-bit unless the comparison says s.
//
//   condition = and { "||" and }    and = comparison { "&&" comparison }    comparison = sum [ op sum ]
//   sum = term { ("+" | "-" | "&") term }    term = "r0" … "r10" | number | "-" term | "(" condition ")"
import { asS64, asU64 } from "../../base/u64.ts";

/** What a condition reads. A Machine fits. */
export interface Registers {
  reg(n: number): bigint;
}
export type Condition = (registers: Registers) => boolean;
type Value = (registers: Registers) => bigint;

const TOKENS = /\s*(?:(0x[0-9a-f]+|\d+|r\d+)|(s<=|s>=|s<|s>|==|!=|<=|>=|&&|\|\||[<>+\-&()]))/iy;

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "s<": (a, b) => asS64(a) < asS64(b),
  "s<=": (a, b) => asS64(a) <= asS64(b),
  "s>": (a, b) => asS64(a) > asS64(b),
  "s>=": (a, b) => asS64(a) >= asS64(b),
};
const COMBINE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "+": (a, b) => asU64(a + b),
  "-": (a, b) => asU64(a - b),
  "&": (a, b) => a & b,
};
const MAX_LENGTH = 500;

/** The condition, or the sentence that says what is wrong with its text. */
export function parseCondition(text: string): Condition | string {
  if (text.length > MAX_LENGTH) return `a condition has at most ${MAX_LENGTH} characters`;
  const tokens = tokenize(text);
  if (typeof tokens === "string") return tokens;
  let at = 0;
  let depth = 0;
  const fail = (expected: string): never => {
    throw new Wrong(`${expected} was expected ${at < tokens.length ? `before \`${tokens[at]}\`` : "at the end"}`);
  };
  const accept = (token: string): boolean => tokens[at] === token && ++at > 0;

  const term = (): Value => {
    const token = tokens[at];
    if (token === undefined) return fail("a register or a number");
    if (accept("-")) {
      const value = term();
      return (r) => asU64(-value(r));
    }
    if (accept("(")) {
      if (++depth > 20) return fail("less depth");
      const value = or();
      depth--;
      return accept(")") ? value : fail("`)`");
    }
    at++;
    const reg = /^r(\d+)$/i.exec(token)?.[1];
    if (reg !== undefined && Number(reg) <= 10) return (r) => r.reg(Number(reg));
    if (/^\d/.test(token)) {
      const value = asU64(BigInt(token));
      return () => value;
    }
    at--;
    return fail("a register r0 … r10 or a number");
  };
  const left = (operand: () => Value, table: Readonly<Record<string, (a: bigint, b: bigint) => bigint>>): Value => {
    let value = operand();
    for (let combine = table[tokens[at] ?? ""]; combine; combine = table[tokens[at] ?? ""]) {
      at++;
      const [a, b, how] = [value, operand(), combine];
      value = (r) => how(a(r), b(r));
    }
    return value;
  };
  const sum = (): Value => left(term, COMBINE);
  const comparison = (): Value => {
    const a = sum();
    const compare = COMPARE[tokens[at] ?? ""];
    if (!compare) return a;
    at++;
    const b = sum();
    return (r) => (compare(a(r), b(r)) ? 1n : 0n);
  };
  const and = (): Value => left(comparison, { "&&": (a, b) => (a !== 0n && b !== 0n ? 1n : 0n) });
  const or = (): Value => left(and, { "||": (a, b) => (a !== 0n || b !== 0n ? 1n : 0n) });

  try {
    const value = or();
    if (at < tokens.length) return fail("a comparison");
    return (r) => value(r) !== 0n;
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

class Wrong extends Error {}

function tokenize(text: string): string[] | string {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKENS.lastIndex < end) {
    const from = TOKENS.lastIndex;
    const match = TOKENS.exec(text);
    if (!match) return `\`${text.slice(from).trim().slice(0, 10)}\` is not understood`;
    tokens.push((match[1] ?? match[2]) as string);
  }
  return tokens;
}
