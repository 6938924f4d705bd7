import { describe, expect, test } from "vitest";
import type { ExampleView } from "../../catalogue/example.ts";
import { EXAMPLES } from "../../catalogue/examples.ts";
import { createSession } from "../session.ts";
import type { BeliefView } from "../views/check.ts";
import type { EventInput } from "../views/program.ts";

const eventOf = ({ program: { progType }, input }: ExampleView): EventInput =>
  progType === "oreore"
    ? { kind: "sysfs", path: "/sys/oreore/bpf", data: `${input}\n` }
    : { kind: progType === "kprobe" ? "ctx" : "packet", hex: input };

/** The most steps of a run that are checked. */
const MOST = 300;

function expectHolds({ text, isNumber, bounds }: BeliefView, hex: string, where: string): void {
  const value = BigInt(`0x${hex}`);
  if (!isNumber) return expect(value !== 0n || text.includes("or_null"), where).toBe(true);
  const { umin, umax, smin, smax, value: known, mask } = bounds!;
  const signed = BigInt.asIntN(64, value);
  expect(value >= BigInt(umin) && value <= BigInt(umax), `${where} in [${umin}, ${umax}]`).toBe(true);
  expect(signed >= BigInt(smin) && signed <= BigInt(smax), `${where} in s[${smin}, ${smax}]`).toBe(true);
  expect(value & ~BigInt(`0x${mask}`), `${where} in (${known}; ${mask})`).toBe(BigInt(`0x${known}`));
}

describe("the shown belief of the verifier holds for each value, at each step of each example", () => {
  test.each(EXAMPLES.filter(({ expect }) => expect === "accept"))("$name", async (example) => {
    const session = createSession();
    await session.check.check(example.program, 1);
    const { run } = await session.runs.runOnce(example.program, eventOf(example), true);
    expect(run).not.toBeNull();
    const steps = await session.runs.steps(run!.run, 0, Math.min(run!.length, MOST));
    let shown = 0;
    for (const { step, regs, slot } of steps) {
      const visit = await session.check.visitOfStep(1, run!.run, step);
      if (!visit) continue;
      expect(visit.slot).toBe(slot);
      for (const [n, belief] of visit.before.regs.entries()) {
        if (!belief) continue;
        expectHolds(belief, regs[n]!, `${example.name}, step ${step}: R${n} = 0x${regs[n]}, ${belief.text}`);
        shown++;
      }
    }
    expect(shown).toBeGreaterThan(0);
  });
});

test("in a loop, each round belongs to the visit with the same path", async () => {
  const session = createSession();
  const loop = EXAMPLES.find(({ name }) => name === "loop")!;
  await session.check.check(loop.program, 1);
  const { run } = await session.runs.runOnce(loop.program, eventOf(loop), true);
  const visits: number[] = [];
  for (let step = 0; step < run!.length; step++)
    visits.push((await session.check.visitOfStep(1, run!.run, step))?.visit ?? -1);
  expect(visits[0]).toBe(0);
  expect(visits.filter((visit) => visit >= 0).length).toBeGreaterThan(5);
});

test("a visit leads back to its step, wherever the reader is", async () => {
  const session = createSession();
  const loop = EXAMPLES.find(({ name }) => name === "loop")!;
  await session.check.check(loop.program, 1);
  const { run } = await session.runs.runOnce(loop.program, eventOf(loop), true);
  for (let step = 0; step < run!.length; step++) {
    const visit = await session.check.visitOfStep(1, run!.run, step);
    if (!visit) continue;
    const back = await session.check.stepOfVisit(1, run!.run, visit.visit, step);
    expect(back).toBe(step);
    for (const from of [0, run!.length]) {
      const other = await session.check.stepOfVisit(1, run!.run, visit.visit, from);
      expect((await session.check.visitOfStep(1, run!.run, other))?.visit).toBe(visit.visit);
    }
  }
});

test("the nearest step of an instruction is the next one, else the last one before", async () => {
  const session = createSession();
  const loop = EXAMPLES.find(({ name }) => name === "loop")!;
  const { run } = await session.runs.runOnce(loop.program, eventOf(loop), true);
  const steps = await session.runs.steps(run!.run, 0, run!.length);
  const { slot } = steps[4]!;
  const visits = steps.filter((one) => one.slot === slot).map(({ step }) => step);
  expect(await session.runs.stepAt(run!.run, slot, 0)).toBe(visits[0]);
  expect(await session.runs.stepAt(run!.run, slot, visits[0]! + 1)).toBe(visits[1]);
  expect(await session.runs.stepAt(run!.run, slot, run!.length)).toBe(visits.at(-1));
  expect(await session.runs.stepAt(run!.run, 99, 0)).toBe(-1);
});

test("a run of another program has no visit", async () => {
  const session = createSession();
  const [first, other] = EXAMPLES.filter(({ program }) => program.progType === "oreore");
  const { run } = await session.runs.runOnce(first!.program, eventOf(first!), true);
  await session.check.check(other!.program, 2);
  expect(await session.check.visitOfStep(2, run!.run, 0)).toBeNull();
});
