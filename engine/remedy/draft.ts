// A program while it is changed. Its instructions are items, and jumps and calls point to items. So distances, maps and the original
// slot numbers stay right when instructions are added or removed. Mutable; one for each change that is tried.
import { formOf } from "../isa/forms.ts";
import { type Insn, isLdImm64 } from "../isa/insn.ts";
import { calleeOf, jumpTarget } from "../program/flow.ts";
import type { MapDef, Program } from "../program/program.ts";

export interface Item {
  insn: Insn;
  /** The second slot of an LD_IMM64. */
  high: Insn | undefined;
  /** The target of a jump or call. undefined: there is none, or it is not an instruction of the program. */
  to: Item | undefined;
  /** Index of its map, as in Program.mapRefs. */
  map: number | undefined;
  /** Slot in the refused program. -1: the instruction is new. */
  readonly origin: number;
}

/** A new instruction. `to`: its target. */
export interface NewInsn {
  readonly insn: Insn;
  readonly to?: Item | NewInsn | undefined;
  readonly high?: Insn;
  readonly map?: number;
}

/** A program, and for each of its slots the slot in the refused program (-1: the instruction is new). */
export interface Version {
  readonly program: Program;
  readonly origins: readonly number[];
}

export const firstVersion = (program: Program): Version => ({ program, origins: program.insns.map((_, slot) => slot) });

const NOTHING: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };

export class Draft {
  readonly items: Item[] = [];
  maps: MapDef[];
  readonly #program: Program;
  #failed = false;
  readonly #bySlot = new Map<number, Item>();

  constructor({ program, origins }: Version) {
    this.#program = program;
    this.maps = [...program.maps];
    const { insns, mapRefs } = program;
    for (let slot = 0; slot < insns.length; slot++) {
      const insn = insns[slot]!;
      const high = isLdImm64(insn) && slot + 1 < insns.length ? insns[slot + 1] : undefined;
      const item: Item = { insn, high, to: undefined, map: mapRefs.get(slot), origin: origins[slot] ?? -1 };
      this.items.push(item);
      this.#bySlot.set(slot, item);
      if (high) slot++;
    }
    for (const [slot, item] of this.#bySlot) {
      const target = jumpTarget(item.insn, slot) ?? calleeOf(item.insn, slot);
      if (target !== undefined) item.to = this.#bySlot.get(target);
    }
  }

  /** The instruction at a slot of the version from which this draft was made. */
  at(slot: number): Item | undefined {
    return this.#bySlot.get(slot);
  }

  /** The same, but if there is no such instruction the draft fails. */
  item(slot: number): Item {
    const item = this.at(slot);
    if (item) return item;
    this.fail();
    return { insn: NOTHING, high: undefined, to: undefined, map: undefined, origin: -1 };
  }

  /** The change cannot be made: this draft will have no version. */
  fail(): void {
    this.#failed = true;
  }

  /** The item after this one. */
  next(item: Item): Item | undefined {
    return this.items[this.items.indexOf(item) + 1];
  }

  /** Puts new instructions before an instruction. Every path to it and every call of it runs them first. */
  before(item: Item, newInsns: readonly NewInsn[]): Item[] {
    const added = this.#made(newInsns);
    const first = added[0];
    if (first) for (const one of this.items) if (one.to === item) one.to = first;
    this.items.splice(this.items.indexOf(item), 0, ...added);
    return added;
  }

  /** Puts new instructions behind an instruction. They are run only when it falls through, not by jumps to the next instruction. */
  after(item: Item, newInsns: readonly NewInsn[]): Item[] {
    const added = this.#made(newInsns);
    this.items.splice(this.items.indexOf(item) + 1, 0, ...added);
    return added;
  }

  /** Replaces an instruction by new instructions. Jumps to it lead to the first of them. */
  replace(item: Item, newInsns: readonly NewInsn[]): Item[] {
    const added = this.#made(newInsns, item.origin);
    const at = this.items.indexOf(item);
    this.items.splice(at, 1, ...added);
    const first = added[0] ?? this.items[at];
    for (const one of this.items) if (one.to === item) one.to = first;
    return added;
  }

  remove(item: Item): void {
    this.replace(item, []);
  }

  #made(newInsns: readonly NewInsn[], origin = -1): Item[] {
    const items = newInsns.map(
      ({ insn, high, map }, i): Item => ({ insn, high, to: undefined, map, origin: i === 0 ? origin : -1 }),
    );
    newInsns.forEach(({ to }, i) => {
      const among = to ? newInsns.indexOf(to as NewInsn) : -1;
      items[i]!.to = among >= 0 ? items[among] : (to as Item | undefined);
    });
    return items;
  }

  /** The changed program. undefined: the draft failed, a distance or a constant does not fit, or a target was removed. */
  version(): Version | undefined {
    if (this.#failed) return undefined;
    const slotOf = new Map<Item, number>();
    let slots = 0;
    for (const item of this.items) {
      slotOf.set(item, slots);
      slots += item.high ? 2 : 1;
    }
    const insns: Insn[] = [];
    const origins: number[] = [];
    const mapRefs = new Map<number, number>();
    for (const item of this.items) {
      const slot = insns.length;
      const { to, high, map, origin } = item;
      let { insn } = item;
      if (to) {
        const target = slotOf.get(to);
        if (target === undefined) return undefined;
        insn = ledTo(insn, target - slot - 1);
      }
      if (!isEncodable(insn)) return undefined;
      insns.push(insn);
      origins.push(origin);
      if (map !== undefined) mapRefs.set(slot, map);
      if (high) {
        insns.push(high);
        origins.push(origin < 0 ? -1 : origin + 1);
      }
    }
    const { lines, ...rest } = this.#program;
    return {
      program: { ...rest, insns, maps: this.maps, mapRefs, ...(lines && { lines: movedLines(lines, origins) }) },
      origins,
    };
  }
}

/** off must fit an s16, imm an s32. */
const isEncodable = ({ off, imm }: Insn): boolean => off === (off << 16) >> 16 && imm === (imm | 0);

/** The instruction with another distance, which is in imm for some instructions. */
function ledTo(insn: Insn, distance: number): Insn {
  const form = formOf(insn);
  const inImm = form?.kind === "call" || form?.kind === "ld_imm64" || (form?.kind === "ja" && form.width === 32);
  return inImm ? { ...insn, imm: distance } : { ...insn, off: distance };
}

/** The source lines, moved to the slots where their instructions are now. */
function movedLines(lines: NonNullable<Program["lines"]>, origins: readonly number[]): NonNullable<Program["lines"]> {
  return lines.flatMap((line) => {
    const slot = origins.indexOf(line.slot);
    return slot < 0 ? [] : [{ ...line, slot }];
  });
}
