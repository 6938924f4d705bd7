// Which room may import which: an import points down only. Reads the import lines of every source file.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const ENGINE = import.meta.dirname;
const TOP = resolve(ENGINE, "..");
const WEB = join(TOP, "web");

/** From the bottom up: a room may import those that stand before it. */
const ORDER = [
  "base",
  "isa",
  "program",
  "graph",
  "facts",
  "packets",
  "disasm",
  "object",
  "asm",
  "verifier",
  "vm",
  "jit",
  "kernel",
  "remedy",
  "linux",
  "pasted",
  "takehome",
  "session",
  "catalogue",
  "conformance",
];

/** The same inside of rooms that are more than a handful of files: each file or folder may import those before it. */
const INSIDE = {
  "engine/asm": [
    "assembly.ts similar.ts messages.ts",
    // text to tokens
    "token.ts lex.ts look-alikes.ts cursor.ts c-source.ts",
    // constant expressions and declarations of C
    "ctype.ts types.ts node.ts evaluate.ts expr.ts declare.ts",
    // names and macros
    "dialect.ts preprocess.ts names.ts prog-type-names.ts known-lines.ts program.ts macro-code.ts",
    // lists of instructions, directives, maps
    "statement.ts kernel-notation.ts parse-list.ts parse.ts selftest-maps.ts directives.ts",
    // bytes
    "lint.ts lint-program.ts emit.ts assemble.ts",
    "notation services",
  ],
  "engine/verifier": [
    "domain refusals.ts log state trace-states.ts trace.ts print refuse.ts",
    "prepass explore check walk.ts fixups.ts verify.ts rewrite explain",
  ],
  "engine/vm": [
    // the buffer and what lies in it
    "env.ts layout.ts little-endian.ts journal.ts allocator.ts memory.ts maps packet.ts ctx.ts",
    // a program on a machine
    "task.ts fault.ts semantics.ts atomic.ts decode.ts interp.ts helpers machine.ts",
    "events timeline.ts changes.ts queries.ts harm.ts watch.ts raw-run.ts index.ts",
    // for tests
    "whole-state.ts walk-both-ways.ts",
  ],
  "web/stores": ["engine.ts engine-in-thread.ts", "page program check run kernel history lesson"],
};

/** Neighbours that the order would allow, but that must not know of each other. */
const APART: readonly (readonly [from: string, to: string])[] = [
  ["object", "disasm"],
  ["verifier", "object"],
  ["vm", "object"],
  ["verifier", "asm"],
  ["vm", "asm"],
  ["vm", "verifier"],
  ["jit", "asm"],
  ["jit", "verifier"],
];

interface Import {
  readonly file: string;
  readonly target: string;
  /** `import(…)`: loaded when it is needed. */
  readonly later: boolean;
}

const IMPORT =
  /^(?:import|export)\s+(?:type\s+)?(?:[\w$*\s,]*\{[^}]*\}|[\w$*\s,]+?)\s*from\s*"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

function* sources(root: string): Generator<string> {
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.tsx?$/.test(entry.name) && !file.includes(`${sep}node_modules${sep}`)) yield file;
  }
}

function importsOf(root: string): Import[] {
  return [...sources(root)].flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(IMPORT)].map((match) => ({
      file,
      target: (match[1] ?? match[2] ?? match[3]) as string,
      later: match[3] !== undefined,
    })),
  );
}

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);
/** `vm` for …/engine/vm/maps/hash.ts; `index.ts` for the door. */
const roomOf = (path: string): string => relative(ENGINE, path).split(sep)[0] as string;
const show = ({ file, target }: Import): string => `${relative(TOP, file)} imports ${target}`;

/** A source without its comments. */
const codeOf = (file: string): string => readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

const all = importsOf(ENGINE);
const relativeOnes = all
  .filter(({ target }) => target.startsWith("."))
  .map((one) => ({ ...one, from: roomOf(one.file), to: roomOf(resolve(dirname(one.file), one.target)) }));

test("there are imports to look at", () => {
  expect(relativeOnes.length).toBeGreaterThan(50);
});

test("every room stands in the order", () => {
  const rooms = new Set(relativeOnes.flatMap(({ from, to }) => [from, to]).filter((room) => !room.endsWith(".ts")));
  expect([...rooms].filter((room) => !ORDER.includes(room))).toEqual([]);
});

test("an import points down", () => {
  const up = relativeOnes.filter(
    ({ file, from, to }) =>
      !isTest(file) && from !== to && from !== "index.ts" && ORDER.indexOf(to) >= ORDER.indexOf(from),
  );
  expect(up.map(show)).toEqual([]);
});

test("verifier and machine do not know each other, nor the assembler", () => {
  const wrong = relativeOnes.filter(
    ({ file, from, to }) => !isTest(file) && APART.some(([a, b]) => a === from && b === to),
  );
  expect(wrong.map(show)).toEqual([]);
});

/** Libraries that the engine may use: schemas of what comes from outside, and hashes. */
const LIBRARIES = ["valibot", "@noble/hashes/sha2.js"];

test("the engine needs no Node, and of packages only the listed ones; tests and the command line may use more", () => {
  const outside = all.filter(
    ({ file, target }) => !target.startsWith(".") && !isTest(file) && roomOf(file) !== "conformance",
  );
  expect(outside.filter(({ target }) => !LIBRARIES.includes(target)).map(show)).toEqual([]);
});

test("a number that has a name in the kernel is typed in one place", () => {
  const NUMBER = /^(?:export )?const ((?:BPF|ETH|AF|XDP|TC_ACT|LOOP)_\w+|ENOTSUPP) = -?(?:0x)?\d/gm;
  const places = new Map<string, string[]>();
  for (const file of sources(ENGINE)) {
    if (isTest(file)) continue;
    for (const [, name = ""] of codeOf(file).matchAll(NUMBER))
      places.set(name, [...(places.get(name) ?? []), relative(ENGINE, file)]);
  }
  expect(places.size).toBeGreaterThan(100);
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});

test("the verifier is called by the one load of the kernel, and by tests of its own room", () => {
  const calls = [...sources(ENGINE)].filter((file) =>
    /import \{[^}]*(?<!type )\bverify\b[^}]*\} from "[^"]*\/verify\.ts"/.test(codeOf(file)),
  );
  const callers = calls
    .map((file) => relative(ENGINE, file))
    .filter((file) => !file.startsWith(`verifier${sep}`) || !isTest(file));
  expect(callers).toEqual([join("kernel", "load.ts")]);
});

const inWeb = importsOf(WEB);
/** Files by their path from the top, each with those that it names at its head; what is imported later, when it is needed, is none. */
const named = new Map<string, string[]>();
for (const { file, target, later } of [...all, ...inWeb]) {
  if (later || isTest(file) || !target.startsWith(".")) continue;
  const from = relative(TOP, file);
  named.set(from, [...(named.get(from) ?? []), relative(TOP, resolve(dirname(file), target))]);
}

test("no circle of files", () => {
  expect(circles(new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b"], d: [] })))).toEqual([["b", "c"]]);
  expect(circles(named)).toEqual([]);
});

test.each(Object.entries(INSIDE))("inside of %s an import points down", (room, lines) => {
  const order = lines.flatMap((line) => line.split(" "));
  const partOf = (path: string): string => relative(room, path).split(sep)[0] as string;
  const inside = [...sources(resolve(TOP, room))].map((file) => relative(TOP, file)).filter((file) => !isTest(file));
  expect([...new Set(inside.map(partOf))].filter((part) => !part.startsWith("fixtures")).sort()).toEqual(
    [...order].sort(),
  );
  const up = inside.flatMap((file) =>
    (named.get(file) ?? [])
      .filter((target) => target.startsWith(`${room}${sep}`) && partOf(target) !== partOf(file))
      .filter((target) => order.indexOf(partOf(target)) >= order.indexOf(partOf(file)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(up).toEqual([]);
});

/** Files that lead to themselves, all that lie on one circle together.  Tarjan's strongly connected components. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      const reached = !index.has(next) ? visit(next) : open.includes(next) ? (index.get(next) as number) : own;
      low.set(file, Math.min(low.get(file) as number, reached));
    }
    if (low.get(file) === own) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || graph.get(file)?.includes(file)) found.push(circle.sort());
    }
    return low.get(file) as number;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

test("the page comes in through the door", () => {
  const through = inWeb.filter(({ target }) => target.includes("engine/"));
  expect(through.filter(({ target }) => !target.endsWith("engine/index.ts")).map(show)).toEqual([]);
});
