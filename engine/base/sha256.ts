// SHA-256 (FIPS 180-4), for program tags. The constants are computed as the standard defines them: the first 32 bits of the
// fractional parts of the square and cube roots of primes.
import { viewOf } from "./bytes.ts";

const PRIMES = ((): number[] => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
})();

/** floor(frac(p ** (1 / root)) * 2^32), exactly, by an integer root of p * 2^(32 * root). */
function fraction(p: number, root: bigint): number {
  const target = BigInt(p) << (32n * root);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** root <= target) low = middle;
    else high = middle;
  }
  return Number(BigInt.asUintN(32, low));
}

const INITIAL = PRIMES.slice(0, 8).map((p) => fraction(p, 2n));
const K = PRIMES.map((p) => fraction(p, 3n));
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** The digest, 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(((message.length + 8) >> 6) * 64 + 64);
  padded.set(message);
  padded[message.length] = 0x80;
  viewOf(padded).setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const view = viewOf(padded);
  const state = Uint32Array.from(INITIAL);
  const w = new Uint32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [a, b] = [w[i - 15] as number, w[i - 2] as number];
      const s0 = rotr(a, 7) ^ rotr(a, 18) ^ (a >>> 3);
      const s1 = rotr(b, 17) ^ rotr(b, 19) ^ (b >>> 10);
      w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
      const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [i, x] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + x;
  }
  const digest = new Uint8Array(32);
  state.forEach((word, i) => {
    viewOf(digest).setUint32(4 * i, word);
  });
  return digest;
}
