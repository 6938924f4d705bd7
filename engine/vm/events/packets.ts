// Well-formed frames to begin with: what a person picks from a list instead of typing hex. Addresses are those set
// aside for documentation (RFC 5737, RFC 3849, RFC 7042); checksums are right.
import { viewOf } from "../../base/bytes.ts";

export interface SamplePacket {
  /** Stable kebab-case name. */
  readonly name: string;
  /** What it is, in English. */
  readonly title: string;
  readonly data: Uint8Array;
}

const HERE = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x01];
const THERE = [0x00, 0x00, 0x5e, 0x00, 0x53, 0x02];
const EVERYBODY = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const SRC4 = [192, 0, 2, 1];
const DST4 = [198, 51, 100, 7];
const SRC6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const DST6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
const [ICMP, TCP, UDP, ICMP6] = [1, 6, 17, 58];

const u16 = (n: number) => [n >>> 8, n & 0xff];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n & 0xffff)];
const text = (value: string) => [...value].map((char) => char.charCodeAt(0));

/** RFC 1071 over bytes, an odd last one padded with zero. */
function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The bytes with their checksum at `at`, counted together with `pseudo` in front. */
function withChecksum(bytes: readonly number[], at: number, pseudo: readonly number[] = []): number[] {
  const sum = checksum([...pseudo, ...bytes]);
  return [...bytes.slice(0, at), ...u16(sum), ...bytes.slice(at + 2)];
}

const ethernet = (type: number, rest: readonly number[], to: readonly number[] = THERE) => [
  ...to,
  ...HERE,
  ...u16(type),
  ...rest,
];

function ipv4(protocol: number, rest: readonly number[]): number[] {
  const header = [
    0x45,
    0,
    ...u16(20 + rest.length),
    ...u16(0x1234),
    ...u16(0x4000),
    64,
    protocol,
    0,
    0,
    ...SRC4,
    ...DST4,
  ];
  return [...withChecksum(header, 10), ...rest];
}

const ipv6 = (protocol: number, rest: readonly number[]) => [
  ...[0x60, 0, 0, 0, ...u16(rest.length), protocol, 64],
  ...[...SRC6, ...DST6, ...rest],
];

const pseudo4 = (protocol: number, length: number) => [...SRC4, ...DST4, 0, protocol, ...u16(length)];
const pseudo6 = (protocol: number, length: number) => [...SRC6, ...DST6, ...u32(length), 0, 0, 0, protocol];

function udp(sport: number, dport: number, payload: readonly number[], pseudo: typeof pseudo4): number[] {
  const length = 8 + payload.length;
  return withChecksum([...u16(sport), ...u16(dport), ...u16(length), 0, 0, ...payload], 6, pseudo(UDP, length));
}

/** `flags`: SYN = 2, ACK = 0x10, PSH = 8. */
function tcp(
  sport: number,
  dport: number,
  flags: number,
  payload: readonly number[],
  pseudo: typeof pseudo4,
): number[] {
  const ports = [...u16(sport), ...u16(dport), ...u32(0x01020304), ...u32(flags & 0x10 ? 0x0a0b0c0d : 0)];
  const segment = [...ports, 0x50, flags, ...u16(64240), 0, 0, 0, 0, ...payload];
  return withChecksum(segment, 16, pseudo(TCP, segment.length));
}

const echo = (type: number) => [type, 0, 0, 0, ...u16(1), ...u16(7), ...text("abcdefghijklmnopqrstuvwabcdefghi")];
const dns = [...u16(0xbeef), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, ...text("example"), 3, ...text("com"), 0, 0, 1, 0, 1];
const GET = text("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");

const arp = [...u16(1), ...u16(0x0800), 6, 4, ...u16(1), ...HERE, ...SRC4, 0, 0, 0, 0, 0, 0, ...DST4];

/** Padded to the 60 bytes a frame has at least (its checksum is not part of it). */
function packet(name: string, title: string, bytes: readonly number[]): SamplePacket {
  const data = new Uint8Array(Math.max(60, bytes.length));
  data.set(bytes);
  return { name, title, data };
}

export const samplePackets = (): readonly SamplePacket[] => [
  packet("udp4-dns", "IPv4, UDP: a DNS question", ethernet(0x0800, ipv4(UDP, udp(40000, 53, dns, pseudo4)))),
  packet("tcp4-syn", "IPv4, TCP: SYN to port 80", ethernet(0x0800, ipv4(TCP, tcp(40001, 80, 2, [], pseudo4)))),
  packet("tcp4-http", "IPv4, TCP: an HTTP request", ethernet(0x0800, ipv4(TCP, tcp(40001, 80, 0x18, GET, pseudo4)))),
  packet("icmp4-echo", "IPv4, ICMP: ping", ethernet(0x0800, ipv4(ICMP, withChecksum(echo(8), 2)))),
  packet("udp6", "IPv6, UDP to port 4789", ethernet(0x86dd, ipv6(UDP, udp(40002, 4789, text("hello"), pseudo6)))),
  packet("tcp6-syn", "IPv6, TCP: SYN to port 443", ethernet(0x86dd, ipv6(TCP, tcp(40003, 443, 2, [], pseudo6)))),
  packet(
    "icmp6-echo",
    "IPv6, ICMPv6: ping",
    ethernet(0x86dd, ipv6(ICMP6, withChecksum(echo(128), 2, pseudo6(ICMP6, 40)))),
  ),
  packet("arp", "ARP: who has 198.51.100.7?", ethernet(0x0806, arp, EVERYBODY)),
  packet(
    "vlan-udp4",
    "802.1Q, VLAN 5, IPv4, UDP",
    ethernet(0x8100, [...u16(5), ...u16(0x0800), ...ipv4(UDP, udp(40004, 53, dns, pseudo4))]),
  ),
];

/** A packet of a capture file. */
export interface CapturedPacket {
  readonly data: Uint8Array;
  /** Length on the wire; more than `data` where the capture cut it off. */
  readonly wireLength: number;
}

const ETHERNET_LINK = 1;

/** The Ethernet frames of a pcap or pcapng file; a sentence where it is neither, or of another kind of network. */
export function readCapture(file: Uint8Array): CapturedPacket[] | string {
  if (file.length < 24) return "too short for a capture file";
  const view = viewOf(file);
  const magic = view.getUint32(0, true);
  if (magic === 0x0a0d0d0a) return readPcapng(file);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const bigMagic = view.getUint32(0, false);
  if (!little && bigMagic !== 0xa1b2c3d4 && bigMagic !== 0xa1b23c4d)
    return "not a pcap file: its first four bytes are not those of one";
  const link = view.getUint32(20, little) & 0xffff;
  if (link !== ETHERNET_LINK) return `a capture of link type ${link}, and only Ethernet (1) can be read`;
  const packets: CapturedPacket[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > file.length) break;
    packets.push({ data: file.slice(at + 16, at + 16 + length), wireLength: view.getUint32(at + 12, little) });
    at += 16 + length;
  }
  return packets;
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** draft-ietf-opsawg-pcapng: blocks of type, length, body, length. */
function readPcapng(file: Uint8Array): CapturedPacket[] | string {
  const view = viewOf(file);
  const packets: CapturedPacket[] = [];
  let little = true;
  let links: number[] = [];
  for (let at = 0; at + 12 <= file.length; ) {
    const isSection = view.getUint32(at, true) === SECTION;
    if (isSection) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      links = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || at + length > file.length) break;
    if (type === INTERFACE) links.push(view.getUint16(at + 8, little));
    if (type === ENHANCED_PACKET || type === SIMPLE_PACKET) {
      const link = links[type === ENHANCED_PACKET ? view.getUint32(at + 8, little) : 0];
      if (link !== ETHERNET_LINK) return `a capture of link type ${link}, and only Ethernet (1) can be read`;
      const body = type === ENHANCED_PACKET ? at + 28 : at + 12;
      const wireLength = view.getUint32(body - 4, little);
      const size = type === ENHANCED_PACKET ? view.getUint32(at + 20, little) : Math.min(wireLength, length - 16);
      if (body + size > at + length) break;
      packets.push({ data: file.slice(body, body + size), wireLength });
    }
    at += length;
  }
  return packets;
}
