// What a return value means to whoever ran a packet program. Source: enum xdp_action, TC_ACT_* of linux/pkt_cls.h.
const XDP = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"];
const TC = [
  "TC_ACT_OK",
  "TC_ACT_RECLASSIFY",
  "TC_ACT_SHOT",
  "TC_ACT_PIPE",
  "TC_ACT_STOLEN",
  "TC_ACT_QUEUED",
  "TC_ACT_REPEAT",
  "TC_ACT_REDIRECT",
  "TC_ACT_TRAP",
];

const ACTIONS: Readonly<Record<string, readonly string[]>> = { xdp: XDP, sched_cls: TC, sched_act: TC };

/** `XDP_PASS`; "" where the type gives values no names. */
export const actionName = (progType: string, retval: number): string =>
  progType.startsWith("sched") && retval === 0xffff_ffff ? "TC_ACT_UNSPEC" : (ACTIONS[progType]?.[retval] ?? "");
