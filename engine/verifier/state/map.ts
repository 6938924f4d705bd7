// A map as the verifier sees it: what the program declared, its facts, and the address a log prints for it.
import type { MapDef } from "../../program/program.ts";

export interface VerifierMap {
  readonly def: MapDef;
  /** enum bpf_map_type. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** map_flags of BPF_MAP_CREATE. */
  readonly flags: number;
  /** What the log prints as its name, `map_name`; empty where it was created without one. */
  readonly name: string;
  /** Byte offsets of special BTF fields in the value: spin_lock, timer, kptr …; empty where there is no BTF. */
  readonly fields: Readonly<Record<string, number>>;
  /** For maps of maps: the template that says what an inner map looks like. */
  readonly inner: VerifierMap | null;
  /** The made-up kernel address of the map: `ffff…`, 16 hex digits; u64. */
  readonly address: bigint;
  /** Position in Env.maps; -1 for an inner template. */
  readonly index: number;
}
