// Registers: values that were never set or were lost in a call, return values of functions, arithmetic that pointers do not allow.
import { helperId } from "../../facts/helpers.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import * as c from "../../isa/codes.ts";
import { type AluOp, formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { PointerLoss } from "../../verifier/explain/fate.ts";
import { ancestors } from "../../verifier/explain/lineage.ts";
import { regOf } from "../../verifier/explain/path.ts";
import { lastSet } from "../../verifier/explain/root.ts";
import * as t from "../../verifier/state/regtype.ts";
import { aluImm, aluReg, helperCall, load, movImm, movReg, storeImm } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";
import { divertLast } from "./divert.ts";
import { before, changed } from "./edits.ts";

const without = (slot: number): Candidate => ({
  en: `Leave out the instruction at @${slot}.`,
  ja: `@${slot} の命令を外します。`,
  apply(draft) {
    const item = draft.item(slot);
    draft.remove(item);
  },
});

export function registerCandidates(scene: Scene): Candidate[] {
  const { refusal } = scene.findings;
  const { at, insn } = scene;
  if (!insn) return [];
  switch (refusal.id) {
    case "unset-register":
      return [...unset(scene, refusal.args.reg), ...divertLast(scene)];
    case "program-return-range":
    case "program-return-type":
    case "callback-return-range":
    case "callback-return-type":
    case "function-return-type":
    case "async-callback-return-range": {
      const [min, max] = "min" in refusal.args ? [refusal.args.min, refusal.args.max] : [0, 1];
      const value = min <= 0 && max >= 0 ? 0 : min;
      const mask = value === 0 && max > 0 ? (1 << Math.floor(Math.log2(max + 1))) - 1 : 0;
      const set = lastSet(scene.findings.path, 0);
      const constant = set === undefined ? undefined : scene.program.insns[set];
      const form = constant && formOf(constant);
      return [
        ...(set !== undefined && form?.kind === "alu" && form.op === "mov" && form.source === "imm"
          ? [
              changed(
                set,
                { en: `Set R0 to ${value} at @${set}.`, ja: `@${set} で R0 を ${value} にします。` },
                (one) => ({ ...one, imm: value }),
              ),
            ]
          : []),
        ...(mask > 0
          ? [
              before(
                scene.at,
                {
                  en: `Mask R0 with ${mask} before the exit at @${at}.`,
                  ja: `@${at} の exit の前に R0 を ${mask} でマスクします。`,
                },
                [aluImm(c.BPF_AND, 0, mask)],
              ),
            ]
          : []),
        before(
          scene.at,
          {
            en: `Set R0 to ${value} before the exit at @${at}.`,
            ja: `@${at} の exit の前に R0 を ${value} にします。`,
          },
          [movImm(0, value)],
        ),
      ];
    }
    case "stack-pointer-returned":
      return [
        before(
          scene.at,
          { en: `Return a number: set R0 to 0 before @${at}.`, ja: `数値を返します。@${at} の前に R0 を 0 にします。` },
          [movImm(0, 0)],
        ),
      ];
    case "frame-pointer":
      return framePointer(scene, insn);
    case "division-by-zero":
      return [
        changed(at, { en: `Divide by 1 at @${at}.`, ja: `@${at} の除数を 1 にします。` }, (one) => ({
          ...one,
          imm: 1,
        })),
      ];
    case "shift":
      return [
        changed(
          at,
          {
            en: `Shift by ${refusal.args.by % refusal.args.width} at @${at}.`,
            ja: `@${at} のシフトを ${refusal.args.by % refusal.args.width} にします。`,
          },
          (one) => ({
            ...one,
            imm: refusal.args.by % refusal.args.width,
          }),
        ),
      ];
    case "pointer-from-number":
      return reversed(scene, insn);
    case "stack-pointer-subtract":
      return [
        changed(at, { en: `Add ${-insn.imm} at @${at}.`, ja: `@${at} で ${-insn.imm} を足します。` }, (one) => ({
          ...one,
          code: c.BPF_ALU64 | c.BPF_ADD,
          imm: -one.imm,
        })),
      ];
    case "pointer-arithmetic-32":
      return [
        changed(at, { en: `Use the 64-bit form at @${at}.`, ja: `@${at} を 64 ビットの命令にします。` }, (one) => ({
          ...one,
          code: (one.code & ~7) | c.BPF_ALU64,
        })),
        without(at),
      ];
    case "pointer-bitwise":
      return maskFirst(scene, insn, refusal.args.reg);
    case "pointer-operator":
      return [...castLeftOut(scene, insn), without(at)];
    case "pointer-with-pointer":
      return asNumber(scene, refusal.args.reg, refusal.args.number);
    case "pointer-arithmetic-type":
      return [...otherSide(scene, insn, refusal.args.reg), ...castLeftOut(scene, insn), without(at)];
    case "pointer-number-large":
    case "pointer-number-range":
    case "pointer-offset-large":
      return smaller(scene, insn, refusal.args.reg);
    case "not-a-pointer":
    case "null-pointer":
      return [...pointerKept(scene, insn, refusal.args.reg), ...divertLast(scene)];
    case "no-such-register":
      return existing(scene, insn);
    default:
      return [];
  }
}

function unset(scene: Scene, reg: number): Candidate[] {
  const { at, insn, findings } = scene;
  const { path } = findings;
  if (formOf(insn!)?.kind === "exit")
    return [
      before(
        scene.at,
        {
          en: `Set R0 to ${scene.result} before the exit at @${at}.`,
          ja: `@${at} の exit の前に R0 を ${scene.result} にします。`,
        },
        [movImm(0, scene.result)],
      ),
    ];
  const found: Candidate[] = [];
  // The value was lost in a call: keeps it in a register that calls preserve.
  const lost = path.findLastIndex((step) => {
    const was = regOf(step.before, reg);
    const now = step.after && regOf(step.after, reg);
    return formOf(step.insn)?.kind === "call" && was && was.type !== t.NOT_INIT && now?.type === t.NOT_INIT;
  });
  const call = path[lost];
  const spare = scene.unused();
  if (call && spare !== undefined && reg <= 5)
    found.push({
      en: `Keep R${reg} in R${spare} over the call at @${call.slot}.`,
      ja: `@${call.slot} の呼び出しの間、R${reg} を R${spare} に退避します。`,
      apply(draft) {
        const [calls, item] = [draft.item(call.slot), draft.item(at)];
        draft.before(calls, [movReg(spare, reg)]);
        draft.before(item, [movReg(reg, spare)]);
      },
    });
  const start = path[0];
  const zero = { en: `Set R${reg} to 0 before @${at}.`, ja: `@${at} の前に R${reg} を 0 にします。` };
  const ctx = scene.holding(t.PTR_TO_CTX).find((n) => n !== reg);
  const form = formOf(insn!);
  const asBase =
    (form?.kind === "ldx" && insn!.src === reg) || ((form?.kind === "st" || form?.kind === "stx") && insn!.dst === reg);
  if (asBase && ctx !== undefined)
    found.push(
      before(
        scene.at,
        { en: `Use the context in R${ctx} at @${at}.`, ja: `@${at} で R${ctx} のコンテキストを使います。` },
        [movReg(reg, ctx)],
      ),
    );
  if (reg <= 9) found.push(before(scene.at, zero, [movImm(reg, 0)]));
  if (start && start.slot !== at)
    found.push({
      en: `Set R${reg} to 0 at the start, for the paths that do not set it.`,
      ja: `設定しない経路のために、最初に R${reg} を 0 にします。`,
      apply(draft) {
        const item = draft.item(start.slot);
        if (reg === 1) return draft.fail();
        draft.before(item, [movImm(reg, 0)]);
      },
    });
  return found;
}

function framePointer(scene: Scene, insn: Insn): Candidate[] {
  const { at } = scene;
  const other = scene.freeRegister(at);
  if (other === undefined) return [];
  const form = formOf(insn);
  return [
    {
      en: `Copy R10 to R${other} and change the copy at @${at}.`,
      ja: `R10 を R${other} にコピーし、@${at} ではコピーを変えます。`,
      apply(draft) {
        const item = draft.item(at);
        if (form?.kind === "alu" && form.op !== "mov") draft.before(item, [movReg(other, 10)]);
        const isFetch = form?.kind === "atomic";
        item.insn = isFetch ? { ...item.insn, src: other } : { ...item.insn, dst: other };
        if (isFetch) draft.before(item, [movImm(other, 0)]);
      },
    },
  ];
}

/** Number minus pointer: subtracts the other way round. */
function reversed(scene: Scene, insn: Insn): Candidate[] {
  const { at } = scene;
  const found: Candidate[] = [];
  if ((insn.code & c.BPF_X) !== 0) {
    found.push({
      en: `Take the number from the pointer at @${at}, not the pointer from the number.`,
      ja: `@${at} では、数値からポインタではなく、ポインタから数値を引きます。`,
      apply(draft) {
        const item = draft.item(at);
        draft.replace(item, [aluReg(c.BPF_SUB, insn.src, insn.dst), movReg(insn.dst, insn.src)]);
      },
    });
    found.push(
      changed(
        at,
        { en: `Add the pointer to the number at @${at}.`, ja: `@${at} では数値にポインタを足します。` },
        (one) => ({ ...one, code: c.BPF_ALU64 | c.BPF_ADD | c.BPF_X }),
      ),
    );
    found.push(
      changed(at, { en: `Copy the pointer at @${at}.`, ja: `@${at} ではポインタをコピーします。` }, (one) => ({
        ...one,
        code: c.BPF_ALU64 | c.BPF_MOV | c.BPF_X,
      })),
    );
  }
  return found;
}

/** For a mask on a pointer: masks the number before it is added. */
function maskFirst(scene: Scene, insn: Insn, reg: number): Candidate[] {
  const { at, findings } = scene;
  const node = scene.originOf(reg);
  const form = formOf(insn);
  const sum = node && ancestors(node).find(({ op, from, step }) => op === "add" && from.length > 1 && step >= 0);
  if (!sum || form?.kind !== "alu" || form.source !== "imm") return [without(at)];
  const add = findings.path[sum.step]!;
  const left = regOf(add.before, add.insn.dst);
  const number = left?.type === t.SCALAR_VALUE ? add.insn.dst : add.insn.src;
  return [
    {
      en: `Mask R${number} before it is added at @${add.slot}, not the pointer afterwards.`,
      ja: `ポインタではなく、@${add.slot} で足す前の R${number} をマスクします。`,
      apply(draft) {
        const [item, adds] = [draft.item(at), draft.item(add.slot)];
        draft.items.splice(draft.items.indexOf(item), 1);
        item.insn = { ...item.insn, dst: number };
        draft.items.splice(draft.items.indexOf(adds), 0, item);
      },
    },
    without(at),
  ];
}

/** `r <<= 32; r >>= 32` on a pointer: leaves out this unwanted cast. */
function castLeftOut(scene: Scene, insn: Insn): Candidate[] {
  const { at, program } = scene;
  const back = program.insns[at + 1];
  const op = (one: Insn | undefined): AluOp | undefined => {
    const form = one && formOf(one);
    return form?.kind === "alu" ? form.op : undefined;
  };
  if (op(insn) !== "lsh" || (op(back) !== "rsh" && op(back) !== "arsh") || back!.dst !== insn.dst) return [];
  return [
    {
      en: `Leave out the cast to 32 bits at @${at} and @${at + 1}: a pointer keeps its 64 bits.`,
      ja: `@${at} と @${at + 1} の 32 ビットへの変換を外します。ポインタは 64 ビットのまま使います。`,
      unwanted: [at, at + 1],
      apply(draft) {
        const items = [draft.at(at), draft.at(at + 1)];
        for (const item of items) if (item) draft.remove(item);
      },
    },
  ];
}

/** For a sum of two pointers: adds the number that the second one points to, with a limit. */
function asNumber(scene: Scene, reg: number, number: number): Candidate[] {
  const { at } = scene;
  const other = scene.freeRegister(at, { but: [reg, number] });
  const pointer = scene.regBefore(number);
  const base = scene.regBefore(reg);
  const room = base && scene.bytesLeft(base);
  const found: Candidate[] = [];
  if (other !== undefined && pointer && number >= 0 && room !== undefined && room > 0n) {
    let mask = 1;
    while (BigInt(mask * 2 + 1) < room) mask = mask * 2 + 1;
    found.push({
      en: `Add the number that R${number} points to, not R${number} itself: load it and mask it with ${mask} before @${at}.`,
      ja: `R${number} そのものではなく、それが指す数値を足します。@${at} の前で読み込み、${mask} でマスクします。`,
      apply(draft) {
        const item = draft.item(at);
        draft.before(item, [load(1, other, number, 0), aluImm(c.BPF_AND, other, mask)]);
        item.insn = { ...item.insn, src: other };
      },
    });
  }
  found.push(
    changed(
      at,
      { en: `Take the difference of the two pointers at @${at}.`, ja: `@${at} で二つのポインタの差を求めます。` },
      (one) => ({ ...one, code: c.BPF_ALU64 | c.BPF_SUB | c.BPF_X }),
    ),
    changed(
      at,
      {
        en: `Copy the pointer at @${at} instead of combining two.`,
        ja: `@${at} では演算せず、ポインタをコピーします。`,
      },
      (one) => ({ ...one, code: c.BPF_ALU64 | c.BPF_MOV | c.BPF_X }),
    ),
  );
  return found;
}

/** For arithmetic on the packet's end: does the opposite with the pointer that is compared with it. */
function otherSide(scene: Scene, insn: Insn, reg: number): Candidate[] {
  const { at, program } = scene;
  const form = formOf(insn);
  if (
    scene.regBefore(reg)?.type !== t.PTR_TO_PACKET_END ||
    form?.kind !== "alu" ||
    (form.op !== "add" && form.op !== "sub")
  )
    return [];
  const compare = program.insns.findIndex((one, slot) => {
    const kind = formOf(one);
    return slot > at && kind?.kind === "jmp" && kind.source === "reg" && (one.dst === reg || one.src === reg);
  });
  const jump = program.insns[compare];
  if (!jump) return [];
  const pkt = jump.dst === reg ? jump.src : jump.dst;
  const copy = scene.freeRegister(compare, { but: [pkt, reg, insn.src] });
  if (copy === undefined) return [];
  const number = form.source === "reg" ? scene.regBefore(insn.src)?.val : undefined;
  const value =
    form.source === "imm"
      ? insn.imm
      : number?.varOff.mask === 0n
        ? Number(BigInt.asIntN(32, number.varOff.value))
        : undefined;
  if (value === undefined) return [];
  const by = form.op === "add" ? -value : value;
  return [
    {
      en: `Leave data_end as it came, and compare R${pkt} + ${by} with it at @${compare}.`,
      ja: `data_end は動かさず、@${compare} で R${pkt} + ${by} と比較します。`,
      unwanted: [at],
      apply(draft) {
        const [item, compares] = [draft.item(at), draft.item(compare)];
        draft.before(compares, [movReg(copy, pkt), aluImm(c.BPF_ADD, copy, by)]);
        compares.insn = jump.dst === reg ? { ...compares.insn, src: copy } : { ...compares.insn, dst: copy };
        draft.remove(item);
      },
    },
  ];
}

/** The constant that is added to a pointer is too large: makes it smaller. */
function smaller(scene: Scene, insn: Insn, reg: number): Candidate[] {
  const { at, findings } = scene;
  const found: Candidate[] = [];
  const form = formOf(insn);
  if (form?.kind !== "alu") return [];
  const slots: { slot: number; imm: number }[] = [];
  if (form.source === "imm") slots.push({ slot: at, imm: insn.imm });
  else
    for (const n of [insn.src, insn.dst]) {
      const node = scene.originOf(n);
      if (node?.imm !== undefined && node.kind === "const" && node.step >= 0)
        slots.push({ slot: findings.path[node.step]!.slot, imm: Number(BigInt.asIntN(32, node.imm)) });
    }
  for (const one of scene.originOf(reg) ? ancestors(scene.originOf(reg)!) : [])
    if (one.op === "add" && one.imm !== undefined && one.step >= 0 && (one.imm > 512n || one.imm < -512n))
      slots.push({ slot: one.slot, imm: Number(one.imm) });
  const value = scene.regBefore(reg)?.type === t.PTR_TO_STACK ? -8 : 0;
  for (const { slot, imm } of slots)
    found.push({
      en: `Use ${value} instead of ${imm} at @${slot}: an offset inside the memory.`,
      ja: `@${slot} で ${imm} ではなく、メモリの内側の ${value} を使います。`,
      apply(draft) {
        const item = draft.item(slot);
        item.insn = { ...item.insn, imm: value };
        if (item.high) item.high = { ...item.high, imm: 0 };
      },
    });
  if (form.source === "reg") {
    const number = scene.regBefore(insn.src)?.type === t.SCALAR_VALUE ? insn.src : insn.dst;
    const pointer = scene.regBefore(number === insn.src ? insn.dst : insn.src);
    const room = pointer && scene.bytesLeft(pointer);
    if (room !== undefined && room > 1n) {
      let mask = 0;
      while (BigInt(mask * 2 + 1) < room && mask < 0xffff) mask = mask * 2 + 1;
      found.push(
        before(
          scene.at,
          {
            en: `Mask R${number} with ${mask} before it is added at @${at}.`,
            ja: `@${at} で足す前に R${number} を ${mask} でマスクします。`,
          },
          [aluImm(c.BPF_AND, number, mask)],
        ),
      );
    }
  }
  return found;
}

/** An instruction turned a pointer into a number, or a number is used although a pointer is at hand. */
function pointerKept(scene: Scene, insn: Insn, reg: number): Candidate[] {
  const { findings } = scene;
  const fate = findings.fate(reg);
  const found: Candidate[] = [];
  const making = fate && findings.path.find(({ visit }) => visit === fate.visit);
  if (making && (fate.how === "cut" || fate.how === "part" || fate.how === "arithmetic")) {
    const form = formOf(making.insn);
    if (form?.kind === "alu" && form.width === 32)
      found.push(
        changed(
          making.slot,
          {
            en: `Use the 64-bit form at @${making.slot}: a pointer has 64 bits.`,
            ja: `ポインタは 64 ビットなので、@${making.slot} を 64 ビットの命令にします。`,
          },
          (one) => ({ ...one, code: (one.code & ~7) | c.BPF_ALU64 }),
        ),
      );
    if (form?.kind === "ldx")
      found.push(
        changed(
          making.slot,
          { en: `Read all 8 bytes back at @${making.slot}.`, ja: `@${making.slot} で 8 バイトすべてを読み戻します。` },
          (one) => ({ ...one, code: c.BPF_LDX | c.BPF_MEM | c.BPF_DW }),
        ),
      );
    found.push(without(making.slot));
  }
  if (making && fate.how === "overwritten") {
    const form = formOf(making.insn);
    const free = -scene.stackUsed - 8;
    if (form?.kind === "st" || form?.kind === "stx")
      found.push(
        changed(
          making.slot,
          {
            en: `Write to fp${free} at @${making.slot}, away from the pointer.`,
            ja: `@${making.slot} では、ポインタと重ならない fp${free} に書きます。`,
          },
          (one) => ({ ...one, dst: 10, off: free }),
        ),
      );
    found.push(without(making.slot));
  }
  if (making && fate.how === "released")
    found.push({
      en: `Release it behind @${scene.at}, where it was used last, not at @${making.slot}.`,
      ja: `@${making.slot} ではなく、最後に使う @${scene.at} の後で解放します。`,
      apply(draft) {
        const [call, use] = [draft.item(making.slot), draft.item(scene.at)];
        draft.items.splice(draft.items.indexOf(call), 1);
        draft.items.splice(draft.items.indexOf(use) + 1, 0, call);
      },
    });
  // A copy that is still a pointer.
  const node = scene.originOf(reg);
  const step = scene.last;
  found.push(...readByHelper(scene, insn, reg, fate));
  const kept = fate === undefined || ["arithmetic", "cut", "part", "overwritten", "constant"].includes(fate.how);
  if (step && kept)
    for (const n of [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
      const is = regOf(step.before, n);
      if (!is || n === reg || is.type === t.NOT_INIT || is.type === t.SCALAR_VALUE || is.type === t.PTR_TO_PACKET_END)
        continue;
      const kin = node && ancestors(node).some((one) => one === scene.originOf(n));
      const never = fate === undefined || fate.how === "constant";
      const stack = never && is.type === t.PTR_TO_STACK && n === 10;
      if (!kin && !stack) continue;
      const form = formOf(insn);
      const isLoad = form?.kind === "ldx";
      const off = stack ? -8 : insn.off;
      found.push({
        en: stack
          ? `Use the stack at @${scene.at}: R10 - 8, written before.`
          : `Use R${n}, which is still a pointer, at @${scene.at}.`,
        ja: stack
          ? `@${scene.at} ではスタック (R10 - 8、先に書き込み) を使います。`
          : `@${scene.at} では、まだポインタである R${n} を使います。`,
        apply(draft) {
          const item = draft.item(scene.at);
          if (!isLoad && form?.kind !== "st" && form?.kind !== "stx" && form?.kind !== "atomic") return draft.fail();
          if (stack) draft.before(item, [storeImm(8, 10, -8, 0)]);
          item.insn = isLoad ? { ...item.insn, src: n, off } : { ...item.insn, dst: n, off };
        },
      });
    }
  return found;
}

/** For kernel memory behind a number: reads it with a helper that is allowed to fail. */
function readByHelper(scene: Scene, insn: Insn, reg: number, fate: PointerLoss | undefined): Candidate[] {
  const { at, program, live } = scene;
  const form = formOf(insn);
  const id = helperId("probe_read_kernel");
  const type = progTypeByName(program.progType);
  const isNumber = fate?.how === "loaded" || fate?.how === "returned" || fate?.how === "arithmetic";
  if (!isNumber || form?.kind !== "ldx" || form.signed || id === undefined) return [];
  // The call does not preserve R0 to R5.
  const lost = (live[at + 1] ?? 0) & 0x3f & ~(1 << insn.dst);
  if (!type?.helper(id, program.expectedAttachType) || lost !== 0) return [];
  const off = -scene.stackUsed - 8;
  return [
    {
      en: `Read it with bpf_probe_read_kernel into fp${off}, and load it from there, at @${at}: the kernel checks the address when the program runs.`,
      ja: `@${at} では bpf_probe_read_kernel で fp${off} に読み込み、そこからロードします。アドレスは実行時にカーネルが確かめます。`,
      apply(draft) {
        draft.replace(draft.item(at), [
          ...(insn.off === 0 ? [movReg(3, reg)] : [movReg(3, reg), aluImm(c.BPF_ADD, 3, insn.off)]),
          movReg(1, 10),
          aluImm(c.BPF_ADD, 1, off),
          movImm(2, form.size),
          helperCall(id),
          load(form.size, insn.dst, 10, off),
        ]);
      },
    },
  ];
}

function existing(scene: Scene, insn: Insn): Candidate[] {
  const { at } = scene;
  return [10, 1, 0].flatMap((n) => {
    const fields: Partial<Insn> = {
      ...(insn.dst > 10 && { dst: n }),
      ...(insn.src > 10 && { src: n }),
    };
    return changed(at, { en: `Use R${n} at @${at}.`, ja: `@${at} で R${n} を使います。` }, (one) => ({
      ...one,
      ...fields,
    }));
  });
}
