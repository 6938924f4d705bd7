// Maps that nobody can write any more: read-only for programs (BPF_F_RDONLY_PROG) and frozen (BPF_MAP_FREEZE). Their bytes are
// constants, so a load at a known offset gives a known value, and a string in them does not change.
// @kernel verifier.c bpf_map_is_rdonly, bpf_map_direct_read, check_reg_const_str, check_bpf_snprintf_call
import { latin1 } from "../../base/bytes.ts";
import { MAP_FLAGS } from "../../facts/flags.ts";
import { parseFormat, takesArgument } from "../../facts/printf.ts";
import { firstValue } from "../../program/map-contents.ts";
import { constScalar } from "../domain/scalar.ts";
import type { RefusalArgs, RefusalId } from "../refusals.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EACCES, EINVAL, ENOTSUPP } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { isConstVal, type RegState, scalarReg } from "../state/reg.ts";
import { PTR_TO_MAP_VALUE } from "../state/regtype.ts";
import { checkMapAccess } from "./region.ts";
import { curRegs } from "./regs.ts";

const isConstant = (map: VerifierMap): boolean => (map.flags & MAP_FLAGS.RDONLY_PROG) !== 0 && map.def.frozen === true;

/** Whether the map's values have fixed addresses. @kernel map_ops.map_direct_value_addr */
const hasDirectValues = (map: VerifierMap): boolean => map.def.type === "array";

/** Contents of constant maps, made when they are first needed. */
const contents = new WeakMap<VerifierMap, Uint8Array>();

function contentsOf(map: VerifierMap): Uint8Array {
  let bytes = contents.get(map);
  if (bytes === undefined) contents.set(map, (bytes = firstValue(map.def)));
  return bytes;
}

/** The variable part of a constant offset, truncated to an int as in the kernel. */
const constOffset = (reg: RegState): number => Number(BigInt.asIntN(32, reg.val.varOff.value));

/**
 * The result of loading `size` bytes at `off` from the pointer's variable part: the register before it is truncated to `size`.
 * undefined: the value is not known. A number: -errno.
 */
export function constantLoad(
  reg: RegState,
  off: number,
  size: number,
  signExtend: boolean,
): RegState | number | undefined {
  const map = reg.map!;
  if (!isConstVal(reg) || !isConstant(map) || !hasDirectValues(map)) return undefined;
  // The kernel asks for the address of the value, and only a map with one value has one.
  if (map.maxEntries !== 1) return ENOTSUPP;
  const at = off + constOffset(reg);
  const bytes = contentsOf(map);
  if (at < 0 || at >= map.valueSize) return EINVAL;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return scalarReg(constScalar(signExtend ? BigInt.asUintN(64, BigInt.asIntN(8 * size, value)) : value));
}

/** Checks that the register points to zero-terminated text in a constant map. 0, or -errno. */
export function checkConstString(env: Env, regno: number): number {
  const reg = curRegs(env)[regno]!;
  if (reg.type !== PTR_TO_MAP_VALUE) return refuse(env, "readonly-string", { reg: regno }, "", EINVAL);
  const map = reg.map!;
  const args = { reg: regno };
  const inMap = { ...args, map: map.def.type };
  const no = <Id extends RefusalId>(id: Id, args: RefusalArgs<Id>, why: string, err: number): number =>
    refuse(env, id, args, `${why}\n`, err);
  if (!isConstant(map)) return no("readonly-string", args, `R${regno} does not point to a readonly map'`, EACCES);
  if (!isConstVal(reg)) return no("string-address", args, `R${regno} is not a constant address'`, EACCES);
  if (!hasDirectValues(map)) return no("string-map", inMap, "no direct value access support for this map type", EACCES);
  const err = checkMapAccess(env, regno, reg.off, map.valueSize - reg.off, false, true);
  if (err) return err;
  if (map.maxEntries !== 1) return no("string-value", inMap, "direct value access on string failed", ENOTSUPP);
  const at = reg.off + constOffset(reg);
  if (!contentsOf(map).subarray(at).includes(0)) return no("string-end", args, "string is not zero-terminated", EINVAL);
  return 0;
}

/** Checks the format string in R3, which is known, against the R5 bytes of arguments. 0, or -errno. */
export function checkSnprintf(env: Env): number {
  const [, , , format, , size] = curRegs(env);
  const bytes = Number(BigInt.asIntN(32, size!.val.varOff.value));
  if (bytes % 8 !== 0) return refuse(env, "format-arguments", { reg: 5 }, "", EINVAL);
  const text = contentsOf(format!.map!).subarray(format!.off + constOffset(format!));
  const pieces = parseFormat(latin1(text.subarray(0, text.indexOf(0))));
  if (pieces !== undefined && pieces.filter(takesArgument).length <= bytes / 8) return 0;
  return refuse(env, "format-string", { reg: 3 }, "Invalid format string\n", EINVAL);
}
