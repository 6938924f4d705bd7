// Why a walk did not end: what was walked most, and which values were different each time, so that no state that was kept
// covered the later ones. Reads the trace; decides nothing.
import { classOf } from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { formatReg } from "../log/state.ts";
import * as t from "../state/regtype.ts";
import type { Trace, Visit } from "../trace.ts";
import type { Phrase } from "./phrase.ts";

export interface Busiest {
  /** The branch that was walked most, or the instruction where no branch was; -1: nothing was walked. */
  readonly slot: number;
  readonly reason: Phrase | undefined;
}

/** Visits of one instruction whose states are compared. */
const MAX_COMPARED = 400;
const MAX_NAMED = 3;

export function busiestOf({ visits, dropped }: Trace, insns: readonly Insn[]): Busiest {
  const times = new Map<number, Visit[]>();
  for (const visit of visits) {
    const list = times.get(visit.insnIdx);
    if (list) list.push(visit);
    else times.set(visit.insnIdx, [visit]);
  }
  const isBranch = (slot: number): boolean =>
    [5, 6].includes(classOf(insns[slot]!.code)) && (insns[slot]!.code & 0xf0) !== 0x80;
  const all = [...times].sort(([, a], [, b]) => b.length - a.length);
  const most = all[0]?.[1].length ?? 0;
  const [slot, list] = all.find(([at, l]) => isBranch(at) && l.length > most / 2) ?? all[0] ?? [-1, []];
  if (slot < 0) return { slot, reason: undefined };
  const share = `${list.length} of the first ${visits.length}`;
  const differing = differences(list.slice(0, MAX_COMPARED)).slice(0, MAX_NAMED);
  const names = differing.map(({ name, count }) => ({
    en: `${name} (${count} different values)`,
    ja: `${name}（${count} 通り）`,
  }));
  const more =
    dropped > 0
      ? { en: `, of ${visits.length + dropped} in all`, ja: `（全体では ${visits.length + dropped}）` }
      : { en: "", ja: "" };
  return {
    slot,
    reason: {
      en: `Instruction ${slot} alone was walked ${share} times${more.en}. A path ends early only where an earlier state covers it; here ${
        names.length === 0
          ? "none did"
          : `each arrival believed something else of ${names.map(({ en }) => en).join(", ")}`
      }`,
      ja: `命令 ${slot} だけで、最初の ${visits.length} 回${more.ja}のうち ${list.length} 回検証しました。経路が途中で打ち切られるのは以前の状態に含まれるときだけですが、${
        names.length === 0
          ? "そのような状態がありませんでした"
          : `毎回 ${names.map(({ ja }) => ja).join("、")} が違っていました`
      }`,
    },
  };
}

/** Registers and slots of the innermost frame by how many different things were believed of them; only those that differ often. */
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
