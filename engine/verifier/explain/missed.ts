// Comparisons on the refused path that were meant to protect the refused instruction and did not, or not enough, each with the reason.
// A comparison counts as meant if it looks at the value that was needed, at a value that this one was made of, or at a value that was
// made of it or in the same way. It reads the path; it decides nothing.
import { formOf, type JmpOp } from "../../isa/forms.ts";
import { isPacketReg, isPktPointerReg, type RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import { ancestors, beforeNarrowing, type Lineage, type ValueNode } from "./lineage.ts";
import type { Requirement } from "./need.ts";
import { jumped, lastOfEach, type Path, regOf, testText } from "./path.ts";
import type { Phrase } from "./phrase.ts";

export interface MissedCheck extends Phrase {
  readonly slot: number;
  readonly visit: number;
  readonly why: WhyMissed;
}

export type WhyMissed = keyof typeof WHY;

interface Facts {
  /** The comparison as the log writes it: `r3 > 14`. */
  readonly test: string;
  /** What was compared. */
  readonly seen: string;
  /** What the refused instruction used. */
  readonly used: string;
  readonly low: string;
  readonly high: string;
  readonly need: string;
}

/** Why a comparison did not help. The words in braces are fields of Facts. */
const WHY = {
  "wrong-side": {
    en: "`{test}` was looked at, but the path goes on along the side on which it does not help: turn the condition round, or use the value on the other side",
    ja: "`{test}` を調べていますが、この経路は役に立たない側を通っています。条件を逆にするか、もう一方の側で値を使ってください",
  },
  signed: {
    en: "`{test}` compares as signed numbers: {seen} may still be {low}, which as an unsigned number is huge",
    ja: "`{test}` は符号付きの比較です。{seen} はまだ {low} になりえ、符号なしでは巨大な数です",
  },
  "one-sided": {
    en: "`{test}` leaves {seen} from {low} to {high}: the other end is still open",
    ja: "`{test}` の後も {seen} は {low} から {high} です。反対側の端が制限されていません",
  },
  "too-weak": {
    en: "`{test}` leaves {seen} from {low} to {high}, and at most {need} is safe here",
    ja: "`{test}` の後も {seen} は {low} から {high} で、ここで安全なのは {need} までです",
  },
  "weak-after": {
    en: "`{test}` leaves {seen} from {low} to {high}; what is computed from it afterwards may still be above the {need} that is safe here",
    ja: "`{test}` の後の {seen} は {low} から {high} ですが、その後の計算結果は、ここで安全な {need} をまだ越えるかもしれません",
  },
  "not-zero": {
    en: "`{test}` leaves {seen} from {low} to {high}: 0 is not ruled out",
    ja: "`{test}` の後も {seen} は {low} から {high} で、0 が除かれていません",
  },
  "one-value": {
    en: "`{test}` tells one value from all others: {seen} may still be from {low} to {high}; a limit takes `<` or `>`",
    ja: "`{test}` は一つの値を区別するだけです。{seen} はまだ {low} から {high} になりえます。制限するには `<` か `>` を使います",
  },
  "limit-unknown": {
    en: "`{test}` compares with a value that itself has no useful limit, so nothing follows for {seen}",
    ja: "`{test}` は、それ自体に上限のない値との比較なので、{seen} について何もわかりません",
  },
  width: {
    en: "`{test}` looks at the lower 32 bits of {seen} only; all 64 bits are used",
    ja: "`{test}` は {seen} の下位 32 ビットだけを見ています。使われるのは 64 ビット全体です",
  },
  "other-width": {
    en: "`{test}` looks at {seen}, a copy that was cut or masked; {used}, which is used, keeps all its bits and is not linked to it",
    ja: "`{test}` は、切り詰めやマスクをしたコピー {seen} を見ています。使われる {used} は元のビットを保ったままで、両者は連動していません",
  },
  "before-change": {
    en: "`{test}` was looked at before the value changed: {used} was computed from it afterwards, and has other limits",
    ja: "`{test}` は値が変わる前の比較です。{used} はその後に計算された別の値で、制限は引き継がれません",
  },
  "other-value": {
    en: "`{test}` looks at {seen}, another value made from the same source; it is not linked to {used}",
    ja: "`{test}` は、同じ元から作った別の値 {seen} を見ています。{used} とは連動していません",
  },
  "read-again": {
    en: "`{test}` looks at an earlier read; {used} was read from memory again afterwards, and the memory may have changed in between",
    ja: "`{test}` は以前に読んだ値の比較です。{used} はその後にメモリから読み直した値で、間に変わったかもしれません",
  },
  "part-spilled": {
    en: "`{test}` looks at {seen}, which is linked to {used} no longer: only a part of it went through the stack",
    ja: "`{test}` は {seen} を見ていますが、一部だけがスタックを経由したため、{used} とは連動していません",
  },
  "packet-moved": {
    en: "`{test}` was looked at before a call that may move the packet: after it every packet pointer is worth nothing and must be loaded and compared anew",
    ja: "`{test}` は、パケットを動かしうる呼び出しより前の比較です。呼び出しの後はパケットポインタがすべて無効になり、読み直して比較し直す必要があります",
  },
  length: {
    en: "`{test}` compares a length, which is a number: the verifier learns nothing about the pointer from it; compare the pointer with data_end",
    ja: "`{test}` は長さという数値の比較で、verifier はポインタについて何も学びません。ポインタを data_end と比較してください",
  },
  recomputed: {
    en: "`{test}` proves bytes for {seen}; {used} was computed anew from the same parts, and adding a variable gives it an id of its own, which this comparison does not count for",
    ja: "`{test}` が確認したのは {seen} です。{used} は同じ材料から計算し直したポインタで、変数を足すと別の id になるため、この比較は効きません",
  },
  "before-add": {
    en: "`{test}` was looked at before a variable was added to the pointer: that gives {used} an id of its own with nothing proven",
    ja: "`{test}` は、ポインタに変数を足す前の比較です。足した後の {used} は別の id になり、何も確認されていません",
  },
  "other-pointer": {
    en: "`{test}` proves bytes for {seen}, a pointer of another id than {used}",
    ja: "`{test}` が確認したのは {seen} で、{used} とは別の id のポインタです",
  },
  "too-short": {
    en: "`{test}` proves {low} bytes; the access needs {need}",
    ja: "`{test}` で確認できるのは {low} バイトで、このアクセスには {need} バイトが必要です",
  },
  "at-itself": {
    en: "`{test}` compares {seen} itself, and the verifier counts only the bytes below the pointer that is compared: compare {seen} + {need}",
    ja: "`{test}` は {seen} そのものの比較です。verifier が確認済みとするのは、比較したポインタより手前のバイトだけなので、{seen} + {need} を比較してください",
  },
  "not-the-end": {
    en: "`{test}` compares {seen} with another pointer into the packet, and not with data_end",
    ja: "`{test}` は {seen} を、data_end ではなく別のパケットポインタと比較しています",
  },
  "too-far": {
    en: "`{test}` gives no credit at all: {seen} may lie {high} bytes in, and beyond 65535 comparisons with data_end are not believed",
    ja: "`{test}` はまったく効きません。{seen} は先頭から {high} バイト先かもしれず、65535 を越えると data_end との比較は信用されません",
  },
  "other-lookup": {
    en: "`{test}` looks at the result of another call; {used} comes from a call of its own",
    ja: "`{test}` は別の呼び出しの結果を調べています。{used} はそれとは別の呼び出しの結果です",
  },
  "half-null": {
    en: "`{test}` looks at 32 bits; only a 64-bit comparison with 0 tells that a pointer is not NULL",
    ja: "`{test}` は 32 ビットの比較です。ポインタが NULL でないことは 64 ビットの 0 との比較でしかわかりません",
  },
  "null-late": {
    en: "`{test}` was looked at on {seen}; it does not tell anything of {used}",
    ja: "`{test}` は {seen} を調べていますが、{used} については何もわかりません",
  },
} as const satisfies Readonly<Record<string, Phrase>>;

/** Only this many comparisons are told, the last ones on the path: they say most. */
const MAX_MISSED = 4;

interface Compared {
  readonly at: number;
  readonly slot: number;
  readonly op: JmpOp;
  readonly width: 32 | 64;
  readonly dst: number;
  /** Register number. -1: a constant is compared. */
  readonly src: number;
  readonly imm: number;
  readonly taken: boolean;
}

export function missedChecks(path: Path, lineage: Lineage, need: Requirement | undefined): MissedCheck[] {
  if (!need) return [];
  const found: MissedCheck[] = [];
  path.forEach(({ insn, slot, visit }, at) => {
    const form = formOf(insn);
    const taken = jumped(path, at);
    if (form?.kind !== "jmp" || taken === undefined) return;
    const { op, width, source } = form;
    const one = { at, slot, op, width, dst: insn.dst, src: source === "reg" ? insn.src : -1, imm: insn.imm, taken };
    const told = JUDGES[need.kind](one, path, lineage, need as never);
    if (!told) return;
    const { why, ...facts } = told;
    const filled = fill(WHY[why], {
      test: testText(insn),
      low: "",
      high: "",
      need: "",
      seen: "",
      used: need.reg < 0 ? "the value" : `R${need.reg}`,
      ...facts,
    });
    found.push({ slot, visit, why, ...filled });
  });
  return lastOfEach(found).slice(-MAX_MISSED);
}

const fill = ({ en, ja }: Phrase, facts: Facts): Phrase => {
  const put = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name as keyof Facts] ?? "");
  return { en: `${put(en)}.`, ja: `${put(ja)}。` };
};

type Told = { readonly why: WhyMissed } & Partial<Facts>;
type Judge<K extends Requirement["kind"]> = (
  compared: Compared,
  path: Path,
  lineage: Lineage,
  need: Extract<Requirement, { kind: K }>,
) => Told | undefined;

/** How the compared number is related to the number that was used. undefined: not at all. */
function relation(seen: ValueNode, used: ValueNode): WhyMissed | "same" | undefined {
  if (seen === used) return "same";
  const cut = beforeNarrowing(seen);
  if (cut !== seen && (cut === used || cut === beforeNarrowing(used)))
    return seen.kind === "fill" ? "part-spilled" : "other-width";
  if (beforeNarrowing(used) === seen) return "same";
  const made = ancestors(used);
  if (seen.kind === "const") return undefined;
  if (made.includes(seen)) return "before-change";
  if (cut !== seen && cut.kind !== "const" && made.includes(cut))
    return seen.kind === "fill" ? "part-spilled" : "other-width";
  if (seen.key === used.key || made.some((one) => one.kind === "load" && one.key === seen.key)) return "read-again";
  if (used.kind === "const") return undefined;
  const shared = ancestors(seen).some(
    (one) => one.kind !== "const" && one.kind !== "start" && isNumber(one) && made.includes(one),
  );
  return shared ? "other-value" : undefined;
}

const isNumber = ({ is }: ValueNode): boolean => is?.type === t.SCALAR_VALUE;

const number: Judge<"number"> = (compared, path, lineage, need) => {
  for (const n of [compared.dst, compared.src]) {
    if (n < 0) continue;
    const seen = lineage.reg(compared.at, n);
    if (!seen || !isNumber(seen)) continue;
    const kind = relation(seen, need.node);
    if (kind === undefined) continue;
    if (kind === "same" || leavesNegative(compared, n, path)) return weak(compared, n, path, need);
    return (kind === "before-change" && carriedOn(compared, n, path, seen, need)) || { why: kind, seen: `R${n}` };
  }
  return undefined;
};

/** Rn now has an upper limit as a signed number, but may be negative. So may everything that is computed from it. */
function leavesNegative(compared: Compared, n: number, path: Path): boolean {
  const val = around(compared, n, path)?.[1].val;
  return (
    compared.op.startsWith("js") && compared.op !== "jset" && val !== undefined && val.smin < 0n && val.smax < S32_SPAN
  );
}

/** The limit was carried on into what was computed from the value, but is too weak there. undefined: it was lost on the way. */
function carriedOn(
  compared: Compared,
  n: number,
  path: Path,
  seen: ValueNode,
  need: Extract<Requirement, { kind: "number" }>,
): Told | undefined {
  const val = around(compared, n, path)?.[1].val;
  if (!val || val.umax >= S32_SPAN - 1n || need.high === undefined) return undefined;
  const between = ancestors(need.node).filter((one) => one !== seen && ancestors(one).includes(seen));
  const lost = between.some(({ is }) => !is || is.val.umax >= S32_SPAN - 1n);
  if (lost) return undefined;
  return { why: "weak-after", seen: `R${n}`, low: String(val.smin), high: String(val.umax), need: String(need.high) };
}

/** What the comparison told about Rn: its states before and after it. */
function around({ at }: Compared, n: number, path: Path): readonly [before: RegState, after: RegState] | undefined {
  const before = regOf(path[at]!.before, n);
  const after = path[at + 1] && regOf(path[at + 1]!.before, n);
  return before && after ? [before, after] : undefined;
}

const S32_SPAN = 1n << 32n;

function weak(
  compared: Compared,
  n: number,
  path: Path,
  need: Extract<Requirement, { kind: "number" }>,
): Told | undefined {
  const pair = around(compared, n, path);
  if (!pair) return undefined;
  const [{ val: before }, { val }] = pair;
  const facts = { seen: `R${n}`, low: String(val.smin), high: String(val.umax) };
  const inside =
    val.smin >= (need.low ?? 0n) && (need.high === undefined ? val.umax < S32_SPAN : val.umax <= need.high);
  if (inside) return undefined;
  if (need.low === 1n && val.umin === 0n && val.umax < S32_SPAN) return { why: "not-zero", ...facts };
  const { op } = compared;
  if (op === "jset" || ((op === "jeq" || op === "jne") && compared.src < 0 && compared.imm === 0)) return undefined;
  if (op === "jeq" || op === "jne") return { why: "one-value", ...facts };
  const gaveNothing =
    before === val || (before.umax === val.umax && before.smin === val.smin && before.smax === val.smax);
  if (compared.width === 32 && val.umax >= S32_SPAN) return { why: "width", ...facts };
  if (limitOf(compared, n, path) >= S32_SPAN) return { why: "limit-unknown", ...facts };
  if (gaveNothing || boundsWrongEnd(before, val)) return { why: "wrong-side", ...facts };
  if (op.startsWith("js") && val.smin < 0n && val.smax < S32_SPAN) return { why: "signed", ...facts };
  if (need.high !== undefined && val.smin >= 0n && val.umax < S32_SPAN)
    return { why: "too-weak", ...facts, need: String(need.high) };
  return { why: "one-sided", ...facts };
}

/** The largest value that Rn was compared with, as an unsigned number. */
function limitOf({ at, dst, src, imm }: Compared, n: number, path: Path): bigint {
  if (src < 0) return BigInt.asUintN(64, BigInt(imm));
  return regOf(path[at]!.before, n === dst ? src : dst)?.val.umax ?? 0n;
}

/** The comparison gave only a lower bound where an upper one was needed. */
const boundsWrongEnd = (before: RegState["val"], val: RegState["val"]): boolean =>
  val.umin > before.umin && val.umax === before.umax && val.smax === before.smax;

const packet: Judge<"packet"> = (compared, path, lineage, need) => {
  const { before } = path[compared.at]!;
  const [left, right] = [regOf(before, compared.dst), compared.src < 0 ? undefined : regOf(before, compared.src)];
  const n = left && isPktPointerReg(left) ? compared.dst : right && isPktPointerReg(right) ? compared.src : -1;
  const end = n === compared.dst ? right : left;
  if (n < 0) return lengthCheck(compared, path, lineage);
  if (!end || !isPacketReg(end)) return undefined;
  const seen = lineage.reg(compared.at, n);
  const { reg } = need;
  const used = regOf(path.at(-1)!.before, reg);
  const pointer = regOf(before, n)!;
  if (!seen || !used) return undefined;
  const facts = { seen: `R${n}` };
  if (pointer.type === t.PTR_TO_PACKET && end?.type !== t.PTR_TO_PACKET_END) return { why: "not-the-end", ...facts };
  if (movedSince(path, compared.at)) return { why: "packet-moved", ...facts };
  if (pointer.id === used.id && pointer.type === used.type) {
    const next = path[compared.at + 1] && regOf(path[compared.at + 1]!.before, n);
    if (!next) return undefined;
    const far = pointer.val.umax + BigInt(Math.max(0, pointer.off));
    if (far > 65535n) return { why: "too-far", ...facts, high: String(far) };
    const proven = next.range;
    if (pointer.off === 0 && isInside(compared, n === compared.dst) && proven < need.range)
      return { why: "at-itself", ...facts, need: String(need.range) };
    if (proven < 0 || proven <= Math.max(0, pointer.range))
      return proven >= need.range ? undefined : { why: "wrong-side", ...facts };
    if (proven >= need.range) return undefined;
    return { why: "too-short", ...facts, low: String(proven), need: String(need.range) };
  }
  const keys = keysOf(need.node);
  if (
    seen.key === need.node.key ||
    ancestors(seen).some(({ key, kind, from }) => kind === "alu" && from.length > 1 && keys.has(key))
  )
    return { why: "recomputed", ...facts };
  if (pointer.val.umax + BigInt(Math.max(0, pointer.off)) > 65535n)
    return { why: "too-far", ...facts, high: String(pointer.val.umax) };
  if (ancestors(need.node).includes(seen) || sharesBase(seen, need.node))
    return { why: used.id !== 0 && pointer.id === 0 ? "before-add" : "other-pointer", ...facts };
  return { why: "other-pointer", ...facts };
};

/** Whether the path took the side on which the packet pointer does not reach beyond the end. */
function isInside({ op, taken }: Compared, onLeft: boolean): boolean {
  const below = op === "jlt" || op === "jle";
  const above = op === "jgt" || op === "jge";
  return (below && onLeft === taken) || (above && onLeft !== taken);
}

const keysOf = (node: ValueNode): Set<string> =>
  new Set(
    ancestors(node)
      .filter(({ from }) => from.length > 1)
      .map(({ key }) => key),
  );

const sharesBase = (a: ValueNode, b: ValueNode): boolean => {
  const of = ancestors(a);
  return ancestors(b).some((one) => of.includes(one));
};

/** Whether a call after step `at` made packet pointers invalid. */
function movedSince(path: Path, at: number): boolean {
  for (let i = at + 1; i < path.length - 1; i++) {
    const { insn, before, after } = path[i]!;
    if (formOf(insn)?.kind !== "call" || !after) continue;
    const frames = before.frames;
    const gone = frames.some((frame, f) =>
      frame.regs.some((reg, r) => r > 5 && isPacketReg(reg) && after.frames[f]?.regs[r]?.type === t.SCALAR_VALUE),
    );
    const slots = frames.some((frame, f) =>
      frame.stack.some(
        (slot, s) => isPacketReg(slot.spilled) && after.frames[f]?.stack[s]?.spilled.type === t.SCALAR_VALUE,
      ),
    );
    if (gone || slots) return true;
  }
  return false;
}

/** Finds a compared value that stands for the packet's length: end minus start, or a length read from the context. */
function lengthCheck(compared: Compared, path: Path, lineage: Lineage): Told | undefined {
  for (const n of [compared.dst, compared.src]) {
    if (n < 0) continue;
    const seen = lineage.reg(compared.at, n);
    if (!seen || regOf(path[compared.at]!.before, n)?.type !== t.SCALAR_VALUE) continue;
    const isLength = ancestors(seen).some(
      ({ op, from }) => op === "sub" && from.some(({ is }) => is && isPacketReg(is)),
    );
    const fromContext = ancestors(seen, 10).some(
      ({ kind, from }) => kind === "load" && from[0]?.is?.type === t.PTR_TO_CTX,
    );
    if (isLength || fromContext) return { why: "length", seen: `R${n}` };
  }
  return undefined;
}

const nullness: Judge<"null"> = (compared, path, lineage, need) => {
  const { op, width, dst, src, imm, at } = compared;
  if (src >= 0 || imm !== 0) return undefined;
  const seen = lineage.reg(at, dst);
  if (!seen || (op !== "jeq" && op !== "jne" && op !== "jgt" && op !== "jsgt" && op !== "jslt" && op !== "jle"))
    return undefined;
  const facts = { seen: `R${dst}` };
  const was = regOf(path[at]!.before, dst);
  if (!was) return undefined;
  if (seen === need.node || ancestors(need.node).includes(seen)) {
    if (width === 32) return { why: "half-null", ...facts };
    const now = path[at + 1] && regOf(path[at + 1]!.before, dst);
    if (t.mayBeNull(was.type) && now && !t.mayBeNull(now.type)) {
      // A number means that this side is the NULL side. Otherwise the check did count, and something else was wrong.
      return now.type === t.SCALAR_VALUE ? { why: "wrong-side", ...facts } : undefined;
    }
    return t.mayBeNull(was.type) ? { why: "null-late", ...facts } : undefined;
  }
  if (t.mayBeNull(was.type) && seen.kind === "call" && need.node.kind === "call")
    return { why: "other-lookup", ...facts };
  if (ancestors(seen).includes(need.node)) return { why: "null-late", ...facts };
  return undefined;
};

const JUDGES: { readonly [K in Requirement["kind"]]: Judge<K> } = { number, packet, null: nullness };
