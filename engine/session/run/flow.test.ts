// The control flow of programs, asked through the session as the page does.
import { expect, test } from "vitest";
import { createSession } from "../session.ts";
import type { FlowView } from "./flow.ts";

const METRICS = { charWidth: 7, lineHeight: 18, head: 20, padX: 10, padY: 8, maxChars: 40, maxLines: 8, leftChars: 21 };

const LOOP = `
BPF_MOV64_IMM(BPF_REG_6, 0),
BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 3, 2),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 1),
BPF_JMP_IMM(BPF_JA, 0, 0, -3),
BPF_MOV64_REG(BPF_REG_0, BPF_REG_6),
BPF_EXIT_INSN(),
`;
const CALL = `
BPF_CALL_REL(1),
BPF_EXIT_INSN(),
BPF_MOV64_IMM(BPF_REG_0, 2),
BPF_EXIT_INSN(),
`;

const looked = async (source: string) => {
  const session = createSession();
  const check = await session.check.check({ source, progType: "oreore", maps: [] }, 1);
  expect(check.diagnostics).toEqual([]);
  return { session, check, flow: (await session.check.flow(1, METRICS)) as FlowView };
};

test("blocks, kinds of edges and the loop of a program", async () => {
  const { flow } = await looked(LOOP);
  const [main] = flow.functions;
  expect(main?.blocks.map(({ start, last }) => [start, last]).sort()).toEqual([
    [0, 0],
    [1, 1],
    [2, 3],
    [4, 5],
  ]);
  expect(main?.edges.map(({ from, to, kind, back }) => `${from} ${to} ${kind}${back ? " back" : ""}`).sort()).toEqual([
    "0 1 next",
    "1 2 not-taken",
    "1 4 taken",
    "2 1 goto back",
  ]);
  expect(main?.loops).toEqual([{ head: 1, blocks: [1, 2] }]);
});

test("the column of slots has room for the longest, and a folded block for the words in it", async () => {
  const widthOf = ({ functions }: FlowView): number => functions[0]?.blocks[0]?.w ?? 0;
  const short = (await looked("BPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_EXIT_INSN(),")).flow;
  expect([short.slotChars, widthOf(short)]).toEqual([3, 20 + 7 * 17]);
  const long = (await looked(`${"BPF_MOV64_IMM(BPF_REG_0, 0),\n".repeat(1000)}BPF_EXIT_INSN(),`)).flow;
  expect(long.functions[0]?.blocks[0]?.lines).toContain(-1);
  expect([long.slotChars, widthOf(long)]).toEqual([4, 20 + 7 * (4 + 2 + 21)]);
});

test("functions are placed side by side, and calls lead from a block to an entry", async () => {
  const { flow } = await looked(CALL);
  expect(flow.functions.map(({ entry }) => entry)).toEqual([0, 2]);
  expect(flow.calls).toEqual([{ slot: 0, from: 0, to: 2 }]);
  const [main, twice] = flow.functions;
  expect((main?.x ?? 0) + (main?.w ?? 0)).toBeLessThan(twice?.x ?? 0);
});

test("a run and the verifier are counted in the same blocks, and the loop's rounds show what changes", async () => {
  const { session, check, flow } = await looked(LOOP);
  expect(check.verdict).toBe("accept");
  const { run } = await session.runs.runOnce(
    { source: LOOP, progType: "oreore", maps: [] },
    { kind: "sysfs", path: "/sys/oreore/bpf", data: "1\n" },
    true,
  );
  const ran = await session.runs.traffic(run?.run ?? -1);
  expect(ran?.blocks).toEqual(
    new Map([
      [0, 1],
      [1, 5],
      [2, 4],
      [4, 1],
    ]),
  );
  expect(ran?.edges.get("2 1")).toBe(4);
  const walked = await session.check.traffic(1, -1);
  expect(walked?.blocks.get(1)).toBe(5);
  const loop = flow.functions[0]?.loops[0];
  if (!loop) throw new Error("no loop");
  const rounds = await session.runs.rounds(run?.run ?? -1, loop, 100);
  expect(rounds?.rounds.map(({ previous, regs }) => [previous, Number(`0x${regs[6]}`)])).toEqual([
    [-1, 0],
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ]);
  const believed = await session.check.rounds(1, loop, 3);
  expect(believed).toMatchObject({ total: 5, rounds: [{ previous: -1 }, { previous: 0 }, { previous: 1 }] });
  expect(believed?.rounds.map(({ regs }) => regs[6])).toEqual(["0", "1", "2"]);
});

test("the path to the refused instruction is distinguished from the other paths", async () => {
  const { session } = await looked(`
BPF_LDX_MEM(BPF_W, BPF_REG_1, BPF_REG_1, 0),
BPF_JMP_IMM(BPF_JGT, BPF_REG_1, 5, 2),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
BPF_MOV64_REG(BPF_REG_0, BPF_REG_5),
BPF_EXIT_INSN(),
`);
  const walked = await session.check.traffic(1, -1);
  expect([...(walked?.pathEdges ?? [])]).toEqual(["0 4"]);
  expect(walked?.edges.get("0 2")).toBe(1);
});
