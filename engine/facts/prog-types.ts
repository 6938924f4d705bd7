// Program types: which context fields each may read and write, which helpers it may call, what it may return, and what it
// attaches to. The kernel's own types are recorded (recorded/prog-types.ts). Types defined here, such as OREORE, are made from
// a definition, which is data. Both are a `ProgType`.

import { convertField } from "./convert.ts";
import { BASE_HELPERS, expandRanges, HELPER_PROTOS, helperSet } from "./helpers.ts";
import { OREORE_DEFINITION } from "./oreore.ts";
import { regTypes } from "./recorded/helpers.ts";
import { type AccessRow, attachTypes, type GroupRow, type TypeRow, types } from "./recorded/prog-types.ts";
import type { CtxAccess, CtxRegType, HelperProto, ProgType, ProgTypeDefinition, ReturnRange } from "./types.ts";

/** The UAPI struct that R1 points to. If a type has several contexts, the first. */
const CTX_STRUCTS: Readonly<Record<string, string>> = {
  kprobe: "pt_regs",
  xdp: "xdp_md",
  perf_event: "bpf_perf_event_data",
  cgroup_sock: "bpf_sock",
  sock_ops: "bpf_sock_ops",
  cgroup_device: "bpf_cgroup_dev_ctx",
  sk_msg: "sk_msg_md",
  raw_tracepoint: "bpf_raw_tracepoint_args",
  raw_tracepoint_writable: "bpf_raw_tracepoint_args",
  cgroup_sock_addr: "bpf_sock_addr",
  sk_reuseport: "sk_reuseport_md",
  cgroup_sysctl: "bpf_sysctl",
  cgroup_sockopt: "bpf_sockopt",
  sk_lookup: "bpf_sk_lookup",
  tracepoint: "",
  syscall: "",
};

const SKB_TYPES =
  "socket_filter sched_cls sched_act cgroup_skb lwt_in lwt_out lwt_xmit lwt_seg6local sk_skb flow_dissector";

interface Group {
  readonly helpers: ReadonlyMap<number, HelperProto>;
  readonly ids: readonly number[];
  readonly ctx: ReadonlyMap<number, readonly AccessRow[]>;
  readonly range: ReturnRange | undefined;
  readonly packet: readonly [number, number] | undefined;
}

const WRITE = 1 << 4;
const NO_SIGN_EXTENSION = 1 << 5;

function makeGroup(row: GroupRow): Group {
  const helpers = helperSet(row.helpers);
  const ctx = new Map<number, AccessRow[]>();
  for (const access of row.ctx) {
    const key = access[0] & 0x1f; // size and direction
    ctx.set(key, [...(ctx.get(key) ?? []), access]);
  }
  return {
    helpers,
    ids: [...helpers.keys()],
    ctx,
    range: row.range ? { min: row.range[0], max: row.range[1], bits: row.range[2] as 32 | 64 } : undefined,
    packet: row.packet as readonly [number, number] | undefined,
  };
}

function recordedType(row: TypeRow): ProgType {
  const attach = row.attach === undefined ? undefined : expandRanges(row.attach);
  const unseen = Object.entries(row.unseen ?? {}).map(([errno, attaches]) => [+errno, expandRanges(attaches)] as const);
  let made: { byAttach: Map<number, Group>; first: Group | undefined } | undefined;
  const group = (attachType: number): Group | undefined => {
    if (!made) {
      const byAttach = new Map<number, Group>();
      for (const g of row.groups) {
        const one = makeGroup(g);
        for (const a of expandRanges(g.attach)) byAttach.set(a, one);
      }
      made = { byAttach, first: byAttach.values().next().value };
    }
    return made.byAttach.get(attachType) ?? made.first;
  };
  return {
    id: row.id,
    name: row.name,
    ctxStruct: CTX_STRUCTS[row.name] ?? (SKB_TYPES.split(" ").includes(row.name) ? "__sk_buff" : ""),
    notSimulated: row.needs ?? null,
    errnoBeforeVerifier: (attachType) => unseen.find(([, attaches]) => attaches.includes(attachType))?.[0] ?? 0,
    attachTypes: attach,
    ldAbs: row.ldAbs === 1,
    plainCtx: row.plain === 1,
    ctxAccess(off, size, write, attachType, signExtend = false): CtxAccess | undefined {
      for (const [bits, first, last, step, type, fieldSize, btf] of group(attachType)?.ctx.get(
        size | (write ? WRITE : 0),
      ) ?? []) {
        if (off < first || off > last || (off - first) % step !== 0) continue;
        if (signExtend && bits & NO_SIGN_EXTENSION) return undefined;
        return { regType: regTypes[type & 0xff] as CtxRegType, flags: type & ~0xff, fieldSize, ...(btf && { btf }) };
      }
      return undefined;
    },
    helper: (id, attachType) => group(attachType)?.helpers.get(id),
    helperIds: (attachType) => group(attachType)?.ids ?? [],
    returnRange: (attachType) => group(attachType)?.range,
    directPacket: (write) => group(0)?.packet?.[write ? 1 : 0] === 1,
  };
}

/** A program type from its definition. @kernel is_valid_access, get_func_proto and check_return_code of a type added as in the talk */
export function defineProgType(definition: ProgTypeDefinition): ProgType {
  const { ctx, helpers: wanted } = definition;
  const helpers = new Map(helperSetByName(wanted.set));
  for (const id of wanted.plus ?? []) {
    const proto = HELPER_PROTOS.find((p) => p.id === id);
    if (proto) helpers.set(id, proto);
  }
  for (const id of wanted.minus ?? []) helpers.delete(id);
  const ids = [...helpers.keys()].sort((a, b) => a - b);
  return {
    id: definition.id,
    name: definition.name,
    ctxStruct: ctx.struct,
    notSimulated: null,
    errnoBeforeVerifier: () => 0,
    attachTypes: definition.attach?.requiredAtLoad ? [definition.attach.id] : undefined,
    ldAbs: false,
    plainCtx: ctx.kern === undefined,
    ctxAccess(off, size, write): CtxAccess | undefined {
      for (const field of ctx.fields) {
        if (off < field.off || off + size > field.off + field.size || (write && !field.writable)) continue;
        if (size === field.size) return { regType: "SCALAR_VALUE", flags: 0, fieldSize: field.narrow ? field.size : 0 };
        // A narrower access must be aligned and a read. @kernel bpf_ctx_narrow_access_ok
        if (!write && field.narrow && off % size === 0)
          return { regType: "SCALAR_VALUE", flags: 0, fieldSize: field.size };
      }
      return undefined;
    },
    helper: (id) => helpers.get(id),
    helperIds: () => ids,
    returnRange: () => definition.returnRange,
    directPacket: () => false,
    ...(ctx.kern && {
      convertCtx(insn, write) {
        const field = ctx.fields.find(({ off }) => off === insn.off);
        return field ? convertField(field, insn, write) : [];
      },
    }),
  };
}

/** The helpers of a set: `base`, or the name of a program type, whose helpers for attach type 0 it stands for. */
function helperSetByName(name: string): ReadonlyMap<number, HelperProto> {
  if (name === "base") return BASE_HELPERS;
  const type = progTypeByName(name);
  return new Map((type?.helperIds(0) ?? []).map((id) => [id, type!.helper(id, 0)!]));
}

export const OREORE: ProgType = defineProgType(OREORE_DEFINITION);

/** The recorded types. A type that the recorded kernel was built without is left out: to that kernel its number is unknown. */
const RECORDED: readonly ProgType[] = types.filter((row) => !row.absent).map(recordedType);
const BY_NAME = new Map([...RECORDED, OREORE].map((type) => [type.name, type]));
const BY_ID = new Map(RECORDED.map((type) => [type.id, type]));

/** The types of the recorded kernel in order of their numbers, then OREORE. */
export const PROG_TYPES: readonly ProgType[] = [...RECORDED, OREORE];
/** By enum name in lower case without prefix. `oreore` is known too. */
export const progTypeByName = (name: string): ProgType | undefined => BY_NAME.get(name);
/** By number on the recorded kernel. There 32 is netfilter; OREORE has 32 on Linux 6.1. */
export const progTypeById = (id: number): ProgType | undefined => BY_ID.get(id);

const ATTACH_NAMES = new Map(Object.entries(attachTypes).map(([name, id]) => [id, name]));
/** All attach types, in the kernel's order. */
export const ATTACH_TYPE_NAMES: readonly string[] = Object.keys(attachTypes);
/** 36 → "BPF_SK_LOOKUP". */
export const attachTypeName = (id: number): string | undefined => ATTACH_NAMES.get(id);
export const attachTypeId = (name: string): number | undefined =>
  Object.hasOwn(attachTypes, name) ? attachTypes[name] : undefined;
