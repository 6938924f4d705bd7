// A ZIP archive of small text files, stored without compression (PKWARE APPNOTE 6.3.x: local headers, central directory,
// end record). Times are 1980-01-01, so that the same files give the same bytes.

export interface ZipFile {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian fields, each of 2 or 4 bytes. */
function record(...fields: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

const UTF8 = 0x0800;
const JAN_1980 = 0x21;
const UNIX = 3 << 8;

export function zip(files: readonly ZipFile[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  const encoder = new TextEncoder();
  for (const { path, text, executable } of files) {
    const name = encoder.encode(path);
    const data = encoder.encode(text);
    const common = [
      [2, 10],
      [2, UTF8],
      [2, 0],
      [2, 0],
      [2, JAN_1980],
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, name.length],
      [2, 0],
    ] as const;
    const mode = (0o100000 | (executable ? 0o755 : 0o644)) * 0x10000;
    const local = record([4, 0x04034b50], ...common);
    const central = record(
      [4, 0x02014b50],
      [2, UNIX | 20],
      ...common,
      [2, 0],
      [2, 0],
      [2, 0],
      [4, mode >>> 0],
      [4, at],
    );
    directory.push(central, name);
    parts.push(local, name, data);
    at += local.length + name.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
