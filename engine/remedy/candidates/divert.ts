// A branch with a wrong target: it leads to an end of the program instead.
import { formOf } from "../../isa/forms.ts";
import { jumped } from "../../verifier/explain/path.ts";
import type { Candidate, Scene } from "../scene.ts";

/** Lets the jump at a slot lead to an end of the program. */
export const divert = (scene: Scene, slot: number): Candidate => ({
  group: "divert",
  en: `Let the jump at @${slot} leave the program: where it leads now, what the access needs is not there.`,
  ja: `@${slot} のジャンプ先を終了にします。今のジャンプ先では、アクセスに必要なものがありません。`,
  apply(draft) {
    const item = draft.item(slot);
    const end = scene.ending(draft, slot);
    if (!end || item.to === end) return draft.fail();
    item.to = end;
  },
});

/** Diverts the last branch of the path that jumped. By this jump the path missed what it lacks. */
export function divertLast(scene: Scene): Candidate[] {
  const { path } = scene.findings;
  const { curframe } = path.at(-1)?.before ?? {};
  for (let at = path.length - 2; at >= 0; at--) {
    const { insn, slot, before } = path[at]!;
    const jumps = formOf(insn)?.kind === "jmp" && before.curframe === curframe;
    if (jumps && jumped(path, at) && scene.mayLeave(at + 1)) return [divert(scene, slot)];
  }
  return [];
}
