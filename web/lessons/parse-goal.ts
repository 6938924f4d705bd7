// Reads the lines of a ```goal block. FORMS has one row per form: how it is written, and the goal it makes.
import type { Comparison, Goal, Texts, Verb } from "../../engine/index.ts";

interface GoalForm {
  readonly pattern: RegExp;
  readonly make: (...groups: string[]) => Goal | undefined;
}

const number = (text: string): number => Number(text);
const list = (text: string): string[] => text.split(",").map((one) => one.trim());
const VERBS: Readonly<Record<Verb, true>> = {
  load: true,
  attach: true,
  detach: true,
  echo: true,
  cat: true,
  test: true,
  update: true,
  delete: true,
};
const VALUE = String.raw`(-?\d+|0x[0-9a-fA-F]+)`;
const ERRNO = "(E[A-Z0-9]+)";
const ELEMENT = String.raw`(\w+) (\S+)\s*=\s*(\S+)`;
const COMPARE = String.raw`(<=|>=|==)\s*(\d+)`;

const form = (pattern: string, make: GoalForm["make"]): GoalForm => ({ pattern: new RegExp(`^${pattern}$`), make });

const FORMS: readonly GoalForm[] = [
  form("verdict (accept|reject)", (is) => ({ kind: "verdict", is: is as "accept" | "reject" })),
  form(`errno ${ERRNO}`, (is) => ({ kind: "errno", is })),
  form("refused ([a-z0-9-]+)", (is) => ({ kind: "refused", is })),
  form("(message|log) (.+)", (kind, has) => ({ kind: kind as "message" | "log", has })),
  form(String.raw`(secret )?returns (.+?)\s*->\s*${VALUE}`, (secret, on, is) => ({
    kind: "returns",
    on: list(on),
    is: number(is),
    secret: secret !== undefined,
  })),
  form(String.raw`(secret )?refuses (.+?)\s*->\s*${ERRNO}`, (secret, on, is) => ({
    kind: "refuses",
    on,
    is,
    secret: secret !== undefined,
  })),
  form(String.raw`(secret )?traces (.+?)\s*->\s*(.+)`, (secret, on, is) => ({
    kind: "traces",
    on: list(on),
    is,
    secret: secret !== undefined,
  })),
  form(String.raw`(secret )?keeps (.+?)\s*->\s*${ELEMENT}`, (secret, on, map, key, is) => ({
    kind: "keeps",
    on: list(on),
    map,
    key,
    is,
    secret: secret !== undefined,
  })),
  form(String.raw`(secret )?(sends|records) (.+?)\s*->\s*((?:[0-9a-fA-F]{2}\s*)+)`, (secret, kind, on, is) => ({
    kind: kind as "sends" | "records",
    on: list(on),
    is: is.replace(/\s/g, "").toLowerCase(),
    secret: secret !== undefined,
  })),
  form("applied ([1-4](?: [1-4]){0,3})", (steps) => ({ kind: "applied", steps: steps.split(" ").map(number) })),
  form(`holds ${ELEMENT}`, (map, key, is) => ({ kind: "holds", map, key, is })),
  form(String.raw`(insns|walked)\s*${COMPARE}`, (kind, compare, than) => ({
    kind: kind as "insns" | "walked",
    compare: compare as Comparison,
    than: number(than),
  })),
  form(String.raw`steps (\S+)\s*${COMPARE}`, (on, compare, than) => ({
    kind: "steps",
    on,
    compare: compare as Comparison,
    than: number(than),
  })),
  form("(uses|avoids) (.+)", (kind, what) => ({ kind: kind as "uses" | "avoids", what })),
  form(String.raw`knows [Rr](\d|10) (\d+)\.\.(\d+)`, (reg, min, max) => ({
    kind: "knows",
    reg: number(reg),
    min: number(min),
    max: number(max),
  })),
  form(String.raw`did (\w+)\s*(.*?)\s*->\s*(\S+)`, (verb, what, answer) =>
    Object.hasOwn(VERBS, verb) ? { kind: "did", verb: verb as Verb, what, answer } : undefined,
  ),
  form("attached (yes|no)", (is) => ({ kind: "attached", is: is === "yes" })),
  form("stands (.+)", (where) => ({ kind: "stands", where })),
];

/** The goal that a line states. undefined: the line has none of the forms. */
export function parseGoal(line: string): Goal | undefined {
  for (const { pattern, make } of FORMS) {
    const match = pattern.exec(line);
    const goal = match && make(...match.slice(1));
    if (goal) return goal;
  }
  return undefined;
}

export const GOAL_EXPECTED: Texts = {
  en: "a goal, for example `verdict accept`, `returns 10 -> 52`, `secret returns 7 -> 49`, `insns <= 5` or `did attach -> EBADF`",
  ja: "ゴール。例: `verdict accept`、`returns 10 -> 52`、`secret returns 7 -> 49`、`insns <= 5`、`did attach -> EBADF`",
};
