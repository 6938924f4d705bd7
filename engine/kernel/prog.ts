// bpf(2) for programs: BPF_PROG_LOAD, BPF_PROG_ATTACH, BPF_PROG_DETACH. Each answers as the system call does: a
// descriptor or 0, or a negative errno; what is wrong in several ways fails as the kernel's first check would.
// @kernel kernel/bpf/syscall.c bpf_prog_load, bpf_prog_attach, bpf_prog_detach

import { ERRNO } from "../facts/errno.ts";
import { isGplCompatible } from "../facts/license.ts";
import { attachTypeName } from "../facts/prog-types.ts";
import { BPF_DW, BPF_IMM, BPF_LD, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { Program } from "../program/program.ts";
import { type Verdict, verify } from "../verifier/verify.ts";
import { loadProgram } from "../vm/index.ts";
import { admit } from "./admit.ts";
import { isCgroupProgType } from "./attach-types.ts";
import type { Kernel } from "./kernel.ts";
import type { FdTarget, MapObject, Prog } from "./objects.ts";

export interface ProgLoadAttr {
  /** enum bpf_prog_type */
  readonly progType: number;
  /** Maps by descriptor in the imm of BPF_PSEUDO_MAP_FD and BPF_PSEUDO_MAP_VALUE loads. */
  readonly insns: readonly Insn[];
  readonly license: string;
  readonly logLevel: number;
  readonly progFlags: number;
  readonly progName: string;
  readonly expectedAttachType: number;
  /** BTF and func_info are given. */
  readonly funcInfo?: boolean;
}

export interface Loaded {
  /** Descriptor, or negative errno. */
  readonly ret: number;
  /** Where the call got as far as the verifier. */
  readonly verdict: Verdict | undefined;
}

export function progLoad(kernel: Kernel, attr: ProgLoadAttr): Loaded {
  const admitted = admit(kernel, { ...attr, insnCnt: attr.insns.length });
  if (typeof admitted === "number") return { ret: admitted, verdict: undefined };
  const { type, expectedAttachType } = admitted;

  const targets = mapTargets(kernel, attr.insns);
  const maps = new Map(
    [...targets].flatMap(([slot, target]) => (typeof target === "number" ? [] : [[slot, target] as const])),
  );
  const used = [...new Set(maps.values())];
  const program: Program = {
    insns: attr.insns,
    progType: type.name,
    expectedAttachType,
    progFlags: attr.progFlags,
    license: attr.license,
    ...(attr.funcInfo && { funcInfo: true }),
    maps: used.map(({ def }) => def),
    mapRefs: new Map([...targets].map(([slot, map]) => [slot, typeof map === "number" ? map : used.indexOf(map)])),
  };
  const verdict = verify(program, {
    logLevel: attr.logLevel,
    progType: type,
    ...(kernel.watch && { progress: kernel.watch }),
  });
  if (verdict.unsupported !== undefined) return { ret: -(verdict.errno || ERRNO.EOPNOTSUPP), verdict };
  if (verdict.verdict === "reject" || !verdict.facts) return { ret: -verdict.errno, verdict };

  const prog: Prog = {
    kind: "prog",
    id: kernel.nextProgId(),
    refs: 1,
    type,
    expectedAttachType,
    name: attr.progName,
    insns: attr.insns,
    facts: verdict.facts,
    gplCompatible: isGplCompatible(attr.license),
    loaded: loadProgram(kernel.memory, {
      insns: attr.insns,
      progType: type.name,
      expectedAttachType,
      maps: new Map([...maps].map(([slot, { map }]) => [slot, map])),
    }),
    maps: used,
    runCnt: 0,
    loadTime: kernel.seconds(),
  };
  for (const map of used) map.refs++;
  kernel.progs.set(prog.id, prog);
  const fd = kernel.fds.install(prog);
  if (fd < 0) kernel.put(prog);
  return { ret: fd, verdict };
}

export interface ProgAttachAttr {
  readonly attachBpfFd: number;
  /** enum bpf_attach_type */
  readonly attachType: number;
  readonly targetFd?: number;
  readonly attachFlags?: number;
}

/** BPF_F_ALLOW_OVERRIDE, BPF_F_ALLOW_MULTI, BPF_F_REPLACE and, for tcx and netkit, BPF_F_BEFORE … BPF_F_LINK. */
const BASE_ATTACH_FLAGS = 0x7;
const MPROG_ATTACH_FLAGS = 0x38 | 0x4 | (1 << 13);

export function progAttach(kernel: Kernel, attr: ProgAttachAttr): number {
  const typeName = kernel.progTypeOfAttachType(attr.attachType);
  if (typeName === undefined) return -ERRNO.EINVAL;
  const flags = attr.attachFlags ?? 0;
  const mprog = typeName === "sched_cls";
  const allowed = mprog
    ? MPROG_ATTACH_FLAGS
    : isCgroupProgType(typeName)
      ? BASE_ATTACH_FLAGS | MPROG_ATTACH_FLAGS
      : BASE_ATTACH_FLAGS;
  if (flags & ~allowed) return -ERRNO.EINVAL;

  const prog = progOfType(kernel, attr.attachBpfFd, typeName);
  if (typeof prog === "number") return prog;
  if (EXACT_ATTACH.has(typeName) && attr.attachType !== prog.expectedAttachType) return -ERRNO.EINVAL;

  if (attr.attachType === kernel.definition.type.attach.id) {
    const replaced = kernel.attached.get(attr.attachType);
    prog.refs++;
    kernel.attached.set(attr.attachType, prog);
    if (replaced) kernel.put(replaced);
    return 0;
  }
  return noTarget(kernel, attr.attachType, typeName, attr.targetFd ?? 0);
}

export function progDetach(
  kernel: Kernel,
  attr: Omit<ProgAttachAttr, "attachBpfFd"> & { attachBpfFd?: number },
): number {
  const typeName = kernel.progTypeOfAttachType(attr.attachType);
  if (attr.attachFlags) return -ERRNO.EINVAL;
  if (typeName === undefined) return -ERRNO.EINVAL;
  if (typeName === "sched_cls" && attr.attachBpfFd) {
    const prog = progOfType(kernel, attr.attachBpfFd, typeName);
    if (typeof prog === "number") return prog;
  }
  if (attr.attachType === kernel.definition.type.attach.id) {
    const prog = kernel.attached.get(attr.attachType);
    kernel.attached.delete(attr.attachType);
    if (prog) kernel.put(prog);
    return 0;
  }
  // A security program is detached from a cgroup, whatever it was attached to.
  return noTarget(kernel, attr.attachType, typeName === "lsm" ? "cgroup_lsm" : typeName, attr.targetFd ?? 0);
}

/** Types whose attach type has to be the one they were loaded for. @kernel bpf_prog_attach_check_attach_type */
const EXACT_ATTACH: ReadonlySet<string> = new Set(["cgroup_sock", "cgroup_sock_addr", "cgroup_sockopt", "sk_lookup"]);

/** The program behind a descriptor, or -EBADF (closed), -EINVAL (another object, or another type). @kernel __bpf_prog_get */
function progOfType(kernel: Kernel, fd: number, typeName: string): Prog | number {
  const target = kernel.fds.get(fd);
  if (!target) return -ERRNO.EBADF;
  return target.kind === "prog" && target.type.name === typeName ? target : -ERRNO.EINVAL;
}

/**
 * Attaching to what this kernel has none of: a cgroup, a network device, a socket map. What the call answers to whichever
 * descriptor or interface it is given.
 */
function noTarget(kernel: Kernel, attachType: number, typeName: string, targetFd: number): number {
  if (isCgroupProgType(typeName)) return -ERRNO.EBADF;
  switch (typeName) {
    case "sched_cls":
      return attachTypeName(attachType)?.startsWith("BPF_TCX_") ? -ERRNO.ENODEV : -ERRNO.EINVAL;
    case "sk_skb":
    case "sk_msg": {
      const target = kernel.fds.get(targetFd);
      return !target ? -ERRNO.EBADF : target.kind === "map" ? -ERRNO.EOPNOTSUPP : -ERRNO.EINVAL;
    }
    default:
      return -ERRNO.EINVAL;
  }
}

/** Slot → map, or the negative errno of what its imm is instead of a map's descriptor. */
function mapTargets(kernel: Kernel, insns: readonly Insn[]): Map<number, MapObject | number> {
  const maps = new Map<number, MapObject | number>();
  for (let slot = 0; slot < insns.length; slot++) {
    const { code, src, imm } = insns[slot] as Insn;
    if (code !== (BPF_LD | BPF_IMM | BPF_DW)) continue;
    if (src === BPF_PSEUDO_MAP_FD || src === BPF_PSEUDO_MAP_VALUE) {
      const target: FdTarget | undefined = kernel.fds.get(imm);
      maps.set(slot, !target ? -ERRNO.EBADF : target.kind === "map" ? target : -ERRNO.EINVAL);
    }
    slot++;
  }
  return maps;
}
