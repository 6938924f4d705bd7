// A program as a picture the size of a thumbnail: one row per instruction with its kind of work, its jumps, and whether it is the refused
// one. Also the words by which a reader may search for the program.
import { explainSlots } from "../../asm/services/words.ts";
import { formOf, type Operation } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { Registry } from "../../kernel/registry.ts";
import type { CodePictureView, CodeRowKind, ProgramInput } from "../views/program.ts";
import { type Clock, check } from "./check.ts";

const KIND: Readonly<Record<Operation["kind"], CodeRowKind>> = {
  alu: "compute",
  addr_space_cast: "compute",
  end: "compute",
  jmp: "jump",
  ja: "jump",
  may_goto: "jump",
  call: "call",
  callx: "call",
  exit: "exit",
  ld_imm64: "load",
  ld_abs: "load",
  ld_ind: "load",
  ldx: "load",
  st: "store",
  stx: "store",
  atomic: "store",
  load_acq: "load",
  store_rel: "store",
};

/** The kind of an instruction. One that no table knows is drawn as one that does nothing. */
const kindOf = (insn: Insn): CodeRowKind => KIND[formOf(insn)?.kind ?? "alu"];

/** The talk's kernel checks the program, whatever definition the session has now. */
export function codePicture(input: ProgramInput, now: Clock): CodePictureView {
  const { assembly, view } = check(new Registry(), input, -1, now, () => () => false);
  const { slots, messageSlot, verdict } = view;
  const rowOf = new Map(slots.map(({ slot }, row) => [slot, row]));
  const words = explainSlots(assembly.insns);
  const said = slots.map(({ text }) => text).join("\n");
  return {
    rows: slots.map(({ slot, text }) => ({
      kind: kindOf(assembly.insns[slot] as Insn),
      words: text.split(" ").map(({ length }) => length),
    })),
    jumps: slots.flatMap(({ jump }, from) => {
      const to = jump ? rowOf.get(jump.to) : undefined;
      return jump && to !== undefined ? [{ from, to, kind: jump.kind }] : [];
    }),
    refused: verdict === "reject" ? (rowOf.get(messageSlot) ?? -1) : -1,
    words: {
      en: [said, ...words.map(({ en }) => en)].join("\n"),
      ja: [said, ...words.map(({ ja }) => ja)].join("\n"),
    },
  };
}
