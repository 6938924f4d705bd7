import { expect, test } from "vitest";
import { compareAnswers, type LoadAnswer, partsOfLog } from "./compare.ts";

const STATISTICS = "processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n";
const said = (verdict: LoadAnswer["verdict"], errno: number, ...lines: readonly string[]): LoadAnswer => ({
  verdict,
  errno,
  log: `${lines.join("\n")}\n${STATISTICS}`,
});
const causes = (ours: LoadAnswer, theirs: LoadAnswer, type = "socket_filter") =>
  compareAnswers(ours, theirs, type).differences.map(({ what, cause }) => `${what}: ${cause}`);

test("a log is split into lines, message, diagnosis and statistics", () => {
  const log = `0: (95) exit\nR0 !read_ok\n\nVerification failed: Register Type Safety\n\nReason:\n  R0.\n${STATISTICS}`;
  expect(partsOfLog(log)).toEqual({
    lines: ["0: (95) exit", "R0 !read_ok"],
    message: "R0 !read_ok",
    diagnosis: "Verification failed: Register Type Safety\n\nReason:\n  R0.",
    processed: 3,
  });
});

test("lines of the statistics are not taken for the message", () => {
  const log = `R0 !read_ok\nverification time 35 usec\nstack depth 0+8\n${STATISTICS}`;
  expect(partsOfLog(log).message).toBe("R0 !read_ok");
});

test("lines with the same words are identical, even if their columns differ in width", () => {
  const { identical, same } = compareAnswers(
    said("accept", 0, "0: (b7) r0 = 0                        ; R0=0"),
    said("accept", 0, "0: (b7) r0 = 0     ; R0=0"),
    "xdp",
  );
  expect([identical, same]).toEqual([true, true]);
});

test("logs that differ only in addresses count as the same, but not as identical", () => {
  const { identical, same, lines } = compareAnswers(
    said("reject", 13, "0: (18) r1 = 0xffff888103a5b000", "R0 !read_ok"),
    said("reject", 13, "0: (18) r1 = 0xc1234500", "R0 !read_ok"),
    "xdp",
  );
  expect([identical, same]).toEqual([false, true]);
  expect(lines.map(({ state }) => state)).toEqual(["address", "same"]);
});

test("each difference has a cause", () => {
  const accepted = said("accept", 0, "0: (95) exit");
  const refused = (message: string, errno = 22) => said("reject", errno, message);
  expect(causes(accepted, refused("callbacks are not allowed in non-JITed programs"))).toEqual([
    "verdict: width",
    "message: width",
  ]);
  expect(causes(accepted, refused("64-bit load-acquires are only supported on 64-bit arches", 95))[0]).toBe(
    "verdict: width",
  );
  expect(causes(accepted, refused("unknown opcode e5"))[0]).toBe("verdict: release");
  expect(causes(accepted, refused("missing btf func_info"))[0]).toBe("verdict: btf");
  expect(causes(accepted, refused("map 'locked' has to have BTF in order to use bpf_spin_lock"))).toEqual([
    "verdict: btf",
    "message: btf",
  ]);
  expect(causes(accepted, refused("invalid bpf_context access off=64 size=8", 13), "perf_event")).toEqual([
    "verdict: width",
    "message: width",
  ]);
  expect(causes(refused("R0 !read_ok", 13), refused("R0 is not readable", 13))).toEqual(["message: release"]);
  expect(causes(refused("R0 !read_ok", 13), refused("R0 !read_ok", 22))).toEqual(["errno: unknown"]);
});

test("lines that only one log has stand between the lines that both have", () => {
  const { lines } = compareAnswers(
    said("accept", 0, "Live regs before insn:", "0: (b7) r0 = 0", "1: (95) exit"),
    said("accept", 0, "func#0 @0", "0: (b7) r0 = 0", "1: (95) exit"),
    "xdp",
  );
  expect(lines.map(({ ours, theirs }) => [ours ?? "", theirs ?? ""])).toEqual([
    ["", "func#0 @0"],
    ["Live regs before insn:", ""],
    ["0: (b7) r0 = 0", "0: (b7) r0 = 0"],
    ["1: (95) exit", "1: (95) exit"],
  ]);
});
