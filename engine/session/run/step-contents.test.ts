// What the page is told about maps, the packet and outputs at a step.
import { expect, test } from "vitest";
import { EXAMPLES } from "../../catalogue/examples.ts";
import { dissect, dissectHex } from "../../packets/headers.ts";
import { PACKETS } from "../../packets/packets.ts";
import { createSession } from "../session.ts";
import type { EventInput, MapInput, ProgramInput } from "../views/program.ts";
import type { RunView } from "../views/run.ts";

const SYSFS: EventInput = { kind: "sysfs", path: "/sys/oreore/bpf", data: "7\n" };
const packet = (name: string): string => PACKETS.find((one) => one.name === name)?.hex ?? "";

async function ran(program: ProgramInput, event: EventInput = SYSFS, verified = true) {
  const session = createSession();
  const { check, run } = await session.runs.runOnce(program, event, verified);
  expect(verified ? check.message : "").toBe("");
  return { session, run: run as RunView };
}
const example = (name: string): ProgramInput =>
  EXAMPLES.find((one) => one.name === name)?.program ?? { source: "", progType: "", maps: [] };
const oreore = (source: string, maps: readonly MapInput[] = []): ProgramInput => ({ source, progType: "oreore", maps });

test("an element made by a helper is marked at the step that made it, and only there", async () => {
  const { session, run } = await ran(example("remember"));
  const marks = [];
  for (let step = 0; step <= run.length; step++) {
    const [map] = await session.runs.mapsAt(run.run, step);
    marks.push(map?.entries.map(({ key, values, was }) => [key, values[0], was]) ?? []);
  }
  const made = marks.findIndex((entries) => entries.length > 0);
  expect(marks[made]).toEqual([["07000000", "0100000000000000", []]]);
  for (const entries of marks.slice(made + 1)) expect(entries).toEqual([["07000000", "0100000000000000", null]]);
  expect((await session.runs.step(run.run, made))?.call?.name).toBe("map_update_elem");
});

test("a value changed through a pointer shows its old value, and its address leads back to the write", async () => {
  const { session, run } = await ran(example("map-counter"));
  const steps = await session.runs.steps(run.run, 0, run.length + 1);
  const store = steps.find(({ access }) => access?.write && access.region === "counts");
  const [map] = await session.runs.mapsAt(run.run, (store?.step ?? 0) + 1);
  expect(map).toMatchObject({ name: "counts", count: 4, from: 0, changedAt: 0, removed: [] });
  expect(map?.entries[0]).toMatchObject({ values: ["0100000000000000"], was: ["0000000000000000"] });
  expect(map?.entries[1]?.was).toBeNull();
  const address = map?.entries[0]?.addresses[0] ?? "";
  expect(store?.access).toMatchObject({ address, size: 8, read: true });
  expect(await session.runs.seek(run.run, run.length, { to: "last-write", address, size: 8 })).toBe(store?.step);
});

test("a window shows a part of a large map", async () => {
  const big = { name: "big", type: "array", keySize: 4, valueSize: 8, maxEntries: 5000, flags: 0 };
  const { session, run } = await ran(
    oreore("BPF_LD_MAP_FD(BPF_REG_1, big), BPF_MOV64_IMM(BPF_REG_0, 0), BPF_EXIT_INSN(),", [big]),
  );
  const [whole] = await session.runs.mapsAt(run.run, 0);
  expect([whole?.count, whole?.entries.length]).toEqual([5000, 64]);
  const [part] = await session.runs.mapsAt(run.run, 0, [{ map: whole?.id ?? 0, from: 4990, count: 50 }]);
  expect(part?.entries.map(({ key }) => key)).toEqual(
    Array.from({ length: 10 }, (_, i) => `${(4990 + i - 0x1300).toString(16)}130000`),
  );
});

test("each frame shows its saved registers and its place", async () => {
  const { session, run } = await ran(example("subprogram"));
  const steps = await session.runs.steps(run.run, 0, run.length + 1);
  const inside = steps.find(({ frames }) => frames.length === 2);
  const call = steps[(inside?.step ?? 1) - 1];
  expect(inside?.frames.map(({ slot }) => slot)).toEqual([call?.slot, inside?.slot]);
  expect(inside?.frames[0]?.saved).toEqual(call?.regs.slice(6, 10));
});

test("lines of the trace pipe and records have the step that sent them", async () => {
  const ring = { name: "events", type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 };
  const { session, run } = await ran(
    oreore(
      `BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 0x6968),
BPF_LD_MAP_FD(BPF_REG_1, events),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -8),
BPF_MOV64_IMM(BPF_REG_3, 8),
BPF_MOV64_IMM(BPF_REG_4, 0),
BPF_EMIT_CALL(BPF_FUNC_ringbuf_output),
BPF_MOV64_REG(BPF_REG_1, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_1, -8),
BPF_MOV64_IMM(BPF_REG_2, 3),
BPF_EMIT_CALL(BPF_FUNC_trace_printk),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),`,
      [ring],
    ),
  );
  const outputs = await session.runs.outputs(run.run);
  expect(outputs.map(({ kind, map, hex }) => [kind, map, hex])).toEqual([
    ["ringbuf", "events", "6869000000000000"],
    ["trace", "", ""],
  ]);
  expect(outputs[1]?.text).toContain("hi");
  const callers = await Promise.all(outputs.map(({ step }) => session.runs.step(run.run, step)));
  expect(callers.map((view) => view?.call?.name)).toEqual(["ringbuf_output", "trace_printk"]);
});

test("a packet shows its bounds and what the last step changed", async () => {
  const xdp = {
    source: `BPF_MOV64_REG(BPF_REG_6, BPF_REG_1),
BPF_MOV64_IMM(BPF_REG_2, -8),
BPF_EMIT_CALL(BPF_FUNC_xdp_adjust_meta),
BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_6, offsetof(struct xdp_md, data)),
BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_6, offsetof(struct xdp_md, data_end)),
BPF_MOV64_REG(BPF_REG_4, BPF_REG_2),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 14),
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_JMP_REG(BPF_JGT, BPF_REG_4, BPF_REG_3, 2),
BPF_ST_MEM(BPF_B, BPF_REG_2, 0, 0x5a),
BPF_MOV64_IMM(BPF_REG_0, 2),
BPF_EXIT_INSN(),`,
    progType: "xdp",
    maps: [],
  };
  const hex = packet("tcp-syn");
  const { session, run } = await ran(xdp, { kind: "packet", hex });
  expect(await session.runs.packetAt(run.run, 0)).toMatchObject({ bytes: hex, data: 0, dataMeta: 0, changed: [] });
  const steps = await session.runs.steps(run.run, 0, run.length + 1);
  const store = steps.find(({ access }) => access?.region === "packet");
  const after = await session.runs.packetAt(run.run, (store?.step ?? 0) + 1);
  expect(after).toMatchObject({ dataMeta: 0, data: 8, link: 8, changed: [{ at: 8, old: hex.slice(0, 2), new: "5a" }] });
  expect(BigInt(`0x${store?.access?.address}`)).toBe(BigInt(`0x${after?.address}`) + 8n);
});

test("a socket filter's packet begins after the link header, which is shown too", async () => {
  const filter = { source: "BPF_LD_ABS(BPF_B, 9), BPF_EXIT_INSN(),", progType: "socket_filter", maps: [] };
  const source = `BPF_MOV64_REG(BPF_REG_6, BPF_REG_1), ${filter.source}`;
  const { session, run } = await ran({ ...filter, source }, { kind: "packet", hex: packet("tcp-syn") });
  const view = await session.runs.packetAt(run.run, 1);
  expect(view).toMatchObject({ bytes: packet("tcp-syn"), link: 0, data: 14 });
  const access = (await session.runs.step(run.run, 1))?.access;
  expect(access).toMatchObject({ region: "packet", size: 1 });
  expect(BigInt(`0x${access?.address}`) - BigInt(`0x${view?.address}`)).toBe(23n); // iphdr.protocol
});

test("a fault names the wanted address and the nearest memory", async () => {
  const source = "BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_10, 0), BPF_EXIT_INSN(),";
  const { session, run } = await ran(oreore(source), SYSFS, false);
  const top = (await session.runs.step(run.run, 0))?.regs[10];
  expect(run.end).toMatchObject({
    kind: "fault",
    access: { address: top, size: 8, write: false, nearest: { name: "stack", end: top } },
  });
});

test("the same seed and CPU give the same run, in the kernel and in a trial", async () => {
  const session = createSession();
  const program = oreore(
    "BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32), BPF_MOV64_REG(BPF_REG_6, BPF_REG_0), BPF_EMIT_CALL(BPF_FUNC_get_smp_processor_id), BPF_MOV64_REG(BPF_REG_1, BPF_REG_6), BPF_EXIT_INSN(),",
  );
  await session.kernel.load(program);
  await session.kernel.attach();
  const registers = async (run: RunView | null) =>
    (await session.runs.step(run?.run ?? -1, run?.length ?? 0))?.regs.slice(0, 2);
  const both = async () => [
    await registers((await session.runs.runOnce(program, SYSFS, true)).run),
    await registers((await session.kernel.writeFile("/sys/oreore/bpf", "1")).run),
  ];
  await session.kernel.setEnvironment({ seed: 5, cpu: 2 });
  const [trial, kernel] = await both();
  expect([trial, trial?.[0]]).toEqual([kernel, "0000000000000002"]);
  await session.kernel.setEnvironment({ seed: 6, cpu: 2 });
  expect((await both())[0]?.[1]).not.toBe(trial?.[1]);
  await session.kernel.setEnvironment({ seed: 5, cpu: 2 });
  expect(await both()).toEqual([trial, trial]);
});

test("a kprobe program reads the given registers at their offsets in pt_regs", async () => {
  const session = createSession();
  const [regs] = await session.tools.eventFormats("kprobe");
  const di = regs?.fields.find(({ name }) => name === "di");
  expect([regs?.name, regs?.size, di]).toEqual(["pt_regs", 168, { name: "di", off: 112, size: 8, text: false }]);
  const hex = "00".repeat(112) + "2a".padEnd(16, "0") + "00".repeat(48);
  const program = {
    source: "BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, offsetof(struct pt_regs, di)), BPF_EXIT_INSN(),",
    progType: "kprobe",
    maps: [],
  };
  const { run } = await session.runs.runOnce(program, { kind: "ctx", hex }, true);
  expect(run?.end).toMatchObject({ retval: 42 });
});

test.each(PACKETS.map(({ name, hex }) => [name, hex] as const))(
  "every layer of %s adds up and follows the one before",
  (_, hex) => {
    const layers = dissectHex(hex);
    let at = 0;
    for (const layer of layers) {
      expect(layer.at).toBe(at);
      at += layer.size;
      expect(layer.fields.filter(({ wrong }) => wrong)).toEqual([]);
      for (const field of layer.fields) expect(field.at + field.size).toBeLessThanOrEqual(at);
    }
    expect(at).toBe(hex.length / 2);
  },
);

test("fields are written as people write them", () => {
  const text = (name: string, field: string): string | undefined =>
    dissectHex(packet(name))
      .flatMap(({ fields }) => fields)
      .find((one) => one.name === field)?.text;
  expect(text("tcp-syn", "saddr")).toBe("192.0.2.10");
  expect(text("tcp-syn", "h_proto")).toBe("0x0800 (IPv4)");
  expect(text("tcp-syn", "doff, flags")).toBe("20 bytes, SYN");
  expect(text("ipv6-tcp", "saddr")).toBe("2001:db8::a");
  expect(text("vlan-udp", "h_vlan_TCI")).toBe("VLAN 42");
});

test("a changed byte makes the checksum above it wrong, and a frame may end anywhere", () => {
  const frame = Uint8Array.from({ length: packet("tcp-syn").length / 2 }, (_, i) =>
    Number.parseInt(packet("tcp-syn").slice(2 * i, 2 * i + 2), 16),
  );
  frame[40] = (frame[40] as number) ^ 1;
  const wrong = dissect(frame).flatMap(({ name, fields }) =>
    fields.flatMap((field) => (field.wrong ? [`${name} ${field.name}`] : [])),
  );
  expect(wrong).toEqual(["TCP check"]);
  for (let length = 0; length < frame.length; length++) {
    const layers = dissect(frame.subarray(0, length));
    expect(layers.reduce((sum, { size }) => sum + size, 0)).toBe(length);
  }
});
