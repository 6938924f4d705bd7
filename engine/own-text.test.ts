// Nobody reads back what the engine wrote: no pattern in the verifier, the kernel, the session or the page fits a line of
// the log, a system call as strace prints it, an instruction's words or a step's sentence. Patterns on such text are for
// text that people paste (asm/notation, pasted).
//
// Every pattern that these rooms have is tried on text that the engine wrote, and on text that it did not. What fits the
// first and nothing of the second reads back.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";
import { EXAMPLES } from "./catalogue/examples.ts";
import { createSession } from "./session/session.ts";

const ENGINE = import.meta.dirname;
const ROOMS = ["engine/verifier", "engine/session", "engine/kernel", "web"];

interface Pattern {
  readonly file: string;
  /** As the source has it. */
  readonly source: string;
  readonly fits: (line: string) => boolean;
}

/** What may fit all the same, and why. */
const ALLOWED: readonly (readonly [file: string, source: string, why: string])[] = [
  ["web/lessons/parse-scene.ts", "split  + ", "a lesson's file joins the two things of a scene so"],
  ["web/lessons/parse-scene.ts", "includes  + ", "a lesson's file joins the two things of a scene so"],
  [
    "web/lessons/parse-act.ts",
    String.raw`/^(\w+) (\S+)\s*=\s*(\S+)$/`,
    "a lesson's file writes an element of a map so",
  ],
  ["web/lessons/entry.ts", "includes ..", "the address of a lesson's file stays on the site"],
  ["web/i18n/goals.ts", "startsWith E", "a goal of a lesson's file names an errno so"],
];

function* filesOf(room: string): Generator<string> {
  for (const entry of readdirSync(resolve(ENGINE, "..", room), { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (/\.tsx?$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) && !file.includes(`${sep}node_modules${sep}`))
      yield file;
  }
}

const STRING = String.raw`"((?:[^"\\\n]|\\.)*)"`;
/** A regular expression stands where an operand may begin. */
const REGEX =
  /(?<=(?:[(,=:[!&|?{;]|=>|return)\s*)\/((?![*/])(?:[^\\/\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?![\w/])/gm;
/** A text that is looked for in another one. */
const READS = new RegExp(
  String.raw`\.(startsWith|endsWith|includes|indexOf|lastIndexOf|split|replace|replaceAll)\(\s*${STRING}`,
  "g",
);
const COMPARES = new RegExp(String.raw`\b(?:text|line|message|log|said|words|result)\b\s*[!=]==\s*${STRING}`, "g");

const FITS: Readonly<Record<string, (line: string, text: string) => boolean>> = {
  startsWith: (line, text) => line.startsWith(text),
  endsWith: (line, text) => line.endsWith(text),
};

function patternsOf(path: string): Pattern[] {
  const file = relative(resolve(ENGINE, ".."), path).split(sep).join("/");
  const source = readFileSync(path, "utf8").replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
  const unescaped = (text: string): string => JSON.parse(`"${text.replaceAll("\\`", "`")}"`) as string;
  return [
    ...[...source.matchAll(REGEX)].map(([all, body, flags]): Pattern => {
      const regex = new RegExp(body as string, (flags as string).replace(/[gy]/g, ""));
      return { file, source: all, fits: (line) => regex.test(line) };
    }),
    ...[...source.matchAll(READS)].map(([, method, literal]): Pattern => {
      const text = unescaped(literal as string);
      const fits = FITS[method as string] ?? ((line: string, text: string) => line.includes(text));
      return { file, source: `${method} ${text}`, fits: (line) => text !== "" && fits(line, text) };
    }),
    ...[...source.matchAll(COMPARES)].map(([, literal]): Pattern => {
      const text = unescaped(literal as string);
      return { file, source: `=== ${text}`, fits: (line) => text !== "" && line === text };
    }),
  ];
}

const PATTERNS = ROOMS.flatMap((room) => [...filesOf(room)]).flatMap(patternsOf);

/** Lines of logs: what a Linux said, which the verifier says letter for letter. */
const LOGS = readFileSync(join(ENGINE, "conformance/recordings/verifier.jsonl"), "utf8")
  .trim()
  .split("\n")
  .flatMap((row) => (JSON.parse(row) as { log: string }).log.split("\n"));

/** What else is written about a program and its run. */
async function written(): Promise<string[]> {
  const lines: string[] = [];
  for (const { program } of EXAMPLES) {
    const session = createSession();
    const check = await session.check.check(program, 1);
    lines.push(...check.log.split("\n"), check.message, ...check.slots.map(({ text }) => text));
    const load = await session.kernel.load(program);
    await session.kernel.attach();
    const { run } = await session.kernel.writeFile("/sys/oreore/bpf", "10\n");
    const { kernel } = await session.kernel.readFile("/sys/oreore/bpf");
    lines.push(...kernel.tracePipe, ...load.calls.map(({ text }) => text));
    for (let step = 0; run && step <= run.length; step++) {
      const said = await session.runs.say(run.run, step);
      if (said) lines.push(said.en, said.ja);
    }
  }
  return lines;
}

/** What people and files bring: a pattern that fits some of it is about such text. */
const OTHER = `
0 1 42 -1 0x2a 00 ff 7f 0a 0b 52,53 1,2,3 1_000 12:34 ::1 fe80::1 192.0.2.10 10.0.0.0/8 a.b.c 100% {} [] () <> & ; | > " ' \\ \`code\` \`\`\`
u32 s32 hits; u64 bytes
echo -n 10 > /sys/oreore/bpf
/sys/oreore/bpf /sys/kernel/tracing/trace_pipe ./file.md notes.markdown prog.c prog.json a.txt lesson.txt
# heading
- [x] yes
- [ ] no
=answer
> why
---
title: words
@step 3 {{blank}}
verdict accept
// a comment
/* another */
#define X 1
#src=BPF_EXIT_INSN() #v1.abc #example/plus42 #lesson/1 ?embed=1 &embed=1 &speaker=1 https://example.org
BPF_MOV64_IMM(BPF_REG_0, 7), BPF_EXIT_INSN(),
diff --git a/kernel/bpf/oreore.c b/kernel/bpf/oreore.c
@@ -1,2 +1,3 @@ int main(void) { return 0; }
array percpu_array hash percpu_hash lru_percpu_hash array_of_maps hash_of_maps prog_array queue stack ringbuf bloom_filter cgroup_storage cpumap perf_event_array
kptr kptr_untrusted spin_lock mov movsx8 div sdiv fetch_add xchg cmpxchg sched_cls cgroup_skb sock_ops BPF_TCX_INGRESS
abc Abc ABC kernel.load check.check C-S-k DigitOne KeyK Mac iPhone ja-JP en #fff
r0==7
ls -l -a -n uname -r 'a' "text"
r0 r10 0b101 $1 %d %s é 日本語 「語」
hexdump 00000000  45 00 00 54
`
  .split("\n")
  .flatMap((line) => [line, ...line.split(" ")]);

test("there are patterns to look at", () => {
  expect(PATTERNS.length).toBeGreaterThan(150);
});

test("no pattern reads back what the engine wrote", async () => {
  const own = [...new Set([...LOGS, ...(await written())])].filter((line) => line.trim() !== "");
  const reading = PATTERNS.filter(({ fits }) => !OTHER.some(fits)).flatMap((pattern) => {
    const line = own.find(pattern.fits);
    return line === undefined ? [] : [{ ...pattern, line }];
  });
  const isAllowed = ({ file, source }: Pattern) => ALLOWED.some(([f, s]) => f === file && s === source);
  expect(
    reading.filter((one) => !isAllowed(one)).map(({ file, source, line }) => `${file}: ${source}: ${line}`),
  ).toEqual([]);
  const needed = (allowed: (typeof ALLOWED)[number]) =>
    reading.some(({ file, source }) => file === allowed[0] && source === allowed[1]);
  expect(ALLOWED.filter((one) => !needed(one))).toEqual([]);
});

test("the patterns that once read the log would be found", async () => {
  const own = [...LOGS, ...(await written())];
  for (const once of [
    /^from \d+ to \d+/,
    /^\d+: \(/,
    /^R(?<reg>\d+) !read_ok$/,
    /call bpf_(?:trace_v?printk|ringbuf_)/,
    /^(.*= )(\S+?)([((;。\s].*)?$/,
    /^(.*?\bbpf_trace_printk: )(.*)$/s,
  ]) {
    expect(
      own.some((line) => once.test(line)),
      String(once),
    ).toBe(true);
    expect(
      OTHER.some((line) => once.test(line)),
      String(once),
    ).toBe(false);
  }
});
