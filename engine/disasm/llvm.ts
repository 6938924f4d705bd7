// Prints instructions in LLVM's assembly for BPF (clang's inline assembly, llvm-objdump): `r1 = *(u32 *)(r10 - 8)`,
// `if r1 s> 7 goto +3`. An instruction that this assembly cannot express becomes `.8byte`, which LLVM also accepts. So
// nothing is lost.
// Source: LLVM 20 lib/Target/BPF/BPFInstrInfo.td; operators come from isa/forms.ts.
import * as c from "../isa/codes.ts";
import { ALU_OPS, ATOMIC_OPS, type Form, formOf, JMP_OPS, type Size } from "../isa/forms.ts";
import { encodeInsns, type Insn, imm64 } from "../isa/insn.ts";

export interface LlvmLine {
  readonly text: string;
  readonly slots: 1 | 2;
}

function llvmLines(insns: readonly Insn[]): LlvmLine[] {
  const lines: LlvmLine[] = [];
  for (let slot = 0; slot < insns.length; ) {
    const line = llvmLine(insns, slot);
    lines.push(line);
    slot += line.slots;
  }
  return lines;
}

export const llvmText = (insns: readonly Insn[]): string =>
  llvmLines(insns)
    .map((line) => `\t${line.text}\n`)
    .join("");

function llvmLine(insns: readonly Insn[], slot: number): LlvmLine {
  const insn = insns[slot] as Insn;
  const form = formOf(insn);
  const unused = (["dst", "src", "off", "imm"] as const).some(
    (field) =>
      form &&
      !form.uses.includes(field) &&
      (form.when as Partial<Record<string, number>>)[field] === undefined &&
      insn[field] !== 0,
  );
  const highest = Math.max(insn.dst, insn.src);
  if (!form || unused || highest > c.BPF_REG_FP) return raw(insn);
  if (form.kind === "ld_imm64") {
    const high = insns[slot + 1];
    const plain = high && high.code === 0 && high.dst === 0 && high.src === 0 && high.off === 0;
    if (form.pseudo !== "imm" || !plain) return raw(insn);
    return { text: `r${insn.dst} = 0x${imm64(insn, high).toString(16)} ll`, slots: 2 };
  }
  const text = write(insn, form);
  return text === undefined ? raw(insn) : { text, slots: 1 };
}

/** The eight bytes as one number. In a little-endian object `.8byte` stores them in the right order. */
function raw(insn: Insn): LlvmLine {
  const bytes = encodeInsns([insn]);
  let text = "";
  for (const byte of bytes) text = byte.toString(16).padStart(2, "0") + text;
  return { text: `.8byte 0x${text}`, slots: 1 };
}

const signed = (n: number): string => (n < 0 ? `- ${-n}` : `+ ${n}`);
const distance = (n: number): string => (n < 0 ? `${n}` : `+${n}`);
const TYPE: Readonly<Record<Size, string>> = { 1: "u8", 2: "u16", 4: "u32", 8: "u64" };

function write(insn: Insn, form: Form): string | undefined {
  const { dst, src, off, imm } = insn;
  switch (form.kind) {
    case "alu": {
      const r = form.width === 64 ? "r" : "w";
      if (form.op === "neg") return `${r}${dst} = -${r}${dst}`;
      const { symbol } = ALU_OPS[form.op];
      return `${r}${dst} ${symbol}${form.op.startsWith("movsx") ? "" : " "}${form.source === "reg" ? `${r}${src}` : imm}`;
    }
    case "end":
      return `r${dst} = ${form.to === "swap" ? "bswap" : form.to}${form.bits} r${dst}`;
    case "addr_space_cast":
      return `r${dst} = addr_space_cast(r${src}, ${imm >>> 16}, ${imm & 0xffff})`;
    case "jmp": {
      const r = form.width === 64 ? "r" : "w";
      return `if ${r}${dst} ${JMP_OPS[form.op].symbol} ${form.source === "reg" ? `${r}${src}` : imm} goto ${distance(off)}`;
    }
    case "ja":
      return form.width === 64 ? `goto ${distance(off)}` : `gotol ${distance(imm)}`;
    case "may_goto":
      return `may_goto ${distance(off)}`;
    case "call":
      return form.target === "helper" ? `call ${imm}` : undefined;
    case "callx":
      return `callx r${dst}`;
    case "exit":
      return "exit";
    case "ld_abs":
      return `r0 = *(${TYPE[form.size]} *)skb[${imm}]`;
    case "ld_ind":
      // LLVM's form has no place for a displacement.
      return imm === 0 ? `r0 = *(${TYPE[form.size]} *)skb[r${src}]` : undefined;
    case "ldx":
      return `r${dst} = *(${form.signed ? TYPE[form.size].replace("u", "s") : TYPE[form.size]} *)(r${src} ${signed(off)})`;
    case "st":
      return `*(${TYPE[form.size]} *)(r${dst} ${signed(off)}) = ${imm}`;
    case "stx":
      return `*(${TYPE[form.size]} *)(r${dst} ${signed(off)}) = r${src}`;
    case "atomic": {
      const wide = form.size === 8;
      const r = wide ? "r" : "w";
      const type = wide ? "u64" : "u32";
      if (form.op === "xchg")
        return `${r}${src} = ${wide ? "xchg_64" : "xchg32_32"}(r${dst} ${signed(off)}, ${r}${src})`;
      if (form.op === "cmpxchg")
        return `${r}0 = ${wide ? "cmpxchg_64" : "cmpxchg32_32"}(r${dst} ${signed(off)}, ${r}0, ${r}${src})`;
      if (form.op.startsWith("fetch_"))
        return `${r}${src} = atomic_${form.op}((${type} *)(r${dst} ${signed(off)}), ${r}${src})`;
      return `lock *(${type} *)(r${dst} ${signed(off)}) ${ATOMIC_OPS[form.op].symbol} ${r}${src}`;
    }
    case "load_acq":
      return `${form.size === 8 ? "r" : "w"}${dst} = load_acquire((${TYPE[form.size]} *)(r${src} ${signed(off)}))`;
    case "store_rel":
      return `store_release((${TYPE[form.size]} *)(r${dst} ${signed(off)}), ${form.size === 8 ? "r" : "w"}${src})`;
    case "ld_imm64":
      return undefined;
  }
}
