// Reads classic BPF (struct sock_filter) as `tcpdump -ddd`, `-dd`, `-d` and `bpf_asm` print it. classic.ts translates it.
import * as c from "../../isa/codes.ts";

/** struct sock_filter */
export interface ClassicInsn {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Instructions of a filter. undefined: the text is none. */
export function readClassic(text: string): ClassicInsn[] | undefined {
  const insns = counted(text) ?? braced(text) ?? listed(text);
  return insns && insns.length > 0 && insns.length <= MOST && insns.every(isClassic) && ends(insns) ? insns : undefined;
}

/** BPF_MAXINSNS */
const MOST = 4096;
export const RET = 0x06;
export const MISC = 0x07;
export const LEN = 0x80;
export const MSH = 0xa0;

/** Whether the last instruction is a return. @kernel bpf_check_classic */
const ends = (insns: readonly ClassicInsn[]): boolean => c.classOf(insns.at(-1)?.code ?? 0) === RET;

/** Codes that bpf_check_classic accepts. */
const CODES = new Set([
  ...[0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c],
  ...[0xa4, 0xac],
  ...[0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x00, 0x60, 0x80, 0x01, 0x61, 0x81, 0xb1, 0x02, 0x03],
  ...[0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d],
  ...[0x06, 0x16, 0x07, 0x87],
]);
const isClassic = ({ code, jt, jf, k }: ClassicInsn): boolean =>
  CODES.has(code) && jt < 256 && jf < 256 && k <= 0xffff_ffff;

const NUMBER = "(?:0x[0-9a-f]+|\\d+)";
const FOUR = new RegExp(`^(${NUMBER})\\s+(${NUMBER})\\s+(${NUMBER})\\s+(-?${NUMBER})$`, "i");

const four = (fields: readonly (string | undefined)[]): ClassicInsn => {
  const [code, jt, jf] = fields.slice(0, 3).map(Number) as [number, number, number];
  return { code, jt, jf, k: Number(fields[3]) >>> 0 };
};

/** Reads `4`, then four numbers per line, or all of it on one line: `4,40 0 0 12,…`. */
function counted(text: string): ClassicInsn[] | undefined {
  const parts = text
    .trim()
    .split(/\s*[,\n]\s*/)
    .filter((part) => part !== "");
  const [count, ...rest] = parts;
  if (!/^\d+$/.test(count ?? "") || rest.length !== Number(count)) return undefined;
  const insns = rest.map((part) => FOUR.exec(part)?.slice(1, 5));
  return insns.every((fields) => fields !== undefined) ? insns.map((fields) => four(fields)) : undefined;
}

/** Reads rows such as `{ 0x28, 0, 0, 0x0000000c },`. */
function braced(text: string): ClassicInsn[] | undefined {
  const row = new RegExp(
    `\\{\\s*(${NUMBER})\\s*,\\s*(${NUMBER})\\s*,\\s*(${NUMBER})\\s*,\\s*(-?${NUMBER})\\s*,?\\s*\\}`,
    "gi",
  );
  const rows = [...text.matchAll(row)];
  // Apart from the rows, only the array's declaration may contain digits.
  const rest = text
    .replace(row, "")
    .replace(/\b(?:static|const|struct|sock_filter|\w+\s*\[\s*\d*\s*\])\s*|[{}=;,\s]|\/\*.*?\*\//gs, "");
  return rows.length > 0 && rest === "" ? rows.map((match) => four(match.slice(1, 5))) : undefined;
}

/** Reads lines such as `(000) ldh      [12]`. Targets of jumps are numbers of instructions. */
function listed(text: string): ClassicInsn[] | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const insns = lines.map((line, i) => {
    const match = /^\((\d{3,4})\)\s+(\w+)\s*(.*)$/.exec(line);
    return match && Number(match[1]) === i ? mnemonic(match[2] as string, match[3] as string, i) : undefined;
  });
  return insns.length > 0 && insns.every((insn) => insn !== undefined) ? insns : undefined;
}

const SIZES: Readonly<Record<string, number>> = { ld: c.BPF_W, ldh: c.BPF_H, ldb: c.BPF_B };
const ALU: Readonly<Record<string, number>> = {
  add: c.BPF_ADD,
  sub: c.BPF_SUB,
  mul: c.BPF_MUL,
  div: c.BPF_DIV,
  mod: c.BPF_MOD,
  and: c.BPF_AND,
  or: c.BPF_OR,
  xor: c.BPF_XOR,
  lsh: c.BPF_LSH,
  rsh: c.BPF_RSH,
};
const JUMPS: Readonly<Record<string, number>> = {
  jeq: c.BPF_JEQ,
  jgt: c.BPF_JGT,
  jge: c.BPF_JGE,
  jset: c.BPF_JSET,
};
function mnemonic(name: string, rest: string, at: number): ClassicInsn | undefined {
  const insn = (code: number, k = 0, jt = 0, jf = 0): ClassicInsn => ({ code, jt, jf, k: k >>> 0 });
  const number = (text: string): number => Number(text);
  const jump = /^(#?\S+)\s+jt (\d+)\s+jf (\d+)$/.exec(rest);
  if (jump && JUMPS[name] !== undefined) {
    const [value, jt, jf] = [jump[1] as string, number(jump[2] as string) - at - 1, number(jump[3] as string) - at - 1];
    const isX = value === "x";
    return insn(
      c.BPF_JMP | (JUMPS[name] as number) | (isX ? c.BPF_X : c.BPF_K),
      isX ? 0 : number(value.slice(1)),
      jt,
      jf,
    );
  }
  const [bracket, hash] = [/^\[(x \+ )?(-?\w+)\]$/.exec(rest), /^#(-?\w+)$/.exec(rest)];
  const memory = /^M\[(\d+)\]$/.exec(rest);
  const isLoad = SIZES[name] !== undefined;
  if (isLoad && bracket)
    return insn(
      c.BPF_LD | (SIZES[name] as number) | (bracket[1] ? c.BPF_IND : c.BPF_ABS),
      number(bracket[2] as string),
    );
  if (name === "ldxb") {
    const nibble = /^4\*\(\[(\w+)\]&0xf\)$/.exec(rest);
    return nibble ? insn(c.BPF_LDX | c.BPF_B | MSH, number(nibble[1] as string)) : undefined;
  }
  const cls = { ld: c.BPF_LD, ldx: c.BPF_LDX, st: c.BPF_ST, stx: c.BPF_STX }[name];
  if (cls !== undefined && memory) return insn(cls | (cls <= c.BPF_LDX ? c.BPF_MEM : 0), number(memory[1] as string));
  if (cls !== undefined && cls <= c.BPF_LDX) {
    if (rest === "#pktlen" || rest === "#len") return insn(cls | LEN);
    return hash ? insn(cls | c.BPF_IMM, number(hash[1] as string)) : undefined;
  }
  if (ALU[name] !== undefined) {
    const isX = rest === "x";
    return isX || hash
      ? insn(c.BPF_ALU | (ALU[name] as number) | (isX ? c.BPF_X : c.BPF_K), isX ? 0 : number(hash?.[1] as string))
      : undefined;
  }
  switch (name) {
    case "neg":
      return insn(c.BPF_ALU | c.BPF_NEG);
    case "ja":
    case "jmp":
      return insn(c.BPF_JMP | c.BPF_JA, number(rest.replace("#", "")) - (name === "ja" ? at + 1 : 0));
    case "tax":
      return insn(MISC);
    case "txa":
      return insn(MISC | 0x80);
    case "ret":
      return rest === "a" ? insn(RET | 0x10) : hash ? insn(RET, number(hash[1] as string)) : undefined;
    default:
      return undefined;
  }
}
