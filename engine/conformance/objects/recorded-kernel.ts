// The kernel that objects are loaded into: the recorded Linux 6.18. If the reader gives a BTF file, it has the types of that file.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Btf } from "../../object/btf/btf.ts";
import { readKernelFile } from "../../object/kernel-file.ts";
import { type Attempt, attempt } from "../../object/refusal.ts";
import { linux618, type Target } from "../../object/target.ts";

/** The place in the sources, and the place beside the package's files. */
const PLACES = ["../../facts/recorded/linux-6.18.bin.gz", "./linux-6.18.bin.gz"];

function recordedPath(): string {
  const paths = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}

/** `btfPath`: the file /sys/kernel/btf/vmlinux of another kernel. Throws if a file cannot be read. */
export function targetKernel(btfPath: string | undefined): Attempt<Target> {
  const { btf, config } = readKernelFile(gunzipSync(readFileSync(recordedPath())));
  if (btfPath === undefined) return { ok: true, value: linux618(btf, config) };
  const bytes = readFileSync(btfPath);
  return attempt(() => linux618(new Btf(bytes, btfPath), config));
}
