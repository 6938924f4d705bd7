// A loaded program after the verifier's rewrites. It is made when it is first asked for.
import { type Rewritten, rewrite } from "../verifier/rewrite/rewrite.ts";
import type { Prog } from "./objects.ts";

const made = new WeakMap<Prog, Rewritten>();

/** The imm of a load of a map is the map's index in `prog.maps`. */
export function xlatedOf(prog: Prog): Rewritten {
  const known = made.get(prog);
  if (known) return known;
  const rewritten = rewrite(prog.rewriteInput);
  made.set(prog, rewritten);
  return rewritten;
}
