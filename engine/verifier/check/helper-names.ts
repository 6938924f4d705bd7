// Helpers by name: sets of them, and how messages call one. Imports nothing of the checks, whose files import each other.
import { helperId, helperName } from "../../facts/helpers.ts";

/** `bpf_map_lookup_elem#1`, as messages name helpers. */
export const called = (id: number): string => `bpf_${helperName(id) ?? "unknown"}#${id}`;

/** Helpers by their names, separated by spaces. */
export const helperSet = (names: string): ReadonlySet<number> =>
  new Set(names.split(" ").map((name) => helperId(name)!));
