// The bytes that a map holds from the start, read from MapDef.init.
import { fromHex, viewOf } from "../base/bytes.ts";
import type { MapDef } from "./program.ts";

/**
 * The bytes of a key of `size` bytes. A text of 2 * `size` hex digits is the bytes themselves. Any other text is a decimal
 * number, as in the recordings: a u32, stored little-endian at byte 0.
 */
export function keyBytes(text: string, size: number): Uint8Array {
  const bytes = text.length === 2 * size ? fromHex(text) : undefined;
  if (bytes) return bytes;
  // For a map without keys a key of 4 bytes is made nevertheless: it is for bpf(2) to refuse it.
  const key = new Uint8Array(size === 0 && text !== "" ? 4 : size);
  if (key.length >= 4) viewOf(key).setUint32(0, Number(text), true);
  return key;
}

/** The value whose key is all zeros: `valueSize` bytes. Bytes that `init` does not give are 0. */
export function firstValue(def: MapDef): Uint8Array {
  const value = new Uint8Array(def.valueSize);
  for (const [key, hex] of Object.entries(def.init ?? {})) {
    if (keyBytes(key, def.keySize).some((byte) => byte !== 0)) continue;
    value.set((fromHex(hex) ?? new Uint8Array()).subarray(0, def.valueSize));
  }
  return value;
}
