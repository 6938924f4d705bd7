// Asks the running kernel: starts the recorder and exchanges JSON lines with it. Only for root on x86-64 Linux.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { release } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { toHex } from "../../base/bytes.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import { encodeInsns } from "../../isa/insn.ts";
import { DEFAULT_LICENSE, type Program } from "../../program/program.ts";
import { mapRecordOf, mapRefsOf } from "../records.ts";

const PYTHON = "python3";
const RECORDER = fileURLToPath(new URL("../record/ask.py", import.meta.url));

export interface KernelAnswer {
  readonly verdict: "accept" | "reject";
  readonly errno: number;
  readonly log: string;
  readonly runs: readonly { readonly errno: number; readonly retval?: number }[];
  /** If a map was refused, the call that refused it and the map's name. The program was not loaded. */
  readonly call?: "map-create" | "map-update";
  readonly map?: string;
  readonly error?: string;
}

/** The series whose verifier is simulated. The answers of another series would prove nothing. */
const SERIES = "6.18.";

/** Why the kernel cannot be asked here. undefined: it can. */
export function whyNoKernel(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "no x86-64 Linux";
  if (!release().startsWith(SERIES)) return `Linux ${release()}, not ${SERIES}x`;
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "no BTF of the kernel";
  if (!isInPath(PYTHON)) return `no ${PYTHON}`;
  return undefined;
}

const isInPath = (command: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));

/** The record has only the maps that the program loads. */
export function programRecord(program: Program, logLevel: number, dataIn?: readonly string[]) {
  const used = new Set(program.mapRefs.values());
  return {
    insns: toHex(encodeInsns(program.insns)),
    prog_type: program.progType,
    expected_attach_type: program.expectedAttachType,
    prog_flags: program.progFlags,
    ...(program.license !== DEFAULT_LICENSE && { license: program.license }),
    log_level: logLevel,
    ...(program.funcInfo && { func_info: true }),
    ...(program.functions && {
      functions: program.functions,
      context: progTypeByName(program.progType)?.ctxStruct,
    }),
    ...(program.lines && { lines: program.lines }),
    maps: program.maps.filter((_, i) => used.has(i)).map(mapRecordOf),
    map_refs: mapRefsOf(program),
    ...(dataIn && { runs: dataIn.map((data_in) => ({ data_in })) }),
  };
}

const failed = (error: string): KernelAnswer => ({ verdict: "reject", errno: 0, log: "", runs: [], error });

/** The answers come in the order of the questions. If the recorder ends, each open and each later question is answered with an `error`. */
export class Kernel {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((answer: KernelAnswer) => void)[] = [];
  /** Why there are no more answers. */
  #ended: string | undefined;

  /** Tests give another recorder. */
  constructor(command: string = PYTHON, args: readonly string[] = [RECORDER]) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.on("error", ({ message }) => this.#end(`the recorder cannot be started: ${message}`));
    // The output is read to its end before this.
    this.#child.on("close", (code, signal) => this.#end(`the recorder ended (${signal ?? `exit code ${code}`})`));
    // A question that comes too late: "close" says so.
    this.#child.stdin.on("error", () => {});
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#waiting.shift()?.(JSON.parse(line) as KernelAnswer);
    });
  }

  #end(why: string): void {
    this.#ended ??= why;
    for (const settle of this.#waiting.splice(0)) settle(failed(this.#ended));
  }

  ask(program: Program, logLevel: number, dataIn?: readonly string[]): Promise<KernelAnswer> {
    return this.askRecord(programRecord(program, logLevel, dataIn));
  }

  /** `record` is in the form that the recorder takes. */
  askRecord(record: object): Promise<KernelAnswer> {
    if (this.#ended !== undefined) return Promise.resolve(failed(this.#ended));
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(record)}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}
