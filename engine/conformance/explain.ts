// `conform explain`: a program record → the verdict. For a refused program also why: the rule, the path to the refusal, the checks on
// it that did not help, the fixes that were tried, and an input that would do harm.
import { remedies } from "../remedy/remedy.ts";
import { findWitness } from "../session/witness/find.ts";
import { witnessRecord } from "../session/witness/view.ts";
import { diagnose } from "../verifier/explain/explain.ts";
import { type Answer, parseRecord } from "./answer.ts";
import { fixRecord } from "./fix-record.ts";
import { judge } from "./judge.ts";
import { ProgramRecord, programOfRecord } from "./records.ts";

/** Number of the verifier's visits that are kept. A path is complete only if all its visits are kept. */
const MAX_VISITS = 20_000;
/** An answer takes at most two seconds (contract). The time that the verifier leaves is for the fixes, except a part at the end. */
const LIMIT_MS = 1900;
const LEAST_FIXES_MS = 100;
/** Limit of the search for an input that does harm. */
const SEARCH_MS = 300;
/** If the refusal comes after the first MAX_VISITS visits, the program is walked once more and this many are kept. */
const MAX_VISITS_AGAIN = 120_000;

const now = (): number => performance.now();

export const answerExplain: Answer = (record) => {
  const started = now();
  const request = parseRecord(ProgramRecord, record);
  const program = programOfRecord(request);
  const judged = (maxVisits: number) => judge(program, { logLevel: 0, watched: { trace: { maxVisits } } });
  const first = judged(MAX_VISITS);
  const isCut = (first.seen?.trace?.dropped ?? 0) > 0 && (first.seen?.insnsProcessed ?? 0) < MAX_VISITS_AGAIN;
  const { verdict, refusal, seen, notSimulated } = isCut ? judged(MAX_VISITS_AGAIN) : first;
  if (verdict === "accept" || refusal === undefined)
    return { verdict, explanation: null, ...(notSimulated && { notSimulated }) };
  const diagnosis = diagnose(refusal, seen?.trace, program.insns);
  const { id: rule, at, root, reason, steps, missed } = diagnosis.explanation;
  const left = LIMIT_MS - SEARCH_MS - (now() - started);
  const fixes = remedies(program, diagnosis, { now, timeLimitMs: Math.min(1000, Math.max(LEAST_FIXES_MS, left)) });
  return {
    verdict,
    explanation: {
      rule,
      at,
      root,
      reason,
      path: steps.map(({ slot, en, ja }) => ({ slot, en, ja })),
      missed: missed.map(({ slot, en, ja }) => ({ slot, en, ja })),
      fixes: fixes.map((fix) => fixRecord(request, fix)),
      witness: witnessRecord(findWitness(program, { refusal, budget: SEARCH_MS, now })),
    },
  };
};
