import fc from "fast-check";
import { expect, test } from "vitest";
import { viewOf } from "../base/bytes.ts";
import { readCapture } from "./captures.ts";

/** A pcap file of these frames. */
function pcapOf(frames: readonly number[][], little: boolean, link = 1): Uint8Array {
  const file = new Uint8Array(24 + frames.reduce((sum, frame) => sum + 16 + frame.length, 0));
  const view = viewOf(file);
  view.setUint32(0, 0xa1b2c3d4, little);
  view.setUint32(20, link, little);
  let at = 24;
  for (const frame of frames) {
    view.setUint32(at + 8, frame.length, little);
    view.setUint32(at + 12, frame.length, little);
    file.set(frame, at + 16);
    at += 16 + frame.length;
  }
  return file;
}

/** A pcapng file: one section, one Ethernet interface, each frame in an enhanced packet block. */
function pcapngOf(frames: readonly number[][], little: boolean): Uint8Array {
  const ordered = (bytes: number[]): number[] => (little ? bytes : bytes.toReversed());
  const u16 = (n: number): number[] => ordered([n & 255, n >> 8]);
  const u32 = (n: number): number[] => ordered([n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255]);
  const block = (type: number, body: number[]): number[] => {
    const padded = [...body, ...new Array<number>((4 - (body.length % 4)) % 4).fill(0)];
    return [...u32(type), ...u32(padded.length + 12), ...padded, ...u32(padded.length + 12)];
  };
  return Uint8Array.from([
    ...block(0x0a0d0d0a, [...u32(0x1a2b3c4d), ...u16(1), ...u16(0), ...new Array<number>(8).fill(0xff)]),
    ...block(1, [...u16(1), ...u16(0), ...u32(0)]),
    ...frames.flatMap((frame) =>
      block(6, [...u32(0), ...u32(0), ...u32(0), ...u32(frame.length), ...u32(frame.length), ...frame]),
    ),
  ]);
}

const hexes = (read: ReturnType<typeof readCapture>): unknown =>
  typeof read === "string" ? read : read.map(({ hex }) => hex);
const hexOf = (frame: readonly number[]): string => frame.map((byte) => byte.toString(16).padStart(2, "0")).join("");

test("frames come back from a file of either format and byte order", () => {
  const frame = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), fc.boolean(), (frames, little) => {
      expect(hexes(readCapture(pcapOf(frames, little)))).toEqual(frames.map(hexOf));
      expect(hexes(readCapture(pcapngOf(frames, little)))).toEqual(frames.map(hexOf));
    }),
  );
});

test.each([
  ["an empty file", new Uint8Array(), "the file is too short for a capture"],
  ["another file", new Uint8Array(100), "the file is neither pcap nor pcapng"],
  ["a capture of another link", pcapOf([], true, 113), "the capture is of link type 113; Ethernet (1) is read here"],
  ["a file that ends early", pcapOf([[1, 2, 3]], true).subarray(0, -1), "packet 1 is cut off"],
])("%s is refused with a sentence", (_, file, sentence) => {
  expect(readCapture(file)).toBe(sentence);
});

test("any bytes are read or refused", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom([0xd4, 0xc3, 0xb2, 0xa1], [0x0a, 0x0d, 0x0d, 0x0a]),
      (tail, magic) => {
        readCapture(Uint8Array.from([...magic, ...tail]));
      },
    ),
  );
});
