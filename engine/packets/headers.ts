// The headers of a frame with their fields, named as in the kernel's structs, for pictures of packets. Reads what is there: for a frame
// that ends early or contradicts itself, it returns the layers before that place. Formats: IEEE 802.3, 802.1Q; RFC 791, 768, 9293, 792,
// 826, 8200, 4443.
import { fromHex, viewOf } from "../base/bytes.ts";

const ETHER_TYPES: Readonly<Record<number, string>> = {
  2048: "IPv4",
  2054: "ARP",
  33024: "VLAN",
  34525: "IPv6",
};
const PROTOCOLS: Readonly<Record<number, string>> = { 1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6" };
const TCP_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

type Write = (view: DataView, at: number, size: number) => string;
/** Where a layer begins in a frame, with what its checksum needs. */
interface Place {
  readonly frame: Uint8Array;
  readonly view: DataView;
  readonly at: number;
  /** The sum of the addresses and the protocol, for checksums above IP. */
  readonly pseudo: number;
}
interface Layer {
  readonly name: string;
  readonly size: (place: Place) => number;
  readonly fields: readonly (readonly [name: string, at: number, size: number, write: Write])[];
  readonly checksum?: { readonly field: string; readonly sum: (place: Place) => number };
  /** Name of the following layer. "": data. */
  readonly next: (place: Place) => string;
}

const number = (view: DataView, at: number, size: number): number =>
  size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
const decimal: Write = (view, at, size) => String(number(view, at, size));
const hex: Write = (view, at, size) =>
  `0x${number(view, at, size)
    .toString(16)
    .padStart(2 * size, "0")}`;
const mac: Write = (view, at) =>
  Array.from({ length: 6 }, (_, i) =>
    view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, "0"),
  ).join(":");
const ip4: Write = (view, at) => [0, 1, 2, 3].map((i) => view.getUint8(at + i)).join(".");
const named =
  (names: Readonly<Record<number, string>>, write: Write): Write =>
  (view, at, size) => {
    const name = names[number(view, at, size)];
    return `${write(view, at, size)}${name ? ` (${name})` : ""}`;
  };
const protocol = named(PROTOCOLS, decimal);
const etherType = named(ETHER_TYPES, hex);
/** RFC 5952: the longest run of zero words is shortened to `::`. */
const ip6: Write = (view, at) => {
  const words = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16)).join(":");
  const longest = (words.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? words : words.replace(longest, ":").replace(/^:(?!:)|(?<!:):$/, "::");
};
const nibbles: Write = (view, at) => `${view.getUint8(at) >>> 4}, ${(view.getUint8(at) & 15) * 4} bytes`;
const flags: Write = (view, at) => {
  const bits = view.getUint8(at + 1);
  const on = TCP_FLAGS.filter((_, i) => (bits >> i) & 1);
  return `${view.getUint8(at) >>> 4 ? `${(view.getUint8(at) >>> 4) * 4} bytes` : "0"}${on.length > 0 ? `, ${on.join(" ")}` : ""}`;
};
const fragment: Write = (view, at) => {
  const bits = view.getUint16(at);
  return `${bits & 0x4000 ? "DF" : bits & 0x2000 ? "MF" : "–"}, ${(bits & 0x1fff) * 8}`;
};

/** Ones' complement sum of 16-bit words, folded. */
function sum(frame: Uint8Array, from: number, to: number, start = 0): number {
  let total = start;
  for (let i = from; i < to; i += 2) total += ((frame[i] as number) << 8) | (i + 1 < to ? (frame[i + 1] as number) : 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

const behindEther = (type: number): string => ETHER_TYPES[type] ?? "";
const headerBytes = ({ view, at }: Place): number => (view.getUint8(at) & 15) * 4;
const overPseudo = ({ frame, at, pseudo }: Place): number =>
  pseudo < 0 ? 0xffff : sum(frame, at, frame.length, pseudo);

const LAYERS: Readonly<Record<string, Layer>> = {
  Ethernet: {
    name: "Ethernet",
    size: () => 14,
    fields: [
      ["h_dest", 0, 6, mac],
      ["h_source", 6, 6, mac],
      ["h_proto", 12, 2, etherType],
    ],
    next: ({ view, at }) => behindEther(view.getUint16(at + 12)),
  },
  VLAN: {
    name: "802.1Q",
    size: () => 4,
    fields: [
      ["h_vlan_TCI", 0, 2, (view, at) => `VLAN ${view.getUint16(at) & 0xfff}`],
      ["h_vlan_encapsulated_proto", 2, 2, etherType],
    ],
    next: ({ view, at }) => behindEther(view.getUint16(at + 2)),
  },
  ARP: {
    name: "ARP",
    size: () => 28,
    fields: [
      ["ar_hrd", 0, 2, decimal],
      ["ar_pro", 2, 2, etherType],
      ["ar_hln", 4, 1, decimal],
      ["ar_pln", 5, 1, decimal],
      ["ar_op", 6, 2, named({ 1: "request", 2: "reply" }, decimal)],
      ["ar_sha", 8, 6, mac],
      ["ar_sip", 14, 4, ip4],
      ["ar_tha", 18, 6, mac],
      ["ar_tip", 24, 4, ip4],
    ],
    next: () => "",
  },
  IPv4: {
    name: "IPv4",
    size: (place) => Math.max(20, headerBytes(place)),
    fields: [
      ["version, ihl", 0, 1, nibbles],
      ["tos", 1, 1, hex],
      ["tot_len", 2, 2, decimal],
      ["id", 4, 2, hex],
      ["frag_off", 6, 2, fragment],
      ["ttl", 8, 1, decimal],
      ["protocol", 9, 1, protocol],
      ["check", 10, 2, hex],
      ["saddr", 12, 4, ip4],
      ["daddr", 16, 4, ip4],
    ],
    checksum: { field: "check", sum: (place) => sum(place.frame, place.at, place.at + headerBytes(place)) },
    // A fragment other than the first does not begin with a header.
    next: ({ view, at }) => (view.getUint16(at + 6) & 0x1fff ? "" : (PROTOCOLS[view.getUint8(at + 9)] ?? "")),
  },
  IPv6: {
    name: "IPv6",
    size: () => 40,
    fields: [
      ["version, flow", 0, 4, hex],
      ["payload_len", 4, 2, decimal],
      ["nexthdr", 6, 1, protocol],
      ["hop_limit", 7, 1, decimal],
      ["saddr", 8, 16, ip6],
      ["daddr", 24, 16, ip6],
    ],
    next: ({ view, at }) => PROTOCOLS[view.getUint8(at + 6)] ?? "",
  },
  TCP: {
    name: "TCP",
    size: ({ view, at }) => Math.max(20, (view.getUint8(at + 12) >>> 4) * 4),
    fields: [
      ["source", 0, 2, decimal],
      ["dest", 2, 2, decimal],
      ["seq", 4, 4, decimal],
      ["ack_seq", 8, 4, decimal],
      ["doff, flags", 12, 2, flags],
      ["window", 14, 2, decimal],
      ["check", 16, 2, hex],
      ["urg_ptr", 18, 2, decimal],
    ],
    checksum: { field: "check", sum: overPseudo },
    next: () => "",
  },
  UDP: {
    name: "UDP",
    size: () => 8,
    fields: [
      ["source", 0, 2, decimal],
      ["dest", 2, 2, decimal],
      ["len", 4, 2, decimal],
      ["check", 6, 2, hex],
    ],
    // Zero: the sender computed no checksum.
    checksum: {
      field: "check",
      sum: (place) => (place.view.getUint16(place.at + 6) === 0 ? 0xffff : overPseudo(place)),
    },
    next: () => "",
  },
  ICMP: {
    name: "ICMP",
    size: () => 8,
    fields: [
      ["type", 0, 1, named({ 0: "echo reply", 3: "unreachable", 8: "echo", 11: "time exceeded" }, decimal)],
      ["code", 1, 1, decimal],
      ["checksum", 2, 2, hex],
      ["id", 4, 2, decimal],
      ["sequence", 6, 2, decimal],
    ],
    checksum: { field: "checksum", sum: ({ frame, at }) => sum(frame, at, frame.length) },
    next: () => "",
  },
  ICMPv6: {
    name: "ICMPv6",
    size: () => 8,
    fields: [
      ["icmp6_type", 0, 1, named({ 128: "echo", 129: "echo reply", 135: "neighbor", 136: "advert" }, decimal)],
      ["icmp6_code", 1, 1, decimal],
      ["icmp6_cksum", 2, 2, hex],
      ["identifier", 4, 2, decimal],
      ["sequence", 6, 2, decimal],
    ],
    checksum: { field: "icmp6_cksum", sum: overPseudo },
    next: () => "",
  },
};

/** Layers of a frame whose link header begins at `from`. The rest is one layer named `data`. */
export function dissect(bytes: Uint8Array, from = 0): LayerView[] {
  const layers: LayerView[] = [];
  let at = from;
  let pseudo = -1;
  // The frame ends where IP says that its data ends. Ethernet may have padded it.
  let frame = bytes;
  for (let next = "Ethernet"; next !== ""; ) {
    const layer = LAYERS[next] as Layer;
    const place: Place = { frame, view: viewOf(frame), at, pseudo };
    if (at + (layer.fields.at(-1)?.[1] ?? 0) + (layer.fields.at(-1)?.[2] ?? 0) > frame.length) break;
    const size = layer.size(place);
    if (at + size > frame.length) break;
    layers.push({ name: layer.name, at, size, fields: fieldsOf(layer, place) });
    if (next === "IPv4" || next === "IPv6") {
      const length = next === "IPv4" ? place.view.getUint16(at + 2) : 40 + place.view.getUint16(at + 4);
      if (length >= size && at + length <= frame.length) frame = frame.subarray(0, at + length);
      pseudo = pseudoSum(frame, place, next === "IPv4", at + size);
    }
    next = layer.next(place);
    at += size;
  }
  if (at < bytes.length) layers.push({ name: "data", at, size: bytes.length - at, fields: [] });
  return layers;
}

/** []: not hex. */
export const dissectHex = (hex: string): LayerView[] => dissect(fromHex(hex) ?? new Uint8Array());

const pseudoSum = (frame: Uint8Array, { at, view }: Place, isV4: boolean, behind: number): number =>
  isV4
    ? sum(frame, at + 12, at + 20, view.getUint8(at + 9) + frame.length - behind)
    : sum(frame, at + 8, at + 40, view.getUint8(at + 6) + frame.length - behind);

const fieldsOf = ({ fields, checksum }: Layer, place: Place): PacketFieldView[] =>
  fields.map(([name, at, size, write]) => ({
    name,
    at: place.at + at,
    size,
    text: write(place.view, place.at + at, size),
    ...(checksum?.field === name && checksum.sum(place) !== 0xffff && { wrong: true }),
  }));

/** A header of a packet, or what follows the last known one. */
export interface LayerView {
  /** `Ethernet`, `IPv4`, `TCP`, …, or `data`. */
  readonly name: string;
  readonly at: number;
  readonly size: number;
  readonly fields: readonly PacketFieldView[];
}

export interface PacketFieldView {
  /** The field's name in the kernel's struct: `saddr`, `h_proto`. */
  readonly name: string;
  readonly at: number;
  readonly size: number;
  /** The value as people write it: `192.0.2.10`, `0x0800 (IPv4)`, `53`. */
  readonly text: string;
  /** The field is a checksum that does not match. */
  readonly wrong?: boolean;
}
