// Asks the page's kernels about the programs of recordings/verifier.jsonl and records their answers, with the differences from Linux
// 6.18 on 64 bits: recordings/real-linux-*.jsonl. Prints how often they agree, and the causes if they do not. Part of the recipe.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { compareAnswers, type DifferenceCause, type LoadAnswer, partsOfLog } from "../../linux/compare.ts";
import { KERNELS, type KernelName } from "../../linux/kernels.ts";
import { BPF_LOG_STATS } from "../../verifier/log/buffer.ts";
import { InvalidRecord } from "../answer.ts";
import { startFrom, stateFile } from "./node.ts";
import { rowAnswerer } from "./rows.ts";

const RECORDINGS = resolve(import.meta.dirname, "../recordings");

interface Recorded extends LoadAnswer {
  readonly id: string;
  readonly prog_type: string;
  readonly log_level?: number;
}

/** A line of the recording. `cause`: why the verdict or errno is not that of 6.18. */
export interface RealRow {
  readonly id: string;
  readonly verdict: "accept" | "reject";
  readonly errno: number;
  /** The last line of the log before diagnosis and statistics, if the program was refused. */
  readonly message?: string;
  readonly processed?: number;
  readonly cause?: DifferenceCause;
}

export const recordingOf = (kernel: string): string => resolve(RECORDINGS, `real-linux-${kernel}.jsonl`);

/** The programs that are asked about: those of our own recording whose logs are the same in every run. */
export const programsAsked = (): Recorded[] =>
  readFileSync(resolve(RECORDINGS, "verifier.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ log_level = 2 }) => (log_level & BPF_LOG_STATS) === 0);

/** This kernel's answer for each program. Programs that it cannot be asked about are left out. */
export async function record(kernel: KernelName): Promise<RealRow[]> {
  const linux = await startFrom(stateFile(kernel));
  const answer = rowAnswerer({ linux, oreore: KERNELS[kernel].oreore });
  const rows: RealRow[] = [];
  for (const program of programsAsked()) {
    const said = await answer(program as unknown as Record<string, unknown>).catch((error: unknown) => {
      if (error instanceof InvalidRecord) return undefined;
      throw error;
    });
    if (said && "verdict" in said) rows.push(rowOf(program, said as LoadAnswer));
  }
  await linux.dispose();
  return rows;
}

function rowOf(program: Recorded, said: LoadAnswer): RealRow {
  const { message, processed } = partsOfLog(said.log);
  const { differences } = compareAnswers(program, said, program.prog_type);
  const cause = differences.find(({ what }) => what === "verdict" || what === "errno")?.cause;
  return {
    id: program.id,
    verdict: said.verdict,
    errno: said.errno,
    ...(said.verdict === "reject" && { message }),
    ...(processed >= 0 && { processed }),
    ...(cause && { cause }),
  };
}

/** `6.1: verdict and errno as 6.18 in 990 of 1003; others: release 9, width 4` */
function summary(kernel: KernelName, rows: readonly RealRow[]): string {
  const causes = new Map<DifferenceCause, number>();
  for (const { cause } of rows) if (cause) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const same = rows.filter(({ cause }) => cause === undefined).length;
  const others = [...causes].map(([cause, n]) => `${cause} ${n}`).join(", ");
  return `${kernel}: verdict and errno as 6.18 in ${same} of ${rows.length}${others && `; others: ${others}`}`;
}

if (import.meta.filename === process.argv[1]) {
  for (const kernel of Object.keys(KERNELS) as KernelName[]) {
    const rows = await record(kernel);
    writeFileSync(recordingOf(kernel), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
    console.log(summary(kernel, rows));
  }
  process.exit(0);
}
