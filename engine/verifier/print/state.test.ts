import { expect, test } from "vitest";
import { constScalar, SCALAR_UNKNOWN, type Scalar } from "../domain/scalar.ts";
import {
  BPF_ADD_CONST,
  constReg,
  framePointer,
  pointerReg,
  type RegState,
  scalarReg,
  UNKNOWN_REG,
} from "../state/reg.ts";
import * as t from "../state/regtype.ts";
import { hexText, snumText, tnumText, unumText } from "./number.ts";
import { formatReg, logAlignment, regTypeStr } from "./state.ts";

const map = { keySize: 4, valueSize: 48, name: "" } as unknown as NonNullable<RegState["map"]>;
const scalar = (more: Partial<Scalar>, reg: Partial<RegState> = {}): RegState => ({
  ...scalarReg({ ...SCALAR_UNKNOWN, ...more }),
  ...reg,
});

// All texts are from logs of Linux 6.18.
test.each<[string, RegState]>([
  ["scalar()", UNKNOWN_REG],
  ["scalar(id=1)", { ...UNKNOWN_REG, id: 1 }],
  ["scalar(id=3+8)", { ...UNKNOWN_REG, id: 3 | BPF_ADD_CONST, off: 8 }],
  ["0", constReg(0n)],
  ["-1", constReg(0xffff_ffff_ffff_ffffn)],
  ["0x8000", constReg(0x8000n)],
  ["0x8000000000000000", constReg(0x8000_0000_0000_0000n)],
  ["P1", { ...constReg(1n), precise: true }],
  ["Pscalar(id=1)", { ...UNKNOWN_REG, id: 1, precise: true }],
  [
    "scalar(smin=smin32=0,smax=umax=smax32=umax32=1,var_off=(0x0; 0x1))",
    scalar({ varOff: { value: 0n, mask: 1n }, smin: 0n, smax: 1n, umax: 1n, s32min: 0, s32max: 1, u32max: 1 }),
  ],
  [
    "scalar(smin=0,umax=0x7fffffffffffffff,var_off=(0x0; 0x7fffffffffffffff))",
    scalar({ varOff: { value: 0n, mask: 0x7fff_ffff_ffff_ffffn }, smin: 0n, umax: 0x7fff_ffff_ffff_ffffn }),
  ],
  ["scalar(smin=0xffffffff80000000,smax=0x7fffffff)", scalar({ smin: -0x8000_0000n, smax: 0x7fff_ffffn })],
  ["scalar(smin=smin32=-2,smax=smax32=5)", scalar({ smin: -2n, smax: 5n, s32min: -2, s32max: 5 })],
  ["scalar(smin32=0x80000001)", scalar({ s32min: -0x7fff_ffff })],
  ["ctx()", pointerReg(t.PTR_TO_CTX)],
  ["ctx(off=8)", pointerReg(t.PTR_TO_CTX, { off: 8 })],
  ["fp0", framePointer(0)],
  ["fp-8", { ...framePointer(0), off: -8 }],
  ["fp[1]-16", { ...framePointer(1), off: -16 }],
  ["map_ptr(ks=4,vs=48)", pointerReg(t.CONST_PTR_TO_MAP, { map })],
  ["map_value_or_null(id=2,ks=4,vs=48)", pointerReg(t.PTR_TO_MAP_VALUE_OR_NULL, { map, id: 2 })],
  ["map_value(map=hits,ks=4,vs=48,off=40)", pointerReg(t.PTR_TO_MAP_VALUE, { map: { ...map, name: "hits" }, off: 40 })],
  ["pkt(r=0)", pointerReg(t.PTR_TO_PACKET)],
  ["pkt(off=14,r=34)", pointerReg(t.PTR_TO_PACKET, { off: 14, range: 34 })],
  ["pkt_end()", pointerReg(t.PTR_TO_PACKET_END)],
  ["sock_or_null(id=2,ref_obj_id=2)", pointerReg(t.PTR_TO_SOCKET | t.PTR_MAYBE_NULL, { id: 2, refObjId: 2 })],
  ["ringbuf_mem(ref_obj_id=3,sz=8)", pointerReg(t.PTR_TO_MEM | t.MEM_RINGBUF, { refObjId: 3, memSize: 8 })],
  ["rdonly_mem(sz=70000)".replace("70000", "0x11170"), pointerReg(t.PTR_TO_MEM | t.MEM_RDONLY, { memSize: 70000 })],
  ["func()", pointerReg(t.PTR_TO_FUNC)],
])("%s", (text, reg) => {
  expect(formatReg(reg, 0)).toBe(text);
});

test("a pointer with a constant variable part shows it as imm", () => {
  expect(formatReg(pointerReg(t.PTR_TO_MAP_VALUE, { map, val: constScalar(16n) }), 0)).toBe(
    "map_value(ks=4,vs=48,imm=16)",
  );
});

test("numbers of more than 16 bits are written in hex", () => {
  expect([unumText(65535n), unumText(65536n)]).toEqual(["65535", "0x10000"]);
  expect([snumText(32767n), snumText(32768n), snumText(-32768n), snumText(-32769n)]).toEqual([
    "32767",
    "0x8000",
    "-32768",
    "0xffffffffffff7fff",
  ]);
  expect(hexText(0n)).toBe("0x0");
  expect(tnumText({ value: 4n, mask: 0xfbn })).toBe("(0x4; 0xfb)");
});

test("flags are written before the type, the null flag after it", () => {
  expect(regTypeStr(t.PTR_TO_MEM | t.MEM_RDONLY | t.PTR_MAYBE_NULL)).toBe("rdonly_mem_or_null");
  expect(regTypeStr(t.PTR_TO_BTF_ID | t.PTR_UNTRUSTED | t.PTR_MAYBE_NULL)).toBe("untrusted_ptr_or_null_");
  expect(regTypeStr(t.PTR_TO_BTF_ID | t.MEM_PERCPU | t.MEM_RCU)).toBe("percpu_rcu_ptr_");
});

test("what an instruction changed starts in column 40 or the next multiple of 8", () => {
  // `0: (b7) r0 = 0` with its newline is 15 columns wide.
  expect(15 - 1 + logAlignment(15)).toBe(38);
  for (let width = 4; width < 200; width++) expect((width + logAlignment(width) + 1) % 8).toBe(0);
});
