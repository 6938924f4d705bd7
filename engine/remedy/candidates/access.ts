// Changes of the access itself: its size, its offset, the size of its block, the map's flags.

import type { Texts } from "../../base/language.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import * as c from "../../isa/codes.ts";
import { type Form, formOf, SIZE_BITS, type Size } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { ancestors } from "../../verifier/explain/lineage.ts";
import { jumped } from "../../verifier/explain/path.ts";
import { lastSet } from "../../verifier/explain/root.ts";
import * as t from "../../verifier/state/regtype.ts";
import type { Draft, NewInsn } from "../draft.ts";
import { aluImm, aluReg, goto, jumpImm, load, movReg, storeImm } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";
import { changed } from "./edits.ts";

const SIZES: readonly Size[] = [4, 8, 2, 1];

const withSize = (insn: Insn, size: Size): Insn => ({ ...insn, code: (insn.code & ~0x18) | SIZE_BITS[size] });

const isAccess = (form: Form | undefined): boolean =>
  form !== undefined && ["ldx", "st", "stx", "atomic", "load_acq", "store_rel"].includes(form.kind);

const accessWithSize = (scene: Scene, size: Size): Candidate => ({
  group: "size",
  ...changed(
    scene.at,
    {
      en: `Access ${size} ${size === 1 ? "byte" : "bytes"} at @${scene.at}.`,
      ja: `@${scene.at} のアクセスを ${size} バイトにします。`,
    },
    (insn) => withSize(insn, size),
  ),
});

const accessAtOffset = (scene: Scene, off: number): Candidate =>
  changed(
    scene.at,
    { en: `Access offset ${off} at @${scene.at}.`, ja: `@${scene.at} のアクセスをオフセット ${off} にします。` },
    (insn) => ({ ...insn, off }),
  );

export function accessCandidates(scene: Scene): Candidate[] {
  const { refusal } = scene.findings;
  const { insn } = scene;
  if (!insn) return [];
  switch (refusal.id) {
    case "context-size":
    case "context-access":
    case "context-write":
    case "context-sign-extend":
      return context(scene, insn);
    case "socket-access":
    case "memory-readonly":
      return isAccess(formOf(insn))
        ? [
            ...SIZES.map((size) => accessWithSize(scene, size)),
            ...nearby(scene, insn, refusal.id),
            ...onStack(scene, insn),
          ]
        : [];
    case "pointer-offset-modified":
    case "pointer-offset-negative":
    case "pointer-offset-variable":
      return moveOffsetIntoLoad(scene, insn, refusal.args.reg);
    case "misaligned":
    case "misaligned-stack":
    case "misaligned-packet":
      return aligned(scene, insn, refusal.args);
    case "region-after":
    case "region-before":
    case "region-max":
    case "region-min-after":
    case "flow-keys-access":
      return inBlock(scene, insn, refusal.args);
    case "packet-before":
      return [accessAtOffset(scene, insn.off - refusal.args.off)];
    case "packet-short":
      return isAccess(formOf(insn))
        ? SIZES.filter((size) => refusal.args.off + size <= refusal.args.range).map((size) =>
            accessWithSize(scene, size),
          )
        : [];
    case "map-read":
    case "map-write":
    case "map-helper-write":
      return flags(scene, refusal.args.map);
    case "stack-bounds":
    case "stack-too-small":
      return stack(scene, insn, refusal.args.reg, refusal.args.off, refusal.args.size);
    case "stack-unwritten":
      return initialise(scene, refusal.args.off, refusal.args.size);
    case "fill-size":
    case "spill-size":
      return [
        accessWithSize(scene, 8),
        ...(refusal.args.off % 8 === 0 ? [] : [accessAtOffset(scene, Math.floor(insn.off / 8) * 8)]),
      ];
    case "packet-write":
    case "atomic-target":
      return onStack(scene, insn);
    case "same-insn-pointers":
      return ownAccess(scene);
    case "direct-value-range":
    case "direct-value-limit":
      return [directValue(scene)];
    default:
      return [];
  }
}

function context(scene: Scene, insn: Insn): Candidate[] {
  const type = progTypeByName(scene.program.progType);
  const form = formOf(insn);
  if (!type || !isAccess(form)) return [];
  const write = c.classOf(insn.code) !== c.BPF_LDX;
  const allows = (off: number, size: number): boolean =>
    type.ctxAccess(off, size, write, scene.program.expectedAttachType) !== undefined;
  const found: Candidate[] = [];
  for (const size of SIZES) if (allows(insn.off, size)) found.push(accessWithSize(scene, size));
  if (form?.kind === "ldx" && form.signed)
    found.push(
      changed(
        scene.at,
        { en: `Load without sign extension at @${scene.at}.`, ja: `@${scene.at} を符号拡張しないロードにします。` },
        (one) => ({ ...one, code: (one.code & ~0xe0) | c.BPF_MEM }),
      ),
    );
  const size = c.sizeOf(insn.code);
  const near: { off: number; size: Size }[] = [];
  for (let distance = 1; distance < 512 && near.length < 2; distance++)
    for (const off of [insn.off - distance, insn.off + distance])
      for (const width of [size, 4, 8] as Size[])
        if (off >= 0 && near.length < 2 && allows(off, width) && !near.some((one) => one.off === off))
          near.push({ off, size: width });
  for (const { off, size: width } of near)
    found.push(
      nearest(
        scene,
        {
          en: `Access the nearest field that may be ${write ? "written" : "read"}: ${width} bytes at offset ${off}.`,
          ja: `${write ? "書き込める" : "読める"}最も近いフィールド (オフセット ${off}、${width} バイト) を使います。`,
        },
        (one) => ({ ...withSize(one, width), off }),
      ),
    );
  return [...found, ...(write ? onStack(scene, insn) : [])];
}

const nearest = (scene: Scene, texts: Texts, change: (insn: Insn) => Insn): Candidate => ({
  group: "nearest",
  ...changed(scene.at, texts, change),
});

/** Other fields of the kernel object, instead of the one that was accessed. */
function nearby(scene: Scene, insn: Insn, id: string): Candidate[] {
  if (id !== "socket-access") return [];
  return [0, 4, 8, 12]
    .filter((off) => off !== insn.off)
    .map((off) =>
      changed(
        scene.at,
        {
          en: `Read the field at offset ${off} with 4 bytes.`,
          ja: `オフセット ${off} のフィールドを 4 バイトで読みます。`,
        },
        (one) => ({ ...withSize(one, 4), off }),
      ),
    );
}

/** Stores to the stack instead, where the program may write. */
function onStack(scene: Scene, insn: Insn): Candidate[] {
  const form = formOf(insn);
  if (form?.kind !== "st" && form?.kind !== "stx" && form?.kind !== "atomic") return [];
  const to: Candidate = {
    en: `Keep the value on the stack (fp-8) instead: what R${insn.dst} points to may not be written.`,
    ja: `R${insn.dst} の先には書けないので、値をスタック (fp-8) に置きます。`,
    apply(draft) {
      const item = draft.item(scene.at);
      if (form.kind === "atomic") draft.before(item, [storeImm(8, 10, -8, 0)]);
      item.insn = { ...item.insn, dst: 10, off: -8 };
    },
  };
  return [to];
}

/** Moves the offset from the pointer into the load. */
function moveOffsetIntoLoad(scene: Scene, insn: Insn, reg: number): Candidate[] {
  const node = scene.originOf(reg);
  const is = scene.regBefore(reg);
  const { path, lineage } = scene.findings;
  if (!node || !is || node.op !== "add" || node.step < 0) return [];
  const add = path[node.step]!;
  const found: Candidate[] = [];
  const isImm = (add.insn.code & c.BPF_X) === 0;
  if (isImm && isAccess(formOf(insn)))
    found.push({
      en: `Leave the pointer as it came, and write the offset ${insn.off + add.insn.imm} into the access at @${scene.at}.`,
      ja: `ポインタは動かさず、オフセット ${insn.off + add.insn.imm} を @${scene.at} の命令に書きます。`,
      apply(draft) {
        const [item, moved] = [draft.item(scene.at), draft.item(add.slot)];
        item.insn = { ...item.insn, off: item.insn.off + add.insn.imm };
        draft.remove(moved);
      },
    });
  // The pointer was moved by a register: adds an access for the value that the register has on this path.
  const number = lineage.reg(scene.end, add.insn.src);
  const value =
    number?.is && number.is.val.varOff.mask === 0n ? Number(BigInt.asIntN(64, number.is.val.varOff.value)) : undefined;
  if (!isImm && value !== undefined && isAccess(formOf(insn)))
    found.push({
      en: `Leave the pointer as it came, and give each offset an access of its own: ${insn.off + value} where R${add.insn.src} is ${value}.`,
      ja: `ポインタは動かさず、オフセットごとに命令を分けます。R${add.insn.src} が ${value} なら ${insn.off + value} にアクセスします。`,
      apply(draft) {
        const [item, moved] = [draft.at(scene.at), draft.at(add.slot)];
        const next = item && draft.next(item);
        if (!item || !moved || !next) return draft.fail();
        const own: NewInsn = { insn: { ...insn, off: insn.off + value } };
        draft.before(item, [jumpImm(c.BPF_JNE, add.insn.src, value, item), own, goto(next)]);
        const others = otherValues(scene, add.insn.src, value);
        item.insn = { ...item.insn, off: insn.off + (others ?? value) };
        draft.remove(moved);
      },
    });
  found.push({
    en: `Leave out what moves the pointer at @${add.slot}.`,
    ja: `@${add.slot} のポインタを動かす命令を外します。`,
    apply(draft) {
      const moved = draft.item(add.slot);
      draft.remove(moved);
    },
  });
  return found;
}

/** Another constant that the program moves into the register. undefined: none. */
function otherValues({ program }: Scene, reg: number, value: number): number | undefined {
  for (const insn of program.insns) {
    const form = formOf(insn);
    if (form?.kind === "alu" && form.op === "mov" && form.source === "imm" && insn.dst === reg && insn.imm !== value)
      return insn.imm;
  }
  return undefined;
}

function aligned(
  scene: Scene,
  insn: Insn,
  { off, size, reg }: { off: number; size: number; reg: number },
): Candidate[] {
  const added = scene.findings.refusal.id === "misaligned-packet" ? 2 : 0;
  const down = insn.off - ((((off + added) % size) + size) % size);
  const found: Candidate[] = [];
  if (isAccess(formOf(insn))) {
    const smaller = SIZES.filter((one) => one < size && (off + added) % one === 0);
    found.push(...splitLoad(scene, insn, reg, smaller[0] ?? 1));
    found.push(accessAtOffset(scene, down), ...smaller.map((one) => accessWithSize(scene, one)));
  }
  return found;
}

/** Builds a load of `size` bytes from smaller loads. */
function splitLoad(scene: Scene, insn: Insn, base: number, part: Size): Candidate[] {
  const form = formOf(insn);
  if (form?.kind !== "ldx" || form.signed) return [];
  const size = form.size;
  const { dst } = insn;
  const other = scene.freeRegister(scene.at, { but: [dst, base] });
  const from = dst === base ? scene.freeRegister(scene.at, { but: [dst, base, other ?? -1] }) : base;
  if (other === undefined || from === undefined || (base === 10 && insn.off + size > 0)) return [];
  const newInsns: NewInsn[] = from === base ? [] : [movReg(from, base)];
  const count = size / part;
  for (let i = count - 1; i >= 0; i--) {
    if (i === count - 1) newInsns.push(load(part, dst, from, insn.off + i * part));
    else
      newInsns.push(
        aluImm(c.BPF_LSH, dst, part * 8),
        load(part, other, from, insn.off + i * part),
        aluReg(c.BPF_OR, dst, other),
      );
  }
  return [
    {
      en: `Split the load at @${scene.at} into ${count} loads of ${part} ${part === 1 ? "byte" : "bytes"}.`,
      ja: `@${scene.at} のロードを ${part} バイトのロード ${count} 個に分けます。`,
      apply(draft) {
        const item = draft.item(scene.at);
        draft.replace(item, newInsns);
      },
    },
  ];
}

interface Block {
  readonly reg: number;
  readonly off: number;
  readonly size: number;
  readonly total: number;
}

/** Moves the access into its block, or makes the block large enough. */
function inBlock(scene: Scene, insn: Insn, { reg, off, size, total }: Block): Candidate[] {
  const over = off + size - total;
  const found: Candidate[] = [];
  const node = scene.originOf(reg);
  const { path } = scene.findings;
  const isCallHere = formOf(insn)?.kind === "call";
  found.push(...reserved(scene, reg, over), ...sizeArgument(scene, reg, total - off));
  const map = scene.regBefore(reg)?.map;
  if (map && over > 0 && scene.regBefore(reg)?.type === t.PTR_TO_MAP_VALUE)
    found.push(...largerValue(scene, map.def.name, map.valueSize + over, scene.findings.refusal.id));
  const shift = off < 0 ? -off : over > 0 ? -over : 0;
  if (!isCallHere && shift !== 0) {
    if (insn.off !== 0 || node?.op !== "add") found.push(accessAtOffset(scene, insn.off + shift));
    for (const one of SIZES)
      if (isAccess(formOf(insn)) && one < size && off >= 0 && off + one <= total)
        found.push(accessWithSize(scene, one));
  }
  // If a constant was added to the pointer.
  const add =
    node &&
    ancestors(node).find(({ op, imm, step }) => (op === "add" || op === "sub") && imm !== undefined && step >= 0);
  if (add && shift !== 0) {
    const { slot, insn: adds } = path[add.step]!;
    const imm = adds.imm + (add.op === "sub" ? -shift : shift);
    found.push({
      en: `Add ${imm} instead of ${adds.imm} at @${slot}.`,
      ja: `@${slot} で ${adds.imm} ではなく ${imm} を足します。`,
      apply(draft) {
        const item = draft.item(slot);
        if (adds.imm === imm) return draft.fail();
        item.insn = { ...item.insn, imm };
      },
    });
  }
  // If a register with a constant was added.
  const sum = node && ancestors(node).find(({ from }) => from.length > 1);
  const constant = sum?.from.find(({ kind, imm }) => kind === "const" && imm !== undefined);
  if (constant && constant.step >= 0 && shift !== 0) {
    const { slot, insn: sets } = path[constant.step]!;
    found.push({
      en: `Set ${sets.imm + shift} instead of ${sets.imm} at @${slot}.`,
      ja: `@${slot} で ${sets.imm} ではなく ${sets.imm + shift} を設定します。`,
      apply(draft) {
        const item = draft.item(slot);
        if (item.high) return draft.fail();
        item.insn = { ...item.insn, imm: item.insn.imm + shift };
      },
    });
  }
  return found;
}

/** Declares a larger value for the map. */
function largerValue(scene: Scene, name: string, valueSize: number, id: string): Candidate[] {
  const at = scene.program.maps.findIndex((map) => map.name === name);
  const map = scene.program.maps[at];
  // If the offset has no useful limit, the value is not likely to be too small.
  const bySize = id === "region-max" && !scene.isCall;
  if (!map || valueSize > 4096 || map.valueSize === 0 || bySize) return [];
  return [
    {
      en: `Declare the value of ${name} with ${valueSize} bytes instead of ${map.valueSize}: value_size is the size of the whole struct.`,
      ja: `${name} の値を ${map.valueSize} バイトではなく ${valueSize} バイトと宣言します。value_size は構造体全体の大きさです。`,
      apply(draft) {
        draft.maps[at] = { ...map, valueSize };
      },
    },
  ];
}

/** For memory of the ring buffer: reserves more. */
function reserved(scene: Scene, reg: number, over: number): Candidate[] {
  const { path, lineage } = scene.findings;
  const node = scene.originOf(reg);
  const call = node && ancestors(node).find(({ kind, step }) => kind === "call" && step >= 0);
  if (!call || over <= 0 || t.baseType(scene.regBefore(reg)?.type ?? 0) !== t.PTR_TO_MEM) return [];
  const size = lineage.reg(call.step, 2);
  if (size?.kind !== "const" || size.step < 0) return [];
  const { slot, insn } = path[size.step]!;
  return [
    {
      en: `Reserve ${insn.imm + over} bytes instead of ${insn.imm} at @${slot}.`,
      ja: `@${slot} で ${insn.imm} バイトではなく ${insn.imm + over} バイトを予約します。`,
      apply(draft) {
        const item = draft.item(slot);
        item.insn = { ...item.insn, imm: insn.imm + over };
      },
    },
  ];
}

/** Limits the size that a call takes in the next register to the room that there is. */
function sizeArgument(scene: Scene, reg: number, room: number): Candidate[] {
  const { insn } = scene;
  if (!insn || formOf(insn)?.kind !== "call" || room <= 0) return [];
  const node = scene.originOf(reg + 1);
  if (node?.kind !== "const" || node.step < 0) return [];
  const { slot } = scene.step(node.step)!;
  return [
    {
      en: `Hand over ${room} as the size at @${slot}.`,
      ja: `@${slot} でサイズとして ${room} を渡します。`,
      apply(draft) {
        const item = draft.item(slot);
        if (item.high) return draft.fail();
        item.insn = { ...item.insn, imm: room };
      },
    },
  ];
}

function flags(scene: Scene, name: string): Candidate[] {
  const at = scene.program.maps.findIndex((map) => map.name === name);
  const map = scene.program.maps[at];
  if (!map) return [];
  return [
    {
      en: `Create the map ${name} without the flag that forbids this (BPF_F_RDONLY_PROG, BPF_F_WRONLY_PROG).`,
      ja: `マップ ${name} を、これを禁じるフラグ (BPF_F_RDONLY_PROG、BPF_F_WRONLY_PROG) なしで作ります。`,
      apply(draft) {
        draft.maps[at] = { ...map, flags: map.flags & ~0x180, frozen: false };
      },
    },
  ];
}

function stack(scene: Scene, insn: Insn, reg: number, off: number, size: number): Candidate[] {
  const wanted = off >= 0 || off + size > 0 ? -Math.ceil(size / 8) * 8 : off < -512 ? -512 : off;
  const shift = wanted - off;
  const found: Candidate[] = [];
  if (formOf(insn)?.kind !== "call") {
    found.push(
      changed(
        scene.at,
        {
          en: `Use fp${wanted} at @${scene.at}, inside the frame.`,
          ja: `@${scene.at} でフレームの内側の fp${wanted} を使います。`,
        },
        (one) => ({ ...one, off: one.off + shift }),
      ),
    );
  }
  const node = scene.originOf(reg);
  const add = node && ancestors(node).find(({ op, imm, step }) => op === "add" && imm !== undefined && step >= 0);
  if (add) {
    const { slot, insn: adds } = scene.step(add.step)!;
    found.push({
      en: `Point to fp${wanted}, where ${size} bytes fit: add ${adds.imm + shift} instead of ${adds.imm} at @${slot}.`,
      ja: `${size} バイトが収まる fp${wanted} を指すように、@${slot} で ${adds.imm} ではなく ${adds.imm + shift} を足します。`,
      apply(draft) {
        const item = draft.item(slot);
        item.insn = { ...item.insn, imm: adds.imm + shift };
      },
    });
  }
  if (formOf(insn)?.kind === "call") {
    const set = scene.findings.path.length > 0 ? lastSet(scene.findings.path, reg) : undefined;
    if (!add && set !== undefined)
      found.push({
        en: `Point to fp${wanted}: add ${wanted} to R${reg} behind @${set}.`,
        ja: `fp${wanted} を指すように、@${set} の後で R${reg} に ${wanted} を足します。`,
        apply(draft) {
          const item = draft.item(set);
          draft.after(item, [aluImm(c.BPF_ADD, reg, wanted)]);
        },
      });
    found.push(...sizeArgument(scene, reg, Math.min(512, -off)));
  }
  return found;
}

/** Writes the bytes before they are read. */
function initialise(scene: Scene, off: number, size: number): Candidate[] {
  const first = Math.floor(off / 8) * 8;
  const zeros: NewInsn[] = [];
  for (let at = first; at < off + size; at += 8) zeros.push(storeImm(8, 10, at, 0));
  const start = scene.findings.path[0];
  const fill = (slot: number): Candidate => ({
    en: `Write fp${off} to fp${off + size - 1} before @${slot}: set the bytes to 0.`,
    ja: `@${slot} の前で fp${off} から fp${off + size - 1} に 0 を書き込みます。`,
    apply(draft) {
      const item = draft.item(slot);
      draft.before(item, zeros);
    },
  });
  return zeros.length > 64 ? [] : [...(start ? [fill(start.slot)] : []), fill(scene.at)];
}

/** Adds a separate access for the path with the other kind of pointer. */
function ownAccess(scene: Scene): Candidate[] {
  const { path } = scene.findings;
  const { at, insn } = scene;
  const previous = path.at(-2);
  if (!previous || !insn) return [];
  const texts = {
    en: `Give this path an access of its own: copy the instruction at @${at} behind @${previous.slot}.`,
    ja: `この経路専用の命令を用意します。@${at} の命令を @${previous.slot} の後に複製します。`,
  };
  return [
    {
      ...texts,
      apply(draft) {
        const [item, from] = [draft.at(at), draft.at(previous.slot)];
        const next = item && draft.next(item);
        if (!item || !from || !next) return draft.fail();
        const copy: NewInsn = { insn };
        if (from.to === item) {
          // It is reached by a jump: the copy is put after the program's last instruction.
          const added = draft.after(draft.items.at(-1)!, [copy, goto(next)]);
          from.to = added[0];
        } else draft.after(from, [copy, goto(next)]);
      },
    },
    ...earlier(scene, insn),
  ];
}

/** Both kinds come from the same instruction: the paths are separated at the last branch that chose between them. */
function earlier(scene: Scene, insn: Insn): Candidate[] {
  const { path } = scene.findings;
  const { at } = scene;
  const branch = path.findLastIndex((step, i) => i < path.length - 2 && formOf(step.insn)?.kind === "jmp");
  const from = path[branch];
  const between = path.slice(branch + 1, -1);
  if (!from || between.length === 0 || between.length > 12 || between.some((step) => formOf(step.insn)?.kind === "jmp"))
    return [];
  return [
    {
      en: `Give this path instructions of its own from the branch at @${from.slot} to the access at @${at}.`,
      ja: `@${from.slot} の分岐から @${at} のアクセスまで、この経路専用の命令を用意します。`,
      apply(draft) {
        const item = draft.at(at);
        const jump = draft.at(from.slot);
        const next = item && draft.next(item);
        const last = draft.items.at(-1);
        if (!item || !jump || !next || !last) return draft.fail();
        const copies: NewInsn[] = between
          .filter((step) => formOf(step.insn)?.kind !== "ja")
          .map((step) => ({
            insn: step.insn,
            ...(draft.at(step.slot)?.high && { high: draft.at(step.slot)!.high! }),
            ...(draft.at(step.slot)?.map !== undefined && { map: draft.at(step.slot)!.map! }),
          }));
        if (jumped(path, branch)) jump.to = draft.after(last, [...copies, { insn }, goto(next)])[0];
        else draft.after(jump, [...copies, { insn }, goto(next)]);
      },
    },
  ];
}

const directValue = (scene: Scene): Candidate => ({
  en: `Point to the first byte of the value at @${scene.at}.`,
  ja: `@${scene.at} で値の先頭を指します。`,
  apply(draft: Draft) {
    const item = draft.at(scene.at);
    if (!item?.high) return draft.fail();
    item.high = { ...item.high, imm: 0 };
  },
});
