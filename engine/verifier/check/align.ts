// Whether an access has the alignment that the pointer's type needs. Strict only for the stack, for atomics, and if the program asked
// for it (BPF_F_STRICT_ALIGNMENT): x86-64 loads and stores work unaligned.
import { tnumAdd, tnumConst, tnumIsAligned } from "../domain/tnum.ts";
import { tnumText } from "../print/number.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EACCES } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";
import * as T from "../state/regtype.ts";

/** The IP header of an Ethernet frame is at offset 14. Strict mode assumes that the machine moves it to a word boundary. */
const NET_IP_ALIGN = 2;

/** Pointer type → the name of the access in the message. */
const DESCRIPTION: Readonly<Record<number, string>> = {
  [T.PTR_TO_FLOW_KEYS]: "flow keys ",
  [T.PTR_TO_MAP_KEY]: "key ",
  [T.PTR_TO_MAP_VALUE]: "value ",
  [T.PTR_TO_CTX]: "context ",
  [T.PTR_TO_STACK]: "stack ",
  [T.PTR_TO_SOCKET]: "sock ",
  [T.PTR_TO_SOCK_COMMON]: "sock_common ",
  [T.PTR_TO_TCP_SOCK]: "tcp_sock ",
  [T.PTR_TO_XDP_SOCK]: "xdp_sock ",
};

/** Checks an access through `reg`, which is R`regno`. `off` does not include reg.off. @kernel verifier.c check_ptr_alignment */
export function checkPtrAlignment(
  env: Env,
  regno: number,
  reg: RegState,
  off: number,
  size: number,
  strictOnce: boolean,
): number {
  if (size === 1) return 0;
  const strict = env.strictAlignment || strictOnce || reg.type === T.PTR_TO_STACK;
  if (!strict || reg.type === T.PTR_TO_ARENA) return 0;
  const packet = reg.type === T.PTR_TO_PACKET || reg.type === T.PTR_TO_PACKET_META;
  const fixed = reg.off + off + (packet ? NET_IP_ALIGN : 0);
  if (reg.val.varOff.mask === 0n && reg.val.varOff.value === 0n) {
    if ((fixed & (size - 1)) === 0) return 0;
  } else if (tnumIsAligned(tnumAdd(reg.val.varOff, tnumConst(BigInt(fixed))), size)) return 0;
  const variable = tnumText(reg.val.varOff);
  const args = { reg: regno, off: reg.off + off, size, variable };
  if (packet) {
    const text = `misaligned packet access off ${NET_IP_ALIGN}+${variable}+${reg.off}+${off} size ${size}\n`;
    return refuse(env, "misaligned-packet", { ...args, added: NET_IP_ALIGN }, text, EACCES);
  }
  const what = DESCRIPTION[reg.type] ?? "";
  return refuse(
    env,
    reg.type === T.PTR_TO_STACK ? "misaligned-stack" : "misaligned",
    { ...args, what: what.trimEnd() },
    `misaligned ${what}access off ${variable}+${reg.off}+${off} size ${size}\n`,
    EACCES,
  );
}
