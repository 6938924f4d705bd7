// No lesson is solved without doing its task: constants, empty maps, short packets and half of the acts do not solve it. For each
// goal some wrong answer misses it.
import { expect, test } from "vitest";
import { type Act, createSession, type Goal, performActs } from "../../engine/index.ts";
import { LESSON_IDS, loadLesson } from "./index.ts";
import { judgedProgram, type Lesson } from "./lesson.ts";

/** A loop of thirty turns that does nothing. */
const IDLE = `
BPF_MOV64_IMM(BPF_REG_9, 30),
again:
BPF_ALU64_IMM(BPF_SUB, BPF_REG_9, 1),
BPF_JMP_IMM(BPF_JNE, BPF_REG_9, 0, again),
`;

/** Changes of each solution's program that make it wrong. The key says what is wrong. */
const WRONG: Readonly<Record<string, Readonly<Record<string, readonly [from: string, to: string]>>>> = {
  "01-machine": { "the sum of other numbers": ["100)", "101)"] },
  "02-program-type": {
    "nothing of what was written": ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0)", "BPF_MOV64_IMM(BPF_REG_0, 10)"],
  },
  "05-instructions": {
    "a sum that fits one input": ["BPF_ALU32_IMM(BPF_MUL, BPF_REG_0, 42)", "BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 410)"],
  },
  "06-first-question": {
    "a sum that fits one input": ["BPF_MOV64_IMM(BPF_REG_0, 0)", "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0)"],
    "another number": ["BPF_MOV64_IMM(BPF_REG_0, 0)", "BPF_MOV64_IMM(BPF_REG_0, 1)"],
  },
  "08-bounds": {
    "always the first byte": ["BPF_ALU64_IMM(BPF_AND, BPF_REG_6, 7)", "BPF_MOV64_IMM(BPF_REG_6, 0)"],
    "half of the value": ["BPF_REG_6, 7)", "BPF_REG_6, 3)"],
    "another register": ["BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6)", "BPF_MOV64_REG(BPF_REG_6, BPF_REG_6)"],
  },
  "09-null": {
    "one counter for all": ["BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_6, -4)", "BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0)"],
    "no counting": ["BPF_MOV64_IMM(BPF_REG_1, 1)", "BPF_MOV64_IMM(BPF_REG_1, 0)"],
  },
  "10-stack": {
    "another number": ["BPF_REG_10, -8),  // and", "BPF_REG_10, -8), BPF_ALU64_IMM(BPF_AND, BPF_REG_0, 255),  // and"],
    "no stack": [
      "BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_2, -8)",
      "BPF_MOV64_REG(BPF_REG_0, BPF_REG_2), BPF_EXIT_INSN()",
    ],
  },
  "11-loops": {
    "one turn too few": [
      "BPF_ALU64_IMM(BPF_SUB, BPF_REG_2, 1),",
      "BPF_ALU64_IMM(BPF_SUB, BPF_REG_2, 1),BPF_JMP_IMM(BPF_JEQ, BPF_REG_2, 1, end),",
    ],
  },
  "12-spills": {
    "no byte of its own": ["BPF_ST_MEM(BPF_B, BPF_REG_10, -16, 7)", "BPF_MOV64_IMM(BPF_REG_2, 0)"],
    "no call": ["BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32)", "BPF_MOV64_IMM(BPF_REG_2, 0)"],
    "another register": [
      "BPF_LDX_MEM(BPF_DW, BPF_REG_6, BPF_REG_10, -8)",
      "BPF_LDX_MEM(BPF_DW, BPF_REG_7, BPF_REG_10, -8)",
    ],
  },
  "13-branches": {
    "a signed comparison": ["BPF_JLE", "BPF_JSLE"],
    "no start": ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),", ""],
    "another bound": ["100, 1)", "98, 1)"],
  },
  "14-precision": {
    "always the first byte": ["BPF_MOV64_IMM(BPF_REG_2, 1)", "BPF_MOV64_IMM(BPF_REG_2, 0)"],
    "beyond the stack": ["BPF_MOV64_IMM(BPF_REG_2, 1)", "BPF_MOV64_IMM(BPF_REG_2, 8)"],
  },
  "15-pruning": {
    "bit 4 counts twice": ["BPF_REG_0, 1),    // bit 4", "BPF_REG_0, 2),    // bit 4"],
    "no start": ["BPF_MOV64_IMM(BPF_REG_0, 0),", ""],
    "a walk for nothing": ["BPF_MOV64_IMM(BPF_REG_0, 0),", `BPF_MOV64_IMM(BPF_REG_0, 0),${IDLE}`],
    "bit 4 is bit 5": ["BPF_REG_1, 16, 1)", "BPF_REG_1, 32, 1)"],
  },
  "16-packets": {
    "a header that short packets lack": ["BPF_REG_4, 14)", "BPF_REG_4, 34)"],
    "all packets pass": ["BPF_REG_4, 0x0008, 1)", "BPF_REG_4, 0x0008, 0)"],
  },
  "17-helper-arguments": {
    "half of the format": ["BPF_MOV64_IMM(BPF_REG_2, 8)", "BPF_MOV64_IMM(BPF_REG_2, 4)"],
    "always the same line": ["BPF_MOV64_REG(BPF_REG_3, BPF_REG_6)", "BPF_MOV64_IMM(BPF_REG_3, 10)"],
    "no line": ["BPF_EMIT_CALL(BPF_FUNC_trace_printk)", "BPF_MOV64_IMM(BPF_REG_3, 0)"],
  },
  "18-references": {
    "an empty record": ["BPF_STX_MEM(BPF_DW, BPF_REG_0, BPF_REG_6, 0)", "BPF_ST_MEM(BPF_DW, BPF_REG_0, 0, 0)"],
    "a record that is thrown away": ["BPF_FUNC_ringbuf_submit", "BPF_FUNC_ringbuf_discard"],
  },
  "19-your-own": {
    "half of the bits": ["BPF_MOV64_IMM(BPF_REG_4, 32)", "BPF_MOV64_IMM(BPF_REG_4, 16)"],
    "no start": ["BPF_MOV64_IMM(BPF_REG_0, 0),", ""],
    "a thousand turns": ["BPF_MOV64_IMM(BPF_REG_4, 32)", "BPF_MOV64_IMM(BPF_REG_4, 1000)"],
  },
  "20-func-proto": {
    "the lower half alone": ["BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6),", ""],
    "the halves are bytes": ["BPF_REG_6, 16)", "BPF_REG_6, 8)"],
    "a call all the same": [
      "BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6),",
      "BPF_ALU64_REG(BPF_ADD, BPF_REG_6, BPF_REG_0), BPF_EMIT_CALL(BPF_FUNC_ktime_get_ns), BPF_MOV64_REG(BPF_REG_0, BPF_REG_6),",
    ],
  },
  "21-context-conversion": {
    "another field": ["BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 4)", "BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 8)"],
    "half of a field": ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0)", "BPF_LDX_MEM(BPF_B, BPF_REG_0, BPF_REG_1, 0)"],
  },
  "22-own-type": {
    "the sum": ["BPF_MUL", "BPF_ADD"],
    "one number twice": ["BPF_REG_2, BPF_REG_1, 4", "BPF_REG_2, BPF_REG_1, 0"],
    "the other number twice": ["BPF_REG_0, BPF_REG_1, 0", "BPF_REG_0, BPF_REG_1, 4"],
  },
  "23-functions": {
    "no function": [
      "BPF_CALL_REL(square)",
      "BPF_MOV64_REG(BPF_REG_0, BPF_REG_1), BPF_ALU64_REG(BPF_MUL, BPF_REG_0, BPF_REG_1)",
    ],
    "the square alone": ["BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_6)", "BPF_MOV64_REG(BPF_REG_6, BPF_REG_0)"],
  },
  "24-tail-calls": {
    "no tail call": ["BPF_EMIT_CALL(BPF_FUNC_tail_call)", "BPF_MOV64_IMM(BPF_REG_3, 0)"],
    "two at a time": ["BPF_MOV64_IMM(BPF_REG_1, 1)", "BPF_MOV64_IMM(BPF_REG_1, 2)"],
  },
  "25-maps-from-user-space": {
    "the number in the program": ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_0, 0)", "BPF_MOV64_IMM(BPF_REG_0, 100)"],
    "no map": ["BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem)", "BPF_MOV64_IMM(BPF_REG_0, 0)"],
    "no key": ["BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),", ""],
  },
  "26-all-of-it": {
    "no limit": ["BPF_MOV64_IMM(BPF_REG_7, 0)", "BPF_MOV64_REG(BPF_REG_7, BPF_REG_7)"],
    "nothing remembered": ["BPF_EMIT_CALL(BPF_FUNC_map_update_elem)", "BPF_MOV64_IMM(BPF_REG_0, 0)"],
    "one count for all": ["BPF_STX_MEM(BPF_W, BPF_REG_10, BPF_REG_6, -4)", "BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0)"],
    "no check": ["BPF_JMP_IMM(BPF_JNE, BPF_REG_0, 0, known),", "BPF_JMP_A(known),"],
    "a limit of its own": ["BPF_LDX_MEM(BPF_W, BPF_REG_1, BPF_REG_0, 0)", "BPF_MOV64_IMM(BPF_REG_1, 3)"],
  },
  "27-missed-check": {
    "the value that was checked, which is another": [
      "BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 7, beyond)",
      "BPF_MOV32_REG(BPF_REG_6, BPF_REG_6), BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 7, beyond)",
    ],
    "a mask in place of the check": [
      "BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 7, beyond)",
      "BPF_ALU64_IMM(BPF_AND, BPF_REG_6, 7)",
    ],
    "no table": ["BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem)", "BPF_MOV64_IMM(BPF_REG_0, 0)"],
    "n, not its square": ["BPF_ALU64_REG(BPF_MUL, BPF_REG_6, BPF_REG_6),", ""],
  },
  "28-loop-helper": {
    "one turn alone": ["BPF_MOV64_IMM(BPF_REG_0, 0),", "BPF_MOV64_IMM(BPF_REG_0, 1),"],
    "nothing written back": ["BPF_STX_MEM(BPF_DW, BPF_REG_2, BPF_REG_0, 0),", ""],
    "no loop": ["BPF_EMIT_CALL(BPF_FUNC_loop)", "BPF_MOV64_IMM(BPF_REG_4, 0)"],
    "turns that the verifier follows itself": [
      "BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 1),",
      `${IDLE}BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 1),`,
    ],
  },
  "29-ping": {
    "the checksum as it was": ["BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, 8)", "BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, 0)"],
    "a carry that is lost": ["BPF_ALU64_REG(BPF_ADD, BPF_REG_2, BPF_REG_3)", "BPF_MOV64_REG(BPF_REG_3, BPF_REG_2)"],
    "all ICMP is answered": ["BPF_REG_2, 8, out)", "BPF_REG_2, 8, 0)"],
    "all protocols are answered": ["BPF_REG_2, 1, out)", "BPF_REG_2, 1, 0)"],
    "no type of Ethernet": ["BPF_REG_2, 0x0008, out)", "BPF_REG_2, 0x0008, 0)"],
    "no length": ["BPF_JMP_REG(BPF_JGT, BPF_REG_2, BPF_REG_7, out),", ""],
    "to the kernel": ["BPF_MOV64_IMM(BPF_REG_0, XDP_TX)", "BPF_MOV64_IMM(BPF_REG_0, XDP_PASS)"],
    "packets that end early": ["BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, 42)", "BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, 35)"],
    "short packets are sent back": ["BPF_MOV64_IMM(BPF_REG_0, XDP_PASS),", "BPF_MOV64_IMM(BPF_REG_0, XDP_TX),"],
  },
  "30-networks": {
    "eight bits": ["-8, 32)", "-8, 8)"],
    "no look at NULL": ["BPF_JMP_IMM(BPF_JEQ, BPF_REG_1, 0, out),", ""],
    "what is found is dropped": ["BPF_JMP_IMM(BPF_JEQ, BPF_REG_2, 0, out),         // let", "// let"],
    "who it is for": ["BPF_REG_4, BPF_REG_2, 26)", "BPF_REG_4, BPF_REG_2, 30)"],
    "all is dropped": ["BPF_MOV64_IMM(BPF_REG_0, XDP_PASS),", "BPF_MOV64_IMM(BPF_REG_0, XDP_DROP),"],
    "what is in no network": [
      "BPF_MOV64_REG(BPF_REG_1, BPF_REG_0),\nBPF_MOV64_IMM(BPF_REG_0, XDP_PASS)",
      "BPF_MOV64_REG(BPF_REG_1, BPF_REG_0),\nBPF_MOV64_IMM(BPF_REG_0, XDP_DROP)",
    ],
    "no type of Ethernet": ["BPF_REG_4, 0x0008, out)", "BPF_REG_4, 0x0008, 0)"],
    "no map": ["BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem)", "BPF_MOV64_IMM(BPF_REG_0, 0)"],
  },
};

interface Wrong {
  readonly what: string;
  readonly source: string;
  readonly acts: readonly Act[];
}

/** Wrong answers that a lesson must not accept, made from its goals and its solution. */
function* wrongOf(id: string, lesson: Lesson): Generator<Wrong> {
  const { goals, solution, state } = lesson;
  const acts = solution?.acts ?? [];
  const right = solution?.source || state.source;
  const doing = (source: string): readonly Act[] => [
    { do: "write", source },
    ...acts.filter((act) => act.do !== "write"),
  ];
  yield { what: "nothing", source: state.source, acts: [] };
  if (right !== state.source)
    yield { what: "the lesson's own program", source: state.source, acts: doing(state.source) };
  const values = new Set(goals.flatMap((goal) => (goal.kind === "returns" ? [goal.is] : [])));
  // If the goals ask for one value only, a program that returns a constant is right.
  for (const value of values.size > 1 ? [...values].slice(0, 2) : []) {
    const source = `BPF_MOV64_IMM(BPF_REG_0, ${value | 0}),\nBPF_EXIT_INSN(),\n`;
    yield { what: `always ${value}`, source, acts: doing(source) };
  }
  for (const [i, act] of acts.entries())
    if (act.do !== "write")
      yield { what: `without ${act.do}, act ${i + 1}`, source: right, acts: acts.filter((one) => one !== act) };
  for (const [what, [from, to]] of Object.entries(WRONG[id] ?? {})) {
    expect(right, `${id}: ${what}`).toContain(from);
    const source = right.replace(from, to);
    yield { what, source, acts: doing(source) };
  }
}

interface Answer {
  readonly met: readonly boolean[];
  /** Whether the verifier accepts the program. If so, a goal is missed because of what the program does. */
  readonly accepted: () => Promise<boolean>;
}

async function answerOf(lesson: Lesson, { source, acts }: Wrong): Promise<Answer> {
  const { progType, maps, input, recipe, preset, source: own } = lesson.state;
  const session = createSession();
  const reader = await performActs(session, { program: { source: own, progType, maps }, input, recipe, preset }, acts);
  const program = judgedProgram(lesson, { ...reader.program, source });
  const views = await session.tools.judge(program, lesson.goals, reader);
  return {
    met: views.map(({ met }) => met),
    accepted: async () => (await session.check.check(program, 1)).verdict === "accept",
  };
}

/** Goals about what the program does. A refused program misses them all, so such a miss does not count. */
const OF_A_RUN: ReadonlySet<Goal["kind"]> = new Set([
  "returns",
  "refuses",
  "traces",
  "records",
  "keeps",
  "sends",
  "steps",
]);

/** Acts that a student may leave out: the goals are met without them. */
const MAY_BE_LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  // A kernel that does not know the attach type refuses the call before it looks at the descriptor.
  "03-attach": ["without load, act 1"],
};

test.each(LESSON_IDS)("%s is not solved by a wrong answer, and each goal is missed by one", async (id) => {
  const parsed = await loadLesson(LESSON_IDS.indexOf(id) + 1);
  if (!parsed?.ok) throw new Error(`${id} cannot be read`);
  const { lesson } = parsed;
  const missed = lesson.goals.map(() => false);
  for (const wrong of wrongOf(id, lesson)) {
    if (MAY_BE_LEFT_OUT[id]?.includes(wrong.what)) continue;
    const { met, accepted } = await answerOf(lesson, wrong);
    expect(met, `${id}: ${wrong.what}`).toContain(false);
    const now = lesson.goals.map((_, i) => !met[i] && !missed[i]);
    const ofRuns = lesson.goals.map(({ kind }) => OF_A_RUN.has(kind));
    const counts = now.some((one, i) => one && ofRuns[i]) && (await accepted());
    now.forEach((one, i) => {
      if (one && (counts || !ofRuns[i])) missed[i] = true;
    });
  }
  expect(lesson.goals.filter((_, i) => !missed[i])).toEqual([]);
});
