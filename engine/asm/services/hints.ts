// Inlay hints: facts that a reader would otherwise have to count or compute. Each kind can be left out.
import { LineMap } from "../../base/span.ts";
import { insnWords } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import type { Analysis } from "../assemble.ts";
import { targetOf } from "../lint-program.ts";

export type HintKind = "slot" | "kernel" | "target";

export interface InlayHint {
  readonly offset: number;
  readonly kind: HintKind;
  readonly text: string;
  /** For the kind "target", whose text is the label: the slot that the jump leads to, and its line, from 1, if it has one. */
  readonly slot?: number;
  readonly line?: number;
  /** Whether the hint stands before the text at the offset, or after it. */
  readonly before: boolean;
}

/** Sorted by place. A `#define` that makes several instructions gets the range of their slots. */
export function inlayHints(analysis: Analysis, source: string, kinds: ReadonlySet<HintKind>): InlayHint[] {
  const { assembly } = analysis;
  const labels = new Map(assembly.labels.map((label) => [label.slot, label.name]));
  const lines = new LineMap(source);
  const hints: InlayHint[] = [];
  for (const written of assembly.written) {
    const { firstSlot: slot, slotCount, span } = written;
    if (span.end === span.start) continue;
    const insn = assembly.insns[slot] as Insn;
    const one = slotCount === 1 || (slotCount === 2 && isLdImm64(insn));
    if (kinds.has("slot"))
      hints.push({
        offset: span.start,
        kind: "slot",
        text: one ? String(slot) : `${slot}–${slot + slotCount - 1}`,
        before: true,
      });
    if (!one || !written.complete) continue;
    const behind = placeBehind(source, span.end);
    if (kinds.has("target")) {
      const target = targetOf(insn, slot);
      const name = target === undefined ? undefined : labels.get(target);
      const place = assembly.slots[target ?? -1];
      if (target !== undefined)
        hints.push({
          offset: behind,
          kind: "target",
          text: name ?? "",
          ...(place && { line: lines.position(place.span.start).line }),
          slot: target,
          before: false,
        });
    }
    if (kinds.has("kernel")) {
      const map = assembly.maps[assembly.mapRefs.get(slot) ?? -1];
      const text = map ? `r${insn.dst} = map[${map.name}]` : insnWords(insn, assembly.insns[slot + 1], { helperName });
      hints.push({ offset: behind, kind: "kernel", text, before: false });
    }
  }
  return hints;
}

/** Where a hint stands that follows an instruction: behind its comma, or behind the comment that ends its line. */
function placeBehind(source: string, end: number): number {
  const behind = source[end] === "," ? end + 1 : end;
  const newline = source.indexOf("\n", behind);
  const rest = source.slice(behind, newline < 0 ? source.length : newline).trimEnd();
  return COMMENTS.test(rest) ? behind + rest.length : behind;
}

/** The rest of a line with nothing but comments. */
const COMMENTS = /^\s*(\/\*((?!\*\/).)*\*\/\s*)*(\/\/.*)?$/;
