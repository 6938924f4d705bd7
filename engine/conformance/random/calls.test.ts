// Random calls of helpers, callbacks, timers, locks, tail calls, global functions, dynptrs and maps in maps, compared with the running
// kernel if there is one.
import { expect, test } from "vitest";
import type { Program } from "../../program/program.ts";
import { judge } from "../judge.ts";
import { SEED } from "../seed.ts";
import { anyCallProgram } from "./any-call.ts";
import { callbackProgram } from "./callbacks.ts";
import { difference } from "./difference.ts";
import { anyTypeProgram } from "./generate.ts";
import { globalProgram } from "./globals.ts";
import { Kernel, whyNoKernel } from "./kernel.ts";
import { objectProgram } from "./objects.ts";

/** CALLS=5000 in the environment makes more. */
const COUNT = Number(process.env.CALLS ?? 150);
/** The size of the recorder's buffer. If a log does not fit, both sides keep its end. */
const KERNEL_LOG_SIZE = 1 << 20;
const reason = whyNoKernel();

const FAMILIES: readonly (readonly [name: string, make: (seed: number) => Program])[] = [
  ["calls of any helper", anyCallProgram],
  ["callbacks, timers, locks and tail calls", callbackProgram],
  ["global functions", globalProgram],
  ["contexts of every program type", anyTypeProgram],
  ["dynptrs, ring buffer records and maps in maps", objectProgram],
];

test.skipIf(reason).each(FAMILIES)(
  `the running kernel gives the same logs for ${COUNT} random programs with %s${reason ? ` (skipped: ${reason})` : ""}`,
  async (_, make) => {
    const kernel = new Kernel();
    const programs = Array.from({ length: COUNT }, (_, i) => make(SEED + i));
    const answers = await Promise.all(programs.map((program) => kernel.ask(program, 2))).finally(() => kernel.close());
    let accepted = 0;
    const differing = programs.flatMap((program, i) => {
      const answer = answers[i]!;
      if (answer.error) return [`seed ${SEED + i}: ${answer.error}`];
      const ours = judge(program, { logLevel: 2, logSize: KERNEL_LOG_SIZE });
      if (answer.verdict === "accept") accepted++;
      // Programs that need the kernel's own BTF are not compared.
      if (ours.notSimulated !== undefined) return [];
      const found = difference(answer, ours);
      return found.kind === "same" ? [] : [`seed ${SEED + i}: ${found.kind}, ${found.kernel} ≠ ${found.ours}`];
    });
    expect(differing).toEqual([]);
    expect(accepted).toBeGreaterThan(COUNT / 10);
  },
  600_000,
);
