// Every message of the assembler, in both languages side by side. `{name}` stands for an argument of the diagnostic. Texts of
// the kernel (the verifier's sentences, names of errnos) are not here: they stay English everywhere.
import type { Diagnostic, QuickFix, Severity } from "../base/diagnostic.ts";
import type { Span } from "../base/span.ts";
import { similar } from "./similar.ts";

export type Language = "en" | "ja";

interface Message {
  readonly severity: Severity;
  readonly en: string;
  readonly ja: string;
}

export const MESSAGES = {
  // Characters and tokens
  "unterminated-comment": {
    severity: "error",
    en: "this comment never ends: `*/` is missing",
    ja: "コメントが終わっていません: `*/` がありません",
  },
  "unterminated-string": {
    severity: "error",
    en: "this string does not end on its line",
    ja: "文字列が行の終わりまでに閉じられていません",
  },
  "unterminated-char": {
    severity: "error",
    en: "this character constant does not end on its line",
    ja: "文字定数が行の終わりまでに閉じられていません",
  },
  "bad-number": {
    severity: "error",
    en: "`{text}` is not a C integer constant",
    ja: "`{text}` は C の整数定数ではありません",
  },
  "bad-char": {
    severity: "error",
    en: "{text} is not a character constant",
    ja: "{text} は文字定数ではありません",
  },
  "look-alike": {
    severity: "error",
    en: "`{found}` only looks like `{plain}`: it is a full-width or typographic character, which C does not know",
    ja: "`{found}` は `{plain}` に似ていますが、全角または飾りの文字で、C では使えません",
  },
  // Shape
  unexpected: {
    severity: "error",
    en: "found {found}, expected {expected}",
    ja: "{expected} が来るはずのところに {found} があります",
  },
  "kernel-notation": {
    severity: "error",
    en: "this is the kernel's notation; as a macro it is `{macro}`",
    ja: "これはカーネルの表記です。マクロでは `{macro}` と書きます",
  },
  "missing-comma": {
    severity: "error",
    en: "a comma is missing between two instructions",
    ja: "命令と命令の間にコンマがありません",
  },
  "missing-paren": {
    severity: "error",
    en: "`{macro}(` is not closed: expected `)`",
    ja: "`{macro}(` が閉じられていません: `)` が必要です",
  },
  "missing-brace": {
    severity: "error",
    en: "this `{{` is not closed: expected `}}`",
    ja: "この `{{` が閉じられていません: `}}` が必要です",
  },
  "too-deep": {
    severity: "error",
    en: "nested more than {limit} levels deep",
    ja: "入れ子が深すぎます(上限 {limit} 段)",
  },
  "too-many-diagnostics": {
    severity: "error",
    en: "more than {limit} of these: the rest is not listed",
    ja: "{limit} 件を超えたため、残りは省きました",
  },
  // Names
  "unknown-macro": {
    severity: "error",
    en: "there is no macro `{name}`",
    ja: "`{name}` というマクロはありません",
  },
  "unknown-macro-similar": {
    severity: "error",
    en: "there is no macro `{name}`; did you mean `{similar}`?",
    ja: "`{name}` というマクロはありません。`{similar}` のことですか?",
  },
  "unknown-name": {
    severity: "error",
    en: "`{name}` is not declared",
    ja: "`{name}` は宣言されていません",
  },
  "unknown-name-similar": {
    severity: "error",
    en: "`{name}` is not declared; did you mean `{similar}`?",
    ja: "`{name}` は宣言されていません。`{similar}` のことですか?",
  },
  "register-range": {
    severity: "error",
    en: "there is no register `{name}`: registers end at 10 (BPF_REG_0 … BPF_REG_10)",
    ja: "レジスタ `{name}` はありません: レジスタは 10 まで(BPF_REG_0 … BPF_REG_10)です",
  },
  "unknown-type": {
    severity: "error",
    en: "`{name}` is not a known type",
    ja: "`{name}` という型はありません",
  },
  "unknown-type-similar": {
    severity: "error",
    en: "`{name}` is not a known type; did you mean `{similar}`?",
    ja: "`{name}` という型はありません。`{similar}` のことですか?",
  },
  "incomplete-type": {
    severity: "error",
    en: "the size of `{name}` is not known here",
    ja: "`{name}` の大きさはここでは分かりません",
  },
  "unknown-field": {
    severity: "error",
    en: "`{type}` has no field `{name}`",
    ja: "`{type}` に `{name}` というフィールドはありません",
  },
  "unknown-field-similar": {
    severity: "error",
    en: "`{type}` has no field `{name}`; did you mean `{similar}`?",
    ja: "`{type}` に `{name}` というフィールドはありません。`{similar}` のことですか?",
  },
  "not-a-field": {
    severity: "error",
    en: "`{text}` is no field that `{builtin}` can find",
    ja: "`{text}` は `{builtin}` で求められるフィールドではありません",
  },
  "bit-field": {
    severity: "error",
    en: "`{name}` is a bit-field: C gives it no offset of its own",
    ja: "`{name}` はビットフィールドなので、C では単独のオフセットを持ちません",
  },
  "not-constant": {
    severity: "error",
    en: "`{text}` is not a constant that is known when the program is assembled",
    ja: "`{text}` はアセンブル時に値の決まる定数ではありません",
  },
  "division-by-zero": {
    severity: "error",
    en: "this constant expression divides by zero",
    ja: "この定数式は 0 で割っています",
  },
  "shift-range": {
    severity: "warning",
    en: "a shift by {count} on a {bits}-bit type has no meaning in C",
    ja: "{bits} ビットの型を {count} ビットシフトする式は、C では意味が定まりません",
  },
  // Arguments and fields
  "argument-count": {
    severity: "error",
    en: "`{macro}` takes {expected} arguments ({params}), found {found}",
    ja: "`{macro}` の引数は {expected} 個({params})ですが、{found} 個あります",
  },
  "missing-argument": {
    severity: "error",
    en: "argument {param} of `{macro}` is missing",
    ja: "`{macro}` の引数 {param} がありません",
  },
  "unknown-member": {
    severity: "error",
    en: "struct bpf_insn has no member `{name}`: code, dst_reg, src_reg, off, imm",
    ja: "struct bpf_insn に `{name}` というメンバーはありません: code, dst_reg, src_reg, off, imm",
  },
  "too-many-members": {
    severity: "error",
    en: "struct bpf_insn has five members: code, dst_reg, src_reg, off, imm",
    ja: "struct bpf_insn のメンバーは 5 つです: code, dst_reg, src_reg, off, imm",
  },
  "imm-range": {
    severity: "warning",
    en: "imm {value} does not fit in s32 [-2147483648, 2147483647]: C keeps {kept}",
    ja: "imm {value} は s32 [-2147483648, 2147483647] に収まりません: C では {kept} になります",
  },
  "off-range": {
    severity: "warning",
    en: "off {value} does not fit in s16 [-32768, 32767]: C keeps {kept}",
    ja: "off {value} は s16 [-32768, 32767] に収まりません: C では {kept} になります",
  },
  "code-range": {
    severity: "warning",
    en: "code {value} does not fit in u8 [0, 255]: C keeps {kept}",
    ja: "code {value} は u8 [0, 255] に収まりません: C では {kept} になります",
  },
  "reg-range": {
    severity: "warning",
    en: "register number {value} does not fit in 4 bits [0, 15]: C keeps {kept}",
    ja: "レジスタ番号 {value} は 4 ビット [0, 15] に収まりません: C では {kept} になります",
  },
  // Misread and old forms
  "register-as-imm": {
    severity: "hint",
    en: "`{text}` stands where a number is meant: this takes the number {value}, not the register",
    ja: "数値の場所に `{text}` があります: レジスタではなく数値 {value} として使われます",
  },
  "number-as-register": {
    severity: "hint",
    en: "`{text}` stands where a register is meant: this is register R{value}",
    ja: "レジスタの場所に `{text}` があります: レジスタ R{value} として使われます",
  },
  "imm-sign-extended": {
    severity: "hint",
    en: "a 64-bit operation sign-extends its imm: {written} becomes {becomes}",
    ja: "64 ビット演算は imm を符号拡張します: {written} は {becomes} になります",
  },
  "deprecated-xadd": {
    severity: "hint",
    en: "BPF_STX_XADD is the old name of BPF_ATOMIC_OP with BPF_ADD",
    ja: "BPF_STX_XADD は BPF_ATOMIC_OP(BPF_ADD)の古い名前です",
  },
  "deprecated-packet": {
    severity: "hint",
    en: "{macro} is kept for old programs (RFC 9669 section 5.5): new ones read the packet through `data`",
    ja: "{macro} は古いプログラムのために残っている形です(RFC 9669 5.5 節)。新しいプログラムは `data` を通して読みます",
  },
  "odd-size": {
    severity: "warning",
    en: "`{text}` is no size: BPF_B, BPF_H, BPF_W or BPF_DW",
    ja: "`{text}` はサイズではありません: BPF_B, BPF_H, BPF_W, BPF_DW のどれかです",
  },
  "unknown-form": {
    severity: "warning",
    en: "opcode 0x{code} with these fields is no instruction of Linux 6.18",
    ja: "この opcode 0x{code} とフィールドの組は、Linux 6.18 の命令にはありません",
  },
  "jump-out": {
    severity: "hint",
    en: "jumps to slot {target}, but the program has slots 0 to {last}",
    ja: "スロット {target} へ飛びますが、プログラムにあるのは 0 から {last} までです",
  },
  "jump-into-ld-imm64": {
    severity: "warning",
    en: "jumps to slot {target}, the second half of the 64-bit load at {first}",
    ja: "スロット {target} は {first} の 64 ビットロードの後半です。その途中には飛べません",
  },
  "helper-unknown": {
    severity: "hint",
    en: "Linux 6.18 has no helper number {value}",
    ja: "Linux 6.18 に番号 {value} のヘルパーはありません",
  },
  // Labels, maps, directives
  "unknown-label": {
    severity: "error",
    en: "there is no label `{name}`",
    ja: "`{name}` というラベルはありません",
  },
  "unknown-label-similar": {
    severity: "error",
    en: "there is no label `{name}`; did you mean `{similar}`?",
    ja: "`{name}` というラベルはありません。`{similar}` のことですか?",
  },
  "duplicate-label": {
    severity: "error",
    en: "label `{name}` is defined twice",
    ja: "ラベル `{name}` が 2 回定義されています",
  },
  "unused-label": {
    severity: "hint",
    en: "nothing jumps to label `{name}`",
    ja: "ラベル `{name}` へ飛ぶ命令がありません",
  },
  "label-number": {
    severity: "warning",
    en: "the comment says `{name}`, which is {right} from here, but the number is {written}",
    ja: "コメントの `{name}` はここから {right} ですが、数値は {written} です",
  },
  "undeclared-map": {
    severity: "warning",
    en: "`{name}` is not declared as a map: the load is left empty",
    ja: "`{name}` はマップとして宣言されていません: ロードは空のままにします",
  },
  "duplicate-map": {
    severity: "error",
    en: "map `{name}` is declared twice",
    ja: "マップ `{name}` が 2 回宣言されています",
  },
  "unknown-directive": {
    severity: "warning",
    en: "there is no directive `@{name}`: @prog, @attach, @flags, @license, @map, @ctx, @label, @btf, @use",
    ja: "`@{name}` という指示はありません: @prog, @attach, @flags, @license, @map, @ctx, @label, @btf, @use",
  },
  "directive-value": {
    severity: "error",
    en: "`@{name}` {problem}: expected {expected}",
    ja: "`@{name}` の書き方が違います({problem})。{expected} と書きます",
  },
  "other-programs": {
    severity: "hint",
    en: "there is more than one program here: `{used}` is assembled, {others} left out",
    ja: "プログラムが複数あります: `{used}` をアセンブルし、{others} は使いません",
  },
  "c-source": {
    severity: "error",
    en: "this is C (`{name}` is a function). The editor takes eBPF instructions as C macros, one per line",
    ja: "これは C のソースです(`{name}` は関数)。エディタには eBPF の命令を、C のマクロで 1 行に 1 つ書きます",
  },
  "no-instructions": {
    severity: "hint",
    en: "there is no instruction here",
    ja: "命令がありません",
  },
  "classic-bpf": {
    severity: "error",
    en: "`{name}` is classic BPF (struct sock_filter), which the kernel turns into eBPF; it has no eBPF bytes of its own",
    ja: "`{name}` は classic BPF(struct sock_filter)です。カーネルが eBPF に変換するもので、eBPF の命令そのものではありません",
  },
  // The preprocessor
  "unknown-preprocessor": {
    severity: "error",
    en: "`#{name}` is not a preprocessor directive",
    ja: "`#{name}` というプリプロセッサ指令はありません",
  },
  "unbalanced-conditional": {
    severity: "error",
    en: "`#{name}` without an open `#if`",
    ja: "対応する `#if` のない `#{name}` です",
  },
  "unterminated-conditional": {
    severity: "error",
    en: "this `#{name}` has no `#endif`",
    ja: "この `#{name}` に対応する `#endif` がありません",
  },
  "bad-define": {
    severity: "error",
    en: "`#define` needs a name, then for a macro with parameters `(a, b)` right behind it",
    ja: "`#define` には名前が必要です。引数を取る場合は名前のすぐ後に `(a, b)` と書きます",
  },
  "macro-arguments": {
    severity: "error",
    en: "`{name}` is defined with {expected} parameters, used with {found}",
    ja: "`{name}` の引数は {expected} 個と定義されていますが、{found} 個で使われています",
  },
  "macro-unterminated": {
    severity: "error",
    en: "the arguments of `{name}` never end: `)` is missing",
    ja: "`{name}` の引数が終わっていません: `)` がありません",
  },
  "expansion-limit": {
    severity: "error",
    en: "the `#define`s here grow beyond {limit} tokens: the rest is not expanded",
    ja: "`#define` の展開が {limit} トークンを超えました: 残りは展開しません",
  },
  "error-directive": {
    severity: "error",
    en: "#error {text}",
    ja: "#error {text}",
  },
} as const satisfies Record<string, Message>;

export type MessageCode = keyof typeof MESSAGES;

/** Titles of the quick fixes, by their code. */
export const FIX_TITLES = {
  "replace-with": { en: "change to `{text}`", ja: "`{text}` に変える" },
  "replace-look-alikes": { en: "change all {count} such places", ja: "該当する {count} か所をすべて変える" },
  "insert-comma": { en: "insert a comma", ja: "コンマを入れる" },
  "insert-paren": { en: "insert `)`", ja: "`)` を入れる" },
  "use-ld-imm64": { en: "use BPF_LD_IMM64, which holds 64 bits", ja: "64 ビットを持てる BPF_LD_IMM64 を使う" },
  "use-reg-form": { en: "use `{macro}`, which takes a register", ja: "レジスタを取る `{macro}` を使う" },
  "use-imm-form": { en: "use `{macro}`, which takes a number", ja: "数値を取る `{macro}` を使う" },
  "declare-map": { en: "declare the map `{name}`", ja: "マップ `{name}` を宣言する" },
  "add-exit": { en: "add BPF_EXIT_INSN()", ja: "BPF_EXIT_INSN() を加える" },
} as const satisfies Record<string, Record<Language, string>>;
export type FixCode = keyof typeof FIX_TITLES;

export type Args = Readonly<Record<string, string | number>>;

/** A quick fix with its code and arguments, so that its title can be given in another language. */
export interface TitledFix extends QuickFix {
  readonly code: FixCode;
  readonly args: Args;
}

const fill = (template: string, args: Args): string =>
  template.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, name) =>
    name === undefined ? whole.charAt(0) : name in args ? String(args[name]) : whole,
  );

/** The diagnostic's sentence. If the code is not one of the assembler's, its English `message`. */
export function sentence(diagnostic: Diagnostic, language: Language): string {
  const message = (MESSAGES as Record<string, Message>)[diagnostic.code];
  return message ? fill(message[language], diagnostic.args ?? {}) : diagnostic.message;
}

export function fixTitle(fix: QuickFix | TitledFix, language: Language): string {
  return "code" in fix ? fill(FIX_TITLES[fix.code][language], fix.args) : fix.title;
}

/** A fix "change to …" that replaces the text at a span. */
export const replaceFix = (span: Span, text: string): TitledFix =>
  fixOf("replace-with", { text }, [{ span: { start: span.start, end: span.end }, text }]);

export const fixOf = (code: FixCode, args: Args, edits: QuickFix["edits"]): TitledFix => ({
  code,
  args,
  title: fill(FIX_TITLES[code].en, args),
  edits,
});

/** Collects diagnostics, up to a limit: nobody reads the ten thousandth. */
export class Reporter {
  static readonly LIMIT = 500;
  readonly #list: Diagnostic[] = [];
  readonly #counts = { error: 0, other: 0 };
  #errors = 0;
  #guesses = new Map<string, string | undefined>();

  /** The known name nearest to a wrong one. In a text full of wrong names it soon stops searching. */
  similar(name: string, known: () => Iterable<string>): string | undefined {
    if (this.#guesses.has(name)) return this.#guesses.get(name);
    if (this.#guesses.size >= 40) return undefined;
    const found = similar(name, known());
    this.#guesses.set(name, found);
    return found;
  }

  report(code: MessageCode, span: Span, args: Args = {}, fixes: readonly TitledFix[] = []): void {
    const { severity, en } = MESSAGES[code];
    if (severity === "error") this.#errors++;
    // Errors have their own limit, so that a thousand hints do not hide one of them.
    const kind = severity === "error" ? "error" : "other";
    const count = ++this.#counts[kind];
    if (count > Reporter.LIMIT) {
      if (count > Reporter.LIMIT + 1) return;
      const limit = { limit: Reporter.LIMIT };
      const message = fill(MESSAGES["too-many-diagnostics"].en, limit);
      this.#list.push({ ...this.#at(span), severity, code: "too-many-diagnostics", message, args: limit });
      return;
    }
    this.#list.push({
      ...this.#at(span),
      severity,
      code,
      message: fill(en, args),
      args,
      ...(fixes.length > 0 ? { fixes } : {}),
    });
  }

  #at(span: Span) {
    return { span: { start: span.start, end: span.end } };
  }

  /** Number of diagnostics reported so far. */
  get said(): number {
    return this.#counts.error + this.#counts.other;
  }

  get errors(): number {
    return this.#errors;
  }

  /** The diagnostics sorted by place, each fault once. */
  list(): Diagnostic[] {
    const seen = new Set<string>();
    return this.#list
      .toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
      .filter((d) => {
        const key = `${d.span.start}:${d.span.end}:${d.code}:${d.message}`;
        return !seen.has(key) && seen.add(key);
      });
  }
}
