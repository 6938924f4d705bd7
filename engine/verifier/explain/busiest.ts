// Why a walk did not end: which instructions were walked most, and which values were different each time, so that no kept state covered
// the later ones. It reads the trace; it decides nothing.
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { formatReg } from "../print/state.ts";
import * as t from "../state/regtype.ts";
import type { Trace, Visit, Visits } from "../trace.ts";
import type { Phrase } from "./phrase.ts";

export interface Busiest {
  /** The branch that was walked most, or another instruction if no branch was walked often enough. -1: nothing was walked. */
  readonly slot: number;
  readonly reason: Phrase | undefined;
}

/** The states of at most this many visits of one instruction are compared. */
const MAX_COMPARED = 400;
const MAX_NAMED = 3;

/** For each walked slot the numbers of its visits. Slots are in the order in which they were first reached. */
export function visitsBySlot(visits: Visits): Map<number, number[]> {
  const numbers = new Map<number, number[]>();
  for (let visit = 0; visit < visits.length; visit++) {
    const slot = visits.slotOf(visit);
    const list = numbers.get(slot);
    if (list) list.push(visit);
    else numbers.set(slot, [visit]);
  }
  return numbers;
}

export const isBranch = (insn: Insn | undefined): boolean => insn !== undefined && formOf(insn)?.kind === "jmp";

export function busiestOf({ visits, dropped }: Trace, insns: readonly Insn[]): Busiest {
  const all = [...visitsBySlot(visits)].sort(([, a], [, b]) => b.length - a.length);
  const most = all[0]?.[1].length ?? 0;
  const [slot, list] = all.find(([at, l]) => isBranch(insns[at]) && l.length > most / 2) ?? all[0] ?? [-1, []];
  if (slot < 0) return { slot, reason: undefined };
  const differing = differences(list.slice(0, MAX_COMPARED).map((visit) => visits.at(visit)!)).slice(0, MAX_NAMED);
  const more =
    dropped > 0 ? { en: ` (of ${visits.length + dropped})`, ja: ` (全 ${visits.length + dropped} ステップ)` } : NONE;
  const values = {
    en: differing.map(({ name, count }) => `${name} (${count} values)`).join(", "),
    ja: differing.map(({ name, count }) => `${name} (${count} 通り)`).join("、"),
  };
  const why =
    differing.length === 0
      ? { en: "none did", ja: "そのような状態がありませんでした" }
      : {
          en: `at each arrival something else was believed of ${values.en}`,
          ja: `到達するたびに ${values.ja} が違っていました`,
        };
  return {
    slot,
    reason: {
      en: `The verifier walks every path, and gave up. In the first ${visits.length} steps${more.en} it came by ${slot} ${list.length} times. A path ends early only where an earlier state covers it, and here ${why.en}`,
      ja: `verifier はすべての経路をたどり、途中であきらめました。最初の ${visits.length} ステップ${more.ja}のうち ${list.length} 回 ${slot} を通っています。経路が途中で打ち切られるのは以前の状態に含まれるときだけですが、${why.ja}`,
    },
  };
}

const NONE: Phrase = { en: "", ja: "" };

/**
 * Registers and stack slots of the innermost frame with the number of different values that were believed of each, highest first. Those
 * with one or two values are left out.
 */
function differences(list: readonly Visit[]): { name: string; count: number }[] {
  const seen = new Map<string, Set<string>>();
  const note = (name: string, what: string): void => {
    const set = seen.get(name);
    if (set) set.add(what);
    else seen.set(name, new Set([what]));
  };
  for (const { before } of list) {
    const frame = before.frames[before.curframe]!;
    frame.regs.forEach((reg, n) => reg.type !== t.NOT_INIT && note(`R${n}`, formatReg({ ...reg, id: 0 }, 0)));
    frame.stack.forEach(({ spilled }, spi) => {
      if (spilled.type !== t.NOT_INIT) note(`fp-${8 * (spi + 1)}`, formatReg({ ...spilled, id: 0 }, 0));
    });
  }
  return [...seen]
    .map(([name, { size }]) => ({ name, count: size }))
    .filter(({ count }) => count > 2)
    .sort((a, b) => b.count - a.count);
}
