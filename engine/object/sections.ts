// What a section's name says about the programs in it: type, attach type, flags. SEC("xdp") int f(…) is an XDP program. Source: libbpf's
// section_defs (libbpf.c) and Documentation/bpf/libbpf/program_types.rst.

import { PROG_FLAGS } from "../facts/flags.ts";
import { uapiConstant } from "../facts/uapi.ts";

export interface SectionMeaning {
  /** enum bpf_prog_type, in lower case and without its prefix. */
  readonly progType: string;
  /** enum bpf_attach_type. 0: none is needed. */
  readonly attachType: number;
  /** BPF_F_… of BPF_PROG_LOAD. */
  readonly flags: number;
  /** The part after the slash names a function, hook or iterator of the kernel. It is found in the kernel's BTF. */
  readonly attachesByBtf: boolean;
}

/** `name` fits only exactly. `name+` also fits with a slash and more after it. `.s`: sleepable. */
type SectionDef = readonly [
  sections: string,
  progType: string,
  attachType?: string | undefined,
  more?: "sleepable" | "frags" | "btf" | "btf sleepable",
];

/** In libbpf's order. The first row that fits is used. */
const SECTION_DEFS: readonly SectionDef[] = [
  ["socket", "socket_filter"],
  ["sk_reuseport/migrate", "sk_reuseport", "SK_REUSEPORT_SELECT_OR_MIGRATE"],
  ["sk_reuseport", "sk_reuseport", "SK_REUSEPORT_SELECT"],
  ["kprobe+ uprobe+ kretprobe+ uretprobe+", "kprobe"],
  ["uprobe.s+ uretprobe.s+", "kprobe", undefined, "sleepable"],
  ["kprobe.multi+ kretprobe.multi+", "kprobe", "TRACE_KPROBE_MULTI"],
  ["kprobe.session+", "kprobe", "TRACE_KPROBE_SESSION"],
  ["uprobe.multi+ uretprobe.multi+", "kprobe", "TRACE_UPROBE_MULTI"],
  ["uprobe.session+", "kprobe", "TRACE_UPROBE_SESSION"],
  ["uprobe.multi.s+ uretprobe.multi.s+", "kprobe", "TRACE_UPROBE_MULTI", "sleepable"],
  ["uprobe.session.s+", "kprobe", "TRACE_UPROBE_SESSION", "sleepable"],
  ["ksyscall+ kretsyscall+", "kprobe"],
  ["usdt+", "kprobe", "TRACE_UPROBE_MULTI"],
  ["usdt.s+", "kprobe", "TRACE_UPROBE_MULTI", "sleepable"],
  ["tc/ingress tcx/ingress", "sched_cls", "TCX_INGRESS"],
  ["tc/egress tcx/egress", "sched_cls", "TCX_EGRESS"],
  ["tc classifier", "sched_cls"],
  ["action", "sched_act"],
  ["netkit/primary", "sched_cls", "NETKIT_PRIMARY"],
  ["netkit/peer", "sched_cls", "NETKIT_PEER"],
  ["tracepoint+ tp+", "tracepoint"],
  ["raw_tracepoint+ raw_tp+", "raw_tracepoint"],
  ["raw_tracepoint.w+ raw_tp.w+", "raw_tracepoint_writable"],
  ["tp_btf+", "tracing", "TRACE_RAW_TP", "btf"],
  ["fentry+", "tracing", "TRACE_FENTRY", "btf"],
  ["fmod_ret+", "tracing", "MODIFY_RETURN", "btf"],
  ["fexit+", "tracing", "TRACE_FEXIT", "btf"],
  ["fentry.s+", "tracing", "TRACE_FENTRY", "btf sleepable"],
  ["fmod_ret.s+", "tracing", "MODIFY_RETURN", "btf sleepable"],
  ["fexit.s+", "tracing", "TRACE_FEXIT", "btf sleepable"],
  ["freplace+", "ext", undefined, "btf"],
  ["lsm+", "lsm", "LSM_MAC", "btf"],
  ["lsm.s+", "lsm", "LSM_MAC", "btf sleepable"],
  ["lsm_cgroup+", "lsm", "LSM_CGROUP", "btf"],
  ["iter+", "tracing", "TRACE_ITER", "btf"],
  ["iter.s+", "tracing", "TRACE_ITER", "btf sleepable"],
  ["syscall", "syscall", undefined, "sleepable"],
  ["xdp.frags/devmap", "xdp", "XDP_DEVMAP", "frags"],
  ["xdp/devmap", "xdp", "XDP_DEVMAP"],
  ["xdp.frags/cpumap", "xdp", "XDP_CPUMAP", "frags"],
  ["xdp/cpumap", "xdp", "XDP_CPUMAP"],
  ["xdp.frags", "xdp", "XDP", "frags"],
  ["xdp", "xdp", "XDP"],
  ["perf_event", "perf_event"],
  ["lwt_in", "lwt_in"],
  ["lwt_out", "lwt_out"],
  ["lwt_xmit", "lwt_xmit"],
  ["lwt_seg6local", "lwt_seg6local"],
  ["sockops", "sock_ops", "CGROUP_SOCK_OPS"],
  ["sk_skb/stream_parser", "sk_skb", "SK_SKB_STREAM_PARSER"],
  ["sk_skb/stream_verdict", "sk_skb", "SK_SKB_STREAM_VERDICT"],
  ["sk_skb/verdict", "sk_skb", "SK_SKB_VERDICT"],
  ["sk_skb", "sk_skb"],
  ["sk_msg", "sk_msg", "SK_MSG_VERDICT"],
  ["lirc_mode2", "lirc_mode2", "LIRC_MODE2"],
  ["flow_dissector", "flow_dissector", "FLOW_DISSECTOR"],
  ["cgroup_skb/ingress", "cgroup_skb", "CGROUP_INET_INGRESS"],
  ["cgroup_skb/egress", "cgroup_skb", "CGROUP_INET_EGRESS"],
  ["cgroup/skb", "cgroup_skb"],
  ["cgroup/sock_create cgroup/sock", "cgroup_sock", "CGROUP_INET_SOCK_CREATE"],
  ["cgroup/sock_release", "cgroup_sock", "CGROUP_INET_SOCK_RELEASE"],
  ["cgroup/post_bind4", "cgroup_sock", "CGROUP_INET4_POST_BIND"],
  ["cgroup/post_bind6", "cgroup_sock", "CGROUP_INET6_POST_BIND"],
  ...["bind", "connect", "getpeername", "getsockname"].flatMap((call): SectionDef[] =>
    [4, 6].map((v): SectionDef => [`cgroup/${call}${v}`, "cgroup_sock_addr", `CGROUP_INET${v}_${call.toUpperCase()}`]),
  ),
  ...["sendmsg", "recvmsg"].flatMap((call): SectionDef[] =>
    [4, 6].map((v): SectionDef => [`cgroup/${call}${v}`, "cgroup_sock_addr", `CGROUP_UDP${v}_${call.toUpperCase()}`]),
  ),
  ...["connect", "sendmsg", "recvmsg", "getpeername", "getsockname"].map(
    (call): SectionDef => [`cgroup/${call}_unix`, "cgroup_sock_addr", `CGROUP_UNIX_${call.toUpperCase()}`],
  ),
  ["cgroup/sysctl", "cgroup_sysctl", "CGROUP_SYSCTL"],
  ["cgroup/getsockopt", "cgroup_sockopt", "CGROUP_GETSOCKOPT"],
  ["cgroup/setsockopt", "cgroup_sockopt", "CGROUP_SETSOCKOPT"],
  ["cgroup/dev", "cgroup_device", "CGROUP_DEVICE"],
  ["struct_ops+", "struct_ops"],
  ["struct_ops.s+", "struct_ops", undefined, "sleepable"],
  ["sk_lookup", "sk_lookup", "SK_LOOKUP"],
  ["netfilter", "netfilter", "NETFILTER"],
];

const FLAGS = {
  sleepable: PROG_FLAGS.SLEEPABLE,
  frags: PROG_FLAGS.XDP_HAS_FRAGS,
  btf: 0,
  "btf sleepable": PROG_FLAGS.SLEEPABLE,
} as const;

const fits = (pattern: string, section: string): boolean =>
  pattern.endsWith("+")
    ? section === pattern.slice(0, -1) || section.startsWith(`${pattern.slice(0, -1)}/`)
    : section === pattern;

/** undefined: libbpf knows no such section. `section` is without a leading `?`. */
export function sectionMeaning(section: string): SectionMeaning | undefined {
  const row = SECTION_DEFS.find(([patterns]) => patterns.split(" ").some((pattern) => fits(pattern, section)));
  if (row === undefined) return undefined;
  const [, progType, attachType, more] = row;
  return {
    progType,
    attachType: attachType === undefined ? 0 : Number(uapiConstant(`BPF_${attachType}`) ?? 0),
    flags: more === undefined ? 0 : FLAGS[more],
    attachesByBtf: more?.startsWith("btf") ?? false,
  };
}

/** The attach types of programs of a type, in libbpf's order. */
export const attachTypesOf = (progType: string): readonly number[] => [
  ...new Set(
    SECTION_DEFS.flatMap(([, type, attachType]) =>
      type === progType && attachType !== undefined ? [Number(uapiConstant(`BPF_${attachType}`))] : [],
    ),
  ),
];
