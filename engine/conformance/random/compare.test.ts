// A few random programs compared with the running kernel, if there is one to ask. compare.ts does many.
import { expect, test } from "vitest";
import { SEED } from "../seed.ts";
import { whyNoKernel } from "./kernel.ts";
import { tally } from "./tally.ts";

const COUNT = 120;
const reason = whyNoKernel();

test.skipIf(reason)(
  `the running kernel gives the same log for each of ${COUNT} random programs${reason ? ` (skipped: ${reason})` : ""}`,
  async () => {
    const first = 999_999 + SEED;
    const { kinds, groups, accepted } = await tally(first, COUNT, 2);
    const shown = groups.map(
      ({ kind, seed, difference }) => `seed ${seed}: ${kind}, ${difference.kernel} ≠ ${difference.ours}`,
    );
    expect(shown).toEqual([]);
    expect(kinds.get("same")).toBe(COUNT);
    expect(accepted).toBeGreaterThan(COUNT / 4);
  },
);
