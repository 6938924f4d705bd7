import { expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { checksum, PACKETS } from "./packets.ts";

const bytesOf = (name: string): number[] => {
  const packet = PACKETS.find((one) => one.name === name);
  return [...(fromHex(packet?.hex ?? "") ?? [])];
};

test("the checksum of RFC 1071's example", () => {
  expect(checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])).toBe(~0xddf2 & 0xffff);
});

test.each(PACKETS.map(({ name }) => [name] as const))(
  "%s is long enough for Ethernet's header, and of its own length",
  (name) => {
    expect(bytesOf(name).length).toBeGreaterThanOrEqual(14);
    expect(PACKETS.find((one) => one.name === name)?.length).toBe(bytesOf(name).length);
  },
);

test.each([
  ["icmp-echo", 14],
  ["tcp-syn", 14],
  ["http-get", 14],
  ["dns-query", 14],
  ["vlan-udp", 18],
] as const)("the IPv4 header of %s adds up, and its length is the packet's", (name, at) => {
  const packet = bytesOf(name);
  expect(checksum(packet.slice(at, at + 20))).toBe(0);
  expect(((packet[at + 2] as number) << 8) | (packet[at + 3] as number)).toBe(packet.length - at);
});

test.each([
  ["tcp-syn", 6],
  ["http-get", 6],
  ["dns-query", 17],
] as const)("what IPv4 carries in %s adds up with its pseudo header", (name, protocol) => {
  const packet = bytesOf(name);
  const segment = packet.slice(34);
  expect(checksum([...packet.slice(26, 34), 0, protocol, segment.length >> 8, segment.length & 255, ...segment])).toBe(
    0,
  );
});

test.each([
  ["ipv6-tcp", 6],
  ["icmpv6-echo", 58],
] as const)("what IPv6 carries in %s adds up with its pseudo header", (name, next) => {
  const packet = bytesOf(name);
  const segment = packet.slice(54);
  expect(checksum([...packet.slice(22, 54), 0, 0, 0, segment.length, 0, 0, 0, next, ...segment])).toBe(0);
});

test("the sum of an ICMP message with its checksum is zero", () => {
  expect(checksum(bytesOf("icmp-echo").slice(34))).toBe(0);
});
