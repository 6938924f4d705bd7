// Hints about single instructions that are valid C but may not be what was meant. Nothing here changes a byte.
import type { Span } from "../base/span.ts";
import { helperName } from "../facts/helpers.ts";
import { type InsnMacro, insnMacro, type MacroParam } from "../isa/macros.ts";
import { bigOf, type CValue } from "./ctype.ts";
import { fixOf, replaceFix, type TitledFix } from "./messages.ts";
import type { ExprContext } from "./node.ts";
import type { Argument, Item } from "./program.ts";

type MacroItem = Item & { kind: "macro" };

const REGISTER = /^(?:BPF_REG_\w+|R(?:10|[0-9]))$/;
/** Macros whose imm is sign-extended to 64 bits. */
const SIGN_EXTENDS = new Set(["BPF_ALU64_IMM", "BPF_MOV64_IMM", "BPF_JMP_IMM", "BPF_ALU64_IMM_OFF"]);
/** Macros that take raw numbers on purpose. Their numbers get no hint. */
const RAW = new Set(["BPF_RAW_INSN", "BPF_LD_IMM64_RAW", "BPF_LD_IMM64_RAW_FULL"]);

export function lintMacro(item: MacroItem, values: readonly (CValue | undefined)[], context: ExprContext): void {
  const { macro, args, site } = item;
  const { reporter, source } = context;
  // An instruction that came from a #define gets no hint: its text is not at the place of use.
  if (site) return;
  if (macro.name === "BPF_STX_XADD") {
    const [size, ...rest] = args.map((arg) => textOf(source, arg));
    const text = `BPF_ATOMIC_OP(${[size, "BPF_ADD", ...rest].join(", ")})`;
    reporter.report("deprecated-xadd", item.span, {}, [replaceFix(item.span, text)]);
  } else if (macro.name === "BPF_LD_ABS" || macro.name === "BPF_LD_IND") {
    const name = { start: item.span.start, end: item.span.start + macro.name.length };
    reporter.report("deprecated-packet", name, { macro: macro.name });
  }
  const jumpsAlways = values[0]?.v === 0 && macro.params[0]?.role === "jmp_op";
  for (let i = 0; i < macro.params.length; i++) {
    const param = macro.params[i] as MacroParam;
    const arg = args[i] as Argument;
    const value = values[i];
    if (!value) continue;
    const { node } = arg;
    if (param.role === "size" && (node.kind === "value" || ![0, 8, 16, 24].includes(Number(value.v)))) {
      const meant = SIZE_OF_BYTES[Number(value.v)];
      const text = textOf(source, arg);
      if (text !== "0") reporter.report("odd-size", arg, { text }, meant === undefined ? [] : [replaceFix(arg, meant)]);
    } else if (param.role === "helper" && helperName(Number(value.v)) === undefined) {
      reporter.report("helper-unknown", arg, { value: Number(value.v) });
    } else if (param.role === "imm" && !RAW.has(macro.name) && node.kind === "name" && REGISTER.test(node.name)) {
      reporter.report("register-as-imm", arg, { text: node.name, value: Number(value.v) }, registerForm(item, context));
    } else if (
      param.role === "imm" &&
      SIGN_EXTENDS.has(macro.name) &&
      value.v > 0x7fff_ffff &&
      value.v <= 0xffff_ffff
    ) {
      const written = `0x${value.v.toString(16)}`;
      const fixes = macro.name === "BPF_MOV64_IMM" ? [loadWide(item, args, context)] : [];
      reporter.report(
        "imm-sign-extended",
        arg,
        { written, becomes: `0x${BigInt.asUintN(64, BigInt.asIntN(32, bigOf(value))).toString(16)}` },
        fixes,
      );
    } else if (
      (param.role === "dst" || param.role === "src") &&
      node.kind === "value" &&
      !RAW.has(macro.name) &&
      !jumpsAlways
    ) {
      const number = Number(value.v);
      const fixes = number <= 10 ? [replaceFix(arg, `BPF_REG_${number}`)] : [];
      reporter.report("number-as-register", arg, { text: textOf(source, arg), value: number }, fixes);
    }
  }
}

const textOf = (source: string, span: Span): string => source.slice(span.start, span.end);

const SIZE_OF_BYTES: Readonly<Record<number, string>> = {
  1: "BPF_B",
  2: "BPF_H",
  4: "BPF_W",
  8: "BPF_DW",
  32: "BPF_W",
  64: "BPF_DW",
};

/** A fix that changes the macro to the form with a register instead of a number. */
function registerForm(item: MacroItem, context: ExprContext): TitledFix[] {
  const name = item.macro.name.replace(/_IMM(_OFF)?$/, "_REG$1");
  const form: InsnMacro | undefined = name === item.macro.name ? undefined : insnMacro(name);
  if (!form || form.params.length !== item.macro.params.length) return [];
  const span = { start: item.span.start, end: item.span.start + item.macro.name.length };
  if (context.source.slice(span.start, span.end) !== item.macro.name) return [];
  return [fixOf("use-reg-form", { macro: name }, [{ span, text: name }])];
}

const loadWide = (item: MacroItem, args: readonly Argument[], { source }: ExprContext): TitledFix => {
  const text = args.map(({ start, end }) => source.slice(start, end)).join(", ");
  return fixOf("use-ld-imm64", {}, [
    { span: { start: item.span.start, end: item.span.end }, text: `BPF_LD_IMM64(${text})` },
  ]);
};
