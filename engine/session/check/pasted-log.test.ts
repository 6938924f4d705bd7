// Logs of real kernels, pasted as people paste them, give the same refusal again. Source: recordings/pasted-logs.jsonl.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PastedLogRow } from "../../conformance/record/pasted-logs.ts";
import { PASTED_PROGRAMS } from "../../conformance/record/pasted-programs.ts";
import { partsOfLog } from "../../linux/compare.ts";
import { readLog } from "../../pasted/log.ts";
import { createSession } from "../session.ts";

const ROWS = readFileSync(join(import.meta.dirname, "../../conformance/recordings/pasted-logs.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as PastedLogRow);

const session = createSession();
let revision = 0;

/** What the page does with a paste: the log becomes a program, which is checked together with that log. */
async function paste(text: string) {
  const pasted = await session.tools.paste(text, "oreore");
  expect(pasted).toMatchObject({ kind: "verifier-log", isLog: true });
  revision++;
  const check = await session.check.check(
    { source: pasted.source as string, progType: "oreore", maps: [], pasted: text },
    revision,
  );
  return { source: pasted.source as string, check, explanation: await session.check.explain(revision) };
}

/** The kernel's last line, without the states that it compares below it. */
function messageOf(log: string): string {
  const { lines } = partsOfLog(log);
  return lines.findLast((line) => !/^(?:cur|old) state:/.test(line)) ?? "";
}

describe.each(["6.18", "oreore-6.1", "7.3"])("logs of Linux %s", (kernel) => {
  test.each([1, 2])("at level %i give the same refusal again, with its explanation", async (level) => {
    const rows = ROWS.filter((row) => row.kernel === kernel && row.level === level);
    expect(rows.length).toBeGreaterThan(12);
    const unnamed: string[] = [];
    let ours = 0;
    for (const { id, log } of rows) {
      const { check, explanation } = await paste(log);
      expect(check.verdict, id).toBe("reject");
      expect(check.message, id).toBe(messageOf(log));
      expect(check.log.split("\n")[check.messageLine], id).toBe(check.message);
      const { rule } = PASTED_PROGRAMS.find((program) => program.id === id) as (typeof PASTED_PROGRAMS)[number];
      if (check.refusal?.id !== rule || !explanation) unnamed.push(`${id}: ${check.refusal?.id}`);
      if (check.pasted?.sameRefusal) ours++;
    }
    expect(unnamed).toEqual([]);
    expect(ours / rows.length).toBeGreaterThanOrEqual(kernel === "6.18" ? 0.9 : 0.6);
  });
});

const LOG = (
  ROWS.find(
    ({ id, kernel, level }) => id === "an index that may be too large" && kernel === "6.18" && level === 2,
  ) as PastedLogRow
).log;
const LINES = LOG.trimEnd().split("\n");
const MESSAGE = messageOf(LOG);

/** Wraps a line as mailers do: at the last space that keeps the line short enough, or after a word that is longer. */
function wrapped(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const fits = line.lastIndexOf(" ", width);
  const at = fits > 0 ? fits : line.indexOf(" ", width);
  return at <= 0 ? [line] : [line.slice(0, at), ...wrapped(line.slice(at + 1), width)];
}

test.each([66, 72, 78])("a log wrapped at %i columns gets its lines back", (width) => {
  const differ: string[] = [];
  const squeezed = (text = "") => text.replace(/ +/g, " ");
  for (const { id, kernel, log } of ROWS) {
    const lines = log.split("\n").flatMap((line) => wrapped(line, width));
    if (lines.length === log.split("\n").length) continue;
    const [broken, whole] = [readLog(lines.join("\n")), readLog(log)];
    const states = (read: typeof whole) => read?.visits.map(({ slot, after }) => [slot, ...after]);
    if (
      squeezed(broken?.message) !== squeezed(whole?.message) ||
      JSON.stringify(states(broken)) !== JSON.stringify(states(whole))
    )
      differ.push(`${id} (${kernel})`);
  }
  expect(differ).toEqual([]);
});

test.each<[where: string, text: string]>([
  ["a mail", LINES.map((line) => `> ${line}`).join("\n")],
  ["a mail that answers a mail", LINES.map((line) => `>> ${line}`).join("\n")],
  ["dmesg", LINES.map((line, i) => `[  123.${100000 + i}] ${line}`).join("\n")],
  ["a mail that breaks lines", LINES.flatMap((line) => wrapped(line, 72)).join("\n")],
  [
    "a mail that breaks and quotes lines",
    LINES.flatMap((line) => wrapped(line, 66))
      .map((line) => `> ${line}`)
      .join("\n"),
  ],
  ["a journal", LINES.map((line) => `Nov 29 10:00:00 host loader[42]: ${line}`).join("\r\n")],
  [
    "libbpf",
    `libbpf: prog 'handle': BPF program load failed: Permission denied\nlibbpf: prog 'handle': -- BEGIN PROG LOAD LOG --\n${LOG}-- END PROG LOAD LOG --\nlibbpf: prog 'handle': failed to load: -13\nlibbpf: failed to load object 'x.bpf.o'\n`,
  ],
  ["a Go program", `load program: permission denied:\n${LINES.map((line) => `\t${line}`).join("\n")}`],
  ["an issue", `Hi,\n\nI get this:\n\n${LOG}\nWhat is wrong?\n`],
  ["a terminal", LINES.map((line) => `\u001b[31m${line}\u001b[0m`).join("\n")],
])("a log copied from %s is the same log", async (_, text) => {
  const { check, source } = await paste(text);
  expect(check).toMatchObject({ verdict: "reject", message: MESSAGE, refusal: { id: "region-max" } });
  expect(source).toContain("BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem)");
});

test("a log's visits have no step in a run, even if our verifier refuses the program in the same way", async () => {
  const { check, source } = await paste(LOG);
  expect(check.pasted).toMatchObject({ sameRefusal: true });
  const input = { source, progType: "oreore", maps: [] };
  const { run } = await session.runs.runOnce(input, { kind: "sysfs", path: "/sys/oreore/bpf", data: "7\n" }, false);
  expect(run?.length).toBeGreaterThan(0);
  expect(await session.check.visitOfStep(revision, run!.run, 0)).toBeNull();
  expect(await session.check.stepOfVisit(revision, run!.run, 0, 0)).toBe(-1);
  // Without the log, the visit is one of our verifier.
  await session.check.check(input, ++revision);
  expect(await session.check.stepOfVisit(revision, run!.run, 0, 0)).toBe(0);
});

test("libbpf's text of the error gives its errno", async () => {
  const { check } = await paste(`libbpf: prog 'x': BPF program load failed: Permission denied\n${LOG}`);
  expect(check.errnoName).toBe("EACCES");
});

test("a log without its start keeps its refusal, and says from which slot the program is known", async () => {
  const from = LINES.findIndex((line) => line.startsWith("5: (85)"));
  const { check, source } = await paste(LINES.slice(from).join("\n"));
  expect(check).toMatchObject({ verdict: "reject", message: MESSAGE, refusal: { id: "region-max" } });
  expect(check.pasted).toMatchObject({ sameRefusal: false, cutStart: true });
  expect(check.pasted?.missing[0]).toEqual({ from: 0, to: 4 });
  expect(source).toContain("// instructions 0 to 4 are not in the log");
});

test("a log without its end has no verdict", async () => {
  const to = LINES.indexOf(MESSAGE);
  const { check } = await paste(LINES.slice(0, to - 1).join("\n"));
  expect(check).toMatchObject({ verdict: "error", pasted: { cutEnd: true } });
  expect(check.message).toContain("ends before");
});

test("instructions that a log of level 1 does not show are named, and no other refusal is invented", async () => {
  const row = ROWS.find(
    ({ id, level, kernel }) => id === "on the second way of a branch" && level === 1 && kernel === "6.18",
  );
  const { check, source } = await paste(row?.log ?? "");
  expect(check).toMatchObject({ verdict: "reject", refusal: { id: "maybe-null" } });
  expect(check.pasted?.missing.length).toBeGreaterThan(0);
  expect(source).toMatch(/not in the log/);
});

/** A log as Linux 5.10 wrote it: the whole state before each instruction, numbers as `inv`. */
const OLD = `0: R1=ctx(id=0,off=0,imm=0) R10=fp0
0: (62) *(u32 *)(r10 -4) = 0
1: R1=ctx(id=0,off=0,imm=0) R10=fp0 fp-8=0000????
1: (bf) r2 = r10
2: R1=ctx(id=0,off=0,imm=0) R2_w=fp0 R10=fp0 fp-8=0000????
2: (07) r2 += -4
3: R1=ctx(id=0,off=0,imm=0) R2_w=fp-4 R10=fp0 fp-8=0000????
3: (18) r1 = 0xffff9d6b8a2c4400
5: R1_w=map_ptr(id=0,off=0,ks=4,vs=16,imm=0) R2_w=fp-4 R10=fp0 fp-8=mmmm????
5: (85) call bpf_map_lookup_elem#1
6: R0_w=map_value_or_null(id=1,off=0,ks=4,vs=16,imm=0) R10=fp0 fp-8=mmmm????
6: (79) r6 = *(u64 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

test("a log of Linux 5.10 is read", async () => {
  const { check, source } = await paste(OLD);
  expect(check).toMatchObject({ message: "R0 invalid mem access 'map_value_or_null'", refusal: { id: "maybe-null" } });
  expect(source).toContain("key=4 value=16");
  const [visit] = await session.check.visits(revision, 5, 9);
  expect(visit?.before.regs[2]?.text).toBe("fp-4");
  expect(visit?.after?.regs[0]?.text).toBe("map_value_or_null(id=1,off=0,ks=4,vs=16,imm=0)");
  expect(visit?.after?.regs[2]).toBeNull();
});

test("lines lead to instructions, visits to beliefs, and bounds are read from the text", async () => {
  const { check } = await paste(LOG);
  const line = check.log
    .split("\n")
    .findIndex((text) => text.startsWith("8: (0f) r0 += r1") || /^\d+: \(0f\)/.test(text));
  const slot = check.logSlots[line] as number;
  expect(check.slots.find((view) => view.slot === slot)?.text).toBe("r0 += r1");
  const visit = await session.check.visitAt(revision, await session.check.visitOfLine(revision, slot, line));
  expect(visit?.before.regs[1]).toMatchObject({ isNumber: true, bounds: { umin: "0", umax: "255" } });
  const last = await session.check.visitNumbers(revision, check.messageSlot);
  expect((await session.check.visitAt(revision, last.at(-1) as number))?.end).toEqual({ kind: "refused" });
});

test("lines of the C source become comments", async () => {
  const { source } = await paste(
    `; int x = ctx->len; @ prog.c:7\n0: R1=ctx() R10=fp0\n; int x = ctx->len; @ prog.c:7\n0: (61) r0 = *(u32 *)(r2 +0)\nR2 !read_ok\nprocessed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n`,
  );
  expect(source).toContain("// int x = ctx->len; @ prog.c:7\n    BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_2, 0),");
});

test("a dump without states is a program, and prose is no program and no log", async () => {
  expect(await session.tools.paste("   0: (b7) r0 = 7\n   1: (95) exit\n")).toMatchObject({
    kind: "bpftool",
    isLog: false,
  });
  expect(await session.tools.paste("Dear list,\n> the verifier said no.\n")).toMatchObject({
    kind: "unknown",
    isLog: false,
  });
});
