import { expect, test } from "vitest";
import { fromHex } from "../../base/bytes.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import { FORMS } from "../../isa/forms.ts";
import { decodeInsns, insnHex } from "../../isa/insn.ts";
import { registerUse } from "../../isa/registers.ts";
import { DEFAULT_LICENSE, type MapDef, type Program } from "../../program/program.ts";
import { VerifierLog } from "../log/buffer.ts";
import { NOT_SIMULATED } from "../state/env.ts";
import { newEnv } from "../state/new-env.ts";
import { prepass } from "./prepass.ts";
// What Linux 6.18 said before its main walk. Recorded by record/control-flow.py.
import recorded from "./recordings/control-flow.json" with { type: "json" };

const EXIT = "9500000000000000";

function run(hex: string, more: Partial<Program> = {}) {
  const program: Program = {
    insns: decodeInsns(fromHex(hex)!),
    progType: "sched_cls",
    expectedAttachType: 0,
    progFlags: 0,
    maps: [],
    mapRefs: new Map(),
    license: DEFAULT_LICENSE,
    ...more,
  };
  const env = newEnv(program, progTypeByName(program.progType)!, new VerifierLog(2));
  const err = prepass(env);
  return { err, log: env.log.text(), env };
}

test("before the main walk random programs get the errno and the log of Linux 6.18", () => {
  expect(recorded.length).toBeGreaterThan(80);
  for (const [hex, errno, log] of recorded as [string, number, string][]) {
    const got = run(hex);
    expect({ hex, err: got.err, log: got.log }).toEqual({ hex, err: errno === 0 ? 0 : -errno, log });
  }
});

test("what an arithmetic instruction reads is alive before it", () => {
  for (const form of FORMS.filter(({ kind }) => kind === "alu")) {
    const source = form.uses.includes("src") ? { src: 3, imm: 0 } : { src: 0, imm: form.uses.includes("imm") ? 1 : 0 };
    const insn = { code: form.code, dst: 2, off: 0, ...source, ...form.when };
    // r0 = r2; exit
    const { env } = run(`${insnHex(insn)}bf20000000000000${EXIT}`);
    expect(env.aux[0]!.liveRegsBefore, form.name).toBe(registerUse(insn, () => 0).reads);
  }
});

const MAP: MapDef = { name: "m", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };
/** r1 = the value of map 0 plus an offset. `off` is the offset as 8 hex digits, little-endian. */
const loadValue = (off: string) => `182100000000000000000000${off}${EXIT}`;

test("a load of a map's descriptor becomes its address", () => {
  const { err, env } = run(`1811000000000000${"0".repeat(16)}${EXIT}`, { maps: [MAP], mapRefs: new Map([[0, 0]]) });
  expect(err).toBe(0);
  expect(env.aux[0]!.map).toBe(env.maps[0]);
  const [low, high] = env.insns;
  expect((BigInt(high!.imm >>> 0) << 32n) | BigInt(low!.imm >>> 0)).toBe(env.maps[0]!.address);
  expect(env.log.text()).toContain("(18) r1 = 0xffff");
});

test.each<[string, Partial<MapDef>, number, string]>([
  ["00000000", {}, 0, ""],
  ["07000000", {}, 0, ""],
  ["08000000", {}, -22, "invalid access to map value pointer, value_size=8 off=8\n"],
  ["00000020", {}, -22, "direct value offset of 536870912 is not allowed\n"],
  ["00000000", { maxEntries: 2 }, -524, "invalid access to map value pointer, value_size=8 off=0\n"],
  ["00000000", { type: "hash" }, -22, "no direct value access support for this map type\n"],
])("a direct value load at %s of map %o returns %i", (off, map, errno, message) => {
  const { err, log } = run(loadValue(off), { maps: [{ ...MAP, ...map }], mapRefs: new Map([[0, 0]]) });
  expect(err).toBe(errno);
  if (errno !== 0) expect(log).toBe(`func#0 @0\n${message}`);
});

test("a tracing program may not use a map with a lock", () => {
  const maps = [{ ...MAP, fields: { bpf_spin_lock: 4 } }];
  const more = { maps, mapRefs: new Map([[0, 0]]) };
  const hex = `1811000000000000${"0".repeat(16)}${EXIT}`;
  expect(run(hex, { ...more, progType: "kprobe" }).log).toContain("tracing progs cannot use bpf_spin_lock yet\n");
  expect(run(hex, { ...more, progType: "socket_filter" }).log).toContain(
    "socket filter progs cannot use bpf_spin_lock",
  );
  expect(run(hex, { ...more, progType: "xdp" }).err).toBe(0);
});

test("a program that needs the kernel's BTF is not called unsafe", () => {
  const call = run(`8520000007000000${EXIT}`);
  expect(call.err).toBe(NOT_SIMULATED);
  expect(call.env.notSimulated).toBe("calls of kernel functions");
  const variable = run(`1831000007000000${"0".repeat(16)}${EXIT}`);
  expect(variable.err).toBe(NOT_SIMULATED);
});

// The answers of Linux 6.18.
test.each([
  ["183000000000000000000000000000009500000000000000", -22, "pseudo btf_id 0 in ldimm64 isn't KIND_VAR or KIND_FUNC\n"],
  ["18300000ffffffff00000000000000009500000000000000", -2, "ldimm64 insn specifies invalid btf_id -1.\n"],
  ["183000000500000000000000070000009500000000000000", -22, "invalid module BTF object FD specified.\n"],
])("%s names no variable of the kernel", (hex, err, message) => {
  expect(run(hex)).toMatchObject({ err, log: `func#0 @0\n${message}` });
});

test("a kernel function number above all type ids is refused", () => {
  expect(run(`85200000ffffffff${EXIT}`)).toMatchObject({
    err: -22,
    log: "kernel btf_id 4294967295 is not a function\n",
  });
});

test("a spill and a fill around a call that keeps its registers are marked", () => {
  // *(u64 *)(r10 -8) = r1; call get_smp_processor_id; r1 = *(u64 *)(r10 -8); exit
  const { env } = run(`7b1af8ff00000000850000000800000079a1f8ff00000000${EXIT}`);
  expect(env.aux.map((aux) => aux.fastcallPattern)).toEqual([true, false, true, false]);
  expect(env.aux[1]!.fastcallSpillsNum).toBe(1);
  expect(env.subprogs[0]!.fastcallStackOff).toBe(0);
});
