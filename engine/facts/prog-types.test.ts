import { expect, test } from "vitest";
import { ERRNO } from "./errno.ts";
import { HELPER_PROTOS, helperChangesPktData, helperName, TYPE_FLAG } from "./helpers.ts";
import { mapTypeByName } from "./map-types.ts";
import { defineProgType, OREORE, progTypeById, progTypeByName } from "./prog-types.ts";

test("map_lookup_elem takes a map and a key and may return null", () => {
  const proto = progTypeByName("socket_filter")!.helper(1, 0)!;
  expect(proto.args.map((a) => a.kind)).toEqual([
    "ARG_CONST_MAP_PTR",
    "ARG_PTR_TO_MAP_KEY",
    "ARG_DONTCARE",
    "ARG_DONTCARE",
    "ARG_DONTCARE",
  ]);
  expect([proto.ret, proto.retFlags, proto.pktAccess]).toEqual([
    "RET_PTR_TO_MAP_VALUE",
    TYPE_FLAG.PTR_MAYBE_NULL,
    true,
  ]);
});

test("one helper number has different prototypes in different program types", () => {
  const skb = progTypeByName("sched_cls")!.helper(25, 0)!;
  const xdp = progTypeByName("xdp")!.helper(25, 0)!;
  expect([skb.func, xdp.func]).toEqual(["bpf_skb_event_output", "bpf_xdp_event_output"]);
});

test.each([
  ["socket_filter", 0, "skb_store_bytes", false],
  ["sched_cls", 0, "skb_store_bytes", true],
  ["xdp", 0, "xdp_adjust_head", true],
  ["kprobe", 0, "probe_read_kernel", true],
  ["kprobe", 0, "skb_load_bytes", false],
  ["oreore", 44, "map_lookup_elem", true],
  ["oreore", 44, "get_current_pid_tgid", true],
  ["oreore", 44, "skb_load_bytes", false],
])("%s (attach type %i) and %s: %s", (type, attach, helper, may) => {
  const id = HELPER_PROTOS.find((p) => p.name === helper)!.id;
  expect(progTypeByName(type)!.helper(id, attach) !== undefined).toBe(may);
});

test.each([
  ["socket_filter", 0, 0, 4, false, "SCALAR_VALUE"],
  ["socket_filter", 0, 76, 4, false, undefined],
  ["sched_cls", 0, 76, 4, false, "PTR_TO_PACKET"],
  ["sched_cls", 0, 76, 8, false, undefined],
  ["sched_cls", 0, 8, 4, true, "SCALAR_VALUE"],
  ["sched_cls", 0, 0, 4, true, undefined],
  ["xdp", 0, 20, 4, false, undefined],
  ["xdp", 33, 20, 4, false, "SCALAR_VALUE"],
  ["cgroup_sock_addr", 10, 4, 4, true, "SCALAR_VALUE"],
  ["oreore", 44, 0, 4, false, "SCALAR_VALUE"],
  ["oreore", 44, 0, 4, true, undefined],
  ["oreore", 44, 0, 8, false, undefined],
  ["oreore", 44, 2, 2, false, undefined],
  ["oreore", 44, -4, 4, false, undefined],
])(
  "%s (attach type %i): context access off=%i size=%i write=%s gives %s",
  (type, attach, off, size, write, regType) => {
    expect(progTypeByName(type)!.ctxAccess(off, size, write, attach)?.regType).toBe(regType);
  },
);

test("a sign-extending load of a packet pointer is refused, one of a number is not", () => {
  const cls = progTypeByName("sched_cls")!;
  expect(cls.ctxAccess(76, 4, false, 0, true)).toBeUndefined();
  expect(cls.ctxAccess(0, 4, false, 0, true)).toBeDefined();
});

test("return ranges depend on the attach type", () => {
  const addr = progTypeByName("cgroup_sock_addr")!;
  expect([addr.returnRange(8), addr.returnRange(10), addr.returnRange(19)].map((r) => [r?.min, r?.max])).toEqual([
    [0, 3],
    [0, 1],
    [1, 1],
  ]);
  expect(progTypeByName("xdp")!.returnRange(0)).toBeUndefined();
});

test("packet access: tc and xdp write, cgroup_skb reads, kprobe does neither", () => {
  const access = ["sched_cls", "xdp", "cgroup_skb", "kprobe"].map((name) => {
    const type = progTypeByName(name)!;
    return [type.directPacket(false), type.directPacket(true)];
  });
  expect(access).toEqual([
    [true, true],
    [true, true],
    [true, false],
    [false, false],
  ]);
});

test("sk_lookup only loads with its own attach type", () => {
  expect(progTypeByName("sk_lookup")!.attachTypes).toEqual([36]);
  expect(OREORE.attachTypes).toEqual([44]);
  expect(progTypeByName("xdp")!.attachTypes).toBeUndefined();
});

test("types that need kernel BTF say why they are not simulated", () => {
  expect(progTypeById(26)).toMatchObject({ name: "tracing" });
  expect(progTypeById(26)!.notSimulated).toMatch(/BTF/);
  // BPF_TRACE_FENTRY needs a trampoline, which this kernel does not have. BPF_TRACE_ITER gets as far as the verifier.
  expect(progTypeById(26)!.errnoBeforeVerifier(24)).toBe(ERRNO.EPERM);
  expect(progTypeById(26)!.errnoBeforeVerifier(28)).toBe(0);
  expect(progTypeById(1)!.errnoBeforeVerifier(0)).toBe(0);
});

test("the context of netfilter has pointers to kernel structures, which can only be read whole", () => {
  const netfilter = progTypeById(32)!;
  expect(netfilter.ctxAccess(8, 8, false, 45)).toMatchObject({ regType: "PTR_TO_BTF_ID", btf: "sk_buff" });
  expect(netfilter.ctxAccess(8, 4, false, 45)).toBeUndefined();
});

test("helpers and map types are found by name and number", () => {
  expect([helperName(0), helperName(1), helperName(211), helperName(212)]).toEqual([
    "unspec",
    "map_lookup_elem",
    "cgrp_storage_delete",
    undefined,
  ]);
  expect([helperChangesPktData(9), helperChangesPktData(26)]).toEqual([true, false]);
  expect(mapTypeByName("percpu_cgroup_storage")!.id).toBe(21);
});

test("a reader's own definition: writable and narrow fields, helpers added and removed, a return range", () => {
  const type = defineProgType({
    id: 33,
    name: "pair",
    ctx: {
      struct: "pair_ctx",
      size: 12,
      fields: [
        { name: "a", off: 0, size: 8, writable: false, narrow: true },
        { name: "b", off: 8, size: 4, writable: true },
      ],
    },
    helpers: { set: "base", plus: [26], minus: [1] },
    returnRange: { min: 0, max: 1, bits: 32 },
    attach: { id: 45, name: "BPF_PAIR", requiredAtLoad: true },
  });
  expect(type.ctxAccess(4, 4, false, 45)).toEqual({ regType: "SCALAR_VALUE", flags: 0, fieldSize: 8 });
  expect(type.ctxAccess(2, 4, false, 45)).toBeUndefined();
  expect(type.ctxAccess(0, 8, true, 45)).toBeUndefined();
  expect(type.ctxAccess(8, 4, true, 45)).toBeDefined();
  expect(type.ctxAccess(8, 2, false, 45)).toBeUndefined();
  expect([type.helper(1, 45), type.helper(26, 45)?.name]).toEqual([undefined, "skb_load_bytes"]);
  expect(type.returnRange(45)).toEqual({ min: 0, max: 1, bits: 32 });
});
