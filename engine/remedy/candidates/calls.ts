// Calls: arguments of the wrong kind, references that are not released, maps of the wrong kind.

import type { Texts } from "../../base/language.ts";
import { helperArgKind, helperId, helperName, MEMORY_ARGS } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import type { MapDef } from "../../program/program.ts";
import { leavingBranch } from "../../verifier/explain/leak.ts";
import { regOf } from "../../verifier/explain/path.ts";
import { lastSet } from "../../verifier/explain/root.ts";
import * as t from "../../verifier/state/regtype.ts";
import type { Draft, Item, NewInsn } from "../draft.ts";
import { aluImm, goto, helperCall, jumpImm, load, loadMap, movImm, movReg, store, storeImm } from "../new-insns.ts";
import type { Candidate, Scene } from "../scene.ts";
import { before } from "./edits.ts";

export function callCandidates(scene: Scene): Candidate[] {
  const { refusal } = scene.findings;
  switch (refusal.id) {
    case "reference-leak":
      return release(scene, refusal.args.ref, refusal.args.taken);
    case "helper-argument":
      return [...argument(scene, refusal.args.reg), ...releasedTwice(scene)];
    case "helper-argument-memory":
      return argument(scene, refusal.args.reg);
    case "helper-map":
    case "tail-call-map":
      return otherMap(scene);
    case "storage-flags":
      return [set(scene, refusal.args.reg, 0)];
    case "constant-argument":
      return [set(scene, refusal.args.reg, 64), set(scene, refusal.args.reg, 0)];
    case "release-moved":
      return undoOffset(scene, refusal.args.reg, refusal.args.off);
    case "packet-helper":
      return throughStack(scene, refusal.args.reg);
    case "region-empty":
    case "stack-empty":
      return [set(scene, refusal.args.reg + 1, 8)];
    case "release-unreferenced":
    case "reference-not-acquired":
      return [leftOut(scene)];
    case "map-missing":
      return mapLoaded(scene);
    default:
      return [];
  }
}

const set = (scene: Scene, reg: number, value: number): Candidate => ({
  en: `Set R${reg} to ${value} before the call at @${scene.at}.`,
  ja: `@${scene.at} の呼び出しの前に R${reg} を ${value} にします。`,
  apply(draft) {
    const item = draft.item(scene.at);
    draft.before(item, [movImm(reg, value)]);
  },
});

const leftOut = (scene: Scene): Candidate => ({
  en: `Leave out the call at @${scene.at}: there is nothing to give back.`,
  ja: `@${scene.at} の呼び出しを外します。解放するものがありません。`,
  apply(draft) {
    const item = draft.item(scene.at);
    draft.replace(item, [movImm(0, 0)]);
  },
});

/** For a release of something that is no reference any more: leaves it out. */
const releasedTwice = (scene: Scene): Candidate[] => {
  const name = scene.insn && helperName(scene.insn.imm);
  return Object.values(RELEASE).some(({ by }) => by === name) && scene.regBefore(1)?.refObjId === 0
    ? [leftOut(scene)]
    : [];
};

/** By helper: the call that releases what it took. No entry: none is known. */
const RELEASE: Readonly<Record<string, { readonly by: string; readonly flags: boolean; readonly dynptr?: boolean }>> = {
  ringbuf_reserve: { by: "ringbuf_discard", flags: true },
  ringbuf_reserve_dynptr: { by: "ringbuf_discard_dynptr", flags: true, dynptr: true },
  sk_lookup_tcp: { by: "sk_release", flags: false },
  sk_lookup_udp: { by: "sk_release", flags: false },
  skc_lookup_tcp: { by: "sk_release", flags: false },
};

function release(scene: Scene, ref: number, taken: number): Candidate[] {
  const call = scene.program.insns[taken];
  const name = call && helperName(call.imm);
  const how = (name && RELEASE[name]) || { by: "sk_release", flags: false };
  const id = helperId(how.by);
  const step = scene.last;
  if (id === undefined || !call || !step) return [];
  const found: Candidate[] = [];
  const give: readonly NewInsn[] = [...(how.flags ? [movImm(2, 0)] : []), helperCall(id)];
  const { at } = scene;
  const texts = (where: string, place: string) => ({
    en: `Give back what was taken at @${taken} ${where}: call bpf_${how.by}.`,
    ja: `@${taken} で取得したものを${place}解放します (bpf_${how.by} を呼びます)。`,
  });

  // A register or stack slot that still holds it.
  const frame = step.before.frames[step.before.curframe]!;
  const holder = frame.regs.findIndex((reg) => reg.refObjId === ref && reg.type !== t.NOT_INIT);
  const spi = frame.stack.findIndex((slot) => slot.spilled.refObjId === ref && slot.spilled.type !== t.NOT_INIT);
  const held = frame.regs[holder] ?? frame.stack[spi]?.spilled;
  if (how.dynptr && spi >= 0) {
    const base = Math.max(...frame.stack.flatMap((slot, i) => (slot.spilled.refObjId === ref ? [i] : [])));
    found.push({
      ...texts(`before @${at}`, `@${at} の前で`),
      apply: (draft) => keepingR0(scene, draft, at, [movReg(1, 10), aluImm(c.BPF_ADD, 1, -8 * (base + 1)), ...give]),
    });
    return found;
  }
  if (held && (holder >= 0 || spi >= 0)) {
    const bring: readonly NewInsn[] =
      holder >= 0 ? (holder === 1 ? [] : [movReg(1, holder)]) : [load(8, 1, 10, -8 * (spi + 1))];
    found.push({
      ...texts(`before @${at}`, `@${at} の前で`),
      apply(draft) {
        const item = draft.item(at);
        const newInsns: NewInsn[] = [...bring];
        if (t.mayBeNull(held.type)) newInsns.push(jumpImm(c.BPF_JEQ, 1, 0, item));
        newInsns.push(...give);
        if (held.off !== 0) newInsns.splice(bring.length, 0, aluImm(c.BPF_ADD, 1, -held.off));
        return keepingR0(scene, draft, at, newInsns, holder === 0 && t.mayBeNull(held.type));
      },
    });
  }
  found.push(...onBranch(scene, ref, taken, how.by, give));
  // If it is no longer held: releases it right behind the call.
  found.push({
    ...texts(`right behind the call, where it is not NULL`, "取得の直後に NULL でなければ"),
    apply(draft) {
      const item = draft.at(taken);
      const next = item && draft.next(item);
      if (!item || !next) return draft.fail();
      draft.after(item, [jumpImm(c.BPF_JEQ, 0, 0, next), movReg(1, 0), ...give]);
    },
  });
  const spare = scene.unused();
  if (spare !== undefined)
    found.push({
      ...texts(`before @${at}; keep it in R${spare} until then`, `@${at} の前で (それまで R${spare} に保持)`),
      apply(draft) {
        const item = draft.item(taken);
        draft.after(item, [movReg(spare, 0)]);
        const end = draft.item(at);
        return keepingR0(scene, draft, at, [movReg(1, spare), jumpImm(c.BPF_JEQ, 1, 0, end), ...give]);
      },
    });
  return found;
}

/** For a branch that leads away without a release: releases the reference on the way. */
function onBranch(scene: Scene, ref: number, taken: number, by: string, give: readonly NewInsn[]): Candidate[] {
  const { path } = scene.findings;
  const leaving = leavingBranch(path, ref, taken);
  if (!leaving) return [];
  const { slot, step, holder } = leaving;
  // The call would destroy R0 to R5, which the target reads.
  if (((scene.live[path[step + 1]!.slot] ?? 0) & 0x3f) !== 0) return [];
  return [
    {
      en: `Give back what was taken at @${taken} where the branch at @${slot} leads away: call bpf_${by} there.`,
      ja: `@${slot} の分岐で抜ける前に、@${taken} で取得したものを解放します (bpf_${by} を呼びます)。`,
      apply(draft) {
        const [jump, last] = [draft.item(slot), draft.items.at(-1)];
        const target = jump.to;
        if (!target || !last) return draft.fail();
        jump.to = draft.after(last, [...(holder === 1 ? [] : [movReg(1, holder)]), ...give, goto(target)])[0];
      },
    },
  ];
}

/**
 * Puts new instructions with a call before an instruction. If R0 is read afterwards it is set again: to its constant, to the program's result, or
 * from a spare register.
 */
function keepingR0(scene: Scene, draft: Draft, at: number, newInsns: readonly NewInsn[], isPointer = false): void {
  const item = draft.item(at);
  const arguments_ = formOf(item.insn)?.kind === "call" ? [1, 2, 3, 4, 5] : [];
  const is = scene.regBefore(0);
  const reads = formOf(item.insn)?.kind === "exit";
  const live = scene.live[at] ?? 0;
  const spare = scene.freeRegister(at, { saved: true });
  // A reference in R0 is not a value to return.
  const returned =
    isPointer || (is && is.type !== t.SCALAR_VALUE) ? "zero" : is && is.val.varOff.mask === 0n ? "constant" : "kept";
  const before: NewInsn[] = [];
  const behind: NewInsn[] = [];
  if (reads || (live & 1) !== 0) {
    if (returned === "constant") behind.push(movImm(0, Number(BigInt.asIntN(32, is!.val.varOff.value))));
    else if (returned === "zero") behind.push(movImm(0, scene.result));
    else if (spare !== undefined) {
      before.push(movReg(spare, 0));
      behind.push(movReg(0, spare));
    } else return draft.fail();
  }
  const kept: number[] = arguments_.filter((n) => ((live >> n) & 1) !== 0);
  if (kept.length > 0) {
    // The refused call's own arguments are saved on the stack.
    kept.forEach((n, i) => {
      before.push(store(8, 10, -504 + 8 * i, n));
      behind.push(load(8, n, 10, -504 + 8 * i));
    });
  }
  const over = behind[0];
  const led = newInsns.map((newInsn): NewInsn => (newInsn.to === item && over ? { ...newInsn, to: over } : newInsn));
  draft.before(item, [...before, ...led, ...behind]);
}

/** Puts what the helper needs into the register. */
function argument(scene: Scene, reg: number): Candidate[] {
  const { at, findings } = scene;
  const found: Candidate[] = [];
  const is = scene.regBefore(reg);
  const put = (texts: Texts, newInsns: readonly NewInsn[]): Candidate => before(at, texts, newInsns);
  const wanted = scene.insn && helperArgKind(scene.insn.imm, reg);
  if (wanted === "ARG_PTR_TO_CTX") {
    const ctx = scene.holding(t.PTR_TO_CTX).find((n) => n !== reg);
    // The context and another argument may have been swapped.
    const other = ctx !== undefined && ctx <= 5 && is && is.type !== t.SCALAR_VALUE ? ctx : undefined;
    const spare = scene.freeRegister(at, { but: [1, 2, 3, 4, 5] });
    if (other !== undefined && spare !== undefined)
      found.push(
        put(
          {
            en: `Exchange R${reg} and R${other} before @${at}: the context belongs in R${reg}.`,
            ja: `@${at} の前で R${reg} と R${other} を入れ替えます。コンテキストは R${reg} に置きます。`,
          },
          [movReg(spare, reg), movReg(reg, other), movReg(other, spare)],
        ),
      );
    if (ctx !== undefined)
      found.push(
        put(
          {
            en: `Put the context, which is in R${ctx}, into R${reg} before @${at}.`,
            ja: `@${at} の前で、R${ctx} のコンテキストを R${reg} に入れます。`,
          },
          [movReg(reg, ctx)],
        ),
      );
    const node = scene.originOf(reg);
    if (node?.op === "add" && node.step >= 0)
      found.push({
        en: `Leave out what moves the context at @${node.slot}.`,
        ja: `@${node.slot} のコンテキストを動かす命令を外します。`,
        apply(draft) {
          const item = draft.item(node.slot);
          draft.remove(item);
        },
      });
    const spare2 = scene.unused();
    const start = findings.path[0];
    if (ctx === undefined && spare2 !== undefined && start)
      found.push({
        en: `Keep the context in R${spare2} from the start, and put it into R${reg} before @${at}.`,
        ja: `コンテキストを最初に R${spare2} に退避し、@${at} の前で R${reg} に入れます。`,
        apply(draft) {
          const [first, item] = [draft.item(start.slot), draft.item(at)];
          draft.before(first, [movReg(spare2, 1)]);
          draft.before(item, [movReg(reg, spare2)]);
        },
      });
  }
  if (wanted === "ARG_CONST_MAP_PTR") found.push(...mapArgument(scene, reg));
  if (wanted !== undefined && MEMORY_ARGS.has(wanted)) {
    const room = -scene.stackUsed - 8;
    if (is?.type === t.SCALAR_VALUE)
      found.push(
        put(
          {
            en: `Store the number in R${reg} on the stack (fp${room}), and hand over its address.`,
            ja: `R${reg} の数値をスタック (fp${room}) に置き、そのアドレスを渡します。`,
          },
          [store(8, 10, room, reg), movReg(reg, 10), aluImm(c.BPF_ADD, reg, room)],
        ),
      );
    found.push(
      put(
        {
          en: `Hand over 8 bytes of the stack (fp${room}) in R${reg}, set to 0 first.`,
          ja: `0 で初期化したスタックの 8 バイト (fp${room}) を R${reg} で渡します。`,
        },
        [storeImm(8, 10, room, 0), movReg(reg, 10), aluImm(c.BPF_ADD, reg, room)],
      ),
    );
  }
  for (let n = 9; n >= 0; n--) {
    const other = scene.regBefore(n);
    if (n !== reg && other && OBJECTS.has(other.type))
      found.push(
        put({ en: `Put R${n} into R${reg} before @${at}.`, ja: `@${at} の前で R${n} を R${reg} に入れます。` }, [
          movReg(reg, n),
        ]),
      );
  }
  return found;
}

/** Pointer types that a helper may need. */
const OBJECTS: ReadonlySet<number> = new Set([
  t.PTR_TO_SOCKET,
  t.PTR_TO_SOCK_COMMON,
  t.PTR_TO_TCP_SOCK,
  t.PTR_TO_MAP_VALUE,
  t.CONST_PTR_TO_MAP,
]);

/** Puts a map into the register: one of the program, or a new one of the type that the call takes. */
function mapArgument(scene: Scene, reg: number): Candidate[] {
  const { program, findings, at, insn } = scene;
  const place = (draft: Draft, map: number): void => {
    const slot = lastSet(findings.path, reg);
    const item = slot === undefined ? undefined : draft.at(slot);
    if (item?.high) {
      item.insn = { ...item.insn, src: c.BPF_PSEUDO_MAP_FD, imm: 0 };
      item.high = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
      item.map = map;
      return;
    }
    const call = draft.item(at);
    draft.before(call, [loadMap(reg, map)]);
  };
  const name = insn && helperName(insn.imm);
  const kind = name && MAP_OF[name];
  const found: Candidate[] = program.maps.map((map, i) => ({
    en: `Load the address of the map ${map.name} into R${reg}: a plain number is no map.`,
    ja: `マップ ${map.name} のアドレスを R${reg} に入れます。ただの数値はマップではありません。`,
    apply: (draft: Draft) => place(draft, i),
  }));
  if (kind)
    found.push({
      en: `Declare a map of type ${kind.type} and load its address into R${reg} (BPF_LD_MAP_FD): a plain number is no map.`,
      ja: `${kind.type} のマップを宣言し、そのアドレスを R${reg} に入れます (BPF_LD_MAP_FD)。ただの数値はマップではありません。`,
      apply(draft) {
        draft.maps.push({ ...kind, name: freeName(program.maps) });
        return place(draft, draft.maps.length - 1);
      },
    });
  return found;
}

const freeName = (maps: readonly MapDef[]): string => {
  let name = "fixed";
  for (let i = 2; maps.some((map) => map.name === name); i++) name = `fixed${i}`;
  return name;
};

const map = (type: string, keySize: number, valueSize: number, maxEntries: number): Omit<MapDef, "name"> => ({
  type,
  keySize,
  valueSize,
  maxEntries,
  flags: 0,
});

/** Map types that some helpers are for. */
const MAP_OF: Readonly<Record<string, Omit<MapDef, "name">>> = {
  tail_call: map("prog_array", 4, 4, 8),
  perf_event_output: map("perf_event_array", 4, 4, 8),
  perf_event_read: map("perf_event_array", 4, 4, 8),
  perf_event_read_value: map("perf_event_array", 4, 4, 8),
  skb_output: map("perf_event_array", 4, 4, 8),
  xdp_output: map("perf_event_array", 4, 4, 8),
  ringbuf_output: map("ringbuf", 0, 0, 4096),
  ringbuf_reserve: map("ringbuf", 0, 0, 4096),
  ringbuf_query: map("ringbuf", 0, 0, 4096),
  redirect_map: map("devmap", 4, 4, 8),
  get_stackid: map("stack_trace", 4, 80, 64),
  get_local_storage: map("cgroup_storage", 16, 64, 0),
  map_push_elem: map("queue", 0, 8, 64),
  map_pop_elem: map("queue", 0, 8, 64),
  map_peek_elem: map("queue", 0, 8, 64),
  map_lookup_elem: map("array", 4, 8, 1),
  map_update_elem: map("array", 4, 8, 1),
  map_delete_elem: map("hash", 4, 8, 16),
};

function otherMap(scene: Scene): Candidate[] {
  const { program, insn } = scene;
  const name = (insn && helperName(insn.imm)) ?? "";
  const mapName = [1, 2, 3].map((n) => scene.regBefore(n)?.map?.def.name).find((found) => found !== undefined) ?? "";
  const at = program.maps.findIndex((one) => one.name === mapName);
  const old = program.maps[at];
  if (!old) return [];
  const found: Candidate[] = [];
  if (old.type === "ringbuf" && name === "perf_event_output")
    found.push({
      en: `Call bpf_ringbuf_output, the helper for this map: R1 = map, R2 = data, R3 = size, R4 = flags.`,
      ja: "このマップ用の bpf_ringbuf_output を呼びます (R1 = マップ、R2 = データ、R3 = サイズ、R4 = フラグ)。",
      apply(draft) {
        const item: Item | undefined = draft.at(scene.at);
        const id = helperId("ringbuf_output");
        if (!item || id === undefined) return draft.fail();
        draft.before(item, [movReg(1, 2), movReg(2, 4), movReg(3, 5), movImm(4, 0)]);
        item.insn = { ...item.insn, imm: id };
      },
    });
  const kinds: Omit<MapDef, "name">[] = MAP_OF[name] ? [MAP_OF[name]] : [];
  if (name === "get_local_storage") kinds.push(map("percpu_cgroup_storage", 16, 64, 0));
  for (const kind of kinds)
    found.push({
      en: `Declare ${mapName} as ${kind.type}, the kind that bpf_${name} is for.`,
      ja: `${mapName} を、bpf_${name} が使う種類の ${kind.type} として宣言します。`,
      apply(draft) {
        const sizes = old.valueSize > 0 && kind.valueSize > 8 ? { valueSize: old.valueSize } : {};
        draft.maps[at] = { ...kind, ...sizes, name: old.name };
      },
    });
  return found;
}

function undoOffset(scene: Scene, reg: number, off: number): Candidate[] {
  return [
    {
      en: `Take the ${off} bytes off R${reg} again before @${scene.at}: what is given back is the pointer as it came.`,
      ja: `@${scene.at} の前で R${reg} から ${off} バイトを戻します。解放するのは取得したままのポインタです。`,
      apply(draft) {
        const item = draft.item(scene.at);
        draft.before(item, [aluImm(c.BPF_ADD, reg, -off)]);
      },
    },
    {
      en: `Leave out what moves the pointer.`,
      ja: "ポインタを動かす命令を外します。",
      apply(draft) {
        const node = scene.originOf(reg);
        const item = node && node.op === "add" && node.step >= 0 ? draft.at(node.slot) : undefined;
        if (!item) return draft.fail();
        draft.remove(item);
      },
    },
  ];
}

/** Copies the packet bytes to the stack, from where every helper can take them. */
function throughStack(scene: Scene, reg: number): Candidate[] {
  const step = scene.last;
  const spare = scene.freeRegister(scene.at, { but: [1, 2, 3, 4, 5] });
  if (!step || !regOf(step.before, reg)) return [];
  const room = -scene.stackUsed - 8;
  const stack: readonly NewInsn[] = [movReg(reg, 10), aluImm(c.BPF_ADD, reg, room)];
  const found: Candidate[] = [
    {
      en: `Hand over 8 bytes of the stack (fp${room}) instead of the packet.`,
      ja: `パケットの代わりに、スタックの 8 バイト (fp${room}) を渡します。`,
      apply(draft) {
        const item = draft.item(scene.at);
        draft.before(item, [storeImm(8, 10, room, 0), ...stack]);
      },
    },
  ];
  if (spare !== undefined)
    found.unshift({
      en: `Copy 8 bytes of the packet to the stack (fp${room}), and hand those over.`,
      ja: `パケットの 8 バイトをスタック (fp${room}) にコピーして渡します。`,
      apply(draft) {
        const item = draft.item(scene.at);
        draft.before(item, [load(8, spare, reg, 0), store(8, 10, room, spare), ...stack]);
      },
    });
  return found;
}

function mapLoaded(scene: Scene): Candidate[] {
  return [
    {
      en: `Declare a map and load it at @${scene.at}.`,
      ja: `マップを宣言し、@${scene.at} でロードします。`,
      apply(draft) {
        const item = draft.at(scene.at);
        if (!item?.high) return draft.fail();
        draft.maps.push({ ...map("array", 4, 8, 1), name: freeName(scene.program.maps) });
        item.insn = { ...item.insn, src: c.BPF_PSEUDO_MAP_FD, imm: 0 };
        item.high = { ...item.high, imm: 0 };
        item.map = draft.maps.length - 1;
      },
    },
  ];
}
