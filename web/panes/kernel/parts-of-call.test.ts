// Which parts a call goes through, and where it ends, for calls that a session really makes.
import { expect, test } from "vitest";
import { type CallOutcome, createSession } from "../../../engine/index.ts";
import { callPathOf, missingStep, type Situation, shownType } from "./parts-of-call.ts";

const PLUS42 =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n";
const FILE = "/sys/oreore/bpf";
const program = (source: string) => ({ source, progType: "oreore", maps: [] });

const way = ({ calls, kernel }: CallOutcome) => {
  const situation: Situation = {
    steps: kernel.steps,
    files: [FILE],
  };
  const found = callPathOf(calls, situation);
  return found && `${found.what}: ${found.parts.join(" ")}${found.errnoName && ` ${found.errnoName}`}`;
};

test("each call goes through its parts", async () => {
  const session = createSession();
  expect(way(await session.kernel.load(program(PLUS42)))).toBe("load: user syscall verifier program");
  expect(way(await session.kernel.writeFile(FILE, "1\n"))).toBe("write: user sysfs module attach ENOENT");
  expect(way(await session.kernel.attach())).toBe("attach: user syscall attach");
  expect(way(await session.kernel.writeFile(FILE, "x\n"))).toBe("write: user sysfs module EINVAL");
  expect(way(await session.kernel.writeFile(FILE, "1\n"))).toBe("write: user sysfs module attach program");
  expect(way(await session.kernel.readFile(FILE))).toBe("read: user sysfs module");
  expect(way(await session.kernel.detach())).toBe("detach: user syscall attach");
});

test("a call ends at the part that refuses it", async () => {
  const session = createSession();
  expect(way(await session.kernel.load(program("BPF_EXIT_INSN(),\n")))).toBe("load: user syscall verifier EACCES");
  await session.kernel.patch(1, false);
  expect(way(await session.kernel.load(program(PLUS42)))).toBe("load: user syscall EINVAL");
  await session.kernel.patch(3, false);
  expect(way(await session.kernel.readFile(FILE))).toBe("read: user sysfs ENOENT");
  expect(way(await session.kernel.attach(99))).toBe("attach: user syscall EBADF");
});

test("a program of another type is shown as what it is, and its test run goes straight to it", async () => {
  const session = createSession();
  const xdp = { source: "BPF_MOV64_IMM(BPF_REG_0, 2),\nBPF_EXIT_INSN(),\n", progType: "xdp", maps: [] };
  const before = await session.kernel.patch(1, false);
  expect([shownType(before.kernel), missingStep("program", before.kernel)]).toEqual(["oreore", 1]);
  const loaded = await session.kernel.load(xdp);
  expect(shownType(loaded.kernel)).toBe("xdp");
  expect((["verifier", "program", "module"] as const).map((part) => missingStep(part, loaded.kernel))).toEqual([
    0, 0, 0,
  ]);
  const packet = { kind: "packet", hex: "00".repeat(64) } as const;
  expect(way(await session.kernel.testRun(loaded.ret, packet))).toBe("test: user syscall program");
  expect(way(await session.kernel.testRun(99, packet))).toBe("test: user syscall EBADF");
});
