// Vitest reads this before each test file: one seed for all property tests and random programs.
import fc from "fast-check";

/** The default. `SEED=n` in the environment sets another one, any integer. */
const FIXED = 1;

function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return FIXED;
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new Error(`SEED is "${text}" and should be an integer`);
  return seed | 0;
}

export const SEED = seedOf(process.env.SEED);

fc.configureGlobal({ seed: SEED });
