import { expect, test } from "vitest";
import { errnoName, errnoText } from "./errno.ts";
import { uapiConstant, uapiStruct } from "./uapi.ts";

test.each([
  ["BPF_FUNC_map_lookup_elem", 1n],
  ["ETH_P_IP", 0x800n],
  ["XDP_PASS", 2n],
  ["TC_ACT_UNSPEC", -1n],
  ["BPF_PSEUDO_CALL", 1n],
  ["BPF_F_CURRENT_NETNS", -1n],
  ["BPF_F_CTXLEN_MASK", 0xfffffn << 32n],
  ["IPPROTO_TCP", 6n],
  ["U64_MAX", 0xffff_ffff_ffff_ffffn],
  ["BPF_MAP_TYPE_RINGBUF", 27n],
  ["BPF_PROG_TYPE_XDP", 6n],
])("%s has its value in the headers", (name, value) => {
  expect(uapiConstant(name)).toBe(value);
});

test.each([
  ["__sk_buff", "cb", 48, 20],
  ["__sk_buff", "data_end", 80, 4],
  ["__sk_buff", "flow_keys", 144, 8],
  ["xdp_md", "data_meta", 8, 4],
  ["iphdr", "protocol", 9, 1],
  ["iphdr", "daddr", 16, 4],
  ["ethhdr", "h_proto", 12, 2],
  ["tcphdr", "dest", 2, 2],
  ["bpf_sock", "dst_port", 48, 2],
  ["pt_regs", "di", 112, 8],
])("struct %s has %s at its offset", (struct, field, off, size) => {
  expect(uapiStruct(struct)?.fields.find((f) => f.name === field)).toMatchObject({ off, size });
});

test("bit-fields have their first bit and their width", () => {
  expect(uapiStruct("iphdr")?.fields.slice(0, 2)).toMatchObject([
    { name: "ihl", bit: [0, 4] },
    { name: "version", bit: [4, 4] },
  ]);
});

test("errnos have names and texts", () => {
  expect([errnoName(-22), errnoText(22), errnoName(13), errnoName(524)]).toEqual([
    "EINVAL",
    "Invalid argument",
    "EACCES",
    "ENOTSUPP",
  ]);
});

test("a struct without a tag is found by its owner's name and its own", () => {
  const ipv6 = uapiStruct("bpf_sock_tuple")?.fields.find((f) => f.name === "ipv6");
  expect(ipv6?.struct).toBe("bpf_sock_tuple.ipv6");
  expect(uapiStruct("bpf_sock_tuple.ipv6")?.fields.find((f) => f.name === "dport")).toMatchObject({ off: 34, size: 2 });
});
