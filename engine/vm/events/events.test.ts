import { expect, test } from "vitest";
import { fromHex, viewOf } from "../../base/bytes.ts";
import { PACKETS } from "../../packets/packets.ts";
import { checksumFold, checksumPartial } from "../helpers/checksum.ts";
import { defaultEnv, type Event, enterEvent, loadProgram, Machine, Memory, type RegionKind } from "../index.ts";

const memory = new Memory();
const EXIT = { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 };

function enter(progType: string, event: Event) {
  const machine = new Machine({ memory, program: loadProgram(memory, { insns: [EXIT], progType }), env: defaultEnv() });
  return { machine, error: enterEvent(machine, event) };
}

const FRAMES = new Map(PACKETS.map(({ name, hex }) => [name, fromHex(hex) as Uint8Array]));
const sample = (name: string) => FRAMES.get(name) as Uint8Array;
const named = (machine: Machine, kind: RegionKind) => machine.regions().find((region) => region.kind === kind);

test("an XDP program sees the frame between data and data_end", () => {
  const data = sample("tcp-syn");
  const { machine } = enter("xdp", { kind: "packet", data });
  const ctx = machine.reg(1);
  const start = machine.loadAt(ctx, 4) as bigint;
  const end = machine.loadAt(ctx + 4n, 4) as bigint;
  expect(machine.read(start, Number(end - start))).toEqual(data);
  expect(machine.loadAt(ctx + 8n, 4)).toBe(start);
  expect(named(machine, "packet")).toMatchObject({ start, size: data.length, writable: true });
  expect(machine.read(end, 1)).toBeUndefined();
});

test("a socket filter sees the packet without its Ethernet header, a tc program sees it with the header", () => {
  const data = sample("dns-query");
  const length = (progType: string) => {
    const { machine } = enter(progType, { kind: "packet", data });
    return machine.loadAt(machine.reg(1), 4);
  };
  expect(length("socket_filter")).toBe(BigInt(data.length - 14));
  expect(length("sched_cls")).toBe(BigInt(data.length));
});

test("a frame that is too short for its headers gives -EINVAL", () => {
  expect(enter("xdp", { kind: "packet", data: new Uint8Array(13) }).error).toBe(-22);
  expect(enter("sched_cls", { kind: "packet", data: sample("dns-query").slice(0, 30) }).error).toBe(-22);
});

test("the context of a kprobe is struct pt_regs, that of a tracepoint its record", () => {
  const kprobe = enter("kprobe", { kind: "kprobe", regs: { di: 7n, ip: 0xffff_ffff_8100_0000n } }).machine;
  expect(kprobe.loadAt(kprobe.reg(1) + 14n * 8n, 8)).toBe(7n);
  expect(kprobe.funcIp).toBe(0xffff_ffff_8100_0000n);
  const tracepoint = enter("tracepoint", { kind: "record", bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }).machine;
  expect(tracepoint.loadAt(tracepoint.reg(1), 8)).toBe(0x0807060504030201n);
  expect(tracepoint.storeAt(tracepoint.reg(1), 8, 0n)).toBe(false);
});

test("the sum over an IPv4 header with its checksum is 0", () => {
  for (const [name, data] of FRAMES) {
    const isVlan = name.startsWith("vlan");
    if (viewOf(data).getUint16(isVlan ? 16 : 12) !== 0x0800) continue;
    const at = isVlan ? 18 : 14;
    expect(checksumFold(checksumPartial(data.slice(at, at + 20), 0)), name).toBe(0);
  }
});
