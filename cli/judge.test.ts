// A class's links through the `judge` command: solved, half solved, of another lesson, broken, hostile. Each line is answered.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Act } from "../engine/index.ts";
import { encodeLink, type LinkState } from "../web/links/codec.ts";
import { judgeOf } from "./judge.ts";

const dir = mkdtempSync(join(tmpdir(), "oreore-judge-"));
afterAll(() => rmSync(dir, { recursive: true }));

interface Line {
  readonly link: string;
  readonly who?: string;
  readonly lesson?: number | string;
  readonly solved?: boolean;
  readonly goals?: readonly { readonly text: string; readonly met: boolean; readonly now?: string }[];
  readonly error?: string;
}

/** The answers of the command itself, in a process of its own. */
function judgeCommand(lesson: string, lines: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", resolve(import.meta.dirname, "oreore.ts"), "judge", lesson],
    { input: `${lines.join("\n")}\n`, encoding: "utf8" },
  );
  const answers = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  return { answers, stderr, status };
}

/** The same answers, without a process; or the sentence that refuses the lesson. */
async function judge(lesson: string, lines: readonly string[] = []): Promise<readonly Line[] | string> {
  const one = judgeOf(lesson);
  if (typeof one === "string") return one;
  return Promise.all(lines.map(async (line) => JSON.parse(JSON.stringify(await one(line))) as Line));
}

const PLUS42 = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),
`;
const state = (change: Partial<LinkState>): LinkState => ({
  source: PLUS42,
  progType: "oreore",
  maps: [],
  input: "10",
  ...change,
});
const WRITES: readonly Act[] = [
  { do: "load" },
  { do: "attach" },
  { do: "echo", text: "abc" },
  { do: "echo", text: "4294967296" },
  { do: "echo", text: "4294967295" },
  { do: "cat" },
];
const answer = (acts: readonly Act[], change: Partial<LinkState> = {}): Promise<string> =>
  encodeLink(state({ ...change, lesson: { name: "answers-of-a-write", acts } }));

test("ten links get one answer each, in order, and no line stops the command", async () => {
  const endless: readonly Act[] = Array.from({ length: 500 }, (): Act => ({ do: "echo", text: "abc" }));
  const lines = [
    await answer(WRITES),
    `Sato, https://somewhere.example/oreore/?lang=ja${await answer(WRITES)}`,
    await answer(WRITES.slice(0, 4)),
    await answer(WRITES.slice(1)),
    await answer([...WRITES, ...endless].slice(0, 500)),
    await encodeLink(state({})),
    await encodeLink(state({ lesson: { name: "machine", acts: [] } })),
    await encodeLink(state({ source: " ".repeat(5_000_000) })),
    "#lesson/7",
    "please judge me kindly",
  ];
  const { answers, status } = judgeCommand("7", lines);
  expect(answers.map(({ solved, error }) => error ?? solved)).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    "the link is an answer to lesson machine, not to lesson answers-of-a-write",
    "the link is too large: at most 200,000 characters that unfold to 2,000,000 bytes are read",
    "the link is an address and holds no answer: one with #v1. was expected, as “Copy my answer” makes it",
    "there is no link in this line: one with #v1. was expected",
  ]);
  expect(answers[1]).toMatchObject({ who: "Sato", link: lines[1]?.slice(6), lesson: 7 });
  expect(answers[3]?.goals).toContainEqual({ text: "You write 4294967295", met: false, now: "now: ENOENT" });
  expect(status).toBe(0);
});

const OWN = `---
title.en: Of my own
---

\`\`\`oreore-state
input: 3
---
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),
\`\`\`

\`\`\`goal
returns 3 -> 45
secret returns 4 -> 46
\`\`\`

# en

Add 42.
`;

test("a teacher's file judges a student's link, and a wrong answer gets a counterexample", async () => {
  const file = join(dir, "mine.md");
  writeFileSync(file, OWN);
  const lesson = { name: "lesson", text: OWN, acts: [] };
  const answers = await judge(file, [
    await encodeLink(state({ lesson })),
    await encodeLink(state({ source: PLUS42.replace("0, 42)", "0, 42),\nBPF_MOV64_IMM(BPF_REG_0, 45)"), lesson })),
    await encodeLink(state({ lesson: { name: "machine", acts: [] } })),
  ]);
  expect(answers).toMatchObject([
    { lesson: "mine", solved: true },
    {
      solved: false,
      goals: [
        { text: "3 gives 45", met: true },
        { text: "Also right for hidden inputs", met: false, now: "with 4: got 45, expected 46" },
      ],
    },
    { error: "the link is an answer to lesson machine, not to a lesson from a file" },
  ]);
});

test("with a list, each link is judged by the lesson that it names, from a file or built in", async () => {
  writeFileSync(join(dir, "own.md"), OWN);
  writeFileSync(join(dir, "other.md"), OWN.replaceAll("45", "46").replaceAll("returns 4 ->", "returns 5 ->"));
  const list = join(dir, "list.md");
  writeFileSync(list, "---\ntitle.en: Mine\n---\n- own.md\n- 7\n- other.md\n");
  const held = { title: { en: "Mine" }, entries: ["own.md", "7", "other.md"], files: { "own.md": OWN } };
  const ofList = (at: number, name: string, acts: readonly Act[]): Promise<string> =>
    encodeLink(state({ lesson: { name, list: { ...held, at }, acts } }));
  const links = [
    await ofList(1, "own", []),
    await ofList(2, "answers-of-a-write", WRITES),
    await encodeLink(state({ lesson: { name: "machine", acts: [] } })),
  ];
  const answers = await judge(list, links);
  expect(answers).toMatchObject([
    { lesson: "own", solved: true },
    { lesson: 7, solved: true },
    { error: expect.stringContaining("the link is an answer to lesson machine, not to") },
  ]);
  expect(await judge(join(dir, "other.md"), links.slice(0, 1))).toMatchObject([
    { error: "the link is an answer to the lesson own.md, not to the lesson other.md" },
  ]);
  writeFileSync(list, "---\ntitle.en: Mine\n---\n- none.md\n");
  expect(await judge(list)).toContain("none.md");
});

test("a lesson that does not exist or has a fault gives an error message", async () => {
  expect(judgeCommand("99", [])).toMatchObject({
    stderr: 'judge: there is no lesson "99", and no such file\n',
    status: 2,
  });
  const file = join(dir, "broken.md");
  writeFileSync(file, OWN.replace("returns 3", "return 3"));
  expect(await judge(file)).toContain("line 13");
  expect(await judge(dir)).toBe(`"${dir}" is a folder, and the file of a lesson or of a list was expected`);
});
