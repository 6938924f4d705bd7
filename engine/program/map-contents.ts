// The bytes that a map holds from the start, as MapDef.init writes them down.
import { fromHex, viewOf } from "../base/bytes.ts";
import type { MapDef } from "./program.ts";

/** As many hex digits as the key has; else a number in decimal, as the recordings have it, little-endian from byte 0. */
export function keyBytes(text: string, size: number): Uint8Array {
  const bytes = text.length === 2 * size ? fromHex(text) : undefined;
  if (bytes) return bytes;
  // To a map without keys a key is given all the same: bpf(2) refuses it.
  const key = new Uint8Array(size === 0 && text !== "" ? 4 : size);
  if (key.length >= 4) viewOf(key).setUint32(0, Number(text), true);
  return key;
}

/** What stands under the key of zeros: `valueSize` bytes, zeros where nothing was said. */
export function firstValue(def: MapDef): Uint8Array {
  const value = new Uint8Array(def.valueSize);
  for (const [key, hex] of Object.entries(def.init ?? {})) {
    if (keyBytes(key, def.keySize).some((byte) => byte !== 0)) continue;
    value.set((fromHex(hex) ?? new Uint8Array()).subarray(0, def.valueSize));
  }
  return value;
}
