// What a program's return value means to the kernel code that ran the program: its name in the UAPI headers.
// Source: linux/bpf.h (enum xdp_action, enum sk_action, enum bpf_ret_code), linux/pkt_cls.h (TC_ACT_*), linux/netfilter.h (NF_*).

type Names = Readonly<Record<number, string>>;

const TC: Names = {
  0: "TC_ACT_OK",
  1: "TC_ACT_RECLASSIFY",
  2: "TC_ACT_SHOT",
  3: "TC_ACT_PIPE",
  4: "TC_ACT_STOLEN",
  5: "TC_ACT_QUEUED",
  6: "TC_ACT_REPEAT",
  7: "TC_ACT_REDIRECT",
  8: "TC_ACT_TRAP",
  4294967295: "TC_ACT_UNSPEC",
};
const SK: Names = { 0: "SK_DROP", 1: "SK_PASS" };
const LWT: Names = { 0: "BPF_OK", 2: "BPF_DROP", 7: "BPF_REDIRECT", 128: "BPF_LWT_REROUTE" };

const ACTIONS: Readonly<Record<string, Names>> = {
  xdp: { 0: "XDP_ABORTED", 1: "XDP_DROP", 2: "XDP_PASS", 3: "XDP_TX", 4: "XDP_REDIRECT" },
  sched_cls: TC,
  sched_act: TC,
  sk_skb: SK,
  sk_msg: SK,
  sk_reuseport: SK,
  sk_lookup: SK,
  lwt_in: LWT,
  lwt_out: LWT,
  lwt_xmit: LWT,
  flow_dissector: { 0: "BPF_OK", 2: "BPF_DROP", 129: "BPF_FLOW_DISSECTOR_CONTINUE" },
  netfilter: { 0: "NF_DROP", 1: "NF_ACCEPT" },
};

/** `XDP_PASS`. "" if the program type has no name for this value. `retval`: u32. */
export const actionName = (progType: string, retval: number): string => ACTIONS[progType]?.[retval] ?? "";
