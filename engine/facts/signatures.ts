// C signatures of helpers, for hovers and signature help. They are not in helpers.ts, because the verifier needs that file
// and has no use for this text. Source: recorded/signatures.ts, from the UAPI header.
import { helperName } from "./helpers.ts";
import { signatures } from "./recorded/signatures.ts";

export interface HelperSignature {
  /** `void *` */
  readonly returns: string;
  /** `["struct bpf_map *map", "const void *key"]` */
  readonly params: readonly string[];
  /** `void *bpf_map_lookup_elem(struct bpf_map *map, const void *key)` */
  readonly text: string;
}

/** The signature of helper `id`. `undefined` if there is no such helper. */
export function helperSignature(id: number): HelperSignature | undefined {
  const name = helperName(id);
  const row = name === undefined || !Object.hasOwn(signatures, name) ? undefined : signatures[name];
  if (row === undefined) return undefined;
  const open = row.indexOf("(");
  const returns = row.slice(0, open);
  const inside = row.slice(open + 1, -1);
  return {
    returns,
    params: inside === "void" || inside === "" ? [] : inside.split(", "),
    text: `${returns}${returns.endsWith("*") ? "" : " "}bpf_${name}(${inside})`,
  };
}
