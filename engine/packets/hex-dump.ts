// The bytes of a pasted dump: xxd, hexdump -C, tcpdump -x and -X, Wireshark, a C array, or plain hex digits. The next row's offset tells
// how many bytes a row has. So the column of text beside the bytes is never read, even if it looks like hex.
import { toHex } from "../base/bytes.ts";

/** A longer packet does not fit into the machine. */
const MAX_BYTES = 65_536;
/** The most bytes of a row if no following row tells its length. */
const ROW = 16;

const OFFSET = /^\s*(?:0x)?([0-9a-f]{3,8}):?\s+(.*)$/i;

/** `fault`: why nothing was read, in English. "": no fault. */
export function readDump(text: string): { readonly hex: string; readonly fault: string } {
  const bytes = rows(text) ?? list(text) ?? digits(text);
  if (typeof bytes === "string") return { hex: "", fault: bytes };
  if (bytes.length === 0) return { hex: "", fault: "there are no bytes in this text" };
  if (bytes.length > MAX_BYTES)
    return { hex: "", fault: `${bytes.length} bytes are more than the ${MAX_BYTES} a packet may have` };
  return { hex: toHex(Uint8Array.from(bytes)), fault: "" };
}

/** Rows whose offsets grow from 0. undefined: the text has none. */
function rows(text: string): number[] | string | undefined {
  const lines = text.split("\n").flatMap((line) => {
    const match = OFFSET.exec(line);
    return match ? [{ at: Number.parseInt(match[1] as string, 16), rest: match[2] as string }] : [];
  });
  const ascending = lines.every(({ at }, i) => (at === 0 ? i === 0 : i > 0 && at > (lines[i - 1]?.at ?? 0)));
  if (lines.length === 0 || !ascending || (lines.length === 1 && !/[\s:]/.test(text.trim()))) return undefined;
  const bytes: number[] = [];
  let width = ROW;
  for (const [i, { at, rest }] of lines.entries()) {
    const next = lines[i + 1]?.at;
    if (next !== undefined) width = next - at;
    const row = leading(rest, width);
    if (next !== undefined && row.length !== width)
      return `the row at offset ${at.toString(16)} holds ${row.length} bytes, not ${width}`;
    bytes.push(...row);
  }
  return bytes;
}

/** At most `most` bytes from the start of a row. The hex ends at a wide gap or at a word that is not hex. */
function leading(row: string, most: number): number[] {
  const bytes: number[] = [];
  for (const group of (row.split(/\s{3,}|\|/)[0] as string).trim().split(/\s+/)) {
    if (!/^(?:[0-9a-f]{2})+$/i.test(group)) break;
    for (let i = 0; i < group.length && bytes.length < most; i += 2)
      bytes.push(Number.parseInt(group.slice(i, i + 2), 16));
  }
  return bytes;
}

/** `{ 0x45, 0x00 }`, `"\\x45\\x00"`, `45:00:00`, `45, 0, 0`. */
function list(text: string): number[] | string | undefined {
  const prefixed = text.match(/(?:0x|\\x)[0-9a-f]+/gi);
  if (prefixed) {
    const wrong = prefixed.find((one) => one.length > 4);
    if (wrong) return `${wrong.slice(0, 20)} is more than one byte`;
    return prefixed.map((one) => Number.parseInt(one.slice(2), 16));
  }
  const parts = text.trim().split(/[\s,:;-]+/);
  return parts.length > 1 && parts.every((one) => /^[0-9a-f]{1,2}$/i.test(one))
    ? parts.map((one) => Number.parseInt(one, 16))
    : undefined;
}

function digits(text: string): number[] | string {
  const all = text.replace(/[\s,:]/g, "");
  const wrong = /[^0-9a-f]/i.exec(all);
  if (wrong) return `\`${wrong[0]}\` is no hex digit`;
  if (all.length % 2 === 1) return `${all.length} hex digits are no whole number of bytes`;
  return Array.from({ length: all.length / 2 }, (_, i) => Number.parseInt(all.slice(2 * i, 2 * i + 2), 16));
}
