// The program type of the talk, as data. Other types of this kind are the reader's own.
import type { ProgTypeDefinition } from "./types.ts";

/** As on the recorded Linux 6.1. It may read 4 bytes at offset 0. */
export const OREORE_DEFINITION = {
  id: 32,
  name: "oreore",
  ctx: { struct: "oreore_ctx", size: 4, fields: [{ name: "val", off: 0, size: 4, writable: false }] },
  helpers: { set: "base" },
  attach: { id: 44, name: "BPF_OREORE_ATTACH", requiredAtLoad: true },
} as const satisfies ProgTypeDefinition;
