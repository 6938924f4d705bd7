// Layout and emission: items of one program → slots with their fields. Values are computed here, after the program was
// chosen. Labels and maps are filled in when every slot has its number.
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";
import type { ParamRole } from "../isa/macros.ts";
import type { Label, Written } from "./assembly.ts";
import { bigOf, type CValue, convert, S16, S32, U8 } from "./ctype.ts";
import { Cursor } from "./cursor.ts";
import { evaluate } from "./evaluate.ts";
import { keepLine } from "./known-lines.ts";
import { splitAgain } from "./lex.ts";
import { lintMacro } from "./lint.ts";
import { fieldValue, macroCode } from "./macro-code.ts";
import { fixOf, replaceFix, type TitledFix } from "./messages.ts";
import type { ExprContext, Node } from "./node.ts";
import { parseList } from "./parse-list.ts";
import type { Argument, FieldName, Item, ParsedProgram } from "./program.ts";
import type { Site } from "./token.ts";

type Fields = { -readonly [K in keyof Insn]: number };

/** A field that gets the distance to a label. */
interface LabelUse extends Span {
  readonly slot: number;
  readonly field: "off" | "imm";
  readonly name: string;
}
export interface MapUse extends Span {
  readonly slot: number;
  readonly name: string;
}

export interface Emitted {
  readonly insns: Insn[];
  readonly slots: Written[];
  readonly written: Written[];
  readonly labels: Label[];
  readonly mapUses: readonly MapUse[];
}

/** Names that arguments may use besides constants, and settings of the emission. */
export interface Symbols {
  readonly isMap: (name: string) => boolean;
  /** Name of the existing map with this index. A number may be used for a map. */
  readonly mapAt?: (index: number) => string | undefined;
  /** Whether the source gives a name its own meaning. */
  readonly redefined: (name: string) => boolean;
  /** Whether instructions are remembered for the next time: see known-lines.ts. */
  readonly keep: boolean;
  /** Labels that comments define (`@label`), sorted by place. */
  readonly commentLabels: readonly { readonly name: string; readonly span: Span }[];
}

const JUMP_ROLES: ReadonlySet<ParamRole> = new Set(["jump", "jump_imm", "call_target", "func_target"]);
const NO_CONTEXT_ROLE = undefined;

export function emit(program: ParsedProgram, context: ExprContext, symbols: Symbols): Emitted {
  return new Emitter(context, symbols, program.items).run();
}

class Emitter {
  readonly #context: ExprContext;
  readonly #symbols: Symbols;
  readonly #items: readonly Item[];
  readonly #labelNames: Set<string>;
  readonly #insns: Fields[] = [];
  readonly #slots: Written[] = [];
  readonly #written: Written[] = [];
  readonly #labelUses: LabelUse[] = [];
  readonly #mapUses: MapUse[] = [];
  readonly #labels = new Map<string, { name: string; slot: number; span: Span; uses: Span[] }>();

  constructor(context: ExprContext, symbols: Symbols, items: readonly Item[]) {
    this.#context = context;
    this.#symbols = symbols;
    this.#items = items;
    this.#labelNames = new Set(symbols.commentLabels.map((label) => label.name));
    for (const item of items) if (item.kind === "label") this.#labelNames.add(item.name);
  }

  run(): Emitted {
    let nextComment = 0;
    const commentLabels = this.#symbols.commentLabels;
    for (const item of this.#items) {
      for (; nextComment < commentLabels.length; nextComment++) {
        const label = commentLabels[nextComment] as { name: string; span: Span };
        if (label.span.start > item.span.start) break;
        this.#define(label.name, label.span);
      }
      this.#item(item);
    }
    for (; nextComment < commentLabels.length; nextComment++) {
      const label = commentLabels[nextComment] as { name: string; span: Span };
      this.#define(label.name, label.span);
    }
    this.#resolve();
    return {
      insns: this.#insns,
      slots: this.#slots,
      written: this.#written,
      labels: [...this.#labels.values()],
      mapUses: this.#mapUses,
    };
  }

  #define(name: string, span: Span): void {
    if (this.#labels.has(name)) this.#context.reporter.report("duplicate-label", span, { name });
    else
      this.#labels.set(name, { name, slot: this.#insns.length, span: { start: span.start, end: span.end }, uses: [] });
  }

  #item(item: Item): void {
    switch (item.kind) {
      case "label":
        this.#define(item.name, item.span);
        return;
      case "known":
        this.#known(item);
        return;
      case "unknown": {
        const first = this.#insns.length;
        for (let i = 0; i < item.slots; i++) this.#insns.push({ code: 0, dst: 0, src: 0, off: 0, imm: 0 });
        this.#record(item, item.name, [], first, false);
        return;
      }
      case "macro":
        this.#macro(item);
        return;
      case "braces":
        this.#braces(item);
    }
  }

  #macro(item: Item & { kind: "macro" }): void {
    const { macro, args } = item;
    const { reporter } = this.#context;
    const said = reporter.said;
    const first = this.#insns.length;
    const slots = macroCode(macro);
    let complete = item.complete;
    const values: (CValue | undefined)[] = [];
    for (let i = 0; i < args.length; i++) {
      const role = macro.params[i]?.role;
      const value = this.#argument(args[i] as Argument, role);
      if (value === undefined) complete = false;
      else if (role === "map" && value !== SYMBOL) this.#numberedMap(args[i] as Argument, value, first);
      values.push(value);
    }
    for (const slot of slots) {
      const at = this.#insns.length;
      const insn: Fields = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
      for (const field of FIELDS) {
        const code = slot[field];
        const arg = code.kind === "param" ? args[code.index] : undefined;
        const value = fieldValue(code, values, this.#context);
        if (value) insn[field] = this.#fit(value, field, arg ?? item.span, item);
        if (arg) this.#symbolic(arg, field, at, macro.params[(code as { index: number }).index]?.role);
        else if (code.kind === "tree" && field === "imm" && at === first) {
          // LD_IMM64 splits its argument over two slots. A map or function that it names belongs to the first.
          const named = args.find((a, i) => values[i] === SYMBOL && isName(a.node));
          if (named) this.#symbolic(named, field, at, macro.params[args.indexOf(named)]?.role);
        }
      }
      this.#insns.push(insn);
    }
    this.#record(item, macro.name, args, first, complete);
    if (!complete) return;
    lintMacro(item, values, this.#context);
    if (this.#symbols.keep && !item.site && reporter.said === said && !macro.params.some(({ role }) => role === "map"))
      keepLine(this.#context.source, item.span, args, this.#insns.slice(first), this.#symbols.redefined);
  }

  #known({ known, token, span }: Item & { kind: "known" }): void {
    if (known.names.some(this.#symbols.redefined)) {
      const items: Item[] = [];
      parseList(new Cursor(splitAgain(token, this.#context.source), span.end), this.#context, items, true);
      for (const item of items) this.#item(item);
      return;
    }
    const { start } = span;
    const written: Written = {
      span,
      macro: known.macro,
      args: known.args.map((arg) => ({ start: arg.start + start, end: arg.end + start })),
      firstSlot: this.#insns.length,
      slotCount: known.insns.length,
      complete: true,
    };
    this.#lastSite = undefined;
    this.#written.push(written);
    for (const insn of known.insns) {
      this.#insns.push(insn);
      this.#slots.push(written);
    }
  }

  #braces(item: Item & { kind: "braces" }): void {
    const first = this.#insns.length;
    let complete = item.complete;
    const insn: Fields = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
    for (const field of FIELDS) {
      const arg = item.fields[field];
      if (!arg) continue;
      const value = this.#argument(arg, NO_CONTEXT_ROLE);
      if (value === undefined) complete = false;
      else insn[field] = this.#fit(value, field, arg);
      this.#symbolic(arg, field, first, NO_CONTEXT_ROLE);
    }
    this.#insns.push(insn);
    this.#record(item, undefined, Object.values(item.fields), first, complete);
  }

  /** The value of an argument. SYMBOL: it names a label or a map, which is filled in later. */
  #argument(arg: Argument, role: ParamRole | undefined): CValue | undefined {
    const { node } = arg;
    if (node.kind === "value") return node.value;
    if (node.kind === "name") {
      const value = this.#context.names.constant(node.name);
      if (value) return value;
      if (this.#namesSymbol(node.name, role)) return SYMBOL;
    } else if (role === "map" && node.kind === "other") return SYMBOL;
    return evaluate(node, this.#context);
  }

  #namesSymbol(name: string, role: ParamRole | undefined): boolean {
    if (role === "map" || this.#symbols.isMap(name) || this.#labelNames.has(name)) return true;
    return role !== undefined && JUMP_ROLES.has(role) && !/^(?:BPF|R\d)/.test(name);
  }

  /** Remembers the label or map that a field names. */
  #symbolic(arg: Argument, field: FieldName, slot: number, role: ParamRole | undefined): void {
    const { node } = arg;
    if (field !== "off" && field !== "imm") return;
    if (node.kind !== "name") {
      if (role === "map" && field === "imm" && node.kind === "other") {
        const name = this.#context.source.slice(node.start, node.end).replace(/^[&(\s]+|\)+$/g, "");
        this.#mapUses.push({ slot, name, start: node.start, end: node.end });
      }
      return;
    }
    const { name, start, end } = node;
    if (this.#context.names.constant(name)) return;
    if (field === "imm" && (role === "map" || this.#symbols.isMap(name)))
      this.#mapUses.push({ slot, name, start, end });
    else if (this.#labelNames.has(name) || (role !== undefined && JUMP_ROLES.has(role))) {
      this.#labelUses.push({ slot, field, name, start, end });
    }
  }

  #numberedMap({ start, end }: Argument, value: CValue, slot: number): void {
    const name = this.#symbols.mapAt?.(Number(value.v));
    if (name !== undefined) this.#mapUses.push({ slot, name, start, end });
  }

  #fit(value: CValue, field: FieldName, span: Span, item?: Item): number {
    const { type, code } = FIT[field];
    if (field === "dst" || field === "src") {
      const kept = Number(BigInt.asUintN(4, bigOf(value)));
      if (bigOf(value) !== BigInt(kept)) this.#context.reporter.report(code, span, { value: String(value.v), kept });
      return kept;
    }
    const kept = convert(value, type).v as number;
    if (kept === value.v) return kept;
    const big = bigOf(value);
    if (big === BigInt(kept)) return kept;
    // No bit is lost if 0xffffffff, or the 64-bit -1, becomes an imm of -1.
    const same = field === "imm" && ((big >= 0n && big <= 0xffff_ffffn) || BigInt.asIntN(64, big) === BigInt(kept));
    if (!same)
      this.#context.reporter.report(code, span, { value: String(value.v), kept }, this.#rangeFixes(field, item));
    return kept;
  }

  #rangeFixes(field: FieldName, item: Item | undefined): TitledFix[] {
    if (field !== "imm" || item?.kind !== "macro" || item.macro.name !== "BPF_MOV64_IMM" || item.site) return [];
    const text = item.args.map(({ start, end }) => this.#context.source.slice(start, end)).join(", ");
    return [
      fixOf("use-ld-imm64", {}, [
        { span: { start: item.span.start, end: item.span.end }, text: `BPF_LD_IMM64(${text})` },
      ]),
    ];
  }

  #record(
    item: Exclude<Item, { kind: "label" | "known" }>,
    macro: string | undefined,
    args: readonly Argument[],
    first: number,
    complete: boolean,
  ): void {
    const last = this.#written.at(-1);
    const { site } = item;
    const count = this.#insns.length - first;
    if (site && last && this.#lastSite === site) {
      // One use of a #define that makes several instructions counts as one written instruction.
      const merged: Written = { ...last, slotCount: last.slotCount + count, complete: last.complete && complete };
      this.#written[this.#written.length - 1] = merged;
      for (let i = merged.firstSlot; i < this.#insns.length; i++) this.#slots[i] = merged;
      return;
    }
    const written: Written = site
      ? {
          span: { start: site.start, end: site.end },
          macro: site.name,
          args: [],
          firstSlot: first,
          slotCount: count,
          complete,
        }
      : {
          span: item.span,
          macro,
          args,
          firstSlot: first,
          slotCount: count,
          complete,
        };
    this.#lastSite = site;
    this.#written.push(written);
    for (let i = 0; i < count; i++) this.#slots.push(written);
  }
  #lastSite: Site | undefined;

  #resolve(): void {
    const { reporter } = this.#context;
    for (const use of this.#labelUses) {
      const span = { start: use.start, end: use.end };
      const label = this.#labels.get(use.name);
      if (!label) {
        const near = reporter.similar(use.name, () => this.#labels.keys());
        if (near === undefined) reporter.report("unknown-label", span, { name: use.name });
        else
          reporter.report("unknown-label-similar", span, { name: use.name, similar: near }, [replaceFix(span, near)]);
        continue;
      }
      label.uses.push(span);
      const insn = this.#insns[use.slot] as Fields;
      const distance = label.slot - use.slot - 1;
      insn[use.field] = distance;
      if (use.field === "off" && (distance < -0x8000 || distance > 0x7fff)) {
        insn.off = (distance << 16) >> 16;
        reporter.report("off-range", span, { value: distance, kept: insn.off });
      }
    }
    for (const label of this.#labels.values()) {
      if (label.uses.length === 0) reporter.report("unused-label", label.span, { name: label.name });
    }
  }
}

const FIELDS: readonly FieldName[] = ["code", "dst", "src", "off", "imm"];
const FIT = {
  code: { type: U8, code: "code-range" },
  dst: { type: U8, code: "reg-range" },
  src: { type: U8, code: "reg-range" },
  off: { type: S16, code: "off-range" },
  imm: { type: S32, code: "imm-range" },
} as const;

/** Stands for a value that is filled in later. Its number is 0. */
const SYMBOL: CValue = { type: S32, v: 0 };

const isName = (node: Node): boolean => node.kind === "name" || node.kind === "other";
