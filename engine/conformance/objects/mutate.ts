// Broken, truncated and hostile objects, made from valid ones. The same seed gives the same objects.
import { viewOf } from "../../base/bytes.ts";
import { loadOf } from "../../object/load.ts";
import { readObject } from "../../object/object.ts";
import type { Target } from "../../object/target.ts";
import { Rng } from "../random/rng.ts";

/** Numbers at the limits of what a field can hold. */
const FIELD_LIMITS = [
  0, 1, 2, 7, 8, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

/** A copy of `file` with one to eight changes. */
export function mutate(file: Uint8Array, rng: Rng): Uint8Array {
  let bytes = new Uint8Array(file);
  for (let n = 1 + rng.below(8); n > 0 && bytes.length > 8; n--) {
    const view = viewOf(bytes);
    const at = rng.below(bytes.length - 7);
    switch (rng.below(8)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
        break;
      case 1:
        bytes[at] = rng.below(256);
        break;
      case 2:
        view.setUint32(at & ~3, FIELD_LIMITS[rng.below(FIELD_LIMITS.length)]!, true);
        break;
      case 3:
        view.setUint16(at & ~1, FIELD_LIMITS[rng.below(FIELD_LIMITS.length)]! & 0xffff, true);
        break;
      case 4:
        // A number close to the one that is there.
        view.setUint32(at & ~3, (view.getUint32(at & ~3, true) + rng.below(17) - 8) >>> 0, true);
        break;
      case 5:
        bytes.copyWithin(at, rng.below(bytes.length), Math.min(bytes.length, rng.below(bytes.length) + 64));
        break;
      case 6: {
        // A field of a section header. The headers are at the end of the file and say where everything is.
        const headers = bytes.length < 64 ? bytes.length : Number(view.getBigUint64(0x28, true));
        const field = headers + 64 * rng.below(32) + 4 * rng.below(16);
        if (field + 4 <= bytes.length) view.setUint32(field, FIELD_LIMITS[rng.below(FIELD_LIMITS.length)]!, true);
        break;
      }
      default:
        if (rng.below(4) === 0) bytes = bytes.slice(0, rng.below(bytes.length));
    }
  }
  return bytes;
}

/** Reads the object and makes every load of it. Any result is allowed, but nothing may be thrown. */
function tryAll(bytes: Uint8Array, target: Target): "refused" | "read" {
  const object = readObject(bytes, "mutated.bpf.o");
  if (!object.ok) return "refused";
  for (const program of object.value.programs) loadOf(object.value, program, target);
  return "read";
}

/**
 * Milliseconds of the processor for one object, several hundred times the slowest: the process compiles code and collects garbage
 * meanwhile. A loop over a count from the file that is not checked takes longer.
 */
const LIMIT_MS = 20_000;

/**
 * Reads `count` objects made from `files`, and counts those that are refused and those that are read. If one throws, the error names
 * the object's number.
 */
export function fuzz(
  files: readonly Uint8Array[],
  target: Target,
  seed: number,
  count: number,
): Record<"refused" | "read", number> {
  const rng = new Rng(seed);
  const seen = { refused: 0, read: 0 };
  for (let n = 0; n < count; n++) {
    const bytes = mutate(files[n % files.length]!, rng);
    const start = process.cpuUsage();
    try {
      seen[tryAll(bytes, target)]++;
    } catch (error) {
      throw new Error(`seed ${seed}, object ${n}: ${(error as Error).stack}`);
    }
    // Processor time is measured: on a busy machine a slow run is not a fault.
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > LIMIT_MS)
      throw new Error(`seed ${seed}, object ${n}: took ${Math.round(ms)} ms, at most ${LIMIT_MS} are allowed`);
  }
  return seen;
}
