// Bob Jenkins' lookup3 hash over little-endian words, as in include/linux/jhash.h. It decides the order in which hash tables are walked.
// (For lengths of whole words, jhash and jhash2 agree.)

const rotl = (x: number, n: number) => (x << n) | (x >>> (32 - n));
const INITVAL = 0xdeadbeef;

/** Hash of `length` bytes from `at`. It is an s32, because half of all u32 values are not small integers for the JavaScript engine. */
export function jhash(view: DataView, at: number, length: number, initval: number): number {
  let a = (INITVAL + length + initval) | 0;
  let b = a;
  let c = a;
  let left = length;
  let k = at;
  while (left > 12) {
    a = (a + view.getInt32(k, true)) | 0;
    b = (b + view.getInt32(k + 4, true)) | 0;
    c = (c + view.getInt32(k + 8, true)) | 0;
    a = ((a - c) ^ rotl(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotl(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotl(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotl(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotl(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotl(b, 4)) | 0;
    b = (b + a) | 0;
    left -= 12;
    k += 12;
  }
  if (left === 0) return c;
  a = (a + tail(view, k, left)) | 0;
  b = (b + tail(view, k + 4, left - 4)) | 0;
  c = (c + tail(view, k + 8, left - 8)) | 0;
  c = ((c ^ b) - rotl(b, 14)) | 0;
  a = ((a ^ c) - rotl(c, 11)) | 0;
  b = ((b ^ a) - rotl(a, 25)) | 0;
  c = ((c ^ b) - rotl(b, 16)) | 0;
  a = ((a ^ c) - rotl(c, 4)) | 0;
  b = ((b ^ a) - rotl(a, 14)) | 0;
  c = ((c ^ b) - rotl(b, 24)) | 0;
  return c;
}

/** Up to four bytes as a little-endian number. */
function tail(view: DataView, at: number, count: number): number {
  if (count >= 4) return view.getInt32(at, true);
  let word = 0;
  for (let i = 0; i < count; i++) word |= view.getUint8(at + i) << (8 * i);
  return word;
}
