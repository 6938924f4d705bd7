// Describes an instruction in plain words, English and Japanese, with the section of RFC 9669 that defines it. There is one row
// per kind of instruction. Operators have their own tables.

import { helperName } from "../../facts/helpers.ts";
import { type AluOp, type AtomicOp, type Form, formOf, type JmpOp } from "../../isa/forms.ts";
import { type Insn, imm64, isLdImm64 } from "../../isa/insn.ts";

export interface Words {
  readonly en: string;
  readonly ja: string;
}

export interface SlotWords extends Words {
  readonly slot: number;
}

/** {d}: the destination. {s}: the operand. */
export const ALU_WORDS: Record<AluOp, Words> = {
  add: { en: "add {s} to {d}", ja: "{d} に {s} を足す" },
  sub: { en: "subtract {s} from {d}", ja: "{d} から {s} を引く" },
  mul: { en: "multiply {d} by {s}", ja: "{d} に {s} を掛ける" },
  div: { en: "divide {d} by {s}, unsigned (by 0 gives 0)", ja: "{d} を {s} で割る(符号なし。0 で割ると 0)" },
  sdiv: { en: "divide {d} by {s}, signed (by 0 gives 0)", ja: "{d} を {s} で割る(符号付き。0 で割ると 0)" },
  or: { en: "set in {d} the bits of {s} (or)", ja: "{d} に {s} のビットを立てる(OR)" },
  and: { en: "keep in {d} only the bits of {s} (and)", ja: "{d} のうち {s} のビットだけ残す(AND)" },
  lsh: { en: "shift {d} left by {s} bits", ja: "{d} を {s} ビット左シフトする" },
  rsh: {
    en: "shift {d} right by {s} bits, zeros from the left",
    ja: "{d} を {s} ビット右シフトする(左から 0 を入れる)",
  },
  neg: { en: "negate {d}", ja: "{d} の符号を反転する" },
  mod: {
    en: "put into {d} the remainder of {d} / {s}, unsigned (by 0 leaves {d})",
    ja: "{d} に {d} / {s} の余りを入れる(符号なし。0 で割ると {d} のまま)",
  },
  smod: {
    en: "put into {d} the remainder of {d} / {s}, signed (by 0 leaves {d})",
    ja: "{d} に {d} / {s} の余りを入れる(符号付き。0 で割ると {d} のまま)",
  },
  xor: { en: "flip in {d} the bits of {s} (xor)", ja: "{d} のうち {s} のビットを反転する(XOR)" },
  mov: { en: "put {s} into {d}", ja: "{d} に {s} を入れる" },
  movsx8: {
    en: "put the lowest 8 bits of {s} into {d}, sign-extended",
    ja: "{s} の下位 8 ビットを符号拡張して {d} に入れる",
  },
  movsx16: {
    en: "put the lowest 16 bits of {s} into {d}, sign-extended",
    ja: "{s} の下位 16 ビットを符号拡張して {d} に入れる",
  },
  movsx32: {
    en: "put the lowest 32 bits of {s} into {d}, sign-extended",
    ja: "{s} の下位 32 ビットを符号拡張して {d} に入れる",
  },
  arsh: { en: "shift {d} right by {s} bits, keeping the sign", ja: "{d} を {s} ビット右シフトする(符号を保つ)" },
};

export const JMP_WORDS: Record<JmpOp, Words> = {
  jeq: { en: "{d} equals {s}", ja: "{d} が {s} と等しい" },
  jne: { en: "{d} differs from {s}", ja: "{d} が {s} と異なる" },
  jgt: { en: "{d} is above {s}, unsigned", ja: "{d} が {s} より大きい(符号なし)" },
  jge: { en: "{d} is {s} or above, unsigned", ja: "{d} が {s} 以上(符号なし)" },
  jlt: { en: "{d} is below {s}, unsigned", ja: "{d} が {s} より小さい(符号なし)" },
  jle: { en: "{d} is {s} or below, unsigned", ja: "{d} が {s} 以下(符号なし)" },
  jset: { en: "{d} and {s} have a bit in common", ja: "{d} と {s} に共通のビットがある" },
  jsgt: { en: "{d} is above {s}, signed", ja: "{d} が {s} より大きい(符号付き)" },
  jsge: { en: "{d} is {s} or above, signed", ja: "{d} が {s} 以上(符号付き)" },
  jslt: { en: "{d} is below {s}, signed", ja: "{d} が {s} より小さい(符号付き)" },
  jsle: { en: "{d} is {s} or below, signed", ja: "{d} が {s} 以下(符号付き)" },
};

export const ATOMIC_WORDS: Record<AtomicOp, Words> = {
  add: { en: "add {s} to {m}", ja: "{m} に {s} を足す" },
  or: { en: "set in {m} the bits of {s}", ja: "{m} に {s} のビットを立てる" },
  and: { en: "keep in {m} only the bits of {s}", ja: "{m} のうち {s} のビットだけ残す" },
  xor: { en: "flip in {m} the bits of {s}", ja: "{m} のうち {s} のビットを反転する" },
  fetch_add: { en: "add {s} to {m}; {s} gets the old value", ja: "{m} に {s} を足し、元の値を {s} に入れる" },
  fetch_or: {
    en: "set in {m} the bits of {s}; {s} gets the old value",
    ja: "{m} に {s} のビットを立て、元の値を {s} に入れる",
  },
  fetch_and: {
    en: "keep in {m} only the bits of {s}; {s} gets the old value",
    ja: "{m} のうち {s} のビットだけ残し、元の値を {s} に入れる",
  },
  fetch_xor: {
    en: "flip in {m} the bits of {s}; {s} gets the old value",
    ja: "{m} のうち {s} のビットを反転し、元の値を {s} に入れる",
  },
  xchg: { en: "swap {s} with {m}", ja: "{s} と {m} を交換する" },
  cmpxchg: {
    en: "if {m} equals R0, store {s} there; R0 gets the old value",
    ja: "{m} が R0 と等しければ {s} を書き、元の値を R0 に入れる",
  },
};

const fill = (words: Words, values: Readonly<Record<string, Words>>): Words => ({
  en: words.en.replace(/\{(\w)\}/g, (_, key: string) => values[key]?.en ?? ""),
  ja: words.ja.replace(/\{(\w)\}/g, (_, key: string) => values[key]?.ja ?? ""),
});
const both = (text: string): Words => ({ en: text, ja: text });
const reg = (n: number, width: 32 | 64 = 64): Words =>
  width === 64 ? both(`R${n}`) : { en: `the lower 32 bits of R${n}`, ja: `R${n} の下位 32 ビット` };
const shown = (n: number): string => (n > 9 || n < -9 ? `${n} (0x${(n >>> 0).toString(16)})` : String(n));
const memory = (base: number, off: number, size: number): Words => {
  const place = off === 0 ? `R${base}` : `R${base} ${off < 0 ? "-" : "+"} ${Math.abs(off)}`;
  return { en: `the ${size * 8} bits at ${place}`, ja: `${place} 番地の ${size * 8} ビット` };
};
/** A slot in words. */
const place = (slot: number): Words => ({ en: `slot ${slot}`, ja: `スロット ${slot}` });
const cap = (words: Words): Words => ({ en: words.en.charAt(0).toUpperCase() + words.en.slice(1), ja: words.ja });

/** What the instruction at `slot` does, or that it is unknown. */
export function explain(insn: Insn, slot: number, next?: Insn): Words {
  const form = formOf(insn);
  if (!form) return { en: "No instruction of Linux 6.18", ja: "Linux 6.18 にはない命令" };
  return cap(describeForm(insn, form, slot, next));
}

/** What each instruction does. Both slots of a 64-bit load are one instruction. */
export function explainSlots(insns: readonly Insn[]): SlotWords[] {
  const words: SlotWords[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    words.push({ slot, ...explain(insn, slot, insns[slot + 1]) });
    if (isLdImm64(insn)) slot++;
  }
  return words;
}

function describeForm(insn: Insn, form: Form, slot: number, next: Insn | undefined): Words {
  const { dst, src, off, imm } = insn;
  switch (form.kind) {
    case "alu": {
      const s = form.source === "reg" ? reg(src, form.op.startsWith("movsx") ? 64 : form.width) : both(shown(imm));
      const words = fill(ALU_WORDS[form.op], { d: both(`R${dst}`), s });
      if (form.width === 64) return words;
      return {
        en: `${words.en}, in 32 bits: the upper half of R${dst} becomes 0`,
        ja: `${words.ja}(32 ビット演算。R${dst} の上位 32 ビットは 0)`,
      };
    }
    case "addr_space_cast":
      return {
        en: `turn the arena pointer in R${src} from address space ${imm & 0xffff} to ${imm >>> 16}, into R${dst}`,
        ja: `R${src} のアリーナポインタをアドレス空間 ${imm & 0xffff} から ${imm >>> 16} に変えて R${dst} に入れる`,
      };
    case "end": {
      if (form.to === "swap")
        return {
          en: `reverse the bytes of the lower ${form.bits} bits of R${dst}`,
          ja: `R${dst} の下位 ${form.bits} ビットのバイト順を逆にする`,
        };
      const order =
        form.to === "be"
          ? { en: "big-endian (network) order", ja: "ビッグエンディアン(ネットワーク順)" }
          : { en: "little-endian order", ja: "リトルエンディアン" };
      return {
        en: `turn the lower ${form.bits} bits of R${dst} into ${order.en}`,
        ja: `R${dst} の下位 ${form.bits} ビットを${order.ja}にする`,
      };
    }
    case "jmp": {
      const s = form.source === "reg" ? reg(src, form.width) : both(shown(imm));
      const test = fill(JMP_WORDS[form.op], { d: reg(dst, form.width), s });
      const to = place(slot + 1 + off);
      return { en: `if ${test.en}, jump to ${to.en}`, ja: `${test.ja}なら${to.ja} へ飛ぶ` };
    }
    case "ja": {
      const to = place(slot + 1 + (form.width === 64 ? off : imm));
      return { en: `jump to ${to.en}`, ja: `${to.ja} へ飛ぶ` };
    }
    case "may_goto": {
      const to = place(slot + 1 + off);
      return {
        en: `go on, or jump to ${to.en} once this loop has taken too long`,
        ja: `次へ進む。ループが長くなりすぎたら${to.ja} へ飛ぶ`,
      };
    }
    case "call": {
      if (form.target === "local") {
        const to = place(slot + 1 + imm);
        return {
          en: `call the function at ${to.en} with a stack frame of its own; R0 gets its result`,
          ja: `${to.ja} の関数を、新しいスタックフレームで呼ぶ。結果は R0`,
        };
      }
      if (form.target === "kfunc")
        return {
          en: `call the kernel function with BTF id ${imm}; R0 gets its result`,
          ja: `BTF id ${imm} のカーネル関数を呼ぶ。結果は R0`,
        };
      const name = helperName(imm);
      const title = name === undefined ? `#${imm}` : `bpf_${name}()`;
      return {
        en: `call the helper ${title}: arguments in R1 to R5, which are lost; R0 gets the result`,
        ja: `ヘルパー ${title} を呼ぶ。引数は R1 から R5(呼び出し後は失われる)、結果は R0`,
      };
    }
    case "callx":
      return {
        en: `call the address in R${dst}; the kernel refuses this`,
        ja: `R${dst} のアドレスを呼ぶ(カーネルは拒否する)`,
      };
    case "exit":
      return { en: "return to the caller with R0 as the result", ja: "R0 を結果として呼び出し元に戻る" };
    case "ld_imm64": {
      const high = next?.imm ?? 0;
      switch (form.pseudo) {
        case "imm": {
          const value = imm64(insn, next ?? { code: 0, dst: 0, src: 0, off: 0, imm: 0 });
          return {
            en: `put the 64-bit number 0x${value.toString(16)} into R${dst} (two slots)`,
            ja: `64 ビットの数 0x${value.toString(16)} を R${dst} に入れる(2 スロット)`,
          };
        }
        case "map_fd":
        case "map_idx":
          return { en: `put the map into R${dst} (two slots)`, ja: `マップを R${dst} に入れる(2 スロット)` };
        case "map_value":
        case "map_idx_value":
          return {
            en: `put the address of byte ${high} of the map's value into R${dst} (two slots)`,
            ja: `マップの値の ${high} バイト目のアドレスを R${dst} に入れる(2 スロット)`,
          };
        case "btf_id":
          return {
            en: `put the address of the kernel variable with BTF id ${imm} into R${dst} (two slots)`,
            ja: `BTF id ${imm} のカーネル変数のアドレスを R${dst} に入れる(2 スロット)`,
          };
        case "func": {
          const to = place(slot + 1 + imm);
          return {
            en: `put the function at ${to.en} into R${dst}, as a callback (two slots)`,
            ja: `${to.ja} の関数をコールバックとして R${dst} に入れる(2 スロット)`,
          };
        }
      }
      break;
    }
    case "ld_abs":
      return {
        en: `load ${form.size * 8} bits of the packet at byte ${imm} into R0, in host order; ends the program where the packet is shorter`,
        ja: `パケットの ${imm} バイト目から ${form.size * 8} ビットをホスト順で R0 に入れる。パケットが足りなければそこで終わる`,
      };
    case "ld_ind":
      return {
        en: `load ${form.size * 8} bits of the packet at byte R${src} + ${imm} into R0, in host order; ends the program where the packet is shorter`,
        ja: `パケットの R${src} + ${imm} バイト目から ${form.size * 8} ビットをホスト順で R0 に入れる。パケットが足りなければそこで終わる`,
      };
    case "ldx": {
      const m = memory(src, off, form.size);
      const extend =
        form.size === 8
          ? both("")
          : form.signed
            ? { en: ", sign-extended", ja: "(符号拡張)" }
            : { en: ", zero-extended", ja: "(ゼロ拡張)" };
      return { en: `load ${m.en} into R${dst}${extend.en}`, ja: `${m.ja}を R${dst} に読む${extend.ja}` };
    }
    case "st": {
      const m = memory(dst, off, form.size);
      return { en: `store the number ${shown(imm)} to ${m.en}`, ja: `${m.ja}に数 ${shown(imm)} を書く` };
    }
    case "stx": {
      const m = memory(dst, off, form.size);
      return { en: `store R${src} to ${m.en}`, ja: `${m.ja}に R${src} を書く` };
    }
    case "atomic": {
      const words = fill(ATOMIC_WORDS[form.op], { m: memory(dst, off, form.size), s: both(`R${src}`) });
      return { en: `in one step: ${words.en}`, ja: `不可分に: ${words.ja}` };
    }
    case "load_acq": {
      const m = memory(src, off, form.size);
      return {
        en: `load ${m.en} into R${dst}; later accesses stay behind it`,
        ja: `${m.ja}を R${dst} に読む。後のアクセスは追い越さない`,
      };
    }
    case "store_rel": {
      const m = memory(dst, off, form.size);
      return {
        en: `store R${src} to ${m.en}; earlier accesses stay before it`,
        ja: `${m.ja}に R${src} を書く。前のアクセスは後に回らない`,
      };
    }
  }
  return both("");
}

/** The section of RFC 9669. `undefined`: the instruction exists only in Linux. */
export function rfcOf(insn: Insn): { readonly section: string; readonly url: string } | undefined {
  const section = formOf(insn)?.rfc;
  return section ? { section, url: `https://www.rfc-editor.org/rfc/rfc9669.html#section-${section}` } : undefined;
}

/** Roles of the registers in the calling convention (RFC 9669 section 2.1, with Linux's names). */
export const REGISTER_ROLES: readonly Words[] = [
  { en: "result of calls, and of the program at exit", ja: "呼び出しの結果、exit ではプログラムの戻り値" },
  {
    en: "first argument; the context when the program starts; lost in a call",
    ja: "第 1 引数。プログラム開始時はコンテキスト。呼び出しで失われる",
  },
  { en: "second argument; lost in a call", ja: "第 2 引数。呼び出しで失われる" },
  { en: "third argument; lost in a call", ja: "第 3 引数。呼び出しで失われる" },
  { en: "fourth argument; lost in a call", ja: "第 4 引数。呼び出しで失われる" },
  { en: "fifth argument; lost in a call", ja: "第 5 引数。呼び出しで失われる" },
  {
    en: "kept over calls; the context for LD_ABS and LD_IND",
    ja: "呼び出し後も保たれる。LD_ABS と LD_IND ではコンテキスト",
  },
  { en: "kept over calls", ja: "呼び出し後も保たれる" },
  { en: "kept over calls", ja: "呼び出し後も保たれる" },
  { en: "kept over calls", ja: "呼び出し後も保たれる" },
  {
    en: "frame pointer: the end of the 512 bytes of stack; read only",
    ja: "フレームポインタ: 512 バイトのスタックの末尾。読み出しのみ",
  },
];
