// How a check says no: the value that travels in the verdict, and the kernel's words in the log, in one call where the
// check stands.
import { type RefusalArgs, type RefusalId, refusalOf } from "./refusals.ts";
import { type Env, verbose } from "./state/env.ts";
import { EFAULT } from "./state/errors.ts";

/**
 * Refuses the program at the instruction being walked. `text`: whole lines of the log, each with its newline; "" where the
 * kernel says nothing. Returns `err`, to be returned in turn.
 */
export const refuse = <Id extends RefusalId>(
  env: Env,
  id: Id,
  args: RefusalArgs<Id>,
  text: string,
  err: number,
): number => refuseAt(env, env.insnIdx, id, args, text, err);

/** The same at another instruction; `slot` -1: the program as a whole. */
export function refuseAt<Id extends RefusalId>(
  env: Env,
  slot: number,
  id: Id,
  args: RefusalArgs<Id>,
  text: string,
  err: number,
): number {
  env.refusal = { ...refusalOf(id, args, slot), because: env.refusal };
  verbose(env, "refusal", text, slot);
  return err;
}

/** What was refused since the log stood at `logPos` does not count: the walk goes on. The words stay. */
export function forgive(env: Env, logPos: number): void {
  env.refusal = null;
  env.log.recast(logPos, "note");
}

/** What the kernel takes for a fault of its own. `silent`: it says nothing of it. */
export const verifierBug = (env: Env, bug: string, silent = false): number =>
  refuse(env, "verifier-bug", { bug }, silent ? "" : `verifier bug: ${bug}\n`, EFAULT);
