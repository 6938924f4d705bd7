// What a reason may use besides the refusal's own arguments, and the type of the tables of reasons.
import type { Insn } from "../../../isa/insn.ts";
import type { RefusalArgs, RefusalId } from "../../refusals.ts";
import type { RegState } from "../../state/reg.ts";
import type { PointerLoss } from "../fate.ts";
import type { Leaving } from "../leak.ts";
import type { ValueNode } from "../lineage.ts";
import type { Phrase } from "../phrase.ts";

export interface ReasonContext {
  /** What is believed of Rn at the refused instruction, as part of a sentence: "a number from 0 to 15". */
  phrase(reg: number): Phrase;
  /** What is believed of Rn at the refused instruction. */
  is(reg: number): RegState | undefined;
  /** How the pointer in Rn became a number. */
  fate(reg: number): PointerLoss | undefined;
  /** The operator that made the number in Rn. undefined: an instruction of another kind did. */
  madeBy(reg: number): ValueNode["op"];
  /** Slot of the call that returned the pointer in Rn. undefined: it came from elsewhere. */
  givenBy(reg: number): number | undefined;
  /** The branch that leads away from the place where a reference would be released. */
  leaving(ref: number, taken: number): Leaving | undefined;
  /** The refused instruction, and the slot after it. undefined: the program as a whole was refused. */
  readonly insn: Insn | undefined;
  readonly next: Insn | undefined;
  /** Slot of the refused instruction. */
  readonly at: number;
}

export type Reasons = { readonly [Id in RefusalId]?: (args: RefusalArgs<Id>, seen: ReasonContext) => Phrase };

export const bytes = (n: number): string => (n === 1 ? "1 byte" : `${n} bytes`);
