// How a check refuses a program: one call makes the value that travels in the verdict and writes the kernel's message into the log.
import { type RefusalArgs, type RefusalId, refusalOf } from "./refusals.ts";
import { type Env, verbose } from "./state/env.ts";
import { EFAULT } from "./state/errors.ts";

/**
 * Refuses the program at the current instruction. `text`: whole lines of the log, each with its newline. "": the kernel writes nothing.
 * Returns `err`, for the caller to return.
 */
export const refuse = <Id extends RefusalId>(
  env: Env,
  id: Id,
  args: RefusalArgs<Id>,
  text: string,
  err: number,
): number => refuseAt(env, env.insnIdx, id, args, text, err);

/** The same at another instruction. `slot` -1: the program as a whole. */
export function refuseAt<Id extends RefusalId>(
  env: Env,
  slot: number,
  id: Id,
  args: RefusalArgs<Id>,
  text: string,
  err: number,
): number {
  env.refusal = { ...refusalOf(id, args, slot), innerRefusal: env.refusal };
  verbose(env, "refusal", text, slot);
  return err;
}

/** Cancels what was refused since the log was at `logPos`: the walk continues. The text stays in the log, as notes. */
export function cancelRefusal(env: Env, logPos: number): void {
  env.refusal = null;
  env.log.recast(logPos, "note");
}

/** Refuses because of what the kernel takes for a bug of its own. `silent`: it writes nothing. */
export const verifierBug = (env: Env, bug: string, silent = false): number =>
  refuse(env, "verifier-bug", { bug }, silent ? "" : `verifier bug: ${bug}\n`, EFAULT);
