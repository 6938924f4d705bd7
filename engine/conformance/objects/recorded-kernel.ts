// The kernel that objects are loaded into where none is named: the recorded Linux 6.18, or its types with a reader's BTF.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Btf } from "../../object/btf/btf.ts";
import { readKernelFile } from "../../object/kernel-file.ts";
import { type Attempt, attempt } from "../../object/refusal.ts";
import { linux618, type Target } from "../../object/target.ts";

/** In the sources, and beside the package's own file. */
const PLACES = ["../../facts/recorded/linux-6.18.bin.gz", "./linux-6.18.bin.gz"];

function recordedPath(): string {
  const paths = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}

/** `btfPath`: /sys/kernel/btf/vmlinux of another kernel. Throws as reading a file does. */
export function targetKernel(btfPath: string | undefined): Attempt<Target> {
  const { btf, config } = readKernelFile(gunzipSync(readFileSync(recordedPath())));
  if (btfPath === undefined) return { ok: true, value: linux618(btf, config) };
  const bytes = readFileSync(btfPath);
  return attempt(() => linux618(new Btf(bytes, btfPath), config));
}
