// Two-slot loads: map descriptors become addresses. On the way the checks of opcodes and of LDX's reserved fields,
// because the kernel makes them here.  @kernel verifier.c resolve_pseudo_ldimm64, check_map_prog_compatibility
import { ERRNO } from "../../facts/errno.ts";
import * as c from "../../isa/codes.ts";
import { FORMS } from "../../isa/forms.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { type Env, notSimulated, verbose } from "../state/env.ts";
import type { VerifierMap } from "../state/map.ts";
import { PTR_TO_FUNC } from "../state/regtype.ts";

/** Opcodes that the verifier knows; calls through a register are no Linux instruction. @kernel core.c bpf_opcode_in_insntable */
const KNOWN_OPCODES = new Set(FORMS.filter((form) => form.kind !== "callx").map((form) => form.code));

const MAX_USED_MAPS = 64;
const BPF_MAX_VAR_OFF = 1 << 29;
/** Not a UAPI errno, but bpf(2) returns it. */
const ENOTSUPP = 524;
const BPF_F_SLEEPABLE = 1 << 4;

/** Fills aux.map and aux.mapOff, and writes addresses into env.insns. 0, or -errno. */
export function resolvePseudoLdImm64(env: Env): number {
  const used: VerifierMap[] = [];
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    if (c.classOf(insn.code) === c.BPF_LDX && (!isLoadMode(insn.code & 0xe0) || insn.imm !== 0)) {
      verbose(env, "BPF_LDX uses reserved fields\n");
      return -ERRNO.EINVAL;
    }
    if (isLdImm64(insn)) {
      const err = resolveOne(env, i, used);
      if (err < 0) return err;
      i++;
      continue;
    }
    if (!KNOWN_OPCODES.has(insn.code)) {
      verbose(env, `unknown opcode ${insn.code.toString(16).padStart(2, "0")}\n`);
      return -ERRNO.EINVAL;
    }
  }
  return 0;
}

const isLoadMode = (mode: number): boolean => mode === c.BPF_MEM || mode === c.BPF_MEMSX;

function resolveOne(env: Env, i: number, used: VerifierMap[]): number {
  const low = env.insns[i]!;
  const high = env.insns[i + 1];
  if (high === undefined || high.code !== 0 || high.dst !== 0 || high.src !== 0 || high.off !== 0) {
    verbose(env, "invalid bpf_ld_imm64 insn\n");
    return -ERRNO.EINVAL;
  }
  switch (low.src) {
    case 0:
      return 0;
    case c.BPF_PSEUDO_BTF_ID:
      return resolveBtfId(env, low.imm, high.imm);
    case c.BPF_PSEUDO_FUNC:
      env.aux[i]!.ptrType = PTR_TO_FUNC;
      return 0;
    case c.BPF_PSEUDO_MAP_VALUE:
      return resolveMap(env, i, low, high, used);
    case c.BPF_PSEUDO_MAP_FD:
      if (high.imm === 0) return resolveMap(env, i, low, high, used);
      break;
    case c.BPF_PSEUDO_MAP_IDX:
      if (high.imm === 0) return noFdArray(env);
      break;
    case c.BPF_PSEUDO_MAP_IDX_VALUE:
      return noFdArray(env);
  }
  verbose(env, "unrecognized bpf_ld_imm64 insn\n");
  return -ERRNO.EINVAL;
}

/** Of the kernel's types only so much is known here: the first is void, and there are no more than these. */
export const BTF_MAX_TYPE = 0xf_ffff;

/** What can be said without the kernel's BTF; other modules' BTF is never loaded. @kernel verifier.c check_pseudo_btf_id */
function resolveBtfId(env: Env, id: number, btfFd: number): number {
  if (btfFd !== 0) {
    verbose(env, "invalid module BTF object FD specified.\n");
    return -ERRNO.EINVAL;
  }
  if (id >>> 0 > BTF_MAX_TYPE) {
    verbose(env, `ldimm64 insn specifies invalid btf_id ${id}.\n`);
    return -ERRNO.ENOENT;
  }
  if (id === 0) {
    verbose(env, "pseudo btf_id 0 in ldimm64 isn't KIND_VAR or KIND_FUNC\n");
    return -ERRNO.EINVAL;
  }
  return notSimulated(env, "addresses of kernel variables");
}

/** Programs bring no fd_array here, so an index into it cannot be right. */
function noFdArray(env: Env): number {
  verbose(env, "fd_idx without fd_array is invalid\n");
  return -ERRNO.EPROTO;
}

function resolveMap(env: Env, i: number, low: Insn, high: Insn, used: VerifierMap[]): number {
  const index = env.program.mapRefs.get(i);
  const map = index === undefined ? undefined : env.maps[index];
  if (map === undefined) {
    verbose(env, `fd ${low.imm} is not pointing to valid bpf_map\n`);
    if (index !== undefined && index < 0) return index;
    // Standard input, output and error are open, but no maps.
    return low.imm >= 0 && low.imm <= 2 ? -ERRNO.EINVAL : -ERRNO.EBADF;
  }
  if (!used.includes(map)) {
    if (used.length >= MAX_USED_MAPS) {
      verbose(env, `The total number of maps per program has reached the limit of ${MAX_USED_MAPS}\n`);
      return -ERRNO.E2BIG;
    }
    const err = checkMapFits(env, map, used);
    if (err < 0) return err;
    used.push(map);
  }
  const aux = env.aux[i]!;
  let address = map.address;
  aux.map = map;
  if (low.src === c.BPF_PSEUDO_MAP_VALUE) {
    const off = high.imm >>> 0;
    const err = checkDirectValue(env, map, off);
    if (err < 0) return err;
    aux.mapOff = off;
    address += BigInt(off);
  }
  const insns = env.insns as Insn[];
  insns[i] = { ...low, imm: Number(BigInt.asIntN(32, address)) };
  insns[i + 1] = { ...high, imm: Number(BigInt.asIntN(32, address >> 32n)) };
  return 0;
}

function checkDirectValue(env: Env, map: VerifierMap, off: number): number {
  if (off >= BPF_MAX_VAR_OFF) {
    verbose(env, `direct value offset of ${off} is not allowed\n`);
    return -ERRNO.EINVAL;
  }
  if (map.def.type !== "array") {
    verbose(env, "no direct value access support for this map type\n");
    return -ERRNO.EINVAL;
  }
  const err = map.maxEntries !== 1 ? -ENOTSUPP : off >= map.valueSize ? -ERRNO.EINVAL : 0;
  if (err < 0) {
    verbose(env, `invalid access to map value pointer, value_size=${map.valueSize} off=${off}\n`);
  }
  return err;
}

const TRACING = new Set(["kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"]);

/** Special fields that programs which trace may not have, with the words of the refusal; in the kernel's order. */
const NOT_WHEN_TRACING: readonly (readonly [fields: readonly string[], what: string])[] = [
  [["bpf_list_head", "bpf_rb_root"], "bpf_{list_head,rb_root}"],
  [["bpf_spin_lock", "bpf_res_spin_lock"], "bpf_spin_lock"],
  [["bpf_timer"], "bpf_timer"],
  [["bpf_wq"], "bpf_wq"],
];

const SLEEPABLE_MAPS = new Set(
  (
    "hash lru_hash array percpu_hash percpu_array lru_percpu_hash array_of_maps hash_of_maps ringbuf user_ringbuf " +
    "inode_storage sk_storage task_storage cgrp_storage queue stack arena"
  ).split(" "),
);
const CGROUP_STORAGE = new Set(["cgroup_storage", "percpu_cgroup_storage"]);

/** May this program use this map? 0, or -errno. */
function checkMapFits(env: Env, map: VerifierMap, used: readonly VerifierMap[]): number {
  const { progType } = env;
  for (const [fields, what] of NOT_WHEN_TRACING) {
    if (!fields.some((field) => field in map.fields)) continue;
    const kind =
      progType.name === "socket_filter" && what === "bpf_spin_lock"
        ? "socket filter"
        : TRACING.has(progType.name)
          ? "tracing"
          : undefined;
    if (kind !== undefined) {
      verbose(env, `${kind} progs cannot use ${what} yet\n`);
      return -ERRNO.EINVAL;
    }
  }
  const type = map.def.type;
  if (type === "struct_ops") {
    verbose(env, "bpf_struct_ops map cannot be used in prog\n");
    return -ERRNO.EINVAL;
  }
  if (env.program.progFlags & BPF_F_SLEEPABLE && !SLEEPABLE_MAPS.has(type)) {
    verbose(env, "Sleepable programs can only use array, hash, ringbuf and local storage maps\n");
    return -ERRNO.EINVAL;
  }
  if (CGROUP_STORAGE.has(type) && used.some((other) => other.def.type === type)) {
    verbose(env, "only one cgroup storage of each type is allowed\n");
    return -ERRNO.EBUSY;
  }
  if (type === "arena") return notSimulated(env, "arenas");
  return 0;
}
