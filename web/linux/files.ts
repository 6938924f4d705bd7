// The files of a real machine. They are fetched once and kept on the device, so that they are there without a network. This needs no
// service worker, so it works on a first visit too. If the device has no room, the files are fetched again next time.
import wasmUrl from "v86/build/v86.wasm?url";
import type { KernelName } from "../../engine/index.ts";
import kernels from "../../public/linux/kernels.json";

const CACHE = "oreore-linux";

interface MachineFile {
  readonly url: string;
  readonly bytes: number;
  /** Bytes that come over the network. They are fewer for the wasm file, which hosts compress. */
  readonly downloadBytes: number;
}

const moduleUrl = import.meta.url;

/** What is known about a kernel before it is fetched. The recipe that builds the machines writes it. */
export const manifestOf = (kernel: KernelName) => kernels.kernels[kernel];

/** The name of the wasm file contains its hash. The states have theirs after the `?`, so each version is an entry of its own. */
const filesOf = (kernel: KernelName): readonly [wasm: MachineFile, state: MachineFile] => {
  const { file, bytes, sha256 } = manifestOf(kernel);
  return [
    { url: new URL(wasmUrl, moduleUrl).href, bytes: kernels.emulator.bytes, downloadBytes: kernels.emulator.gzipped },
    { url: new URL(`../linux/${file}?${sha256.slice(0, 16)}`, moduleUrl).href, bytes, downloadBytes: bytes },
  ];
};

/** Bytes that must be fetched before this kernel can be asked. 0: all files are on the device. */
export async function bytesToFetch(kernel: KernelName): Promise<number> {
  const cache = await openCache();
  let bytes = 0;
  for (const file of filesOf(kernel)) if (!(await cache?.match(file.url))) bytes += file.downloadBytes;
  return bytes;
}

/** The files' bytes. Throws if one cannot be fetched. `onProgress` gets numbers of bytes as they come over the network. */
export async function fetchFiles(
  kernel: KernelName,
  onProgress: (fetched: number, total: number) => void,
): Promise<readonly [wasm: ArrayBuffer, state: ArrayBuffer]> {
  const files = filesOf(kernel);
  const total = files.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0);
  let fetched = 0;
  const cache = await openCache();
  const fetchFile = async ({ url, bytes, downloadBytes }: MachineFile): Promise<ArrayBuffer> => {
    const known = await cache?.match(url);
    const response = known ?? (await fetch(url));
    if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      chunks.push(piece.value);
      length += piece.value.length;
      fetched += (piece.value.length * downloadBytes) / bytes;
      onProgress(Math.min(fetched, total), total);
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    if (length !== bytes) throw new Error(`${url}: ${length} bytes came, ${bytes} were expected`);
    if (!known) await cache?.put(url, new Response(all)).catch(() => {}); // no room: it is fetched again next time
    return all.buffer;
  };
  const got = [await fetchFile(files[0]), await fetchFile(files[1])] as const;
  await deleteOldFiles(cache);
  return got;
}

/** The files kept on the device. undefined: not allowed here (an insecure address, a private window). */
const openCache = (): Promise<Cache | undefined> =>
  "caches" in globalThis ? caches.open(CACHE).catch(() => undefined) : Promise.resolve(undefined);

/** Deletes the files of older versions of the page. */
async function deleteOldFiles(cache: Cache | undefined): Promise<void> {
  const wanted = new Set((Object.keys(kernels.kernels) as KernelName[]).flatMap(filesOf).map(({ url }) => url));
  for (const request of (await cache?.keys()) ?? []) if (!wanted.has(request.url)) await cache?.delete(request);
}
