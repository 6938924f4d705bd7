// BPF_PROG_ATTACH and BPF_PROG_DETACH. The checks are in the kernel's order, so a call with several faults gets the same errno.
// @kernel kernel/bpf/syscall.c bpf_prog_attach, bpf_prog_detach

import { ERRNO } from "../facts/errno.ts";
import { attachTypeName } from "../facts/prog-types.ts";
import { isCgroupProgType } from "./attach-types.ts";
import { type Answer, refused } from "./cause.ts";
import type { Kernel } from "./kernel.ts";
import type { Prog } from "./objects.ts";

export interface ProgAttachAttr {
  readonly attachBpfFd: number;
  /** enum bpf_attach_type */
  readonly attachType: number;
  readonly targetFd?: number;
  readonly attachFlags?: number;
}

/** BPF_F_ALLOW_OVERRIDE, BPF_F_ALLOW_MULTI, BPF_F_REPLACE. */
const BASE_ATTACH_FLAGS = 0x7;
/** For tcx and netkit: BPF_F_BEFORE, BPF_F_AFTER, BPF_F_ID, BPF_F_REPLACE, BPF_F_LINK. */
const MPROG_ATTACH_FLAGS = 0x38 | 0x4 | (1 << 13);

export function progAttach(kernel: Kernel, attr: ProgAttachAttr): Answer {
  const { attachType, attachBpfFd } = attr;
  const typeName = kernel.progTypeOfAttachType(attachType);
  if (typeName === undefined) return unknownAttachType(kernel, attachType);
  const flags = attr.attachFlags ?? 0;
  const mprog = typeName === "sched_cls";
  const allowed = mprog
    ? MPROG_ATTACH_FLAGS
    : isCgroupProgType(typeName)
      ? BASE_ATTACH_FLAGS | MPROG_ATTACH_FLAGS
      : BASE_ATTACH_FLAGS;
  if (flags & ~allowed) return refused(ERRNO.EINVAL, { check: "attach-flags", flags: flags & ~allowed });

  const prog = progOfType(kernel, attachBpfFd, typeName);
  if (!("kind" in prog)) return prog;
  const loadedFor = prog.expectedAttachType;
  if (EXACT_ATTACH.has(typeName) && attachType !== loadedFor)
    return refused(ERRNO.EINVAL, { check: "other-attach-type", loadedFor, given: attachType });

  if (attachType === kernel.definition.type.attach.id) {
    const replaced = kernel.attached.get(attachType);
    prog.refs++;
    kernel.attached.set(attachType, prog);
    if (replaced) kernel.put(replaced);
    return { ret: 0 };
  }
  return noTarget(kernel, attachType, typeName, attr.targetFd ?? 0);
}

/** `attachBpfFd` is only looked at for attach types to which several programs may be attached. */
export interface ProgDetachAttr extends Omit<ProgAttachAttr, "attachBpfFd"> {
  readonly attachBpfFd?: number;
}

export function progDetach(kernel: Kernel, attr: ProgDetachAttr): Answer {
  const { attachType, attachFlags = 0 } = attr;
  const typeName = kernel.progTypeOfAttachType(attachType);
  if (attachFlags) return refused(ERRNO.EINVAL, { check: "attach-flags", flags: attachFlags });
  if (typeName === undefined) return unknownAttachType(kernel, attachType);
  if (typeName === "sched_cls" && attr.attachBpfFd) {
    const prog = progOfType(kernel, attr.attachBpfFd, typeName);
    if (!("kind" in prog)) return prog;
  }
  if (attachType === kernel.definition.type.attach.id) {
    const prog = kernel.attached.get(attachType);
    kernel.attached.delete(attachType);
    if (prog) kernel.put(prog);
    return { ret: 0 };
  }
  // An lsm program is always detached from a cgroup, whatever it was attached to.
  return noTarget(kernel, attachType, typeName === "lsm" ? "cgroup_lsm" : typeName, attr.targetFd ?? 0);
}

function unknownAttachType({ definition, steps }: Kernel, attachType: number): Answer {
  const missing = attachType === definition.type.attach.id && !steps[1];
  return refused(ERRNO.EINVAL, { check: "attach-type", attachType, ...(missing && { step: 2 }) });
}

/** Program types that must be attached with the attach type they were loaded for. @kernel bpf_prog_attach_check_attach_type */
const EXACT_ATTACH: ReadonlySet<string> = new Set(["cgroup_sock", "cgroup_sock_addr", "cgroup_sockopt", "sk_lookup"]);

/** The program behind a descriptor. -EBADF: not open. -EINVAL: not a program, or of another type. @kernel __bpf_prog_get */
function progOfType(kernel: Kernel, fd: number, wants: string): Prog | Answer {
  const target = kernel.fds.get(fd);
  if (!target) return refused(ERRNO.EBADF, { check: "bad-fd", fd });
  if (target.kind !== "prog") return refused(ERRNO.EINVAL, { check: "not-a-program", fd });
  const has = target.type.name;
  return has === wants ? target : refused(ERRNO.EINVAL, { check: "other-prog-type", has, wants });
}

/**
 * The answer to attaching to something that this kernel does not have: a cgroup, a network device, a socket map. Every
 * descriptor or interface number that the caller may give is refused.
 */
function noTarget(kernel: Kernel, attachType: number, progType: string, targetFd: number): Answer {
  const none = (errno: number): Answer => refused(errno, { check: "no-target", progType });
  if (isCgroupProgType(progType)) return none(ERRNO.EBADF);
  switch (progType) {
    case "sched_cls":
      return none(attachTypeName(attachType)?.startsWith("BPF_TCX_") ? ERRNO.ENODEV : ERRNO.EINVAL);
    case "sk_skb":
    case "sk_msg": {
      const target = kernel.fds.get(targetFd);
      return none(!target ? ERRNO.EBADF : target.kind === "map" ? ERRNO.EOPNOTSUPP : ERRNO.EINVAL);
    }
    default:
      return none(ERRNO.EINVAL);
  }
}
