// Which value broke a rule, and where it came from. The refused path is walked backwards, with one sentence for each instruction that
// made the value what it is. A copy leads to its source, a read of the stack to the store, an argument to the caller. It reads the
// trace; it decides nothing.
import { BPF_FETCH } from "../../isa/codes.ts";
import { ALU_OPS, formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { RegState } from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import { isSpilledReg, type StackSlot, spiOf } from "../state/stack.ts";
import type { StateView, Trace, Visit, Visits } from "../trace.ts";
import { isBranch, visitsBySlot } from "./busiest.ts";
import { type Phrase, valuePhrase } from "./phrase.ts";

/** A step of the story. */
export interface CauseStep extends Phrase {
  readonly slot: number;
  /** Number of the visit. -1: the step is about the program's start, or about steps that are left out. */
  readonly visit: number;
}

export interface Cause {
  /** The register that was refused, or -1. */
  readonly reg: number;
  /** In the order in which they happened. The last one is the refused instruction. */
  readonly steps: readonly CauseStep[];
}

/** What is followed: a register of a frame, or eight bytes of the frame's stack. */
type Place =
  | { readonly kind: "reg"; readonly frame: number; readonly reg: number }
  | { readonly kind: "slot"; readonly frame: number; readonly spi: number };

/** A value is followed back over at most this many steps. */
const MAX_STEPS = 10_000;
/** A longer story leaves out the steps in the middle. Most of those are rounds of a loop. */
const MAX_TOLD = 6;
/** This many of the steps that are kept come from the end. */
const MAX_LAST = 3;

/** What the message names. Empty: the value that the refused instruction works on is followed. */
export interface CauseHints {
  readonly reg?: number;
  /** Stack offset in bytes from R10. */
  readonly stackOff?: number;
  /** Slot of the instruction that took the reference which was not released. */
  readonly acquiredAt?: number;
  /** Slot of the instruction that a loop came back to with nothing changed. */
  readonly loopSlot?: number;
  /** A limit of the whole walk was exceeded: the instructions that were walked most are named. */
  readonly busiest?: boolean;
}

export function causeOf(trace: Trace, insns: readonly Insn[], named: CauseHints): Cause | undefined {
  const { visits } = trace;
  if (named.busiest) return { reg: -1, steps: busiest(visits, insns) };
  const last = visits.refused;
  const refused = visits.at(last);
  if (!refused) return undefined;
  if (named.acquiredAt !== undefined) return { reg: -1, steps: leak(visits, last, named.acquiredAt) };
  if (named.loopSlot !== undefined) return { reg: -1, steps: rounds(visits, last, named.loopSlot) };
  const frame = refused.before.curframe;
  const reg = named.reg ?? (named.stackOff === undefined ? workedOn(insns[refused.insnIdx] as Insn) : -1);
  const place: Place | undefined =
    named.stackOff !== undefined && named.stackOff < 0 && named.stackOff >= -512
      ? { kind: "slot", frame, spi: spiOf(named.stackOff) }
      : reg >= 0 && reg <= 10
        ? { kind: "reg", frame, reg }
        : undefined;
  if (!place) return { reg: -1, steps: [{ slot: refused.insnIdx, visit: last, ...sentence(PLAIN) }] };
  return {
    reg: place.kind === "reg" ? place.reg : -1,
    steps: [
      ...story(visits, insns, refused.prev, place),
      { slot: refused.insnIdx, visit: last, ...sentence(lastWords(refused.before, place)) },
    ],
  };
}

const PLAIN: Phrase = { en: "the verifier stops here", ja: "verifier はここで止まります" };

/** The visits of a path, from visit `from` back to the program's start. */
function* back(visits: Visits, from: number): Generator<number> {
  for (let at = from; at >= 0; at = visits.prevOf(at)) yield at;
}

function leak(visits: Visits, last: number, taken: number): CauseStep[] {
  const steps: CauseStep[] = [];
  for (const visit of back(visits, last)) {
    if (visits.slotOf(visit) !== taken) continue;
    steps.push({
      slot: taken,
      visit,
      ...sentence({ en: "here the reference was taken", ja: "ここで参照を取得しました" }),
    });
    break;
  }
  const slot = visits.slotOf(last);
  const words = { en: "here the path ends and still holds it", ja: "参照を持ったまま、経路はここで終わります" };
  return [...steps, { slot, visit: last, ...sentence(words) }];
}

function rounds(visits: Visits, last: number, again: number): CauseStep[] {
  const times = [...back(visits, last)].filter((visit) => visits.slotOf(visit) === again);
  const before = times.find((visit) => visit !== last);
  const steps: CauseStep[] = [];
  if (before !== undefined)
    steps.push({
      slot: again,
      visit: before,
      ...sentence({ en: "the path came by here before", ja: "この経路は以前ここを通りました" }),
    });
  const words = {
    en: `at arrival number ${times.length} no value differs that could ever end the loop`,
    ja: `${times.length} 回目の到達でも、ループを終わらせうる値が何も変わっていません`,
  };
  return [...steps, { slot: again, visit: last, ...sentence(words) }];
}

const weight = (insn: Insn | undefined): number => (isBranch(insn) ? 2 : 1);

/** The slots that were walked most, in the program's order. Branches are preferred. */
function busiest(visits: Visits, insns: readonly Insn[]): CauseStep[] {
  return (
    [...visitsBySlot(visits)]
      // A branch counts twice, so that it comes before the instructions between branches.
      .sort(([a, one], [b, other]) => other.length * weight(insns[b]) - one.length * weight(insns[a]))
      .slice(0, MAX_LAST)
      .sort(([a], [b]) => a - b)
      .map(([slot, numbers]) => {
        const words = {
          en: `walked ${numbers.length} times in the first ${visits.length} instructions`,
          ja: `最初の ${visits.length} 命令のうち ${numbers.length} 回ここを検証しました`,
        };
        return { slot, visit: numbers.at(-1)!, ...sentence(words) };
      })
  );
}

/** Makes a whole sentence of the phrase. */
const sentence = ({ en, ja, startsWithName }: Phrase): Phrase => ({
  en: `${startsWithName ? en : en.charAt(0).toUpperCase() + en.slice(1)}.`,
  ja: `${ja}。`,
});

/** The register that an instruction may fail on if the message names none: the pointer, the result or the changed register. -1: none. */
function workedOn(insn: Insn): number {
  const form = formOf(insn);
  switch (form?.kind) {
    case "ldx":
    case "load_acq":
      return insn.src;
    case "st":
    case "stx":
    case "store_rel":
    case "atomic":
    case "alu":
      return insn.dst;
    case "exit":
      return 0;
    default:
      return -1;
  }
}

const nameOf = (place: Place): string => (place.kind === "reg" ? `R${place.reg}` : `fp${-8 * (place.spi + 1)}`);

/** What is believed of a place. undefined: it holds nothing. */
function believed(state: StateView, place: Place): RegState | StackSlot | undefined {
  const frame = state.frames[place.frame];
  if (place.kind === "slot") return frame?.stack[place.spi];
  const reg = frame?.regs[place.reg];
  return reg && reg.type !== t.NOT_INIT ? reg : undefined;
}

const isReg = (value: RegState | StackSlot): value is RegState => "val" in value;

function phraseOf(state: StateView, place: Place): Phrase {
  const value = believed(state, place);
  if (value === undefined) return { en: "nothing", ja: "値なし" };
  if (isReg(value)) return valuePhrase(value, place.frame);
  if (isSpilledReg(value)) return valuePhrase(value.spilled, place.frame);
  return value.types === 0
    ? { en: "nothing", ja: "値なし" }
    : { en: "bytes of unknown value", ja: "値のわからないバイト列" };
}

function lastWords(state: StateView, place: Place): Phrase {
  const name = nameOf(place);
  const value = believed(state, place);
  if (value === undefined || (!isReg(value) && value.types === 0))
    return { en: `${name} holds nothing here`, ja: `ここでは ${name} に値がありません`, startsWithName: true };
  const phrase = phraseOf(state, place);
  return { en: `here ${name} is ${phrase.en}`, ja: `ここでの ${name} は${phrase.ja}です` };
}

/** Ids and precision marks are not compared: they say how a value is tracked, not which value it is. */
function same(a: RegState | StackSlot | undefined, b: RegState | StackSlot | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (isReg(a) !== isReg(b)) return false;
  if (!isReg(a) || !isReg(b)) {
    const [x, y] = [a as StackSlot, b as StackSlot];
    return x.types === y.types && same(x.spilled, y.spilled);
  }
  return (
    a.type === b.type &&
    a.off === b.off &&
    a.frameno === b.frameno &&
    a.map === b.map &&
    a.range === b.range &&
    a.memSize === b.memSize &&
    a.val.varOff.value === b.val.varOff.value &&
    a.val.varOff.mask === b.val.varOff.mask &&
    a.val.umin === b.val.umin &&
    a.val.umax === b.val.umax &&
    a.val.smin === b.val.smin &&
    a.val.smax === b.val.smax
  );
}

/** The steps that made a place what it is at visit `from`, in the order in which they happened. */
function story(visits: Visits, insns: readonly Insn[], from: number, start: Place): CauseStep[] {
  const steps: CauseStep[] = [];
  let place: Place | undefined = start;
  let number = from;
  while (place && steps.length < MAX_STEPS) {
    const visit: Visit | undefined = visits.at(number);
    if (!visit) {
      // The path ends at the program's start: the value was there from the beginning, or was never set.
      steps.push({ slot: 0, visit: -1, ...sentence(begin(place)) });
      break;
    }
    const { before, after } = visit;
    const insn = insns[visit.insnIdx] as Insn;
    const isNew = after !== undefined && setsAnew(insn, before, place);
    if (after && (isNew || !same(believed(before, place), believed(after, place)))) {
      const step: Step = explained(insn, before, after, place);
      steps.push({ slot: visit.insnIdx, visit: number, ...sentence(step.words) });
      place = step.next;
    } else if (after && after.curframe !== before.curframe) place = placeInCaller(before, after, place);
    number = visit.prev;
  }
  return shortened(steps.reverse());
}

/**
 * Whether the instruction gives the register another value (a move, a load, an atomic fetch), even if the verifier believes no more of
 * it than before.
 */
function setsAnew(insn: Insn, { curframe }: StateView, place: Place): boolean {
  if (place.kind !== "reg" || place.frame !== curframe) return false;
  const form = formOf(insn);
  switch (form?.kind) {
    case "alu":
      return insn.dst === place.reg && form.op === "mov";
    case "ldx":
    case "load_acq":
    case "ld_imm64":
      return insn.dst === place.reg;
    case "atomic":
      return (insn.imm & BPF_FETCH) !== 0 && place.reg === (form.op === "cmpxchg" ? 0 : insn.src);
    default:
      return false;
  }
}

function shortened(steps: readonly CauseStep[]): CauseStep[] {
  if (steps.length <= MAX_TOLD) return [...steps];
  const left = steps.slice(MAX_TOLD - MAX_LAST - 1, -MAX_LAST);
  const words = { en: `${left.length} more steps like these`, ja: `同様のステップがほかに ${left.length} 回` };
  const gap: CauseStep = { slot: -1, visit: -1, ...sentence(words) };
  return [...steps.slice(0, MAX_TOLD - MAX_LAST - 1), gap, ...steps.slice(-MAX_LAST)];
}

function begin(place: Place): Phrase {
  const name = nameOf(place);
  if (place.kind === "reg" && place.reg === 1)
    return { en: "at the start R1 is the context", ja: "開始時の R1 はコンテキストです" };
  if (place.kind === "reg" && place.reg === 10)
    return { en: "R10 is the frame pointer from the start", ja: "R10 は最初からフレームポインタです" };
  return {
    en: `no instruction on this path ${place.kind === "reg" ? "sets" : "writes"} ${name}`,
    ja: `この経路に ${name} を${place.kind === "reg" ? "設定" : "書き込み"}する命令はありません`,
  };
}

/** The place that held the same value before a call or a return. */
function placeInCaller(before: StateView, after: StateView, place: Place): Place {
  // A function was just entered: its R1 to R5 are its caller's.
  if (after.curframe > before.curframe && place.frame === after.curframe && place.kind === "reg" && place.reg <= 5)
    return { ...place, frame: before.curframe };
  return place;
}

interface Step {
  readonly words: Phrase;
  /** The place to follow further back. undefined: the value begins here. */
  readonly next: Place | undefined;
}

function explained(insn: Insn, before: StateView, after: StateView, place: Place): Step {
  const name = nameOf(place);
  const was = phraseOf(before, place);
  const is = phraseOf(after, place);
  const becomes: Phrase = { en: `${name} becomes ${is.en}`, ja: `${name} は${is.ja}になります`, startsWithName: true };
  const fromTo: Phrase = {
    en: `${name} was ${was.en} and becomes ${is.en}`,
    ja: `${name} は${was.ja}から${is.ja}になります`,
    startsWithName: true,
  };
  const form = formOf(insn);

  if (after.curframe > before.curframe) {
    // A call hands R1 to R5 on; everything else of the new frame is empty.
    if (place.kind === "reg" && place.frame === after.curframe && place.reg >= 1 && place.reg <= 5)
      return {
        words: { en: `${name} is handed to the function: ${is.en}`, ja: `${name} を関数に渡します: ${is.ja}` },
        next: { ...place, frame: before.curframe },
      };
    const empty: Phrase = {
      en: `in the function ${name} holds nothing at first`,
      ja: `関数の始まりでは ${name} に値がありません`,
    };
    return { words: believed(after, place) === undefined ? empty : becomes, next: undefined };
  }
  if (after.curframe < before.curframe && place.kind === "reg" && place.reg === 0 && place.frame === after.curframe)
    return {
      words: { en: `the function returns ${is.en} in R0`, ja: `関数は R0 で${is.ja}を返します` },
      next: { kind: "reg", frame: before.curframe, reg: 0 },
    };

  if (place.kind === "slot") {
    const stored = form?.kind === "stx" || form?.kind === "store_rel" ? insn.src : -1;
    return {
      words: { en: `${name} is written: ${is.en}`, ja: `${name} に書き込みます: ${is.ja}`, startsWithName: true },
      next: stored >= 0 ? { kind: "reg", frame: before.curframe, reg: stored } : undefined,
    };
  }

  switch (form?.kind) {
    case "call": {
      const gone = believed(after, place) === undefined;
      return {
        words: gone
          ? {
              en: `the call leaves nothing in ${name}: R1 to R5 do not survive it`,
              ja: `呼び出しで ${name} は失われます (R1～R5 は残りません)`,
            }
          : place.reg === 0
            ? { en: `the call returns ${is.en} in R0`, ja: `呼び出しは R0 で${is.ja}を返します` }
            : fromTo,
        next: gone || place.reg === 0 ? undefined : place,
      };
    }
    case "ld_imm64":
      return { words: becomes, next: undefined };
    case "ldx":
    case "load_acq":
      return loaded(insn, before, place, is);
    case "atomic":
      return {
        words: {
          en: `${name} gets what was in memory before: ${is.en}`,
          ja: `${name} に変更前のメモリの値が入ります: ${is.ja}`,
        },
        next: undefined,
      };
    case "alu": {
      const isMov = ALU_OPS[form.op].shape === "move";
      if (isMov && form.source === "imm") return { words: becomes, next: undefined };
      if (isMov)
        return {
          words: {
            en: `${name} is copied from R${insn.src}: ${is.en}`,
            ja: `${name} に R${insn.src} をコピー: ${is.ja}`,
          },
          next: { ...place, reg: insn.src },
        };
      if (insn.dst !== place.reg) return { words: fromTo, next: place };
      if (form.source !== "reg" || insn.src === insn.dst) return { words: fromTo, next: place };
      const other: Place = { ...place, reg: insn.src };
      const by = phraseOf(before, other);
      const value = believed(before, other);
      // A number that is not a constant decides what is known of the result.
      const follows =
        value !== undefined && isReg(value) && value.type === t.SCALAR_VALUE && value.val.varOff.mask !== 0n;
      return {
        words: {
          en: `R${insn.src} is ${by.en}; ${fromTo.en}`,
          ja: `R${insn.src} は${by.ja}。${fromTo.ja}`,
        },
        next: follows ? other : place,
      };
    }
    case "jmp":
      return {
        words: {
          en: `on this side of the branch ${name}, ${was.en} before, is ${is.en}`,
          ja: `分岐のこちら側では、${name} は${was.ja}から${is.ja}に絞られます`,
        },
        next: place,
      };
    default:
      return { words: fromTo, next: was.en === "nothing" ? undefined : place };
  }
}

function loaded(insn: Insn, before: StateView, place: Place, is: Phrase): Step {
  const name = nameOf(place);
  const base = before.frames[before.curframe]?.regs[insn.src];
  if (base?.type === t.PTR_TO_STACK && base.val.varOff.mask === 0n) {
    const off = Number(BigInt.asIntN(64, base.val.varOff.value)) + base.off + insn.off;
    const spi = spiOf(off);
    return {
      words: {
        en: `${name} is read back from fp${off}: ${is.en}`,
        ja: `fp${off} から ${name} に読み戻します: ${is.ja}`,
      },
      next: off < 0 && off >= -512 ? { kind: "slot", frame: base.frameno, spi } : undefined,
    };
  }
  const from = base ? valuePhrase(base, before.curframe) : { en: "memory", ja: "メモリ" };
  return {
    words: {
      en: `${name} is loaded from ${from.en}: ${is.en}`,
      ja: `${from.ja}から ${name} に読み込みます: ${is.ja}`,
    },
    next: undefined,
  };
}
