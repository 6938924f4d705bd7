// Each kind of harm, shown by the smallest program that does it. Also: programs that the verifier accepts do no harm.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { assemble } from "../../asm/assemble.ts";
import { programOf } from "../../asm/assembly.ts";
import { fromHex } from "../../base/bytes.ts";
import { judge } from "../../conformance/judge.ts";
import { ProgramRecord, programOfRecord } from "../../conformance/records.ts";
import { createSession } from "../session.ts";
import { findWitness, isWitness, type Witness, type WitnessOptions } from "./find.ts";

/** A clock that stands still. So only the number of trials decides what is found. */
const PATIENT: WitnessOptions = { now: () => 0 };
/** Time for this many trials: the clock counts how often it is read, and it is read before each trial. */
const timeFor = (trials: number): WitnessOptions => {
  let readings = 0;
  return { budget: trials + 1, now: () => readings++ };
};

function find(source: string, options: WitnessOptions = {}) {
  const assembly = assemble(source);
  expect(assembly.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const program = programOf(assembly, {
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    license: "GPL",
  });
  const { refusal } = judge(program, { logLevel: 0 });
  expect(refusal, "the program is refused").toBeDefined();
  return findWitness(program, { ...PATIENT, ...(refusal && { refusal }), ...options });
}

const LOOKUP = `
// @map m array key=4 value=8 entries=4
BPF_ST_MEM(BPF_W, R10, -4, 0),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_LD_MAP_FD(R1, m),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),`;
const PACKET = `
// @prog xdp
BPF_LDX_MEM(BPF_W, R7, R1, 0),
BPF_LDX_MEM(BPF_W, R8, R1, 4),`;
const SOCKET = `
// @prog sched_cls
BPF_MOV64_IMM(R2, 0),
BPF_STX_MEM(BPF_DW, R10, R2, -8),
BPF_STX_MEM(BPF_DW, R10, R2, -16),
BPF_STX_MEM(BPF_DW, R10, R2, -24),
BPF_STX_MEM(BPF_DW, R10, R2, -32),
BPF_STX_MEM(BPF_DW, R10, R2, -40),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -40),
BPF_MOV64_IMM(R3, 36),
BPF_MOV64_IMM(R4, 0),
BPF_MOV64_IMM(R5, 0),
BPF_EMIT_CALL(BPF_FUNC_sk_lookup_tcp),`;
const RECORD = `
// @map rb ringbuf key=0 value=0 entries=4096
BPF_LD_MAP_FD(R1, rb),
BPF_MOV64_IMM(R2, 8),
BPF_MOV64_IMM(R3, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_reserve),`;
const LOCK = `
// @prog sched_cls
// @map locked array key=4 value=16 entries=1 field.bpf_spin_lock=8
BPF_ST_MEM(BPF_W, R10, -4, 0),
BPF_MOV64_REG(R2, R10),
BPF_ALU64_IMM(BPF_ADD, R2, -4),
BPF_LD_MAP_FD(R1, locked),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_JMP_IMM(BPF_JNE, R0, 0, 1),
BPF_EXIT_INSN(),
BPF_MOV64_REG(R6, R0),
BPF_MOV64_REG(R1, R6),
BPF_ALU64_IMM(BPF_ADD, R1, 8),
BPF_EMIT_CALL(BPF_FUNC_spin_lock),`;
const END = "BPF_MOV64_IMM(R0, 0),\nBPF_EXIT_INSN(),";

/** The properties of a witness that a test compares. */
type Expected = Partial<Pick<Witness, "kind" | "slot" | "step" | "fault" | "sockets">>;

test.each<[what: string, source: string, expected: Expected]>([
  [
    "a look-up that finds nothing",
    `${LOOKUP.replace("array key=4", "hash key=4")}\nBPF_LDX_MEM(BPF_DW, R0, R0, 0),\nBPF_EXIT_INSN(),`,
    {
      kind: "fault",
      slot: 6,
      fault: "Instruction 6 goes to address 0 through a NULL pointer, where there is no memory.",
    },
  ],
  [
    "an index that a map's value gives",
    `${LOOKUP}\nBPF_JMP_IMM(BPF_JNE, R0, 0, 1),\nBPF_EXIT_INSN(),\nBPF_LDX_MEM(BPF_H, R1, R0, 0),\nBPF_ALU64_REG(BPF_ADD, R0, R1),\nBPF_LDX_MEM(BPF_B, R0, R0, 0),\nBPF_EXIT_INSN(),`,
    { kind: "fault", slot: 10 },
  ],
  [
    "a packet that is shorter than the bytes that are read",
    `${PACKET}\nBPF_LDX_MEM(BPF_B, R0, R7, 40),\nBPF_EXIT_INSN(),`,
    { kind: "fault", slot: 2 },
  ],
  [
    "a length in the packet that is not checked",
    `${PACKET}
BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 34),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_LDX_MEM(BPF_H, R3, R7, 12),
BPF_JMP_IMM(BPF_JNE, R3, 8, out),
BPF_LDX_MEM(BPF_H, R3, R7, 16),
BPF_ALU64_REG(BPF_ADD, R7, R3),
BPF_LDX_MEM(BPF_B, R0, R7, 0),
out:
${END}`,
    { kind: "fault", slot: 9 },
  ],
  [
    "a write outside of the stack",
    `BPF_MOV64_REG(R2, R10),\nBPF_ST_MEM(BPF_DW, R2, -520, 0),\n${END}`,
    { kind: "fault", slot: 1, fault: "Instruction 1 writes 8 bytes 8 bytes before the start of `stack`." },
  ],
  [
    "a write to memory that is read-only",
    `// @prog oreore\nBPF_ST_MEM(BPF_W, R1, 0, 1),\n${END}`,
    { kind: "fault", slot: 0 },
  ],
  [
    "a register that one branch leaves unset",
    `// @prog oreore\nBPF_LDX_MEM(BPF_W, R1, R1, 0),\nBPF_JMP_IMM(BPF_JEQ, R1, 4711, 1),\nBPF_MOV64_IMM(R0, 1),\nBPF_EXIT_INSN(),`,
    { kind: "unset-register", slot: 3, step: 2 },
  ],
  [
    "an argument register that is read after a call",
    "BPF_MOV64_IMM(R3, 1),\nBPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_MOV64_REG(R0, R3),\nBPF_EXIT_INSN(),",
    { kind: "unset-register", slot: 2 },
  ],
  [
    "a random number as an index",
    `BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_MOV64_REG(R1, R10),\nBPF_ALU64_IMM(BPF_AND, R0, 1023),\nBPF_ALU64_REG(BPF_ADD, R1, R0),\nBPF_ST_MEM(BPF_B, R1, -512, 0),\n${END}`,
    { kind: "fault", slot: 4 },
  ],
  ["a record that is not sent", `${RECORD}\n${END}`, { kind: "leak", slot: 6 }],
  [
    "a record that is written after it was sent",
    `${RECORD}\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_MOV64_REG(R6, R0),\nBPF_MOV64_REG(R1, R0),\nBPF_MOV64_IMM(R2, 0),\nBPF_EMIT_CALL(BPF_FUNC_ringbuf_submit),\nBPF_ST_MEM(BPF_DW, R6, 0, 1),\nout:\n${END}`,
    { kind: "released", slot: 10 },
  ],
  ["a socket that is not given back", `${SOCKET}\n${END}`, { kind: "leak", slot: 13, sockets: true }],
  [
    "a socket after it was given back",
    `${SOCKET}\nBPF_JMP_IMM(BPF_JEQ, R0, 0, out),\nBPF_MOV64_REG(R6, R0),\nBPF_MOV64_REG(R1, R0),\nBPF_EMIT_CALL(BPF_FUNC_sk_release),\nBPF_LDX_MEM(BPF_W, R0, R6, 4),\nout:\n${END}`,
    { kind: "released", slot: 16, sockets: true },
  ],
  ["a lock that is still held", `${LOCK}\n${END}`, { kind: "fault", slot: 13 }],
  [
    "a lock taken twice",
    `${LOCK}\nBPF_MOV64_REG(R1, R6),\nBPF_ALU64_IMM(BPF_ADD, R1, 8),\nBPF_EMIT_CALL(BPF_FUNC_spin_lock),\n${END}`,
    { kind: "fault", slot: 14 },
  ],
  [
    "a packet pointer from before the packet moved",
    `${PACKET}
BPF_MOV64_REG(R2, R7),
BPF_ALU64_IMM(BPF_ADD, R2, 14),
BPF_JMP_REG(BPF_JGT, R2, R8, out),
BPF_STX_MEM(BPF_DW, R10, R7, -8),
BPF_MOV64_IMM(R2, 0),
BPF_EMIT_CALL(BPF_FUNC_xdp_adjust_head),
BPF_LDX_MEM(BPF_DW, R7, R10, -8),
BPF_LDX_MEM(BPF_B, R0, R7, 0),
out:
${END}`,
    { kind: "moved-packet", slot: 9 },
  ],
  ["a loop without an end", "BPF_MOV64_IMM(R0, 0),\nBPF_JMP_A(-1),\nBPF_EXIT_INSN(),", { kind: "endless" }],
  [
    "a loop that is endless for one value only",
    `// @prog oreore\nBPF_LDX_MEM(BPF_W, R1, R1, 0),\nagain:\nBPF_JMP_IMM(BPF_JEQ, R1, 7, again),\n${END}`,
    { kind: "endless", slot: 1 },
  ],
  [
    "calls that go too deep",
    "BPF_CALL_REL(1),\nBPF_EXIT_INSN(),\nBPF_CALL_REL(-1),\nBPF_EXIT_INSN(),",
    { kind: "fault", slot: 2 },
  ],
  ["a program without an end", "BPF_MOV64_IMM(R0, 0),\nBPF_MOV64_IMM(R0, 0),", { kind: "fault", slot: 2 }],
  [
    "a result that is outside the allowed range",
    "// @prog cgroup_skb\nBPF_LDX_MEM(BPF_W, R0, R1, 0),\nBPF_EXIT_INSN(),",
    { kind: "result" },
  ],
])("%s", (_, source, expected) => {
  const answer = find(source);
  expect(answer).toMatchObject(expected);
});

test("a run that is longer than that of any accepted program is found", () => {
  const { insns, maps, mapRefs } = assemble(
    "BPF_MOV64_IMM(R0, 0),\nBPF_LD_IMM64(R1, 0x100000000),\nagain:\nBPF_ALU64_IMM(BPF_ADD, R0, 1),\nBPF_JMP_REG(BPF_JLT, R0, R1, again),\nBPF_EXIT_INSN(),",
  );
  const program = { insns, maps, mapRefs, progType: "socket_filter", expectedAttachType: 0, progFlags: 0, license: "" };
  expect(findWitness(program, PATIENT)).toMatchObject({ kind: "too-long", step: 1_000_000 });
});

test("the witness has the value that leads to the harm", () => {
  const source = `// @prog oreore\nBPF_LDX_MEM(BPF_W, R1, R1, 0),\nBPF_JMP_IMM(BPF_JEQ, R1, 4711, 1),\nBPF_MOV64_IMM(R0, 1),\nBPF_EXIT_INSN(),`;
  expect(find(source)).toMatchObject({ ctx: "67120000", input: "4711", seed: 1 });
});

test("the witness has only those map contents that lead to the harm", () => {
  const answer = find(
    `${LOOKUP}\nBPF_JMP_IMM(BPF_JNE, R0, 0, 1),\nBPF_EXIT_INSN(),\nBPF_LDX_MEM(BPF_B, R1, R0, 3),\nBPF_JMP_IMM(BPF_JNE, R1, 77, 1),\nBPF_LDX_MEM(BPF_B, R1, R0, 64),\n${END}`,
  );
  expect(answer).toMatchObject({ kind: "fault", slot: 10, maps: { m: { "00000000": "0000004d00000000" } } });
});

describe("no witness is claimed if none is found", () => {
  test.each([
    [
      "the program is safe, but the verifier does not know that two numbers belong together",
      `${PACKET}\nBPF_MOV64_REG(R9, R8),\nBPF_ALU64_REG(BPF_SUB, R9, R7),\nBPF_JMP_IMM(BPF_JSLT, R9, 55, out),\nBPF_LDX_MEM(BPF_B, R0, R7, 54),\nout:\n${END}`,
    ],
    [
      "the program is harmless, but not allowed",
      "// @license Proprietary\nBPF_MOV64_IMM(R0, 0),\nBPF_EMIT_CALL(BPF_FUNC_ktime_get_boot_ns),\nBPF_MOV64_IMM(R1, 0),\nBPF_MOV64_IMM(R2, 0),\nBPF_MOV64_REG(R3, R10),\nBPF_EMIT_CALL(BPF_FUNC_trace_printk),\nBPF_EXIT_INSN(),",
    ],
  ])("%s", (_, source) => {
    expect(find(source, timeFor(60))).toEqual({ tried: 60 });
  });

  test("a program whose type cannot run here is not tried", () => {
    const source =
      "// @prog sk_msg\nBPF_LDX_MEM(BPF_DW, R1, R1, 0),\nBPF_LDX_MEM(BPF_DW, R0, R1, 0),\nBPF_EXIT_INSN(),";
    expect(find(source)).toEqual({ tried: 0 });
  });
});

test("the same search gives the same witness", () => {
  const source = `${PACKET}\nBPF_LDX_MEM(BPF_B, R0, R7, 40),\nBPF_EXIT_INSN(),`;
  expect(find(source)).toEqual(find(source));
});

/** Of the accepted programs in the recordings, each n-th is tried. */
const EVERY = 6;
/** How often each of them is run. */
const TRIALS = 40;
test("a program that Linux accepts has no witness", () => {
  const file = join(import.meta.dirname, "../../conformance/recordings/verifier.jsonl");
  const accepted = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; verdict: string; needs?: string[] })
    .filter(({ verdict, needs }) => verdict === "accept" && !needs?.length)
    .filter((_, i) => i % EVERY === 0);
  expect(accepted.length).toBeGreaterThan(50);
  let tried = 0;
  for (const row of accepted) {
    const answer = findWitness(programOfRecord(v.parse(ProgramRecord, row)), timeFor(TRIALS));
    expect(isWitness(answer) ? answer.fault : "", row.id).toBe("");
    // Some program types cannot run here.
    expect([0, TRIALS], row.id).toContain(answer.tried);
    if (answer.tried > 0) tried++;
  }
  expect(tried).toBeGreaterThan(50);
});

test("the run of a witness does the harm that it claims, on the page's own machine", async () => {
  const source = `${LOOKUP}\nBPF_JMP_IMM(BPF_JNE, R0, 0, 1),\nBPF_EXIT_INSN(),\nBPF_LDX_MEM(BPF_B, R1, R0, 3),\nBPF_JMP_IMM(BPF_JNE, R1, 77, 1),\nBPF_LDX_MEM(BPF_B, R1, R0, 64),\n${END}`;
  const session = createSession({ now: () => 0 });
  const program = { source, progType: "socket_filter", maps: [] };
  await session.check.check(program, 1);
  const answer = await session.check.witness(1, 5000);
  const found = answer?.found;
  expect(found).toMatchObject({ kind: "fault", slot: 10 });
  if (!found) return;
  await session.kernel.setEnvironment({ seed: found.seed, cpu: 0, sockets: found.sockets });
  const input = await session.runs.readInput("socket_filter", found.input);
  expect(input.ok).toBe(true);
  if (!input.ok) return;
  const { run } = await session.runs.runOnce({ ...program, contents: found.contents }, input.event, false);
  expect(run?.end).toMatchObject({ kind: "fault", slot: 10, fault: "access" });
  expect(run?.length).toBe(found.step);
  expect(fromHex(found.input)?.length).toBeGreaterThanOrEqual(14);
});
