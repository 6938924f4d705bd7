import fc from "fast-check";
import { expect, test } from "vitest";
import { BPF_ALU64, BPF_EXIT, BPF_JA, BPF_JEQ, BPF_JMP, BPF_MOV } from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import { functionFlow, naturalLoops } from "../program/flow.ts";
import { type Box, type FlowLayout, layoutFlow } from "./placement.ts";

const insn = (code: number, off = 0): Insn => ({ code, dst: 0, src: 0, off, imm: 0 });
const mov = insn(BPF_ALU64 | BPF_MOV);
const exit = insn(BPF_JMP | BPF_EXIT);
const jeq = (off: number) => insn(BPF_JMP | BPF_JEQ, off);
const ja = (off: number) => insn(BPF_JMP | BPF_JA, off);

const drawn = (
  program: readonly Insn[],
  size = (slot: number) => ({ w: 120 + ((slot * 37) % 90), h: 30 + (slot % 5) * 16 }),
) => {
  const flow = functionFlow(program, 0, program.length);
  return {
    flow,
    layout: layoutFlow(
      flow,
      flow.blocks.map(({ start }) => size(start)),
    ),
  };
};

/** Any program that ends with an exit. Each earlier slot is a move, a jump to any slot, or an exit. */
const programs = fc
  .array(fc.tuple(fc.constantFrom("mov", "jeq", "jeq", "ja", "exit"), fc.nat()), { minLength: 1, maxLength: 60 })
  .map((rows) => {
    const to = (n: number, at: number) => (n % (rows.length + 1)) - at - 1;
    return [
      ...rows.map(([kind, n], at) => ({ mov, exit, jeq: jeq(to(n, at)), ja: ja(to(n, at)) })[kind as "mov"]),
      exit,
    ];
  });

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Each edge that runs through a block, as `0→2 through 1`. */
function crossed({ blocks, edges }: FlowLayout): string[] {
  return edges.flatMap(({ from, to, points }) =>
    points.slice(1).flatMap(([x, y], i) => {
      const [px, py] = points[i] as readonly [number, number];
      const way = { x: Math.min(x, px), y: Math.min(y, py), w: Math.abs(x - px), h: Math.abs(y - py) };
      const inside = (box: Box): boolean =>
        way.x < box.x + box.w &&
        box.x < way.x + way.w + 0.01 &&
        way.y < box.y + box.h - 0.01 &&
        box.y + 0.01 < way.y + way.h;
      return blocks.flatMap((box, block) => (inside(box) ? [`${from}→${to} through ${block}`] : []));
    }),
  );
}

test("no two blocks overlap, and no edge runs through a block", () => {
  fc.assert(
    fc.property(programs, (program) => {
      const { layout } = drawn(program);
      layout.blocks.forEach((a, i) => {
        for (const b of layout.blocks.slice(i + 1)) expect(overlap(a, b)).toBe(false);
      });
      expect(crossed(layout)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("every edge is drawn once, from its source's lower side to its target's upper side, at right angles", () => {
  fc.assert(
    fc.property(programs, (program) => {
      const { flow, layout } = drawn(program);
      const wanted = flow.blocks.flatMap(({ next }, from) => next.map((to, way) => `${from} ${way} ${to}`));
      expect(layout.edges.map(({ from, nextIndex, to }) => `${from} ${nextIndex} ${to}`).sort()).toEqual(wanted.sort());
      for (const { from, to, points } of layout.edges) {
        const [source, target] = [layout.blocks[from] as Box, layout.blocks[to] as Box];
        expect(points[0]?.[1]).toBeCloseTo(source.y + source.h);
        expect(points.at(-1)?.[1]).toBeCloseTo(target.y);
        points.slice(1).forEach(([x, y], i) => {
          const [px, py] = points[i] as readonly [number, number];
          expect(x === px || y === py).toBe(true);
        });
        for (const [x, y] of points) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(layout.w);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(layout.h);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("edges lead down, except those that close a loop, which lead up or back to the same block", () => {
  fc.assert(
    fc.property(programs, (program) => {
      const { layout } = drawn(program);
      for (const { from, to, back } of layout.edges) {
        const [source, target] = [layout.blocks[from] as Box, layout.blocks[to] as Box];
        if (back) expect(target.y).toBeLessThanOrEqual(source.y);
        else expect(target.y).toBeGreaterThanOrEqual(source.y + source.h);
      }
    }),
  );
});

test("a block after a loop stands below the whole loop", () => {
  //  0: mov  1: if goto 5 (exit)  2: if goto 4  3: mov  4: goto 1  5: exit
  const { flow, layout } = drawn([mov, jeq(3), jeq(1), mov, ja(-4), exit]);
  const [loop] = naturalLoops(flow);
  const after = flow.blocks.findIndex(({ start }) => start === 5);
  for (const member of loop?.members ?? []) {
    const box = layout.blocks[member] as Box;
    expect(layout.blocks[after]?.y).toBeGreaterThan(box.y + box.h);
  }
});

test("a chain of checks with one common exit is drawn as one column", () => {
  const checks = Array.from({ length: 10 }, (_, i) => jeq(10 - i));
  const { layout } = drawn([...checks, mov, exit], () => ({ w: 120, h: 40 }));
  expect(new Set(layout.blocks.map(({ x }) => x)).size).toBe(1);
});

/**
 * Milliseconds of the processor, more than thirty times what a layout takes: this process compiles code and collects garbage of other test
 * files as well. A search that tries combinations does not end within it.
 */
const LIMIT_MS = 30_000;

test("a layout of two thousand blocks does not try combinations, whatever the graph", () => {
  const n = 2000;
  const shapes = {
    "checks with one exit": Array.from({ length: n }, (_, i) => jeq(n - i)),
    "branches that meet again": Array.from({ length: n }, (_, i) => (i % 3 === 0 ? jeq(1) : mov)),
    "nested branches": Array.from({ length: n }, (_, i) => (i < n / 2 ? jeq(n - 2 * i - 1) : mov)),
    "nested loops": Array.from({ length: n }, (_, i) => (i < n / 2 ? mov : jeq(n - 2 * i - 2))),
    "jumps to anywhere": Array.from({ length: n }, (_, i) => jeq(((i * 7919) % n) - i)),
  };
  for (const [name, body] of Object.entries(shapes)) {
    const program = [...body, mov, exit];
    const before = process.cpuUsage();
    const { layout } = drawn(program);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000, `milliseconds of the processor for ${name}`).toBeLessThan(LIMIT_MS);
    expect(layout.blocks.length, name).toBeGreaterThan(1000);
  }
});
