// A source text's diagnostics and instructions as the page shows them.
import type { Assembly } from "../../asm/assembly.ts";
import { fixTitle, sentence } from "../../asm/messages.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { LineMap, type Span } from "../../base/span.ts";
import { insnWords } from "../../disasm/kernel.ts";
import { helperArgCount, helperHasOutput, helperName } from "../../facts/helpers.ts";
import { formOf } from "../../isa/forms.ts";
import { type Insn, insnHex } from "../../isa/insn.ts";
import { registerUse } from "../../isa/registers.ts";
import { calleeOf, jumpTarget, slotsOf } from "../../program/flow.ts";
import type { DiagnosticView, JumpView, SlotView, SpanView } from "../views/program.ts";

export type ToSpanView = (span: Span) => SpanView;

export function spanViews(source: string): ToSpanView {
  const lines = new LineMap(source);
  return ({ start, end }) => {
    const from = lines.position(start);
    const to = lines.position(end);
    return { start, end, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  };
}

export const diagnosticView = (diagnostic: Diagnostic, spanView: ToSpanView): DiagnosticView => ({
  span: spanView(diagnostic.span),
  severity: diagnostic.severity,
  code: diagnostic.code,
  message: diagnostic.message,
  messages: { en: diagnostic.message, ja: sentence(diagnostic, "ja") },
  args: diagnostic.args ?? {},
  fixes: (diagnostic.fixes ?? []).map((fix) => ({
    title: { en: fix.title, ja: fixTitle(fix, "ja") },
    edits: fix.edits.map(({ span, text }) => ({ span: spanView(span), text })),
  })),
});

/** One view per instruction. `spanOf`: null for a slot without a place in the source. */
export function slotViews(insns: readonly Insn[], spanOf: (slot: number) => SpanView | null): SlotView[] {
  const views: SlotView[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const said = describeInsn(insn, insns[slot + 1]);
    views.push({
      slot,
      slots: said.slots,
      hex: said.hex,
      text: said.text,
      span: spanOf(slot),
      jump: jumpView(insn, slot),
      reads: said.reads,
      writes: said.writes,
      sends: said.sends,
    });
    slot += said.slots - 1;
  }
  return views;
}

/** What can be said about an instruction, wherever it is in the program. */
type InsnDescription = Pick<SlotView, "slots" | "hex" | "text" | "reads" | "writes" | "sends"> & {
  /** Takes two slots. The texts then depend on `next` as well. */
  readonly wide: boolean;
  readonly next: Insn | undefined;
};

/** While a text is edited, the assembler gives the same instruction objects again. Their texts are made only once. */
const descriptions = new WeakMap<Insn, InsnDescription>();

function describeInsn(insn: Insn, next: Insn | undefined): InsnDescription {
  const known = descriptions.get(insn);
  if (known && (!known.wide || known.next === next)) return known;
  const wide = slotsOf(insn) === 2;
  const slots = wide && next ? 2 : 1;
  const form = formOf(insn);
  const description: InsnDescription = {
    slots,
    hex: slots === 2 ? insnHex(insn) + insnHex(next as Insn) : insnHex(insn),
    text: insnWords(insn, next, { helperName }),
    ...registerUse(insn, helperArgCount),
    sends: form?.kind === "call" && form.target === "helper" && helperHasOutput(insn.imm),
    wide,
    next,
  };
  descriptions.set(insn, description);
  return description;
}

function jumpView(insn: Insn, slot: number): JumpView | null {
  const target = jumpTarget(insn, slot);
  if (target !== undefined) return { to: target, kind: formOf(insn)?.kind === "ja" ? "always" : "if" };
  const callee = calleeOf(insn, slot);
  return callee === undefined ? null : { to: callee, kind: formOf(insn)?.kind === "call" ? "call" : "func" };
}

export const assemblySpan =
  (assembly: Assembly, spanView: ToSpanView) =>
  (slot: number): SpanView | null => {
    const written = assembly.slots[slot];
    return written ? spanView(written.span) : null;
  };
