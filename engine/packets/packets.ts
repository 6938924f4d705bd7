// Well-formed packets to run a program on, made from their fields.
// Formats: RFC 791, 768, 9293, 792, 826, 8200, 4443.
import { toHex, utf8Encode } from "../base/bytes.ts";
import type { Texts } from "../base/language.ts";
import { ETH_P_8021Q, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from "../facts/net.ts";

const MAC_A = [0x02, 0, 0, 0, 0, 0x0a];
const MAC_B = [0x02, 0, 0, 0, 0, 0x0b];
const IP_A = [192, 0, 2, 10];
const IP_B = [198, 51, 100, 20];
/** 2001:db8::a and ::b */
const IP6_A = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 0x0a];
const IP6_B = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 0x0b];

const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const IPPROTO_ICMPV6 = 58;

type Bytes = readonly number[];
const u16 = (n: number): Bytes => [(n >> 8) & 0xff, n & 0xff];
const u32 = (n: number): Bytes => [...u16(n >>> 16), ...u16(n & 0xffff)];

/** The Internet checksum: ones' complement of the ones' complement sum of 16-bit words. */
export function checksum(bytes: Bytes): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** `bytes` with its checksum written at `at`. `before`: a pseudo header that is summed too. */
function summed(bytes: Bytes, at: number, before: Bytes = []): Bytes {
  const out = [...bytes];
  const [high, low] = u16(checksum([...before, ...bytes])) as [number, number];
  out[at] = high;
  out[at + 1] = low;
  return out;
}

const ethernet = (type: number, payload: Bytes): Bytes => [...MAC_B, ...MAC_A, ...u16(type), ...payload];

function ipv4(protocol: number, payload: Bytes): Bytes {
  const header = [
    0x45,
    0,
    ...u16(20 + payload.length),
    ...u16(0x1234),
    ...u16(0x4000),
    64,
    protocol,
    0,
    0,
    ...IP_A,
    ...IP_B,
  ];
  return [...summed(header, 10), ...payload];
}
const ipv6 = (next: number, payload: Bytes): Bytes => [
  ...u32(0x6000_0000),
  ...u16(payload.length),
  next,
  64,
  ...IP6_A,
  ...IP6_B,
  ...payload,
];
const pseudo4 = (protocol: number, length: number): Bytes => [...IP_A, ...IP_B, 0, protocol, ...u16(length)];
const pseudo6 = (next: number, length: number): Bytes => [...IP6_A, ...IP6_B, ...u32(length), 0, 0, 0, next];

function udp(from: number, to: number, payload: Bytes): Bytes {
  const length = 8 + payload.length;
  return summed([...u16(from), ...u16(to), ...u16(length), 0, 0, ...payload], 6, pseudo4(IPPROTO_UDP, length));
}
const SYN = 0x02;
const PSH_ACK = 0x18;
function tcp(from: number, to: number, flags: number, payload: Bytes, pseudo: typeof pseudo4 = pseudo4): Bytes {
  const segment = [
    ...u16(from),
    ...u16(to),
    ...u32(1000),
    ...u32(flags === SYN ? 0 : 2000),
    0x50,
    flags,
    ...u16(64240),
    0,
    0,
    0,
    0,
    ...payload,
  ];
  return summed(segment, 16, pseudo(IPPROTO_TCP, segment.length));
}
const text = (of: string): Bytes => [...utf8Encode(of)];
/** A DNS question for the A record of example.org. */
const DNS: Bytes = [
  ...u16(0xbeef),
  ...u16(0x0100),
  ...u16(1),
  ...u16(0),
  ...u16(0),
  ...u16(0),
  7,
  ...text("example"),
  3,
  ...text("org"),
  0,
  ...u16(1),
  ...u16(1),
];

const list: readonly (readonly [name: string, en: string, ja: string, bytes: Bytes])[] = [
  [
    "icmp-echo",
    "ICMP echo request (ping)",
    "ICMP エコー要求(ping)",
    ethernet(
      ETH_P_IP,
      ipv4(IPPROTO_ICMP, summed([8, 0, 0, 0, ...u16(1), ...u16(1), ...text("abcdefghijklmnopqrstuvwabcdefghi")], 2)),
    ),
  ],
  [
    "tcp-syn",
    "TCP SYN to port 80",
    "ポート 80 への TCP SYN",
    ethernet(ETH_P_IP, ipv4(IPPROTO_TCP, tcp(40000, 80, SYN, []))),
  ],
  [
    "http-get",
    "HTTP request over TCP",
    "TCP 上の HTTP リクエスト",
    ethernet(ETH_P_IP, ipv4(IPPROTO_TCP, tcp(40000, 80, PSH_ACK, text("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")))),
  ],
  [
    "dns-query",
    "DNS question over UDP",
    "UDP 上の DNS 問い合わせ",
    ethernet(ETH_P_IP, ipv4(IPPROTO_UDP, udp(50000, 53, DNS))),
  ],
  [
    "vlan-udp",
    "UDP in VLAN 42",
    "VLAN 42 の UDP",
    ethernet(ETH_P_8021Q, [...u16(42), ...u16(ETH_P_IP), ...ipv4(IPPROTO_UDP, udp(50000, 9, text("hello, vlan 42!")))]),
  ],
  [
    "arp",
    "ARP: who has 198.51.100.20?",
    "ARP: 198.51.100.20 は誰?",
    [
      ...new Array<number>(6).fill(0xff),
      ...MAC_A,
      ...u16(ETH_P_ARP),
      ...u16(1),
      ...u16(ETH_P_IP),
      6,
      4,
      ...u16(1),
      ...MAC_A,
      ...IP_A,
      ...new Array<number>(6).fill(0),
      ...IP_B,
      ...new Array<number>(18).fill(0),
    ],
  ],
  [
    "ipv6-tcp",
    "TCP SYN over IPv6",
    "IPv6 上の TCP SYN",
    ethernet(ETH_P_IPV6, ipv6(IPPROTO_TCP, tcp(40000, 443, SYN, [], pseudo6))),
  ],
  [
    "icmpv6-echo",
    "ICMPv6 echo request",
    "ICMPv6 エコー要求",
    ethernet(
      ETH_P_IPV6,
      ipv6(
        IPPROTO_ICMPV6,
        summed([128, 0, 0, 0, ...u16(1), ...u16(1), ...text("0123456789abcdef")], 2, pseudo6(IPPROTO_ICMPV6, 24)),
      ),
    ),
  ],
  [
    "short",
    "The shortest that Ethernet carries",
    "Ethernet で最短のフレーム",
    ethernet(0x0050, new Array<number>(46).fill(0)),
  ],
];

export const PACKETS: readonly PacketView[] = list.map(([name, en, ja, bytes]) => ({
  name,
  title: { en, ja },
  hex: toHex(Uint8Array.from(bytes)),
  length: bytes.length,
}));

/** A frame to run a program on, beginning with its Ethernet header. */
export interface PacketView {
  readonly name: string;
  readonly title: Texts;
  readonly hex: string;
  readonly length: number;
}
