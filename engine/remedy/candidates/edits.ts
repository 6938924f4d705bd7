// The smallest changes, from which candidates are built.

import type { Texts } from "../../base/language.ts";
import type { Insn } from "../../isa/insn.ts";
import type { NewInsn } from "../draft.ts";
import type { Candidate } from "../scene.ts";

/** Changes fields of the instruction at a slot. */
export const changed = (slot: number, texts: Texts, change: (insn: Insn) => Insn): Candidate => ({
  ...texts,
  apply(draft) {
    const item = draft.item(slot);
    item.insn = change(item.insn);
  },
});

/** Puts new instructions before the instruction at a slot. */
export const before = (slot: number, texts: Texts, newInsns: readonly NewInsn[]): Candidate => ({
  ...texts,
  apply(draft) {
    draft.before(draft.item(slot), newInsns);
  },
});
