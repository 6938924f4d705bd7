import { expect, test } from "vitest";
import { createSession, type RunView, type SyscallView } from "../../../engine/index.ts";
import { type Result, resultOf } from "./result.ts";

const PLUS42 =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n";

/** What the strip says after these acts on a fresh kernel. */
async function after(
  acts: readonly string[],
  { source = PLUS42, progType = "oreore" } = {},
): Promise<Omit<Result, "pane"> | null> {
  const { kernel, check } = createSession();
  const program = { source, progType, maps: [] };
  const verdict = await check.check(program, 1);
  const calls: SyscallView[] = [];
  let run: RunView | null = null;
  let fd = -1;
  for (const act of acts) {
    const [name = "", text = ""] = act.split(" ");
    const path = "/sys/oreore/bpf";
    if (name === "load") {
      const outcome = await kernel.load(program);
      calls.push(...outcome.calls);
      fd = outcome.ret;
    } else if (name === "attach") calls.push(...(await kernel.attach()).calls);
    else if (name === "cat") calls.push(...(await kernel.readFile(path)).calls);
    else {
      const outcome =
        name === "echo"
          ? await kernel.writeFile(path, `${text}\n`)
          : await kernel.testRun(fd, { kind: "packet", hex: "00".repeat(64) });
      calls.push(...outcome.calls);
      run = outcome.run ?? run;
    }
  }
  const result = resultOf({ calls, run }, verdict);
  if (!result) return null;
  const { pane: _, ...rest } = result;
  return rest;
}

test("load, attach, echo and cat give one answer", async () => {
  expect(await after(["load", "attach", "echo 10", "cat"])).toEqual({
    kind: "file",
    input: "10",
    output: "52",
    printed: "",
  });
});

test("each act alone", async () => {
  expect(await after(["load"])).toEqual({ kind: "done", what: "load", fd: 3 });
  expect(await after(["load", "attach"])).toMatchObject({ kind: "done", what: "attach" });
  expect(await after(["load", "attach", "echo 10"])).toMatchObject({ kind: "file", input: "10", output: null });
  expect(await after(["cat"])).toMatchObject({ kind: "file", input: null, output: "0" });
});

test("a failure is told before successes", async () => {
  expect(await after(["load", "attach", "echo abc"])).toMatchObject({
    kind: "failed",
    command: "echo abc",
    errnoName: "EINVAL",
  });
  expect(await after(["echo 10"])).toMatchObject({ kind: "failed", command: "echo 10", errnoName: "ENOENT" });
});

test("a refused program is shown with its line and the kernel's words, loaded or not", async () => {
  const source = "// nothing is set\nBPF_MOV64_REG(BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),\n";
  const refused = { kind: "refused", errnoName: "EACCES", line: 2, message: "R2 !read_ok" };
  expect(await after([], { source })).toEqual(refused);
  expect(await after(["load"], { source })).toEqual(refused);
});

test("the result of a test run uses the names of the program type", async () => {
  const source = "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n";
  expect(await after(["load", "run"], { source, progType: "xdp" })).toMatchObject({
    kind: "returned",
    retval: 1,
    action: "XDP_DROP",
  });
});

test("before the first act there is no result", async () => {
  expect(await after([])).toBeNull();
});
