// The form of the program: unknown instructions, jumps out of the program, unreachable code, endless loops, too many or too large
// functions.
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { functionEntries, jumpTarget, slotsOf } from "../../program/flow.ts";
import { successorsOf } from "../../verifier/prepass/successors.ts";
import type { Draft, Item } from "../draft.ts";
import { aluImm, exit, jumpImm, mayGoto, movImm } from "../new-insns.ts";
import { reachable } from "../reachable.ts";
import type { Candidate, Scene } from "../scene.ts";
import { changed } from "./edits.ts";

/** For programs that take long to walk there are only a few trials. */
const MAX_LONG_TRIALS = 3;

export function formCandidates(scene: Scene): Candidate[] {
  const { refusal } = scene.findings;
  const { at, insn } = scene;
  switch (refusal.id) {
    case "reserved-fields":
      return insn ? unusedFields(at, insn) : [];
    case "imm64-incomplete":
    case "imm64-unknown":
    case "load-constant-size":
      return insn ? secondSlot(scene, at, insn) : [];
    case "imm64-middle":
      return middle(scene);
    case "unknown-opcode":
    case "unknown-alu-op":
    case "unknown-jump-op":
    case "unknown-load-mode":
      return [leftOut(at), instead(at)];
    case "no-exit":
      return [ended(scene, false), ended(scene, true)];
    case "jump-range":
      return redirected(scene, refusal.args.from);
    case "call-range":
    case "walk-outside":
      return redirected(scene, at);
    case "unreachable":
      return unreachable(scene, refusal.args.insn);
    case "infinite-loop":
      return [...counted(scene), ...bounded(scene)];
    case "too-complex":
    case "too-many-branches":
      return [...bounded(scene), ...fewerRounds(scene)].slice(0, MAX_LONG_TRIALS);
    case "call-depth":
      return [...notCalled(scene)];
    case "stack-depth":
    case "stack-depth-tail-call":
      return lessStack(scene);
    default:
      return [];
  }
}

/** Sets fields that the instruction does not use to 0. */
function unusedFields(at: number, insn: Insn): Candidate[] {
  const texts = {
    en: `Set the fields that the instruction at @${at} does not use to 0.`,
    ja: `@${at} の命令が使わないフィールドを 0 にします。`,
  };
  const cls = c.classOf(insn.code);
  const fields: Partial<Insn>[] = [];
  const isImm = (insn.code & c.BPF_X) === 0;
  if (cls === c.BPF_JMP || cls === c.BPF_JMP32) {
    const op = insn.code & 0xf0;
    if (op === c.BPF_CALL) fields.push({ dst: 0, off: 0 }, { dst: 0, off: 0, src: 0 });
    else if (op === c.BPF_EXIT) fields.push({ dst: 0, src: 0, off: 0, imm: 0 });
    else if (op === c.BPF_JA) fields.push({ dst: 0, src: 0, imm: 0 });
    else fields.push(isImm ? { src: 0 } : { imm: 0 });
  } else if (cls === c.BPF_ALU || cls === c.BPF_ALU64) fields.push(isImm ? { src: 0, off: 0 } : { imm: 0, off: 0 });
  else fields.push({ imm: 0 }, { src: 0 }, { off: 0 }, { dst: 0, off: 0 }, { imm: 0, off: 0, dst: 0 });
  return fields.map((field) => changed(at, texts, (one) => ({ ...one, ...field })));
}

/** Repairs an LD_IMM64: it needs two slots, and the second has only the upper half of the number. */
function secondSlot(scene: Scene, at: number, insn: Insn): Candidate[] {
  const wide = { code: c.BPF_LD | c.BPF_IMM | c.BPF_DW };
  const next = scene.program.insns[at + 1];
  const found: Candidate[] = [];
  if (isLdImm64(insn) && next?.code === 0)
    found.push({
      en: `Leave everything but imm of the second slot at @${at + 1} 0, as BPF_LD_IMM64 writes it.`,
      ja: `BPF_LD_IMM64 のとおり、2 スロット目 (@${at + 1}) は imm 以外を 0 にします。`,
      apply(draft) {
        const item = draft.at(at);
        if (!item?.high) return draft.fail();
        item.high = { code: 0, dst: 0, src: 0, off: 0, imm: item.high.imm };
        item.insn = { ...item.insn, off: 0 };
      },
    });
  if (isLdImm64(insn)) {
    found.push({
      en: `Load a plain 64-bit number at @${at}: src 0, and a second slot of its own.`,
      ja: `@${at} でただの 64 ビットの数値をロードします (src は 0、2 スロット目を付ける)。`,
      apply(draft) {
        const item = draft.item(at);
        const follows = item.high && item.high.code !== 0 ? item.high : undefined;
        item.insn = { ...item.insn, src: 0, off: 0 };
        item.high = { code: 0, dst: 0, src: 0, off: 0, imm: follows ? 0 : (item.high?.imm ?? 0) };
        item.map = undefined;
        if (follows) draft.after(item, [{ insn: follows }]);
      },
    });
    found.push({
      en: `Move the constant with one instruction at @${at}.`,
      ja: `@${at} で定数を 1 命令で代入します。`,
      apply(draft) {
        const item = draft.item(at);
        const follows = item.high && item.high.code !== 0 ? item.high : undefined;
        draft.replace(item, [movImm(insn.dst, insn.imm), ...(follows ? [{ insn: follows }] : [])]);
      },
    });
  } else {
    found.push(
      changed(
        at,
        { en: `Make @${at} a two-slot load of 64 bits.`, ja: `@${at} を 2 スロットの 64 ビットロードにします。` },
        (one) => ({ ...one, ...wide }),
      ),
      leftOut(at),
    );
  }
  return found;
}

function middle(scene: Scene): Candidate[] {
  const { insns } = scene.program;
  const found: Candidate[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot]!)) {
    const target = jumpTarget(insns[slot]!, slot);
    const into = target !== undefined && target > 0 ? insns[target - 1] : undefined;
    if (target === undefined || !into || !isLdImm64(into)) continue;
    for (const [to, en, ja] of [
      [target - 1, "to the first slot", "先頭のスロットへ"],
      [target + 1, "behind the second slot", "2 スロット目の後へ"],
    ] as const)
      found.push({
        en: `Let the jump at @${slot} lead ${en} of the LD_IMM64.`,
        ja: `@${slot} のジャンプ先を LD_IMM64 の${ja}移します。`,
        apply(draft) {
          const [item, goal] = [draft.item(slot), draft.item(to)];
          item.to = goal;
        },
      });
  }
  return found;
}

const leftOut = (at: number): Candidate => ({
  en: `Leave out the instruction at @${at}: there is no such instruction.`,
  ja: `@${at} の命令を外します。そのような命令はありません。`,
  apply(draft) {
    const item = draft.item(at);
    draft.remove(item);
  },
});

const instead = (at: number): Candidate => ({
  en: `Set R0 to 0 at @${at} instead: there is no such instruction.`,
  ja: `そのような命令はないので、@${at} では代わりに R0 を 0 にします。`,
  apply(draft) {
    const item = draft.item(at);
    draft.replace(item, [movImm(0, 0)]);
  },
});

/** Ends what has no end. `withResult`: R0 is set first. Without, R0 is returned as it is, if the verifier knows it there. */
const ended = (scene: Scene, withResult: boolean): Candidate => ({
  group: "end",
  en: `End the ${scene.at < 0 ? "program" : "function"} with ${withResult ? `R0 = ${scene.result} and ` : ""}an exit.`,
  ja: `最後に ${withResult ? `R0 = ${scene.result} と ` : ""}exit を置きます。`,
  apply(draft) {
    const { insns } = scene.program;
    const entries = functionEntries(insns);
    let added = 0;
    for (const entry of [...entries.slice(1), insns.length]) {
      const last = lastBefore(draft, entry);
      const kind = last && formOf(last.insn)?.kind;
      if (!last || kind === "exit" || kind === "ja") continue;
      // A function that falls through into the next one gets an end of its own.
      draft.after(last, withResult ? [movImm(0, scene.result), exit()] : [exit()]);
      added++;
    }
    return added > 0 ? undefined : draft.fail();
  },
});

const lastBefore = (draft: Draft, slot: number): Item | undefined =>
  draft.items.findLast(({ origin }) => origin >= 0 && origin < slot);

/** Lets the jump lead to the end of its function, or to the next instruction. */
function redirected(scene: Scene, from: number): Candidate[] {
  const { insns } = scene.program;
  const found: Candidate[] = [];
  const targets: { slot: number; en: string; ja: string }[] = [];
  const entries = functionEntries(insns);
  const end = entries.find((entry) => entry > from) ?? insns.length;
  let last = -1;
  for (let slot = from + 1; slot < end; slot++) if (formOf(insns[slot]!)?.kind === "exit") last = slot;
  if (last >= 0) {
    targets.push({ slot: last, en: "to the exit", ja: "exit" });
    if (last > from + 1) targets.push({ slot: last - 1, en: "to what stands before the exit", ja: "exit の前" });
  }
  targets.push({ slot: from + 1, en: "to the next instruction", ja: "次の命令" });
  for (const { slot, en, ja } of targets)
    found.push({
      en: `Let the jump at @${from} lead ${en} (@${slot}).`,
      ja: `@${from} のジャンプ先を${ja} (@${slot}) にします。`,
      apply(draft) {
        const [item, goal] = [draft.item(from), draft.item(slot)];
        item.to = goal;
      },
    });
  return found;
}

function unreachable(scene: Scene, slot: number): Candidate[] {
  const { insns } = scene.program;
  const found: Candidate[] = [];
  const before = insns[slot - 1];
  const kind = before && formOf(before)?.kind;
  if (kind === "ja" && before) {
    found.push({
      en: `Let the jump at @${slot - 1} lead to the next instruction: @${slot} is reached then.`,
      ja: `@${slot - 1} のジャンプ先を次の命令にし、@${slot} に到達できるようにします。`,
      apply(draft) {
        const [item, goal] = [draft.item(slot - 1), draft.item(slot)];
        item.to = goal;
      },
    });
  }
  const reached = reachable(insns, successorsOf(insns));
  found.push({
    en: `Leave out what no path reaches, from @${slot} on.`,
    ja: `到達できない @${slot} 以降の命令を外します。`,
    apply(draft) {
      for (let at = 0; at < insns.length; at += slotsOf(insns[at]!)) {
        const item = draft.at(at);
        if (item && !reached.has(at)) draft.items.splice(draft.items.indexOf(item), 1);
      }
    },
  });
  return found;
}

/** A loop is left after this many rounds. */
const ROUNDS = 64;

/** Adds a counter that ends the loop. */
function counted(scene: Scene): Candidate[] {
  const { at } = scene;
  const register = scene.unused();
  if (scene.findings.path.length < 2 || register === undefined) return [];
  return [
    {
      en: `Count the rounds in R${register}, and leave the loop after ${ROUNDS}.`,
      ja: `R${register} で回数を数え、${ROUNDS} 回でループを抜けます。`,
      apply: (draft) => count(draft, scene, at, register),
    },
  ];
}

const fresh = (newInsns: readonly { insn: Insn }[]): Item[] =>
  newInsns.map(({ insn }) => ({ insn, high: undefined, to: undefined, map: undefined, origin: -1 }));

/** For a program that takes too long to verify: gives each loop a counter. The path is not needed. */
export function loopCandidates(scene: Scene): Candidate[] {
  const register = scene.unused();
  if (register === undefined || !scene.mayLeave()) return [];
  return loopsOf(scene.program.insns).map(({ target }) => ({
    en: `Count the rounds of the loop at @${target} in R${register}, and leave it after ${ROUNDS}: the verifier has to walk each.`,
    ja: `@${target} のループの回数を R${register} で数え、${ROUNDS} 回で抜けます。verifier は一回ずつたどるためです。`,
    apply: (draft) => count(draft, scene, target, register),
  }));
}

/** A few jumps that lead back. */
function loopsOf(insns: readonly Insn[]): { slot: number; target: number }[] {
  const backs: { slot: number; target: number }[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot]!)) {
    const target = jumpTarget(insns[slot]!, slot);
    if (target !== undefined && target <= slot) backs.push({ slot, target });
  }
  return backs.slice(0, 3);
}

/** Puts a counter at the head of the loop, and sets it to 0 at the program's start. */
function count(draft: Draft, scene: Scene, head: number, register: number): void {
  draft.before(draft.item(head), [
    aluImm(c.BPF_ADD, register, 1),
    ...scene.leaving(draft, head, c.BPF_JGT, (op, to) => jumpImm(op, register, ROUNDS, to)),
  ]);
  draft.items.unshift(...fresh([movImm(register, 0)]));
}

/** Adds may_goto: the kernel counts the rounds. */
function bounded(scene: Scene): Candidate[] {
  return loopsOf(scene.program.insns).map(({ slot, target }) => ({
    en: `Let the kernel bound the loop that begins at @${target}: a may_goto (Linux 6.9 and newer) that leaves it.`,
    ja: `@${target} から始まるループの回数を、may_goto (Linux 6.9 以降) でカーネルに制限させます。`,
    apply(draft) {
      const head = draft.at(target);
      const behind = draft.at(slot) && draft.next(draft.at(slot)!);
      if (!head) return draft.fail();
      if (behind) draft.before(head, [mayGoto(behind)]);
      else {
        const added = draft.after(draft.items.at(-1)!, [movImm(0, scene.result), exit()]);
        draft.before(head, [mayGoto(added[0]!)]);
      }
    },
  }));
}

/** For a loop that ends, but after too many rounds: makes the constant smaller that ends it. */
function fewerRounds(scene: Scene): Candidate[] {
  const { insns } = scene.program;
  const found: Candidate[] = [];
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot]!)) {
    const insn = insns[slot]!;
    const form = formOf(insn);
    // The comparison that jumps back.
    if (form?.kind !== "jmp" || form.source !== "imm" || slot + 1 + insn.off > slot) continue;
    for (const rounds of [64, 4].filter((one) => one < insn.imm / 2))
      found.push(
        changed(
          slot,
          {
            en: `Compare with ${rounds} instead of ${insn.imm} at @${slot}: fewer rounds to walk.`,
            ja: `@${slot} で ${insn.imm} ではなく ${rounds} と比較し、回数を減らします。`,
          },
          (one) => ({
            ...one,
            imm: rounds,
          }),
        ),
      );
  }
  return found.slice(0, 6);
}

/** For a chain of calls that is too deep: inlines the function that is called last. */
const notCalled = (scene: Scene): Candidate[] =>
  scene.at < 0
    ? []
    : [
        {
          en: `Do the work of the function called at @${scene.at} in its caller: at most 8 functions may be active at once.`,
          ja: `@${scene.at} で呼ぶ関数の処理を呼び出し元で行います。同時に呼べる関数は 8 個までです。`,
          apply: (draft) => inlined(draft, scene),
        },
      ];

/** Copies a function without branches to the place of its call. */
function inlined(draft: Draft, scene: Scene): void {
  const call = draft.at(scene.at);
  const entry = call?.to;
  if (!call || !entry) return draft.fail();
  const from = draft.items.indexOf(entry);
  const body: { insn: Insn; to?: Item; high?: Insn; map?: number }[] = [];
  for (let i = from; i < draft.items.length; i++) {
    const item = draft.items[i]!;
    const kind = formOf(item.insn)?.kind;
    if (kind === "exit") break;
    if (kind === "jmp" || kind === "ja" || body.length > 40) return draft.fail();
    body.push({
      insn: item.insn,
      ...(item.to && { to: item.to }),
      ...(item.high && { high: item.high }),
      ...(item.map !== undefined && { map: item.map }),
    });
  }
  const next = draft.next(call);
  if (body.length === 0 || !next) return draft.fail();
  const others = draft.items.some((item) => item !== call && item.to === entry);
  draft.replace(call, body);
  if (!others) {
    // No other call needs the function.
    const i = draft.items.indexOf(entry);
    while (i < draft.items.length) {
      const [gone] = draft.items.splice(i, 1);
      if (formOf(gone!.insn)?.kind === "exit") break;
    }
  }
}

/** Limits each function to its part of the 512 bytes. */
function lessStack(scene: Scene): Candidate[] {
  const { insns } = scene.program;
  const entries = functionEntries(insns);
  const limit = Math.floor(512 / Math.max(2, entries.length) / 32) * 32;
  return [
    {
      en: `Use at most ${limit} bytes of stack in each function.`,
      ja: `各関数のスタックを ${limit} バイトまでにします。`,
      apply(draft) {
        for (const item of draft.items) {
          const { insn } = item;
          const cls = c.classOf(insn.code);
          const onStack =
            (cls === c.BPF_LDX && insn.src === 10) || ((cls === c.BPF_ST || cls === c.BPF_STX) && insn.dst === 10);
          if (onStack && insn.off < -limit) item.insn = { ...insn, off: -limit };
          const form = formOf(insn);
          if (
            form?.kind === "alu" &&
            form.op === "add" &&
            form.source === "imm" &&
            insn.imm < -limit &&
            insn.imm >= -512
          )
            item.insn = { ...insn, imm: -limit };
        }
      },
    },
  ];
}
