// A pointer that is or may be NULL: adds a comparison before it is used, or turns an existing one round.
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import { regOf } from "../../verifier/explain/path.ts";
import * as t from "../../verifier/state/regtype.ts";
import { jumpImm } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";
import { oppositeOf } from "./bounds.ts";

export function nullCandidates(scene: Scene): Candidate[] {
  const { need } = scene.findings;
  if (need?.kind !== "null") return [];
  return [...atChecks(scene), ...before(scene, need.reg)];
}

function atChecks(scene: Scene): Candidate[] {
  const { missed, path } = scene.findings;
  return missed.flatMap(({ slot, why }): Candidate[] => {
    const insn = path.find((step) => step.slot === slot)?.insn;
    const opposite = insn && oppositeOf(insn.code & 0xf0);
    if (!insn || !opposite) return [];
    if (why === "wrong-side")
      return [
        {
          en: `Turn the comparison with NULL at @${slot} round: the access stands on the side where R${insn.dst} is NULL.`,
          ja: `@${slot} の NULL との比較を逆にします。アクセスは R${insn.dst} が NULL の側にあります。`,
          apply(draft) {
            const item = draft.item(slot);
            item.insn = { ...item.insn, code: (insn.code & 0x0f) | opposite };
          },
        },
      ];
    if (why === "half-null")
      return [
        {
          en: `Compare all 64 bits with 0 at @${slot}.`,
          ja: `@${slot} で 64 ビット全体を 0 と比較します。`,
          apply(draft) {
            const item = draft.item(slot);
            item.insn = { ...item.insn, code: (insn.code & ~7) | c.BPF_JMP };
          },
        },
      ];
    return [];
  });
}

function before(scene: Scene, reg: number): Candidate[] {
  const is = scene.regBefore(reg);
  const { at } = scene;
  // On this path it is certainly NULL, but other paths may bring a pointer.
  const isNull = scene.findings.fate(reg)?.how === "null-side";
  if (!is || (!t.mayBeNull(is.type) && !isNull)) return [];
  const compare = (slot: number, step: number): Candidate => ({
    en: `Compare R${reg} with NULL before @${slot}, and return if it is NULL.`,
    ja: `@${slot} の前で R${reg} を NULL と比較し、NULL なら抜けます。`,
    apply(draft) {
      const item = draft.item(slot);
      if (!scene.mayLeaveWithout(reg, step)) return draft.fail();
      draft.before(
        item,
        scene.leaving(draft, slot, c.BPF_JEQ, (op, to) => jumpImm(op, reg, 0, to)),
      );
    },
  });
  const around: Candidate = {
    en: `Compare R${reg} with NULL before @${at}, and skip the instruction if it is NULL.`,
    ja: `@${at} の前で R${reg} を NULL と比較し、NULL ならこの命令を飛ばします。`,
    apply(draft) {
      const item = draft.at(at);
      const next = item && draft.next(item);
      if (!item || !next) return draft.fail();
      draft.before(item, [jumpImm(c.BPF_JEQ, reg, 0, next)]);
    },
  };
  return [compare(at, scene.end), around, ...moved(scene, reg)];
}

/** `reg += n` before a later comparison with NULL: moves the addition behind the comparison. */
function moved(scene: Scene, reg: number): Candidate[] {
  const { at, insn, program } = scene;
  const form = insn && formOf(insn);
  if (scene.findings.refusal.id !== "pointer-arithmetic-null" || form?.kind !== "alu" || !insn) return [];
  const node = scene.originOf(reg);
  for (let slot = at + 1; slot < Math.min(program.insns.length, at + 12); slot++) {
    const next = program.insns[slot]!;
    const kind = formOf(next)?.kind;
    const step = scene.step(scene.end);
    if (kind !== "jmp" && kind !== "alu") return [];
    const same =
      step && node && scene.findings.lineage.reg(scene.end, next.dst) === node && regOf(step.before, next.dst);
    if (kind !== "jmp" || next.imm !== 0 || !same) continue;
    return [
      {
        en: `Compare with NULL first: move the instruction at @${at} behind the comparison at @${slot}.`,
        ja: `先に NULL と比較します。@${at} の命令を @${slot} の比較の後に移します。`,
        apply(draft) {
          const [item, check] = [draft.item(at), draft.item(slot)];
          draft.items.splice(draft.items.indexOf(item), 1);
          draft.items.splice(draft.items.indexOf(check) + 1, 0, item);
        },
      },
    ];
  }
  return [];
}
