// What the kernel makes of an accepted program before it runs it or hands it to the JIT, as `bpftool prog dump xlated` shows it.
// Programs run here without it, so it is loaded only when somebody asks for it.
// @kernel verifier.c bpf_check, from "instruction rewrites happen after this point" on

import { PROG_FLAGS } from "../../facts/flags.ts";
import type { HelperProto } from "../../facts/types.ts";
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { isLdImm64 } from "../../isa/insn.ts";
import { LOOP_STACK } from "../fixups.ts";
import * as T from "../state/regtype.ts";
import type { RewriteInput } from "../verify.ts";
import { divisionBecomes } from "./arithmetic.ts";
import { callBecomes } from "./calls.ts";
import { Code, isMayGoto, type Node, type Rewritten } from "./code.ts";
import { callOffset, convertCtx } from "./ctx.ts";
import { removeDead } from "./dead.ts";
import * as E from "./emit.ts";
import { counterStart, loopBecomes, mayGotoBecomes } from "./loops.ts";

export type { Rewritten };

const CALL = I.BPF_JMP | I.BPF_CALL;
const isHelperCall = ({ insn: { code, src } }: Node) => code === CALL && src === 0;

/** The program after all rewrites. A map in it is its number in `Program.maps`. */
export function rewrite({ program, progType, aux, subprogs, insns }: RewriteInput): Rewritten {
  const code = new Code(insns.map((insn, slot) => asLoaded(insn, aux[slot]?.map?.index, slot, insns, aux)));
  /** Number of the function that contains a slot of the original program. */
  const subprogOf = (slot: number): number => subprogs.findLastIndex(({ start }) => start <= slot);
  const nodeOf = new Map(code.nodes.map((node) => [node.slot, node]));
  const depth = subprogs.map(({ stackDepth }) => stackDepth);
  const mayGoto = new Set<number>();

  // bpf_loop(): the registers that it uses are saved below the function's own stack.
  const loopIn = new Set(code.nodes.filter(({ slot }) => aux[slot]?.loopInline).map(({ slot }) => subprogOf(slot)));
  code.replace((node, next) => {
    const { loopInline = false, loopSubprogno = -1 } = aux[node.slot] ?? {};
    const callback = nodeOf.get(subprogs[loopSubprogno]?.start ?? -1);
    if (!loopInline || !callback || !isHelperCall(node)) return undefined;
    return loopBecomes(node, next, callback, -(roundUp8(depth[subprogOf(node.slot)] as number) + LOOP_STACK));
  });
  for (const n of loopIn) depth[n] = roundUp8(depth[n] as number) + LOOP_STACK;

  removeDead(code, aux);
  for (const { insn, slot } of code.nodes) if (isMayGoto(insn)) mayGoto.add(subprogOf(slot));
  const drop = UNCLONES[progType.name];
  if (drop !== undefined && writesPacket(code.nodes, aux)) uncloned(code, drop);
  convertCtx(code, aux, progType);

  const sleepable = (program.progFlags & PROG_FLAGS.SLEEPABLE) !== 0;
  const protoOf = (id: number): HelperProto | undefined => progType.helper(id, program.expectedAttachType);
  let current = 0;
  const starts = new Map(subprogs.map(({ start }, n) => [start, n]));
  const functionOf = new Map<Node, number>();
  for (const node of code.nodes) {
    current = starts.get(node.slot) ?? current;
    functionOf.set(node, current);
  }
  code.replace((node, next) => {
    if (isMayGoto(node.insn)) return mayGotoBecomes(node, next, -roundUp8(depth[functionOf.get(node) ?? 0] as number));
    if (isHelperCall(node) && node.callee === undefined)
      return callBecomes(node, next, {
        proto: protoOf(node.insn.imm),
        aux: aux[node.slot] ?? NO_AUX,
        sleepable,
      });
    return packetLoad(node, next) ?? divisionBecomes(node, next);
  });
  code.replace((node) =>
    isNarrowCmpxchg(node.insn) && usesR0After(node.slot, aux) ? [node, E.alu32Reg(I.BPF_MOV, 0, 0)] : undefined,
  );
  startCounters(code, mayGoto, subprogs, depth);
  const functions = functionStarts(code);
  const done = code.finish((node) => functions.indexOf(node));
  return { ...done, insns: done.insns.map((insn, slot) => withOffset(insn, done.callees.get(slot))) };
}

/** A 32-bit cmpxchg that succeeds does not clear the upper half of R0. @kernel verifier.c opt_subreg_zext_lo32_rnd_hi32 */
const isNarrowCmpxchg = ({ code, imm }: Insn): boolean =>
  code === (I.BPF_STX | I.BPF_ATOMIC | I.BPF_W) && imm === I.BPF_CMPXCHG;

const usesR0After = (slot: number, aux: RewriteInput["aux"]): boolean =>
  ((aux[slot + 1]?.liveRegsBefore ?? 0) & 1) !== 0;

const NO_AUX = { callMap: null, callMapPoison: false } as RewriteInput["aux"][number];
const roundUp8 = (n: number) => (n + 7) & ~7;
const withOffset = (insn: Insn, callee: string | undefined): Insn =>
  callee === undefined ? insn : { ...insn, imm: callOffset(callee) };

/** Loads of maps get the map's number. Other two-slot loads stay as they are. */
function asLoaded(
  insn: Insn,
  map: number | undefined,
  slot: number,
  insns: readonly Insn[],
  aux: RewriteInput["aux"],
): Insn {
  const before = insns[slot - 1];
  if (before && isLdImm64(before) && slot > 0 && aux[slot - 1]?.map)
    return {
      ...insn,
      imm:
        before.src === I.BPF_PSEUDO_MAP_VALUE || before.src === I.BPF_PSEUDO_MAP_IDX_VALUE
          ? (aux[slot - 1]?.mapOff ?? 0)
          : 0,
    };
  if (!isLdImm64(insn) || map === undefined) return insn;
  const value = insn.src === I.BPF_PSEUDO_MAP_VALUE || insn.src === I.BPF_PSEUDO_MAP_IDX_VALUE;
  return { ...insn, src: value ? I.BPF_PSEUDO_MAP_VALUE : I.BPF_PSEUDO_MAP_FD, imm: map };
}

/** The first node of each function, the main function first. */
function functionStarts(code: Code): Node[] {
  const called = new Set(
    code.nodes
      .filter(({ insn }) => insn.code === CALL || isLdImm64(insn))
      .flatMap(({ target }) => (target ? [target] : [])),
  );
  return code.nodes.filter((node, i) => i === 0 || called.has(node));
}

const LD_MODE = { [I.BPF_ABS]: "abs", [I.BPF_IND]: "ind" } as Readonly<Record<number, string>>;
const HELPER_BITS: Readonly<Record<number, number>> = { [I.BPF_B]: 8, [I.BPF_H]: 16, [I.BPF_W]: 32 };

/** LD_ABS and LD_IND become a call. If the packet is too short, the program ends. @kernel net/core/filter.c bpf_gen_ld_abs */
function packetLoad(node: Node, next: Node): readonly Node[] | undefined {
  const { insn, slot } = node;
  if (I.classOf(insn.code) !== I.BPF_LD || LD_MODE[insn.code & 0xe0] === undefined) return undefined;
  const from =
    LD_MODE[insn.code & 0xe0] === "abs"
      ? [E.mov(2, insn.imm)]
      : [E.movReg(2, insn.src), ...(insn.imm === 0 ? [] : [E.alu64(I.BPF_ADD, 2, insn.imm)])];
  return [
    ...from,
    E.movReg(1, 6),
    { ...E.call(`bpf_skb_load_helper_${HELPER_BITS[insn.code & 0x18]}_no_cache`), slot },
    E.jump(I.BPF_JSGE, 0, 0, next),
    E.alu32Reg(I.BPF_XOR, 0, 0),
    E.exit(),
  ];
}

/**
 * Program types whose packet may be shared. It must be copied before the program writes to it. The value is what the program returns if
 * there is no memory for the copy: TC_ACT_SHOT or SK_DROP.
 */
const UNCLONES: Readonly<Record<string, number>> = { sched_cls: 2, sched_act: 2, lwt_xmit: 2, sk_skb: 0 };
/** Byte offset of skb->cloned. */
const CLONED_OFFSET = 126;
const CLONED_MASK = 1;

const writesPacket = (nodes: readonly Node[], aux: RewriteInput["aux"]): boolean =>
  nodes.some(
    ({ insn, slot }) =>
      (I.classOf(insn.code) === I.BPF_STX || I.classOf(insn.code) === I.BPF_ST) &&
      T.baseType(aux[slot]?.ptrType ?? 0) === T.PTR_TO_PACKET,
  );

/** @kernel net/core/filter.c bpf_unclone_prologue */
function uncloned(code: Code, drop: number): void {
  const first = code.nodes[0] as Node;
  const restore = E.movReg(1, 6);
  const prologue = [
    E.load(I.BPF_B, 6, 1, CLONED_OFFSET),
    E.alu32(I.BPF_AND, 6, CLONED_MASK),
    E.jump(I.BPF_JEQ, 6, 0, first),
    E.movReg(6, 1),
    E.alu64Reg(I.BPF_XOR, 2, 2),
    E.call("bpf_skb_pull_data"),
    E.jump(I.BPF_JEQ, 0, 0, restore),
    E.alu32(I.BPF_MOV, 0, drop),
    E.exit(),
    restore,
  ];
  code.nodes = [...prologue, ...code.nodes];
}

function startCounters(
  code: Code,
  mayGoto: ReadonlySet<number>,
  subprogs: RewriteInput["subprogs"],
  depth: readonly number[],
): void {
  const starts = functionStarts(code);
  const nodes: Node[] = [];
  let current = -1;
  for (const node of code.nodes) {
    if (starts.includes(node)) {
      current = node === code.nodes[0] ? 0 : subprogs.findLastIndex(({ start }) => start <= node.slot);
      if (mayGoto.has(current)) {
        const counter = counterStart(-roundUp8(depth[current] as number));
        nodes.push(...counter);
        for (const other of code.nodes)
          if (other.target === node && (other.insn.code === CALL || isLdImm64(other.insn)))
            other.target = counter[0] as Node;
      }
    }
    nodes.push(node);
  }
  code.nodes = nodes;
}
