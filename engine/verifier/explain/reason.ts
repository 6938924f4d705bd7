// The reason of a refusal with its values: which bytes, which number, which limit. One sentence or two for each refusal that
// has more to say than its rule; the others are told by the rule's words (rules.ts).

import type { Refusal, RefusalArgs, RefusalId } from "../refusals.ts";
import type { Phrase } from "./phrase.ts";
import { CALL_REASONS } from "./reasons/calls.ts";
import { MEMORY_REASONS } from "./reasons/memory.ts";
import { PROGRAM_REASONS } from "./reasons/program.ts";
import type { Reasons, Seen } from "./reasons/seen.ts";
import { VALUE_REASONS } from "./reasons/values.ts";

const REASONS: Reasons = { ...VALUE_REASONS, ...MEMORY_REASONS, ...CALL_REASONS, ...PROGRAM_REASONS };

/** Undefined: the rule's words say it all. */
export const reasonOf = <Id extends RefusalId>(
  refusal: Refusal & { readonly id: Id },
  seen: Seen,
): Phrase | undefined => REASONS[refusal.id]?.(refusal.args as RefusalArgs<Id>, seen);
