// The page's real Linux, started from its saved state under Node: the talk's session, programs of our recordings, and how a machine is
// cut off and comes back.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { V86 } from "v86";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assemble } from "../../asm/assemble.ts";
import { utf8Encode } from "../../base/bytes.ts";
import { encodeInsns } from "../../isa/insn.ts";
import { partsOfLog } from "../../linux/compare.ts";
import { MEMORY_BYTES, startV86, type V86Class } from "../../linux/emulator.ts";
import { KERNELS, type KernelName } from "../../linux/kernels.ts";
import type { RealProgram } from "../../linux/program.ts";
import { RequestTooLarge } from "../../linux/protocol.ts";
import type { RealLinux, RealLinuxOptions } from "../../linux/real-linux.ts";
import { filesOf, later, startFrom, stateFile } from "./node.ts";
import { programsAsked, type RealRow, recordingOf } from "./record.ts";
import { rowAnswerer } from "./rows.ts";

const linesOf = <Row>(file: string): Row[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
const recordings = resolve(import.meta.dirname, "../recordings");

const program = (source: string): RealProgram => ({
  type: 1,
  expectedAttachType: 0,
  flags: 0,
  license: "GPL",
  insns: encodeInsns(assemble(source).insns),
  maps: [],
  mapRefs: [],
});
const FINE = program("BPF_MOV64_IMM(BPF_REG_0, 7), BPF_EXIT_INSN(),");
/** A long loop: the verifier walks every round. */
const LONG = program(`
  BPF_MOV64_IMM(BPF_REG_0, 0),
  BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),
  BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 300000, -2),
  BPF_EXIT_INSN(),`);

const PATIENT_MS = 1_000_000;
/** A machine that cuts nothing off. A call that hangs runs into the test's own time limit. */
const startPatiently = (kernel: KernelName, options: Pick<RealLinuxOptions, "onConsole"> = {}): Promise<RealLinux> =>
  startFrom(stateFile(kernel), { ...options, cutOffMs: PATIENT_MS });

describe("the talk's session on the 6.1", () => {
  let linux: RealLinux;
  beforeAll(async () => {
    linux = await startPatiently("oreore-6.1");
  });
  afterAll(() => linux.dispose());

  test("97 calls give the same results as on the 6.1 that was built from the take-home and booted in QEMU", async () => {
    const calls = linesOf<Record<string, unknown>>(resolve(recordings, "oreore.jsonl")).filter(
      ({ op }) => op !== "end",
    );
    const expected = linesOf<{ real: string }>(resolve(recordings, "real-kernel-oreore.jsonl")).map(({ real }) => real);
    const answer = rowAnswerer({ linux, oreore: true });
    const got: string[] = [];
    for (const call of calls) got.push(essence((await answer(call)) as Answered));
    expect(got).toHaveLength(97);
    expect(got).toEqual(expected);
  });
});

interface Answered {
  readonly op: string;
  readonly ret: number;
  readonly errno: number;
  readonly data?: string;
}
/** The form in which real-kernel/main.ts records an answer. */
function essence({ op, ret, errno, data }: Answered): string {
  if (ret < 0) return `errno ${errno}`;
  return op === "load" ? "loads" : op === "read" ? `${ret} ${JSON.stringify(data)}` : String(ret);
}

/** Only one of this many programs is asked again. The recipe asks all of them. */
const STRIDE = 12;

describe.each(Object.keys(KERNELS) as KernelName[])("%s", (kernel) => {
  let linux: RealLinux;
  beforeAll(async () => {
    linux = await startPatiently(kernel);
  });
  afterAll(() => linux.dispose());

  test("gives recorded programs the same answers as when they were recorded", async () => {
    const answer = rowAnswerer({ linux, oreore: KERNELS[kernel].oreore });
    const programs = new Map(programsAsked().map((one) => [one.id, one]));
    const rows = linesOf<RealRow>(recordingOf(kernel)).filter((_, i) => i % STRIDE === 0);
    expect(rows.length).toBeGreaterThan(50);
    for (const { id, verdict, errno, message } of rows) {
      const said = (await answer(programs.get(id) as unknown as Record<string, unknown>)) as Answered & { log: string };
      expect({ id, ...said }).toMatchObject({ id, verdict, errno });
      if (message !== undefined) expect(partsOfLog(said.log).message).toBe(message);
    }
  });

  test("runs an accepted program, and leaves nothing behind", async () => {
    const ask = () => linux.ask(FINE, { logLevel: 1, runs: [{ dataIn: new Uint8Array(64) }] });
    const first = await ask();
    expect(first).toMatchObject({ verdict: "accept", runs: [{ errno: 0, retval: 7 }] });
    for (let i = 0; i < 20; i++) expect(await ask()).toEqual(first);
  });
});

test("a program that calls a kernel function is loaded with the JIT, which is off again after it", async () => {
  const linux = await startPatiently("oreore-6.1");
  // The call is never reached: which function it is does not matter.
  const calling = program(`
    BPF_MOV64_IMM(BPF_REG_0, 1),
    BPF_JMP_IMM(BPF_JGT, BPF_REG_0, 0, 2),
    BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 0),
    BPF_MOV64_IMM(BPF_REG_0, 0),
    BPF_EXIT_INSN(),`);
  expect(await linux.ask(calling, { logLevel: 2 })).toMatchObject({ verdict: "accept", errno: 0 });
  expect(await linux.read("/proc/sys/net/core/bpf_jit_enable")).toMatchObject({ bytes: utf8Encode("0\n") });
  await linux.dispose();
});

test("memory that nothing wrote is not touched, when the machine starts and when it goes back", async () => {
  let zeroed = 0;
  const { wasm, state } = await filesOf(stateFile("oreore-6.1"));
  const emulator = await startV86(V86 as unknown as V86Class, {
    state,
    wasm: async (imports) => {
      const exports = (await wasm(imports)) as Record<string, (...of: number[]) => void>;
      return {
        ...exports,
        zero_memory(at: number, bytes: number) {
          zeroed += bytes;
          exports.zero_memory?.(at, bytes);
        },
      };
    },
  });
  expect(zeroed).toBe(0);
  await emulator.restore();
  expect(zeroed).toBeGreaterThan(0);
  expect(zeroed).toBeLessThan(MEMORY_BYTES / 4);
  await emulator.destroy();
});

test("a program that takes too long is cut off, and the machine answers again", async () => {
  const cutOffMs = 300;
  let isPatient = false;
  const linux = await startFrom(stateFile("oreore-6.1"), {
    cutOffMs,
    later: (ms, action) => later(ms === cutOffMs && isPatient ? PATIENT_MS : ms, action),
  });
  expect(await linux.ask(LONG, { logLevel: 2 })).toEqual({ cutOff: true, ms: cutOffMs });
  expect(linux.resets).toBe(1);
  // How long the next answer takes is no part of this test.
  isPatient = true;
  expect(await linux.ask(FINE, { logLevel: 0 })).toMatchObject({ verdict: "accept" });
  await linux.dispose();
});

test("a program larger than the agent takes is refused with its size, and the machine answers the next one", async () => {
  const linux = await startPatiently("oreore-6.1");
  const large = { ...FINE, insns: new Uint8Array(8 * 600_000) };
  const refused = await linux.ask(large, { logLevel: 0 }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RequestTooLarge);
  expect(String(refused)).toMatch(/are 48\d{5} bytes; .* 4194304 at most/);
  const entries = Array.from({ length: 300 }, () => ({ key: new Uint8Array(4), value: new Uint8Array(8) }));
  const hash = { type: 1, keySize: 4, valueSize: 8, maxEntries: 300, flags: 0, name: "", entries, frozen: false };
  const filled = { ...FINE, maps: [hash] };
  await expect(linux.ask(filled, { logLevel: 0 })).rejects.toThrow("need more than the 256 calls of one request");
  expect(await linux.ask(FINE, { logLevel: 0 })).toMatchObject({ verdict: "accept" });
  await linux.dispose();
});

test("the console is a shell, and a reset undoes what was done there", async () => {
  let said = "";
  let onSaid = () => {};
  const linux = await startPatiently("oreore-6.1", {
    onConsole: (bytes) => {
      said += new TextDecoder().decode(bytes);
      onSaid();
    },
  });
  const type = (text: string) => linux.type(new TextEncoder().encode(text));
  const hears = (text: string) =>
    new Promise<void>((done) => {
      onSaid = () => {
        if (said.includes(text)) done();
      };
      onSaid();
    });
  type("cat /sys/oreore/bpf; echo mine > /tmp/file; cat /tmp/file; echo do''ne\n");
  await hears("done");
  expect(said).toContain("\r\n0\r\nmine\r\n");
  await linux.reset();
  said = "";
  type("cat /tmp/file; echo do''ne\n");
  await hears("done");
  expect(said).toContain("No such file or directory");
  await linux.dispose();
});
