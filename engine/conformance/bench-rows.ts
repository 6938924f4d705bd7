// The rows of `npm run bench`. Started with the name of a row it prints that figure alone. In a process of its own, earlier
// measurements cannot influence it.
import type { Row } from "./bench-row.ts";

/** The benchmarks, in the order of the table. */
const BENCHMARKS: readonly (() => Promise<{ readonly ROWS: readonly Row[] }>)[] = [
  () => import("./bench-machine.ts"),
  () => import("./bench-asm.ts"),
  () => import("./bench-verifier.ts"),
  () => import("./bench-large.ts"),
];

/** The rows whose names contain any of the words. Without words, all rows. */
export async function rowsNamed(words: readonly string[]): Promise<readonly Row[]> {
  const rows = (await Promise.all(BENCHMARKS.map((load) => load()))).flatMap(({ ROWS }) => ROWS);
  return words.length === 0 ? rows : rows.filter(({ name }) => words.some((word) => name.includes(word)));
}

const measuredRow = process.argv[1] === import.meta.filename ? process.argv[2] : undefined;
if (measuredRow !== undefined)
  for (const load of BENCHMARKS) {
    // A version to compare with may lack a module that other rows measure.
    const { ROWS } = await load().catch((error: Error) => {
      console.error(error.message);
      return { ROWS: [] as readonly Row[] };
    });
    const row = ROWS.find(({ name }) => name === measuredRow);
    if (row) {
      console.log(row.measure());
      break;
    }
  }
