// Sets of helpers by name, and the name of a helper in messages. It imports none of the checks, because those import each other.
import { helperId, helperName } from "../../facts/helpers.ts";

/** `bpf_map_lookup_elem#1`, as messages name helpers. */
export const helperInMessages = (id: number): string => `bpf_${helperName(id) ?? "unknown"}#${id}`;

/** The numbers of helpers given by their names, separated by spaces. */
export const helperSet = (names: string): ReadonlySet<number> =>
  new Set(names.split(" ").map((name) => helperId(name)!));
