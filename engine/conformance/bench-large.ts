// Four large programs of our own, compiled from C: large/. Rates as in bench-verifier.ts. A cold rate is that of a process that
// verifies for the first time, like a page that was just opened. Started with --cold NAME, this file prints that one rate.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadOf } from "../object/load.ts";
import { readObject } from "../object/object.ts";
import { refusalText } from "../object/refusal.ts";
import type { Program } from "../program/program.ts";
import type { Row } from "./bench-row.ts";
import { besideKernel, warmRows } from "./bench-verifier.ts";
import { judge } from "./judge.ts";
import { targetKernel } from "./objects/recorded-kernel.ts";

export const LARGE = ["balancer", "policy", "stacks", "names"] as const;
type Large = (typeof LARGE)[number];

/** The object's first program, as libbpf gives it to the kernel. */
export function largeProgram(name: Large): Program {
  const bytes = readFileSync(new URL(`large/${name}.bpf.o`, import.meta.url));
  const target = targetKernel(undefined);
  if (!target.ok) throw new Error(refusalText(target.refusal, "en"));
  const object = readObject(bytes, name, { cpus: target.value.cpus, entriesIfZero: 1 });
  if (!object.ok) throw new Error(refusalText(object.refusal, "en"));
  const load = loadOf(object.value, object.value.programs[0]!, target.value);
  if (!load.ok) throw new Error(refusalText(load.refusal, "en"));
  return load.value.program;
}

/** Thousands of walked instructions per second, for the first walk of a process. */
const coldRate = (name: Large): number =>
  Number(
    execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), "--cold", name]).toString(),
  );

export const ROWS: readonly Row[] = LARGE.flatMap((name) => {
  const program = () => largeProgram(name);
  return [
    ...warmRows(`verifier, ${name}`, program),
    besideKernel(`verifier, ${name}, cold`, program, () => coldRate(name), 0),
  ];
});

const asked = process.argv.indexOf("--cold");
if (asked >= 0) {
  const program = largeProgram(process.argv[asked + 1] as Large);
  const start = performance.now();
  const { seen } = judge(program, { logLevel: 0 });
  console.log((seen?.insnsProcessed ?? 0) / (performance.now() - start));
}
