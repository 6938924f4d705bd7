// Reads programs in the kernel's or LLVM's notation: written by hand, as clang's inline assembly, or printed by tools
// (bpftool prog dump xlated, llvm-objdump, the verifier's log). Labels and slot numbers are resolved here.

import { fromHex } from "../../base/bytes.ts";
import type { Span } from "../../base/span.ts";
import { decodeInsns, type Insn } from "../../isa/insn.ts";
import { parseStatement, type Statement } from "../statement.ts";
import { inlineAssembly } from "./inline-asm.ts";

export interface TextProgram {
  readonly insns: readonly Insn[];
  /** Slot of a load → name of the map that it refers to. */
  readonly maps: ReadonlyMap<number, string>;
  /** Parts that could not be read. */
  readonly faults: readonly {
    readonly span: Span;
    readonly text: string;
    readonly why: "statement" | "label" | "gap";
  }[];
  /** Number of lines that were instructions. */
  readonly understood: number;
  /** The text has opcodes in parentheses or slot numbers, so a tool printed it. */
  readonly printed: boolean;
}

const HEX_BYTES = /^(?:[0-9a-f]{2}[ \t]+){7}[0-9a-f]{2}(?:[ \t]+(?:[0-9a-f]{2}[ \t]+){7}[0-9a-f]{2})?$/i;
const NUMBERED = /^([0-9]+):[ \t]*(?:\(([0-9a-f]{2})\)[ \t]*)?(.*)$/i;
const OBJDUMP = /^((?:[0-9a-f]{2} ){7}[0-9a-f]{2}(?: (?:[0-9a-f]{2} ){7}[0-9a-f]{2})?)[ \t]*(.*)$/i;
const OPCODE = /^\(([0-9a-f]{2})\)[ \t]*(.*)$/i;
/** Lines of a log or dump that are no instructions. */
const NOISE =
  /^(?:;|#|\/\/|$|from \d+ to|processed \d|func#|\d+: R\d|R\d+[_=]|last_idx|regs=|mark_precise|parent|Live regs|propagating|verification time|stack depth|[0-9a-f]{16} <|Disassembly of|.*file format|max_states|caller:|callee:|frame\d|returning from|int |void |\w+\(\):|-- )/;
const LABEL = /^([\w.$%][\w.$%=]*):(?!:)\s*(.*)$/;

export function parseText(source: string): TextProgram {
  const slots: (Insn | undefined)[] = [];
  const maps = new Map<number, string>();
  const labels = new Map<string, number>();
  /** Labels such as `1:`, of which there may be many. `1f` and `1b` mean the nearest one after or before. */
  const locals: { name: string; place: number }[] = [];
  const targets: { slot: number; field: "off" | "imm"; name: string; span: Span }[] = [];
  const faults: { span: Span; text: string; why: "statement" | "label" | "gap" }[] = [];
  let understood = 0;
  let printed = false;
  let place = 0;
  /** The slot to which the bytes on the next line belong (bpftool's `opcodes`). -1: none. */
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

  const inline = inlineAssembly(source);
  /** Bytes of `.byte`, `.short` and `.long`, collected until there are eight. */
  let data: number[] = [];
  let offset = 0;
  for (const line of (inline ?? source)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .split("\n")) {
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
    const numbered = inline === undefined ? NUMBERED.exec(text) : null;
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
    text = text.replace(/\s*(?:\/\/|#(?![ ]?\d)).*$/, "");
    for (const part of text.split(";")) {
      let rest = part.trim();
      for (let label = LABEL.exec(rest); label && !numbered; label = LABEL.exec(rest)) {
        const name = label[1] as string;
        if (/^\d/.test(name)) locals.push({ name, place });
        else labels.set(name, place);
        rest = label[2] as string;
      }
      if (rest === "") continue;
      const span = { start: start + indent, end: start + line.trimEnd().length };
      const more = dataBytes(rest);
      if (more) {
        data.push(...more);
        if (data.length < 8) continue;
        put({ insns: decodeInsns(Uint8Array.from(data.slice(0, 8))) }, { start, end: start + line.length });
        data = data.slice(8);
        continue;
      }
      const statement = parseStatement(rest, opcode);
      if (statement) put(statement, span);
      else {
        faults.push({ span, text: rest, why: "statement" });
        if (numbered) slots[place] ??= undefined;
      }
    }
  }

  for (const { slot, field, name, span } of targets) {
    const target = labels.get(name) ?? localTarget(locals, name, slot);
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

const DATA_SIZES: Readonly<Record<string, number>> = { byte: 1, short: 2, "2byte": 2, long: 4, "4byte": 4 };

/** The bytes of a statement such as `.byte 0xe5`, `.short -2` or `.long 1`. `undefined`: another statement. */
function dataBytes(statement: string): number[] | undefined {
  const match = /^\.(byte|short|2byte|long|4byte)\s+(-?(?:0x[0-9a-f]+|[0-9]+))$/i.exec(statement);
  if (!match) return undefined;
  const text = match[2] as string;
  const value = BigInt.asUintN(32, text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text));
  return Array.from({ length: DATA_SIZES[match[1] as string] ?? 4 }, (_, i) =>
    Number((value >> BigInt(8 * i)) & 0xffn),
  );
}

function localTarget(
  locals: readonly { name: string; place: number }[],
  name: string,
  slot: number,
): number | undefined {
  const match = /^(\d+)([fb])$/.exec(name);
  if (!match) return undefined;
  const same = locals.filter((local) => local.name === match[1]);
  return match[2] === "f"
    ? same.find(({ place }) => place > slot)?.place
    : same.findLast(({ place }) => place <= slot)?.place;
}
