// Packet bytes that are not proven: a comparison that proves them, instead of one that does not or before the access. Also loads
// pointers again after a call that may move the packet.
import { progTypeByName } from "../../facts/prog-types.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import { ancestors, type ValueNode } from "../../verifier/explain/lineage.ts";
import { regOf } from "../../verifier/explain/path.ts";
import * as t from "../../verifier/state/regtype.ts";
import type { Draft, NewInsn } from "../draft.ts";
import { aluImm, jumpReg, load, movReg } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";
import { oppositeOf } from "./bounds.ts";
import { divert } from "./divert.ts";

export function packetCandidates(scene: Scene): Candidate[] {
  const { need, refusal } = scene.findings;
  if (need?.kind !== "packet") return [];
  const found = [...atChecks(scene, need.range)];
  const compare = compareBefore(scene, need.reg, need.bytes);
  const isFar = refusal.id === "packet-far" || scene.findings.missed.some(({ why }) => why === "too-far");
  if (isFar) return compare ? withLimit(scene, compare) : [];
  return compare ? [...found, compare] : found;
}

/** Changes an existing comparison: a larger constant, or the opposite outcome. */
function atChecks(scene: Scene, range: number): Candidate[] {
  const { missed, path, lineage } = scene.findings;
  const found: Candidate[] = [];
  for (const { slot, why } of [...missed].reverse()) {
    const at = path.findLastIndex((step) => step.slot === slot);
    const step = path[at];
    if (!step || formOf(step.insn)?.kind !== "jmp") continue;
    const { insn, before } = step;
    const pkt = [insn.dst, insn.src].find((n) => t.isPktPointer(regOf(before, n)?.type ?? 0));
    if (pkt === undefined) continue;
    if (why === "too-short") {
      const node = lineage.reg(at, pkt);
      const pointer = regOf(before, pkt)!;
      if (node?.op === "add" && node.imm !== undefined && node.step >= 0) {
        const add = path[node.step]!;
        const imm = Number(node.imm) + range - pointer.off;
        found.push({
          en: `Compare ${imm} bytes instead of ${node.imm}: change the constant at @${add.slot}.`,
          ja: `@${add.slot} の定数を変え、${node.imm} バイトではなく ${imm} バイトを確認します。`,
          apply(draft) {
            const item = draft.item(add.slot);
            if (imm === add.insn.imm) return draft.fail();
            item.insn = { ...item.insn, imm };
          },
        });
      }
      // `>=` instead of `>`, or the other way round, changes the proof by one byte.
      const op = insn.code & 0xf0;
      const closer = { [c.BPF_JGT]: c.BPF_JGE, [c.BPF_JLE]: c.BPF_JLT, [c.BPF_JLT]: c.BPF_JLE, [c.BPF_JGE]: c.BPF_JGT }[
        op
      ];
      if (closer !== undefined) found.push(operator(slot, insn.code, closer));
    }
    if (why === "recomputed") found.push(...sameAgain(scene));
    const opposite = oppositeOf(insn.code & 0xf0);
    // Both sides of the comparison lead to the access: the side without the bytes leaves the program.
    if (why === "wrong-side" && (insn.off === 0 || path[at + 1]?.slot !== slot + 1)) found.push(divert(scene, slot));
    if (why === "wrong-side" && opposite !== 0)
      found.push({
        en: `Turn the condition at @${slot} round: the access stands on the side where the bytes are not there.`,
        ja: `@${slot} の条件を逆にします。アクセスは、バイトが存在しない側にあります。`,
        apply: change(slot, (insn.code & 0x0f) | opposite),
      });
  }
  return found;
}

/** The pointer that was compared is still in a register: copies it instead of computing it again. */
function sameAgain(scene: Scene): Candidate[] {
  const { need, lineage, path } = scene.findings;
  if (need?.kind !== "packet" || need.node.step < 0) return [];
  const { key, step } = need.node;
  const { slot, insn } = path[step]!;
  const held = [...Array(10).keys()].find((n) => n !== insn.dst && lineage.reg(step, n)?.key === key);
  if (held === undefined) return [];
  return [
    {
      en: `Copy R${held}, which was compared, to R${insn.dst} at @${slot} instead of computing it again.`,
      ja: `@${slot} では計算し直さず、比較した R${held} を R${insn.dst} にコピーします。`,
      apply(draft) {
        draft.replace(draft.item(slot), [movReg(insn.dst, held)]);
      },
    },
  ];
}

const change =
  (slot: number, code: number) =>
  (draft: Draft): void => {
    const item = draft.item(slot);
    item.insn = { ...item.insn, code };
  };

const operator = (slot: number, code: number, op: number): Candidate => ({
  en: `Use the comparison that counts one byte more at @${slot}.`,
  ja: `@${slot} で、1 バイト多く数える比較にします。`,
  apply: change(slot, (code & 0x0f) | op),
});

/** Compares the pointer with the packet's end right before it is used. */
function compareBefore(scene: Scene, reg: number, bytes: number): Candidate | undefined {
  const { at } = scene;
  const copy = scene.freeRegister(at, { but: [reg, ...argumentsAt(scene)] });
  if (copy === undefined || bytes <= 0) return undefined;
  const meta = scene.regBefore(reg)?.type === t.PTR_TO_PACKET_META;
  const held = scene.holding(meta ? t.PTR_TO_PACKET : t.PTR_TO_PACKET_END)[0];
  const into = held ?? scene.freeRegister(at, { but: [reg, copy, ...argumentsAt(scene)] });
  const there = scene.holding(t.PTR_TO_CTX)[0];
  // If no register holds the context any more, it is saved at the start of the program.
  const kept = held === undefined && there === undefined ? scene.unused() : undefined;
  const ctx = there ?? kept;
  if (into === undefined || (held === undefined && ctx === undefined)) return undefined;
  const end = endOffset(scene, meta);
  if (held === undefined && end === undefined) return undefined;
  const loads = end !== undefined && held === undefined && ctx !== undefined ? [load(4, into, ctx, end)] : [];
  const start = scene.findings.path[0];
  if (!scene.mayLeave()) return undefined;
  return {
    en: `Compare R${reg} + ${bytes} with data_end before @${at}.`,
    ja: `@${at} の前で R${reg} + ${bytes} を data_end と比較します。`,
    apply(draft) {
      const item = draft.item(at);
      if (kept !== undefined && start) draft.before(draft.item(start.slot), [movReg(kept, 1)]);
      draft.before(item, [
        ...loads,
        movReg(copy, reg),
        aluImm(c.BPF_ADD, copy, bytes),
        ...scene.leaving(draft, at, c.BPF_JGT, (op, to) => jumpReg(op, copy, into, to)),
      ]);
    },
  };
}

/** The registers that the refused instruction or call uses. */
const argumentsAt = ({ insn }: Scene): number[] =>
  insn && formOf(insn)?.kind === "call" ? [1, 2, 3, 4, 5] : [insn?.src ?? -1, insn?.dst ?? -1];

/**
 * Offset of data_end in the context; for metadata that of data, where metadata ends. undefined: there is none that can be loaded with 4
 * bytes.
 */
function endOffset({ program }: Scene, meta: boolean): number | undefined {
  const context = uapiStruct(progTypeByName(program.progType)?.ctxStruct ?? "");
  const field = context?.fields.find(({ name }) => name === (meta ? "data" : "data_end"));
  return field?.size === 4 ? field.off : undefined;
}

/** Limits the number that was added, so that comparisons count, and then compares. */
function withLimit(scene: Scene, compare: Candidate): Candidate[] {
  const { need, lineage, path } = scene.findings;
  if (need?.kind !== "packet") return [];
  const sum = ancestors(need.node).find(({ op, from }) => op === "add" && from.length > 1 && from.some(isNumber));
  if (!sum || sum.step < 0) return [];
  const { insn, slot } = path[sum.step]!;
  const number = lineage.reg(sum.step, insn.src);
  const reg = number && isNumber(number) ? insn.src : insn.dst;
  return [
    {
      en: `Mask R${reg} with 16383 before it is added at @${slot}, so that a comparison with data_end counts.`,
      ja: `@${slot} で足す前に R${reg} を 16383 でマスクし、data_end との比較が効くようにします。`,
      apply(draft) {
        const item = draft.item(slot);
        draft.before(item, [aluImm(c.BPF_AND, reg, 0x3fff)]);
      },
    },
    compare,
  ];
}

const isNumber = ({ is }: ValueNode): boolean => is?.type === t.SCALAR_VALUE;

/** Loads packet pointers again that a call made invalid. */
export function reloadCandidates(scene: Scene): Candidate[] {
  const { refusal, path, fate } = scene.findings;
  if (refusal.id !== "not-a-pointer") return [];
  const { reg } = refusal.args;
  const lost = fate(reg);
  const node = scene.originOf(reg);
  if (lost?.how !== "packet-moved" || !node) return [];
  const source = ancestors(node).find(({ kind, is }) => kind === "load" && is && t.isPktPointer(is.type));
  const ctx = scene.holding(t.PTR_TO_CTX).find((n) => n >= 6) ?? scene.holding(t.PTR_TO_CTX)[0];
  if (!source || source.step < 0) return [];
  const { insn } = path[source.step]!;
  const moved = node === source ? 0 : Number(node.imm ?? 0n);
  const newInsns = (base: number): NewInsn[] => [
    load(4, reg, base, insn.off),
    ...(moved === 0 ? [] : [aluImm(c.BPF_ADD, reg, moved)]),
  ];
  if (ctx !== undefined)
    return [
      {
        en: `Load R${reg} from the context again behind the call at @${lost.slot}.`,
        ja: `@${lost.slot} の呼び出しの後で、R${reg} をコンテキストから読み直します。`,
        apply(draft) {
          const item = draft.item(scene.at);
          draft.before(item, newInsns(ctx));
        },
      },
    ];
  const spare = scene.unused();
  const first = path[0];
  if (spare === undefined || !first) return [];
  return [
    {
      en: `Keep the context in R${spare} from the start, and load R${reg} from it again behind the call at @${lost.slot}.`,
      ja: `コンテキストを最初に R${spare} に退避し、@${lost.slot} の呼び出しの後で R${reg} を読み直します。`,
      apply(draft) {
        const [start, item] = [draft.item(first.slot), draft.item(scene.at)];
        draft.before(start, [movReg(spare, 1)]);
        draft.before(item, newInsns(spare));
      },
    },
  ];
}
