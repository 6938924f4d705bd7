// Why the verifier says no, for people: one row for each rule a program can break, found by the line of the log that
// says why. Words in braces are the named groups of the row's pattern. English and Japanese stand side by side.
// The kernel's own words stay as they are, above these. Of several rows that match the first one counts.
import { CALLS } from "./calls.ts";
import { MEMORY } from "./memory.ts";
import { OBJECTS } from "./objects.ts";
import { PROGRAM } from "./program.ts";
import type { Rule } from "./rule.ts";
import { VALUES } from "./values.ts";

export const RULES: readonly Rule[] = [...VALUES, ...MEMORY, ...CALLS, ...PROGRAM, ...OBJECTS];
