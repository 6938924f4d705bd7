// A map of a recorded or random program in one line.
import type { MapDef } from "../program/program.ts";

export const mapDef = (
  name: string,
  type: string,
  keySize: number,
  valueSize: number,
  maxEntries = 1,
  flags = 0,
): MapDef => ({ name, type, keySize, valueSize, maxEntries, flags });
