// A number that needs a limit: before it is added to a pointer, before a call that takes it as a size, or in an existing comparison or
// mask.

import type { Texts } from "../../base/language.ts";
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { revOpcode } from "../../verifier/domain/cond.ts";
import { ancestors, beforeNarrowing, type ValueNode } from "../../verifier/explain/lineage.ts";
import type { MissedCheck } from "../../verifier/explain/missed.ts";
import { regOf } from "../../verifier/explain/path.ts";
import { aluImm, jumpImm, movReg } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";

interface Bound {
  /** Step of the path before which the number needs a limit. */
  readonly step: number;
  readonly slot: number;
  readonly reg: number;
  readonly node: ValueNode;
  /** Largest values that may be allowed, best first. */
  readonly limits: readonly bigint[];
  readonly low: bigint;
}

const S32_MAX = 0x7fff_ffffn;

export function boundCandidates(scene: Scene): Candidate[] {
  const bound = boundOf(scene);
  if (!bound) return [];
  return [...atMask(scene, bound), ...atChecks(scene, bound), ...sizeBound(scene), ...before(scene, bound)];
}

function boundOf(scene: Scene): Bound | undefined {
  const { need, refusal, lineage, path } = scene.findings;
  if (need?.kind !== "number") return undefined;
  const { node } = need;
  const low = need.low ?? 0n;
  const sizes = [8n, 4n, 2n, 1n];
  if (refusal.id === "size-negative" || refusal.id === "size-unbounded" || refusal.id === "size-zero") {
    const buffer = scene.regBefore(refusal.args.reg - 1);
    const room = (buffer && scene.bytesLeft(buffer)) ?? 64n;
    return { step: scene.end, slot: scene.at, reg: refusal.args.reg, node, limits: [room], low };
  }
  if ("number" in refusal.args && refusal.args.number >= 0) {
    const pointer = scene.regBefore(
      refusal.args.reg === refusal.args.number ? (scene.insn?.src ?? 0) : refusal.args.reg,
    );
    const base = pointer && scene.bytesLeft(pointer);
    // For a pointer to the stack the room ends at the end of the frame.
    const limits = base === undefined ? [255n] : sizes.map((size) => base - size).filter((limit) => limit >= 0n);
    return { step: scene.end, slot: scene.at, reg: refusal.args.number, node, limits, low };
  }
  // The place where the number was added to the pointer.
  const pointer = "reg" in refusal.args ? scene.originOf(refusal.args.reg) : undefined;
  const sum = pointer && ancestors(pointer).find(({ from }) => from.includes(node));
  if (!sum || sum.step < 0) return undefined;
  const { insn, before, slot } = path[sum.step]!;
  const reg = lineage.reg(sum.step, insn.src) === node ? insn.src : insn.dst;
  const other = regOf(before, reg === insn.src ? insn.dst : insn.src);
  const room = (other && scene.bytesLeft(other)) ?? (refusal.id.startsWith("packet") ? 1024n : undefined);
  const size = "size" in refusal.args ? BigInt(refusal.args.size) : 1n;
  const exact = need.high ?? (room === undefined ? undefined : room - size);
  const limits = [...(exact === undefined ? [] : [exact]), ...sizes.map((s) => (room ?? 64n) - s)].filter(
    (limit) => limit >= 0n && limit <= S32_MAX,
  );
  return { step: sum.step, slot, reg, node, limits: [...new Set(limits)], low };
}

/** For a call that takes a variable number of bytes at a variable offset: limits the number of bytes. */
function sizeBound(scene: Scene): Candidate[] {
  const { refusal } = scene.findings;
  if (refusal.id !== "region-max" || !scene.insn || formOf(scene.insn)?.kind !== "call") return [];
  const reg = refusal.args.reg + 1;
  const size = scene.regBefore(reg);
  const room = BigInt(refusal.args.total) - refusal.args.high;
  if (!size || size.val.varOff.mask === 0n || room < 8n) return [];
  return before(scene, { step: scene.end, slot: scene.at, reg, node: scene.originOf(reg)!, limits: [room], low: 0n });
}

/** The largest number that has only bits of the mask and is not above the limit. */
function maskWithin(mask: bigint, limit: bigint): bigint {
  let kept = 0n;
  for (let bit = 1n << 31n; bit > 0n; bit >>= 1n) if (mask & bit && (kept | bit) <= limit) kept |= bit;
  return kept;
}

const allOnes = (limit: bigint): bigint => {
  let mask = 1n;
  while (((mask << 1n) | 1n) <= limit) mask = (mask << 1n) | 1n;
  return mask <= limit ? mask : 0n;
};

function atMask(scene: Scene, { node, limits, low }: Bound): Candidate[] {
  if (node.op !== "and" || node.imm === undefined || node.step < 0 || low > 0n) return [];
  const slot = scene.step(node.step)!.slot;
  const old = node.imm;
  const limit = limits[0];
  if (limit === undefined) return [];
  const mask = maskWithin(BigInt.asUintN(31, old), limit);
  if (mask === 0n || mask === old) return [];
  return [
    {
      en: `Mask with ${mask} instead of ${old} at @${slot}: no result is above ${limit} then.`,
      ja: `@${slot} のマスクを ${old} から ${mask} に変えます。結果は ${limit} を越えません。`,
      apply(draft) {
        const item = draft.item(slot);
        item.insn = { ...item.insn, imm: Number(mask) };
      },
    },
  ];
}

const UNSIGNED: Readonly<Record<number, number>> = {
  [c.BPF_JSGT]: c.BPF_JGT,
  [c.BPF_JSGE]: c.BPF_JGE,
  [c.BPF_JSLT]: c.BPF_JLT,
  [c.BPF_JSLE]: c.BPF_JLE,
};

/** The comparison that is true if this one is false. 0: there is none. */
export const oppositeOf = (op: number): number => (op === c.BPF_JSET ? 0 : revOpcode(op));

const withOp = (code: number, op: number): number => (code & 0x0f) | op;

/** Changes an existing comparison so that it helps. */
function atChecks(scene: Scene, bound: Bound): Candidate[] {
  return [...scene.findings.missed].reverse().flatMap((check) => atCheck(scene, bound, check));
}

function atCheck(scene: Scene, { node, limits, step }: Bound, { slot, why }: MissedCheck): Candidate[] {
  const { path, lineage } = scene.findings;
  const at = path.findLastIndex((one) => one.slot === slot);
  const insn = path[at]?.insn;
  if (!insn) return [];
  const change = (texts: Texts, insn: Partial<Insn>): Candidate => ({
    group: "compare",
    ...texts,
    apply(draft) {
      const item = draft.item(slot);
      item.insn = { ...item.insn, ...insn };
    },
  });
  const op = insn.code & 0xf0;
  const isImm = (insn.code & c.BPF_X) === 0;
  const found: Candidate[] = [];
  const unsigned = UNSIGNED[op];
  if (why === "signed" && unsigned !== undefined) {
    const limit = limits.find((one) => one < BigInt(insn.imm));
    found.push(
      change(
        { en: `Compare as unsigned numbers at @${slot}.`, ja: `@${slot} の比較を符号なしにします。` },
        { code: withOp(insn.code, unsigned) },
      ),
    );
    if (isImm && limit !== undefined)
      found.push(
        change(
          {
            en: `Compare as unsigned numbers at @${slot}, with ${limit}.`,
            ja: `@${slot} の比較を符号なしにし、${limit} と比べます。`,
          },
          { code: withOp(insn.code, unsigned), imm: Number(limit) },
        ),
      );
  }
  if (why === "too-weak" && isImm) {
    for (const limit of limits.slice(0, 2)) {
      const imm = Number(op === c.BPF_JGE || op === c.BPF_JLT ? limit + 1n : limit);
      if (imm !== insn.imm)
        found.push(
          change(
            {
              en: `Compare with ${imm} instead of ${insn.imm} at @${slot}.`,
              ja: `@${slot} で ${insn.imm} ではなく ${imm} と比較します。`,
            },
            { imm },
          ),
        );
    }
  }
  const used = node.is?.val.umax ?? 0n;
  if (why === "weak-after" && isImm && used > 0n && limits[0] !== undefined && insn.imm > 0) {
    // In proportion: the limit is as much too large as what was computed from it.
    const imm = Number((BigInt(insn.imm) * limits[0]) / used);
    if (imm < insn.imm)
      found.push(
        change(
          {
            en: `Compare with ${imm} instead of ${insn.imm} at @${slot}.`,
            ja: `@${slot} で ${insn.imm} ではなく ${imm} と比較します。`,
          },
          { imm },
        ),
      );
  }
  const ordered = { [c.BPF_JEQ]: c.BPF_JGE, [c.BPF_JNE]: c.BPF_JLT }[op];
  if (why === "one-value" && ordered !== undefined)
    found.push(
      change(
        {
          en: `Compare whether R${insn.dst} is in bounds at @${slot}, not whether it is one value.`,
          ja: `@${slot} では、一つの値との一致ではなく、R${insn.dst} が範囲内かどうかを比較します。`,
        },
        { code: withOp(insn.code, ordered) },
      ),
    );
  const opposite = oppositeOf(op);
  if ((why === "wrong-side" || why === "one-sided") && opposite !== 0)
    found.push(
      change(
        { en: `Turn the condition at @${slot} round.`, ja: `@${slot} の条件を逆にします。` },
        { code: withOp(insn.code, opposite) },
      ),
    );
  if (why === "width")
    found.push(
      change(
        { en: `Compare all 64 bits at @${slot}.`, ja: `@${slot} で 64 ビット全体を比較します。` },
        { code: (insn.code & ~7) | c.BPF_JMP },
      ),
    );
  if (why === "other-width" || why === "other-value" || why === "part-spilled") {
    const wanted = beforeNarrowing(node);
    const compared = lineage.reg(at, insn.dst);
    for (let n = 0; n <= 9; n++) {
      const held = lineage.reg(at, n);
      if (n === insn.dst || !held || (held !== node && beforeNarrowing(held) !== wanted && !isSource(held, compared)))
        continue;
      found.push(
        change(
          {
            en: `Compare R${n}, which is used afterwards, at @${slot} instead of R${insn.dst}.`,
            ja: `@${slot} では R${insn.dst} ではなく、後で使う R${n} を比較します。`,
          },
          { dst: n },
        ),
      );
    }
    // Uses the value that was checked instead of the one that was not.
    const checked = lineage.reg(at, insn.dst);
    if (checked && lineage.reg(step, insn.dst) === checked) {
      const use = path[step]!;
      found.push({
        en: `Use R${insn.dst}, which was compared, at @${use.slot}.`,
        ja: `@${use.slot} では、比較した R${insn.dst} を使います。`,
        apply(draft) {
          const item = draft.item(use.slot);
          if (formOf(item.insn)?.kind !== "alu" || (item.insn.code & c.BPF_X) === 0) return draft.fail();
          item.insn = { ...item.insn, src: insn.dst };
        },
      });
    }
  }
  if (why === "read-again" && node.step >= 0) {
    const again = path[node.step]!;
    const checked = lineage.reg(at, insn.dst);
    for (let n = 0; n <= 9; n++) {
      if (!checked || lineage.reg(node.step, n) !== checked) continue;
      found.push({
        en: `Use R${n}, which was compared, instead of reading it from memory again at @${again.slot}.`,
        ja: `@${again.slot} ではメモリから読み直さず、比較した R${n} を使います。`,
        apply(draft) {
          const item = draft.item(again.slot);
          draft.replace(item, [movReg(again.insn.dst, n)]);
        },
      });
    }
  }
  return found;
}

/** Whether the compared value is a truncated or masked copy of this one. */
const isSource = (held: ValueNode, compared: ValueNode | undefined): boolean =>
  compared !== undefined && compared !== held && beforeNarrowing(compared) === held;

/** Adds a comparison or mask right before the number is used. */
function before(scene: Scene, { slot, step, reg, limits, low }: Bound): Candidate[] {
  const found: Candidate[] = [];
  const leave = scene.mayLeave(step);
  for (const limit of limits.slice(0, 4)) {
    if (leave && limit >= low)
      found.push({
        group: "leave",
        en: `Leave where R${reg} is above ${limit}, before it is used at @${slot}.`,
        ja: `@${slot} で使う前に、R${reg} が ${limit} を越えるなら抜けます。`,
        apply(draft) {
          const item = draft.item(slot);
          draft.before(
            item,
            scene.leaving(draft, slot, c.BPF_JGT, (op, to) => jumpImm(op, reg, Number(limit), to)),
          );
        },
      });
    const mask = allOnes(limit);
    if (mask > 0n && low === 0n)
      found.push({
        group: "mask",
        en: `Mask R${reg} with ${mask} before it is used at @${slot}.`,
        ja: `@${slot} で使う前に、R${reg} を ${mask} でマスクします。`,
        apply(draft) {
          const item = draft.item(slot);
          draft.before(item, [aluImm(c.BPF_AND, reg, Number(mask))]);
        },
      });
  }
  if (low > 0n) {
    if (leave)
      found.unshift({
        en: `Leave where R${reg} is 0, before the call at @${slot}.`,
        ja: `@${slot} の呼び出しの前に、R${reg} が 0 なら抜けます。`,
        apply(draft) {
          const item = draft.item(slot);
          draft.before(
            item,
            scene.leaving(draft, slot, c.BPF_JEQ, (op, to) => jumpImm(op, reg, 0, to)),
          );
        },
      });
    const mask = allOnes((limits[0] ?? 64n) - 1n);
    if (mask > 0n)
      found.push({
        en: `Make R${reg} 1 to ${mask + 1n} before the call at @${slot}: mask it, then add 1.`,
        ja: `@${slot} の呼び出しの前に、R${reg} をマスクして 1 を足し、1 から ${mask + 1n} にします。`,
        apply(draft) {
          const item = draft.item(slot);
          draft.before(item, [aluImm(c.BPF_AND, reg, Number(mask)), aluImm(c.BPF_ADD, reg, 1)]);
        },
      });
  }
  return found;
}
