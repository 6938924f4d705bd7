// What one step of a run did, as a sentence with its values, in both languages: `R0 = 10 + 42 = 52`. One table row per kind of instruction.
// An instruction without a row gets its general description.

import { explain } from "../../asm/services/words.ts";
import { fromHex } from "../../base/bytes.ts";
import type { Texts } from "../../base/language.ts";
import { asS64, asU64 } from "../../base/u64.ts";
import { HELPER_PROTOS, paramCount } from "../../facts/helpers.ts";
import { MAX_BPF_STACK } from "../../isa/codes.ts";
import { ALU_OPS, type AluOp, type Form, formOf, JMP_OPS } from "../../isa/forms.ts";
import { decodeInsns, type Insn, imm64 } from "../../isa/insn.ts";
import type { StepView } from "../views/run.ts";

/** `hex`: the instruction that led from `before` to `after`, 16 or 32 digits. */
export function sentence(hex: string, before: StepView, after: StepView): Texts {
  const [insn, next] = decodeInsns(fromHex(hex) ?? new Uint8Array());
  const form = insn && formOf(insn);
  if (!insn || !form) return both("");
  const row = SENTENCES[form.kind] as SentenceOf<Form["kind"]> | undefined;
  const moment = { insn, next, before, after };
  return row?.(form as never, moment) ?? explain(insn, before.slot, next);
}

/** The general description of the next instruction: nothing has happened yet. */
export function nextInWords(hex: string, slot: number): Texts {
  const [insn, next] = decodeInsns(fromHex(hex) ?? new Uint8Array());
  return insn ? explain(insn, slot, next) : both("");
}

interface ExecutedStep {
  readonly insn: Insn;
  readonly next: Insn | undefined;
  readonly before: StepView;
  readonly after: StepView;
}
type SentenceOf<Kind extends Form["kind"]> = (
  form: Extract<Form, { kind: Kind }>,
  step: ExecutedStep,
) => Texts | undefined;

const both = (text: string): Texts => ({ en: text, ja: text });
const value = (view: StepView, n: number): bigint => BigInt(`0x${view.regs[n] ?? "0"}`);
const low = (x: bigint, width: number): bigint => BigInt.asUintN(width, x);

/** `head`, the result, then `behind`. */
const withResult = (head: Texts, result: string, behind: Texts = both("")): Texts => ({
  en: head.en + result + behind.en,
  ja: head.ja + result + behind.ja,
});

/** Larger numbers are addresses or bit patterns, so they are written in hexadecimal. */
const READABLE = 0x1_0000_0000n;

/** An address on the stack as a distance from the frame pointer. undefined: it is not on the stack. */
function onStack(x: bigint, view: StepView): string | undefined {
  for (const { top } of [...view.frames].reverse()) {
    const down = BigInt(`0x${top}`) - x;
    if (down >= 0n && down <= BigInt(MAX_BPF_STACK)) return down === 0n ? "fp" : `fp-${down}`;
  }
  return undefined;
}

/** A number as people read it. An address on the stack as a distance from the frame pointer. */
function formatNumber(x: bigint, view: StepView): string {
  const place = onStack(x, view);
  if (place !== undefined) return place;
  const signed = asS64(x);
  if (signed >= 0n) return signed < READABLE ? String(signed) : `0x${x.toString(16)}`;
  return signed > -READABLE ? String(signed) : `0x${x.toString(16)}`;
}

/** A negative operand gets brackets: `10 + (-4)`. */
const operand = (text: string): string => (text.startsWith("-") ? `(${text})` : text);

/** The exact result of operators that can overflow. */
const EXACT: Partial<Record<AluOp, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
};

const size = (bytes: number): Texts => ({ en: bytes === 1 ? "1 byte" : `${bytes} bytes`, ja: `${bytes} バイト` });

/** Where memory is accessed: on the stack from the frame pointer, elsewhere from the register. */
function place(reg: number, off: number, view: StepView): string {
  const address = asU64(value(view, reg) + BigInt(off));
  return onStack(address, view) ?? `R${reg}${off < 0 ? off : `+${off}`}`;
}

const store = (text: string, bytes: number, where: string): Texts => ({
  en: `${where} ← ${text} (${size(bytes).en} written)`,
  ja: `${where} ← ${text}(${size(bytes).ja}を書き込み)`,
});

function goesTo(taken: boolean, slot: number): Texts {
  return taken
    ? { en: `yes: jumps to slot ${slot}`, ja: `はい → スロット ${slot} へジャンプ` }
    : { en: "no: goes on with the next instruction", ja: "いいえ → 次の命令へ" };
}

const SENTENCES: { readonly [Kind in Form["kind"]]?: SentenceOf<Kind> } = {
  alu({ op, width, source }, { insn, before, after }) {
    const result = formatNumber(value(after, insn.dst), after);
    const raw = source === "reg" ? value(before, insn.src) : asU64(BigInt(insn.imm));
    const right = source === "reg" || op === "and" || op === "or" || op === "xor" ? low(raw, width) : raw;
    const left = low(value(before, insn.dst), width);
    const head = `R${insn.dst} = `;
    const is = (text: string, behind?: Texts): Texts => withResult(both(`${head}${text}`), result, behind);
    if (op === "mov") return is(source === "reg" ? `${width === 32 ? "W" : "R"}${insn.src} = ` : "");
    if (ALU_OPS[op].shape === "move") return is(`${ALU_OPS[op].symbol.slice(2)} ${formatNumber(raw, before)} = `);
    if (op === "neg") return is(`-${operand(formatNumber(left, before))} = `);
    const text = `${formatNumber(left, before)} ${ALU_OPS[op].symbol.slice(0, -1)} ${operand(formatNumber(right, before))} = `;
    if (right === 0n && (op === "div" || op === "sdiv"))
      return is(text, { en: " (dividing by 0 gives 0)", ja: "(0 で割ると 0)" });
    if (right === 0n && (op === "mod" || op === "smod"))
      return is(text, { en: " (the remainder by 0 is the number itself)", ja: "(0 での剰余は元の値)" });
    const exact = EXACT[op]?.(left, source === "reg" ? right : BigInt(insn.imm));
    // Wrapping is not mentioned at 64 bits: numbers below zero and addresses wrap on purpose.
    const wraps = exact !== undefined && width === 32 && exact !== value(after, insn.dst);
    return wraps ? is(text, { en: " (wraps around at 32 bits)", ja: "(32 ビットで一周)" }) : is(text);
  },
  end({ to, bits }, { insn, before, after }) {
    const name = to === "swap" ? `bswap${bits}` : `${to}${bits}`;
    const head = `R${insn.dst} = ${name}(${formatNumber(value(before, insn.dst), before)}) = `;
    return withResult(both(head), formatNumber(value(after, insn.dst), after));
  },
  ldx({ size: bytes }, { insn, before, after }) {
    const where = place(insn.src, insn.off, before);
    const result = formatNumber(value(after, insn.dst), after);
    return withResult(both(`R${insn.dst} = `), result, {
      en: ` (${size(bytes).en} read at ${where})`,
      ja: `(${where} から ${size(bytes).ja}を読み出し)`,
    });
  },
  st: ({ size: bytes }, { insn, before }) => store(String(insn.imm), bytes, place(insn.dst, insn.off, before)),
  stx: ({ size: bytes }, { insn, before }) =>
    store(formatNumber(low(value(before, insn.src), bytes * 8), before), bytes, place(insn.dst, insn.off, before)),
  jmp({ op, width, source }, { insn, before, after }) {
    const left = low(value(before, insn.dst), width);
    const right = source === "reg" ? low(value(before, insn.src), width) : asU64(BigInt(insn.imm));
    const taken = after.slot !== before.slot + 1;
    const answer = goesTo(taken, after.slot);
    const question = `${formatNumber(left, before)} ${JMP_OPS[op].symbol} ${operand(formatNumber(right, before))}`;
    return { en: `${question}? ${answer.en}`, ja: `${question}? ${answer.ja}` };
  },
  ja: (_, { after }) => ({ en: `Jumps to slot ${after.slot}`, ja: `スロット ${after.slot} へジャンプ` }),
  call({ target }, { insn, before, after }) {
    const { call } = after;
    if (target === "local")
      return {
        en: `Calls the function at slot ${after.slot}: a frame of its own`,
        ja: `スロット ${after.slot} の関数を呼ぶ。新しいフレームに入る`,
      };
    if (!call) return undefined;
    const proto = HELPER_PROTOS.find(({ id }) => id === insn.imm);
    const args = call.args
      .slice(0, proto ? paramCount(proto) : 0)
      .map((arg) => formatNumber(BigInt(`0x${arg}`), before));
    const head = both(`R0 = bpf_${call.name}(${args.join(", ")}) = `);
    return withResult(head, formatNumber(BigInt(`0x${call.ret}`), after), {
      en: "; R1 to R5 are lost",
      ja: "。R1〜R5 は失われる",
    });
  },
  exit(_, { before, after }) {
    const result = formatNumber(value(before, 0), before);
    const ends = after.slot < 0;
    const head = { en: ends ? "Returns R0 = " : `Back to slot ${after.slot} with R0 = `, ja: "R0 = " };
    return withResult(head, result, {
      en: "",
      ja: ends ? " を返して終了" : ` を持ってスロット ${after.slot} に戻る`,
    });
  },
  ld_imm64({ pseudo }, { insn, next, after }) {
    const head = both(`R${insn.dst} = `);
    if (pseudo === "imm") return withResult(head, formatNumber(next ? imm64(insn, next) : 0n, after));
    if (pseudo === "map_fd" || pseudo === "map_idx") return withResult(head, "", { en: "the map", ja: "マップ" });
    return withResult(head, formatNumber(value(after, insn.dst), after));
  },
  ld_abs({ size: bytes }, { insn, after }) {
    if (after.slot < 0)
      return {
        en: `Byte ${insn.imm} lies beyond the packet: the program returns 0`,
        ja: `${insn.imm} バイト目はパケットの外: プログラムは 0 を返して終わる`,
      };
    const result = formatNumber(value(after, 0), after);
    return withResult(both("R0 = "), result, {
      en: ` (${size(bytes).en} of the packet from byte ${insn.imm})`,
      ja: `(パケットの ${insn.imm} バイト目から ${size(bytes).ja})`,
    });
  },
  atomic({ size: bytes, op }, { insn, before, after }) {
    const where = place(insn.dst, insn.off, before);
    const change = after.memory[0];
    if (!change || op.endsWith("xchg")) return undefined;
    const by = formatNumber(low(value(before, insn.src), bytes * 8), before);
    return {
      en: `${where}: ${symbolOf(op)} ${operand(by)} on ${size(bytes).en} in one go (atomic)`,
      ja: `${where} の ${size(bytes).ja}に ${symbolOf(op)} ${operand(by)} を一度に行う(アトミック)`,
    };
  },
};

const symbolOf = (op: string): string => {
  const base = op.replace("fetch_", "");
  return base in ALU_OPS ? ALU_OPS[base as AluOp].symbol : base;
};
