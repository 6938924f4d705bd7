// A map as the verifier sees it: its declaration, its facts, and the address that a log prints for it.
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
  /** The map_name that the log prints. Empty if the map was created without one. */
  readonly name: string;
  /** Byte offsets of special BTF fields in the value: spin_lock, timer, kptr … Empty without BTF. */
  readonly fields: Readonly<Record<string, number>>;
  /** For a map of maps: the template of its inner maps. */
  readonly inner: VerifierMap | null;
  /** The invented kernel address of the map, a u64 of 16 hex digits that begin with `ffff`. */
  readonly address: bigint;
  /** Index in Env.maps. -1 for an inner template. */
  readonly index: number;
}
