// The program type to which each attach type belongs, for BPF_PROG_ATTACH and BPF_PROG_DETACH.
// @kernel kernel/bpf/syscall.c attach_type_to_prog_type (Linux 6.18)
import { attachTypeId } from "../facts/prog-types.ts";

/** Program type → its attach types. Attach types that are missing (BPF_PERF_EVENT, BPF_NETFILTER, …) can only be used by links. */
const ATTACH_TYPES: Readonly<Record<string, readonly string[]>> = {
  cgroup_skb: ["BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS"],
  cgroup_sock: [
    "BPF_CGROUP_INET_SOCK_CREATE",
    "BPF_CGROUP_INET4_POST_BIND",
    "BPF_CGROUP_INET6_POST_BIND",
    "BPF_CGROUP_INET_SOCK_RELEASE",
  ],
  sock_ops: ["BPF_CGROUP_SOCK_OPS"],
  sk_skb: ["BPF_SK_SKB_STREAM_PARSER", "BPF_SK_SKB_STREAM_VERDICT", "BPF_SK_SKB_VERDICT"],
  cgroup_device: ["BPF_CGROUP_DEVICE"],
  sk_msg: ["BPF_SK_MSG_VERDICT"],
  cgroup_sock_addr: [
    "BPF_CGROUP_INET4_BIND",
    "BPF_CGROUP_INET6_BIND",
    "BPF_CGROUP_INET4_CONNECT",
    "BPF_CGROUP_INET6_CONNECT",
    "BPF_CGROUP_UDP4_SENDMSG",
    "BPF_CGROUP_UDP6_SENDMSG",
    "BPF_CGROUP_UDP4_RECVMSG",
    "BPF_CGROUP_UDP6_RECVMSG",
    "BPF_CGROUP_INET4_GETPEERNAME",
    "BPF_CGROUP_INET6_GETPEERNAME",
    "BPF_CGROUP_INET4_GETSOCKNAME",
    "BPF_CGROUP_INET6_GETSOCKNAME",
    "BPF_CGROUP_UNIX_CONNECT",
    "BPF_CGROUP_UNIX_SENDMSG",
    "BPF_CGROUP_UNIX_RECVMSG",
    "BPF_CGROUP_UNIX_GETPEERNAME",
    "BPF_CGROUP_UNIX_GETSOCKNAME",
  ],
  lirc_mode2: ["BPF_LIRC_MODE2"],
  flow_dissector: ["BPF_FLOW_DISSECTOR"],
  cgroup_sysctl: ["BPF_CGROUP_SYSCTL"],
  cgroup_sockopt: ["BPF_CGROUP_GETSOCKOPT", "BPF_CGROUP_SETSOCKOPT"],
  tracing: ["BPF_TRACE_RAW_TP", "BPF_TRACE_FENTRY", "BPF_TRACE_FEXIT", "BPF_MODIFY_RETURN", "BPF_TRACE_ITER"],
  lsm: ["BPF_LSM_MAC", "BPF_LSM_CGROUP"],
  sk_lookup: ["BPF_SK_LOOKUP"],
  xdp: ["BPF_XDP"],
  sched_cls: ["BPF_TCX_INGRESS", "BPF_TCX_EGRESS", "BPF_NETKIT_PRIMARY", "BPF_NETKIT_PEER"],
};

/** Program type → the attach type that an expected_attach_type of 0 stands for. @kernel bpf_prog_load_fixup_attach_type */
const DEFAULT_ATTACH_TYPE: Readonly<Record<string, string>> = {
  cgroup_sock: "BPF_CGROUP_INET_SOCK_CREATE",
  sk_reuseport: "BPF_SK_REUSEPORT_SELECT",
};

/** The attach type for which a program is loaded. `asked`: expected_attach_type of the load. */
export const attachTypeAtLoad = (progType: string, asked: number): number =>
  asked || (attachTypeId(DEFAULT_ATTACH_TYPE[progType] ?? "") ?? 0);

const PROG_TYPES = new Map(
  Object.entries(ATTACH_TYPES).flatMap(([progType, names]) =>
    names.map((name) => [attachTypeId(name), progType] as const),
  ),
);

/** Lower-case name of the program type of an attach type. `undefined`: BPF_PROG_TYPE_UNSPEC. */
export const progTypeOfAttachType = (id: number): string | undefined => PROG_TYPES.get(id);

/** Whether programs of this type are attached to a cgroup (a directory of cgroup2). @kernel bpf-cgroup.h is_cgroup_prog_type */
export const isCgroupProgType = (name: string): boolean => name.startsWith("cgroup_") || name === "sock_ops";
