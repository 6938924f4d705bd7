// A ZIP archive of small text files, uncompressed. All times are 1980-01-01, so the same files give the same bytes.
import { strToU8, type Zippable, zipSync } from "fflate";

export interface ZipFile {
  /** With slashes. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** "Made by" Unix: the upper half of `attrs` is then st_mode (PKWARE APPNOTE 4.4.2, 4.4.15). */
const UNIX = 3;
const S_IFREG = 0o100000;

export function zip(files: readonly ZipFile[]): Blob {
  const entries: Zippable = Object.fromEntries(
    files.map(({ path, text, executable }) => {
      const mode = S_IFREG | (executable ? 0o755 : 0o644);
      return [path, [strToU8(text), { os: UNIX, attrs: (mode << 16) >>> 0 }]];
    }),
  );
  return new Blob([zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1) })], { type: "application/zip" });
}
