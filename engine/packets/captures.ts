// The packets of capture files. Formats: libpcap's savefile(5) and draft-ietf-opsawg-pcapng.
import { toHex, viewOf } from "../base/bytes.ts";
import type { PacketView } from "./packets.ts";

/** The most packets read from a file. */
const MAX_PACKETS = 1000;
const LINKTYPE_ETHERNET = 1;

/** The Ethernet frames of a pcap or pcapng file, or the sentence that says why it cannot be read. */
export function readCapture(file: Uint8Array): readonly PacketView[] | string {
  if (file.length < 24) return "the file is too short for a capture";
  const view = viewOf(file);
  const magic = view.getUint32(0, true);
  const frames = PCAP_MAGIC.has(magic)
    ? pcap(view, true)
    : PCAP_MAGIC.has(view.getUint32(0, false))
      ? pcap(view, false)
      : magic === PCAPNG_SECTION
        ? pcapng(view)
        : "the file is neither pcap nor pcapng";
  if (typeof frames === "string") return frames;
  return frames.map(([at, length], i) => ({
    name: `capture-${i + 1}`,
    title: { en: `Packet ${i + 1}`, ja: `パケット ${i + 1}` },
    hex: toHex(file.subarray(at, at + length)),
    length,
  }));
}

type Frames = (readonly [at: number, length: number])[];

/** Magic numbers of files with microseconds and with nanoseconds. */
const PCAP_MAGIC: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xa1b23c4d]);

function pcap(view: DataView, little: boolean): Frames | string {
  const link = view.getUint32(20, little) & 0xffff;
  if (link !== LINKTYPE_ETHERNET) return `the capture is of link type ${link}; Ethernet (1) is read here`;
  const frames: Frames = [];
  for (let at = 24; at + 16 <= view.byteLength && frames.length < MAX_PACKETS; ) {
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > view.byteLength) return `packet ${frames.length + 1} is cut off`;
    frames.push([at + 16, length]);
    at += 16 + length;
  }
  return frames;
}

const PCAPNG_SECTION = 0x0a0d0d0a;
const PCAPNG_INTERFACE = 1;
const PCAPNG_SIMPLE = 3;
const PCAPNG_ENHANCED = 6;
const BYTE_ORDER = 0x1a2b3c4d;

function pcapng(view: DataView): Frames | string {
  const frames: Frames = [];
  let links: number[] = [];
  let little = true;
  for (let at = 0; at + 12 <= view.byteLength && frames.length < MAX_PACKETS; ) {
    if (view.getUint32(at, true) === PCAPNG_SECTION) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      links = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > view.byteLength) return `block at ${at} is cut off`;
    const body = at + 8;
    const room = length - 12;
    if (type === PCAPNG_INTERFACE && room >= 8) links.push(view.getUint16(body, little));
    const enhanced = type === PCAPNG_ENHANCED && room >= 20;
    if (enhanced || (type === PCAPNG_SIMPLE && room >= 4)) {
      const link = links[enhanced ? view.getUint32(body, little) : 0];
      if (link !== LINKTYPE_ETHERNET) return `the capture is of link type ${link ?? "none"}; Ethernet (1) is read here`;
      const start = body + (enhanced ? 20 : 4);
      const captured = enhanced ? view.getUint32(body + 12, little) : Math.min(view.getUint32(body, little), room - 4);
      if (start + captured > at + length - 4) return `packet ${frames.length + 1} is cut off`;
      frames.push([start, captured]);
    }
    at += length;
  }
  return frames;
}
