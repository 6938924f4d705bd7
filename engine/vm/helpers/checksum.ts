// Internet checksums (RFC 1071): ones' complement sums of 16-bit words, kept in 32 bits as in the kernel.
// @kernel lib/checksum.c, include/net/checksum.h

/** Sum of two 32-bit partial sums, with the carry added in. u32. */
export function checksumAdd(a: number, b: number): number {
  const sum = (a >>> 0) + (b >>> 0);
  return sum > 0xffff_ffff ? (sum + 1) >>> 0 : sum;
}

/** The 16-bit checksum of a partial sum. */
export function checksumFold(sum: number): number {
  let folded = (sum & 0xffff) + (sum >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}

/** Partial sum of bytes (a multiple of four), added to `seed`. u32. */
export function checksumPartial(bytes: Uint8Array, seed: number, invert = false): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = seed >>> 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at, true);
    sum = checksumAdd(sum, invert ? ~word >>> 0 : word);
  }
  return sum;
}

/** bpf_csum_diff: subtracts `removed` and adds `added` to `seed`. The result is folded to 16 bits and returned in 32. */
export function checksumDiff(removed: Uint8Array, added: Uint8Array, seed: number): number {
  const sum = checksumPartial(added, checksumPartial(removed, seed, true));
  return ~checksumFold(sum) & 0xffff;
}

/** The new value of a checksum field when a covered value of `size` bytes changes from `from` to `to`. size 0: `to` is the difference. */
export function checksumReplace(field: number, size: number, from: number, to: number): number {
  let sum = ~field & 0xffff;
  if (size === 0) sum = checksumAdd(sum, to);
  else {
    const mask = size === 2 ? 0xffff : 0xffff_ffff;
    sum = checksumAdd(sum, (~(from & mask) & mask) >>> 0);
    sum = checksumAdd(sum, (to & mask) >>> 0);
  }
  return checksumFold(sum);
}
