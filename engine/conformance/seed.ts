// Vitest reads this before each test file: one seed for all property tests and random programs.
import fc from "fast-check";

/** The default. `SEED=n` in the environment sets another one, an integer of 32 bits: fast-check would cut off more. */
const FIXED = 1;

function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return FIXED;
  const seed = Number(text);
  if ((seed | 0) !== seed)
    throw new Error(`SEED is "${text}" and should be an integer from ${-(2 ** 31)} to ${2 ** 31 - 1}`);
  return seed;
}

export const SEED = seedOf(process.env.SEED);

fc.configureGlobal({ seed: SEED });
