// The files of a real machine: fetched once, and kept on the device for the time without a network. No service worker takes
// part, so that this works on a first visit too; where the device gives no room they are fetched again.
import wasmUrl from "v86/build/v86.wasm?url";
import type { KernelName } from "../../engine/index.ts";
import kernels from "../../public/linux/kernels.json";

const CACHE = "oreore-linux";

interface File {
  readonly url: string;
  readonly bytes: number;
  /** As they come over the network: hosts compress the wasm file. */
  readonly served: number;
}

const here = import.meta.url;

/** What is said of a kernel before it is fetched; the recipe writes it. */
export const about = (kernel: KernelName) => kernels.kernels[kernel];

/** The wasm file has its sum in its name; the states have it behind the `?`, so that another one is another entry. */
const filesOf = (kernel: KernelName): readonly [wasm: File, state: File] => {
  const { file, bytes, sha256 } = about(kernel);
  return [
    { url: new URL(wasmUrl, here).href, bytes: kernels.emulator.bytes, served: kernels.emulator.gzipped },
    { url: new URL(`../linux/${file}?${sha256.slice(0, 16)}`, here).href, bytes, served: bytes },
  ];
};

/** Bytes that asking this kernel fetches; 0: all is on the device. */
export async function toFetch(kernel: KernelName): Promise<number> {
  const cache = await kept();
  let bytes = 0;
  for (const file of filesOf(kernel)) if (!(await cache?.match(file.url))) bytes += file.served;
  return bytes;
}

/** The files' bytes. Throws where one cannot be had. */
export async function fetchFiles(
  kernel: KernelName,
  onProgress: (fetched: number, of: number) => void,
): Promise<readonly [wasm: ArrayBuffer, state: ArrayBuffer]> {
  const files = filesOf(kernel);
  const of = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let fetched = 0;
  const cache = await kept();
  const one = async ({ url, bytes }: File): Promise<ArrayBuffer> => {
    const known = await cache?.match(url);
    const response = known ?? (await fetch(url));
    if (!response.ok || !response.body) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      chunks.push(piece.value);
      length += piece.value.length;
      fetched += piece.value.length;
      onProgress(Math.min(fetched, of), of);
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
  const got = [await one(files[0]), await one(files[1])] as const;
  await forgetOthers(cache);
  return got;
}

/** undefined: not allowed here (an insecure address, a private window). */
const kept = (): Promise<Cache | undefined> =>
  "caches" in globalThis ? caches.open(CACHE).catch(() => undefined) : Promise.resolve(undefined);

/** Files of an older version of the page. */
async function forgetOthers(cache: Cache | undefined): Promise<void> {
  const wanted = new Set((Object.keys(kernels.kernels) as KernelName[]).flatMap(filesOf).map(({ url }) => url));
  for (const request of (await cache?.keys()) ?? []) if (!wanted.has(request.url)) await cache?.delete(request);
}
