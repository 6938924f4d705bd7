// C signatures of helpers, for hovers and signature help. Apart from helpers.ts, which the verifier needs: this is text.
// Source: recorded/signatures.ts, from the UAPI header.
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

/** `undefined` for numbers that are no helper. */
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
