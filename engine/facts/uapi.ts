// Constants and structs of the UAPI headers, for the assembler's expressions and the editor's completion.
// Source: recorded/uapi.ts (running kernel's BTF, C headers).
import { constants, structs } from "./recorded/uapi.ts";
import type { UapiField, UapiStruct } from "./types.ts";

let constantTable: Map<string, bigint> | undefined;

function table(): Map<string, bigint> {
  if (constantTable) return constantTable;
  constantTable = new Map();
  let value = 0n;
  for (const word of constants.split(" ")) {
    const at = word.indexOf("=");
    value = at < 0 ? value + 1n : BigInt(word.slice(at + 1));
    constantTable.set(at < 0 ? word : word.slice(0, at), value);
  }
  return constantTable;
}

/** Value of a UAPI constant or enumerator. It is negative if C's value is, and unsigned if its type is a 64-bit unsigned one. */
export const uapiConstant = (name: string): bigint | undefined => table().get(name);
export const uapiConstantNames = (): readonly string[] => [...table().keys()].sort();

const structCache = new Map<string, UapiStruct>();

/** A struct or union by its tag, without the keyword. Members of anonymous parts count as its own. */
export function uapiStruct(name: string): UapiStruct | undefined {
  const known = structCache.get(name);
  if (known) return known;
  const row = Object.hasOwn(structs, name) ? structs[name] : undefined;
  if (!row) return undefined;
  const fields = row[1].map(
    ([field, off, size, type, count, bit, struct]): UapiField => ({
      name: field,
      off,
      size,
      type: count === undefined || count === null ? type : `${type}[${count}]`,
      ...(bit ? { bit: [bit[0]! - off * 8, bit[1]!] as const } : {}),
      ...(count === undefined || count === null ? {} : { count }),
      ...(struct ? { struct } : {}),
    }),
  );
  const made = { name, size: row[0], fields };
  structCache.set(name, made);
  return made;
}

/** All tags of structs and unions in C. Parts without a tag of their own (`bpf_sock_tuple.ipv4`) are not listed. */
export const uapiStructNames = (): readonly string[] => Object.keys(structs).filter((name) => !name.includes("."));
