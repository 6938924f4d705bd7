// Explains one program of why-programs.ts, with the fixes as records that a kernel can be asked about.
import { assemble } from "../asm/assemble.ts";
import { bug } from "../base/bug.ts";
import { toHex } from "../base/bytes.ts";
import { encodeInsns } from "../isa/insn.ts";
import { type Fix, remedies } from "../remedy/remedy.ts";
import { diagnose, type Explanation } from "../verifier/explain/explain.ts";
import { parseRecord } from "./answer.ts";
import { fixRecord } from "./fix-record.ts";
import { judge } from "./judge.ts";
import { WHY_PROGRAMS } from "./record/why-programs.ts";
import { ProgramRecord, programOfRecord } from "./records.ts";

/** A line of recordings/why.jsonl: the verdict of Linux for the program and for each fix. */
export interface WhyRow {
  readonly id: string;
  readonly verdict: string;
  readonly fixes: readonly (Readonly<Record<string, unknown>> & { readonly verdict: string })[];
}

export interface Why {
  readonly explanation: Explanation;
  /** The slots that are marked in the source. */
  readonly marks: { readonly at: number; readonly root: number };
  readonly fixes: readonly (Pick<Fix, "en" | "ja" | "outcome"> & { readonly record: object })[];
  /** The program as a record. */
  readonly record: object;
}

const MAX_VISITS = 4000;

export function whyOf(id: string): Why {
  const wanted = WHY_PROGRAMS[id];
  if (!wanted) throw bug(`no program "${id}"`);
  const { source } = wanted;
  const assembly = assemble(source);
  const request = parseRecord(ProgramRecord, {
    source,
    prog_type: assembly.progType,
    prog_flags: assembly.progFlags,
  });
  const program = programOfRecord(request);
  const { refusal, seen } = judge(program, { logLevel: 0, watched: { trace: { maxVisits: MAX_VISITS } } });
  if (!refusal) throw bug(`"${id}" is not refused`);
  const diagnosis = diagnose(refusal, seen?.trace, program.insns);
  const common = {
    prog_type: program.progType,
    expected_attach_type: program.expectedAttachType,
    prog_flags: program.progFlags,
  };
  const marked = (word: string): number => {
    const at = source.search(new RegExp(`/\\* [a-z ]*\\b${word}\\b`));
    return assembly.written.findLast(({ span }) => span.end <= at)?.firstSlot ?? -1;
  };
  const given = fixRecord(request, { en: "", ja: "", outcome: "accepted", program, origins: [], losses: [] });
  return {
    explanation: diagnosis.explanation,
    marks: { at: marked("at"), root: marked("root") },
    record: { ...common, ...given, insns: toHex(encodeInsns(program.insns)) },
    fixes: remedies(program, diagnosis).map((fix) => {
      const { ja: _, outcome: __, ...rest } = fixRecord(request, fix) as Record<string, unknown>;
      return { en: fix.en, ja: fix.ja, outcome: fix.outcome, record: { ...common, ...rest } };
    }),
  };
}
