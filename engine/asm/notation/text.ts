// Programs in the kernel's or LLVM's notation: by hand, as clang's inline assembly, or as tools print them
// (bpftool prog dump xlated, llvm-objdump, the verifier's log). Labels and slot numbers are resolved here.

import { fromHex } from "../../base/bytes.ts";
import type { Span } from "../../base/span.ts";
import { decodeInsns, type Insn } from "../../isa/insn.ts";
import { parseStatement, type Statement } from "./statement.ts";

export interface TextProgram {
  readonly insns: readonly Insn[];
  /** Slot → name of the map that its load speaks of. */
  readonly maps: ReadonlyMap<number, string>;
  /** What could not be read, each as it stands. */
  readonly faults: readonly {
    readonly span: Span;
    readonly text: string;
    readonly why: "statement" | "label" | "gap";
  }[];
  /** Lines that were instructions; the rest was nothing of the program. */
  readonly understood: number;
  /** Opcodes in parentheses or slot numbers stood in the text: a tool printed it. */
  readonly printed: boolean;
}

const HEX_BYTES = /^(?:[0-9a-f]{2}[ \t]+){7}[0-9a-f]{2}(?:[ \t]+(?:[0-9a-f]{2}[ \t]+){7}[0-9a-f]{2})?$/i;
const NUMBERED = /^([0-9]+):[ \t]*(?:\(([0-9a-f]{2})\)[ \t]*)?(.*)$/i;
const OBJDUMP = /^((?:[0-9a-f]{2} ){7}[0-9a-f]{2}(?: (?:[0-9a-f]{2} ){7}[0-9a-f]{2})?)[ \t]*(.*)$/i;
const OPCODE = /^\(([0-9a-f]{2})\)[ \t]*(.*)$/i;
/** Lines of a log or a dump that are no instructions. */
const NOISE =
  /^(?:;|#|\/\/|$|from \d+ to|processed \d|func#|\d+: R\d|R\d+[_=]|last_idx|regs=|mark_precise|parent|Live regs|propagating|verification time|stack depth|[0-9a-f]{16} <|Disassembly of|.*file format|max_states|caller:|callee:|frame\d|returning from|int |void |\w+\(\):|-- )/;
const LABEL = /^([A-Za-z_.$%][\w.$%=]*):(?!:)\s*(.*)$/;

export function parseText(source: string): TextProgram {
  const slots: (Insn | undefined)[] = [];
  const maps = new Map<number, string>();
  const labels = new Map<string, number>();
  const targets: { slot: number; field: "off" | "imm"; name: string; span: Span }[] = [];
  const faults: { span: Span; text: string; why: "statement" | "label" | "gap" }[] = [];
  let understood = 0;
  let printed = false;
  let place = 0;
  /** The slot that the bytes on the next line belong to (bpftool's `opcodes`). */
  let bytesFor = -1;

  const put = (statement: Statement, span: Span) => {
    understood++;
    statement.insns.forEach((insn, i) => {
      slots[place + i] = insn;
    });
    if (statement.map !== undefined) maps.set(place, statement.map);
    if (statement.target) targets.push({ slot: place, span, ...statement.target });
    bytesFor = place;
    place += statement.insns.length;
  };
  const putBytes = (hex: string, slot: number) => {
    const bytes = fromHex(hex.replace(/\s+/g, "")) as Uint8Array;
    decodeInsns(bytes).forEach((insn, i) => {
      slots[slot + i] = insn;
    });
    return bytes.length / 8;
  };

  let offset = 0;
  for (const line of unquote(source).split("\n")) {
    const start = offset;
    offset += line.length + 1;
    const indent = line.length - line.trimStart().length;
    let text = line.trim();
    if (HEX_BYTES.test(text)) {
      if (bytesFor >= 0 && targets.at(-1)?.slot === bytesFor) targets.pop();
      const slot = bytesFor >= 0 ? bytesFor : place;
      const count = putBytes(text, slot);
      if (bytesFor < 0) understood++;
      place = slot + count;
      bytesFor = -1;
      continue;
    }
    if (NOISE.test(text)) continue;
    let opcode: number | undefined;
    const numbered = NUMBERED.exec(text);
    if (numbered) {
      printed = true;
      const number = Number(numbered[1]);
      const rest = numbered[3] as string;
      if (NOISE.test(rest) && numbered[2] === undefined && !OBJDUMP.test(rest)) continue;
      if (number <= 1_000_000) place = number;
      opcode = numbered[2] === undefined ? undefined : Number.parseInt(numbered[2], 16);
      const dumped = OBJDUMP.exec(rest);
      if (dumped && opcode === undefined) {
        place += putBytes(dumped[1] as string, place);
        understood++;
        continue;
      }
      text = rest.replace(/\s*;.*$/, "");
    }
    const coded = OPCODE.exec(text);
    if (coded) {
      printed = true;
      opcode = Number.parseInt(coded[1] as string, 16);
      text = (coded[2] as string).replace(/\s*;.*$/, "");
    }
    text = text.replace(/\/\*.*?\*\//g, " ").replace(/\s*(?:\/\/|#(?![ ]?\d)).*$/, "");
    for (const part of text.split(";")) {
      let rest = part.trim();
      for (let label = LABEL.exec(rest); label && !numbered; label = LABEL.exec(rest)) {
        labels.set(label[1] as string, place);
        rest = label[2] as string;
      }
      if (rest === "") continue;
      const span = { start: start + indent, end: start + line.trimEnd().length };
      const statement = parseStatement(rest, opcode);
      if (statement) put(statement, span);
      else {
        faults.push({ span, text: rest, why: "statement" });
        if (numbered) slots[place] ??= undefined;
      }
    }
  }

  for (const { slot, field, name, span } of targets) {
    const target = labels.get(name);
    const insn = slots[slot];
    if (target === undefined || !insn) faults.push({ span, text: name, why: "label" });
    else slots[slot] = { ...insn, [field]: target - slot - 1 };
  }
  const insns: Insn[] = [];
  for (let slot = 0; slot < slots.length; slot++) {
    if (!slots[slot]) faults.push({ span: { start: 0, end: 0 }, text: String(slot), why: "gap" });
    insns.push(slots[slot] ?? { code: 0, dst: 0, src: 0, off: 0, imm: 0 });
  }
  return { insns, maps, faults, understood, printed };
}

/** The statements out of `asm volatile ("…" : : …);`; other text as it is. Offsets are kept by blanking. */
function unquote(source: string): string {
  if (!/\basm\b|__asm__/.test(source)) return source;
  let out = "";
  let quoted = false;
  let inAsm = false;
  for (let i = 0; i < source.length; i++) {
    const char = source[i] as string;
    if (!quoted && /^(?:asm|__asm__)\b/.test(source.slice(i, i + 8))) inAsm = true;
    if (char === '"') {
      quoted = !quoted;
      out += " ";
    } else if (quoted && inAsm) {
      if (char === "\\") {
        const next = source[i + 1];
        out += next === "n" ? "\n " : next === "\n" ? " \n" : "  ";
        i++;
      } else if (char === "%" && source[i + 1] === "[") {
        const end = source.indexOf("]", i);
        const name = source.slice(i + 2, end < 0 || end > i + 80 ? i + 2 : end);
        out += ` ${name} `;
        out += " ".repeat(Math.max(0, (end < 0 ? i : end) - i + 1 - name.length - 2));
        if (end > 0) i = end;
      } else out += char;
    } else {
      if (!quoted && char === ":") inAsm = false;
      out += char === "\n" ? "\n" : " ";
    }
  }
  return out;
}
