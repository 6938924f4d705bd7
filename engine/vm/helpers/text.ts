// Parses numbers from text and compares text. @kernel kernel/bpf/helpers.c __bpf_strtoull
import { ERRNO } from "../../facts/errno.ts";
import { type Caller, cString, type Helper, memArg, ret, u32Arg, u64Arg } from "./call.ts";

const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/** How many characters are read at most. */
const MAX_TEXT = 63;

/** Parses a number at the start of `text`. Returns its value and how many characters were read, or a negative errno. */
function parseNumber(text: string, flags: bigint, signed: boolean): { value: bigint; read: number } | number {
  if (![0n, 8n, 10n, 16n].includes(flags)) return -ERRNO.EINVAL;
  const space = /^[\s]*/.exec(text)?.[0].length ?? 0;
  const rest = text.slice(space, space + MAX_TEXT);
  const negative = rest.startsWith("-");
  const body = negative ? rest.slice(1) : rest;
  let base = flags;
  let prefix = 0;
  if (base === 0n) {
    if (/^0x[0-9a-f]/i.test(body)) base = 16n;
    else base = body.startsWith("0") ? 8n : 10n;
  }
  if (base === 16n && /^0x/i.test(body)) prefix = 2;
  let value = 0n;
  let digits = 0;
  for (; prefix + digits < body.length; digits++) {
    const digit = Number.parseInt(body[prefix + digits] as string, 36);
    if (Number.isNaN(digit) || BigInt(digit) >= base) break;
    value = value * base + BigInt(digit);
    if (value >= 1n << 64n) return -ERRNO.ERANGE;
  }
  if (digits === 0 || (negative && !signed)) return -ERRNO.EINVAL;
  if (signed) {
    if (negative) value = -value;
    if (value < S64_MIN || value > S64_MAX) return -ERRNO.ERANGE;
  }
  return { value, read: space + (negative ? 1 : 0) + prefix + digits };
}

function parseArgument(m: Caller, ip: number, signed: boolean): boolean {
  const size = u32Arg(m, 2);
  const at = memArg(m, ip, 1, size, false);
  if (at < 0) return false;
  const result = memArg(m, ip, 4, 8, true);
  if (result < 0) return false;
  let text = "";
  for (let i = 0; i < size && m.memory.u8[at + i] !== 0; i++)
    text += String.fromCharCode(m.memory.u8[at + i] as number);
  const parsed = parseNumber(text, u64Arg(m, 3), signed);
  if (typeof parsed === "number") return ret(m, parsed);
  m.memory.w64(result, parsed.value);
  return ret(m, parsed.read);
}

export const TEXT_HELPERS = {
  strtol: (m, ip) => parseArgument(m, ip, true),
  strtoul: (m, ip) => parseArgument(m, ip, false),

  strncmp: (m, ip) => {
    const size = u32Arg(m, 2);
    const a = memArg(m, ip, 1, size, false);
    if (a < 0) return false;
    const other = cString(m, Math.max(0, m.memory.offsetOf(u64Arg(m, 3))), 1 << 16);
    if (other === undefined) return m.raise("argument", ip, "argument 3 of bpf_strncmp is no readable string");
    for (let i = 0; i < size; i++) {
      const x = m.memory.u8[a + i] as number;
      const y = i < other.length ? other.charCodeAt(i) : 0;
      if (x !== y) return ret(m, x < y ? -1 : 1);
      if (x === 0) break;
    }
    return ret(m, 0);
  },
} satisfies Record<string, Helper>;
