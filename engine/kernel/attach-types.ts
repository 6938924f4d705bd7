// enum bpf_attach_type in its order, and the program type each belongs to.
// @kernel include/uapi/linux/bpf.h enum bpf_attach_type; kernel/bpf/syscall.c attach_type_to_prog_type (Linux 6.18)

/** Index = value. `undefined`: BPF_PROG_ATTACH knows no program type for it. */
const ATTACH_TYPES: readonly (readonly [name: string, progType: string | undefined])[] = [
  ["BPF_CGROUP_INET_INGRESS", "cgroup_skb"],
  ["BPF_CGROUP_INET_EGRESS", "cgroup_skb"],
  ["BPF_CGROUP_INET_SOCK_CREATE", "cgroup_sock"],
  ["BPF_CGROUP_SOCK_OPS", "sock_ops"],
  ["BPF_SK_SKB_STREAM_PARSER", "sk_skb"],
  ["BPF_SK_SKB_STREAM_VERDICT", "sk_skb"],
  ["BPF_CGROUP_DEVICE", "cgroup_device"],
  ["BPF_SK_MSG_VERDICT", "sk_msg"],
  ["BPF_CGROUP_INET4_BIND", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET6_BIND", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET4_CONNECT", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET6_CONNECT", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET4_POST_BIND", "cgroup_sock"],
  ["BPF_CGROUP_INET6_POST_BIND", "cgroup_sock"],
  ["BPF_CGROUP_UDP4_SENDMSG", "cgroup_sock_addr"],
  ["BPF_CGROUP_UDP6_SENDMSG", "cgroup_sock_addr"],
  ["BPF_LIRC_MODE2", "lirc_mode2"],
  ["BPF_FLOW_DISSECTOR", "flow_dissector"],
  ["BPF_CGROUP_SYSCTL", "cgroup_sysctl"],
  ["BPF_CGROUP_UDP4_RECVMSG", "cgroup_sock_addr"],
  ["BPF_CGROUP_UDP6_RECVMSG", "cgroup_sock_addr"],
  ["BPF_CGROUP_GETSOCKOPT", "cgroup_sockopt"],
  ["BPF_CGROUP_SETSOCKOPT", "cgroup_sockopt"],
  ["BPF_TRACE_RAW_TP", "tracing"],
  ["BPF_TRACE_FENTRY", "tracing"],
  ["BPF_TRACE_FEXIT", "tracing"],
  ["BPF_MODIFY_RETURN", "tracing"],
  ["BPF_LSM_MAC", "lsm"],
  ["BPF_TRACE_ITER", "tracing"],
  ["BPF_CGROUP_INET4_GETPEERNAME", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET6_GETPEERNAME", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET4_GETSOCKNAME", "cgroup_sock_addr"],
  ["BPF_CGROUP_INET6_GETSOCKNAME", "cgroup_sock_addr"],
  ["BPF_XDP_DEVMAP", undefined],
  ["BPF_CGROUP_INET_SOCK_RELEASE", "cgroup_sock"],
  ["BPF_XDP_CPUMAP", undefined],
  ["BPF_SK_LOOKUP", "sk_lookup"],
  ["BPF_XDP", "xdp"],
  ["BPF_SK_SKB_VERDICT", "sk_skb"],
  ["BPF_SK_REUSEPORT_SELECT", undefined],
  ["BPF_SK_REUSEPORT_SELECT_OR_MIGRATE", undefined],
  ["BPF_PERF_EVENT", undefined],
  ["BPF_TRACE_KPROBE_MULTI", undefined],
  ["BPF_LSM_CGROUP", "lsm"],
  ["BPF_STRUCT_OPS", undefined],
  ["BPF_NETFILTER", undefined],
  ["BPF_TCX_INGRESS", "sched_cls"],
  ["BPF_TCX_EGRESS", "sched_cls"],
  ["BPF_TRACE_UPROBE_MULTI", undefined],
  ["BPF_CGROUP_UNIX_CONNECT", "cgroup_sock_addr"],
  ["BPF_CGROUP_UNIX_SENDMSG", "cgroup_sock_addr"],
  ["BPF_CGROUP_UNIX_RECVMSG", "cgroup_sock_addr"],
  ["BPF_CGROUP_UNIX_GETPEERNAME", "cgroup_sock_addr"],
  ["BPF_CGROUP_UNIX_GETSOCKNAME", "cgroup_sock_addr"],
  ["BPF_NETKIT_PRIMARY", "sched_cls"],
  ["BPF_NETKIT_PEER", "sched_cls"],
  ["BPF_TRACE_KPROBE_SESSION", undefined],
  ["BPF_TRACE_UPROBE_SESSION", undefined],
];

/** `BPF_TCX_INGRESS`, or `undefined` beyond the enum. */
export const attachTypeName = (id: number): string | undefined => ATTACH_TYPES[id]?.[0];

/** Lower-case name of the program type, or `undefined` (BPF_PROG_TYPE_UNSPEC). */
export const progTypeOfAttachType = (id: number): string | undefined => ATTACH_TYPES[id]?.[1];

/** Program types attached to a cgroup: their attach needs a directory of cgroup2. @kernel bpf-cgroup.h is_cgroup_prog_type */
export const isCgroupProgType = (name: string): boolean => name.startsWith("cgroup_") || name === "sock_ops";
