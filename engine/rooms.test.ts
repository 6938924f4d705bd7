// Which room may import which: an import points down only. Reads the import lines of every source file.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const ENGINE = import.meta.dirname;
const WEB = resolve(ENGINE, "../web");

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
    })),
  );
}

const isTest = (file: string): boolean => file.endsWith(".test.ts");
/** `vm` for …/engine/vm/maps/hash.ts; `index.ts` for the door. */
const roomOf = (path: string): string => relative(ENGINE, path).split(sep)[0] as string;
const show = ({ file, target }: Import): string => `${relative(resolve(ENGINE, ".."), file)} imports ${target}`;

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

test("the engine needs neither Node nor a package, but for valibot, tests and the command line", () => {
  const outside = all.filter(
    ({ file, target }) => !target.startsWith(".") && !isTest(file) && roomOf(file) !== "conformance",
  );
  expect(outside.filter(({ target }) => target !== "valibot").map(show)).toEqual([]);
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

test("the page comes in through the door", () => {
  const through = importsOf(WEB).filter(({ target }) => target.includes("engine/"));
  expect(through.filter(({ target }) => !target.endsWith("engine/index.ts")).map(show)).toEqual([]);
});
