// The reason of a refusal with its values: which bytes, which number, which limit. A refusal that has more to say than its rule has one
// or two sentences here. For the others the rule's words are used (rules.ts).

import type { Refusal, RefusalArgs, RefusalId } from "../refusals.ts";
import type { Phrase } from "./phrase.ts";
import { CALL_REASONS } from "./reasons/calls.ts";
import { MEMORY_REASONS } from "./reasons/memory.ts";
import { PROGRAM_REASONS } from "./reasons/program.ts";
import type { ReasonContext, Reasons } from "./reasons/seen.ts";
import { VALUE_REASONS } from "./reasons/values.ts";

const REASONS: Reasons = { ...VALUE_REASONS, ...MEMORY_REASONS, ...CALL_REASONS, ...PROGRAM_REASONS };

/** undefined: the rule's words say everything. */
export const reasonOf = <Id extends RefusalId>(
  refusal: Refusal & { readonly id: Id },
  seen: ReasonContext,
): Phrase | undefined => REASONS[refusal.id]?.(refusal.args as RefusalArgs<Id>, seen);
