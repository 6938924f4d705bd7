// A lesson's file: what is read from it, and the line and sentence of each fault.
import { expect, test } from "vitest";
import { EXPECTED } from "./expected.ts";
import type { LessonFault } from "./lesson.ts";
import { parseLesson } from "./parse.ts";
import { GOAL_EXPECTED, parseGoal } from "./parse-goal.ts";

const GOOD = `---
title.ja: 足し算
title.en: Adding
slides: 3-4
---

\`\`\`oreore-state
type: oreore
input: 7
step: 1
view: machine
recipe: 1 2
map: counts array 4 8 16
print: 0 2
---
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),
\`\`\`

\`\`\`goal
# a comment
verdict accept
secret returns 1, 2 -> 0x10
\`\`\`

# ja

最初の段落に {{52}} と {{@step 2}}。

\`\`\`notes
メモ
\`\`\`

\`\`\`predict
いくつ?
- [ ] 1
- [x] 2
> だから。
\`\`\`

\`\`\`hint
ヒント
\`\`\`

# en

## A heading

The first paragraph. <not html

\`\`\`c
int x;
\`\`\`

\`\`\`predict
How many?
- [ ] 1
- [x] 2
> That is why.
\`\`\`

\`\`\`hint
A hint
\`\`\`
`;

/** The faults of the good file after one change, as [line, what was expected]. */
function faults(from: string | RegExp, to: string): readonly (readonly [number, LessonFault["expected"]])[] {
  const file = GOOD.replace(from, to);
  expect(file).not.toBe(GOOD);
  const parsed = parseLesson("mine", file);
  return parsed.ok ? [] : parsed.faults.map(({ line, expected }) => [line, expected]);
}

test("all parts are read", () => {
  const parsed = parseLesson("mine", GOOD);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { lesson } = parsed;
  expect(lesson).toMatchObject({
    id: "mine",
    slides: [3, 4],
    state: {
      progType: "oreore",
      input: "7",
      step: 1,
      view: "machine",
      recipe: [true, true, false, false],
      maps: [{ name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 16, flags: 0 }],
      print: [0, 2],
      source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n",
    },
    goals: [
      { kind: "verdict", is: "accept" },
      { kind: "returns", on: ["1", "2"], is: 16, secret: true },
    ],
  });
  expect(lesson.texts.ja?.points).toMatchObject([
    { kind: "text", notes: "メモ", step: 2 },
    { kind: "predict", choices: ["1", "2"], answer: 1 },
  ]);
  // Heading, paragraph and code are one point.
  expect(lesson.texts.en?.points).toMatchObject([{ kind: "text", step: -1 }, { kind: "predict" }]);
  expect(lesson.texts.en?.hints).toHaveLength(1);
});

test("line ends of other systems and a byte order mark are accepted", () => {
  expect(parseLesson("mine", `\uFEFF${GOOD.replaceAll("\n", "\r\n")}`).ok).toBe(true);
});

test("one language is enough", () => {
  const file = GOOD.replace("title.en: Adding\n", "").replace(/# en[\s\S]*$/, "");
  expect(parseLesson("mine", file).ok).toBe(true);
});

test("each fault names its line and what was expected", () => {
  expect(faults("---\ntitle", "title")).toContainEqual([1, EXPECTED.head]);
  expect(faults("slides: 3-4", "slides: three")).toEqual([[4, EXPECTED.headLine]]);
  expect(faults("title.en: Adding\n", "")).toEqual([[1, EXPECTED.title("en")]]);
  expect(faults("view: machine", "view: kitchen")).toEqual([[11, EXPECTED.stateValue.view]]);
  expect(faults("recipe: 1 2", "recipes: 1 2")).toEqual([[12, EXPECTED.stateKey]]);
  expect(faults("map: counts array 4 8 16", "map: counts")).toEqual([[13, EXPECTED.stateValue.map]]);
  expect(faults("verdict accept", "verdict maybe")).toEqual([[22, GOAL_EXPECTED]]);
  expect(faults("# ja", "# de")).toContainEqual([26, EXPECTED.section]);
  expect(faults("- [ ] 1\n- [x] 2", "- [ ] 1\n- [ ] 2")).toContainEqual([35, EXPECTED.choices]);
  expect(faults("> だから。\n", "")).toEqual([[35, EXPECTED.because]]);
  expect(faults("- [ ] 1\n- [x] 2\n> That", "- [x] 1\n- [ ] 2\n> That")).toEqual([[45, EXPECTED.samePredictions]]);
  expect(faults("```hint\nA hint\n```\n", "")).toEqual([[45, EXPECTED.sameHints]]);
  expect(faults("最初の段落", "<img src=x onerror=alert(1)> 最初の段落")).toContainEqual([28, EXPECTED.html]);
  expect(faults("最初の段落", "![写真](http://example.org/x.png)")).toContainEqual([28, EXPECTED.image]);
  expect(faults(/```oreore-state[\s\S]*?\n```\n/, "")).toContainEqual([6, EXPECTED.state]);
  expect(faults("BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n", "")).toContainEqual([15, EXPECTED.program]);
});

test("reading any file gives a lesson or faults", () => {
  for (const file of [
    "",
    "# ja",
    "---\n---\n",
    "\u0000",
    "```oreore-state",
    "{{",
    GOOD.slice(0, 300),
    "[a]: <b>\n[a]",
  ]) {
    const parsed = parseLesson("x", file);
    expect(parsed.ok || parsed.faults.length > 0).toBe(true);
  }
});

test.each([
  ["returns 10 -> 52", { kind: "returns", on: ["10"], is: 52, secret: false }],
  ["secret refuses abc -> EINVAL", { kind: "refuses", on: "abc", is: "EINVAL", secret: true }],
  ["steps 15 <= 80", { kind: "steps", on: "15", compare: "<=", than: 80 }],
  ["walked >= 3", { kind: "walked", compare: ">=", than: 3 }],
  ["uses r0 = *(u64 *)(r10", { kind: "uses", what: "r0 = *(u64 *)(r10" }],
  ["knows R0 0..100", { kind: "knows", reg: 0, min: 0, max: 100 }],
  ["did echo abc -> EINVAL", { kind: "did", verb: "echo", what: "abc", answer: "EINVAL" }],
  ["did load -> ok", { kind: "did", verb: "load", what: "", answer: "ok" }],
  ["attached no", { kind: "attached", is: false }],
  ["stands r0 == 52", { kind: "stands", where: "r0 == 52" }],
] as const)("the goal %s is read", (line, goal) => expect(parseGoal(line)).toEqual(goal));

test.each(["", "returns 10", "did jump -> ok", "insns < 5", "knows R11 0..1"])("%s is no goal", (line) =>
  expect(parseGoal(line)).toBeUndefined(),
);
