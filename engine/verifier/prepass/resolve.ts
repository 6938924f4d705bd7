// Two-slot loads: map descriptors become addresses. Opcodes and the reserved fields of LDX are checked on the way, because the kernel
// checks them here. @kernel verifier.c resolve_pseudo_ldimm64, check_map_prog_compatibility
import { ENOTSUPP, ERRNO } from "../../facts/errno.ts";
import { PROG_FLAGS } from "../../facts/flags.ts";
import * as c from "../../isa/codes.ts";
import { FORMS } from "../../isa/forms.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { refuseAt } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import type { VerifierMap } from "../state/map.ts";
import { BPF_MAX_VAR_OFF } from "../state/reg.ts";
import { PTR_TO_FUNC } from "../state/regtype.ts";

/**
 * Opcodes that the verifier knows. Calls through a register are not among them: Linux has no such instruction.
 * @kernel core.c bpf_opcode_in_insntable
 */
const KNOWN_OPCODES = new Set(FORMS.filter((form) => form.kind !== "callx").map((form) => form.code));

const MAX_USED_MAPS = 64;

/** Fills aux.map and aux.mapOff, and writes addresses into env.insns. 0, or -errno. */
export function resolvePseudoLdImm64(env: Env): number {
  const used: VerifierMap[] = [];
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    if (c.classOf(insn.code) === c.BPF_LDX && (!isLoadMode(insn.code & 0xe0) || insn.imm !== 0)) {
      const text = "BPF_LDX uses reserved fields\n";
      return refuseAt(env, i, "reserved-fields", { insn: "BPF_LDX" }, text, -ERRNO.EINVAL);
    }
    if (isLdImm64(insn)) {
      const err = resolveOne(env, i, used);
      if (err < 0) return err;
      i++;
      continue;
    }
    if (!KNOWN_OPCODES.has(insn.code)) {
      const text = `unknown opcode ${insn.code.toString(16).padStart(2, "0")}\n`;
      return refuseAt(env, i, "unknown-opcode", { code: insn.code }, text, -ERRNO.EINVAL);
    }
  }
  return 0;
}

const isLoadMode = (mode: number): boolean => mode === c.BPF_MEM || mode === c.BPF_MEMSX;

function resolveOne(env: Env, i: number, used: VerifierMap[]): number {
  const low = env.insns[i]!;
  const high = env.insns[i + 1];
  if (high === undefined || high.code !== 0 || high.dst !== 0 || high.src !== 0 || high.off !== 0)
    return refuseAt(env, i, "imm64-incomplete", {}, "invalid bpf_ld_imm64 insn\n", -ERRNO.EINVAL);
  switch (low.src) {
    case 0:
      return 0;
    case c.BPF_PSEUDO_BTF_ID:
      return resolveBtfId(env, i, low.imm, high.imm);
    case c.BPF_PSEUDO_FUNC:
      env.aux[i]!.ptrType = PTR_TO_FUNC;
      return 0;
    case c.BPF_PSEUDO_MAP_VALUE:
      return resolveMap(env, i, low, high, used);
    case c.BPF_PSEUDO_MAP_FD:
      if (high.imm === 0) return resolveMap(env, i, low, high, used);
      break;
    case c.BPF_PSEUDO_MAP_IDX:
      if (high.imm === 0) return noFdArray(env, i);
      break;
    case c.BPF_PSEUDO_MAP_IDX_VALUE:
      return noFdArray(env, i);
  }
  return refuseAt(env, i, "imm64-unknown", { pseudo: low.src }, "unrecognized bpf_ld_imm64 insn\n", -ERRNO.EINVAL);
}

/** Upper limit of the kernel's BTF type ids. Nothing else is known here of the kernel's types, except that type 0 is void. */
export const BTF_MAX_TYPE = 0xf_ffff;

/** The checks that need no BTF of the kernel. The BTF of kernel modules is never loaded. @kernel verifier.c check_pseudo_btf_id */
function resolveBtfId(env: Env, i: number, id: number, btfFd: number): number {
  if (btfFd !== 0)
    return refuseAt(env, i, "btf-module", { fd: btfFd }, "invalid module BTF object FD specified.\n", -ERRNO.EINVAL);
  if (id >>> 0 > BTF_MAX_TYPE) {
    const text = `ldimm64 insn specifies invalid btf_id ${id}.\n`;
    return refuseAt(env, i, "btf-id", { id }, text, -ERRNO.ENOENT);
  }
  if (id === 0) {
    const text = "pseudo btf_id 0 in ldimm64 isn't KIND_VAR or KIND_FUNC\n";
    return refuseAt(env, i, "btf-void", {}, text, -ERRNO.EINVAL);
  }
  return notSimulated(env, "addresses of kernel variables");
}

/** Programs have no fd_array here, so an index into it is always wrong. */
const noFdArray = (env: Env, i: number): number =>
  refuseAt(env, i, "map-index", {}, "fd_idx without fd_array is invalid\n", -ERRNO.EPROTO);

function resolveMap(env: Env, i: number, low: Insn, high: Insn, used: VerifierMap[]): number {
  const index = env.program.mapRefs.get(i);
  const map = index === undefined ? undefined : env.maps[index];
  if (map === undefined) {
    // File descriptors 0 to 2 are open (standard input, output, error), but are no maps.
    const isOpen = low.imm >= 0 && low.imm <= 2;
    const err = index !== undefined && index < 0 ? index : isOpen ? -ERRNO.EINVAL : -ERRNO.EBADF;
    return refuseAt(env, i, "map-missing", { fd: low.imm }, `fd ${low.imm} is not pointing to valid bpf_map\n`, err);
  }
  if (!used.includes(map)) {
    if (used.length >= MAX_USED_MAPS) {
      const text = `The total number of maps per program has reached the limit of ${MAX_USED_MAPS}\n`;
      return refuseAt(env, i, "too-many-maps", { limit: MAX_USED_MAPS }, text, -ERRNO.E2BIG);
    }
    const err = checkMapFits(env, i, map, used);
    if (err < 0) return err;
    used.push(map);
  }
  const aux = env.aux[i]!;
  let address = map.address;
  aux.map = map;
  if (low.src === c.BPF_PSEUDO_MAP_VALUE) {
    const off = high.imm >>> 0;
    const err = checkDirectValue(env, i, map, off);
    if (err < 0) return err;
    aux.mapOff = off;
    address += BigInt(off);
  }
  const insns = env.insns as Insn[];
  insns[i] = withImm(low, Number(BigInt.asIntN(32, address)));
  insns[i + 1] = withImm(high, Number(BigInt.asIntN(32, address >> 32n)));
  return 0;
}

const withImm = ({ code, dst, src, off }: Insn, imm: number): Insn => ({ code, dst, src, off, imm });

function checkDirectValue(env: Env, i: number, map: VerifierMap, off: number): number {
  if (off >= BPF_MAX_VAR_OFF) {
    const text = `direct value offset of ${off} is not allowed\n`;
    return refuseAt(env, i, "direct-value-limit", { off }, text, -ERRNO.EINVAL);
  }
  if (map.def.type !== "array") {
    const text = "no direct value access support for this map type\n";
    return refuseAt(env, i, "direct-value-map", { map: map.def.type }, text, -ERRNO.EINVAL);
  }
  const err = map.maxEntries !== 1 ? -ENOTSUPP : off >= map.valueSize ? -ERRNO.EINVAL : 0;
  if (err === 0) return 0;
  const args = { off, total: map.valueSize, what: "map value pointer" };
  const text = `invalid access to map value pointer, value_size=${map.valueSize} off=${off}\n`;
  return refuseAt(env, i, err === -ENOTSUPP ? "direct-value-entries" : "direct-value-range", args, text, err);
}

const TRACING = new Set(["kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"]);

/** Special fields that tracing programs may not have in their maps, each with the refusal's words. In the kernel's order. */
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

/** Checks that this program may use this map. 0, or -errno. */
function checkMapFits(env: Env, i: number, map: VerifierMap, used: readonly VerifierMap[]): number {
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
      const text = `${kind} progs cannot use ${what} yet\n`;
      return refuseAt(env, i, "map-not-for-type", { kind, what }, text, -ERRNO.EINVAL);
    }
  }
  const type = map.def.type;
  if (type === "struct_ops") {
    const text = "bpf_struct_ops map cannot be used in prog\n";
    return refuseAt(env, i, "map-struct-ops", { map: map.def.name }, text, -ERRNO.EINVAL);
  }
  if (env.program.progFlags & PROG_FLAGS.SLEEPABLE && !SLEEPABLE_MAPS.has(type)) {
    const text = "Sleepable programs can only use array, hash, ringbuf and local storage maps\n";
    return refuseAt(env, i, "map-not-sleepable", { map: type }, text, -ERRNO.EINVAL);
  }
  if (CGROUP_STORAGE.has(type) && used.some((other) => other.def.type === type)) {
    const text = "only one cgroup storage of each type is allowed\n";
    return refuseAt(env, i, "map-cgroup-storage", { map: type }, text, -ERRNO.EBUSY);
  }
  if (type === "arena") return notSimulated(env, "arenas");
  return 0;
}
