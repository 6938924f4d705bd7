// All helpers by number: one table made of the groups. A helper that the kernel has but the simulation has not is refused with a
// sentence; it never silently returns zero.
import { bug } from "../../base/bug.ts";
import { helperId, helperName } from "../../facts/helpers.ts";
import type { Caller, Helper } from "./call.ts";
import { CALLBACK_HELPERS } from "./callbacks.ts";
import { CGROUP_HELPERS } from "./cgroup.ts";
import { DEVICE_HELPERS } from "./device.ts";
import { DYNPTR_HELPERS } from "./dynptr.ts";
import { FORMAT_HELPERS } from "./format.ts";
import { LOCK_HELPERS } from "./lock.ts";
import { MAP_HELPERS } from "./map.ts";
import { NOT_SIMULATED } from "./not-simulated.ts";
import { OUTPUT_HELPERS } from "./output.ts";
import { PROBE_HELPERS } from "./probe.ts";
import { SKB_HELPERS } from "./skb.ts";
import { SOCK_HELPERS } from "./sock.ts";
import { TASK_HELPERS } from "./task.ts";
import { TEXT_HELPERS } from "./text.ts";
import { TIMER_HELPERS } from "./timer.ts";
import { TUNNEL_HELPERS } from "./tunnel.ts";
import { XDP_HELPERS } from "./xdp.ts";

const GROUPS: readonly Readonly<Record<string, Helper>>[] = [
  MAP_HELPERS,
  TASK_HELPERS,
  FORMAT_HELPERS,
  CALLBACK_HELPERS,
  TIMER_HELPERS,
  OUTPUT_HELPERS,
  LOCK_HELPERS,
  TEXT_HELPERS,
  PROBE_HELPERS,
  SKB_HELPERS,
  TUNNEL_HELPERS,
  DEVICE_HELPERS,
  XDP_HELPERS,
  SOCK_HELPERS,
  DYNPTR_HELPERS,
  CGROUP_HELPERS,
];

const HELPERS: (Helper | undefined)[] = [];
for (const group of GROUPS) {
  for (const [name, helper] of Object.entries(group)) {
    const id = helperId(name);
    if (id === undefined) throw bug(`the kernel has no helper ${name}`);
    if (HELPERS[id] !== undefined) throw bug(`helper ${name} is implemented twice`);
    HELPERS[id] = helper;
  }
}

/** Numbers of the helpers that are simulated. */
export const simulatedHelpers: readonly number[] = HELPERS.flatMap((helper, id) => (helper ? [id] : []));

const CHANGES_FLOW = new Set(["tail_call", ...Object.keys(CALLBACK_HELPERS)].map(helperId));
/** Whether the program may continue elsewhere after a call of this helper, or may have run a callback. */
export const helperChangesFlow = (id: number): boolean => CHANGES_FLOW.has(id);

/** Why a helper cannot run here. undefined: it can. */
export function whyNotSimulated(id: number): string | undefined {
  if (HELPERS[id] !== undefined) return undefined;
  const name = helperName(id);
  if (name === undefined || id === 0) return `helper #${id} does not exist`;
  return `bpf_${name} is not simulated: ${NOT_SIMULATED[name] ?? "it needs a part of the kernel that is not here"}`;
}

export function callHelper(m: Caller, ip: number): boolean {
  const id = m.program.code[ip + 4] as number;
  const helper = HELPERS[id];
  return helper === undefined ? m.raise("unsupported", ip, whyNotSimulated(id) as string) : helper(m, ip);
}
