// A fix as edits of the reader's text. Lines are inserted, removed or changed at the instructions' places, so comments, labels and
// everything else stay. The result is assembled again and compared: an edit that does not give the fixed program is not offered.
import type { Assembly, Written } from "../../asm/assembly.ts";
import { mapDirective } from "../../asm/directives.ts";
import type { Span } from "../../base/span.ts";
import { macroLines } from "../../disasm/macro.ts";
import { helperName } from "../../facts/helpers.ts";
import { sameInsn } from "../../isa/insn.ts";
import { calleeOf, distanceField, jumpTarget } from "../../program/flow.ts";
import type { MapDef } from "../../program/program.ts";
import type { Fix } from "../../remedy/remedy.ts";

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

interface EditedText {
  /** In the order of the text, without overlaps. */
  readonly edits: readonly TextEdit[];
  /** The text after the edits. */
  readonly source: string;
}

/** Where new lines go: before the following instruction (a label there leads to them), or behind the preceding one (it does not). */
type Place = "before" | "behind";

/** A program with more instructions than this is not edited line by line. */
const MAX_WRITTEN = 4096;

/** `assembled`: assembles a text with the page's maps. undefined: the fix cannot be written into this text. */
export function editedText(
  source: string,
  assembly: Assembly,
  fix: Fix,
  assembled: (source: string) => Assembly,
): EditedText | undefined {
  if (assembly.written.length === 0 || assembly.written.length > MAX_WRITTEN) return undefined;
  const maps = mapEdits(source, assembly, fix);
  if (!maps) return undefined;
  const written = (["before", "behind"] as const).flatMap((place): EditedText[] => {
    const edits = [...maps, ...new EditWriter(source, assembly, fix, place).edits()].sort(
      (a, b) => a.span.start - b.span.start || a.span.end - b.span.end,
    );
    if (edits.some(({ span }, i) => i > 0 && span.start < edits[i - 1]!.span.end)) return [];
    const edited = withEdits(source, edits);
    return isFixed(assembled(edited), fix) ? [{ edits, source: edited }] : [];
  });
  // Fewer edits are better: at the other place a label may lead elsewhere, and each jump to it would be rewritten with a number.
  return written.sort((a, b) => a.edits.length - b.edits.length)[0];
}

function withEdits(source: string, edits: readonly TextEdit[]): string {
  let text = "";
  let at = 0;
  for (const { span, text: put } of edits) {
    text += source.slice(at, span.start) + put;
    at = span.end;
  }
  return text + source.slice(at);
}

/** Whether the text gives the fixed program: the same instructions, and maps with the same properties. */
function isFixed(assembly: Assembly, { program }: Fix): boolean {
  if (!assembly.ok || assembly.insns.length !== program.insns.length) return false;
  const map = (maps: readonly MapDef[], at: number | undefined): string => {
    const def = at === undefined ? undefined : maps[at];
    return def ? [def.name, def.type, def.keySize, def.valueSize, def.maxEntries, def.flags].join() : "";
  };
  return program.insns.every(
    (insn, slot) =>
      sameInsn(insn, assembly.insns[slot]!) &&
      map(program.maps, program.mapRefs.get(slot)) === map(assembly.maps, assembly.mapRefs.get(slot)),
  );
}

/** Edits of map declarations. undefined: a changed map is not declared in the text. */
function mapEdits(source: string, assembly: Assembly, { program }: Fix): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const map of program.maps) {
    const before = assembly.maps.find(({ name }) => name === map.name);
    if (before && KEYS.every((key) => before[key] === map[key])) continue;
    const declared = assembly.declaredMaps.find(({ def }) => def.name === map.name);
    if (before && !declared) return undefined;
    const line = mapDirective(map);
    if (declared) {
      // A directive is inside a comment already. Any other declaration is replaced by a comment with a directive.
      const { start, end } = declared.span;
      const directive = /@map[ \t]+$/.exec(source.slice(0, start));
      edits.push(
        directive
          ? { span: { start: directive.index, end: endOfDirective(source, start) }, text: line }
          : { span: { start, end }, text: `/* ${line} */` },
      );
    } else edits.push({ span: { start: 0, end: 0 }, text: `// ${line}\n` });
  }
  return edits;
}

const KEYS = ["type", "keySize", "valueSize", "maxEntries", "flags"] as const;

function endOfDirective(source: string, start: number): number {
  const line = source.indexOf("\n", start);
  const end = line < 0 ? source.length : line;
  const close = source.indexOf("*/", start);
  const stop = close >= 0 && close < end ? close : end;
  return start + source.slice(start, stop).trimEnd().length;
}

/** The parts of the new program: written instructions that stay, and runs of new ones. */
type ProgramPart =
  | { readonly kind: "old"; readonly written: Written; readonly slot: number; readonly count: number }
  | { readonly kind: "new"; readonly slot: number; readonly count: number; readonly text?: string };

class EditWriter {
  readonly #source: string;
  readonly #assembly: Assembly;
  readonly #fix: Fix;
  readonly #place: Place;
  /** Text of the new program's instructions by slot. */
  readonly #texts = new Map<number, string>();
  /** New slot of each old slot that still exists. */
  readonly #newSlot = new Map<number, number>();

  constructor(source: string, assembly: Assembly, fix: Fix, place: Place) {
    this.#source = source;
    this.#assembly = assembly;
    this.#fix = fix;
    this.#place = place;
    const { program, origins } = fix;
    origins.forEach((origin, slot) => origin >= 0 && this.#newSlot.set(origin, slot));
    // Whether the reader writes registers as R1, not as BPF_REG_1.
    const short = assembly.written.some(({ args }) =>
      args.some(({ start, end }) => /^R\d+$/.test(source.slice(start, end))),
    );
    let slot = 0;
    const lines = macroLines(program.insns, {
      helperName,
      mapName: (at) => program.maps[program.mapRefs.get(at) ?? -1]?.name,
      label: (at) => this.#labelAt(at),
    });
    for (const { text, slots } of lines) {
      this.#texts.set(slot, short ? text.replaceAll(/\bBPF_REG_(?=\d)/g, "R") : text);
      slot += slots;
    }
  }

  /** The name of a label in the text that leads to this slot of the new program. */
  #labelAt(slot: number): string | undefined {
    return this.#assembly.labels.find((label) => this.#labelTarget(label.slot) === slot)?.name;
  }

  /** Where a label before an old slot leads in the new program, after the new lines are inserted. */
  #labelTarget(slot: number): number | undefined {
    const now = this.#newSlot.get(slot);
    if (now === undefined || this.#place === "behind") return now;
    let at = now;
    while (at > 0 && (this.#fix.origins[at - 1] ?? 0) < 0) at--;
    return at;
  }

  edits(): TextEdit[] {
    const parts = this.#parts();
    const kept = new Set(parts.flatMap((part) => (part.kind === "old" ? [part.written] : [])));
    const edits: TextEdit[] = [];
    for (const written of this.#assembly.written) if (!kept.has(written)) edits.push(this.#removal(written));
    parts.forEach((part, i) => {
      if (part.kind === "old") {
        const change = this.#editOf(part);
        if (change) edits.push(change);
        return;
      }
      const before = parts.slice(0, i).findLast((one) => one.kind === "old");
      const next = parts.slice(i + 1).find((one) => one.kind === "old");
      edits.push(
        this.#insertion(
          part,
          before?.kind === "old" ? before.written : undefined,
          next?.kind === "old" ? next.written : undefined,
        ),
      );
    });
    return edits;
  }

  #parts(): ProgramPart[] {
    const { origins, program } = this.#fix;
    const { slots } = this.#assembly;
    const all: ProgramPart[] = [];
    for (let slot = 0; slot < origins.length; ) {
      const origin = origins[slot]!;
      const written = origin >= 0 ? slots[origin] : undefined;
      let count = 1;
      if (written && written.firstSlot === origin) {
        while (count < written.slotCount && origins[slot + count] === origin + count) count++;
        all.push({ kind: "old", written, slot, count });
      } else {
        while (slot + count < origins.length && origins[slot + count]! < 0) count++;
        all.push({ kind: "new", slot, count });
      }
      slot += count;
    }
    // An instruction that moved is written as new, with its own text.
    const order = longestIncreasing(all.map((part) => (part.kind === "old" ? part.written.firstSlot : -1)));
    return all.map((part, i): ProgramPart => {
      if (part.kind === "new" || order.has(i)) return part;
      const { written, slot, count } = part;
      const same = this.#assembly.insns
        .slice(written.firstSlot, written.firstSlot + count)
        .every((insn, k) => sameInsn(insn, program.insns[slot + k]!));
      const text = this.#source.slice(written.span.start, written.span.end);
      return { kind: "new", slot, count, ...(same && { text }) };
    });
  }

  /** The lines of new instructions. */
  #lines(part: ProgramPart & { kind: "new" }): string[] {
    if (part.text !== undefined) return [part.text];
    const lines: string[] = [];
    for (let slot = part.slot; slot < part.slot + part.count; slot++) {
      const text = this.#texts.get(slot);
      if (text !== undefined) lines.push(text);
    }
    return lines;
  }

  #insertion(part: ProgramPart & { kind: "new" }, before: Written | undefined, next: Written | undefined): TextEdit {
    const lines = this.#lines(part);
    const anchor = next && (this.#place === "before" || !before) ? next : undefined;
    if (anchor) {
      const { start } = anchor.span;
      const indent = this.#indent(start);
      return { span: { start, end: start }, text: lines.map((line) => `${line},\n${indent}`).join("") };
    }
    const behind = before!;
    const indent = this.#indent(behind.span.start);
    const rest = this.#source.slice(behind.span.end);
    const comma = /^\s*,/.exec(rest)?.[0].length;
    if (comma === undefined) {
      const at = behind.span.end;
      return { span: { start: at, end: at }, text: lines.map((line) => `,\n${indent}${line}`).join("") };
    }
    // A comment at the end of the line stays with its instruction.
    const tail = /^[ \t]*(?:\/\/[^\n]*|\/\*[^\n]*?\*\/)?[ \t]*(?=\n|$)/.exec(rest.slice(comma))?.[0].length ?? 0;
    const at = behind.span.end + comma + tail;
    return { span: { start: at, end: at }, text: lines.map((line) => `\n${indent}${line},`).join("") };
  }

  #indent(at: number): string {
    const start = this.#source.lastIndexOf("\n", at - 1) + 1;
    return /^[ \t]*/.exec(this.#source.slice(start, at))?.[0] ?? "";
  }

  #removal({ span }: Written): TextEdit {
    const rest = /^\s*,/.exec(this.#source.slice(span.end));
    const end = span.end + (rest?.[0].length ?? 0);
    const lineStart = this.#source.lastIndexOf("\n", span.start - 1) + 1;
    const alone = this.#source.slice(lineStart, span.start).trim() === "";
    const blank = /^[ \t]*(?:\n|$)/.exec(this.#source.slice(end));
    return alone && blank
      ? { span: { start: lineStart, end: end + blank[0].length }, text: "" }
      : { span: { start: span.start, end }, text: "" };
  }

  #editOf({ written, slot, count }: ProgramPart & { kind: "old" }): TextEdit | undefined {
    const { insns } = this.#fix.program;
    const old = this.#assembly.insns.slice(written.firstSlot, written.firstSlot + written.slotCount);
    const now = insns.slice(slot, slot + count);
    if (written.slotCount > 1 && written.slotCount !== count) return this.#rewritten(written, slot, count);
    const [was, is] = [old[0]!, now[0]!];
    const field = distanceField(was, written.firstSlot);
    const same = old.every((insn, k) =>
      sameInsn(insn, field && k === 0 ? { ...now[k]!, [field]: insn[field] } : now[k]!),
    );
    if (same && this.#sameMap(written.firstSlot, slot)) {
      if (field === undefined) return undefined;
      const label = this.#assembly.labels.find(({ uses }) =>
        uses.some((use) => use.start >= written.span.start && use.end <= written.span.end),
      );
      const target = jumpTarget(is, slot) ?? calleeOf(is, slot);
      if (label) {
        if (this.#labelTarget(label.slot) === target) return undefined;
      } else if (was[field] === is[field]) return undefined;
      const arg = written.args[DISTANCE_ARG[written.macro ?? ""]?.[field] ?? -1];
      if (arg)
        return { span: arg, text: (target === undefined ? undefined : this.#labelAt(target)) ?? String(is[field]) };
    }
    return this.#rewritten(written, slot, count);
  }

  #sameMap(before: number, now: number): boolean {
    const { program } = this.#fix;
    const name = (maps: readonly MapDef[], at: number | undefined): string =>
      at === undefined ? "" : (maps[at]?.name ?? "");
    return (
      name(this.#assembly.maps, this.#assembly.mapRefs.get(before)) === name(program.maps, program.mapRefs.get(now))
    );
  }

  #rewritten({ span }: Written, slot: number, count: number): TextEdit {
    const indent = this.#indent(span.start);
    const lines = this.#lines({ kind: "new", slot, count });
    return { span, text: lines.join(`,\n${indent}`) };
  }
}

/** Which argument of a macro is the distance. */
const DISTANCE_ARG: Readonly<Record<string, { readonly off?: number; readonly imm?: number }>> = {
  BPF_JMP_IMM: { off: 3 },
  BPF_JMP_REG: { off: 3 },
  BPF_JMP32_IMM: { off: 3 },
  BPF_JMP32_REG: { off: 3 },
  BPF_JMP_A: { off: 0 },
  BPF_JMP32_A: { imm: 0 },
  BPF_CALL_REL: { imm: 0 },
  BPF_RAW_INSN: { off: 3, imm: 4 },
};

/** Positions of a longest increasing subsequence. -1 is skipped. */
function longestIncreasing(numbers: readonly number[]): Set<number> {
  const ends: number[] = [];
  const previous = new Array<number>(numbers.length).fill(-1);
  numbers.forEach((n, i) => {
    if (n < 0) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]!]! < n) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = i;
  });
  const kept = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at]!) kept.add(at);
  return kept;
}
